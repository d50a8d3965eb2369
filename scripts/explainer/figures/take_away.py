"""What readers can put elsewhere: a page for frames for each figure, and its drawing as a file of its own."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import tinycss2

from explainer import draw
from explainer.content import Block, Content, page_address
from explainer.figures import DRAW, draw_figure
from explainer.figures.draw import LEADING, WIDTH, shape, text
from explainer.words import long_date

STYLES = "assets/figures.css"
SCHEMES = ('[data-md-color-scheme="default"]', '[data-md-color-scheme="slate"]')  # where colours stand
VARIABLE = re.compile(r"var\((--[\w-]+)\)")
MARGIN = 14  # around the drawing in a file of its own


def figure_files(
    content: Content, templates: Path, sheet: str, site: tuple[str, str], page: Callable[..., str]
) -> dict[str, str]:
    """The files of all figures by their names in the site.

    `templates` is the folder of those of records, `sheet` the text of the style sheet, `site` name and
    address, and `page` fills the page for frames with values.
    """
    light, dark, rules = figure_styles(sheet)
    night = f"@media (prefers-color-scheme:dark){{:root{{{declared(dark)}}}}}"
    files = {STYLES: f":root{{{declared(light)}}}{night}{''.join(rules)}"}
    in_drawings = [rule for rule in rules if rule.startswith(".drawing")]
    style = VARIABLE.sub(lambda name: light[name[1]], "".join(in_drawings))
    for block in content.blocks("figure"):
        values = {"code": block.argument, "rows": content.figures[block.argument], **block.fields}
        body = draw.draw(templates, "figures/body", {"content": content, **values})
        shown = ElementTree.tostring(body, encoding="unicode", method="html")
        folder = f"figures/{block.argument}"
        values |= {"body": shown, "place": place_of(block), "sheet": STYLES}
        files[f"{folder}/index.html"] = page(address=f"/{folder}/", **values)
        if block.argument in DRAW:
            files[f"{folder}.svg"] = drawing_file(block, content, style, *site)
    return files


def figure_styles(sheet: str) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Of a style sheet what figures need: custom properties by day and by night, and rules, as text."""
    properties: list[dict[str, str]] = [{}, {}]
    rules = []
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        selector, inside = (tinycss2.serialize(part).strip() for part in (rule.prelude, rule.content))
        own = {
            part.name: tinycss2.serialize(part.value).strip()
            for part in tinycss2.parse_blocks_contents(rule.content)
            if part.type == "declaration"
        }
        if selector in (":root", *SCHEMES) and any(name.startswith("--") for name in own):
            properties[selector == SCHEMES[1]] |= own
        elif re.search(r"\.(figure|drawing|mark|quiet|unseen)\b", selector):
            rules.append(f"{selector}{{{' '.join(inside.split())}}}\n")
    return properties[0], properties[1], rules


def place_of(block: Block) -> str:
    """The address of a figure within the site."""
    return page_address(block.page, block.fields["id"])


def declared(properties: dict[str, str]) -> str:
    """Declarations as a rule holds them."""
    return "".join(f"{name}:{value};" for name, value in properties.items())


def drawing_file(block: Block, content: Content, style: str, name: str, url: str) -> str:
    """A drawing with its title, its caption, where it comes from and its styles, by day, as an SVG file."""
    fields, drawing = block.fields, draw_figure(block.argument, content)
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "drawing", "role": "img"})
    SubElement(svg, "title").text = fields["title"]
    SubElement(svg, "desc").text = fields["description"]
    SubElement(svg, "style").text = style
    ground = shape(svg, "rect", "ground", x=-MARGIN, y=0, width=WIDTH + 2 * MARGIN)
    y = MARGIN + 12.0
    for line in textwrap.wrap(fields["title"], 44):
        y = text(svg, 0, y, line, "strong block") + 4
    for line in textwrap.wrap(fields["note"], 62):
        y = text(svg, 0, y, line, "quiet")
    body = SubElement(svg, "g", {"transform": f"translate(0 {y:.0f})"})
    body.extend(drawing.svg)
    y += drawing.height + 22
    y = text(svg, 0, y, f"{name} Evidence to {long_date(fields['as_of'])}.", "quiet")
    address = (url + place_of(block)[1:]).partition("://")[2]
    y = text(svg, 0, y, f"{address} · CC BY 4.0", "quiet") - LEADING + MARGIN
    ground.set("height", f"{y:.0f}")
    svg.set("viewBox", f"{-MARGIN} 0 {WIDTH + 2 * MARGIN} {y:.0f}")
    return ElementTree.tostring(svg, encoding="unicode") + "\n"
