"""Make borders.geojson, the land under the corridor map, from Natural Earth's countries at 1:50m.

Input: countries-50m.json of the npm package world-atlas 2.0.2 (ISC), which holds Natural Earth 4.1.0 (public domain):
    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/make_borders.py package/countries-50m.json docs/data/figures/borders.geojson

Natural Earth draws boundaries by who in fact controls a territory. Each arc is simplified once, before rings are put
together, so that neighbours keep one common border. Polygons are cut to CLIP, a little wider than VIEW: a map that
shows VIEW only hides the edges of the cut. Standard library only.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Point = tuple[float, float]
Ring = list[Point]
Pieces = list[list[list[float]]]  # one polygon: its outer ring, then its holes

VIEW = (41.3, 25.0, 60.2, 48.2)  # west, south, east, north: the Caspian Sea and the Persian Gulf
CLIP = (VIEW[0] - 0.5, VIEW[1] - 0.5, VIEW[2] + 0.5, VIEW[3] + 0.5)
TOLERANCE = 0.02  # degrees by which a simplified line may leave the original
SMALLEST = 0.04  # square degrees: smaller pieces go, unless a country has no other
IN_CASPIAN = (50.5, 42.0)
RENAME = {"Turkey": "Türkiye", "N. Cyprus": "Northern Cyprus"}


def decode(topology: Json) -> list[Ring]:
    """Turn the quantised, delta-encoded arcs into degrees."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((x * scale_x + move_x, y * scale_y + move_y))
        arcs.append(arc)
    return arcs


def simplify(line: Ring) -> Ring:
    """Douglas-Peucker: drop points nearer than TOLERANCE to the line between those that stay."""
    keep = {0, len(line) - 1}
    todo = [(0, len(line) - 1)]
    while todo:
        first, last = todo.pop()
        (ax, ay), (bx, by) = line[first], line[last]
        length = (bx - ax) ** 2 + (by - ay) ** 2
        worst, far = TOLERANCE**2, None
        for i in range(first + 1, last):
            px, py = line[i]
            t = max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length)) if length else 0.0
            distance = (px - ax - t * (bx - ax)) ** 2 + (py - ay - t * (by - ay)) ** 2
            if distance > worst:
                worst, far = distance, i
        if far is not None:
            keep.add(far)
            todo += [(first, far), (far, last)]
    return [line[i] for i in sorted(keep)]


def join(indices: Iterable[int], arcs: list[Ring]) -> Ring:
    """Put arcs end to end; ~i means arc i backwards. The closing point is left out."""
    ring: Ring = []
    for i in indices:
        ring += (arcs[i] if i >= 0 else arcs[~i][::-1])[:-1]
    return ring


def inside(point: Point, axis: int, bound: float, sign: int) -> bool:
    """Whether a point lies on the inner side of one edge of CLIP."""
    return sign * (point[axis] - bound) >= 0


def cut(ring: Ring) -> Ring:
    """Sutherland-Hodgman: the part of a ring inside CLIP."""
    for axis, bound, sign in ((0, CLIP[0], 1), (1, CLIP[1], 1), (0, CLIP[2], -1), (1, CLIP[3], -1)):
        result: Ring = []
        for before, here in zip(ring[-1:] + ring[:-1], ring, strict=True):
            enters = inside(here, axis, bound, sign)
            if inside(before, axis, bound, sign) != enters:
                t = (bound - before[axis]) / (here[axis] - before[axis])
                result.append((before[0] + t * (here[0] - before[0]), before[1] + t * (here[1] - before[1])))
            if enters:
                result.append(here)
        ring = result
    return ring


def area(ring: Ring) -> float:
    """Signed area in square degrees, positive when anticlockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring[-1:] + ring[:-1], ring, strict=True)) / 2


def contains(ring: Ring, point: Point) -> bool:
    """Whether a point lies in a ring."""
    x, y = point
    hit = False
    for (x1, y1), (x2, y2) in zip(ring[-1:] + ring[:-1], ring, strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            hit = not hit
    return hit


def closed(ring: Ring, anticlockwise: bool) -> list[list[float]]:
    """Round, drop repeated points, set the winding that RFC 7946 wants, and close."""
    points: list[list[float]] = []
    for x, y in ring if (area(ring) > 0) == anticlockwise else ring[::-1]:
        point = [round(x, 2), round(y, 2)]
        if not points or points[-1] != point:
            points.append(point)
    return points if points[0] == points[-1] else points + points[:1]


def shape(polygons: list[list[list[int]]], arcs: list[Ring]) -> list[Pieces]:
    """Cut and clean a country's polygons: the largest, and all others that are not too small."""
    kept = []
    for outer, *holes in polygons:
        ring = cut(join(outer, arcs))
        if len(ring) > 2 and abs(area(ring)) > 1e-4:
            inner = [h for h in (cut(join(hole, arcs)) for hole in holes) if len(h) > 2 and abs(area(h)) >= SMALLEST]
            kept.append((abs(area(ring)), [closed(ring, True), *(closed(h, False) for h in inner)]))
    kept.sort(key=lambda item: -item[0])
    rings = [polygon for i, (size, polygon) in enumerate(kept) if i == 0 or size >= SMALLEST]
    return [polygon for polygon in rings if len(polygon[0]) > 3]


def feature(name: str, kind: str, polygons: list[Pieces], identifier: str | None = None) -> Json:
    """One GeoJSON feature; a single piece is a Polygon, several are a MultiPolygon."""
    single = len(polygons) == 1
    geometry = {"type": "Polygon" if single else "MultiPolygon", "coordinates": polygons[0] if single else polygons}
    result: Json = {"type": "Feature", "properties": {"name": name, "kind": kind}, "geometry": geometry}
    return result | ({"id": identifier} if identifier else {})


def make(topology: Json) -> Json:
    """The whole collection: countries by name, then the Caspian Sea, whose ring is the shore."""
    arcs = [simplify(arc) for arc in decode(topology)]
    features = []
    for country in sorted(topology["objects"]["countries"]["geometries"], key=lambda c: c["properties"]["name"]):
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        if pieces := shape(polygons, arcs):
            name = country["properties"]["name"]
            features.append(feature(RENAME.get(name, name), "country", pieces, country.get("id")))
    for _, *holes in topology["objects"]["land"]["geometries"][0]["arcs"]:
        for ring in (join(hole, arcs) for hole in holes):
            if contains(ring, IN_CASPIAN):
                features.append(feature("Caspian Sea", "water", [[closed(ring, True)]]))
    return {"type": "FeatureCollection", "bbox": list(CLIP), "view": list(VIEW), "features": features}


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    made = make(json.loads(source.read_text(encoding="utf-8")))
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in made.pop("features"))
    head = json.dumps(made, separators=(",", ":"))[:-1]
    target.write_text(f'{head},"features":[\n{lines}\n]}}\n', encoding="utf-8")
