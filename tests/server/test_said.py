"""Numbers as people say them."""

from __future__ import annotations

import pytest

from server.said import said_duration, said_size


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (15_335_424, "15.3 MB"),
        (2e13, "20 TB"),
    ],
)
def test_sizes(count: float, said: str) -> None:
    assert said_size(count) == said


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        *((-5, "0 s"), (900, "0 s"), (119_000, "119 s"), (120_000, "2 minutes")),
        *((7_199_000, "119 minutes"), (7_200_000, "2 hours"), (26 * 3_600_000, "26 hours")),
        (48 * 3_600_000, "2 days"),
    ],
)
def test_durations(milliseconds: float, said: str) -> None:
    assert said_duration(milliseconds) == said
