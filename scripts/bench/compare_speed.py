"""Compare the built site with the same text in the bare theme and on plain pages: what a phone fetches and
waits for.

All are built from this tree: the bare theme without our frame, styles and scripts; the plain pages are its
text alone. They are served side by side with gzip, as GitHub Pages does. Lighthouse (with the browser of the
tests) loads them in turn; what counts are medians and their ratios, because seconds depend on the machine.
Writes the table into SPEED.md beside this file. Needs npm.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import yaml
from mkdocs.utils.yaml import yaml_load
from selectolax.lexbor import LexborHTMLParser

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from browser import FLAGS, find  # noqa: E402
from serving import Quiet, opened, served  # noqa: E402

LIGHTHOUSE = "lighthouse@13.5.0"
SITES = ("ours", "bare", "plain")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
SHIFT = "cumulative-layout-shift"
SCORES = ("performance", "accessibility", "best-practices", "seo")
PLAIN = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Plain</title><main>{}</main></html>'
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TOUCHED = ".md-content a.footnote-ref:visible, .md-header__button:visible"
# Of the tap alone: a pointer that was there as the page loaded makes slow events on any page
ANSWERED = """document.answers = [];
const taps = /^(touch|pointer|mouse)(start|end|down|up)$|^click$/;
const note = ({ name, duration }) => taps.test(name) && document.answers.push(duration);
new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({ type: "event", durationThreshold: 16, buffered: true });"""


class Compressed(Quiet):
    """Serves a folder as GitHub Pages does: text with gzip, everything to be kept for ten minutes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        self.send_response(200 if path.is_file() else 404)
        path = path if path.is_file() else Path(self.directory) / "404.html"
        body = gzip.compress(path.read_bytes(), 6, mtime=0)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def build(folder: Path, bare: bool) -> None:
    """Build this tree into a folder; `bare`: in the theme as it comes, with nothing of ours but the text."""
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as stream:
        settings = yaml_load(stream)
    for name in ("hooks", "extra_css", "extra_javascript", "validation"):
        del settings[name]
    del settings["theme"]["custom_dir"]
    settings["docs_dir"] = str(ROOT / "docs")
    config = folder.with_suffix(".yml")
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    environment = {**os.environ, "SITE_URL": "http://127.0.0.1/", "NO_MKDOCS_2_WARNING": "1"}
    config = config if bare else ROOT / "mkdocs.yml"
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(config), "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stderr=subprocess.DEVNULL)


def strip(bare: Path, plain: Path) -> None:
    """Write the text of each page of the bare theme into a page that has nothing else."""
    for path in bare.rglob("*.html"):
        article = LexborHTMLParser(path.read_text(encoding="utf-8")).css_first("article")
        page = plain / path.relative_to(bare)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PLAIN.format(article.html if article else ""), encoding="utf-8")


def first_tap(address: str) -> float:
    """Milliseconds from the first tap, on a note or a button, to what it shows, if the phone is slow."""
    with opened(str(find()), **PHONE) as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.add_init_script(ANSWERED)
        page.goto(address)
        page.locator(TOUCHED).first.tap()
        page.wait_for_timeout(1000)
        return max([16, *page.evaluate("document.answers")])


def load(address: str) -> dict[str, float]:
    """What one load of a page costs: kilobytes by kind, requests, times in milliseconds, scores of 100."""
    flags = f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}"
    command = ["npx", "--yes", LIGHTHOUSE, address, "--output=json", "--quiet", flags]
    environment = {**os.environ, "CHROME_PATH": str(find())}
    report = json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    requests = report["audits"]["network-requests"]["details"]["items"]
    found: dict[str, float] = {"requests": len(requests), "all": 0, "Stylesheet": 0, "Script": 0}
    for request in requests:
        for kind in (request.get("resourceType", ""), "all"):
            found[kind] = found.get(kind, 0) + request.get("transferSize", 0) / 1000
    found |= {audit: report["audits"][audit]["numericValue"] for audit in (*TIMES, SHIFT)}
    return found | {score: 100 * report["categories"][score]["score"] for score in SCORES}


def compare(page: str, roots: dict[str, str], runs: int) -> str:
    """A line of the table: medians of ours, loaded in turn with the others, and in brackets the ratios."""
    loads = [{site: load(roots[site] + page) for site in SITES} for _ in range(runs)]
    ours, bare, plain = (
        {name: median(each[site].get(name, 0) for each in loads) for name in loads[0][site]} for site in SITES
    )
    tap = median(first_tap(roots["ours"] + page) for _ in range(runs))

    def beside(name: str) -> str:
        return f"({ours[name] / bare[name]:.2f}, {ours[name] / plain[name]:.1f})"

    sizes = " + ".join(f"{ours[kind]:.0f}" for kind in ("Document", "Stylesheet", "Script"))
    paints = " | ".join(f"{ours[name]:.0f} ms {beside(name)}" for name in TIMES[:2])
    blocked = ", ".join(f"{each[TIMES[2]]:.0f}" for each in (bare, plain))
    scores = " / ".join(f"{ours[score]:.0f}" for score in SCORES)
    return (
        f"| /{page} | {sizes} = {ours['all']:.0f} kB {beside('all')} "
        f"| {ours['requests']:.0f} {beside('requests')} "
        f"| {paints} | {ours[TIMES[2]]:.0f} ms ({blocked}) | {tap:.0f} ms "
        f"| {ours[SHIFT]:.3f} ({bare[SHIFT]:.3f}) | {scores} ({bare['performance']:.0f}) |"
    )


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pages", nargs="*", help="such as treaty/; all pages unless given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        build(folder / "ours", bare=False)
        build(folder / "bare", bare=True)
        strip(folder / "bare", folder / "plain")
        names = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
        pages = options.pages or ["" if name == "index" else f"{name}/" for name in names]
        roots = {site: stack.enter_context(served(folder / site, Compressed)) for site in SITES}
        lines = []
        for page in pages:
            lines.append(compare(page, roots, options.runs))
            print(lines[-1], flush=True)  # it takes long
    version = subprocess.run([str(find()), "--version"], capture_output=True, text=True).stdout.strip()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; {version}; {LIGHTHOUSE}"
    lines.append(
        f"\nMeasured on {datetime.date.today()}: {machine}; medians of {options.runs} alternating runs; "
        f"load of the machine at the end {os.getloadavg()[1]:.1f}."
    )
    path = HERE / "SPEED.md"
    head, rule, _ = path.read_text(encoding="utf-8").partition(f"{'| --- ' * 9}|\n")
    path.write_text(head + rule + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
