"""One strict build under a sub-path, served on loopback as GitHub Pages serves it, and a browser that looks at it."""
from __future__ import annotations

import functools
import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from selectolax.lexbor import LexborHTMLParser

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import browser as browser_finder  # noqa: E402

TOPICS = ("treaty", "transfers", "crises", "rivalry", "watchlist")
PAGES = ("", *(f"{name}/" for name in (*TOPICS, "timeline", "article", "sources", "glossary", "data", "briefing", "changes", "about")))
PREFIX = "/explainer/"


def run_mkdocs(project: Path, site: Path, site_url: str, *options: str) -> subprocess.CompletedProcess:
    """Build `project` into `site`; returns the finished process with its output as text."""
    environment = {**os.environ, "SITE_URL": site_url, "REPOSITORY_URL": "", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site), *options]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, encoding="utf-8")


def wait_for_function(page: Page, condition: str, tries: int = 600) -> None:
    """Wait until the condition holds. Playwright's own way looks again with `eval`, which the pages' policy refuses."""
    while not page.evaluate(condition):
        tries -= 1
        assert tries, f"this never came true: {condition}"
        page.wait_for_timeout(50)


Page.wait_for_function = wait_for_function


class PagesHandler(SimpleHTTPRequestHandler):
    """Serves a folder below PREFIX and answers everything else with its 404.html, as GitHub Pages does."""

    def translate_path(self, path: str) -> str:
        if not path.startswith(PREFIX):
            return str(Path(self.directory) / "does-not-exist")
        return super().translate_path("/" + path.removeprefix(PREFIX))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site_url() -> str:
    return f"https://host.example{PREFIX}"


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, site_url: str) -> tuple[Path, subprocess.CompletedProcess]:
    """The site as readers get it, and what the build said."""
    folder = tmp_path_factory.mktemp("site")
    done = run_mkdocs(ROOT, folder, site_url, "--strict")  # not --quiet, under which strict counts nothing
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done


@pytest.fixture(scope="session")
def site(build: tuple[Path, subprocess.CompletedProcess]) -> Path:
    return build[0]


@pytest.fixture(scope="session")
def html(site: Path):
    """Parsed pages by their address within the site: `html("treaty/")`."""

    @functools.cache
    def parse(address: str) -> LexborHTMLParser:
        path = site / address
        return LexborHTMLParser((path / "index.html" if path.is_dir() else path).read_text(encoding="utf-8"))

    return parse


@pytest.fixture(scope="session")
def server(site: Path):
    """Base address of the served site, with its sub-path."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(PagesHandler, directory=str(site))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}{PREFIX}"
        running.shutdown()


@pytest.fixture(scope="module")
def chromium():
    """A browser; closed with the module, because while it is open no other test can run an event loop."""
    path = browser_finder.find()
    assert path, "no browser found: run `python scripts/browser.py`, which installs one or says what to do"
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=browser_finder.FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(chromium, server: str):
    """Opens a page of the site; whatever the browser complained about or asked other hosts for is in `page.faults`."""
    contexts = []

    def visit(address: str = "", **options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: message.type in ("error", "warning") and page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("request", lambda request: request.url.startswith((server, "data:", "blob:")) or page.faults.append(request.url))
        page.goto(server + address, wait_until="networkidle")  # until the theme's timers have run, else a test's clock upsets them
        return page

    yield visit
    for context in contexts:
        context.close()
