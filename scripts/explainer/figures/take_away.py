"""What readers can put elsewhere: a page for frames for each figure, and its drawing as a file of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import tinycss2

from explainer import draw
from explainer.content import Content, page_address

STYLES = "assets/figures.css"
SCHEMES = ('[data-md-color-scheme="default"]', '[data-md-color-scheme="slate"]')  # where colours stand
VARIABLE = re.compile(r"var\((--[\w-]+)\)")


def figure_files(content: Content, templates: Path, sheet: str, fill: Callable[..., str]) -> dict[str, str]:
    """The files of all figures by their names in the site.

    `templates` is the folder of those of records, `sheet` the text of the style sheet, and `fill` fills a
    template of the site with values.
    """
    light, dark, rules = figure_styles(sheet)
    night = f"@media (prefers-color-scheme:dark){{:root{{{declared(dark)}}}}}"
    files = {STYLES: f":root{{{declared(light)}}}{night}{''.join(rules)}"}
    by_day = (
        VARIABLE.sub(lambda name: light[name[1]], rule) for rule in rules if rule.startswith(".drawing")
    )
    style = "".join(by_day)
    for block in content.blocks("figure"):
        values = {"code": block.argument, "rows": content.figures[block.argument], **block.fields}
        body = draw.draw(templates, "figures/body", {"content": content, **values})
        values["place"] = page_address(block.page, block.fields["id"])
        name = f"figures/{block.argument}"
        shown = ElementTree.tostring(body, encoding="unicode", method="html")
        files[f"{name}/index.html"] = fill(
            "figure.html", address=f"/{name}/", sheet=STYLES, body=shown, **values
        )
        if body.tag == "svg":
            values["height"] = int(body.get("viewBox", "").split()[-1])
            shown = "".join(ElementTree.tostring(shape, encoding="unicode") for shape in body)
            files[f"{name}.svg"] = fill("drawing.html", style=style, body=shown, **values)
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


def declared(properties: dict[str, str]) -> str:
    """Declarations as a rule holds them."""
    return "".join(f"{name}:{value};" for name, value in properties.items())
