"""A small file is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.whole_file import write_whole


def test_it_takes_the_place_of_the_one_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "made" / "a"
    write_whole(path, "one")
    write_whole(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["a"]


def test_one_that_was_not_finished_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    write_whole(path, "one")

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "two")
    assert path.read_text() == "one"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
