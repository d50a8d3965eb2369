"""The corridor on a map: its three branches, the railway that is missing, and the line planned beside it."""

from __future__ import annotations

import re
from itertools import pairwise
from math import atan2, degrees
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, number, shape, text
from explainer.figures.maps import STATES, Point, draw_land, draw_mark, words_of

WORDS = words_of(__file__)
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
    view = content.shapes["borders"]["view"]
    frame, at, height = draw_land(svg, content, view, WORDS, STATES)
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


def inside(spot: Point, height: float) -> bool:
    """Whether the map shows a spot."""
    return 0 <= spot[0] <= WIDTH and 0 <= spot[1] <= height


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
