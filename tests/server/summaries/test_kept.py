"""PDFs kept on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from server.summaries import kept as module
from server.summaries.kept import Kept, key_of
from server.summaries.page import Page


def test_what_was_kept_is_given_back_and_nothing_else(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert kept.get("a") is None
    kept.put("a", b"%PDF a")
    assert kept.get("a") == b"%PDF a"
    assert kept.get("b") is None


def test_the_oldest_go_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    kept = Kept(tmp_path)
    for age, key in enumerate("abc"):
        kept.put(key, b"")
        os.utime(kept.folder / f"{key}.pdf", (age, age))
    kept.put("d", b"")
    assert sorted(path.stem for path in kept.folder.iterdir()) == ["c", "d"]


def test_a_key_depends_on_all_of_the_page() -> None:
    assert len({key_of(Page("a", "b")), key_of(Page("ab", "")), key_of(Page("a", ""))}) == 3
