"""Figures: they show their data, have name, caption, sources and table, and can be taken away."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborNode

from conftest import ROOT, SITE_URL, words
from explainer.content import Block, Content, sources_of
from explainer.figures.draw import WIDTH
from explainer.figures.oil import FOOT, GRADES, HEIGHT, UNIT, readings_of
from explainer.figures.values import amount, ends, period
from explainer.words import POSITIONS

Figure = Callable[[str], LexborNode]
Data = Callable[[str], list[dict[str, str]]]
TEXTS = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")]
NAMES = sorted(name for text in TEXTS for name in re.findall(r"^/// figure \| (\w+)", text, re.M))
TEMPLATES = ROOT / "overrides" / "records" / "figures"
OWN = {
    name: path.read_text(encoding="utf-8") for name in NAMES if (path := TEMPLATES / f"{name}.html").exists()
}
DRAWINGS = [name for name in NAMES if 'class="drawing"' in OWN.get(name, 'class="drawing"')]


@pytest.fixture(scope="module")
def figure(html, content: Content) -> Figure:
    pages = {block.argument: block.page.replace(".md", "/") for block in content.blocks("figure")}
    assert sorted(pages) == NAMES and {"oil", "promises", "routes"} <= {*DRAWINGS} < {*NAMES}
    return lambda name: html(pages[name]).css_first(f"figure[data-figure='{name}']")


@pytest.fixture(scope="module")
def blocks(content: Content) -> dict[str, Block]:
    return {block.argument: block for block in content.blocks("figure")}


@pytest.fixture(scope="module")
def data(site: Path, content: Content) -> Data:
    """The rows that a reader can take away; readings in the order of the page, the newest first."""

    def rows(name: str) -> list[dict[str, str]]:
        path = site / "data" / ("readings.csv" if name == "readings" else f"figures/{name}.csv")
        found = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        if name == "readings":
            shown = [(row["indicator"], row["date"]) for row in content.figures[name]]
            found.sort(key=lambda row: shown.index((row["indicator"], row["date"])))
        return found

    return rows


def drawn(figure: LexborNode) -> list[str]:
    """The texts in a drawing."""
    return [words(text) for text in figure.css("svg.drawing text")]


def marks(figure: LexborNode, selector: str) -> list[LexborNode]:
    return figure.css(f"svg.drawing {selector}")


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_makes_one_claim_and_leads_to_all_that_belongs_to_it(
    figure: Figure, blocks: dict[str, Block], name: str
) -> None:
    box = figure(name)
    fields = blocks[name].fields
    claim = box.css_first(f"[id='{box.attributes['aria-labelledby']}']")
    assert words(claim) == fields["title"] and len(fields["title"].split()) <= 16
    assert len(fields["note"].split()) <= 25
    assert words(box.css_first(".figure-note")).startswith(fields["note"])
    assert box.css_first("figcaption time").attributes["datetime"] == fields["as_of"]
    if fields["limits"]:
        assert fields["limits"].split(".")[0] in words(box.css_first("details.figure-limits"))
    assert box.css(".figure-limits a[href*='sources/#']")
    for drawing in box.css("svg.drawing"):
        assert drawing.css_matches("[role=img]") and drawing.attributes["aria-label"] == fields["description"]
    offered = [link.attributes["href"] for link in box.css(".figure-links a")]
    picture = [f"../figures/{name}.svg"] if name in DRAWINGS else []
    assert offered[0] == f"#{fields['id']}" and offered[1].endswith(f"{name}.csv")
    assert offered[2:] == [*picture, f"../figures/{name}/"]


@pytest.mark.parametrize("name", NAMES)
def test_its_table_is_its_data(figure: Figure, data: Data, content: Content, name: str) -> None:
    rows, own = data(name), content.figures[name]
    shown = figure(name).css("table.data tbody tr")
    assert len(shown) == len(rows) == len(own)
    for line, row, written in zip(shown, rows, own, strict=True):
        cells = [words(cell) for cell in line.css("th, td")]
        for column, cell in zip(own[0], cells, strict=True):
            if column not in ("sources", "finding", "reading"):
                assert cell == " ".join(row[column].split())
        assert len(line.css("a[href*='sources/#']")) >= len(sources_of(written))


def test_promises_stand_on_the_rung_of_their_level(figure: Figure, data: Data) -> None:
    rows, box = {row["treaty"]: row for row in data("promises")}, figure("promises")
    at = {"consult": 1, "no-aid-to-aggressor": 2, "aid": 3}
    rungs = sorted({float(rung.attributes["cx"]) for rung in marks(box, ".rung")})
    treaties = [word for word in drawn(box) if word in rows]
    dots = [float(dot.attributes["cx"]) for dot in marks(box, ".dot")]
    assert sorted(treaties) == sorted(rows)
    assert dots == [rungs[at[rows[treaty]["level"]]] for treaty in treaties]


def test_transfers_stand_under_their_giver_and_state(figure: Figure, data: Data) -> None:
    heads = {
        "Delivered": "delivered",
        "Ordered or agreed, no delivery seen": "ordered",
        "Reported, not confirmed": "reported",
        "Reported and denied": "denied",
        "None known": "none-known",
    }
    shown = [
        (giver, heads[words(group.css_first("[scope=rowgroup]"))], words(item))
        for giver in ("russia", "iran")
        for group in figure("transfers").css(f"table.{giver} tbody")
        for item in group.css("[scope=row]")
    ]
    assert sorted(shown) == sorted((row["giver"], row["state"], row["item"]) for row in data("transfers"))


def test_responses_stand_under_their_crisis_and_kind(figure: Figure, data: Data) -> None:
    grid = figure("responses").css_first("table.matrix")
    kinds, shown = [words(head).lower() for head in grid.css("thead th")], {}
    for group in grid.css("tbody"):
        head = group.css_first("[scope=rowgroup]")
        crisis = words(head).removesuffix(words(head.css_first(".quiet"))).strip()
        shown |= {(crisis, kind): words(cell) for kind, cell in zip(kinds, group.css("td"), strict=True)}
    levels = {row["level"]: row["level"].replace("-", " ").capitalize() for row in data("responses")}
    assert shown == {(row["crisis"], row["kind"]): levels[row["level"]] for row in data("responses")}


def test_oil_is_drawn_to_scale_by_one_counter(figure: Figure, data: Data) -> None:
    box, grades = figure("oil"), [readings_of(data("oil"), grade) for grade in GRADES]
    shown = [row for readings in grades for row in readings]
    assert {row["seller"] for row in shown} == {"russia", "iran"}
    assert len({row["counter"] for row in shown}) == 1
    assert {amount(row) for row in shown} <= set(drawn(box))
    bars = [(float(bar.attributes["y"]), float(bar.attributes["height"])) for bar in marks(box, "rect.dot")]
    ranges = [(at, *ends(row)) for at, readings in enumerate(grades) for row in readings if row["value_high"]]
    for (top, height), (at, low, high) in zip(bars, ranges, strict=True):
        foot = at * HEIGHT + FOOT
        assert top == pytest.approx(foot - high * UNIT, abs=0.1)
        assert height == pytest.approx(max(3, (high - low) * UNIT), abs=0.1)


def test_drones_show_every_claim_with_its_counter(figure: Figure, data: Data) -> None:
    shown = [words(claim) for claim in figure("drones").css("table.claims tr")]
    told = [row for row in data("drones") if row["value"] and row["measure"] not in ("imported", "plan")]
    for row in told:
        parts = (amount(row), period(row["period"]), row["counts"], row["claimed_by"], row["kind"])
        assert any(all(part in claim for part in parts) for claim in shown)
    assert len(figure("drones").css("[scope=row]")) - len(data("drones")) == len(told)


def test_the_map_shows_what_is_missing(figure: Figure, data: Data) -> None:
    rows, box = data("routes"), figure("routes")
    [missing] = [row for row in rows if row["state"] == "missing"]
    length = re.match(r"\d+ km", missing["note"])[0]
    assert f"{length} missing" in drawn(box)
    assert len(marks(box, ".map .casing.missing")) == 1
    assert {row[end] for row in rows for end in ("from", "to")} <= {row["name"] for row in data("places")}


def test_readings_stand_at_their_positions(figure: Figure, data: Data) -> None:
    rows, box = data("readings"), figure("readings")
    newest = list({row["indicator"]: row for row in reversed(rows)}.values())[::-1]
    step = (WIDTH - 24) / (len(POSITIONS) - 1)
    squares = [float(dot.attributes["x"]) + 6 for dot in marks(box, "rect.dot")]
    assert squares == pytest.approx([12 + POSITIONS.index(row["position"]) * step for row in newest], abs=0.1)
    stood = {(row["indicator"], row["position"]) for row in rows}
    assert len(marks(box, "circle.ring")) == len(stood) - len(newest)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_stands_alone(site: Path, blocks: dict[str, Block], name: str) -> None:
    text = (site / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    block = blocks[name]
    first, second = root[:2]
    assert (first.text, second.text) == (block.fields["title"], block.fields["description"])
    assert f"{SITE_URL.partition('://')[2]}{block.page.removesuffix('.md')}/#figure-{name}" in text
    assert not re.search(r"var\(|href|url\(|@import", text)
    classes = {word for shape in root.iter() for word in shape.get("class", "").split()}
    assert {"drawing", "ground"} <= classes and ".drawing .ground{fill: #" in text


@pytest.mark.parametrize("name", NAMES)
def test_a_page_for_frames_is_small_and_leads_back(
    site: Path, html, blocks: dict[str, Block], name: str
) -> None:
    page = html(f"figures/{name}/")
    block = blocks[name]
    place = f"{block.page.removesuffix('.md')}/#{block.fields['id']}"
    assert words(page.css_first("h1")) == block.fields["title"]
    assert page.css_first("link[rel=canonical]").attributes["href"] == SITE_URL + place
    assert page.css_first("meta[name=robots]").attributes["content"] == "noindex"
    assert page.css_first("meta[http-equiv=Content-Security-Policy]") and not page.css("style")
    assert [each.attributes["src"] for each in page.css("script")] == ["../../assets/lead-on.js"]
    [back] = page.css("a")
    assert (back.attributes["href"], back.attributes["target"]) == (f"../../{place}", "_top")
    assert f'src="{SITE_URL}figures/{name}/"' in words(page.css_first("pre"))
    assert page.css("svg.drawing, table.list, table.matrix")
    sheet = (site / "assets" / "figures.css").read_text(encoding="utf-8")
    assert len(sheet) < 8000 and len((site / "figures" / name / "index.html").read_bytes()) < 40_000
    assert sheet.count("--russia:") == 2 and "prefers-color-scheme:dark" in sheet
