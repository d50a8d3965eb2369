"""Build an MkDocs project for the check, whatever its pages hold: a page that fails is noted, the others are built."""
from __future__ import annotations

import contextlib
import io
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from checks.project import CannotRun, loopless_walk

BUILD_SECONDS, PAGE_SECONDS = 900, 60  # what takes longer is given up; a page of 20,000 headings needs 5, on a busy machine 40


def build(config: Path, site: Path) -> list[tuple[str, str]]:
    """Build into `site`, in a process of its own, so that neither a crash nor a page without end stops the check.

    Returns the pages that could not be built, each with the reason; the others are built. Raises CannotRun otherwise.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=build_here, args=(config.resolve(), site, sender), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(BUILD_SECONDS):
            too_long = f"the build did not end within {BUILD_SECONDS} seconds"
            raise CannotRun(f"{too_long}; build the site first and name it with --site")
        failures, error = receiver.recv()
    except EOFError:
        raise CannotRun("the build crashed; `mkdocs build` may show where") from None
    finally:
        process.kill()
        process.join()
    if error:
        raise CannotRun(f"the site cannot be built: {error}")
    return failures


def build_here(config_file: Path, site: Path, sender: Connection) -> None:
    """Build, and send the pages that failed and, if the whole failed, why."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits says so and ends this one
    said: list[str] = []  # what MkDocs would print of errors; it aborts without saying why
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())
    logging.getLogger().handlers = [handler]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            failures, error = build_tolerantly(config_file, site), ""
        except (Exception, SystemExit) as problem:
            failures, error = [], " ".join(" ".join(said[-2:] or [reason(problem)]).split())[:300]
    sender.send((failures, error))


def build_tolerantly(config_file: Path, site: Path) -> list[tuple[str, str]]:
    """`mkdocs build` that goes on after a page that fails. Returns those pages, each with the reason."""
    os.chdir(config_file.parent)
    os.walk = loopless_walk
    from mkdocs.commands import build as steps  # not needed by the process that checks
    from mkdocs.config import load_config
    from mkdocs.plugins import BasePlugin
    from mkdocs.structure import files, pages
    from mkdocs.structure.toc import get_toc
    failures: list[tuple[str, str]] = []

    class Reader(BasePlugin):
        """Reads a file that is not UTF-8 all the same; the check says so, and the rest of the site is checked too."""

        def on_page_read_source(self, /, *, page, config) -> str | None:
            try:
                return None if page.file.content_string is not None else ""
            except UnicodeDecodeError:
                return Path(page.file.abs_src_path).read_bytes().decode("utf-8-sig", errors="replace")
            except OSError:
                return ""

    def guarded(step: Callable) -> Callable:
        """A step of the build whose first argument is a page or a file; what goes wrong is noted instead of raised."""
        def run(subject, *args, **kwargs):
            set_clock(PAGE_SECONDS)
            try:
                return step(subject, *args, **kwargs)
            except (Exception, SystemExit) as error:
                failures.append((getattr(subject, "file", subject).src_uri, reason(error)))
                if hasattr(subject, "content"):
                    subject.content, subject.toc = subject.content or "", get_toc([])
            finally:
                set_clock(0)
        return run

    steps._populate_page, steps._build_page = guarded(steps._populate_page), guarded(steps._build_page)
    files.File.copy_file = guarded(files.File.copy_file)
    pages.urlsplit = tolerant_urlsplit
    config = load_config(str(config_file), site_dir=str(site), strict=False)
    config.plugins["check"] = Reader()
    steps.build(config)
    return failures


def reason(error: BaseException) -> str:
    """What an exception says, or its kind if it says nothing."""
    return str(getattr(error, "message", "") or error).strip() or type(error).__name__


def set_clock(seconds: float) -> None:
    """Raise TimeoutError in so many seconds; 0 stops the clock."""
    def give_up(*_: object) -> None:
        raise TimeoutError(f"it took longer than {seconds} seconds")

    with contextlib.suppress(AttributeError, ValueError):  # no such clock on Windows
        signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def tolerant_urlsplit(address: str) -> SplitResult:
    """`urlsplit` for MkDocs, which a malformed address would stop; so it reaches the check, which reports it."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("malformed", "", address, "", "")
