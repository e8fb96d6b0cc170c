"""Run every measurement, or those named: ``python -m tests.bench [engine] [server] [load]``."""

from __future__ import annotations

import importlib
import sys

NAMES = ("engine", "server", "load")


def main(names: list[str]) -> None:
    unknown = set(names) - set(NAMES)
    if unknown:
        sys.exit(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for name in names or NAMES:
        print(f"\n{name}\n{'-' * len(name)}", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()


main(sys.argv[1:])
