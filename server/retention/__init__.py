"""How long a chart is kept, and how it goes: past its period, approved by two people, held by no
law. `doorstep retention` and the office's routes call it.

    due.py       since when a chart is past its period
    standing.py  holds and approvals, and whether a chart may go
    purge.py     takes it away: records, history, files; a line in the access log stays
    purged.py    which charts are gone, so that none comes again
"""
