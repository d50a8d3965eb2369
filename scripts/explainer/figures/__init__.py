"""Figures: each is drawn as SVG from its rows. What stands around it is overrides/records/figure.html."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

from markupsafe import Markup

from explainer.content import Content
from explainer.figures import drones, events, oil, past, promises, readings, responses, routes, transfers
from explainer.figures.draw import WIDTH, number

MODULES = (drones, events, oil, past, promises, readings, responses, routes, transfers)
DRAW = {module.__name__.rpartition(".")[2]: module.draw for module in MODULES}  # by the name of its data
# Drawn from what the site holds elsewhere: its download
DERIVED = {"readings": "readings.csv", "events": "events.csv"}


@dataclass(frozen=True)
class Drawing:
    """What a template needs of a drawing."""

    box: str  # for `viewBox`
    shapes: Markup  # what stands within the `svg` element
    derived: bool


def draw_figure(name: str, content: Content) -> Drawing:
    """The drawing of a figure's data. Raises KeyError if there is no figure of this name."""
    svg = ElementTree.Element("svg")
    height = DRAW[name](svg, content.figures[name], content)
    shapes = "".join(ElementTree.tostring(shape, encoding="unicode") for shape in svg)
    return Drawing(f"0 0 {WIDTH} {number(float(round(height)))}", Markup(shapes), name in DERIVED)
