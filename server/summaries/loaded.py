"""Loads WeasyPrint when it is imported: the forkserver imports it once, and its processes have it
at once."""

import contextlib

with contextlib.suppress(
    OSError
):  # libraries that are missing are told by the page that needs them
    import weasyprint  # type: ignore[import-untyped]  # noqa: F401
