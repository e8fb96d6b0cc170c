"""The phone app as built, and the headers that every answer carries."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue

from server.problems import Problem
from server.settings import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

PERMISSIONS_POLICY = ", ".join(
    (
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
        *(
            f"{ability}=()"
            for ability in (
                "camera",
                "display-capture",
                "geolocation",
                "microphone",
                "payment",
                "usb",
            )
        ),
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def protect(app: Flask) -> None:
    app.after_request(_with_headers)


def _with_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if answer.status_code == HTTPStatus.NO_CONTENT:
        del answer.headers["Content-Type"]
    settings: Settings = current_app.config["SETTINGS"]
    if settings.is_secure:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.path.startswith("/api/"):
        answer.headers["Cache-Control"] = "no-store"
    return answer


def file(path: str = "index.html") -> ResponseReturnValue:
    """A file of the built app. What has a hash in its name never changes; the rest is asked for
    anew."""
    settings: Settings = current_app.config["SETTINGS"]
    if path.startswith("api/") or not Path(settings.web, "index.html").is_file():
        raise Problem(404, "not_found")
    answer = send_from_directory(settings.web, path)
    is_hashed = path.startswith("assets/")
    answer.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_hashed else "no-cache"
    )
    return answer
