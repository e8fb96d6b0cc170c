"""Doorstep's server: the Flask application. gunicorn starts it as `server:create_app()`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_compress import Compress

from server import access, database, problems, schema, web
from server.body import MOST_READ
from server.routes import ROUTES
from server.settings import Settings

COMPRESSED = [
    "application/json",
    "application/problem+json",
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/manifest+json",
]


def create_app(settings: Settings | Mapping[str, str] | None = None) -> Flask:
    """The application, ready to serve. Raises schema.OldSchema unless the database is of this
    version. No connection stays open for the processes that fork off to share."""
    app = build_app(settings)
    with app.app_context():
        try:
            schema.require_current()
        finally:
            database.db.engine.dispose()
    return app


def build_app(settings: Settings | Mapping[str, str] | None = None) -> Flask:
    """The application, whatever its database looks like: for the command line."""
    if not isinstance(settings, Settings):
        settings = Settings.read() if settings is None else Settings.read(settings)
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=MOST_READ,
        MAX_FORM_MEMORY_SIZE=0,
        COMPRESS_ALGORITHM=["zstd", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["zstd"],
        COMPRESS_LEVEL=1,
        COMPRESS_ZSTD_LEVEL=1,
        COMPRESS_MIMETYPES=COMPRESSED,
    )
    database.connect(app, settings)
    Compress(app)
    problems.handle_problems(app)
    web.protect(app)
    access.register(app, ROUTES)
    access.require_declared(app)
    return app
