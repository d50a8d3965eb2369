"""So that `mkdocs build` and `mkdocs serve` give the complete site, this hook calls scripts/finish.py.

`mkdocs build` works in a folder inside site/, and what it made takes the place of the old site once it is finished. Until
then the old one is there, whole, whatever stops the build.
"""
from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path

from mkdocs.exceptions import Abort
from mkdocs.utils import CountHandler

try:
    import fcntl
except ImportError:  # Windows, where two builds at once are not told apart
    fcntl = None

sys.path.append(str(Path(__file__).resolve().parent))
from checks.project import CannotRun  # noqa: E402
from finish import finish  # noqa: E402

NEW, OLD, HOME = ".building", ".replaced", "index.html"  # MkDocs leaves names with a dot alone
preview = False  # whether `mkdocs serve` builds; its server writes a script into each page that it sends
aside = False  # whether the build is made aside
site: Path | None = None  # where it will stand
lock = -1


def on_startup(*, command: str, dirty: bool) -> None:
    """Only a full build is made aside: a preview has a folder of its own, and `--dirty` adds to what is there."""
    global aside, preview
    preview = command == "serve"
    aside = not preview and not dirty


def on_config(config) -> None:
    """Send the build to a folder inside site/, which no other build uses at the same time."""
    global site
    if not aside:
        return
    folder = Path(config.site_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        take(folder)
        clear(folder)
        (folder / NEW).mkdir()
    except BlockingIOError:
        raise Abort(f"another build into {folder} is running; start this one when it has ended") from None
    except OSError as error:
        raise Abort(f"{folder} cannot be written: {error.strerror}; free it, or name another folder with --site-dir") from None
    site, config.site_dir = folder, str(folder / NEW)


def on_post_build(config) -> None:
    """Finish the site. What stands in the way is a warning, so that a preview goes on and a strict build stops."""
    try:
        finish(Path(config.site_dir), Path(config.config_file_path), preview=preview)
    except (CannotRun, OSError, ValueError) as reason:
        if site and isinstance(reason, OSError):
            raise
        said = " ".join(str(reason).split())
        logging.getLogger("mkdocs.hooks.finish").warning("the site cannot be finished: %s", said)
    stops = any(handler.get_counts() for handler in logging.getLogger("mkdocs").handlers if isinstance(handler, CountHandler))
    if site and not stops:
        replace(site)
        config.site_dir = str(site)


def on_build_error(error: Exception) -> None:
    """Take away what was begun. What the disk says is said in a line."""
    if site:
        clear(site)
        if isinstance(error, OSError):
            raise Abort(f"the build stopped: {error.strerror or error}: {error.filename or site}; the site is as it was before")


def replace(folder: Path) -> None:
    """Put the new site in the place of the old one. As long as they are mixed there is no home page."""
    (folder / OLD).mkdir()
    old = [name for name in os.listdir(folder) if not name.startswith(".")]
    for name in sorted(old, key=HOME.__ne__):
        os.replace(folder / name, folder / OLD / name)
    for name in sorted(os.listdir(folder / NEW), key=HOME.__eq__):
        os.replace(folder / NEW / name, folder / name)
    clear(folder)


def clear(folder: Path) -> None:
    """Remove what a build leaves inside site/."""
    for name in (NEW, OLD):
        shutil.rmtree(folder / name, ignore_errors=True)


def take(folder: Path) -> None:
    """Keep other builds out until this process ends, however it ends. Raises BlockingIOError if one is running."""
    global lock
    if fcntl and lock < 0:
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a file system without locks
            pass
