"""Why a backup was not taken or not put back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


class Failed(RuntimeError):
    """It was not done, and nothing was changed; the text says why in a sentence."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Let an operating system's error in here be said: what was tried and why it failed."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or os.strerror(error.errno or 0)
        raise Failed(f"{what}: {reason[:1].lower()}{reason[1:]}.") from error
