"""The Python-Markdown extension: blocks, notes from the sources, what has changed, ids given up.

Works the same under every generator that runs Python-Markdown: it needs the docs folder and the templates.
"""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor, ShortReferenceInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block as MarkdownBlock
from pymdownx.blocks.block import type_any

from explainer import draw, views
from explainer.content import load_schemas, page_address, page_file, source_ids
from explainer.kinds import GATHERED, RECORDS
from explainer.pages import CODE_LINK
from explainer.permalinks import path_of
from explainer.trees import (
    Conversion,
    Step,
    StoryTreeprocessor,
    TableTreeprocessor,
    TermTreeprocessor,
    WordsTreeprocessor,
)
from explainer.words import MARKS

INSIDE = ("dt", "li", "tr", "td", "th")  # elements before which no span may stand
TOLD = ("questions", "downloads", "statement")  # kinds whose page says to machines what it holds
# Of an id that was given up; the check and the digests pass over it
LOST = {"class": "retired", "data-unrecorded": "", "data-retired": ""}


class SiteBlock(MarkdownBlock):
    """A block that the template of its name draws. Its fields were judged when the content was read."""

    def on_create(self, parent: Element) -> Element:
        """Draw the block; its text goes where the template has its slot."""
        here: Conversion = self.config["conversion"]
        fields = {name: self.options[name] for name in self.OPTIONS}
        if self.NAME in RECORDS:
            root = here.draw(self.NAME, **fields, code=self.argument)
        else:
            meanings = {word: meaning for word, meaning in fields.items() if meaning}
            root = here.draw(self.NAME, argument=self.argument, meanings=meanings)
        parent.append(root)
        self.slot = root.find(".//slot")
        return root

    def on_add(self, block: Element) -> Element:
        """Where the text goes."""
        return block if self.slot is None else self.slot

    def on_markdown(self) -> str:
        """Text is paragraphs and the like, whatever holds it."""
        return "block"

    def on_end(self, block: Element) -> None:
        """Leave the text without its slot."""
        parent = block.find(".//slot/..")
        if parent is not None and self.slot is not None:
            place = list(parent).index(self.slot)
            parent[place : place + 1] = list(self.slot)
            self.slot = None


class PagePreprocessor(Step, Preprocessor):
    """Find out which page this is, by its text: nothing else tells an extension. Write out `{horizon}`."""

    def run(self, lines: list[str]) -> list[str]:
        self.conversion.content.cache_clear()
        content, text = self.conversion.content(), "\n".join(lines).replace("\r", "").strip()
        self.conversion.page = next((page.name for page in content.pages.values() if page.body == text), "")
        return [content.dated(line) for line in lines]


class ReferencePreprocessor(Step, Preprocessor):
    """Number the sources that a page cites, and define the codes of all pages."""

    def run(self, lines: list[str]) -> list[str]:
        here, content, text = self.conversion, self.conversion.content(), "\n".join(lines)
        cited = source_ids(text)
        here.cited, here.marked = {source: number for number, source in enumerate(cited, 1)}, set()
        for code, block in content.codes().items():
            self.md.references[code.lower()] = (block.address, "")
        for kind in TOLD:
            if here.site and here.page and here.page == content.page_with(kind):
                lines += ["", self.md.htmlStash.store(self.told(kind))]
        return lines

    def told(self, kind: str) -> str:
        """What the page says to machines, by a template of overrides/records/machines/."""
        here, content = self.conversion, self.conversion.content()
        values = {"content": content, "site": here.site, "name": here.name, "maker": here.maker}
        values["here"] = here.site + page_address(here.page)[1:]
        return draw.filled(here.templates, f"machines/{kind}", values)


class HistoryTreeprocessor(Step, Treeprocessor):
    """Say at the end of a page what has changed on it, and keep the ids that it has lost."""

    def run(self, root: Element) -> None:
        if not self.conversion.page:
            return
        if changes := views.changes_on(self.conversion.content(), self.conversion.page):
            root.append(self.conversion.draw("history", changes=changes))
        for address, record in self.conversion.content().permalinks.items():
            page, anchor = page_file(address)
            if record.retired and anchor and page == self.conversion.page:
                self.keep(root, address, anchor)

    def keep(self, root: Element, address: str, anchor: str) -> None:
        """Put a lost id before what took its place on the page, else into a line at the end of the text."""
        content = self.conversion.content()
        if root.find(f".//*[@id='{anchor}']") is not None:
            return  # still there, as the check says
        successor = "".join(path_of(content.permalinks, address)[-1:])
        same_page = successor.partition("#")[0] == page_address(self.conversion.page)
        path = f".//*[@id='{successor.partition('#')[2]}']"
        new, parent = (root.find(path), root.find(f"{path}/..")) if same_page else (None, None)
        if new is None or parent is None:
            record = content.permalinks[address]
            values = {"id": anchor, "record": record, "last": content.kept.newest(address)}
            root.append(self.conversion.draw("retired", **values, successor=successor))
            return
        mark = Element("span", {"id": anchor, **LOST})
        if new.tag in INSIDE:
            new.text, mark.tail = "", new.text
            new.insert(0, mark)
        else:
            parent.insert(list(parent).index(new), mark)


class NoteProcessor(Step, InlineProcessor):
    """Make `[^source-id]` a link to the note, named by the source. The note leads back to the first."""

    def __init__(self, md: Markdown, conversion: Conversion) -> None:
        InlineProcessor.__init__(self, r"\[\^([^\]\s]+)\]", md)
        self.conversion = conversion

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        """The mark, and where its text begins and ends; nothing if that names no source of the page."""
        here, source = self.conversion, m[1]
        if source not in here.cited:
            return None, None, None
        number, mark = here.cited[source], Element("sup", {"data-search-exclude": ""})
        if source not in here.marked:
            here.marked.add(source)
            mark.set("id", f"fnref{number}")
        name = views.note_name(here.content().sources[source], number)
        link = SubElement(mark, "a", {"class": "footnote-ref", "href": f"#fn{number}", "aria-label": name})
        link.text = AtomicString(f"[{number}]")
        return mark, m.start(0), m.end(0)


class NotesTreeprocessor(Step, Treeprocessor):
    """Add the notes of a page at its end, before their Markdown is read."""

    def run(self, root: Element) -> None:
        known = self.conversion.content().sources
        if self.conversion.cited:
            sources = [known[source] for source in self.conversion.cited]
            root.append(self.conversion.draw("notes", sources=sources))


class HeadingTreeprocessor(Treeprocessor):
    """Put the link to a section after its heading, so that it is no part of it, and name it by that."""

    def run(self, root: Element) -> None:
        """Move the links that the extension `toc` adds."""
        for parent in list(root.iter()):
            for heading in [child for child in parent if re.fullmatch("h[2-6]", child.tag)]:
                link = heading.find("a[@class='headerlink']")
                if link is not None:
                    heading.remove(link)
                    link.set("aria-label", f"Link to: {''.join(heading.itertext())}")
                    parent.insert(list(parent).index(heading) + 1, link)


class ArgumentTreeprocessor(Step, Treeprocessor):
    """Fold the paragraphs that follow a finding, if they are worth a line: a few words lead on to the next.

    The style sheet keeps them folded only where a screen has little room.
    """

    WORTH = 40  # words

    def run(self, root: Element) -> None:
        def argues(part: Element) -> bool:
            return part.get("class") in (None, LOST["class"]) and part.tag in ("p", "span")

        for finding in root.findall("article[@class='finding']"):
            start = list(root).index(finding) + 1
            argument = [*takewhile(argues, root[start:])]
            if sum(len("".join(part.itertext()).split()) for part in argument) < self.WORTH:
                continue
            fold = self.conversion.draw("argument", code=finding.get("data-code"))
            fold[-1:] = argument  # in place of the slot
            root[start : start + len(argument)] = [fold]


class ExplainerExtension(BlocksExtension):
    """Configuration: `docs_dir`, the folder with the pages and data/; a relative one counts from the working
    directory, because Zensical does not know MkDocs' `!relative`. `templates`, if not in overrides/records
    beside it. `site_url`, where the site will stand, for addresses on paper and in JSON-LD.
    """

    def __init__(self, **kwargs: object) -> None:
        self.config = {
            "docs_dir": ["docs", "folder that holds the pages and data/"],
            "templates": ["", "folder with a template for each kind of block"],
            "site_url": ["", "address of the site, where an address must be written out"],
            "site_name": ["", "name of the site"],
            "publisher": [{}, "who stands for it: name"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        """Add all steps, each with its place in the order."""
        docs = Path(str(self.getConfig("docs_dir"))).resolve()
        templates = Path(str(self.getConfig("templates") or docs.parent / "overrides" / "records")).resolve()
        site, name = str(self.getConfig("site_url")), str(self.getConfig("site_name"))
        maker = str((self.getConfig("publisher") or {}).get("name") or name)
        self.conversion = here = Conversion(docs, templates, site, name, maker)
        super().extendMarkdown(md)
        before, after = md.preprocessors.register, md.treeprocessors.register
        before(PagePreprocessor(md, here), "explainer-page", 100)  # before any other changes the text
        before(ReferencePreprocessor(md, here), "explainer-references", 5)
        # Before Markdown takes `[T3] [T8]` for one link with two names
        code = ShortReferenceInlineProcessor(rf"\[(?={CODE_LINK.pattern[2:]})", md)
        md.inlinePatterns.register(code, "explainer-codes", 171)
        md.inlinePatterns.register(NoteProcessor(md, here), "explainer-note", 175)
        after(NotesTreeprocessor(md, here), "explainer-notes", 50)  # before Markdown in lines is read
        after(TableTreeprocessor(md), "explainer-tables", 15)
        after(WordsTreeprocessor(md), "explainer-words", 5.5)  # after attr_list and terms
        after(HistoryTreeprocessor(md, here), "explainer-history", 7)  # ids are set, links not
        after(StoryTreeprocessor(md, here), "explainer-story", 6.4)
        after(ArgumentTreeprocessor(md, here), "explainer-arguments", 6.3)
        after(TermTreeprocessor(md, here), "explainer-terms", 6)
        after(HeadingTreeprocessor(md), "explainer-headings", 4)  # after toc

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        """Register the blocks; the fields of a record are those of its JSON Schema."""
        schemas = load_schemas(self.conversion.docs)
        # Without a schema it has no fields: reading the content will say why
        fields = {kind: schemas.get(kind, {}).get("properties", {}) for kind in RECORDS}
        fields |= {kind: MARKS if gathered.explains else {} for kind, gathered in GATHERED.items()}
        for kind, names in fields.items():
            options = dict.fromkeys(names, (None, type_any))
            argument = True if kind in RECORDS else None  # the others may have one
            block = type(kind, (SiteBlock,), {"NAME": kind, "ARGUMENT": argument, "OPTIONS": options})
            block_mgr.register(block, {"conversion": self.conversion})


def makeExtension(**kwargs: object) -> ExplainerExtension:
    """Entry point `explainer` in the group `markdown.extensions`."""
    return ExplainerExtension(**kwargs)
