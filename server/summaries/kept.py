"""PDFs that were made before, a folder a chart, each by the hash of what it was made from: files
under DOORSTEP_HOME that only the server's user can read. Any may be thrown away: it is derived."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from server.summaries.page import Page

MOST = 2_000
"""PDFs kept, of some 30 kB each; the oldest go first."""


def key_of(patient: str, page: Page) -> str:
    """Whose chart a PDF is of, and what it depends on, as a SHA-256: all that the page holds, and
    what sets it."""
    parts = (version("weasyprint"), page.html, page.running)
    hashed = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"{patient}/{hashed}"


class Kept:
    """The folder `summaries` in the server's home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "summaries"

    def get(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, key: str, pdf: bytes) -> None:
        """Keeps a PDF; whoever reads meanwhile finds it whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(key)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")  # mode 0600
        with os.fdopen(handle, "wb") as file:
            file.write(pdf)
        os.replace(name, path)
        self._thin_out()

    def charts(self) -> list[str]:
        """The charts of which there are PDFs, or were."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(each.name for each in self.folder.iterdir())
        return []

    def forget(self, patient: str) -> None:
        """Throws away every PDF of a chart."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.folder / patient)

    def _thin_out(self) -> None:
        kept = sorted(self.folder.rglob("*.pdf"), key=_age)
        for path in kept[:-MOST]:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.pdf"


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
