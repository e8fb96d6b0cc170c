"""A sign-in link as a QR code, so that a phone reads it from somebody else's screen.

It brings its own colours: on a page or a terminal of another taste it would be turned over, which
not every camera reads. The light border of four modules is part of it.
"""

from __future__ import annotations

import io

import click
import segno


def as_svg(link: str) -> str:
    """A data address of an SVG, for an `img`."""
    return _code(link).svg_data_uri(
        dark="#000", light="#fff", border=4, omitsize=True, svgclass=None, lineclass=None
    )


def as_text(link: str) -> str:
    """For a terminal of 50 columns or so, in half blocks."""
    out = io.StringIO()
    _code(link).terminal(out, border=4, compact=True)
    lines = out.getvalue().splitlines()
    return "\n".join(click.style(line, fg="bright_white", bg="black") for line in lines)


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m")
