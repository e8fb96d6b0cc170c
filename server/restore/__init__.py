"""What heals an organisation after its database was restored from a backup (sync/README.md, "A
restored server"). server/backup/ puts the backup back; this room takes what phones bring.

    endpoint.py     POST /api/take-back              salvage.py   POST /api/salvage
    believed.py     which old numbers are believed   covered.py   what the log lacks of an offer
    held_then.py    who held a chart then            offered.py   what is offered and not known
    taking_back.py  the push of such changes         offers.py    the office looks, and decides
    waiting.py      what cannot be folded yet        written.py   what it takes in
    folding.py      what waited, once it can         restores.py  the restore that is open
                                                     view.py      the office follows and ends it
"""
