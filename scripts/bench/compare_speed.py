"""Compare the built site with the same text in the bare theme: what a reader fetches and waits for, page by page.

usage: compare_speed.py [--runs 5] [--pages "" treaty/ …] [--settings phone desktop]
Both are built from this tree, the bare one without our frame, styles and scripts, and served side by side with gzip, as
GitHub Pages does. Lighthouse (with the browser of the tests) loads them in turn; what counts are medians and their
ratios, because seconds depend on the machine. Writes the tables into SPEED.md beside this file. Needs Node and npm.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import gzip
import json
import mimetypes
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import browser  # noqa: E402

LIGHTHOUSE = "lighthouse@13.5.0"
TOOLS = ROOT / "build" / "bench-tools" / "lighthouse"
KINDS = {
    "Document": "HTML",
    "Stylesheet": "CSS",
    "Script": "JavaScript",
    "Image": "images",
    "Fetch": "data",
    "XHR": "data",
}
TIMES = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "total-blocking-time": "blocking",
    "cumulative-layout-shift": "shift",
}
SCORES = ("performance", "accessibility", "best-practices", "seo")
SETTINGS = {"phone": [], "desktop": ["--preset=desktop"]}


class Compressed(SimpleHTTPRequestHandler):
    """Serves a folder as GitHub Pages does: text with gzip, everything to be kept for ten minutes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        status = 200 if path.is_file() else 404
        path = path if path.is_file() else Path(self.directory) / "404.html"
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        body = path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Cache-Control", "max-age=600")
        if kind.startswith("text/") or kind.endswith(("javascript", "json", "xml")):
            body = gzip.compress(body, 6, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Address of the folder on loopback until the block ends."""
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Compressed, directory=str(folder))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def bare_settings() -> dict:
    """The project's settings with the theme as it comes: without our frame, styles, scripts and finishing step."""
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!ENV", lambda _, node: node.value[-1].value)
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader=loader)
    for name in ("hooks", "extra_css", "extra_javascript", "validation"):
        settings.pop(name, None)
    settings["theme"].pop("custom_dir")
    settings["docs_dir"] = str(ROOT / "docs")
    settings["markdown_extensions"][-1]["explainer"]["docs_dir"] = settings["docs_dir"]
    return settings


def build(config: Path, site: Path, tree: Path = ROOT) -> float:
    """Build a tree's pages into a folder; returns the seconds it took."""
    environment = {
        **os.environ,
        "SITE_URL": "http://127.0.0.1/",
        "REPOSITORY_URL": "",
        "NO_MKDOCS_2_WARNING": "1",
    }
    start = time.perf_counter()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--quiet",
            "--config-file",
            str(config),
            "--site-dir",
            str(site),
        ],
        cwd=tree,
        env=environment,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def lighthouse() -> str:
    """Path of Lighthouse, installed on first use."""
    program = TOOLS / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(TOOLS), LIGHTHOUSE],
            check=True,
        )
    return str(program)


def load(address: str, setting: str, scores: bool = True) -> dict[str, float]:
    """What one load of a page costs: kilobytes by kind, requests, times in milliseconds, scores of 100.

    Without `scores` only the one for performance, because the others are the same at each load and take long.
    """
    flags = " ".join(["--headless=new", *browser.FLAGS])
    command = [
        lighthouse(),
        address,
        "--output=json",
        "--quiet",
        "--disable-full-page-screenshot",
        f"--chrome-flags={flags}",
        *SETTINGS[setting],
        *([] if scores else ["--only-categories=performance"]),
    ]
    environment = {**os.environ, "CHROME_PATH": str(browser.find())}
    said = subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout
    report = json.loads(said)
    requests = report["audits"]["network-requests"]["details"]["items"]
    found: dict[str, float] = {"requests": len(requests), "all": 0}
    for request in requests:
        size = request.get("transferSize", 0) / 1000
        kind = KINDS.get(request.get("resourceType", ""), "other")
        found[kind] = found.get(kind, 0) + size
        found["all"] += size
    found |= {name: report["audits"][audit]["numericValue"] for audit, name in TIMES.items()}
    found |= {
        score: 100 * report["categories"][score]["score"] for score in SCORES if score in report["categories"]
    }
    return found


def compare(
    page: str, setting: str, ours: str, bare: str, runs: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Medians for a page of both sites, loaded in turn."""
    measured: dict[str, list[dict[str, float]]] = {ours: [], bare: []}
    for run in range(runs):
        for site, loads in measured.items():
            loads.append(load(site + page, setting, scores=run == 0))
    return tuple(
        {name: statistics.median(each[name] for each in loads if name in each) for name in loads[0]}
        for loads in measured.values()
    )


def row(page: str, setting: str, ours: dict[str, float], bare: dict[str, float]) -> str:
    """A line of the table: ours, and in brackets the ratio to the bare theme."""

    def ratio(name: str) -> str:
        return f"{ours[name] / bare[name]:.2f}" if bare[name] else "–"

    sizes = " + ".join(f"{ours.get(kind, 0):.0f}" for kind in ("HTML", "CSS", "JavaScript"))
    times = " | ".join(f"{ours[name]:.0f} ms ({ratio(name)})" for name in ("first paint", "largest paint"))
    scores = " / ".join(f"{ours[score]:.0f}" for score in SCORES)
    return (
        f"| /{page} | {setting} | {sizes} = {ours['all']:.0f} kB ({ratio('all')}) "
        f"| {ours['requests']:.0f} ({ratio('requests')}) | {times} | {ours['blocking']:.0f} ms, bare {bare['blocking']:.0f} "
        f"| {ours['shift']:.3f}, bare {bare['shift']:.3f} | {scores}, bare {bare['performance']:.0f} |"
    )


def growth(folder: Path) -> list[str]:
    """Lines of the table of build times: the tree as it is, and with 10 and 100 times as many pages."""
    lines = []
    for factor in (1, 10, 100):
        project = folder / f"times-{factor}"
        shutil.copytree(
            ROOT,
            project,
            ignore=shutil.ignore_patterns(".git", ".venv", "site", "build", "__pycache__", ".pytest_cache"),
        )
        pages = sorted((project / "docs").glob("*.md"))
        text = (project / "docs" / "treaty.md").read_text(encoding="utf-8").partition("\n---\n")[2]
        plain = "\n".join(
            line
            for line in text.splitlines()
            if not line.startswith(("///", "    ", "##")) and "[" not in line
        )
        for number in range(len(pages) * (factor - 1)):
            head = f'---\ntitle: "Page {number}"\ndescription: "A page made to measure how the build grows with pages: {number}"\n'
            dates = 'as_of: "2026-07-04"\npublished: "2026-11-25"\nchanged: "2026-11-25"\nreview_by: "2027-02-24"\n---\n'
            (project / "docs" / f"page-{number}.md").write_text(head + dates + plain, encoding="utf-8")
        bare = project / "bare.yml"
        settings = bare_settings() | {"docs_dir": str(project / "docs")}
        settings["markdown_extensions"][-1]["explainer"]["docs_dir"] = settings["docs_dir"]
        bare.write_text(yaml.safe_dump(settings), encoding="utf-8")
        times: dict[str, list[float]] = {"mkdocs.yml": [], "bare.yml": []}
        for _ in range(3 if factor < 100 else 1):
            for name, seconds in times.items():
                seconds.append(build(project / name, project / "built", project))
        ours, other = (statistics.median(seconds) for seconds in times.values())
        lines.append(f"| {len(pages) * factor:,} | {ours:.1f} s | {other:.1f} s | {ours / other:.2f} |")
        shutil.rmtree(project)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pages", nargs="*", help="addresses below the root; all pages unless given")
    parser.add_argument("--settings", nargs="*", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--without-growth", action="store_true", help="leave out how build time grows")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = folder / "bare.yml"
        bare.write_text(yaml.safe_dump(bare_settings()), encoding="utf-8")
        build(ROOT / "mkdocs.yml", folder / "ours")
        build(bare, folder / "bare")
        pages = options.pages or sorted(
            path.parent.relative_to(folder / "ours").as_posix().removeprefix(".")
            for path in (folder / "ours").rglob("index.html")
        )
        pages = [page.strip("/") + "/" if page.strip("/") else "" for page in pages]
        lines = []
        with served(folder / "ours") as ours, served(folder / "bare") as other:
            for page in pages:
                for setting in options.settings:
                    lines.append(row(page, setting, *compare(page, setting, ours, other, options.runs)))
                    print(lines[-1], flush=True)
        grown = [] if options.without_growth else growth(folder)
    version = subprocess.run([browser.find(), "--version"], capture_output=True, text=True).stdout.strip()
    head = (
        f"Measured on {datetime.date.today()}: {platform.system()} {platform.machine()}, {os.cpu_count()} cores; {version}; "
        f"{LIGHTHOUSE}; medians of {options.runs} alternating runs. In brackets: ratio to the bare theme with the same text."
    )
    table = [
        "| Page | Setting | Sent: HTML + CSS + JavaScript = all | Requests | First paint | Largest paint | Blocking time "
        "| Layout shift | Performance / accessibility / best practices / SEO |",
        "| --- " * 9 + "|",
        *lines,
    ]
    growing = (
        ["", "| Pages | This site | Bare theme | Ratio |", "| --- | --- | --- | --- |", *grown]
        if grown
        else []
    )
    path = HERE / "SPEED.md"
    intro = path.read_text(encoding="utf-8").partition("<!-- results -->")[0]
    path.write_text(
        intro + "<!-- results -->\n" + "\n".join([head, "", *table, *growing]) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
