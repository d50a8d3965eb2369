"""Reading: every part of a file with its place, and files that cannot be read end in one clear message."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from explainer import judged
from explainer.content import read
from explainer.files import ContentError, Unreadable, read_yaml
from explainer.judged import current_content, read_content
from sample_docs import ROOT, TREATY, change, said

T, S = "treaty.md", "data/sources.yml"


def test_who_cites_a_source(docs: Path) -> None:
    assert read(docs)[0].cited()["kremlin-text"] == [
        (T, "No duty", "no-duty"),
        (T, "T1", "no-aid"),
        ("watchlist.md", "W1", "su-35"),
        (T, "Oil", "figure-oil"),
        ("watchlist.md", "Watchlist", ""),
    ]


def test_lines_are_right_whatever_ends_them(docs: Path) -> None:
    text = TREATY.replace("status: confirmed", "status: sure")
    (docs / T).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    sources = (docs / S).read_bytes().replace(b"language: ru", b"language: russian")
    (docs / S).write_bytes(sources.replace(b"\n", b"\r\n"))
    assert [line.split(": ")[0] for line in said(docs)] == ["data/sources.yml:8:3", "treaty.md:15:5"]


@pytest.mark.parametrize("text, value", [
    ("a: 1\nb: [x, 'y: z', \"2026-01-01\"]\n", {"a": 1, "b": ["x", "y: z", "2026-01-01"]}),
    ("a: {b: {c: no}}\nd:\n", {"a": {"b": {"c": False}}, "d": None}),
    ("- a: |\n    two\n    lines\n- yes: 2026-02-30\n", [{"a": "two\nlines\n"}, {"yes": "2026-02-30"}]),
    ("", None),
])  # fmt: skip
def test_yaml_gives_plain_values(text: str, value: object) -> None:
    assert read_yaml(text).value == value


@pytest.mark.parametrize("text, place, words", [
    ('a: "x\nb: "y"\n', (2, 5), "a quotation mark is missing in line 1"),
    ('a: "x\n', (1, 4), "close the quotation mark that opens here"),
    ("a: x: y\n", (1, 5), "put text that holds a colon in quotes"),
    ("a:\n\t- x\n", (2, 1), "no tab"),
    ("a: @x\n", (1, 4), "put text that begins with a sign in quotes"),
    ("z: 1\na:x\nb: y\n", (2, 1), "with a space after the colon"),
    ("a: [x\nb: y\n", (1, 4), "close the bracket that opens here"),
    ("a: \x07\n", (1, 4), "unprintable"),
    ("a: &b x\nc: *b\n", (1, 4), "an anchor"),
    ("a: !!python/none x\n", (1, 4), "a tag"),
    ("a: x\n---\nb: y\n", (2, 1), "second document"),
    ("? [a]\n: b\n", (1, 3), "name of a field must be a word"),
    ("- " * 60 + "x\n", (1, 103), "more than 50 levels"),
    ("[" * 3000 + "]" * 3000, (1, 1001), "too many levels"),
])  # fmt: skip
def test_yaml_that_cannot_be_read_says_where_and_what_to_do(text: str, place: tuple, words: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_yaml(text)
    assert (raised.value.place, words in raised.value.message) == (place, True), raised.value.message


HEAD = TREATY.split("\n\n")[0]
BEGINNINGS = ["# No\n", "---\n---\n\nText\n", '---\ntitle: "x"\n\nText\n', f" {HEAD}\n", f"\u200b{HEAD}\n"]


@pytest.mark.parametrize("text", [*BEGINNINGS, "+++\ntitle = 'x'\n+++\n"])
def test_a_page_whose_front_matter_is_not_seen_is_told(docs: Path, text: str) -> None:
    (docs / "other.md").write_text(text, encoding="utf-8")
    (line,) = said(docs)
    assert line.startswith("other.md:1:1: error FM001 MkDocs sees no front matter here; begin the file with")


def test_files_that_are_no_text(docs: Path) -> None:
    (docs / "folder.md").mkdir()
    (docs / "empty.md").write_text("", encoding="utf-8")
    (docs / "bytes.md").write_bytes(b"# A\nb\xe4c\n")
    (docs / S).write_text("", encoding="utf-8")
    (docs / "watchlist.md").write_bytes(b"\xff" + (docs / "watchlist.md").read_bytes())
    assert said(docs) == [
        "bytes.md:2:2: error SRC001 byte 0xe4 is not UTF-8; save the file as UTF-8",
        "data/sources.yml:1:1: error SRC001 the file is empty",
        "empty.md:1:1: error SRC001 the file is empty",
        "folder.md:1:1: error SRC001 the file cannot be read: Is a directory",
        "watchlist.md:1:1: error SRC001 byte 0xff is not UTF-8; save the file as UTF-8",
    ]


def test_symbolic_links_that_cannot_be_published(docs: Path) -> None:
    links = {"loop": ".", "loop.md": "loop.md", "lost.md": "gone.md", "secret.md": "/etc/hostname"}
    for name, target in {"alias.md": T, **links}.items():
        (docs / name).symlink_to(target)
    told = [line.partition(" a symbolic link")[0] for line in said(docs) if "symbolic link" in line]
    assert told == [f"{name}:1:1: error SRC001" for name in links]
    with pytest.raises(ContentError, match="cannot be published"):
        current_content(docs)


def test_a_folder_without_schemas_is_not_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="start the build in the folder that holds mkdocs.yml"):
        read_content(tmp_path / "nowhere")


def test_a_page_of_twenty_thousand_headings_takes_seconds(docs: Path) -> None:
    sections = "".join(f"\n## Section {n}\n\n[^kremlin-{n}]\n" for n in range(20_000))
    (docs / T).write_text(TREATY + sections, encoding="utf-8")
    start = time.process_time()
    assert len(said(docs)) == 40_000
    with pytest.raises(ContentError, match="and 39900 more$"):
        read_content(docs)
    assert time.process_time() - start < 20


def test_the_site_is_read_and_judged_in_no_time() -> None:
    start = time.process_time()
    read_content(ROOT / "docs")
    assert time.process_time() - start < 1.5


def test_content_is_read_again_only_when_a_file_has_changed(
    docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged, "_last", None)
    first = current_content(docs)
    assert current_content(docs) is first
    os.utime(docs / "data" / "figures" / "oil.csv", (1, 1))
    assert current_content(docs) is not first


def test_events_of_one_date_are_in_their_order(docs: Path) -> None:
    change(docs, "data/events.yml", 'date: "1828"', 'date: "2025-01-17"\n  order: 10')
    change(docs, "data/events.yml", 'what: "It is signed."', 'order: 2\n  what: "It is signed."')
    assert [event["id"] for event in read(docs)[0].listed["event"]] == ["signed", "peace"]
