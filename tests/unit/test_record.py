"""`make record`: what it writes and refuses, and that neither an interruption nor a merge loses words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import record
from book import DAY, Book
from conftest import ROOT
from explainer.permalinks import against_published, contract, places, with_changes_inside
from explainer.versions import FOLDER, read_kept, read_words

FINDING = "/topic/#no-duty"
MORE = "What it is for.\n\n## More { #more }\n\nAdded."


def notes(book: Book) -> dict[str, list[str]]:
    """Every note of a change on DAY, by its address."""
    changes = book.content().kept.changes
    assert all(change.day == DAY for each in changes.values() for change in each)
    return {address: [change.note for change in each] for address, each in changes.items()}


def files(book: Book) -> dict[str, bytes]:
    """The list and every recording."""
    recordings = (book.docs / FOLDER).iterdir() if (book.docs / FOLDER).exists() else ()
    return {path.name: path.read_bytes() for path in [book.list, *recordings]}


def said(book: Book, address: str, number: int = -1) -> list[str]:
    """The text of a version of a place."""
    kept = book.content().kept
    return read_words(kept.words_of(kept.history[address][number].digest)).text


def test_the_first_record_holds_every_address_and_its_words(book: Book) -> None:
    records, kept = book.records(), book.content().kept
    assert list(records) == sorted(book.places()) == sorted(kept.history)
    assert all(entry["since"] == "2025-01-02" for entry in records.values())
    assert {entry["code"] for entry in records.values() if "code" in entry} == {"T1", "T2", "T3", "T4"}
    assert all(kept.words_of(place.content_digest) for place in book.places().values())
    assert len(list((book.docs / FOLDER).iterdir())) == 1 and book.record() == 0
    assert len(list((book.docs / FOLDER).iterdir())) == 1  # nothing was new


def test_a_change_keeps_note_and_words_and_a_typo_only_words(book: Book) -> None:
    book.edit("topic.md", "The treaty holds no duty.", "It holds none, as a page says.")
    assert book.record("--note", "A treaty  was\nsigned") == 0
    assert notes(book) == {"/topic/#bound": ["A treaty was signed"]} and book.check() == []
    assert book.content().pages["topic.md"].meta["changed"] == DAY
    versions = [said(book, "/topic/#bound", number) for number in (0, 1)]
    assert versions == [["The treaty holds no duty."], ["It holds none, as a page says."]]
    book.edit("index.md", "What it is for.", "What it was for.")
    assert book.record("--typo") == 0 and "/#aim" not in notes(book)
    assert book.content().pages["index.md"].meta["changed"] < DAY
    assert said(book, "/#aim") == ["What it was for."] and book.check() == []


def test_a_page_is_as_old_as_what_stands_on_it(book: Book) -> None:
    meta = {name: page.meta for name, page in book.content().pages.items()}
    assert meta["topic.md"]["as_of"] == "2025-01-02"
    assert (
        meta["glossary.md"]["as_of"] == meta["glossary.md"]["changed"] == "2025-01-01"
    )  # when it was published


def test_a_change_without_a_note_is_refused_and_shown(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(book)
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record() == 1 and files(book) == before
    told, differ = capsys.readouterr().err, "    - What it is for.\n    + Something else.\n"
    assert f"the text of 1 address has changed:\n  /#aim\n{differ}" in told and "TYPO=1" in told


@pytest.mark.parametrize(
    ("name", "old", "new", "counts"),
    [
        ("topic.md", "It holds no duty.", "It holds a duty.", "no"),
        ("topic.md", "confirmed(.*?T2)", r"reported\1", "Status: confirmed, Status: reported"),
        ("topic.md", "It promises no help.", "In 2025 it promises no help.", "2025"),
        ("topic.md", "sources: \\[gazette\\](.*?T2)", r"sources: [gazette, herald]\1", "herald"),
        ("data/figures/counts.csv", "two,2", "two,77", "two · 77"),
        ("data/sources.yml", "gazette.example/1", "gazette.example/2", "gazette.example/2"),
        ("topic.md", "Opening of the topic.", "Opening of the topic in Iran.", ""),
    ],
)
def test_what_is_of_substance_is_no_typo(
    book: Book, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str, counts: str
) -> None:
    before = files(book)
    book.edit(name, old, new)
    assert book.record("--typo") == 1 and files(book) == before
    assert f"of substance: {counts}" in (told := capsys.readouterr().err) or counts in told
    assert book.record("--typo", "--note", "A slip after all") == 0 and notes(book) == {}


def test_what_is_new_is_recorded_and_announced_only_with_a_note(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.list.read_bytes()
    book.edit("index.md", "What it is for.", MORE)
    book.edit("data/glossary.yml", r"\Z", '- id: foe\n  term: "foe"\n  definition: "No ally."\n')
    kept = files(book)
    assert book.record() == 0 and notes(book) == {} and book.records()["/#more"] == {"since": DAY}
    for path in [path for path in (book.docs / FOLDER).iterdir() if path.name not in kept]:
        path.unlink()
    book.list.write_bytes(before)
    assert book.record("--note", "New: more") == 0
    assert notes(book) == {"/#more": ["New: more"]}  # terms and sources are not announced beside others
    assert "2 new (1 announced to readers), 0 changed" in capsys.readouterr().out


def test_each_place_has_its_own_note(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    book.edit("index.md", "What it is for.", MORE.replace("is", "was"))
    book.edit("topic.md", "It holds no duty.", "It holds a duty.")
    book.edit("topic.md", "Opening of", "Beginning of")
    own, before = book.root / "notes.yml", files(book)
    own.write_text(f'"/#more": "New: more"\n"/topic/": TYPO\n"{FINDING}": "TYPO: it is"\n', encoding="utf-8")
    assert book.record("--notes", str(own)) == 1 and files(book) == before  # the section has none
    assert book.record("--notes", str(own), "--note", "Past tense") == 0
    assert notes(book) == {"/#aim": ["Past tense"], "/#more": ["New: more"]} and book.check() == []
    book.edit("index.md", "Added.", "Added.\n\n## Yet { #yet-more }\n\nMore.\n\n## Last { #last }\n\nAll.")
    own.write_text('"/#yet-mor": "why"\n', encoding="utf-8")
    assert book.record("--notes", str(own)) == 1
    assert 'neither new nor changed; did you mean "/#yet-more"?' in capsys.readouterr().err
    own.write_text('"/#yet-more": "why"\n', encoding="utf-8")
    assert book.record("--notes", str(own)) == 0
    assert "not announced for want of a note: /#last" in capsys.readouterr().out
    assert book.record("--note", "Why") == 0 and "not used" in capsys.readouterr().out


# Giving up -------------------------------------------------------------------------------------------------


def test_a_vanished_address_is_given_up_and_may_be_split(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(book)
    book.edit("topic.md", "/// statement.*?///\n", "")
    assert book.record("--note", "why") == 1 and files(book) == before
    assert 'make record RETIRE="/topic/#said"' in capsys.readouterr().err
    both = f"{FINDING} /topic/#no-help"
    assert book.record("--retire", "/topic/#said", "--note", "Split", "--successor", both) == 0
    gone = book.records()["/topic/#said"]
    assert list(gone) == ["since", "code", "retired", "note", "successor", "also"]
    assert (gone["retired"], gone["successor"], gone["also"]) == (DAY, FINDING, ["/topic/#no-help"])
    assert book.check() == [] and book.record() == 0 and book.records()["/topic/#said"] == gone
    content = book.content()
    entry = contract(content, places(content))["/topic/#said"]
    assert (entry["code"], entry["within"], entry["also"]) == ("T4", "/topic/#detail", ["/topic/#no-help"])
    for around in ("/topic/", "/topic/#duty", "/topic/#detail"):  # what lost it is a new version
        assert len(content.kept.history[around]) == 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--retire", "/#never", "--note", "why"], "only published addresses"),
        (["--retire", "/#aim", "--note", "why"], "still on the site"),
        (["--retire", "/topic/#said"], "say why"),
        (["--retire", "/topic/#said", "--note", "why", "--successor", "/#nowhere"], "no address of the site"),
        (["--date", "2024-12-31"], "the last recording was made at 2025-01-02"),
    ],
)
def test_what_is_refused(
    book: Book, capsys: pytest.CaptureFixture[str], options: list[str], reason: str
) -> None:
    book.edit("topic.md", "/// statement.*?///\n", "")
    before = files(book)
    assert book.record(*options) == 1 and files(book) == before
    assert reason in capsys.readouterr().err


# Merges, interruptions, faults -----------------------------------------------------------------------------


def test_two_branches_keep_both_notes_and_all_words(book: Book) -> None:
    book.git("init", "-b", "main")
    assert book.git("add", ".") == book.git("commit", "-m", "Begin") == 0
    for branch, other in (("one", "It promises no help."), ("two", "What the treaty says")):
        book.git("checkout", "-b", branch, "main")
        book.edit("topic.md", "It holds no duty.", f"It holds no duty, says {branch}.")
        book.edit("topic.md", other, f"{other.removesuffix('.')} today.")
        assert book.record("--note", f"Said by {branch}") == 0
        assert book.git("add", ".") == book.git("commit", "-m", branch) == 0
    # In conflict is only the text that both changed
    assert book.git("merge", "one") == 1
    unmerged = subprocess.check_output(["git", "-C", str(book.root), "ls-files", "--unmerged"], text=True)
    assert {line.partition("\t")[2] for line in unmerged.splitlines()} == {"docs/topic.md"}
    book.git("checkout", "--ours", "docs/topic.md")
    for old, new in (("says two", "say two and one"), ("no help.", "no help today.")):
        book.edit("topic.md", old, new)
    assert "PRM006" in {problem.rule for problem in book.check()}
    assert book.record("--note", "Both say so") == 0 and book.check() == []
    assert {"Said by one", "Said by two", "Both say so"} == set(notes(book)[FINDING])
    texts = [said(book, FINDING, number)[0].partition(". ")[0] for number in range(4)]
    assert texts == [f"It holds no duty{by}" for by in ("", ", says one", ", says two", ", say two and one")]


def test_what_is_published_is_never_lost(book: Book) -> None:
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record("--note", "Anew") == 0
    content = book.content()
    published = {"addresses": with_changes_inside(contract(content, places(content)))}
    assert list(against_published(content, published)) == []
    last = max((book.docs / FOLDER).iterdir(), key=lambda path: path.name)
    last.unlink()
    text = book.list.read_text(encoding="utf-8")
    gone = text.replace('"/topic/#said": {since: "2025-01-02", code: "T4"}\n', "").replace('"T2"', '"T9"')
    book.list.write_text(gone, encoding="utf-8")
    told = "\n".join(map(str, against_published(book.content(), published)))
    assert "/topic/#said has vanished from the list" in told
    assert "/#aim has lost the words of 2025-02-01" in told
    assert "/#aim has lost the note of 2025-02-01, “Anew”" in told and told.count("PRM010") >= 3


def test_faults_of_the_content_are_said_with_their_lines(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    book.edit("topic.md", "status: confirmed(.*?T2)", r"status: sure\1")
    assert book.record("--note", "why") == 2
    assert f"docs/topic.md:{book.line('topic.md', '    status: sure')}" in capsys.readouterr().err
    assert record.main(["--config", str(book.root / "nowhere.yml")]) == 2


def test_an_interrupted_record_or_a_full_disk_loses_nothing(
    book: Book, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(book)
    book.edit("index.md", "What it is for.", "Something else.")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for target, step in ((Path, "write_bytes"), (os, "replace")):
        monkeypatch.setattr(target, step, stopped)
        with pytest.raises(KeyboardInterrupt):
            book.record("--note", "why")
        monkeypatch.undo()
        assert files(book) == before
    capsys.readouterr()
    monkeypatch.setattr(os, "replace", full)
    assert book.record("--note", "why") == 2 and files(book) == before
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "No space left on device" in told
    # Between the two files: the next run has nothing to add to the words, and completes the list
    monkeypatch.undo()
    monkeypatch.setattr(record, "write_list", stopped)
    book.edit("index.md", "Something else.", MORE.replace("What it is for.", "Something else."))
    with pytest.raises(KeyboardInterrupt):
        book.record("--note", "why")
    monkeypatch.undo()
    assert book.record() == 0 and book.check() == [] and notes(book) == {"/#aim": ["why"]}


def test_make_record_gives_the_notes_as_they_were_typed(book: Book, tmp_path: Path) -> None:
    note = "It cost $5 (`so` $(they) say), \"we\" 'guess' # not \\ <no> “sure”"
    book.edit("index.md", "What it is for.", "It was for this.")
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/$@"\n', encoding="utf-8")
    python.chmod(0o755)
    for stamp in (book.root / "requirements.txt", book.root / "pyproject.toml", venv / "site-installed"):
        stamp.touch()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFL"))}
    command = ["make", "--file", str(ROOT / "Makefile"), "record", f"VENV={venv}", f"NOTE={note}"]
    done = subprocess.run(command, cwd=book.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [change.note for change in read_kept(book.docs, []).changes["/#aim"]] == [note]


def test_of_two_equal_new_codes_one_is_renumbered_also_in_the_list(book: Book) -> None:
    block = (
        '/// finding | T5\n    id: {}\n    status: confirmed\n    attribution: "A"\n    as_of: "2025-01-02"\n'
    )
    block += "    sources: [gazette]\n\nIt is so.\n///\n\n"
    book.edit("topic.md", "### In detail", block.format("one") + "### In detail")
    assert book.record() == 0
    book.edit("topic.md", "### In detail", block.format("two").replace("T5", "T6") + "### In detail")
    assert book.record() == 0
    listed = book.list.read_text(encoding="utf-8")
    book.list.write_text(listed.replace('"T6"', '"T5"'), encoding="utf-8")  # as two branches would
    book.edit("topic.md", "T6", "T7")
    assert any("renumber one, also in its line here" in problem.message for problem in book.check())
    book.list.write_text(listed.replace('"T6"', '"T7"'), encoding="utf-8")
    assert book.record("--note", "Renumbered") == 0 and book.check() == []


def test_versions_say_in_words_what_their_fields_hold() -> None:
    source = {"title": "Visit", "title_described": True, "stance": "state-media-iran", "language": "fa"}
    facts = [
        ("Title is a description", ["yes"]),
        ("Stance", ["Iranian state media"]),
        ("Language", ["Persian"]),
    ]
    assert read_words({"fields": source}).facts == facts


def test_what_was_lost_is_not_recorded_anew(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    (first,) = (book.docs / FOLDER).iterdir()
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record("--note", "Anew") == 0
    whole = files(book)
    book.list.write_text(re.sub('"/#aim".*\n', "", book.list.read_text(encoding="utf-8")), encoding="utf-8")
    assert book.record() == 1 and "/#aim: recorded, but not in this list" in capsys.readouterr().err
    book.list.write_bytes(whole[book.list.name])
    first.unlink()
    assert book.record("--note", "why") == 1 and "kept no more" in capsys.readouterr().err
    first.write_bytes(whole[first.name])
    assert book.record() == 0 and files(book) == whole


def test_a_published_note_may_have_begun_otherwise(book: Book) -> None:
    book.edit("topic.md", "/// statement.*?///\n", "")
    assert book.record("--retire", "/topic/#said", "--note", "Never true") == 0
    content = book.content()
    published = with_changes_inside(contract(content, places(content)))
    notes = [change for each in published.values() for change in each.get("changes", ())]
    assert any(note["note"] == "“They are allies. Judged: wrong” was given up: Never true" for note in notes)
    for note in notes:
        note["note"] = re.sub("^.* was", "/topic/#said was", note["note"])
    assert list(against_published(content, {"addresses": published})) == []
