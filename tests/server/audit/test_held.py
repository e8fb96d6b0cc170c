"""When grants and phones say that a chart was held."""

from __future__ import annotations

import pytest

from server.audit.held import Span, joined


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(1, 5), (5, 9)], [(1, 9)]),
        ([(1, 5), (6, 9)], [(1, 5), (6, 9)]),
        ([(6, 9), (1, 5)], [(1, 5), (6, 9)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
        ([(1, None), (2, 3), (7, None)], [(1, None)]),
        ([(1, 3), (2, None)], [(1, None)]),
        ([(4, 4), (4, 4)], [(4, 4)]),
    ],
)
def test_spans_that_touch_are_one(
    spans: list[tuple[int, int | None]], expected: list[tuple[int, int | None]]
) -> None:
    found = joined(Span(*each) for each in spans)
    assert [(span.begins, span.ends) for span in found] == expected
