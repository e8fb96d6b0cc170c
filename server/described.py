"""What the server says of itself: GET /api/catalogue and GET /api/openapi.json."""

from __future__ import annotations

from functools import cache

import orjson
from flask import Response, current_app, request

from server.access import EXTENSION
from server.catalogue import CATALOGUE
from server.openapi import specification
from server.words import spoken


def catalogue() -> Response:
    """Every kind of record, in the asked language."""
    return Response(_catalogue(spoken(request.accept_languages.best)), mimetype="application/json")


@cache
def _catalogue(language: str) -> bytes:
    return orjson.dumps(CATALOGUE.describe(language))


def openapi() -> Response:
    """This interface, for programs."""
    routes = current_app.extensions[EXTENSION].values()
    return Response(orjson.dumps(specification(routes)), mimetype="application/json")
