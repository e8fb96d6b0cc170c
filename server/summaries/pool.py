"""The processes that set pages: a small pool in each web process, so that a page never holds up a
sync. They come from a forkserver that has WeasyPrint loaded; a process with threads is never
forked. Where the pool is busy the caller is told to ask again: a PDF is derived, so there is
nothing to queue and nothing to lose."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from server.logs import log_like_server
from server.summaries.page import Page
from server.summaries.typeset import typeset

PROCESSES = 1
WAITING = 3
"""Pages set or waiting to be set at a time, in one web process."""

PATIENCE_SECONDS = 4.0
"""How long a request waits for its page; one takes about half a second."""

PAGES_EACH = 500
"""After so many pages new processes take over, in case a library leaks."""


class Busy(Exception):
    """Ask again in a moment; what was begun goes on meanwhile."""


class Pool:
    """Sets pages, each key once at a time. `keep` gets every finished PDF, also one that nobody
    waited for any longer."""

    def __init__(self, keep: Callable[[str, bytes], None]) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[bytes]] = {}
        self._owner = os.getpid()
        self._threads = ThreadPoolExecutor(WAITING)
        self._starting = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._pages = 0

    def set(self, key: str, page: Page, patience: float | None = None) -> bytes:
        """The PDF of a page. Raises Busy when there is no room for it, or it takes too long to
        wait for; typeset.LibrariesMissing where this machine cannot set pages."""
        try:
            seconds = PATIENCE_SECONDS if patience is None else patience
            return self._begin(key, page).result(timeout=seconds)
        except TimeoutError:
            raise Busy from None
        except BrokenProcessPool:
            self._forget_executor()
            raise Busy from None

    def _begin(self, key: str, page: Page) -> Future[bytes]:
        with self._lock:
            self._begin_anew_after_fork()
            if key in self._under_way:
                return self._under_way[key]
            if len(self._under_way) >= WAITING:
                raise Busy
            # In a thread of its own, since the first page waits for its process to start.
            future = self._threads.submit(self._set, page)
            self._under_way[key] = future
        future.add_done_callback(lambda done: self._finish(key, done))
        return future

    def _set(self, page: Page) -> bytes:
        with self._starting:
            if self._executor is not None and self._pages >= PAGES_EACH:
                self._executor.shutdown(wait=False)
                self._executor = None
            if self._executor is None:
                self._executor, self._pages = _executor(), 0
            self._pages += 1
            done = self._executor.submit(typeset, page.html, page.running)
        return done.result()

    def _finish(self, key: str, done: "Future[bytes]") -> None:
        with self._lock:
            self._under_way.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._keep(key, done.result())

    def _begin_anew_after_fork(self) -> None:
        """A web process that was forked from another has none of its threads and processes."""
        if self._owner != os.getpid():
            self._owner, self._under_way = os.getpid(), {}
            self._threads = ThreadPoolExecutor(WAITING)
            self._starting, self._executor = threading.Lock(), None

    def _forget_executor(self) -> None:
        with self._starting:
            broken, self._executor = self._executor, None
        if broken is not None:
            broken.shutdown(wait=False)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        with self._starting:
            ended, self._executor = self._executor, None
        if ended is not None:
            ended.shutdown(wait=True)


def _executor() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["server.summaries.loaded"])
    return ProcessPoolExecutor(PROCESSES, context, initializer=leave_with_parent)


def leave_with_parent() -> None:
    """In a process of the pool: log as the web process does, and end when it is gone, however it
    went."""
    log_like_server()
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
