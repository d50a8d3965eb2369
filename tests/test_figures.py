"""Figures: their numbers are the data's, they have names, sources and tables, and they can be read on a phone."""
from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from conftest import ROOT

from explainer.content import read_content, sources_of
from explainer.figures import DERIVED, DRAW
from explainer.figures.draw import WIDTH
from explainer.figures.oil import DISCOUNT, LEFT, SHORTEST, days
from explainer.figures.values import amount, ends
from explainer.words import POSITIONS

PAGES = {"promises": "treaty/", "transfers": "transfers/", "routes": "transfers/", "drones": "transfers/", "oil": "rivalry/",
         "responses": "crises/", "readings": "watchlist/", "events": "timeline/"}
OVERLAPS = """id => {
  const boxes = [...document.getElementById(id).querySelectorAll('svg.drawing text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([, q]) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
    && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 4).map(([b]) => a + ' / ' + b)); }"""


@pytest.fixture(scope="module")
def content():
    return read_content(ROOT / "docs")


@pytest.fixture(scope="module")
def figure(html):
    return lambda name: html(PAGES[name]).css_first(f"figure[data-figure='{name}']")


def data(site: Path, name: str) -> list[dict[str, str]]:
    """The rows that a reader can take away."""
    path = site / "data" / (DERIVED[name] if name in DERIVED else f"figures/{name}.csv")
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def words(figure) -> list[str]:
    return [" ".join(text.text().split()) for text in figure.css("svg.drawing text")]


def marks(figure, selector: str) -> list:
    return figure.css(f"svg.drawing {selector}")


@pytest.mark.parametrize("name", DRAW)
def test_a_figure_has_a_name_a_description_its_sources_and_its_date(figure, content, name: str) -> None:
    box, block = figure(name), next(block for block in content.blocks("figure") if block.argument == name)
    drawing = box.css_first("svg.drawing")
    assert drawing.attributes["role"] == "img"
    named, described = drawing.attributes["aria-labelledby"], drawing.attributes["aria-describedby"]
    assert box.css_first(f"[id='{named}']").text() == block.fields["title"]
    assert box.css_first(f"[id='{described}']").text() == block.fields["description"]
    assert len(block.fields["title"].split()) <= 14
    assert box.css_first(".figure-title") is not None and box.css(".source-line a")
    assert box.css_first("figcaption time").attributes["datetime"] == block.fields["as_of"]


@pytest.mark.parametrize("name", [name for name in DRAW if name != "events"])  # the timeline lists these
def test_its_table_is_its_data(figure, site: Path, content, name: str) -> None:
    rows = data(site, name)
    shown = figure(name).css("table.data tbody tr")
    assert len(shown) == len(rows) == len(content.figures[name])
    for line, row in zip(shown, rows):
        cells = [" ".join(cell.text().split()) for cell in line.css("th, td")]
        for column, cell in zip(content.figures[name][0], cells, strict=True):
            if column not in ("sources", "finding", "reading"):
                assert cell == " ".join(row[column].split())
    assert [len(line.css("a[href*='sources/#']")) for line in shown] >= [len(sources_of(row)) for row in content.figures[name]]
    if name in DERIVED:
        return
    assert [column["name"] for column in content.columns[name]] == list(rows[0])
    assert all(column["dc:description"] for column in content.columns[name])


def test_promises_stand_on_the_rung_of_their_level(figure, site: Path) -> None:
    rows = {row["treaty"]: row for row in data(site, "promises")}
    at = {"consult": 1, "no-aid-to-aggressor": 2, "aid": 3}
    rungs = sorted({float(rung.attributes["cx"]) for rung in marks(figure("promises"), ".rung")})
    treaties = [word for word in words(figure("promises")) if word in rows]
    dots = [float(dot.attributes["cx"]) for dot in marks(figure("promises"), ".dot")]
    assert sorted(treaties) == sorted(rows)
    assert dots == [rungs[at[rows[treaty]["level"]]] for treaty in treaties]


def test_transfers_are_marked_by_their_state(figure, site: Path) -> None:
    rows, box = data(site, "transfers"), figure("transfers")
    drawn = " ".join(words(box))
    assert all(row["item"] in drawn for row in rows)
    for giver in ("russia", "iran"):
        count = {state: sum(row["state"] == state for row in rows if row["giver"] == giver)
                 for state in ("delivered", "ordered", "reported", "denied", "none-known")}
        assert len(marks(box, f"circle.dot.{giver}")) == count["delivered"]


def test_responses_are_marked_by_their_level(figure, site: Path) -> None:
    rows, box = data(site, "responses"), figure("responses")
    count = {level: sum(row["level"] == level for row in rows) for level in ("yes", "partly", "reported", "none-known")}
    assert sum(count.values()) == len(rows) == 5 * 6
    assert len(marks(box, "rect.bar")) - 1 == count["none-known"]  # one of each is the key
    assert len(marks(box, "path.dot")) - 1 == count["partly"]
    assert len(marks(box, "circle.dot")) - 1 == count["yes"]
    assert len(marks(box, "circle.ring")) - 2 == count["partly"] + count["reported"]


def test_oil_is_drawn_to_scale_with_its_numbers(figure, site: Path) -> None:
    rows, drawn = data(site, "oil"), words(figure("oil"))
    volumes = [row for row in rows if row["measure"] == "volume" and days(row) >= SHORTEST]
    shown = volumes + [row for row in rows if row["unit"] == DISCOUNT and row["buyer"] == "china"]
    assert all(amount(row) in drawn and row["counter"] in drawn for row in shown)
    bars = [re.match(rf"M{LEFT}\.0 [\d.]+H([\d.]+)L([\d.]+) ", path.attributes["d"] or "") for path in marks(figure("oil"), "path")]
    lengths = [(float(bar[1]) + float(bar[2])) / 2 - LEFT for bar in bars if bar]
    values = [sum(ends(row)) / 2 for row in volumes]
    assert len(lengths) == len(values)
    unit = max(lengths) / max(values)
    assert sorted(lengths) == pytest.approx([value * unit for value in sorted(values)], abs=0.2)


def test_drones_show_every_claim_with_its_number(figure, site: Path) -> None:
    from explainer.figures.drones import MEASURES
    drawn = words(figure("drones"))
    rows = [row for row in data(site, "drones") if row["measure"] in MEASURES and row["value"]]
    assert all(any(word.startswith(amount(row)) for word in drawn) for row in rows)
    assert len(marks(figure("drones"), "rect.dot.russia")) >= sum(row["kind"] == "party to the war" for row in rows)


def test_the_map_shows_what_is_missing(figure, site: Path) -> None:
    rows = data(site, "routes")
    [missing] = [row for row in rows if row["state"] == "missing"]
    length = re.match(r"\d+ km", missing["note"])[0]
    assert f"{length} missing" in words(figure("routes"))
    assert len(marks(figure("routes"), ".map .casing.missing")) == 1
    places = {row["name"] for row in data(site, "places")}
    assert {row[end] for row in rows for end in ("from", "to")} <= places


def test_readings_stand_at_their_positions(figure, site: Path) -> None:
    rows, box = data(site, "readings"), figure("readings")
    newest = list({row["indicator"]: row for row in reversed(rows)}.values())[::-1]
    step = (WIDTH - 24) / (len(POSITIONS) - 1)
    squares = [float(dot.attributes["x"]) + 6 for dot in marks(box, "rect.dot")][:-1]  # the last is the key
    assert squares == pytest.approx([12 + POSITIONS.index(row["position"]) * step for row in newest], abs=0.1)
    assert len(marks(box, "circle.ring")) - 1 == len(rows) - len(newest)


def test_every_event_since_2022_has_a_mark(figure, site: Path) -> None:
    events = [row for row in data(site, "events") if row["date"] >= "2022"]
    assert len(marks(figure("events"), ".dot, .ring")) - 3 == len(events)


@pytest.mark.parametrize("name", DRAW)
def test_it_can_be_read_on_a_phone_and_nothing_overlaps(open_page, name: str) -> None:
    page = open_page(PAGES[name], viewport={"width": 390, "height": 800})
    assert page.evaluate(OVERLAPS, f"figure-{name}") == []
    scale = page.evaluate("id => document.querySelector(`#${id} svg.drawing`).getBoundingClientRect().width", f"figure-{name}") / WIDTH
    sizes = page.eval_on_selector_all(f"#figure-{name} svg.drawing text", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) * scale >= 9.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_two_states_have_colours_of_their_own(open_page, scheme: str) -> None:
    page = open_page("transfers/", color_scheme=scheme)
    colour = "name => getComputedStyle(document.querySelector(`#figure-transfers .dot.${name}`)).fill"
    russia, iran = page.evaluate(colour, "russia"), page.evaluate(colour, "iran")
    assert russia != iran and page.evaluate("getComputedStyle(document.querySelector('article a')).color") not in (russia, iran)


def test_the_table_opens_from_the_keyboard_and_without_javascript(open_page) -> None:
    page = open_page("treaty/", java_script_enabled=False)
    table = page.locator("#figure-promises table.data")
    assert not table.is_visible()
    page.locator("#figure-promises summary").focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
