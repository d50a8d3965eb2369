"""Compare the check with lychee and LinkChecker on the same built sites: time, memory, and the planted faults found.

usage: compare_checkers.py [--pages 200 2000 10000] [--runs 3] [--limit 300]
Writes the table into README.md beside this file. All three run in turn on the same machine; what counts are the ratios.
"""
from __future__ import annotations

import argparse
import contextlib
import datetime
import functools
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from make_site import make_site

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOOLS = ROOT / "build" / "bench-tools"


def tool(name: str) -> str:
    """Path of a peer, installed on first use into an environment of its own from the locked list."""
    programs = TOOLS / ("Scripts" if os.name == "nt" else "bin")
    if not (programs / name).exists() and not (programs / f"{name}.exe").exists():
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(HERE / "requirements.txt")], check=True)
    return str(programs / name)


class Quiet(SimpleHTTPRequestHandler):
    """Serves the site to the one peer that reads no folders."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def measure(command: list[str], limit: float) -> tuple[float, float, str] | None:
    """Seconds, megabytes and output of a command; None if it does not end within the limit."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if seconds >= limit:
            return None
        output.seek(0)
        return seconds, usage.ru_maxrss / 1024, output.read().decode("utf-8", "replace")


def commands(folder: Path, port: int) -> dict[str, tuple[list[str], Callable[[str], int]]]:
    """For each checker its command, every option on that finds more, and how its output counts faults."""
    site = str(folder / "site")
    settings = folder / "linkcheckerrc"  # its limit of ten requests a second would measure nothing but waiting
    settings.write_text("[checking]\nmaxrequestspersecond=100000\n[AnchorCheck]\n", encoding="utf-8")
    own = [sys.executable, str(ROOT / "scripts" / "check.py"), "--config", str(folder / "mkdocs.yml")]
    lychee = [tool("lychee"), "--offline", "--include-fragments=full", "--index-files", "index.html", "--root-dir", site,
              "--no-progress", "--format", "json", f"{site}/**/*.html"]
    linkchecker = [tool("linkchecker"), "-f", str(settings), "--no-status", "-o", "csv", f"http://127.0.0.1:{port}/"]
    return {
        "check.py": ([*own, "--site", site, "--format", "json"], lambda text: len(json.loads(text))),
        "lychee": (lychee, lambda text: json.loads(text)["errors"]),
        "LinkChecker": (linkchecker, lambda text: len(re.findall(r"^[^\n]*;[^\n]*(?:Error: 404|Anchor)", text, re.M))),
    }


def compare(pages: int, runs: int, limit: float, given_up: set[str]) -> list[str]:
    """The rows of the table for one size: medians over alternating runs, and the ratio to the check.

    A checker that did not end in time is added to `given_up` and not run on larger sites.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        planted = make_site(pages, Path(name))
        handler = functools.partial(Quiet, directory=str(Path(name) / "site"))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            results: dict[str, list] = {}
            peers = commands(Path(name), server.server_port)
            for _ in range(runs):
                for peer, (command, _) in peers.items():
                    if peer not in given_up:
                        results.setdefault(peer, []).append(measure(command, limit))
                        given_up |= {peer} if results[peer][-1] is None else set()
            server.shutdown()
    rows, own = [], statistics.median(result[0] for result in results["check.py"])
    for peer, (_, count) in peers.items():
        if peer not in results:
            rows.append(f"| {pages:,} | {peer} | not run | | | |")
            continue
        if None in results[peer]:
            rows.append(f"| {pages:,} | {peer} | over {limit:.0f} s | over {limit / own:.0f} | | |")
            continue
        seconds = statistics.median(result[0] for result in results[peer])
        memory = max(result[1] for result in results[peer])
        found = "?"
        with contextlib.suppress(ValueError, KeyError):
            found = count(results[peer][0][2])
        cells = f"{seconds:.2f} s", f"{seconds / own:.1f}", f"{memory:.0f} MB", f"{found} of {planted}"
        rows.append(f"| {pages:,} | {peer} | {' | '.join(cells)} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[200, 2000, 10_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds after which a run is given up")
    options = parser.parse_args()
    rows, given_up = [], set()
    for pages in sorted(options.pages):
        rows += compare(pages, options.runs, options.limit, given_up)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    versions = ", ".join(line.strip() for line in (HERE / "requirements.in").read_text(encoding="utf-8").splitlines())
    title = f"Measured on {datetime.date.today()}: {machine}; {versions}; median of {options.runs} alternating runs."
    head = "| Pages | Checker | Time | Times check.py | Memory | Faults found |"
    text = "\n".join([title, "", head, "| --- | --- | --- | --- | --- | --- |", *rows])
    readme = HERE / "README.md"
    before, mark, _ = readme.read_text(encoding="utf-8").partition("<!-- results -->")
    readme.write_text(f"{before}{mark}\n{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
