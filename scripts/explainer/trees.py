"""Steps over a whole page that need no template: tooltips of terms, labels of cells, words for the search."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from explainer.content import Content
from explainer.kinds import GATHERED

SKIPPED = re.compile("a|abbr|sup|h[1-6]|code|svg|caption|dt|th|time")
SKIPPED_CLASSES = {"footnote", "history", "retired"}
SKIPPED_CLASSES |= {f"gathered-{kind.name}" for kind in GATHERED.values() if not kind.explains}


class TermTreeprocessor(Treeprocessor):
    """Mark the first use of each glossary term on a page as an abbreviation with its definition as tooltip.

    Only the first, so that a page does not bristle with dotted lines; focusable, so that keyboards reach it.
    """

    def __init__(self, md: Markdown, content: Callable[[], Content]) -> None:
        super().__init__(md)
        self.content = content

    def run(self, root: Element) -> None:
        """Mark the terms of a page."""
        self.terms: dict[str, dict] = {}  # by each of their forms
        for term in self.content().terms:
            forms = [term["term"], term.get("short"), *term.get("also", [])]
            self.terms |= {form: term for form in forms if form}
        forms = sorted(self.terms, key=len, reverse=True)
        self.pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, forms)) + r")(?![\w-])")
        self.used: set[str] = set()
        if forms:
            self.walk(root)

    def walk(self, element: Element) -> None:
        """Go through the text of an element in reading order."""
        if SKIPPED.fullmatch(element.tag) or SKIPPED_CLASSES & set(element.get("class", "").split()):
            return
        self.mark(element, None)
        for child in list(element):
            self.walk(child)
            self.mark(element, child)

    def mark(self, parent: Element, before: Element | None) -> None:
        """Mark terms in the text of `parent` that follows one of its children, or stands first."""
        text = (parent.text if before is None else before.tail) or ""
        for match in self.pattern.finditer(text):
            term = self.terms[match.group()]
            if term["id"] in self.used:
                continue
            self.used.add(term["id"])
            abbr = Element("abbr", {"title": term["definition"], "tabindex": "0"})
            abbr.text, abbr.tail = AtomicString(match.group()), text[match.end() :]
            if before is None:
                parent.text = text[: match.start()]
            else:
                before.tail = text[: match.start()]
            parent.insert(0 if before is None else list(parent).index(before) + 1, abbr)
            self.mark(parent, abbr)
            return


class WordsTreeprocessor(Treeprocessor):
    """Put a heading's `data-words` below it, for the search: what people type and the text does not say."""

    def run(self, root: Element) -> None:
        for element in list(root):
            if words := element.attrib.pop("data-words", ""):
                hidden = Element("p", {"hidden": "", "data-unrecorded": ""})
                hidden.text = AtomicString(words)
                root.insert(list(root).index(element) + 1, hidden)


class TableTreeprocessor(Treeprocessor):
    """Prepare Markdown's tables for narrow screens and screen readers; those of blocks have a class.

    Row headers, and with each cell the name of its column.
    """

    def run(self, root: Element) -> None:
        for table in [table for table in root.iter("table") if not table.get("class")]:
            table.set("class", "stacked")
            names = ["".join(cell.itertext()) for cell in table.iter("th")]
            for column, cell in [each for group in table for row in group for each in enumerate(row)]:
                if cell.tag == "th":
                    cell.set("scope", "col")
                elif column:
                    cell.set("data-label", names[column] + ": ")
                else:
                    cell.tag = "th"
                    cell.set("scope", "row")
