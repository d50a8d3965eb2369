"""`make record`: what it writes, what it refuses, and that an interrupted one loses nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from book import DAY, Book

import record
from conftest import ROOT
from explainer.permalinks import places

FINDING = "/topic/#no-duty"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_the_first_record_holds_every_address_sorted(book: Book) -> None:
    records = book.records()
    assert list(records) == sorted(book.places())
    assert all(entry["since"] == "2025-01-02" and len(entry["digest"]) == 12 for entry in records.values())
    assert {entry["code"] for entry in records.values() if "code" in entry} == {"T1", "T2", "T3", "T4"}


def test_a_change_with_a_note_is_dated_once_where_it_happened(book: Book) -> None:
    before = book.records()
    book.edit("topic.md", "The treaty holds no duty.", "It holds none.")
    assert book.record("--note", "A treaty  was\nsigned") == 0
    after = book.records()
    assert after["/topic/#bound"]["changes"] == [{"date": DAY, "note": "A treaty was signed"}]
    assert [address for address in after if after[address] != before[address]] == ["/topic/#bound"]
    assert book.check() == []


def test_a_typo_leaves_no_trace_but_the_digest(book: Book) -> None:
    before = book.records()["/#aim"]
    book.edit("index.md", "What it is for.", "What it was for.")
    assert book.record("--typo") == 0
    after = book.records()["/#aim"]
    assert after["digest"] != before["digest"] and after.keys() == before.keys()


def test_a_change_without_a_note_is_refused(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    before = book.list.read_bytes()
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record() == 1 and book.list.read_bytes() == before
    said = capsys.readouterr().err
    assert "nothing was recorded: the text of 1 address has changed:\n  /#aim\n" in said and "TYPO=1" in said


def test_what_is_new_needs_no_note(book: Book) -> None:
    before = book.records()
    book.edit("index.md", "What it is for.", "What it is for.\n\n## More { #more }\n\nAdded.")
    assert book.record() == 0
    assert book.records().pop("/#more").keys() == {"since", "digest"}
    assert {address: entry for address, entry in book.records().items() if address != "/#more"} == before


def test_what_is_new_is_announced_with_a_note(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    book.edit("index.md", "What it is for.", "What it is for.\n\n## More { #more }\n\nAdded.")
    book.edit("data/glossary.yml", r"\Z", '- id: foe\n  term: "foe"\n  definition: "No ally."\n')
    capsys.readouterr()
    assert book.record("--note", "New: more") == 0
    assert (
        "changes" not in book.records()["/glossary/#foe"]
    )  # terms and sources are not announced beside others
    assert book.records()["/#more"]["changes"] == [{"date": DAY, "note": "New: more"}]
    assert "2 new (1 announced to readers), 0 changed" in capsys.readouterr().out


def test_a_note_for_what_changed_is_not_put_beside_what_is_new(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    book.edit("index.md", "What it is for.", "What it was for.\n\n## More { #more }\n\nAdded.")
    before = book.list.read_bytes()
    assert book.record("--note", "Past tense") == 0
    assert "changes" not in book.records()["/#more"] and "announces what is new" in capsys.readouterr().out
    book.list.write_bytes(before)
    own = book.root / "notes.yml"
    own.write_text('"/#more": "New: more"\n"/topic/": "why"\n', encoding="utf-8")
    assert book.record("--notes", str(own)) == 1 and book.list.read_bytes() == before
    assert book.record("--note", "Past tense", "--notes", str(own)) == 0
    notes = {
        address: entry["changes"][0]["note"]
        for address, entry in book.records().items()
        if "changes" in entry
    }
    assert notes == {"/#aim": "Past tense", "/#more": "New: more"}
    assert "neither new nor changed: /topic/" in capsys.readouterr().out


def test_each_change_has_its_own_note(book: Book) -> None:
    book.edit("index.md", "What it is for.", "What it was for.")
    book.edit("topic.md", "It holds no duty.", "It holds a duty.")
    own = book.root / "notes.yml"
    own.write_text(f'"/#aim": TYPO\n"{FINDING}": "One outlet only"\n', encoding="utf-8")
    assert book.record("--notes", str(own)) == 0
    noted = {address: each["changes"] for address, each in book.records().items() if each.get("changes")}
    assert noted == {FINDING: [{"date": DAY, "note": "One outlet only"}]} and book.check() == []


@pytest.mark.parametrize("options", [["--note", "Why"], ["--typo", "--note", "Why"]])
def test_a_note_that_is_not_used_is_said(
    book: Book, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    capsys.readouterr()
    before = book.list.read_bytes()
    assert book.record(*options) == 0 and book.list.read_bytes() == before
    assert "not used" in capsys.readouterr().out


def test_a_vanished_address_is_refused_and_can_be_retired(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.list.read_bytes()
    book.edit("topic.md", "/// statement.*?///\n", "")
    assert book.record("--note", "why") == 1 and book.list.read_bytes() == before
    assert 'make record RETIRE="/topic/#said"' in capsys.readouterr().err
    assert (
        book.record("--retire", "/topic/#said", "--note", "Said no more", "--successor", "/topic/#no-duty")
        == 0
    )
    kept = book.records()["/topic/#said"]
    assert (
        list(kept) == ["since", "code", "digest", "retired", "note", "successor"] and kept["retired"] == DAY
    )
    assert book.check() == [] and book.record() == 0 and book.records()["/topic/#said"] == kept


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--retire", "/#never", "--note", "why"], "only published addresses"),
        (["--retire", "/#aim", "--note", "why"], "still on the site"),
        (["--retire", "/topic/#said"], "say why"),
        (["--retire", "/topic/#said", "--note", "why", "--successor", "/#nowhere"], "no address of the site"),
    ],
)
def test_what_cannot_be_retired(
    book: Book, capsys: pytest.CaptureFixture[str], options: list[str], reason: str
) -> None:
    book.edit("topic.md", "/// statement.*?///\n", "")
    before = book.list.read_bytes()
    assert book.record(*options) == 1 and book.list.read_bytes() == before
    assert reason in capsys.readouterr().err


def test_faults_of_the_content_are_said_with_their_lines(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    book.edit("topic.md", "status: confirmed(.*?T2)", r"status: sure\1")
    assert book.record("--note", "why") == 2
    assert f"docs/topic.md:{book.line('topic.md', '    status: sure')}" in capsys.readouterr().err
    assert record.main(["--config", str(book.root / "nowhere.yml")]) == 2


def test_the_list_reads_as_it_was_written(book: Book) -> None:
    note = 'Said "yes" & <no>: it\'s \\ 100 % # “sure”'
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record("--note", note) == 0
    assert book.records()["/#aim"]["changes"] == [{"date": DAY, "note": note}]
    once = book.list.read_bytes()
    assert book.record() == 0 and book.list.read_bytes() == once


def test_an_interrupted_record_loses_nothing(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    before = book.list.read_bytes()
    book.edit("index.md", "What it is for.", "Something else.")
    for step in ("write_bytes", "replace"):

        def stopped(path: Path, *_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(*((Path, step) if step == "write_bytes" else (os, step)), stopped)
        with pytest.raises(KeyboardInterrupt):
            book.record("--note", "why")
        monkeypatch.undo()
        assert book.list.read_bytes() == before
        assert not list(book.list.parent.glob(".*"))


def test_a_full_disk_is_said_in_a_line(
    book: Book, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = book.list.read_bytes()
    book.edit("index.md", "What it is for.", "Something else.")
    capsys.readouterr()
    monkeypatch.setattr(os, "replace", full)
    assert book.record("--note", "why") == 2 and book.list.read_bytes() == before
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "No space left on device" in said


def test_make_record_gives_the_notes_as_they_were_typed(book: Book, tmp_path: Path) -> None:
    note = "It cost $5 (`so` $(they) say), \"we\" 'guess' # not"
    book.edit("index.md", "What it is for.", "It was for this.")
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (book.root / "requirements.txt").touch()
    (book.root / "pyproject.toml").touch()
    (venv / "site-installed").touch()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    command = [
        "make",
        "--file",
        str(ROOT / "Makefile"),
        "record",
        f"VENV={venv}",
        f"NOTE={note}",
    ]
    done = subprocess.run(command, cwd=book.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    records = book.records()
    assert records["/#aim"]["changes"][0]["note"] == note


def test_recording_reads_content_only(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)  # no build
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record("--note", "why") == 0
    assert not (book.root / "site").exists() and places(book.content())
