"""`doorstep check`: whether an installation is as README says it should be, a line each.

    here.py           settings, server key, disk, fonts, backups: what this host has
    database.py       reached, of this version's schema, fenced, of one clock with us
    organisations.py  of each: its access log, its phones, an open restore, its catalogue

A check asks and changes nothing. What it finds names nobody.
"""
