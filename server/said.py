"""Numbers as people say them, for the command line."""

from __future__ import annotations


def said_size(count: float) -> str:
    """A number of bytes."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def said_duration(milliseconds: float) -> str:
    """How long, in the unit of which there are two or more."""
    for unit, ms in (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000)):
        if milliseconds >= 2 * ms:
            return f"{milliseconds // ms:.0f} {unit}"
    return f"{max(milliseconds, 0) // 1000:.0f} s"
