"""Find the Nu HTML checker, or fetch it into build/: `python scripts/nu_checker.py` prints where it is.

It needs Java 11 or newer, and npm to fetch it, pinned by version and digest; both are installed from
Debian where root may do so. Elsewhere tests/pages/test_html.py is skipped without them, and this says so;
in CI (the variable CI is set) exit code 1.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from browser import install_packages, told

VERSION = "26.9.27"
INTEGRITY = (  # as `npm view vnu-jar@VERSION dist.integrity` gives it
    "sha512-TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="
)
JAR = Path(__file__).resolve().parent.parent / "build" / "nu-checker" / f"vnu-{VERSION}.jar"
PACKAGES = {"java": "default-jre-headless", "npm": "npm"}  # Debian's names
REMEDY = "install Java 11 or newer and npm, then run `python scripts/nu_checker.py`"


def find() -> list[str] | None:
    """The command that starts the checker, or None if it does not start."""
    command = [shutil.which("java") or "", "-jar", str(JAR)]
    starts = command[0] and subprocess.run([*command, "--version"], capture_output=True).returncode == 0
    return command if starts else None


def fetch() -> None:
    """Fetch the checker, whole or not at all. Raises ValueError if what came is not what was pinned."""
    npm = shutil.which("npm")
    if JAR.is_file() or not npm:
        return
    JAR.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=JAR.parent) as folder:
        command = [npm, "pack", "--silent", "--ignore-scripts", f"vnu-jar@{VERSION}"]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
        for archive in Path(folder).glob("*.tgz"):
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode("ascii")
            if f"sha512-{digest}" != INTEGRITY:
                raise ValueError(f"vnu-jar {VERSION} from npm is not the file that was pinned; find out why")
            with tarfile.open(archive) as files:
                files.extract("package/build/dist/vnu.jar", folder, filter="data")
            os.replace(Path(folder) / "package/build/dist/vnu.jar", JAR)


def main() -> int:
    """The command; returns the exit code."""
    if not find():
        install_packages(*(name for program, name in PACKAGES.items() if not shutil.which(program)))
        try:
            fetch()
        except ValueError as reason:
            print(reason, file=sys.stderr)
            return 1
    return told(find() and JAR, f"The Nu HTML checker does not start, so that HTML is not checked: {REMEDY}.")


if __name__ == "__main__":
    sys.exit(main())
