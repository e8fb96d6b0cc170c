"""A report as a file for a spreadsheet: CSV in UTF-8, and no cell that is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from flask import Response

BYTE_ORDER_MARK = "\ufeff"
"""Without it, some spreadsheets read UTF-8 as something older."""

BEGINS_A_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""OWASP, CSV Injection; and the wide forms of the first four, taken for them in East Asia."""

Cell = str | int | None


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The answer that carries a table; `name` is the file's, and names nobody."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    answer = Response(BYTE_ORDER_MARK + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def moment(at: int | None, zone: tzinfo) -> str:
    """A moment by the organisation's clocks, as spreadsheets read one."""
    if at is None:
        return ""
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _safe(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, as a text."""
    if isinstance(cell, str) and cell.startswith(BEGINS_A_FORMULA):
        return f"'{cell}"
    return cell
