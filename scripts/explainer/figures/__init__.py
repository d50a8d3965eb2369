"""Figures that must be worked out, such as maps: each is SVG from its rows.

Others have a template, overrides/records/figures/NAME.html; what stands around both is figure.html
beside that folder, and `take_away.py` makes the files that readers can put elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markupsafe import Markup

from explainer.content import Content
from explainer.figures import oil, past, routes
from explainer.figures.draw import WIDTH

MODULES = (oil, past, routes)
DRAW = {module.__name__.rpartition(".")[2]: module.draw for module in MODULES}  # by the name of its data


@dataclass(frozen=True)
class Drawing:
    """A drawing, and what a template needs of it."""

    svg: Element
    height: int

    @property
    def box(self) -> str:
        """For `viewBox`."""
        return f"0 0 {WIDTH} {self.height}"

    @property
    def shapes(self) -> Markup:
        """What stands within the `svg` element."""
        return Markup("".join(ElementTree.tostring(shape, encoding="unicode") for shape in self.svg))


def draw_figure(name: str, content: Content) -> Drawing:
    """The drawing of a figure's data. Raises KeyError if there is none of this name."""
    svg = Element("svg")
    height = DRAW[name](svg, content.figures[name], content)
    return Drawing(svg, round(height))
