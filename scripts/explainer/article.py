"""Draw the source article, checked: its statements with their verdicts, and how many there are of each."""
from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from explainer.content import Block, Content
from explainer.html import add, add_history, add_mark, add_row, add_time, references
from explainer.words import VERDICT_MARKS


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
