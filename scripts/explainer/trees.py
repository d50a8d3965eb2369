"""What the steps of a conversion share, and those over a whole page: story, tips, tables, search."""

from __future__ import annotations

import re
from functools import cache
from itertools import takewhile
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from explainer import draw
from explainer.content import Content
from explainer.judged import current_content
from explainer.kinds import GATHERED
from explainer.words import begin

SKIPPED = re.compile("a|abbr|sup|h[1-6]|code|svg|caption|dt|th|time")
NO_STORY = ("h2", "article", "div", "span")  # a heading, a record, the mark of an id that was given up
SENTENCE_END = re.compile(r"[.?!][”’)]*$|^Evidence:$")
SKIPPED_CLASSES = {"fold", "footnote", "history", "retired"}
SKIPPED_CLASSES |= {f"gathered-{kind.name}" for kind in GATHERED.values() if not kind.explains | kind.text}


class Conversion:
    """What all steps of a conversion share: where things are, what the site holds, which page it is."""

    def __init__(self, docs: Path, templates: Path, site: str, name: str, maker: str) -> None:
        self.docs, self.templates, self.site, self.page = docs, templates, site, ""
        self.name, self.maker = name, maker
        self.cited: dict[str, int] = {}  # the sources of the page with their numbers
        self.marked: set[str] = set()  # those of them that already have a mark in the text
        # once a page, because to look after every file takes long where there are many
        self.content = cache(self.read)

    def read(self) -> Content:
        """The content as it is now. Raises ContentError if something is wrong with it."""
        return current_content(self.docs)

    def draw(self, template: str, **values: object) -> Element:
        """The elements that a template gives for these values."""
        return draw.draw(self.templates, template, {"content": self.content(), "site": self.site} | values)


class Step:
    """A step of a conversion: what all share, beside what Python-Markdown gives."""

    def __init__(self, md: Markdown, conversion: Conversion) -> None:
        super().__init__(md)  # type: ignore[call-arg]
        self.conversion = conversion


class TermTreeprocessor(Step, Treeprocessor):
    """Mark the first use of each glossary term and person on a page, with definition or role as its tip.

    Only the first, so that a page does not bristle with dotted lines; focusable, so that keyboards reach it.
    """

    def run(self, root: Element) -> None:
        """Mark the terms and people of a page."""
        self.tips: dict[str, tuple[str, dict[str, str]]] = {}  # id and attributes, by each form
        content = self.conversion.content()
        for person in content.listed["person"]:
            shown = {"class": "person", "title": begin(person["role"])}
            for form in (person["name"], *person.get("also", [])):
                self.tips[form] = person["id"], shown
        for term in content.listed["term"]:
            for form in filter(None, (term["term"], term.get("short"), *term.get("also", []))):
                self.tips[form] = term["id"], {"title": term["definition"]}
        forms = sorted(self.tips, key=len, reverse=True)
        self.pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, forms)) + r")(?![\w-])")
        self.used: set[str] = set()
        if forms:
            self.walk(root)

    def walk(self, element: Element) -> None:
        """Go through the text of an element in reading order."""
        classes = set(element.get("class", "").split())
        if SKIPPED.fullmatch(element.tag) or (SKIPPED_CLASSES & classes and "argument" not in classes):
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


class StoryTreeprocessor(Step, Treeprocessor):
    """Put the story of a page into a section, and draw the codes that end a paragraph as its evidence.

    The story is what stands between the heading with the id `story` and the next heading or record.
    """

    def run(self, root: Element) -> None:
        """Mark the evidence of own paragraphs, name links that are a year, then gather the story."""
        pages = self.conversion.content().pages
        for link in root.iter("a"):
            page = pages.get((link.get("href") or "").partition("#")[0])
            if page and (link.text or "").isdigit():  # in a list of links it says nothing
                link.set("aria-label", f"{link.text}, {page.meta['title']}")
        own = [*root.findall("p"), *(part for part in root.iter("p") if part.text == "Evidence: ")]
        for paragraph in dict.fromkeys(own):
            self.mark(paragraph)
        parts = list(root)
        start = next((place for place, part in enumerate(parts) if part.get("id") == "story"), None)
        if start is not None:
            rest = takewhile(lambda part: part.tag not in NO_STORY, parts[start + 1 :])
            section = Element("section", {"class": "story", "aria-labelledby": "story"})
            section[:] = [parts[start], *rest]
            root[start : start + len(section)] = [section]

    def mark(self, paragraph: Element) -> None:
        """Set the codes after the last sentence apart; each link says to what kind of record it leads."""
        codes = self.conversion.content().codes()

        def trails(part: Element) -> bool:
            return part.tag == "a" and part.text in codes and not (part.tail or "").strip()

        links = [*takewhile(trails, reversed(paragraph))][::-1]
        others = paragraph[: len(paragraph) - len(links)]
        before = ((others[-1].tail if others else paragraph.text) or "").strip()
        after_note = bool(others) and others[-1].tag == "sup" and not before
        if not links or not (after_note or SENTENCE_END.search(before)):
            return
        for link in links:
            link.set("aria-label", f"{codes[link.text or ''].kind.capitalize()} {link.text}")
        if before == "Evidence:":
            paragraph.set("class", "evidence")
        else:
            evidence = Element("span", {"class": "evidence"})
            evidence.text, evidence[:] = "Evidence: ", links
            paragraph[len(others) :] = [evidence]


class WordsTreeprocessor(Treeprocessor):
    """Put a heading's `data-words` below it, for the search: what people type and the text does not say."""

    def run(self, root: Element) -> None:
        for element in list(root):
            if words := element.attrib.pop("data-words", ""):
                hidden = Element("p", {"hidden": "", "data-unrecorded": ""})
                # By which search_index.py and slim.py know them
                SubElement(hidden, "sub").text = AtomicString(words)
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
