"""Turn findings, verdicts, indicators, sources and terms into HTML elements. Words and structure only; looks are CSS.

Elements carry Markdown text where editors may write it (`[^source]`, `[T3]`, links): Python-Markdown's inline step runs
over them afterwards. Links name Markdown files, which the generator turns into addresses.
"""
from __future__ import annotations

import json
import re
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from explainer.content import CODED, Block, Content, ContentError, fault, page_address, page_file
from explainer.words import (ANSWER_MARKS, BRIEF_COLUMNS, KINDS, LANGUAGES, MARKS, POSITIONS, STANCES, STATUS_MARKS,
                             author_names, escape, long_date, sentence, short_reading)


def add(parent: Element, tag: str, text: str = "", cls: str = "", **attributes: str) -> Element:
    """Append an element with Markdown text; `data_x` and `aria_x` become `data-x` and `aria-x`."""
    if cls:
        attributes["class"] = cls
    element = SubElement(parent, tag, {key.replace("_", "-"): value for key, value in attributes.items()})
    element.text = text
    return element


def add_time(parent: Element, iso: str, tail: str = "") -> None:
    """Append a `<time>` that reads as a long date."""
    add(parent, "time", long_date(iso), datetime=iso).tail = tail


def add_mark(parent: Element, path: str, word: str) -> None:
    """Append a small shape and its word; the word carries the meaning, so the shape is hidden from screen readers."""
    svg = add(parent, "svg", cls="mark", viewBox="0 0 10 10", aria_hidden="true", focusable="false")
    SubElement(svg, "path", {"d": path, "fill-rule": "evenodd"})
    svg.tail = word


def history(content: Content, page: str, anchor: str = "") -> Element | None:
    """What the link contract says has changed at an address, newest first; nothing if nothing has."""
    record = content.permalinks.get(page_address(page, anchor))
    if not record or not record.changes:
        return None
    paragraph = Element("p", {"class": "history", "data-unrecorded": ""})
    paragraph.text = "Changed on "
    for number, (day, note) in enumerate(reversed(record.changes), 1):
        more = " Earlier, on " if number < len(record.changes) else ""
        add_time(paragraph, day, AtomicString(f": {sentence(note)}{more}"))  # a note is text, not Markdown
    return paragraph


def add_history(parent: Element, block: Block, content: Content) -> None:
    """Append the history of a record; the block as drawn does not know its page."""
    for known in content.blocks(block.kind):
        if known.fields.get("id") == block.fields["id"] and known.argument == block.argument:
            note = history(content, known.page, block.fields["id"])
            if note is not None:
                parent.append(note)


def references(sources: list[str]) -> str:
    """Footnote references for a list of source ids."""
    return "".join(f"[^{source}]" for source in sources)


def add_row(parent: Element, name: str, text: str = "", cls: str = "") -> Element:
    """Append a term and its description to a `dl`; returns the description."""
    row = add(parent, "div", cls=cls)
    add(row, "dt", name)
    return add(row, "dd", text)


def finding(parent: Element, block: Block) -> Element:
    """A finding. Returns the element that takes its text; `close_finding` adds what stands below."""
    fields = block.fields
    article = add(parent, "article", cls="finding", id=fields["id"], data_code=block.argument,
                  data_status=fields["status"], data_as_of=fields["as_of"], data_sources=" ".join(fields["sources"]),
                  aria_label=f"Finding {block.argument}")
    head = add(article, "p", cls="finding-head")
    add(head, "a", AtomicString(block.argument), cls="code", href=f"#{fields['id']}", title="Link to this finding").tail = " "
    add_mark(add(head, "span", cls="status"), STATUS_MARKS[fields["status"]], fields["status"].capitalize())
    return article


def close_finding(article: Element, block: Block, content: Content) -> None:
    """Append who says so, the caveat, the date, the sources and the history of a finding."""
    fields = block.fields
    facts = add(article, "dl", cls="facts")
    add_row(facts, "Says who", fields["attribution"])
    if fields.get("caveat"):
        add_row(facts, "Caveat", fields["caveat"])
    dated = add_row(facts, "As of")
    add_time(dated, fields["as_of"], ". Sources: " + references(fields["sources"]))
    add_history(article, block, content)


def verdict(parent: Element, block: Block) -> Element:
    """The answer under one definition, as it stands on the page that argues it."""
    fields = block.fields
    box = add(parent, "div", cls="verdict", id=fields["id"], data_answer=fields["answer"], data_finding=fields["finding"])
    head = add(box, "p", cls="verdict-head")
    add(head, "span", block.argument, cls="verdict-question").tail = " "
    add_mark(add(head, "strong", cls="answer"), ANSWER_MARKS[fields["answer"]], fields["answer"].capitalize() + ".")
    return box


def close_verdict(box: Element, block: Block, content: Content) -> None:
    """Append likelihood, confidence, the finding, the other view and the history."""
    fields = block.fields
    facts = add(box, "dl", cls="facts")
    add_row(facts, "Likelihood", fields["likelihood"].capitalize())
    add_row(facts, "Confidence", fields["confidence"].capitalize())
    add_row(facts, "Rests on", f"[{fields['finding']}]")
    add_row(facts, "Says otherwise", fields["otherwise"])
    add_history(box, block, content)


def in_order(content: Content) -> list[Block]:
    """Every verdict of every page, in the order that they give themselves."""
    return sorted(content.blocks("verdict"), key=lambda block: block.fields["order"])


def verdict_strip(parent: Element, content: Content) -> None:
    """Every definition with its answer, and nothing else: what a reader takes in at a glance."""
    items = add(parent, "ul", cls="strip")
    for block in in_order(content):
        item = add(items, "li", data_verdict=block.fields["id"], data_answer=block.fields["answer"])
        add(item, "a", block.argument, href=block.address).tail = " "
        add_mark(add(item, "strong", cls="answer"), ANSWER_MARKS[block.fields["answer"]], block.fields["answer"].capitalize())


def assessment(parent: Element, content: Content, page: str) -> None:
    """Likelihood, confidence and what would change the answer, from a page's front matter."""
    facts = add(parent, "dl", cls="facts")
    for name, key in (("Likelihood", "likelihood"), ("Confidence", "confidence"), ("What would change this", "would_change")):
        add_row(facts, name, escape(content.pages[page].meta[key]))


def verdict_table(parent: Element, content: Content) -> None:
    """The home page's table: every verdict with its reason, the finding it rests on, and who says otherwise."""
    table = add(parent, "table", cls="verdicts")
    add(table, "caption", "The answer by definition")
    row = add(add(table, "thead"), "tr")
    for name in ("Definition", "Answer", "Why", "Confidence", "Says otherwise"):
        add(row, "th", name, scope="col")
    body = add(table, "tbody")
    for block in in_order(content):
        fields = block.fields
        row = add(body, "tr", data_verdict=fields["id"], data_answer=fields["answer"])
        add(add(row, "th", scope="row"), "a", block.argument, href=block.address)
        add_mark(add(row, "td", cls="answer"), ANSWER_MARKS[fields["answer"]], fields["answer"].capitalize())
        add(row, "td", f"{block.body} [{fields['finding']}]", cls="why")
        add(row, "td", fields["confidence"].capitalize(), cls="confidence", data_label="Confidence: ")
        add(row, "td", fields["otherwise"], cls="otherwise", data_label="Says otherwise: ")


def add_scale(parent: Element, position: str) -> None:
    """A five-step scale from hedging to ally-like with the reading's step filled, and the word for it."""
    step = POSITIONS.index(position)
    svg = add(parent, "svg", cls="scale", viewBox="0 0 58 10", aria_hidden="true", focusable="false")
    for index in range(5):
        filled = "M0 0h10v10H0z" if index == step else "M0 4h10v2H0z"
        SubElement(svg, "path", {"d": filled, "transform": f"translate({index * 12})"})
    svg.tail = position.capitalize()


def indicator(parent: Element, block: Block, content: Content) -> Element:
    """One indicator of the watchlist with all its fields and its log of earlier readings."""
    fields = block.fields
    article = add(parent, "article", cls="indicator", id=fields["id"], data_code=block.argument,
                  data_position=fields["position"], data_direction=fields["direction"], data_as_of=fields["as_of"],
                  data_review_by=fields["review_by"], data_sources=" ".join(fields["sources"]),
                  aria_label=f"Indicator {block.argument}: {fields['title']}")
    head = add(article, "p", cls="finding-head")
    add(head, "a", AtomicString(block.argument), cls="code", href=f"#{fields['id']}", title="Link to this indicator").tail = " "
    add(head, "span", fields["question"], cls="indicator-question")
    reading = add(article, "div", cls="reading")
    position = add(reading, "p", cls="position")
    add_scale(position, fields["position"])
    direction = {"steady": "no change since the reading before", "unclear": "direction unclear"}
    add(position, "span", direction.get(fields["direction"], "moved " + fields["direction"]), cls="direction")
    now = add(reading, "p", cls="reading-text")
    add(now, "strong", "Reading, ").tail = ""
    add_time(now[0], fields["as_of"], ". ")
    now[0].tail = f"{fields['reading']} {references([s for s in fields['sources'] if f'[^{s}]' not in fields['reading']])}"
    facts = add(article, "dl", cls="facts")
    for name, key in (("What is observed", "observable"), ("Ally-like would be", "ally_like"), ("Hedging would be", "hedging"),
                      ("What flips it", "flips"), ("Confidence", "confidence")):
        add_row(facts, name, fields[key], cls="flips" if key == "flips" else "")
    changed = next(block for block in content.blocks("verdict") if block.fields["id"] == fields["changes"])
    add_row(facts, "What would change", f"{fields['becomes']} ([{changed.argument}]({changed.address}))")
    add_time(add_row(facts, "Look again by"), fields["review_by"])
    log = add(add_row(facts, "Earlier readings"), "ol", cls="log")
    for entry in fields["log"]:
        item = add(log, "li", data_sources=" ".join(entry["sources"]))
        add_time(item, entry["date"], f", {entry['position']}: {entry['reading']}{references(entry['sources'])}")
    add_history(article, block, content)
    return article


def watch_table(parent: Element, content: Content) -> None:
    """The watchlist at a glance: question, position, date of the reading, next look."""
    table = add(parent, "table", cls="glance")
    add(table, "caption", "The watchlist at a glance")
    row = add(add(table, "thead"), "tr")
    for name in ("Indicator", "Reading", "As of", "Look again by"):
        add(row, "th", name, scope="col")
    body = add(table, "tbody")
    for block in content.blocks("indicator"):
        fields = block.fields
        row = add(body, "tr", data_indicator=fields["id"])
        add(add(row, "th", scope="row"), "a", fields["title"], href=block.address)
        add_scale(add(row, "td", cls="position"), fields["position"])
        add_time(add(row, "td", data_label="As of "), fields["as_of"])
        add_time(add(row, "td", data_label="Look again by "), fields["review_by"])


def brief(parent: Element, content: Content, part: str, site: str) -> None:
    """One part of the sheet for paper, from what other pages hold: the answer, a table, or the text of a section."""
    if part == "answer":
        add(parent, "p", escape(content.pages["index.md"].meta["answer"]), cls="answer-line")
    elif part in BRIEF_COLUMNS:
        brief_table(parent, content, part, site)
    else:
        for paragraph in section_text(content, part):
            add(parent, "p", paragraph)


def brief_table(parent: Element, content: Content, part: str, site: str) -> None:
    """The verdicts or the watchlist in as few words as paper has room for; every row ends with an address to type."""
    table = add(parent, "table", cls="brief")
    add(table, "caption", {"verdicts": "The answer by definition", "watchlist": "The watchlist's newest readings"}[part])
    row = add(add(table, "thead"), "tr")
    for name in BRIEF_COLUMNS[part]:
        add(row, "th", name, scope="col")
    body, codes = add(table, "tbody"), content.codes()
    for block in in_order(content) if part == "verdicts" else content.blocks("indicator"):
        fields = block.fields
        row = add(body, "tr")
        add(row, "th", block.argument if part == "verdicts" else fields["title"], scope="row")
        if part == "verdicts":
            add_mark(add(row, "td", cls="answer"), ANSWER_MARKS[fields["answer"]], fields["answer"].capitalize())
        else:
            position = add(row, "td", cls="position")
            add_scale(position, fields["position"])
            add_time(add(position, "span", cls="read-on"), fields["as_of"])
        target = codes[fields["finding"]] if part == "verdicts" else block
        text = block.body if part == "verdicts" else short_reading(fields["reading"])
        short = site.partition("://")[2] + page_address(target.page, target.fields["id"]).lstrip("/")
        link = add(add(row, "td", text + " "), "a", cls="short", href=target.address)
        add(link, "span", AtomicString(target.argument), cls="code").tail = " "
        add(link, "span", AtomicString(short), cls="address", data_unrecorded="")  # differs by where the site stands


def section_text(content: Content, address: str) -> list[str]:
    """The paragraphs of a section, named as editors do, `index.md#how-old`. Raises ContentError if there are none."""
    name, _, anchor = address.partition("#")
    section = rf"^#+[^\n]*#{re.escape(anchor)}[ \t]*\}}[ \t]*\n(.*?)(?=^#|^///|\Z)"
    match = re.search(section, content.pages[name].body, re.M | re.S) if name in content.pages else None
    if not match:
        raise ContentError([fault("docs/brief.md", 1, f"{address} is no section with text; correct the block that names it")])
    return match.group(1).strip().split("\n\n")


def doors(parent: Element, content: Content, pages: str) -> None:
    """Links to pages, each with its own answer; `pages` names Markdown files, in order."""
    items = add(parent, "ol", cls="doors")
    for page in pages.split():
        meta = content.pages[page].meta
        item = add(items, "li")
        add(item, "a", escape(meta["title"]), href=page)
        add(item, "p", escape(meta["answer"]))


def labels(parent: Element, meanings: dict[str, str]) -> None:
    """The status words, answers or verdicts with their shapes and meanings, for the page that explains them."""
    entries = add(parent, "dl", cls="facts")
    for word, meaning in meanings.items():
        row = add(entries, "div")
        add_mark(add(add(row, "dt"), "span", cls="status"), MARKS[word], word.capitalize())
        add(row, "dd", meaning)


def name_of(content: Content, address: str) -> str:
    """What an address is called: permanent code, page and heading; empty if the content does not have it (any more)."""
    file, anchor = page_file(address)
    page = content.pages.get(file)
    if page is None:
        return ""
    title = str(page.meta.get("title", file))
    if not anchor:
        return title
    for block in page.blocks:
        if block.fields.get("id") == anchor:
            above = [text for line, _, text, _ in page.headings if line < block.line]
            about = block.argument if block.kind == "verdict" else block.fields.get("title") or (above[-1] if above else "")
            return f"{block.argument}, {title}: {about}" if block.kind in CODED else f"{title}: {about}"
    names = {name: text for _, _, text, name in page.headings}
    if file == "sources.md":
        names |= {name: source["title"] for name, source in content.sources.items()}
    if any(block.kind == "timeline" for block in page.blocks):
        names |= {event["id"]: event["what"] for event in content.events}
    if file == "glossary.md":
        names |= {term["id"]: term["term"] for term in content.terms}
    return f"{title}: {names[anchor]}" if anchor in names else ""


def address_link(content: Content, address: str) -> str:
    """A Markdown link to an address under its name; the bare address if it is gone."""
    file, anchor = page_file(address)
    name = name_of(content, address)
    return f"[{escape(name)}]({file}{'#' + anchor if anchor else ''})" if name else escape(address)


def changes(parent: Element, content: Content) -> None:
    """What changed, newest first: one entry per date and note, with every address that it concerns."""
    parent.set("data-unrecorded", "")
    days: dict[str, dict[str, list[str]]] = {}
    for address, record in content.permalinks.items():
        for day, note in record.changes:
            days.setdefault(day, {}).setdefault(note, []).append(address)
        if record.retired:
            days.setdefault(record.retired, {})
    if not days:
        first = min((record.since for record in content.permalinks.values()), default="")
        nothing = add(parent, "p", "Nothing of substance has changed since the site was first published")
        if first:
            nothing.text += " on "
            add_time(nothing, first)
            nothing[0].tail = "."
        else:
            nothing.text += "."
    for day in sorted(days, reverse=True):
        add(add(parent, "h3", id=f"on-{day}"), "time", long_date(day), datetime=day)
        items = add(parent, "ul", cls="changes")
        for note, addresses in days[day].items():
            links = " · ".join(address_link(content, address) for address in addresses)
            add(add(items, "li", escape(sentence(note)) + " "), "span", links, cls="where")
        for address, record in content.permalinks.items():
            if record.retired == day:
                successor = f" In its place: {address_link(content, record.successor)}." if record.successor else ""
                add(items, "li", f"Given up: {escape(address)}. {escape(sentence(record.note))}{successor}")


def short_name(content: Content, section: str) -> str:
    """What a `page.md#id` is called in few words: the title of its page, and the code of a finding."""
    name, _, anchor = section.partition("#")
    page = content.pages[name]
    code = next((block.argument for block in page.blocks if block.kind in CODED and block.fields.get("id") == anchor), "")
    return escape(f"{page.meta['title']} {code}".strip())


def sources_line(content: Content, ids: list[str]) -> str:
    """Sources by the names of their outlets, each with a link to its record: for places with too many for notes."""
    names = ((source, re.split(r"\s*[,(:]|\s+(?:via|citing|with)\s", content.sources[source]["publisher"])[0]) for source in ids)
    return ", ".join(f"[{escape(name)}](sources.md#{source})" for source, name in names)


def source_line(source: dict) -> str:
    """A source as one line of Markdown: author, linked title, publisher, date, language.

    A title that was not seen is a description in square brackets, as bibliographies have it; an address that readers
    should not be sent to is left out of the record and the line says so.
    """
    title = escape(source["title"]) if source.get("title_described") else f"“{escape(source['title'])}”"
    if source.get("title_described"):
        title = f"\\[{title}\\]"
    if source.get("URL"):
        title = f"[{title}](<{source['URL']}>)"
    parts = [escape(author_names(source)), title, escape(source["publisher"]),
             long_date(source["issued"]) if source.get("issued") else "undated"]
    if source["language"] != "en":
        parts.append(f"in {LANGUAGES[source['language']]}")
    line = ", ".join(part for part in parts if part) + "."
    return line if source.get("URL") else line + " No stable public address."


def cited_works(site: str, page: str, content: Content, cited: list[str]) -> str:
    """The works that a page cites, as JSON-LD that adds to what the page's head says of the same `@id`.

    Each work is named by its address on the sources page, which tells the rest: titles here would be a tenth of the page.
    """
    works = [{"@type": "CreativeWork", "url": f"{site}sources/#{source}"} for source in sorted({*cited} & content.sources.keys())]
    address = site + page_address(page).lstrip("/")
    data = json.dumps({"@context": "https://schema.org", "@id": address, "citation": works}, separators=(",", ":")).replace("</", "<\\/")
    return f'<script type="application/ld+json">{data}</script>'


def source_note(source: dict) -> str:
    """The footnote of a source: its line, and whose voice it is where that is a government's."""
    of_a_state = source["stance"].startswith(("state-media", "government"))
    voice = STANCES[source["stance"]]
    return source_line(source) + (f" {voice[0].upper()}{voice[1:]}." if of_a_state else "")


def bibliography(parent: Element, content: Content, kind: str) -> None:
    """All sources of one kind with their stance and every place that cites them."""
    cited = content.cited()
    records = [source for source in content.sources.values() if source["kind"] == kind]
    items = add(parent, "ul", cls="bibliography")
    for source in sorted(records, key=lambda source: (source["publisher"].casefold(), source.get("issued") or "", source["id"])):
        item = add(items, "li", id=source["id"], data_kind=kind, data_stance=source["stance"])
        add(item, "p", source_line(source))
        places = []
        for page, place, anchor in cited.get(source["id"], []):
            title = content.pages[page].meta.get("title", page)
            name = place if page == "watchlist.md" and not anchor else (f"{title}: {place}" if place != title else title)
            places.append(f"[{escape(name)}]({page}{'#' + anchor if anchor else ''})")
        standing = f"{KINDS[kind].capitalize()}, {STANCES[source['stance']]}."
        add(item, "p", f"{standing} Cited in: {' · '.join(places) or 'the glossary'}", cls="cited-in")


def label_cells(table: Element) -> None:
    """Prepare a Markdown table for narrow screens and screen readers: row headers, and each cell's column."""
    table.set("class", "stacked")
    names = ["".join(cell.itertext()) for cell in table.iter("th")]
    for group in table:
        for row in group:
            for column, cell in enumerate(row):
                if cell.tag == "td" and column == 0:
                    cell.tag = "th"
                    cell.set("scope", "row")
                elif cell.tag == "td":
                    cell.set("data-label", names[column] + ": ")
                else:
                    cell.set("scope", "col")


def glossary(parent: Element, content: Content) -> None:
    """All terms with their short forms, definitions and sources."""
    entries = add(parent, "dl", cls="terms")
    for term in content.terms:
        entry = add(entries, "div")
        name = add(entry, "dt", term["term"], id=term["id"])
        if term.get("short"):
            name.text += f" ({term['short']})"
        if term.get("also"):
            add(name, "span", "also: " + ", ".join(term["also"]), cls="also")
        add(entry, "dd", term["definition"] + references(term.get("sources", [])))
