"""The words for the search, as a generator has written them, made ready for readers.

Titles of pages become text, and words that headings give to the search alone leave the excerpts. Each code,
term and person gets an entry of its own. docs/data/spellings.yml has other spellings; assets/search.js uses
all this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from explainer.content import Content
from explainer.files import Unreadable, read_yaml
from explainer.words import begin, plain

INDEXES = {"search/search_index.json": "docs", "search.json": "items"}  # of MkDocs and of Zensical: the list
REST = {"docs": {}, "items": {"level": 3, "path": [], "tags": []}}  # what an entry must have besides
HIDDEN = re.compile(r"<p><sub>(.*?)</sub></p>\s*")  # what WordsTreeprocessor makes of data-words
# What such words, and a code that is asked for, weigh beside a word of the text
FIELDS = {"words": {"boost": 3}, "code": {"boost": 1000}}


def ready_index(site: Path, content: Content, known: dict[str, dict]) -> dict[str, str]:
    """The index of a built site with all this, by its file; making it again changes nothing.

    `known` is the list of addresses. Raises ValueError for spellings that cannot be used.
    """
    made = list(own_entries(content, known))
    places = {entry["location"] for entry in made}
    files = {}
    for name, entries in INDEXES.items():
        if not (site / name).is_file():
            continue
        index = json.loads((site / name).read_text(encoding="utf-8"))
        config = index.setdefault("config", {})
        config["spellings"] = read_spellings(content.root / "data" / "spellings.yml")
        found = [entry for entry in index[entries] if entry["location"] not in places]
        for entry in found:
            entry["text"] = entry["text"].removeprefix("#")  # the link to a section
        if entries == "docs":
            config.setdefault("fields", {}).update(FIELDS)
            for entry in found:
                split_words(entry)
        index[entries] = found + [entry | REST[entries] for entry in made]
        files[name] = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    return files


def split_words(entry: dict) -> None:
    """The theme shows titles and texts as HTML, and marks in the excerpt what was found."""
    if "#" not in entry["location"]:  # that of a section is HTML already
        entry["title"] = entry["title"].replace("<", "&lt;")
    if hidden := HIDDEN.search(entry["text"]):
        entry["words"] = hidden[1]
        entry["text"] = entry["text"].replace(hidden[0], "", 1)


def own_entries(content: Content, known: dict[str, dict]) -> Iterator[dict]:
    """An entry for each code, term and person that is there: it leads to their own place.

    Beside the sections that treat the same they weigh less; a code weighs by its field if it is asked for.
    """
    listed = {entry["id"]: entry for entry in (*content.listed["term"], *content.listed["person"])}
    for address, place in known.items():
        record = listed.get(address.partition("#")[2], {}) if place.get("kind") in ("term", "person") else {}
        if "retired" in place or not ("code" in place or record):
            continue
        title, text = place["title"], begin(plain(record.get("definition") or record.get("role", "")))
        title, text = title.replace("<", "&lt;"), text.replace("<", "&lt;")
        entry = {"location": address[1:], "title": title, "text": f"<p>{text}</p>" if text else ""}
        if record:
            entry |= {"words": ", ".join(record.get("also", [])), "boost": 0.6}
        else:
            entry |= {"title": f"{place['code']}: {title}", "code": place["code"], "boost": 0.2}
        yield entry


def read_spellings(path: Path) -> dict[str, str]:
    """The spelling of the text, by each other one. Raises ValueError."""
    try:
        lists = read_yaml(path.read_text(encoding="utf-8")).value if path.is_file() else {}
    except Unreadable as reason:
        raise ValueError(f"{path.name}:{reason.place[0]}: {reason}") from None
    if not isinstance(lists, dict) or not all(isinstance(each, list) for each in lists.values()):
        raise ValueError(f"{path.name} must have lists of other spellings, each under that of the text")
    return {str(other): str(one) for one, others in lists.items() for other in others}
