"""The command on an organisation whose server has been started."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from flask import Flask

from server import server_key
from tests.server.operator import Operator

Checked = Callable[..., dict[str, list[tuple[str, str]]]]


@pytest.fixture
def operator(app: Flask, database: str, tmp_path: Path) -> Operator:
    server_key.require()
    return Operator(tmp_path, database)


@pytest.fixture
def checked(operator: Operator) -> Checked:
    """Level and words of each finding, by check."""

    def run(role: str | None = None) -> dict[str, list[tuple[str, str]]]:
        options = {"role": role} if role else {}
        done = operator.run("check", "--json", **options)
        told = orjson.loads(done.stdout)
        found: dict[str, list[tuple[str, str]]] = {}
        for each in told["checks"]:
            found.setdefault(each["check"], []).append((each["level"], each["says"]))
        has_failed = any(each["level"] == "FAIL" for each in told["checks"])
        assert (done.exit_code, told["ok"]) == (int(has_failed), not has_failed)
        return found

    return run
