"""Backups and what comes of them: `doorstep backup` takes one, `doorstep restore` puts it back.

    take.py      FILE.part, verified, then FILE        contents.py   what a file is a backup of
      embedded.py    SQLite, by its backup API         put_back.py   checked, replaced, told
      dumped.py      PostgreSQL, by pg_dump              into_sqlite.py  into_postgresql.py
    last.py      when the last was taken                 fresh_epochs.py  by_hand.py

What a restore means to phones is in sync/README.md, "A restored server".
"""
