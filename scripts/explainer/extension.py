"""The Python-Markdown extension: blocks for findings and indicators, footnotes from the sources, terms with tooltips.

Works the same under every generator that runs Python-Markdown, because it needs nothing but the docs folder.
"""
from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block as PymdownBlock
from pymdownx.blocks.block import type_any

from explainer import article, codebook, events, figures, html
from explainer.content import Block, Content, current_content, load_schemas, source_ids
from explainer.kinds import GATHERED as LISTS
from explainer.kinds import RECORDS

DRAWN = {  # what each gathering block draws, and whether it takes an argument
    "strip": (html.verdict_strip, False),
    "assessment": (html.assessment, True),
    "verdicts": (html.verdict_table, False),
    "doors": (html.doors, True),
    "watchlist": (html.watch_table, False),
    "bibliography": (html.bibliography, True),
    "glossary": (html.glossary, False),
    "changes": (html.changes, False),
    "timeline": (events.timeline, False),
    "events": (events.events, True),
    "tally": (article.tally, False),
    "codebook": (codebook.codebook, True),
}
OPEN = {"finding": html.finding, "verdict": html.verdict, "statement": article.statement}  # take text inside
CLOSE = {"finding": html.close_finding, "verdict": html.close_verdict, "statement": article.close_statement}
WHOLE = {"indicator": html.indicator, "figure": figures.figure}  # say all in their fields


def record_block(kind: str, fields: list[str]) -> type[PymdownBlock]:
    """A pymdownx block for one kind of record. Its fields were judged when the content was read."""

    class Record(PymdownBlock):
        NAME = kind
        ARGUMENT = True
        OPTIONS = {name: [None, type_any] for name in fields}

        def on_create(self, parent: Element) -> Element:
            record_fields = {name: value for name, value in self.options.items() if value is not None}
            self.record = Block(kind, self.argument, record_fields, "", "", 0, {})
            if kind in WHOLE:
                return WHOLE[kind](parent, self.record, self.config["content"]())
            return OPEN[kind](parent, self.record)

        def on_end(self, block: Element) -> None:
            if kind in CLOSE:
                CLOSE[kind](block, self.record, self.config["content"]())

    return Record


def list_block(kind: str) -> type[PymdownBlock]:
    """A pymdownx block that gathers what other files hold, so that nothing is typed twice."""

    class Gathered(PymdownBlock):
        NAME = kind
        ARGUMENT = None
        OPTIONS = {word: [None, type_any] for word in (html.MARKS if kind == "labels" else ())}

        def on_create(self, parent: Element) -> Element:
            box = html.add(parent, "div", cls=f"gathered-{kind}")
            content = self.config["content"]()
            if kind == "labels":
                html.labels(box, {word: self.options[word] for word in self.OPTIONS if self.options[word]})
            elif kind == "brief":
                html.brief(box, content, self.argument, self.config["site"])
            else:
                draw, takes_argument = DRAWN[kind]
                draw(box, content, *([self.argument] if takes_argument else []))
            return box

    return Gathered


class ExplainerBlocks(BlocksExtension):
    """Registers the blocks; the fields of each kind are those of its JSON Schema."""

    def __init__(self, content, root: Path, site: str) -> None:
        super().__init__()
        self.content, self.root, self.site = content, root, site

    def extendMarkdownBlocks(self, md: Markdown, block_mgr) -> None:
        schemas = load_schemas(self.root)
        for kind in RECORDS:
            fields = list(schemas.get(kind, {}).get("properties", {}))  # none: reading the content will say why
            block_mgr.register(record_block(kind, fields), {"content": self.content})
        for kind in LISTS:
            block_mgr.register(list_block(kind), {"content": self.content, "site": self.site})


class ReferencePreprocessor(Preprocessor):
    """Define the footnotes and the finding codes that a page uses, from the sources and from all pages."""

    def __init__(self, md: Markdown, content, footnotes: FootnoteExtension, pages: PagePreprocessor, site: str) -> None:
        super().__init__(md)
        self.content, self.footnotes, self.pages, self.site = content, footnotes, pages, site

    def run(self, lines: list[str]) -> list[str]:
        content: Content = self.content()
        text = "\n".join(lines)
        cited = source_ids(text)
        if re.search(r"^///[ \t]*glossary", text, re.M):
            cited += [source for term in content.terms for source in term.get("sources", [])]
        for source in dict.fromkeys(cited):
            self.footnotes.setFootnote(source, html.source_note(content.sources[source]))
        for code, block in content.codes().items():
            self.md.references[code.lower()] = (block.address, "")
        if cited and self.pages.page and self.site:
            lines = [*lines, "", self.md.htmlStash.store(html.cited_works(self.site, self.pages.page, content, cited))]
        return lines


class PagePreprocessor(Preprocessor):
    """Find out which page is converted, by its text: nothing else tells an extension."""

    def __init__(self, md: Markdown, content) -> None:
        super().__init__(md)
        self.content, self.page = content, ""

    def run(self, lines: list[str]) -> list[str]:
        self.content.cache_clear()
        text = "\n".join(lines).replace("\r", "").strip()
        self.page = next((page.name for page in self.content().pages.values() if page.body == text), "")
        return lines


class HistoryTreeprocessor(Treeprocessor):
    """Say below a page's head and below each section heading what has changed there; blocks do that for themselves."""

    def __init__(self, md: Markdown, content, pages: PagePreprocessor) -> None:
        super().__init__(md)
        self.content, self.pages = content, pages

    def run(self, root: Element) -> None:
        if not self.pages.page:
            return
        for element in list(root):
            if re.fullmatch("h[2-6]", element.tag) and element.get("id"):
                self.insert(root, list(root).index(element) + 1, element.get("id"))
        self.insert(root, 0, "")

    def insert(self, root: Element, position: int, anchor: str) -> None:
        note = html.history(self.content(), self.pages.page, anchor)
        if note is not None:
            root.insert(position, note)


class WordsTreeprocessor(Treeprocessor):
    """Put the words of a heading's `data-words` below it, for the search alone: what people type and the text does not say."""

    def run(self, root: Element) -> None:
        for element in list(root):
            if words := element.attrib.pop("data-words", ""):
                hidden = Element("p", {"hidden": "", "data-unrecorded": ""})
                hidden.text = AtomicString(words)
                root.insert(list(root).index(element) + 1, hidden)


class TermTreeprocessor(Treeprocessor):
    """Mark the first use of each glossary term on a page as an abbreviation with its definition as tooltip.

    Only the first, so that a page does not bristle with dotted lines; focusable, so that keyboard and touch reach it.
    """

    SKIP = {"a", "abbr", "sup", "h1", "h2", "h3", "h4", "h5", "h6", "code", "svg", "caption", "dt", "th", "time"}
    SKIP_CLASSES = {"footnote", "history", "gathered-brief", *(f"gathered-{kind}" for kind in DRAWN)}

    def __init__(self, md: Markdown, content) -> None:
        super().__init__(md)
        self.content = content

    def run(self, root: Element) -> None:
        definitions = {form: term for term in self.content().terms
                       for form in [term["term"], term.get("short"), *term.get("also", [])] if form}
        if not definitions:
            return
        forms = sorted(definitions, key=len, reverse=True)
        self.pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, forms)) + r")(?![\w-])")
        self.definitions, self.used = definitions, set()
        self.walk(root)

    def walk(self, element: Element) -> None:
        """Go through the text in reading order."""
        skipped = element.tag in self.SKIP or self.SKIP_CLASSES & set(element.get("class", "").split())
        if skipped:
            return
        position = self.mark(element, element, 0)
        while position < len(element):
            child = element[position]
            self.walk(child)
            position = self.mark(element, child, position + 1)

    def mark(self, parent: Element, holder: Element, position: int) -> int:
        """Wrap terms in the text of `holder` (its tail, unless it is `parent`); returns the next child's position."""
        slot = "text" if holder is parent else "tail"
        text = getattr(holder, slot)
        start = 0
        while text and (match := self.pattern.search(text, start)):
            term = self.definitions[match.group()]
            if term["id"] in self.used:
                start = match.end()
                continue
            self.used.add(term["id"])
            setattr(holder, slot, text[:match.start()])
            abbr = Element("abbr", {"title": term["definition"], "tabindex": "0"})
            abbr.text, abbr.tail = AtomicString(match.group()), text[match.end():]
            parent.insert(position, abbr)
            position, holder, slot, text, start = position + 1, abbr, "tail", abbr.tail, 0
        return position


class TableTreeprocessor(Treeprocessor):
    """Prepare the tables that Markdown makes for narrow screens; those of our blocks have a class already."""

    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            if not table.get("class"):
                html.label_cells(table)


class ExplainerExtension(Extension):
    """Configuration: `docs_dir`, the folder with the pages and data/; a relative one counts from the working directory,
    because Zensical does not know MkDocs' `!relative`. `site_url`, where the site will stand, for addresses on paper and in JSON-LD.
    """

    def __init__(self, **kwargs) -> None:
        self.config = {"docs_dir": ["docs", "folder that holds the pages and data/"],
                       "site_url": ["", "address of the site, where an address must be written out"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        root = Path(str(self.getConfig("docs_dir"))).resolve()

        @cache
        def content() -> Content:  # once per page, because to look after every file takes long where there are many
            return current_content(root)

        site = str(self.getConfig("site_url"))
        footnotes = FootnoteExtension(BACKLINK_TEXT="↑", BACKLINK_TITLE="Back to note {} in the text", USE_DEFINITION_ORDER=True)
        footnotes.extendMarkdown(md)
        ExplainerBlocks(content, root, site).extendMarkdown(md)
        pages = PagePreprocessor(md, content)
        md.preprocessors.register(pages, "explainer-page", 100)  # before any other changes the text
        references = ReferencePreprocessor(md, content, footnotes, pages, site)
        md.preprocessors.register(references, "explainer-references", 5)
        md.treeprocessors.register(HistoryTreeprocessor(md, content, pages), "explainer-history", 7)  # ids are set, links not
        md.treeprocessors.register(WordsTreeprocessor(md), "explainer-words", 7.5)  # after attr_list
        md.treeprocessors.register(TermTreeprocessor(md, content), "explainer-terms", 6)
        md.treeprocessors.register(TableTreeprocessor(md), "explainer-tables", 15)


def makeExtension(**kwargs) -> ExplainerExtension:
    """Entry point `explainer` in the group `markdown.extensions`."""
    return ExplainerExtension(**kwargs)
