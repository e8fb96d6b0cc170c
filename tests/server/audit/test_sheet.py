"""Files for spreadsheets: what they hold and what they never run."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from server.audit.sheet import moment, sheet


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1 (555) 0100", "'+1 (555) 0100"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", '"\'\r=1"'),
        ("＝1", "'＝1"),  # noqa: RUF001
        ('a, "b"', '"a, ""b"""'),
        (-2, "-2"),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula(app: Flask, cell: str | int | None, written: str) -> None:
    text = sheet("x", ["a", "b"], [(cell, 1)]).get_data(as_text=True)
    assert text == f"\ufeffa,b\r\n{written},1\r\n"


def test_a_moment_is_said_by_the_organisation_s_clocks() -> None:
    at = 1_777_777_777_123  # 2026-05-03T03:09:37Z
    assert moment(at, ZoneInfo("UTC")) == "2026-05-03 03:09:37"
    assert moment(at, ZoneInfo("America/New_York")) == "2026-05-02 23:09:37"
    assert moment(None, ZoneInfo("UTC")) == ""
