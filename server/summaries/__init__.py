"""The papers made from a visit. view.py answers for them."""
