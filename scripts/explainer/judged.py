"""Content that may be drawn: read and judged, and that again only when a file has changed."""

from __future__ import annotations

import os
from contextlib import suppress
from glob import glob
from pathlib import Path

from explainer.content import Content, read
from explainer.files import ContentError
from explainer.judge import judge
from explainer.page_dates import date_pages


def read_content(root: Path) -> Content:
    """Read and judge everything under `root`. Raises ContentError with every error that stops a build."""
    content, unreadable = read(root)
    errors = [problem for problem in judge(content, unreadable) if problem.stops]
    if errors:
        raise ContentError(errors)
    date_pages(content)
    return content


_last: tuple[tuple, Content | ContentError] | None = None


def current_content(root: Path) -> Content:
    """`read_content`, repeated only when a file has changed since the last call (live preview)."""
    global _last
    patterns = ("*.md", "data/*.yml", "data/schemas/**/*.json", "data/figures/*", "data/changes/*")
    names = [name for pattern in patterns for name in glob(pattern, root_dir=root, recursive=True)]
    state = root, tuple(sorted((name, *stamp(os.path.join(root, name))) for name in names))
    if _last is None or _last[0] != state:
        try:
            _last = (state, read_content(root))
        except ContentError as faults:
            _last = (state, faults)
    if isinstance(_last[1], ContentError):
        raise _last[1]
    return _last[1]


def stamp(name: str) -> tuple[int, int]:
    """When a file was changed, and how long it is; nothing for one that cannot be looked at."""
    with suppress(OSError):
        known = os.stat(name)
        return known.st_mtime_ns, known.st_size
    return 0, 0
