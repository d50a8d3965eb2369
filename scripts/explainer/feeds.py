"""The feeds, each as Atom and as JSON Feed 1.1: recorded changes, the watchlist, and each indicator.

Those of changes hold what the list of addresses records. Those of the watchlist also hold each reading,
forecast and search for evidence, dated by the day that it is of. An entry's id never changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from explainer.content import Block, Content, page_address, readings
from explainer.kinds import LISTED
from explainer.words import begin, long_date, plain

JSON_FEED = "https://jsonfeed.org/version/1.1"
MIDNIGHT = "T00:00:00Z"


@dataclass(frozen=True)
class Entry:
    """What is told of an address on a day; `part` tells apart what is told of the same on the same day."""

    day: str
    address: str
    title: str
    said: str
    part: str = ""


@dataclass
class Site:
    """What every feed says of the site: its address with a slash at the end, its name and who makes it."""

    url: str
    name: str
    maker: dict[str, str] = field(default_factory=dict)


def feeds(content: Content, own: dict[str, dict], site: Site, atom: Callable[..., str]) -> dict[str, str]:
    """Every feed by its file. `own` is what the list of addresses says (permalinks.contract); `atom` fills
    the template of the Atom feed."""
    made = {"changes": ("changes of substance", list(changes(own)))}
    if indicators := content.blocks("indicator"):
        found = {block.argument: list(of_indicator(content, own, block)) for block in indicators}
        every = [*searches(content), *(entry for entries in found.values() for entry in entries)]
        made["feeds/watchlist"] = ("watchlist", every)
        for block in indicators:
            title = f"{block.argument}, {plain(block.fields['title'])}"
            made[f"feeds/{block.argument}"] = (title, found[block.argument])
    first = min((entry["since"] for entry in own.values()), default="1970-01-01")
    files = {}
    for name, (about, entries) in made.items():
        data = {
            "version": JSON_FEED,
            "title": f"{site.name}: {about}",
            "home_page_url": site.url,
            "feed_url": f"{site.url}{name}.json",
            "language": "en",
            "authors": [{"name": site.maker.get("name") or site.name or site.url}],
            "items": items(entries, site),
        }
        files[f"{name}.xml"] = atom(file=f"{name}.xml", feed=data, first=first + MIDNIGHT, maker=site.maker)
        files[f"{name}.json"] = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    return files


def items(entries: Iterable[Entry], site: Site) -> list[dict[str, str]]:
    """Entries as a JSON Feed has them, which the Atom feed is filled with, the newest first."""
    home, found = urlsplit(site.url), []
    for each in sorted(entries, key=lambda entry: (entry.day, entry.address, entry.part)):
        tag = (
            f"tag:{home.hostname or 'localhost'},{each.day}:{home.path.rstrip('/')}{each.address}{each.part}"
        )
        item = {"id": tag, "url": site.url + each.address[1:], "title": each.title}
        found.append(item | {"content_text": each.said, "date_published": each.day + MIDNIGHT})
    return sorted(found, key=lambda item: item["date_published"], reverse=True)


# What is told ----------------------------------------------------------------------------------------------


def changes(own: dict[str, dict], only: str = "") -> Iterator[Entry]:
    """One entry for each address and date of the list, or only for those of one address."""
    for address, entry in own.items():
        if only not in ("", address):
            continue
        news: dict[str, list[str]] = {}
        for change in entry.get("changes", []):
            news.setdefault(change["date"], []).append(change["note"])
        if "retired" in entry:
            news.setdefault(entry["retired"], []).append(f"Given up: {entry['note']}")
        title = f"{entry['code']}: {entry['title']}" if entry.get("code") else entry["title"]
        yield from (Entry(day, address, title, " ".join(notes)) for day, notes in news.items())


def of_indicator(content: Content, own: dict[str, dict], block: Block) -> Iterator[Entry]:
    """Readings, forecasts and recorded changes of an indicator."""
    fields, address = block.fields, page_address(block.page, block.fields["id"])
    name = f"{block.argument}, {plain(fields['title'])}"
    for reading in readings(block):
        title = f"{name}: {reading['position']}"
        yield Entry(reading["date"], address, title, plain(reading["reading"]), "/reading")
    page = content.page_with("forecasts") or block.page
    for forecast in (each for each in content.listed["forecast"] if each["indicator"] == block.argument):
        where = page_address(page, forecast["id"])
        title = f"{block.argument}, forecast. {LISTED['forecast'].title(forecast)}"
        said = plain(f"{forecast['starts_from']} {forecast['because']}")
        yield Entry(forecast["made_on"], where, title, said, "/made")
        if "outcome" in forecast:
            title = f"{block.argument}, forecast resolved: {forecast['outcome']}"
            yield Entry(forecast["resolved_on"], where, title, plain(forecast["why"]), "/resolved")
    yield from changes(own, address)


def searches(content: Content) -> Iterator[Entry]:
    """The log of searches: that somebody looked, also when nothing moved."""
    where = page_address(content.blocks("indicator")[0].page)
    looks = [record.fields for record in content.records if record.kind == "look"]  # as they were added
    for number, look in enumerate(looks):
        earlier = [each["date"] for each in looks[:number]].count(look["date"])
        part = f"/search-{earlier + 1}" if earlier else "/search"
        title = f"Searched for evidence, in sources up to {long_date(look['reach'])}"
        yield Entry(look["date"], where, title, begin(plain(look["moved"])), part)
