"""What tests share: one build for all test processes, served as GitHub Pages serves it, and one browser each.

In unit/ nothing is built, pages/ reads the built site, browser/ looks at it. A page that a test opens
with `open_page` must have no complaint on its console, no error, nothing that its policy refuses, and it
may ask no other host.
"""

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright
from selectolax.lexbor import LexborHTMLParser

import browser as browser_finder
from book import Book
from edited import edit
from explainer.content import Content
from explainer.judged import read_content
from sample_docs import lay_out
from serving import Quiet, served

ROOT = Path(__file__).resolve().parent.parent
TOPICS = ("treaty", "transfers", "crises", "rivalry", "watchlist")
STEMS = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
EVERY = ("", *(f"{stem}/" for stem in STEMS if stem != "index"))  # the address of each page within the site
PREFIX = "/explainer/"
SITE_URL = f"https://host.example{PREFIX}"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
NO_BROWSER = "no browser found: run `python scripts/browser.py`, which installs one or says what to do"
PROBES = Path(__file__).parent / "browser" / "probes.js"


def run_mkdocs(
    project: Path, site: Path, site_url: str = SITE_URL, *options: str
) -> subprocess.CompletedProcess:
    """Build `project` into `site`; returns the finished process with its output as text."""
    environment = {**os.environ, "SITE_URL": site_url, "REPOSITORY_URL": "", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site), *options]
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


def copy_project(target: Path) -> Path:
    """Copy what a build needs into a folder of its own, without dates and modes; returns the folder."""
    for name in ("docs", "overrides", "scripts"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, target / name, ignore=ignore, copy_function=shutil.copyfile)
    shutil.copyfile(ROOT / "mkdocs.yml", target / "mkdocs.yml")
    return target


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first test process to need it fills with `make`, and that all others use."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


def must_succeed(done: subprocess.CompletedProcess) -> str:
    """What a command said on both streams; the test fails if the command did."""
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return f"{done.stdout}{done.stderr}"


def words(node: object) -> str:
    """The text of an element of a parsed page, with single spaces; nothing for no element."""
    return " ".join(node.text().split()) if node else ""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site and what the build said; not --quiet, under which strict counts nothing."""

    def make(folder: Path) -> None:
        said = must_succeed(run_mkdocs(ROOT, folder / "site", SITE_URL, "--strict"))
        (folder / "said.txt").write_text(said, encoding="utf-8")

    return made_once(tmp_path_factory, "built", make)


@pytest.fixture(scope="session")
def site(built: Path) -> Path:
    """The site as readers get it."""
    return built / "site"


@pytest.fixture(scope="session")
def printed(site: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the site with what scripts/print_site.py adds to it."""

    def make(folder: Path) -> None:
        shutil.copytree(site, folder / "site")
        command = [sys.executable, ROOT / "scripts" / "print_site.py", folder / "site"]
        must_succeed(subprocess.run(command, capture_output=True, text=True))

    return made_once(tmp_path_factory, "printed", make) / "site"


@pytest.fixture(scope="session")
def edited_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with hostile front matter, changes and retired addresses (edited.py), built."""

    def make(folder: Path) -> None:
        edit(copy_project(folder / "project"))
        must_succeed(run_mkdocs(folder / "project", folder / "site", SITE_URL, "--strict", "--quiet"))

    return made_once(tmp_path_factory, "edited", make) / "site"


@pytest.fixture(scope="session")
def content() -> Content:
    """Everything under docs/, as the build reads it."""
    return read_content(ROOT / "docs")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """The docs folder of sample_docs.py."""
    return lay_out(tmp_path)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """The small project of book.py, recorded."""
    return Book(tmp_path)


@pytest.fixture(scope="session")
def site_url() -> str:
    return SITE_URL


def parser(site: Path) -> Callable[[str], LexborHTMLParser]:
    """A function that parses the page at an address within a site, `parse("treaty/")`, once."""

    @functools.cache
    def parse(address: str) -> LexborHTMLParser:
        path = site / address
        return LexborHTMLParser((path / "index.html" if path.is_dir() else path).read_text(encoding="utf-8"))

    return parse


@pytest.fixture(scope="session")
def html(site: Path) -> Callable[[str], LexborHTMLParser]:
    """Parsed pages by their address within the site: `html("treaty/")`."""
    return parser(site)


@pytest.fixture(scope="session")
def edited_html(edited_site: Path) -> Callable[[str], LexborHTMLParser]:
    """The same of the edited copy."""
    return parser(edited_site)


class Pages(Quiet):
    """Serves a folder below PREFIX and answers everything else with its 404.html, as GitHub Pages does."""

    def translate_path(self, path: str) -> str:
        inside = path.startswith(PREFIX)
        return super().translate_path("/" + path.removeprefix(PREFIX) if inside else "/does-not-exist")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Base address of a served site, with its sub-path, on loopback and a free port."""
    with served(site, Pages) as host:
        yield host.removesuffix("/") + PREFIX


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def edited_server(edited_site: Path) -> Iterator[str]:
    with serving(edited_site) as address:
        yield address


def wait_for_function(page: Page, condition: str, tries: int = 600) -> None:
    """Wait until the condition holds. Playwright's own way uses `eval`, which the policy refuses."""
    while not page.evaluate(condition):
        tries -= 1
        assert tries, f"this never came true: {condition}"
        page.wait_for_timeout(50)


Page.wait_for_function = wait_for_function


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; without one the tests that need it are skipped, but not in CI."""
    path = browser_finder.find()
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=browser_finder.FLAGS)
        yield running
        running.close()


@contextmanager
def visiting(chromium: Browser, root: str) -> Iterator[Callable[..., Page]]:
    """A function that opens pages of a served site; when they are closed, none may have complained.

    The function takes an address within the site and options of a browser context. `before` is called
    with a page before it loads, and `excuse` is a pattern of complaints that are expected.
    """
    pages: list[tuple[Page, str, list[str]]] = []

    def visit(
        address: str = "",
        before: Callable[[Page], object] = lambda page: None,
        excuse: str = r"\A\Z",
        **options: object,
    ) -> Page:
        context = chromium.new_context(**{"viewport": WIDE, **options})
        page, faults = context.new_page(), []
        page.add_init_script(path=PROBES)
        page.on("console", lambda said: said.type in ("error", "warning") and faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        own = (root, "data:", "blob:")
        page.on("request", lambda asked: asked.url.startswith(own) or faults.append(asked.url))
        page.faults = faults
        pages.append((page, excuse, faults))
        before(page)
        # until the theme's timers have run, else a test's clock upsets them
        page.goto(root + address, wait_until="networkidle")
        return page

    yield visit
    for page, _, _ in pages:
        page.context.close()
    assert [fault for _, excuse, faults in pages for fault in faults if not re.search(excuse, fault)] == []


@pytest.fixture
def open_page(chromium: Browser, server: str) -> Iterator[Callable[..., Page]]:
    with visiting(chromium, server) as visit:
        yield visit


@pytest.fixture
def open_edited_page(chromium: Browser, edited_server: str) -> Iterator[Callable[..., Page]]:
    with visiting(chromium, edited_server) as visit:
        yield visit


def label_of(field: str) -> str:
    """What the template of findings calls a field."""
    template = (ROOT / "overrides" / "records" / "finding.html").read_text(encoding="utf-8")
    found = re.search(rf"<dt>([^<]+)</dt><dd>\{{\{{ {field} \}}\}}", template)
    assert found, f"finding.html has no row for {field}"
    return found[1]
