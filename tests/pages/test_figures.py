"""Figures: their numbers are the data's, they have names, sources and tables (browser/: they can be read)."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborNode

from conftest import words
from explainer.content import Content, sources_of
from explainer.figures import DERIVED, DRAW
from explainer.figures.draw import WIDTH
from explainer.figures.drones import MEASURES
from explainer.figures.oil import DISCOUNT, LEFT, SHORTEST, days
from explainer.figures.values import amount, ends
from explainer.words import POSITIONS

Figure = Callable[[str], LexborNode]
Data = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="module")
def figure(html, content: Content) -> Figure:
    pages = {block.argument: block.page.replace(".md", "/") for block in content.blocks("figure")}
    return lambda name: html(pages[name]).css_first(f"figure[data-figure='{name}']")


@pytest.fixture(scope="module")
def data(site: Path, content: Content) -> Data:
    """The rows that a reader can take away; readings in the order of the page, the newest first."""

    def rows(name: str) -> list[dict[str, str]]:
        path = site / "data" / DERIVED.get(name, f"figures/{name}.csv")
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


@pytest.mark.parametrize("name", DRAW)
def test_a_figure_has_a_name_a_description_its_sources_and_its_date(
    figure: Figure, content: Content, name: str
) -> None:
    box, block = figure(name), next(block for block in content.blocks("figure") if block.argument == name)
    attributes = box.css_first("svg.drawing").attributes
    assert attributes["role"] == "img"
    named, described = attributes["aria-labelledby"], attributes["aria-describedby"]
    assert box.css_first(f"[id='{named}']").text() == block.fields["title"]
    assert box.css_first(f"[id='{described}']").text() == block.fields["description"]
    assert len(block.fields["title"].split()) <= 16
    assert box.css_first(".figure-title")
    assert box.css(".source-line a")
    assert box.css_first("figcaption time").attributes["datetime"] == block.fields["as_of"]


@pytest.mark.parametrize("name", [name for name in DRAW if name != "events"])  # the timeline lists these
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
    if name not in DERIVED:
        assert [column["name"] for column in content.columns[name]] == list(rows[0])
        assert all(column["dc:description"] for column in content.columns[name])


def test_promises_stand_on_the_rung_of_their_level(figure: Figure, data: Data) -> None:
    rows, box = {row["treaty"]: row for row in data("promises")}, figure("promises")
    at = {"consult": 1, "no-aid-to-aggressor": 2, "aid": 3}
    rungs = sorted({float(rung.attributes["cx"]) for rung in marks(box, ".rung")})
    treaties = [word for word in drawn(box) if word in rows]
    dots = [float(dot.attributes["cx"]) for dot in marks(box, ".dot")]
    assert sorted(treaties) == sorted(rows)
    assert dots == [rungs[at[rows[treaty]["level"]]] for treaty in treaties]


def test_transfers_are_marked_by_their_state(figure: Figure, data: Data) -> None:
    rows, box = data("transfers"), figure("transfers")
    assert all(row["item"] in " ".join(drawn(box)) for row in rows)
    for giver in ("russia", "iran"):
        delivered = [row for row in rows if row["giver"] == giver and row["state"] == "delivered"]
        assert len(marks(box, f"circle.dot.{giver}")) == len(delivered)


def test_responses_are_marked_by_their_level(figure: Figure, data: Data) -> None:
    rows, box = data("responses"), figure("responses")
    count = Counter(row["level"] for row in rows)
    assert count.total() == len({row["crisis"] for row in rows}) * len({row["kind"] for row in rows})
    assert len(marks(box, "rect.bar")) - 1 == count["none-known"]  # one of each is the key
    assert len(marks(box, "path.dot")) - 1 == count["partly"]
    assert len(marks(box, "circle.dot")) - 1 == count["yes"]
    assert len(marks(box, "circle.ring")) - 2 == count["partly"] + count["reported"]


def test_oil_is_drawn_to_scale_with_its_numbers(figure: Figure, data: Data) -> None:
    rows, box = data("oil"), figure("oil")
    volumes = [row for row in rows if row["measure"] == "volume" and days(row) >= SHORTEST]
    shown = volumes + [row for row in rows if row["unit"] == DISCOUNT and row["buyer"] == "china"]
    assert {text for row in shown for text in (amount(row), row["counter"])} <= set(drawn(box))
    shapes = [path.attributes["d"] or "" for path in marks(box, "path")]
    bars = [re.match(rf"M{LEFT}\.0 [\d.]+H([\d.]+)L([\d.]+) ", shape) for shape in shapes]
    lengths = sorted((float(bar[1]) + float(bar[2])) / 2 - LEFT for bar in bars if bar)
    values = sorted(sum(ends(row)) / 2 for row in volumes)
    unit = lengths[-1] / values[-1]
    assert lengths == pytest.approx([value * unit for value in values], abs=0.2)


def test_drones_show_every_claim_with_its_number(figure: Figure, data: Data) -> None:
    rows = [row for row in data("drones") if row["measure"] in MEASURES and row["value"]]
    shown = drawn(figure("drones"))
    assert all(any(word.startswith(amount(row)) for word in shown) for row in rows)
    of_parties = [row for row in rows if row["kind"] == "party to the war"]
    assert len(marks(figure("drones"), "rect.dot.russia")) >= len(of_parties)


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
    squares = [float(dot.attributes["x"]) + 6 for dot in marks(box, "rect.dot")][:-1]  # the last is the key
    assert squares == pytest.approx([12 + POSITIONS.index(row["position"]) * step for row in newest], abs=0.1)
    assert len(marks(box, "circle.ring")) - 1 == len(rows) - len(newest)


def test_every_event_since_2022_has_a_mark(figure: Figure, data: Data) -> None:
    events = [row for row in data("events") if row["date"] >= "2022"]
    assert len(marks(figure("events"), ".dot, .ring")) - 3 == len(events)
