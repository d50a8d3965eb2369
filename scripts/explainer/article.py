"""Draw the source article, checked: its statements with their verdicts, and how many there are of each."""
from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from explainer.content import Block, Content
from explainer.html import add, add_history, add_mark, add_row, add_time, references

VERDICT_MARKS = {  # one small shape per verdict, the same everywhere: path data in a 10 by 10 box
    "holds": "M3.9 9.4.2 5.7l1.5-1.5 2.2 2.2L8.3.9l1.5 1.5z",
    "overstated": "M5 .6 9.6 9.2H.4zM5 3.6 2.7 7.8h4.6z",
    "wrong": "M1.8.3 5 3.5 8.2.3l1.5 1.5L6.5 5l3.2 3.2-1.5 1.5L5 6.5 1.8 9.7.3 8.2 3.5 5 .3 1.8z",
    "overtaken": "M.5.8 4.7 5 .5 9.2zM5.2.8 9.4 5 5.2 9.2z",
    "unproven": "M1 1h8v8H1zM2.4 2.4v5.2h5.2V2.4z",
}


def statement(parent: Element, block: Block) -> Element:
    """One statement of the article. Returns the element that takes the reason; `close_statement` adds what stands below."""
    fields = block.fields
    article = add(parent, "article", cls="statement", id=fields["id"], data_code=block.argument, data_article=block.argument,
                  data_verdict=fields["verdict"], data_as_of=fields["as_of"], data_sources=" ".join(fields["sources"]),
                  aria_label=f"Statement {block.argument}, judged {fields['verdict']}")
    head = add(article, "p", cls="finding-head")
    add(head, "a", AtomicString(block.argument), cls="code", href=f"#{fields['id']}", title="Link to this statement").tail = " "
    add_mark(add(head, "span", cls="status"), VERDICT_MARKS[fields["verdict"]], fields["verdict"].capitalize())
    add(article, "p", fields["says"], cls="says")
    return article


def close_statement(article: Element, block: Block, content: Content) -> None:
    """Append the finding that treats the matter, the date, the sources and the history of a statement."""
    fields = block.fields
    facts = add(article, "dl", cls="facts")
    add_row(facts, "Treated in", f"[{fields['finding']}]")
    add_time(add_row(facts, "As of"), fields["as_of"], ". Sources: " + references(fields["sources"]))
    add_history(article, block, content)


def tally(parent: Element, content: Content) -> None:
    """How many statements have each verdict, with links to them."""
    statements = content.blocks("statement")
    counts = Counter(block.fields["verdict"] for block in statements)
    items = add(parent, "dl", cls="tally")
    for verdict, mark in VERDICT_MARKS.items():
        row = add(items, "div", data_verdict=verdict, data_count=str(counts[verdict]))
        add_mark(add(row, "dt", cls="status"), mark, verdict.capitalize())
        described = add(row, "dd")
        add(described, "strong", str(counts[verdict])).tail = " "
        codes = add(described, "span", cls="codes")
        for block in statements:
            if block.fields["verdict"] == verdict:
                add(codes, "a", AtomicString(block.argument), href=block.address).tail = " "
