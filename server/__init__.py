"""Doorstep's server: the Flask application. gunicorn starts it as `server:create_app()`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from server import access, counts, database, logs, problems, schema, server_key, web
from server.body import MOST_READ
from server.routes import ROUTES
from server.settings import Settings

log = logs.get_logger("server")

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
    version, server_key.NoServerKey without one. No connection stays open for the processes that
    fork off to share."""
    app = build_app(settings)
    with app.app_context():
        try:
            schema.require_current()
            server_key.require()
            with database.begin(None) as connection:
                if not database.is_bound(connection):
                    log.warning("the database's role passes row-level security")
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
    logs.log_requests(app, is_behind_proxy=settings.trusted_proxies > 0)
    counts.measure(app)
    database.connect(app, settings)
    Compress(app)
    problems.handle_problems(app)
    web.protect(app)
    access.register(app, ROUTES)
    access.require_declared(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app,
            x_for=settings.trusted_proxies,
            x_proto=settings.trusted_proxies,
            x_host=0,
        )
    return app
