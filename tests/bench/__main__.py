"""Run every measurement, or those named: ``python -m tests.bench [engine] [server] …``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")
)


def main(names: list[str]) -> None:
    unknown = set(names) - set(NAMES)
    if unknown:
        sys.exit(f"no such measurement: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for name in names or NAMES:
        print(f"\n{name}\n{'-' * len(name)}", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()


main(sys.argv[1:])
