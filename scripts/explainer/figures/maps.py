"""What maps share: land, the names on it, and marks of places. Coordinates are degrees east and north."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, hypot, radians
from pathlib import Path
from xml.etree.ElementTree import Element

import yaml

from explainer.content import Content
from explainer.figures.draw import WIDTH, number, shape, text

Point = tuple[float, float]
At = Callable[[float, float], Point]
NEAR = 0.5  # units; of points that lie nearer to each other along a border one is drawn
STATES = {"Russia": "land russia", "Iran": "land iran"}


def words_of(module: str) -> dict[str, dict]:
    """Where words stand on the map of a module: the YAML file beside it."""
    return yaml.safe_load(Path(module).with_suffix(".yml").read_text(encoding="utf-8"))


def draw_land(
    svg: Element, content: Content, view: list[float], names: dict[str, dict], tints: dict[str, str]
) -> tuple[Element, At, float]:
    """Draw the countries of a view (west, south, east, north) with their names, some in a tint of their own.

    Returns the frame, which hides what leaves it, the way from degrees to units, and the height.
    """
    at, height = projection(view)
    frame = shape(svg, "svg", "map", width=WIDTH, height=height)
    outlines = dict.fromkeys(["land", *tints.values()], "")
    for feature in content.shapes["borders"]["features"]:
        if feature["properties"]["kind"] == "country":
            outlines[tints.get(feature["properties"]["name"], "land")] += outline(feature["geometry"], at)
    for cls, path in outlines.items():
        shape(frame, "path", cls, d=path)
    for cls in ("country", "sea"):
        for name, middle in names[cls].items():
            text(frame, *at(*middle), name, f"area {cls}", "middle")
    return frame, at, height


def projection(view: list[float]) -> tuple[At, float]:
    """From degrees to units, equirectangular, true to scale on the middle parallel; and the height."""
    west, south, east, north = view
    across = WIDTH / (east - west)
    down = across / cos(radians((south + north) / 2))
    height = (north - south) * down
    return lambda longitude, latitude: ((longitude - west) * across, (north - latitude) * down), height


def outline(geometry: dict, at: At) -> str:
    """Path of a country, in steps from point to point, to one decimal."""
    path = ""
    for polygon in [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]:
        for ring in polygon:
            spots = [tuple(round(value, 1) for value in at(*point)) for point in ring[:-1]]
            x, y = spots[0]
            path += f"M{number(x)} {number(y)}l"
            for next_x, next_y in spots[1:]:
                if hypot(next_x - x, next_y - y) >= NEAR:
                    path += f"{number(next_x - x)} {number(next_y - y)} "
                    x, y = next_x, next_y
            path = path.rstrip() + "z"
    return path.replace(" -", "-")


def draw_mark(parent: Element, kind: str, x: float, y: float) -> None:
    """A dot for a port, a ring for a town or station; a strait has its name only."""
    if kind != "strait":
        cls, radius = ("dot", 2.6) if kind == "port" else ("ring", 2.2)
        shape(parent, "circle", cls, cx=x, cy=y, r=radius)
