"""Steps over a whole page that need no template: tips on terms and names, labels of cells, words for the search."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from explainer.content import Content
from explainer.kinds import GATHERED
from explainer.words import begin

SKIPPED = re.compile("a|abbr|sup|h[1-6]|code|svg|caption|dt|th|time")
SKIPPED_CLASSES = {"footnote", "history", "retired"}
SKIPPED_CLASSES |= {f"gathered-{kind.name}" for kind in GATHERED.values() if not kind.explains | kind.text}


class TermTreeprocessor(Treeprocessor):
    """Mark the first use of each glossary term and person on a page, with definition or role as its tip.

    Only the first, so that a page does not bristle with dotted lines; focusable, so that keyboards reach it.
    """

    def __init__(self, md: Markdown, content: Callable[[], Content]) -> None:
        super().__init__(md)
        self.content = content

    def run(self, root: Element) -> None:
        """Mark the terms and people of a page."""
        self.tips: dict[str, tuple[str, dict[str, str]]] = {}  # id and attributes, by each form
        content = self.content()
        for person in content.people:
            shown = {"class": "person", "title": begin(person["role"])}
            for form in (person["name"], *person.get("also", [])):
                self.tips[form] = person["id"], shown
        for term in content.terms:
            for form in filter(None, (term["term"], term.get("short"), *term.get("also", []))):
                self.tips[form] = term["id"], {"title": term["definition"]}
        forms = sorted(self.tips, key=len, reverse=True)
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
        """Mark them in the text of `parent` that follows one of its children, or stands first."""
        text = (parent.text if before is None else before.tail) or ""
        for match in self.pattern.finditer(text):
            name, shown = self.tips[match.group()]
            if name in self.used:
                continue
            self.used.add(name)
            abbr = Element("abbr", {**shown, "tabindex": "0"})
            abbr.text, abbr.tail = AtomicString(match.group()), text[match.end() :]
            if before is None:
                parent.text = text[: match.start()]
            else:
                before.tail = text[: match.start()]
            parent.insert(0 if before is None else list(parent).index(before) + 1, abbr)
            self.mark(parent, abbr)
            return


class EvidenceTreeprocessor(Treeprocessor):
    """Tell the style sheet which paragraphs only name findings, `Evidence: [T3] [C12]`."""

    def run(self, root: Element) -> None:
        for element in root.iter("p"):
            if (element.text or "").startswith("Evidence: ") and {child.tag for child in element} == {"a"}:
                element.set("class", "evidence")


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
