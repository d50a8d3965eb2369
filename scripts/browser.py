"""Find a browser for the tests, or install one: `python scripts/browser.py` prints its path.

In this order: CHROME_PATH, an installed Chrome or Chromium, Playwright's own; then, to install one, Debian's package where
root may do so, and Playwright's download. Exit code 1 with what to do when none of this works.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# Quiet flags: a test browser has no business with its maker's servers. Root needs --no-sandbox.
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]


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


def install() -> None:
    """Try Debian's package, then Playwright's download; failures are left to the caller's next look."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=sys.stderr, check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], env=environment, stdout=sys.stderr, check=False)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)


def main() -> int:
    if os.environ.get("CHROME_PATH") and not find():
        print(f"CHROME_PATH names {os.environ['CHROME_PATH']}, which does not exist; correct or unset it", file=sys.stderr)
        return 1
    if not find():
        install()
    if path := find():
        print(path)
        return 0
    print("The tests need a browser and none could be installed. Install Chrome or Chromium, "
          "or set CHROME_PATH to one, and run the tests again.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
