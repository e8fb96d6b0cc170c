"""The pool's own processes: real ones, from a forkserver."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from server.summaries import pool as pools
from server.summaries.page import Page, lay_out
from server.summaries.pool import WAITING, Busy, Pool
from server.summaries.typeset import typeset
from tests.server.summaries.charts import chart
from tests.server.summaries.conftest import paper


@pytest.fixture
def kept() -> dict[str, bytes]:
    return {}


@pytest.fixture
def pool(kept: dict[str, bytes]) -> Iterator[Pool]:
    pool = Pool(kept.__setitem__)
    yield pool
    pool.close()


def test_a_page_set_in_another_process_has_the_bytes_that_it_has_here(
    pool: Pool, kept: dict[str, bytes]
) -> None:
    page = lay_out(paper(chart()))
    pdf = pool.set("key", page, patience=60)
    assert pdf == typeset(page.html, page.running)
    assert kept == {"key": pdf}


def test_more_pages_than_there_is_room_for_are_turned_away_and_those_begun_are_finished(
    kept: dict[str, bytes],
) -> None:
    finished = threading.Semaphore(0)

    def keep(key: str, pdf: bytes) -> None:
        kept[key] = pdf
        finished.release()

    pool = Pool(keep)
    for number in range(WAITING):
        with pytest.raises(Busy):
            pool.set(str(number), blank(number), patience=0)
    with pytest.raises(Busy):
        pool.set("one too many", blank(9), patience=60)
    for _ in range(WAITING):
        assert finished.acquire(timeout=60)
    assert set(kept) == {str(number) for number in range(WAITING)}
    assert pool.set("one too many", blank(9), patience=60)
    pool.close()


def test_a_process_that_dies_is_replaced(pool: Pool) -> None:
    assert pool.set("1", blank(1), patience=60)
    processes = list(pool._executor._processes.values())  # type: ignore[union-attr]
    for process in processes:
        process.kill()
        process.join()
    with pytest.raises(Busy):
        pool.set("2", blank(2), patience=60)
    assert pool.set("2", blank(2), patience=60).startswith(b"%PDF")


def test_worn_processes_are_replaced(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "PAGES_EACH", 1)
    assert pool.set("1", blank(1), patience=60)
    first = pool._executor
    assert pool.set("2", blank(2), patience=60)
    assert pool._executor is not first


def blank(number: int) -> Page:
    return Page(f'<html lang="en"><title>{number}</title><p>{number}', "")
