"""The pool's own processes: real ones, from a forkserver."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

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


def test_its_processes_go_when_the_web_process_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "web.py"
    script.write_text(WEB_PROCESS)
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as web:
        assert web.stdout is not None
        setter = int(web.stdout.readline())
        assert is_running(setter)
        web.kill()
        web.communicate(timeout=60)  # ends when the last process that holds its output is gone
    assert not is_running(setter)


WEB_PROCESS = """
import sys, threading
sys.path.insert(0, "")
from server.summaries.page import Page
from server.summaries.pool import Pool

if __name__ == "__main__":
    pool = Pool(lambda key, pdf: None)
    pool.set("1", Page('<html lang="en"><title>1</title><p>1', ""), patience=60)
    print(next(iter(pool._executor._processes)), flush=True)
    threading.Event().wait()
"""


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def blank(number: int) -> Page:
    return Page(f'<html lang="en"><title>{number}</title><p>{number}', "")
