"""Figures that must be worked out, such as maps: each is SVG from its rows.

Others have a template, overrides/records/figures/NAME.html; what stands around both is figure.html
beside that folder, and `take_away.py` makes the files that readers can put elsewhere.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markupsafe import Markup

from explainer.content import Content
from explainer.figures import oil, past, routes

MODULES = (oil, past, routes)
DRAW = {module.__name__.rpartition(".")[2]: module.draw for module in MODULES}  # by the name of its data


def draw_figure(name: str, content: Content) -> tuple[int, Markup]:
    """The height of the drawing of a figure's data, and its shapes. Raises LookupError if there is none."""
    if name not in DRAW:
        raise LookupError(
            f"nothing draws {name}: add overrides/records/figures/{name}.html, or a module here"
        )
    svg = Element("svg")
    height = DRAW[name](svg, content.figures[name], content)
    return round(height), Markup("".join(ElementTree.tostring(shape, encoding="unicode") for shape in svg))
