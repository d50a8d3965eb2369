"""Where the two met before the treaty of 2025, on a map of today: years and a few words at each place."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import LEADING, WIDTH, shape, text
from explainer.figures.routes import STATES, draw_mark, outline, projection

VIEW = [41.3, 26.4, 60.2, 45.0]  # west, south, east, north: from the Caucasus to the Persian Gulf
CEDED = ("Armenia", "Azerbaijan")  # what Iran gave up and today's borders show
NAMES = {  # of lands, where those of the map of routes do not fit: degrees east and north
    "country": {
        "Russia": (46.0, 44.55),
        "Dagestan": (47.0, 42.35),
        "Georgia": (43.7, 41.95),
        "Armenia": (44.6, 40.3),
        "Azerbaijan": (47.75, 40.3),
        "Türkiye": (42.7, 39.3),
        "Turkmenistan": (57.6, 39.4),
        "Iran": (56.0, 33.7),
        "Iraq": (44.8, 32.05),
        "Saudi Arabia": (45.4, 28.6),
    },
    "sea": {"Caspian Sea": (50.6, 44.0), "Persian Gulf": (51.8, 26.8)},
}
LEGEND = (
    "Darker: Azerbaijan and Armenia as they are today.",
    "Dagestan and eastern Georgia, lost as well, have no",
    "border here.",
)


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """Land, with what Iran lost set apart, and the words of each place; below, what the shade means."""
    at, height = projection(VIEW)
    frame = shape(svg, "svg", "map", width=WIDTH, height=height)  # hides what leaves its frame
    outlines = dict.fromkeys(["land", *STATES.values(), "land ceded"], "")
    for feature in content.shapes["borders"]["features"]:
        name = feature["properties"]["name"]
        if feature["properties"]["kind"] == "country":
            cls = "land ceded" if name in CEDED else STATES.get(name, "land")
            outlines[cls] += outline(feature["geometry"], at)
    for cls, path in outlines.items():
        shape(frame, "path", cls, d=path)
    for kind, names in NAMES.items():
        for name, middle in names.items():
            text(frame, *at(*middle), name, f"area {kind}", "middle")
    for row in rows:
        draw_place(frame, row, *at(float(row["longitude"]), float(row["latitude"])))
    for line in LEGEND:
        height += LEADING
        text(svg, 0, height + 3, line, "quiet")
    return height + 10


def draw_place(frame: Element, row: dict[str, str], x: float, y: float) -> None:
    """The years of a place and what happened: beside a town, in the middle of a land, or by an arrow."""
    anchor, name = "middle", ""
    if row["kind"] in ("town", "guide"):
        draw_mark(frame, "port" if row["kind"] == "town" else "town", x, y)
        x, y, anchor, name = x + 6, y + 4, "start", f"{row['place']} "
    elif row["kind"] == "beyond":
        shape(frame, "path", "dot", d=f"M0 {y - 4:.1f}l9 -4v8z")
        x, anchor, name = 12, "start", f"{row['place']} "
    text(frame, x, y, (name + row["when"]).strip(), "strong halo" if row["when"] else "halo", anchor)
    text(frame, x, y + LEADING, row["words"], "halo", anchor)
