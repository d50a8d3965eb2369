"""Compare the built site with the same text in the bare theme: what a reader fetches and waits for.

Both are built from this tree, the bare one without our frame, styles and scripts, and served side by side
with gzip, as GitHub Pages does. Lighthouse (with the browser of the tests) loads them in turn; what counts
are medians and their ratios, because seconds depend on the machine. Writes the table into SPEED.md beside
this file. Needs npm.
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
from pathlib import Path
from statistics import median

import yaml
from mkdocs.utils.yaml import yaml_load

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from browser import FLAGS, find  # noqa: E402
from serving import Quiet, served  # noqa: E402

LIGHTHOUSE = "lighthouse@13.5.0"
SETTINGS = {"phone": [], "desktop": ["--preset=desktop"]}
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")
SHIFT = "cumulative-layout-shift"
SCORES = ("performance", "accessibility", "best-practices", "seo")


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


def load(address: str, setting: str) -> dict[str, float]:
    """What one load of a page costs: kilobytes by kind, requests, times in milliseconds, scores of 100."""
    flags = f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}"
    command = ["npx", "--yes", LIGHTHOUSE, address, "--output=json", "--quiet", flags, *SETTINGS[setting]]
    environment = {**os.environ, "CHROME_PATH": str(find())}
    report = json.loads(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    requests = report["audits"]["network-requests"]["details"]["items"]
    found: dict[str, float] = {"requests": len(requests), "all": 0, "Stylesheet": 0, "Script": 0}
    for request in requests:
        for kind in (request.get("resourceType", ""), "all"):
            found[kind] = found.get(kind, 0) + request.get("transferSize", 0) / 1000
    found |= {audit: report["audits"][audit]["numericValue"] for audit in (*TIMES, SHIFT)}
    return found | {score: 100 * report["categories"][score]["score"] for score in SCORES}


def compare(page: str, setting: str, ours: str, bare: str, runs: int) -> str:
    """A line of the table: medians of ours, loaded in turn with the bare one, and in brackets the ratio."""
    pairs = [(load(ours + page, setting), load(bare + page, setting)) for _ in range(runs)]
    mine = {name: median(pair[0].get(name, 0) for pair in pairs) for name in pairs[0][0]}
    other = {name: median(pair[1].get(name, 0) for pair in pairs) for name in pairs[0][1]}
    ratio = {name: f"({mine[name] / other[name]:.2f})" if other.get(name) else "(–)" for name in mine}
    sizes = " + ".join(f"{mine[kind]:.0f}" for kind in ("Document", "Stylesheet", "Script"))
    paints = " | ".join(f"{mine[name]:.0f} ms {ratio[name]}" for name in TIMES[:2])
    blocked = f"{mine[TIMES[2]]:.0f} ms, bare {other[TIMES[2]]:.0f}"
    scores = " / ".join(f"{mine[score]:.0f}" for score in SCORES)
    return (
        f"| /{page} | {setting} | {sizes} = {mine['all']:.0f} kB {ratio['all']} "
        f"| {mine['requests']:.0f} {ratio['requests']} | {paints} | {blocked} "
        f"| {mine[SHIFT]:.3f}, bare {other[SHIFT]:.3f} | {scores}, bare {other['performance']:.0f} |"
    )


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pages", nargs="*", help="such as treaty/; all pages unless given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "ours", bare=False)
        build(folder / "bare", bare=True)
        names = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
        pages = options.pages or ["" if name == "index" else f"{name}/" for name in names]
        with served(folder / "ours", Compressed) as ours, served(folder / "bare", Compressed) as bare:
            lines = [
                compare(page, setting, ours, bare, options.runs) for page in pages for setting in SETTINGS
            ]
    version = subprocess.run([str(find()), "--version"], capture_output=True, text=True).stdout.strip()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; {version}; {LIGHTHOUSE}"
    lines.append(
        f"\nMeasured on {datetime.date.today()}: {machine}; medians of {options.runs} alternating runs."
    )
    path = HERE / "SPEED.md"
    head, rule, _ = path.read_text(encoding="utf-8").partition(f"{'| --- ' * 9}|\n")
    path.write_text(head + rule + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
