"""Recording what a site publishes, and the check that holds a site to its record, on small real projects."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import record
import yaml
from checker_project import project
from conftest import ROOT
from test_check import found, lines

HOOK = str(ROOT / "scripts" / "mkdocs_hook.py")
HOME = "# Home\n\nOpening.\n\n## Aim { #aim }\n\nWhat it is for.\n\n### Scope { #scope }\n\nHow far it goes.\n"
OTHER = "# Other\n\n## Old { #old }\n\nOnce.\n\n## New { #new }\n\nNow.\n"
DAY = "2026-02-03"


class Book:
    """A project with a list of addresses: its folder, and what editors do with it."""

    def __init__(self, root: Path) -> None:
        self.root, self.list = root, root / "permalinks.yml"
        files = {"index.md": HOME, "other.md": OTHER}
        rules = {"permalinks": "permalinks.yml", "published": "h2[id], h3[id]"}
        self.arguments = project(root, files, rules, hooks=[HOOK])
        assert self.record("--date", "2026-01-02") == 0

    def record(self, *options: str) -> int:
        """`make record` on DAY, unless the options say otherwise."""
        return record.main(["--config", str(self.root / "mkdocs.yml"), "--date", DAY, *options])

    def edit(self, name: str, old: str, new: str) -> None:
        page = self.root / "docs" / name
        text = page.read_text(encoding="utf-8")
        assert old in text
        page.write_text(text.replace(old, new), encoding="utf-8")

    def check(self, capsys: pytest.CaptureFixture) -> tuple[int, list[dict]]:
        capsys.readouterr()  # what the commands before have said
        return found(self.arguments, capsys)

    def records(self) -> dict:
        return yaml.safe_load(self.list.read_text(encoding="utf-8"))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_first_record_holds_every_address_sorted(book: Book) -> None:
    records = book.records()
    assert list(records) == ["/", "/#aim", "/#scope", "/other/", "/other/#new", "/other/#old"]
    assert all(entry["since"] == "2026-01-02" and len(entry["digest"]) == 12 for entry in records.values())


def test_new_address_needs_no_note_and_nothing_else_changes(book: Book) -> None:
    before = book.records()
    book.edit("index.md", "How far it goes.", "How far it goes.\n\n## More { #more }\n\nAdded.")
    assert book.record() == 0
    assert book.records()["/#more"]["since"] == DAY
    assert {address: entry for address, entry in book.records().items() if address != "/#more"} == before


def test_change_with_a_note_is_dated_once_where_it_happened(book: Book) -> None:
    before = book.records()
    book.edit("index.md", "How far it goes.", "Further than before.")
    assert book.record("--note", "A treaty  was\nsigned") == 0
    after = book.records()
    assert after["/#scope"]["changes"] == [{"date": DAY, "note": "A treaty was signed"}]
    assert [address for address in after if after[address] != before[address]] == ["/#scope"]
    assert book.record("--note", "again") == 0 and book.records() == after


def test_change_as_a_typo_leaves_no_trace_but_the_digest(book: Book) -> None:
    before = book.records()["/#aim"]
    book.edit("index.md", "What it is for.", "What it is made for.")
    assert book.record("--typo") == 0
    after = book.records()["/#aim"]
    assert after["digest"] != before["digest"] and after.keys() == before.keys()


def test_change_without_a_note_is_refused(book: Book, capsys: pytest.CaptureFixture) -> None:
    before = book.list.read_bytes()
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record() == 1 and book.list.read_bytes() == before
    said = capsys.readouterr().err
    assert "/#aim" in said and "NOTE=" in said and "TYPO=1" in said


@pytest.mark.parametrize("option", [(), ("--typo",), ("--note", "why")])
def test_vanished_address_is_refused_whatever_is_said(book: Book, option: tuple, capsys: pytest.CaptureFixture) -> None:
    before = book.list.read_bytes()
    book.edit("other.md", "## Old { #old }", "## Old { #olden }")
    assert book.record(*option) == 1 and book.list.read_bytes() == before
    assert "/other/#old" in (said := capsys.readouterr().err) and "RETIRE" in said


@pytest.mark.parametrize("options, words", [
    (("--retire", "/other/#never", "--note", "why"), "not in the list"),
    (("--retire", "/other/#new", "--note", "why"), "still on the site"),
    (("--retire", "/other/#old", "--note", "why", "--successor", "/#gone"), "no address of the site"),
    (("--retire", "/other/#old"), "say why"),
])
def test_retiring_is_refused_without_all_it_takes(book: Book, options: tuple, words: str, capsys: pytest.CaptureFixture) -> None:
    before = book.list.read_bytes()
    book.edit("other.md", "## Old { #old }\n\nOnce.\n\n", "")
    assert book.record(*options) == 1 and book.list.read_bytes() == before
    assert words in capsys.readouterr().err


def test_retired_address_stays_in_the_list(book: Book) -> None:
    book.edit("other.md", "## Old { #old }\n\nOnce.\n\n", "")
    assert book.record("--retire", "/other/#old", "--note", "Merged", "--successor", "/other/#new") == 0
    entry = book.records()["/other/#old"]
    assert (entry["retired"], entry["note"], entry["successor"]) == (DAY, "Merged", "/other/#new")
    assert book.record() == 0 and book.records()["/other/#old"] == entry


def test_interrupted_write_leaves_the_old_list_whole(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    before = book.list.read_bytes()
    book.edit("index.md", "What it is for.", "Something else.")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(record.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        book.record("--note", "why")
    assert book.list.read_bytes() == before


def test_digest_does_not_see_the_theme(book: Book) -> None:
    before = book.list.read_bytes()
    theme = book.root / "theme" / "main.html"
    content = theme.read_text(encoding="utf-8")
    other = """<div class="theme"><article class="md-content__inner">
      {{ page.content | replace("<p>", "<p>\\n  <span>") | replace("</p>", "</span>\\n</p>")
         | replace("</h2>", '<a class="headerlink" href="#x">¶</a></h2>') }}
      <p data-unrecorded>Added by a script on 3 March.</p></article><footer>Made with care</footer></div>"""
    theme.write_text(content.replace('{{ page.content if page else "" }}', other), encoding="utf-8")
    assert book.record() == 0 and book.list.read_bytes() == before


# Through make, as editors do it ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("note", ['He said "no"', "It's Iran's", "It cost $5 and ${HOME} `id` $(id)", "100 % \\ #1; ok"])
def test_note_arrives_through_make_as_it_was_typed(book: Book, note: str) -> None:
    shutil.copy(ROOT / "Makefile", book.root)
    shutil.copytree(ROOT / "scripts", book.root / "scripts", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    python = book.root / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, book.root)
    (python.parent.parent / "site-installed").touch()
    book.edit("index.md", "What it is for.", "Something else.")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "record", "VENV=venv", f"NOTE={note}"]
    done = subprocess.run(command, cwd=book.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [change["note"] for change in book.records()["/#aim"]["changes"]] == [note]


# The check -------------------------------------------------------------------------------------------------------------

def test_site_as_recorded_passes(book: Book, capsys: pytest.CaptureFixture) -> None:
    assert book.check(capsys) == (0, [])


def test_unrecorded_changes_and_addresses_are_found_where_they_were_written(book: Book, capsys: pytest.CaptureFixture) -> None:
    book.edit("index.md", "How far it goes.", "Further.\n\n## More { #more }\n\nAdded.")
    book.edit("other.md", "# Other\n", "# Another\n")
    (book.root / "docs" / "third.md").write_text("# Third\n\n## Part { #part }\n", encoding="utf-8")
    code, findings = book.check(capsys)
    assert code == 1
    assert lines(findings) == ["PRM006 docs/index.md:9", "PRM007 docs/index.md:13",
                               "PRM006 docs/other.md:1", "PRM007 docs/third.md:1"]
    assert "/#scope" in findings[0]["message"] and "TYPO=1" in findings[0]["message"]


def test_list_without_digests_asks_for_neither(book: Book, capsys: pytest.CaptureFixture) -> None:
    book.list.write_text('"/#aim": {since: "2026-01-02"}\n', encoding="utf-8")
    assert book.check(capsys) == (0, [])


def test_page_that_cannot_be_built_is_not_called_changed(book: Book, capsys: pytest.CaptureFixture) -> None:
    book.edit("other.md", "# Other\n", "---\ntemplate: nowhere.html\n---\n\n# Other\n")
    _, findings = book.check(capsys)
    assert "SRC003 docs/other.md:1" in lines(findings)
    assert not [finding for finding in findings if finding["rule"].startswith("PRM")]


def test_retired_id_and_page_are_no_faults(book: Book, capsys: pytest.CaptureFixture) -> None:
    book.edit("other.md", "## Old { #old }\n\nOnce.\n\n", "")
    book.record("--retire", "/other/#old", "--note", "Merged", "--successor", "/other/#new")
    assert book.check(capsys) == (0, [])
    (book.root / "docs" / "other.md").unlink()
    for address in ("/other/", "/other/#new"):
        assert book.record("--retire", address, "--note", "Moved", "--successor", "/#aim") == 0
    assert book.check(capsys) == (0, [])
    book.edit("index.md", "{ #aim }", "{ #aims }")
    assert "PRM003" in {finding["rule"] for finding in book.check(capsys)[1]}


def test_retired_page_that_does_not_lead_on_is_found(book: Book, capsys: pytest.CaptureFixture) -> None:
    (book.root / "docs" / "other.md").unlink()
    for address in ("/other/", "/other/#new", "/other/#old"):
        book.record("--retire", address, "--note", "Moved")
    config = book.root / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8").replace(f"hooks:\n- {HOOK}\n", ""), encoding="utf-8")
    code, findings = book.check(capsys)
    assert code == 1 and lines(findings) == ["PRM002 permalinks.yml:12"] and "finish.py" in findings[0]["message"]
