"""The addresses that a built site publishes, each with a digest of what a reader reads there.

A text counts for the innermost address that holds it: a finding for itself, not also for its section. So each change is
recorded once, and a section's history is its own and that of what it holds.
"""
from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from checks.project import Page, Project

CONTENT = ("article.md-content__inner", "main", "body")  # of these the first that a page has
USUAL = "h2[id], h3[id], h4[id]"  # what has an address of its own if extra.check.published does not say
# Not text of the editors: numbers and marks of notes, what is gathered from elsewhere, dates, and controls
LEFT_OUT = (".headerlink, .footnote-ref, .footnote, .footnote-backref, .dates, .cited-in, .page-foot, "
            "script, style, svg, [data-unrecorded]")
HEADING = re.compile(r"h[1-6]")
KINDS = {"li": "source", "dt": "term", "figure": "figure"}  # by element
CODED = ("statement", "indicator", "finding")  # by class, of what has a permanent code


@dataclass(frozen=True)
class Address:
    """A published address, `/treaty/#no-duty`: what it is, the address that holds it, the digest of its text."""

    address: str
    within: str  # empty for a page
    kind: str  # page, section, finding, indicator, statement, verdict, figure, event, source, term
    title: str
    code: str  # permanent code of a finding or an indicator
    as_of: str  # date of the evidence: its own, or that of its page; empty where none is given
    digest: str


def published(project: Project) -> dict[str, Address]:
    """Every address of every page that has a source, by address, in the order of pages and text."""
    found = {}
    for page in project.pages.values():
        if page.source and not page.refresh and page.key not in project.failed:
            found |= {entry.address: entry for entry in addresses_of(project, page)}
    return found


def addresses_of(project: Project, page: Page) -> list[Address]:
    """The addresses of one page, the page itself first."""
    tree = LexborHTMLParser((project.folder / page.key).read_bytes())
    content = next((node for name in CONTENT if (node := tree.css_first(name))), None)
    if content is None:
        return []
    dated = content.css_first(".dates time[datetime]")
    as_of = (dated.attributes["datetime"] or "") if dated else ""
    for node in content.css(LEFT_OUT):
        node.decompose()
    home = "/" + page.key.removesuffix("index.html")
    texts, found = {home: []}, {home: ("", "page", words(tree.css_first("h1")), "", as_of)}
    wanted = {node.mem_id for node in content.css(str(project.settings.get("published") or USUAL))}
    sections = [(1, home)]  # those that are open: level of the heading, address

    def take(node: LexborNode, holder: LexborNode) -> str:
        address = f"{home}#{node.attributes['id']}"
        code, own = node.attributes.get("data-code") or "", node.attributes.get("data-as-of") or ""
        found[address] = (sections[-1][1], kind_of(node), title_of(node), code, own or as_of)
        texts[address] = [text_of(holder)]
        return address

    for child in list(content.iter(include_text=False)):
        if child.mem_id in wanted and HEADING.fullmatch(child.tag):
            level = int(child.tag[1])
            sections = [(above, address) for above, address in sections if above < level]
            sections.append((level, take(child, child)))
            continue
        if child.mem_id in wanted:
            take(child, child)
            continue
        for node in [node for node in child.css("[id]") if node.mem_id in wanted]:  # in a list or the glossary
            holder = node.parent if node.tag == "dt" else node
            take(node, holder)
            holder.decompose()
        texts[sections[-1][1]].append(text_of(child))
    return [Address(address, *found[address], digest(texts[address])) for address in found]


def words(node: LexborNode | None) -> str:
    """The text of an element on one line."""
    return " ".join(node.text().split()) if node else ""


def kind_of(node: LexborNode) -> str:
    """What an element with an address is; a section unless its markup says otherwise."""
    classes = (node.attributes.get("class") or "").split()
    if node.attributes.get("data-code"):
        return next((kind for kind in CODED if kind in classes), CODED[-1])
    if "data-themes" in node.attributes:
        return "event"
    return "verdict" if "verdict" in classes else KINDS.get(node.tag, "section")


def title_of(node: LexborNode) -> str:
    """What an address is called: the text of its heading, or its question, or its first sentence."""
    if node.tag == "dt":
        return node.text(deep=False).strip()
    question = node.css_first(".verdict-question, .indicator-question, p.what")
    title = words(question or node.css_first("p:not(.finding-head)") or node)
    title = re.split(r"(?<=[a-z)”][.?!]) (?=[A-Z“])", title)[0] if node.attributes.get("data-code") else title
    verdict = node.attributes.get("data-verdict") if node.tag == "article" else ""
    return f"{title} Judged: {verdict}." if verdict else title  # or it would read as if this site said it


def text_of(node: LexborNode) -> str:
    """What a reader reads in an element, with the sources that a finding rests on, whose numbers are left out."""
    return f"{node.text()} {node.attributes.get('data-sources') or ''}"


def digest(texts: list[str]) -> str:
    """Twelve hexadecimal digits of a text; white space does not count, because markup decides it."""
    return hashlib.sha256(re.sub(r"\s+", "", "".join(texts)).encode("utf-8")).hexdigest()[:12]
