"""Build an MkDocs project for the check, whatever its pages hold: a page that fails is noted, the others are built."""
from __future__ import annotations

import contextlib
import io
import logging
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from checks.project import CannotRun, loopless_walk

BUILD_SECONDS, PAGE_SECONDS = 900, 30  # a build, and one page of it, that take longer are given up


def build(config: Path, site: Path) -> list[tuple[str, str]]:
    """Build the project into `site`, in a process of its own, so that neither a crash nor a page without end stops the check.

    Returns the pages that could not be built, each with the reason; the others are built. Raises CannotRun otherwise.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=build_here, args=(config.resolve(), site, sender), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(BUILD_SECONDS):
            raise CannotRun(f"the build did not end within {BUILD_SECONDS} seconds; build the site first and name it with --site")
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
    """`mkdocs build` that goes on after a page that fails. Sends the failures and, if the whole failed, why."""
    failures: list[tuple[str, str]] = []

    def reason(error: BaseException) -> str:
        return str(getattr(error, "message", "") or error).strip() or type(error).__name__

    def guarded(step):
        """A step of the build whose first argument is a page or a file; what goes wrong is noted instead of raised."""
        def run(subject, *args, **kwargs):
            with contextlib.suppress(AttributeError, ValueError):  # no such clock on Windows
                signal.setitimer(signal.ITIMER_REAL, PAGE_SECONDS)
            try:
                return step(subject, *args, **kwargs)
            except (Exception, SystemExit) as error:
                failures.append((getattr(subject, "file", subject).src_uri, reason(error)))
                if hasattr(subject, "content"):
                    subject.content, subject.toc = subject.content or "", get_toc([])
            finally:
                with contextlib.suppress(AttributeError, ValueError):
                    signal.setitimer(signal.ITIMER_REAL, 0)
        return run

    def give_up(*_: object) -> None:
        raise TimeoutError(f"it took longer than {PAGE_SECONDS} seconds")

    said: list[str] = []  # what MkDocs would print of errors; it aborts without saying why
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())
    logging.getLogger().handlers = [handler]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            with contextlib.suppress(AttributeError):
                signal.signal(signal.SIGALRM, give_up)
            os.walk = loopless_walk
            os.chdir(config_file.parent)
            from mkdocs.commands import build as steps
            from mkdocs.config import load_config as load
            from mkdocs.plugins import BasePlugin
            from mkdocs.structure import pages
            from mkdocs.structure.files import File
            from mkdocs.structure.toc import get_toc

            class Reader(BasePlugin):
                """Reads a file that is not UTF-8 all the same; the check says so, and the rest of the site is checked too."""

                def on_page_read_source(self, /, *, page, config) -> str | None:
                    try:
                        return None if page.file.content_string is not None else ""
                    except UnicodeDecodeError:
                        return Path(page.file.abs_src_path).read_bytes().decode("utf-8-sig", errors="replace")
                    except OSError:
                        return ""

            def tolerant(address: str) -> SplitResult:
                try:
                    return urlsplit(address)
                except ValueError:  # MkDocs would stop; left as it is, the address reaches the check, which reports it
                    return SplitResult("malformed", "", address, "", "")

            pages.urlsplit = tolerant
            steps._populate_page, steps._build_page = guarded(steps._populate_page), guarded(steps._build_page)
            File.copy_file = guarded(File.copy_file)
            config = load(str(config_file), site_dir=str(site), strict=False)
            config.plugins["check"] = Reader()
            steps.build(config)
            error = ""
        except (Exception, SystemExit) as problem:
            error = " ".join(" ".join(said[-2:] or [reason(problem)]).split())[:300]
    sender.send((failures, error))
