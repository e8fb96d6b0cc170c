"""A link as a code: what a camera sees is read back from each drawing."""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import click
import segno

from server import qr

LINK = "https://doorstep.example.org/#/join/DZ4h0mWy2yq3Bz4hTt5Qk1pXr7Nw8uVv9Ss0Ee1Aa2c"
BORDER = 4


def expected() -> list[list[bool]]:
    """Where the code is dark, border included."""
    return [
        [bool(dark) for dark in row]
        for row in segno.make_qr(LINK, error="m").matrix_iter(1, BORDER)
    ]


def test_the_drawing_for_a_page_is_the_code_in_black_on_white() -> None:
    address = qr.as_svg(LINK)
    kind, _, drawn = address.partition(",")
    assert kind == "data:image/svg+xml;charset=utf-8"
    root = ElementTree.fromstring(unquote(drawn))
    ground, code = root
    size = len(expected())
    assert root.get("viewBox") == f"0 0 {size} {size}"
    assert (ground.get("fill"), code.get("stroke")) == ("#fff", "#000")
    assert inked(code.get("d") or "", size) == expected()


def inked(path: str, size: int) -> list[list[bool]]:
    """Where the pen of an SVG path draws: M x y, m dx dy, h length."""
    grid = [[False] * size for _ in range(size)]
    x = y = 0.0
    for move, arguments in re.findall(r"([Mmh])([^Mmh]*)", path):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", arguments)]
        if move == "h":
            for column in range(int(x), int(x + numbers[0])):
                grid[int(y)][column] = True
            x += numbers[0]
        elif move == "M":
            x, y = numbers
        else:
            x, y = x + numbers[0], y + numbers[1]
    return grid


def test_the_drawing_for_a_terminal_is_the_code_in_its_own_colours() -> None:
    lines = qr.as_text(LINK).splitlines()
    white_on_black = click.style("x", fg="bright_white", bg="black").partition("x")[0]
    assert all(line.startswith(white_on_black) for line in lines)
    halves = {"█": (False, False), "▀": (False, True), "▄": (True, False), " ": (True, True)}
    grid = []
    for line in lines:
        cells = [halves[each] for each in click.unstyle(line)]
        grid += [[upper for upper, _ in cells], [lower for _, lower in cells]]
    assert grid[: len(expected())] == expected()
