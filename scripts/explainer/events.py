"""Draw the events of docs/data/events.yml: all of them with plain links as filters, or those that one page treats."""
from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.html import add, short_name, sources_line
from explainer.words import THEMES, when

EARLY = "2000"  # events before this year share one heading


def add_when(parent: Element, event: dict) -> None:
    """Append the date of an event, and its last day if it lasted."""
    add(parent, "time", when(event["date"]), datetime=event["date"])
    if event.get("until"):
        parent[-1].tail = " to "
        add(parent, "time", when(event["until"]), datetime=event["until"])


def timeline(parent: Element, content: Content) -> None:
    """Every event by year. The links above show one theme only; style sheets do that, by the address's fragment."""
    for theme in ("all", *THEMES):
        add(parent, "span", id=f"only-{theme}", cls="filter-target")
    nav = add(parent, "nav", cls="filter", aria_label="Filter by theme")
    links = add(nav, "ul")
    add(add(links, "li"), "a", f"All {len(content.events)}", href="#only-all")
    for theme, name in THEMES.items():
        count = sum(theme in event["themes"] for event in content.events)
        add(add(links, "li"), "a", f"{name} {count}", href=f"#only-{theme}", data_theme=theme)
    for year, events in groupby(content.events, key=lambda event: max(event["date"][:4], EARLY)):
        early = year == EARLY and content.events[0]["date"] < EARLY
        box = add(parent, "section", cls="year", aria_labelledby=f"in-{year}" if not early else "to-2000")
        add(box, "h3", "Up to 2000" if early else year, id="to-2000" if early else f"in-{year}")
        items = add(box, "ol", cls="timeline")
        for event in events:
            item = add(items, "li", id=event["id"], data_themes=" ".join(event["themes"]), data_status=event["status"],
                       data_sources=" ".join(event["sources"]))
            add_when(add(item, "p", cls="when"), event)
            add(item, "p", event["what"], cls="what")
            themes = ", ".join(THEMES[theme] for theme in event["themes"])
            status = "" if event["status"] == "confirmed" else f" · {event['status'].capitalize()}"
            section = f"[{short_name(content, event['section'])}]({event['section']})"
            sources = sources_line(content, event["sources"])
            add(item, "p", f"{themes}{status} · Treated in {section} · {sources}", cls="more", data_unrecorded="")


def events(parent: Element, content: Content, page: str) -> None:
    """The events that a page treats, in brief; each leads to the timeline, where its sources are."""
    parent.set("data-unrecorded", "")  # they are recorded where they stand in full
    items = add(parent, "ol", cls="events")
    for event in content.events:
        if event["section"].partition("#")[0] == page:
            item = add(items, "li")
            add_when(add(item, "a", href=f"timeline.md#{event['id']}"), event)
            add(item, "span", event["what"])
