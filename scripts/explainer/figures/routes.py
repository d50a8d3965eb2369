"""The corridor on a map: its three branches, the railway that is missing, and the line planned beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians
from pathlib import Path
from xml.etree.ElementTree import Element

import yaml

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, number, shape, text

Point = tuple[float, float]
NEAR = 0.5  # units; of points that lie nearer to each other along a border one is drawn
STATES = {"Russia": "land russia", "Iran": "land iran"}
WORDS = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))  # where they stand
SIGNS = (
    ("rail in-use", "railway"),
    ("sea in-use", "by ship"),
    ("rail missing", "railway missing"),
    ("road in-use", "by truck"),
    ("planned planned", "planned"),
    ("rail unknown", "thin: use not known"),
)


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """Land, then legs by means of transport and state, then marks and words; below, what lines mean."""
    borders, outlines = content.shapes["borders"], dict.fromkeys(["land", *STATES.values()], "")
    at, height = projection(borders["view"])
    # A picture in the picture hides what leaves its frame
    frame = shape(svg, "svg", "map", width=WIDTH, height=height)
    for feature in borders["features"]:
        if feature["properties"]["kind"] == "country":
            outlines[STATES.get(feature["properties"]["name"], "land")] += outline(feature["geometry"], at)
    for cls, path in outlines.items():
        shape(frame, "path", cls, d=path)
    for cls in ("country", "sea"):
        for name, middle in WORDS[cls].items():
            text(frame, *at(*middle), name, f"area {cls}", "middle")
    places = {place["name"]: place for place in content.figures["places"]}
    spots = {name: at(float(place["longitude"]), float(place["latitude"])) for name, place in places.items()}
    draw_legs(frame, rows, spots)
    for name, place in places.items():
        if place["kind"] != "guide" and inside(spots[name], height):
            draw_mark(frame, place["kind"], *spots[name])
            draw_name(frame, name, *spots[name])
    draw_exits(frame, rows, spots, height)
    for name, middle in WORDS["branch"].items():
        text(frame, *at(*middle), name, "strong halo", "middle")
    draw_gap(frame, rows, spots)
    return draw_legend(svg, height)


def projection(view: list[float]) -> tuple[Callable[[float, float], Point], float]:
    """From degrees to units, equirectangular, true to scale on the middle parallel; and the height."""
    west, south, east, north = view
    across = WIDTH / (east - west)
    down = across / cos(radians((south + north) / 2))
    height = (north - south) * down
    return lambda longitude, latitude: ((longitude - west) * across, (north - latitude) * down), height


def inside(spot: Point, height: float) -> bool:
    """Whether the map shows a spot."""
    return 0 <= spot[0] <= WIDTH and 0 <= spot[1] <= height


def outline(geometry: dict, at: Callable[[float, float], Point]) -> str:
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


def stops(row: dict[str, str]) -> list[str]:
    """Names of the places that a leg joins, with those where it bends."""
    return [row["from"], *filter(None, row["via"].split(";")), row["to"]]


def draw_legs(parent: Element, rows: list[dict[str, str]], spots: dict[str, Point]) -> None:
    """A way that legs share is drawn once, as in use if one is; the road, inside the missing railway."""
    seen: set[tuple[str, str, str]] = set()
    for row in sorted(rows, key=lambda row: (row["mode"] == "road", row["state"] != "in use")):
        path, last = "", ""
        for a, b in pairwise(stops(row)):
            if (row["mode"], a, b) not in seen:
                path += "" if a == last else "M{:.1f} {:.1f}".format(*spots[a])
                path += "L{:.1f} {:.1f}".format(*spots[b])
                last = b
            seen.add((row["mode"], a, b))
        draw_line(parent, f"{row['mode']} {row['state'].replace(' ', '-')}", path)


def draw_line(parent: Element, cls: str, path: str) -> None:
    """A line of one kind; what is missing is hollow."""
    for layer in ("casing", "leg") if "missing" in cls else ("leg",):
        shape(parent, "path", f"{layer} {cls}", d=path)


def draw_mark(parent: Element, kind: str, x: float, y: float) -> None:
    """A dot for a port, a ring for a town or station; a strait has its name only."""
    if kind != "strait":
        cls, radius = ("dot", 2.6) if kind == "port" else ("ring", 2.2)
        shape(parent, "circle", cls, cx=x, cy=y, r=radius)


def draw_name(parent: Element, name: str, x: float, y: float, before: str = "") -> None:
    """The name of a place beside its mark."""
    right, below, anchor, width = (*WORDS["place"].get(name, (6, 4, "start")), 0)[:4]
    text(parent, x + right, y + below, before + name, "halo", anchor, width)


def draw_exits(parent: Element, rows: list[dict[str, str]], spots: dict[str, Point], height: float) -> None:
    """An arrow where a leg leaves the map, and the name of its end."""
    for names in [names for row in rows for names in (stops(row), stops(row)[::-1])]:
        for (x, y), far in pairwise(spots[name] for name in names):
            if inside((x, y), height) and not inside(far, height):
                east, south = far[0] - x, far[1] - y
                edges = ((x, east, 0), (x, east, WIDTH), (y, south, 0), (y, south, height))
                shares = [(edge - start) / step for start, step, edge in edges if step]
                share = min(share for share in shares if share >= 0)
                x, y, turn = x + share * east, y + share * south, degrees(atan2(south, east))
                turned = f"translate({x:.1f} {y:.1f}) rotate({turn:.1f})"
                shape(parent, "path", "dot", d="M0 0l-9 4v-8z", transform=turned)
                draw_name(parent, names[-1], x, y, "to ")


def draw_gap(parent: Element, rows: list[dict[str, str]], spots: dict[str, Point]) -> None:
    """Beside a missing railway its length, from the leg's note, and the note of the road in its stead."""
    for row in rows:
        if row["state"] == "missing":
            x, y = spots[row["from"]]
            line(parent, "leader", x - 28, y + 15, x - 4, y + 15)
            length = "".join(re.findall(r"^[\d.]+ km\b", row["note"]))
            y = text(parent, x - 32, y + 19, f"{length} missing".strip(), "strong halo", "end")
            for road in rows:
                if road["mode"] == "road" and stops(road) == stops(row):
                    text(parent, x - 32, y, road["note"].rstrip("."), "halo", "end", 110)


def draw_legend(svg: Element, y: float) -> float:
    """What lines and marks mean, in two columns."""
    for index, (cls, words) in enumerate(SIGNS):
        x, row = index % 2 * 140.0, y + 18 + index // 2 * 16
        draw_line(svg, cls, f"M{number(x)} {number(row)}h30")
        text(svg, x + 37, row + 4, words, "quiet")
    y += 18 + len(SIGNS) // 2 * 16
    for x, kind, words in ((15.0, "port", "port"), (155.0, "station", "town or station")):
        draw_mark(svg, kind, x, y)
        text(svg, x + 22, y + 4, words, "quiet")
    return y + 10
