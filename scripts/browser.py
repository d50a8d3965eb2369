"""Find a browser for the tests, or install one: `python scripts/browser.py` prints its path.

In this order: CHROME_PATH; Chromium without windows, which needs a quarter of the time of one with them;
an installed Chrome or Chromium; Playwright's own. Without the first two it tries Debian's package, where
root may; without any, Playwright's download. Where none of this works it says what to do, and tests that
need a browser are skipped; in CI (the variable CI is set) exit code 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

LIGHT = "chromium-headless-shell"
FONTS = "fonts-liberation"  # in which pages are measured and printed; Debian only recommends them
NAMES = (LIGHT, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
REMEDY = "install Chrome or Chromium, or set CHROME_PATH to one, and run the tests again"
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0
# Quiet flags: a test browser has no business with its maker's servers. Root needs --no-sandbox.
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    *(["--no-sandbox"] if ROOT_USER else []),
]


def find() -> str | None:
    """Path of an installed browser that Playwright can drive, or None."""
    if named := os.environ.get("CHROME_PATH"):
        return named if Path(named).exists() else None
    for path in (*map(shutil.which, NAMES), *PLACES):
        if path and Path(path).exists():
            return path
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as play:
            own = play.chromium.executable_path
    except Exception:  # Playwright is not installed, or has no build for this system: the same as having none
        return None
    return own if Path(own).exists() else None


def install_packages(*names: str) -> None:
    """Install Debian packages where root may do so; failures are left to the caller's next look."""
    if not (names and ROOT_USER and shutil.which("apt-get")):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    patient = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]  # somebody else may be installing something
    for command in (["update"], ["install", "-y", "--no-install-recommends", *names]):
        subprocess.run([*patient, *command], env=environment, stdout=sys.stderr, check=False)


def install() -> None:
    """Try Debian's package, then Playwright's download; failures are left to the caller's next look."""
    install_packages(LIGHT, FONTS)
    if not find():
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, stdout=sys.stderr, check=False)


def main() -> int:
    """The command; returns the exit code."""
    if (named := os.environ.get("CHROME_PATH")) and not find():
        print(f"CHROME_PATH names {named}, which does not exist; correct or unset it", file=sys.stderr)
        return 1
    if not (os.environ.get("CHROME_PATH") or shutil.which(LIGHT)):
        install()
    return told(find(), f"There is no browser, so that tests that need one are skipped: {REMEDY}.")


def told(path: object, missing: str) -> int:
    """Print where a program is, or what to do; the exit code, 1 only where tests must not be skipped."""
    print(path or missing, file=sys.stdout if path else sys.stderr)
    return 0 if path or not os.environ.get("CI") else 1


if __name__ == "__main__":
    sys.exit(main())
