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


def test_a_key_depends_on_whose_chart_it_is_and_on_all_of_the_page() -> None:
    pages = (Page("a", "b"), Page("ab", ""), Page("a", ""))
    assert len({key_of(patient, page) for patient in "xy" for page in pages}) == 6


def test_the_papers_of_one_chart_are_thrown_away_and_no_others(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.forget("x")  # which has none
    page, other = Page("a", ""), Page("b", "")
    keys = [key_of("x", page), key_of("x", other), key_of("y", page)]
    for key in keys:
        kept.put(key, b"%PDF")
    kept.forget("x")
    assert [kept.get(key) for key in keys] == [None, None, b"%PDF"]
    assert [path.name for path in kept.folder.iterdir()] == ["y"]
