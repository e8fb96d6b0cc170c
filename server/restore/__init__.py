"""What heals an organisation after its database was restored from a backup (sync/README.md, "A
restored server"). server/backup/ puts the backup back; this room takes what phones bring.

    endpoint.py     POST /api/take-back              salvage.py   POST /api/salvage
    believed.py     which old numbers are believed   covered.py   what the log lacks of an offer
    taking_back.py  the push of such changes         offers.py    the office looks, and decides
    waiting.py      what cannot be folded yet        restores.py  the restore that is open
    folding.py      what waited, once it can         view.py      the office follows and ends it
"""
