"""Published addresses: which there are, what counts as their content, and where site and list disagree."""

from __future__ import annotations

import pytest

from book import Book
from conftest import ROOT
from explainer.content import Problem
from explainer.judged import read_content
from explainer.permalinks import check, contract, places, with_changes_inside
from explainer.versions import FOLDER, read_kept
from explainer.words import plain

# Places ----------------------------------------------------------------------------------------------------


def test_everything_that_can_be_cited_has_its_place(book: Book) -> None:
    found = book.places()
    known = {address: (place.kind, place.title, place.within) for address, place in found.items()}
    assert known == {
        "/": ("page", "Home", ""),
        "/#aim": ("section", "Aim", "/"),
        "/glossary/": ("page", "Glossary", ""),
        "/glossary/#terms": ("section", "Terms", "/glossary/"),
        "/glossary/#ally": ("term", "ally", "/glossary/#terms"),
        "/sources/": ("page", "Sources", ""),
        "/sources/#press": ("section", "Press", "/sources/"),
        "/sources/#gazette": ("source", "“Gazette”, Gazette, 2 January 2025.", "/sources/#press"),
        "/sources/#herald": ("source", "“Herald”, Herald, 2 January 2025.", "/sources/#press"),
        "/timeline/": ("page", "Timeline", ""),
        "/timeline/#events": ("section", "Events", "/timeline/"),
        "/timeline/#signed": ("event", "A treaty is signed.", "/timeline/#events"),
        "/topic/": ("page", "Topic", ""),
        "/topic/#bound": ("verdict", "Bound by treaty?", "/topic/"),
        "/topic/#duty": ("section", "A duty", "/topic/"),
        "/topic/#no-duty": ("finding", "It holds no duty.", "/topic/#duty"),
        "/topic/#detail": ("section", "In detail", "/topic/#duty"),
        "/topic/#no-help": ("finding", "It promises no help.", "/topic/#detail"),
        "/topic/#figure-counts": ("figure", "Counts rise", "/topic/#detail"),
        "/topic/#jets": ("indicator", "Did jets come?", "/topic/#detail"),
        "/topic/#said": ("statement", "They are allies. Judged: wrong.", "/topic/#detail"),
    }
    codes = {place.code: address for address, place in found.items() if place.code}
    assert list(codes) == ["T1", "T2", "T3", "T4"]
    signed = found["/timeline/#signed"]
    assert (signed.file, signed.line, signed.as_of) == ("docs/data/events.yml", 1, "2025-01-01")
    assert found["/topic/#no-help"].line == book.line("topic.md", "/// finding | T2")


def test_a_recording_that_was_removed_is_told_once(book: Book) -> None:
    (first,) = (book.docs / FOLDER).iterdir()
    book.edit("index.md", "What it is for.", "Something else.")
    assert book.record("--note", "Anew") == 0
    first.unlink()
    told = [problem.message for problem in book.check() if problem.rule == "PRM005"]
    assert len(told) == 1 and "in this list, but their words are kept no more" in told[0]


def test_this_site_is_as_recorded() -> None:
    content = read_content(ROOT / "docs")
    assert check(content) == []
    assert {record.fields.get("code") for record in content.permalinks.values()} >= {*content.codes()}


def test_plain_text_is_what_a_reader_reads() -> None:
    text = "It's \"AT&amp;T\" [T3],[^a] *em* `c'o` [a “link's”](a.md#b) <b>bold</b> \\[x\\] and '80s"
    assert plain(text) == "It’s “AT&T” T3, em c'o a “link’s” bold [x] and ’80s"
    assert plain("Two\n  lines") == "Two lines"


# Digests: each edit is one record of change ----------------------------------------------------------------

EDITS = {
    "finding's text": ("topic.md", "It holds no duty.", "It holds a duty.", "/topic/#no-duty"),
    "finding's caveat": ("topic.md", "Read in a copy(.*?T2)", r"Read\1", "/topic/#no-duty"),
    "finding's sources": ("topic.md", "\\[gazette\\]\n(.*?T2)", "[gazette, herald]\n\\1", "/topic/#no-duty"),
    "finding's status": ("topic.md", "status: confirmed(.*?T2)", r"status: reported\1", "/topic/#no-duty"),
    "verdict's reason": ("topic.md", "The treaty holds no duty.", "It does not.", "/topic/#bound"),
    "verdict's answer": ("topic.md", 'answer: "no"', 'answer: "partly"', "/topic/#bound"),
    "heading": ("topic.md", "## A duty", "## No duty", "/topic/#duty"),
    "prose": ("topic.md", "What the treaty says", "What it says", "/topic/#duty"),
    "item of a list": ("topic.md", "- Another item", "- A third item", "/topic/#duty"),
    "note in prose": ("topic.md", "[^gazette] Nobody", "[^herald] Nobody", "/topic/#duty"),
    "target of a link": ("topic.md", "(sources.md#gazette)", "(sources.md#herald)", "/topic/#duty"),
    "opening": ("topic.md", "Opening of", "Beginning of", "/topic/"),
    "answer of a page": ("topic.md", 'answer: "No."', 'answer: "Not yet."', "/topic/"),
    "reading": ("topic.md", "None.[^gazette]", "Two.[^gazette]", "/topic/#jets"),
    "earlier reading": ("topic.md", "No word: none.", "One word.", "/topic/#jets"),
    "judgement of a statement": ("topic.md", "verdict: wrong", "verdict: unproven", "/topic/#said"),
    "row of a figure": ("data/figures/counts.csv", "two,2", "two,77", "/topic/#figure-counts"),
    "caption": ("topic.md", "They come from one", "They come from a", "/topic/#figure-counts"),
    "event": ("data/events.yml", "is signed", "is not signed", "/timeline/#signed"),
    "status of an event": ("data/events.yml", "confirmed", "reported", "/timeline/#signed"),
    "title of a source": ("data/sources.yml", 'title: "Gazette"', 'title: "Other"', "/sources/#gazette"),
    "address of source": (
        "data/sources.yml",
        "gazette.example/1",
        "gazette.example/2",
        "/sources/#gazette",
    ),
    "stance of a source": ("data/sources.yml", "independent(.*?herald)", r"other\1", "/sources/#gazette"),
    "term": ("data/glossary.yml", "One who helps.", "One who would help.", "/glossary/#ally"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=list(EDITS))
def test_an_edit_is_one_record_of_change(book: Book, edit: tuple[str, str, str, str]) -> None:
    name, old, new, address = edit
    book.edit(name, old, new)
    problems = book.check()
    assert [problem.rule for problem in problems] == ["PRM006"]
    assert f"the text of {address} has changed" in problems[0].message and "TYPO=1" in problems[0].message
    place = book.places()[address]
    assert (problems[0].file, problems[0].line) == (place.file, place.line)


SAME = {
    "line breaks": ("topic.md", "What the treaty says, by", "What the\ntreaty says,  by"),
    "curly quotes": ("topic.md", 'Nobody\'s "duty"', "Nobody’s “duty”"),
    "emphasis": ("topic.md", "*in*", "in"),
    "signs of a list": ("topic.md", "- One item\n- A", "* One item\n* A"),
    "words for the search": ("topic.md", "obligation", "duties"),
    "order of fields": ("topic.md", "(    finding: T1\n)(    otherwise:.*?\n)", r"\2\1"),
    "order of verdicts": ("topic.md", "order: 1", "order: 2"),
    "description of a page": ("topic.md", "Topic: a page", "Topic: one page"),
    "how a source was read": ("data/sources.yml", "read_in: part", "read_in: whole"),
    "day on which a source was read": ("data/sources.yml", '"2025-01-10"', '"2025-01-11"'),
    "comment": ("topic.md", "Opening of the topic.", "Opening of the topic.\n\n<!-- to do -->"),
}


@pytest.mark.parametrize("edit", SAME.values(), ids=list(SAME))
def test_what_says_nothing_to_readers_does_not_count(book: Book, edit: tuple[str, str, str]) -> None:
    book.edit(*edit)
    assert book.check() == []


def test_a_new_search_changes_titles_and_no_digest(book: Book) -> None:
    look = '- {date: "2025-01-09", reach: "2025-01-08", languages: [en], scope: "All.", moved: "Nothing."}\n'
    looks = book.docs / "data" / "looks.yml"
    looks.write_text(look, encoding="utf-8")
    book.edit("topic.md", "It holds no duty.", "Up to {horizon} no duty was found.")
    before = book.places()
    looks.write_text(look + look.replace("2025-01-0", "2025-02-0"), encoding="utf-8")
    after = book.places()
    titles = [places["/topic/#no-duty"].title for places in (before, after)]
    assert titles == [f"Up to 8 {month} 2025 no duty was found." for month in ("January", "February")]
    assert [place.digest for place in after.values()] == [place.digest for place in before.values()]


def test_what_a_place_holds_counts_for_its_whole(book: Book) -> None:
    before = book.places()
    book.edit("topic.md", "It promises no help.", "It promises help.")
    after = book.places()
    own = [known for known in after if after[known].digest != before[known].digest]
    whole = [known for known in after if after[known].content_digest != before[known].content_digest]
    assert own == ["/topic/#no-help"]
    assert whole == ["/topic/", "/topic/#duty", "/topic/#detail", "/topic/#no-help"]


def test_what_a_figure_draws_of_records_counts_for_the_records() -> None:
    content = read_content(ROOT / "docs")
    before = places(content)
    content.figures["events"][0]["what"] = "Something else"
    content.figures["places"][0]["role"] = "Another role"
    after = places(content)
    changed = {place.kind for address, place in after.items() if place.digest != before[address].digest}
    assert changed == {"figure"} and sum(after[a].digest != before[a].digest for a in after) == 1


# The list --------------------------------------------------------------------------------------------------


def test_new_addresses_have_to_be_recorded(book: Book) -> None:
    book.edit("index.md", "What it is for.", "What it is for.\n\n## More { #more }\n\nAdded.")
    page = (book.docs / "glossary.md").read_text(encoding="utf-8")
    new = page.replace("Glossary", "Third").replace("/// glossary\n///", "Text.")
    (book.docs / "third.md").write_text(new, encoding="utf-8")
    assert book.found() == [f"PRM007 index.md:{book.line('index.md', '## More')}", "PRM007 third.md:1"]


def test_an_anchor_that_is_gone_is_told_with_what_became_of_it(book: Book) -> None:
    book.edit("index.md", "{ #aim }", "{ #aims }")
    gone, new = sorted(book.check(), key=lambda problem: problem.rule)
    assert (gone.rule, new.rule) == ("PRM001", "PRM007")
    assert gone.line == book.line("data/permalinks.yml", '"/#aim"')
    where = f"docs/index.md:{book.line('index.md', '## Aim')}"
    assert f"/#aims ({where}), give that its old id back" in gone.message
    assert 'make record RETIRE="/#aim"' in gone.message
    book.edit("index.md", "{ #aims }", "{ #start }")
    book.edit("topic.md", "{ #detail }", "{ #aim }")
    gone = next(problem for problem in book.check() if "#aim is gone" in problem.message)
    assert "if it is now /topic/#aim (docs/topic.md:" in gone.message and "as the successor" in gone.message


def test_a_page_that_is_gone_is_told_once_with_its_anchors(book: Book) -> None:
    (book.docs / "index.md").unlink()
    problems = book.check()
    assert [problem.rule for problem in problems] == ["PRM002"]
    assert "the published page / is gone, with its anchors #aim" in problems[0].message


def test_records_that_contradict_themselves_are_told(book: Book) -> None:
    text = book.list.read_text(encoding="utf-8")
    aim = '"/#aim": {since: "2025-01-02"'
    assert aim in text
    faults = {
        ', retired: "2025-02-01", note: "Gone"': ["PRM005"],
        ', retired: "2025-02-01", note: " "': ["PRM005", "PRM005"],
        ', retired: "2025-02-01", note: "Gone", successor: "/#nowhere"': ["PRM003", "PRM005"],
    }
    for more, rules in faults.items():
        book.list.write_text(text.replace(aim, aim + more), encoding="utf-8")
        assert sorted(problem.rule for problem in book.check()) == rules
    book.list.write_text(text, encoding="utf-8")
    [recording] = (book.docs / "data" / "changes").iterdir()
    recording.write_text("{}", encoding="utf-8")
    problems: list[Problem] = []
    read_kept(book.docs, problems)
    assert [problem.rule for problem in problems] == ["PRM005"] and "edited or renamed" in problems[0].message


def test_successors_may_have_successors_but_no_circle(book: Book) -> None:
    retired = '{{since: "2025-01-02", retired: "2025-02-01", note: "Moved", successor: "{}"}}\n'
    circle = '"/#one": ' + retired.format("/#two") + '"/#two": ' + retired.format("/#one")
    text = book.list.read_text(encoding="utf-8")
    book.list.write_text(text + circle, encoding="utf-8")
    assert [problem.rule for problem in book.check()] == ["PRM003", "PRM003"]
    book.list.write_text(text + circle.replace('/#one"}', '/#aim"}'), encoding="utf-8")
    assert book.check() == []
    content = book.content()
    assert contract(content, places(content))["/#one"]["successor"] == "/#aim"


def test_without_the_list_one_message_says_so(book: Book) -> None:
    book.list.unlink()
    assert book.found() == ["PRM007 data/permalinks.yml:1"]


# Codes -----------------------------------------------------------------------------------------------------


def test_the_code_of_a_retired_finding_is_not_given_again(book: Book) -> None:
    book.edit("topic.md", "id: no-help", "id: other-help")
    book.edit("topic.md", "| T4", "| T5")
    book.edit("topic.md", "id: said", "id: said-anew")
    assert book.record("--retire", "/topic/#no-help", "--note", "Withdrawn") == 0
    problems = [problem for problem in book.check() if problem.rule == "PRM008"]
    assert [problem.line for problem in problems] == [book.line("topic.md", "/// finding | T2")]
    assert "T2 was published for /topic/#no-help" in problems[0].message
    assert "use one that nothing has had" in problems[0].message
    assert book.record("--retire", "/topic/#said", "--note", "Withdrawn") == 0
    assert book.record() == 1


def test_codes_cannot_be_swapped_or_changed(book: Book) -> None:
    book.edit("topic.md", "finding | T2", "finding | T9")
    assert ["give it T2 back" in problem.message for problem in book.check()] == [True]
    book.edit("topic.md", "finding | T9", "finding | T1x")
    book.edit("topic.md", "finding | T1\n", "finding | T2\n")
    book.edit("topic.md", "finding | T1x", "finding | T1")
    assert [problem.rule for problem in book.check()] == ["PRM008", "PRM008"]
    assert book.record() == 1


def test_a_finding_keeps_its_code_when_it_moves(book: Book) -> None:
    book.edit("topic.md", "id: no-help", "id: help-moved")
    assert "PRM008" in {problem.rule for problem in book.check()}
    moved = ("--retire", "/topic/#no-help", "--successor", "/topic/#help-moved", "--note", "Moved")
    assert book.record(*moved) == book.record() == 0 and book.check() == []
    assert book.records()["/topic/#help-moved"]["code"] == book.records()["/topic/#no-help"]["code"] == "T2"
    assert book.record() == 0


def test_a_code_in_two_records_of_the_list_is_told(book: Book) -> None:
    book.edit("data/permalinks.yml", 'code: "T2"', 'code: "T1"')
    assert {problem.rule for problem in book.check()} == {"PRM008"}


# What the world may know -----------------------------------------------------------------------------------


def test_each_address_counts_what_changed_inside_it(book: Book) -> None:
    book.edit("topic.md", "It promises no help.", "It promises help.")
    assert book.record("--note", "Read anew") == 0
    book.edit("topic.md", "/// statement.*?///\n", "")
    assert book.record("--retire", "/topic/#said", "--note", "Said no more") == 0
    content = book.content()
    own = contract(content, places(content))
    assert own["/topic/#no-help"]["changes"] == [{"date": "2025-02-01", "note": "Read anew"}]
    assert "changes" not in own["/topic/"]
    known = with_changes_inside(own)
    notes = [change["note"] for change in known["/topic/"]["changes"]]
    assert notes == ["Read anew", "“They are allies. Judged: wrong” was given up: Said no more"]
    assert [change["note"] for change in known["/topic/#duty"]["changes"]] == notes  # it held what is gone
    said = own["/topic/#said"]
    assert said["within"] == "/topic/#detail" and said["code"] == "T4" and "successor" not in said
    assert said["title"] == "They are allies. Judged: wrong." and len(said["versions"]) == 1
