"""What a killed build, a full or read-only disk, a stopped record, a plain locale or a second build leaves: all old or all new."""
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from checker_project import project
from conftest import ROOT
from test_finish import BASE, FILES, HOOK, LIST, content

SCRIPTS = ROOT / "scripts"
ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
RULES = {"permalinks": "docs/data/permalinks.yml", "published": "h2[id], .terms dt[id]"}
STRIKE = """
import os, pathlib, signal, time

def strike(*_, **__):
    if what == "wait":
        while not pathlib.Path(os.environ["GO"]).exists():
            time.sleep(0.02)
    else:
        os.killpg(0, getattr(signal, what))

moment, _, what = os.environ.get("STRIKE", "").partition(" ")
globals()[moment] = strike
"""
NAMESPACE = ["unshare", "--map-root-user", "--mount"]  # what is mounted in it vanishes with it


def lay_out(root: Path) -> Path:
    """A small project with the list of addresses where the real one has it, and a hook that strikes at a moment given."""
    (root.parent / "strike.py").write_text(STRIKE, encoding="utf-8")
    project(root, FILES, RULES, site_url=BASE, hooks=[str(HOOK), str(root.parent / "strike.py")], site_name="Größe: a book",
            plugins=["search"])
    (root / "docs" / "data").mkdir()
    (root / "docs" / "data" / "permalinks.yml").write_text(LIST, encoding="utf-8")
    return root


def run(root: Path, *command: str | Path, **environment: str) -> tuple[int, str]:
    """Run a command of ours in the project, in a process group of its own, in which it may be killed. Exit code and output."""
    done = subprocess.run(python(command), cwd=root, env=ENVIRONMENT | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True, preexec_fn=listen_to_interrupts)
    return done.returncode, done.stdout.decode("utf-8", errors="replace").strip()


def listen_to_interrupts() -> None:
    """A shell lets what it runs in the background ignore them, and so would whatever these tests start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def python(command: tuple[str | Path, ...]) -> list[str]:
    return [sys.executable, *map(str, command)]


BUILD = ("-m", "mkdocs", "build", "--quiet")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A built project, and an edit that is not built yet."""
    root = lay_out(tmp_path / "Bücher, neu")
    assert run(root, *BUILD) == (0, "")
    (root / "docs" / "index.md").write_text(FILES["index.md"] + "\nMore text.\n", encoding="utf-8")
    return root


def shown(site: Path) -> dict[str, bytes]:
    """What readers can see of a site."""
    return {name: data for name, data in content(site).items() if not name.startswith(".")}


def assert_mended(site: Path, before: dict[str, bytes]) -> None:
    """The new site is there, and nothing else."""
    after = content(site)
    assert after.keys() == before.keys() and b"More text." in after["index.html"]


def around(root: Path) -> dict[str, bytes]:
    """The project without its site."""
    return {name: data for name, data in content(root).items() if not name.startswith("site/")}


# The build -------------------------------------------------------------------------------------------------------------

def test_killed_build_leaves_the_old_site_whole_and_the_next_one_mends_it(book: Path) -> None:
    before, outside = content(book / "site"), around(book)
    for moment in ("on_config", "on_files", "on_post_page"):
        assert run(book, *BUILD, STRIKE=f"{moment} SIGKILL")[0] == -signal.SIGKILL
        assert shown(book / "site") == before, moment
    assert run(book, *BUILD) == (0, "")
    assert_mended(book / "site", before)
    assert around(book) == outside


def test_site_is_old_new_or_without_a_home_page_at_every_step_of_the_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mkdocs_hook

    class Killed(BaseException):
        pass

    steps, move = [], os.replace
    for last in range(100):
        site = tmp_path / str(last)
        for folder, text in ((site, "old"), (site / mkdocs_hook.NEW, "new")):
            for name in ("index.html", "404.html", f"only-{text}.html", "treaty/index.html", "assets/a.css"):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
        (site / ".git").mkdir()

        def step(*paths: Path, last: int = last) -> None:
            if len(steps) == last:
                raise Killed
            steps.append(paths)
            move(*paths)

        steps.clear()
        monkeypatch.setattr(mkdocs_hook.os, "replace", step)
        try:
            mkdocs_hook.replace(site)
        except Killed:
            left = shown(site)
            assert "index.html" not in left or len(left) == 5 and len(set(left.values())) == 1
        else:
            break
    assert last > 5 and set(content(site).values()) == {b"new"} and sorted(os.listdir(site))[0] == ".git"


def test_two_builds_at_once(book: Path, tmp_path: Path) -> None:
    before = content(book / "site")
    first = subprocess.Popen(python(BUILD), cwd=book, env=ENVIRONMENT | {"STRIKE": "on_files wait", "GO": str(tmp_path / "go")})
    try:
        while first.poll() is None and not (book / "site" / ".building").exists():
            time.sleep(0.02)
        code, said = run(book, *BUILD)
    finally:
        (tmp_path / "go").touch()
    assert first.wait() == 0
    assert code == 1 and said.startswith("another build into") and len(said.splitlines()) == 1
    assert_mended(book / "site", before)


def test_failed_strict_build_leaves_the_old_site(book: Path) -> None:
    before = content(book / "site")
    (book / "docs" / "terms.md").write_text("# Terms\n\n[lost](lost.md)\n", encoding="utf-8")
    assert run(book, "-m", "mkdocs", "build", "--strict")[0] == 1
    assert content(book / "site") == before


# The disk --------------------------------------------------------------------------------------------------------------

def on_a_disk(root: Path, mount: str, *command: str | Path) -> tuple[int, str]:
    """Run a command with the site on a small file system of its own, `mount` being done to that; the outcome is copied back."""
    script = f"""set -e
        mount -t tmpfs -o size=400k tmpfs "$DISK"; cp -a site/. "$DISK"; mount --bind "$DISK" site; {mount}
        "$@" || code=$?
        rm -rf "$OUT"; cp -a site "$OUT"; exit ${{code:-0}}"""
    disk = root.parent / "disk"
    disk.mkdir(exist_ok=True)
    environment = ENVIRONMENT | {"DISK": str(disk), "OUT": str(root.parent / "out")}
    done = subprocess.run([*NAMESPACE, "sh", "-c", script, "sh", *python(command)], cwd=root, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
    return done.returncode, done.stdout.strip()


@pytest.fixture(scope="module")
def mounting(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = str(tmp_path_factory.mktemp("mount"))
    if not shutil.which("unshare") or subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("mounting is not permitted here, not even in a namespace of one's own")


def test_full_disk(mounting: None, book: Path) -> None:
    before = content(book / "site")
    assert sum(map(len, before.values())) < 200_000
    (book / "docs" / "assets" / "large.bin").write_bytes(bytes(400_000))
    code, said = on_a_disk(book, "", *BUILD)
    assert code == 1 and said.startswith("the build stopped: No space left on device:") and len(said.splitlines()) == 1, said
    assert content(book.parent / "out") == before


def test_read_only_site(mounting: None, book: Path) -> None:
    before = content(book / "site")
    code, said = on_a_disk(book, "mount -o remount,ro,bind site", *BUILD)
    assert code == 1 and "cannot be written: Read-only file system" in said and len(said.splitlines()) == 1, said
    assert content(book.parent / "out") == before


@pytest.mark.parametrize("mount, words", [("cat /dev/zero > site/.rest 2>/dev/null || true", "No space left"),
                                          ("mount -o remount,ro,bind site", "Read-only")])
def test_finishing_on_such_a_disk_writes_whole_files_or_none(mounting: None, book: Path, mount: str, words: str) -> None:
    """As after another generator, which writes into site/ itself."""
    before = content(book / "site")
    many = LIST + "".join(f'"/#lost-{number}": {{since: "2026-01-02", retired: "2026-03-05", note: "Lost"}}\n' for number in range(999))
    (book / "docs" / "data" / "permalinks.yml").write_text(many, encoding="utf-8")
    code, said = on_a_disk(book, mount, SCRIPTS / "finish.py", "site")
    assert code == 2 and said.startswith("the site cannot be finished:") and words in said and len(said.splitlines()) == 1, said
    after = content(book.parent / "out")
    after.pop(".rest", None)
    assert after == before


# The list of addresses -------------------------------------------------------------------------------------------------

STRUCK = """
import os, pathlib, runpy, signal, sys

moment, name, *sys.argv = sys.argv[1:]

def strike():
    os.kill(os.getpid(), getattr(signal, name))

def write(path, data):
    with path.open("wb") as stream:
        stream.write(data[:len(data) // 2])
        stream.flush()
        strike()

def replace(*paths, move=os.replace):
    if moment == "replaced":
        move(*paths)
    strike()

if moment == "write":
    pathlib.Path.write_bytes = write
else:
    os.replace = replace
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
@pytest.mark.parametrize("moment", ["build", "write", "replace", "replaced"])
def test_interrupted_record_leaves_the_list_whole(tmp_path: Path, moment: str, name: str) -> None:
    """Struck while the site is built, while the list is written, and just before and just after it takes its place."""
    root = lay_out(tmp_path / "book")
    path, old = root / "docs" / "data" / "permalinks.yml", '"/": {since: "2026-01-02", digest: "0"}\n'
    path.write_text(old, encoding="utf-8")
    record = (SCRIPTS / "record.py", "--note", "Größer", "--date", "2026-05-06")
    if moment == "build":
        code, said = run(root, *record, STRIKE=f"on_files {name}")
    else:
        code, said = run(root, "-c", STRUCK, moment, name, *record)
    assert code and "Traceback" not in said and len(said.splitlines()) == (name == "SIGINT"), said
    left = path.read_text(encoding="utf-8")
    assert run(root, *record)[0] == 0
    assert path.read_text(encoding="utf-8").count("Größer") == 1
    assert left == (path.read_text(encoding="utf-8") if moment == "replaced" else old)
    assert os.listdir(path.parent) == ["permalinks.yml"]


# Locale and paths ------------------------------------------------------------------------------------------------------

def test_everything_runs_without_utf_8_and_in_any_folder(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "Bücher und Ψηφία")
    path, contract = root / "docs" / "data" / "permalinks.yml", root / "site" / "data" / "permalinks.json"
    path.write_text('"/": {since: "2026-01-02", digest: "0"}\n', encoding="utf-8")
    (root / "docs" / "terms.md").write_text("# Größe\n\n## Maß – „so“ { #maß }\n\n[fehlt](größer.md)\n", encoding="utf-8")
    (root / "mémo.md").write_text(f"„{BASE}#aim“, {BASE}#völlig\n", encoding="utf-8")
    assert run(root, *BUILD, **PLAIN) == (0, "")
    code, said = run(root, SCRIPTS / "check.py", **PLAIN)
    assert code == 1 and "docs/terms.md:5:1: error LNK001" in said and "Traceback" not in said, said
    code, said = run(root, SCRIPTS / "record.py", "--note", "Ausmaß – „neu“", **PLAIN)
    assert code == 0 and said.startswith("docs/data/permalinks.yml:") and "Ausmaß – „neu“" in path.read_text(encoding="utf-8"), said
    assert run(root, SCRIPTS / "finish.py", "site", **PLAIN) == (0, "")
    code, said = run(root, SCRIPTS / "briefing.py", "mémo.md", "--permalinks", contract, **PLAIN)
    assert code == 1 and "2 links into this site: 1 lands, 1 never existed." in said and "Traceback" not in said, said
    code, said = run(root, SCRIPTS / "briefing.py", "fehlt – 1.md", "--permalinks", contract, **PLAIN)
    assert code == 2 and said.startswith("briefing.py cannot run:") and len(said.splitlines()) == 1
