"""Figures: each is drawn as SVG from its rows, with a title, a description, its sources and its data as a table."""
from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from explainer.content import Block, Content, sources_of
from explainer.figures import drones, events, oil, promises, readings, responses, routes, transfers
from explainer.figures.draw import WIDTH, number
from explainer.html import add, add_history, add_time, sources_line
from explainer.words import escape

DRAW = {  # by the name of the data; each returns the height that it took
    "promises": promises.draw, "transfers": transfers.draw, "oil": oil.draw, "drones": drones.draw, "routes": routes.draw,
    "responses": responses.draw, "readings": readings.draw, "events": events.draw,
}
DERIVED = {"readings": "readings.csv", "events": "events.csv"}  # drawn from what the site holds elsewhere: its download
HEADS = {"as_of": "As of"}


def figure(parent: Element, block: Block, content: Content) -> Element:
    """A figure with everything around it."""
    fields, rows = block.fields, content.figures[block.argument]
    name = fields["id"]
    box = add(parent, "figure", cls="figure", id=name, data_figure=block.argument, data_as_of=fields["as_of"])
    add(box, "p", fields["title"], cls="figure-title")
    svg = SubElement(box, "svg", {"class": "drawing", "role": "img", "aria-labelledby": f"{name}-title",
                                  "aria-describedby": f"{name}-description", "data-search-exclude": ""})
    SubElement(svg, "title", {"id": f"{name}-title"}).text = AtomicString(fields["title"])
    SubElement(svg, "desc", {"id": f"{name}-description"}).text = AtomicString(fields["description"])
    height = DRAW[block.argument](svg, rows, content)
    svg.set("viewBox", f"0 0 {WIDTH} {number(float(round(height)))}")
    if block.argument != "events":  # their list follows the picture
        data_table(box, rows, content)
    if block.argument not in DERIVED:
        link = f"[Data as CSV](data/figures/{block.argument}.csv)"
        add(box, "p", f"{link} · [what its columns mean](data.md#{block.argument}-columns)", cls="figure-data-links")
    else:
        add(box, "p", f"[Its data](data.md#{block.argument}-columns)", cls="figure-data-links")
    add_history(box, block, content)
    caption = add(box, "figcaption", fields["note"] + " ")  # last, because HTML wants it there or first
    dated = add(caption, "span", "Evidence to ", cls="dated")
    add_time(dated, fields["as_of"], ". ")
    add(caption, "span", source_summary(rows, content), cls="source-line")
    return box


def source_summary(rows: list[dict[str, str]], content: Content) -> str:
    """`Sources: Kpler, Reuters and 12 others.`, the most used first."""
    uses: dict[str, int] = {}
    for row in rows:
        for source in sources_of(row):
            uses[source] = uses.get(source, 0) + 1
    first = sorted(uses, key=lambda source: (-uses[source], source))[:4]
    more = len(uses) - len(first)
    return f"Sources: {sources_line(content, first)}" + (f" and {more} more, named in its data." if more else ".")


def data_table(parent: Element, rows: list[dict[str, str]], content: Content) -> None:
    """The rows as a table that opens on demand; paper has the figure and the address of the data."""
    details = add(parent, "details", cls="figure-data", data_search_exclude="", data_unrecorded="")
    add(details, "summary", "The same as a table")
    region = add(details, "div", cls="scroll", tabindex="0", role="region", aria_labelledby=f"{parent.get('id')}-title")
    table = add(region, "table", cls="data")
    head = add(add(table, "thead"), "tr")
    names = list(rows[0])
    for name in names:
        add(head, "th", HEADS.get(name, name.replace("_", " ").capitalize()), scope="col")
    body, codes = add(table, "tbody"), content.codes()
    for row in rows:
        line = add(body, "tr")
        for index, name in enumerate(names):
            value = row[name]
            if name == "sources":
                value = sources_line(content, sources_of(row))
            elif name == "finding":
                value = f"[{value}]" if value in codes else ""
            else:
                value = escape(value)
            cell = add(line, "td" if index else "th", value)
            if not index:
                cell.set("scope", "row")
