"""`doorstep restore` in a process that stops at a chosen point, says so and waits to be killed.

python -m tests.server.backup.stopping POINT FILE
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import Any

from server.backup import into_postgresql, into_sqlite, put_back
from server.commands import main

HERE = "here"


def stop() -> None:
    print(HERE, flush=True)
    signal.pause()


def before(module: Any, name: str, times: int = 1) -> Callable[[], None]:
    """Stop where a function is called for that time."""

    def patch() -> None:
        original, calls = getattr(module, name), iter(range(1, times + 1))

        def stopping(*arguments: Any, **options: Any) -> Any:
            if next(calls, None) == times:
                stop()
            return original(*arguments, **options)

        setattr(module, name, stopping)

    return patch


def at_page(share: float) -> Callable[[], None]:
    """Stop where that share of the pages is in place."""

    def patch() -> None:
        original = into_sqlite._place_over

        def stopping(prepared: Any, live: Any, kept: Any, tell: Any) -> bool:
            def tell_and_stop(done: int, of: int) -> None:
                if done >= min(share * of, of - 1):  # it is not told of the last
                    stop()

            return original(prepared, live, kept, tell_and_stop)

        into_sqlite._place_over = stopping

    return patch


POINTS: dict[str, dict[str, Callable[[], None]]] = {
    "sqlite": {
        "copied aside": before(into_sqlite, "put_in_place"),
        "a page in place": at_page(0),
        "all but a page in place": at_page(1),
        "in place": before(into_sqlite, "settle"),
    },
    "postgresql": {
        "tables set aside": before(into_postgresql, "_fill"),
        "rows copied in": before(into_postgresql, "_copy", 20),
        "about to commit": before(into_postgresql, "_analyze"),
        "committed": before(put_back, "read_standing", 2),
    },
}

if __name__ == "__main__":
    _, sort, point, file = sys.argv
    POINTS[sort][point]()
    main(["restore", file, "--yes"])
