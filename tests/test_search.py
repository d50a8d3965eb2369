"""Search in a real browser: what people type finds the right section among the first three results."""
from __future__ import annotations

QUERIES = [  # what is typed, and the sections or pages of which one must be found
    ("mutual defense", "treaty/#no-duty-to-defend"),
    ("mutual defence", "treaty/#no-duty-to-defend"),
    ("defence pact", "treaty/"),
    ("defense pact", "treaty/"),
    ("article 5", "treaty/#comparison"),
    ("north korea treaty", "treaty/#comparison"),
    ("geran", "transfers/#drones"),
    ("shahed", "transfers/#drones"),
    ("shaheed drones", "transfers/#drones"),
    ("alabuga", "transfers/#drones"),
    ("nstc", "transfers/#corridor"),
    ("instc", "transfers/#corridor"),
    ("north south corridor", "transfers/#corridor"),
    ("rasht astara", "transfers/#rasht-astara-railway|watchlist/#watch-rasht-astara"),
    ("railway", "transfers/#rasht-astara-railway|watchlist/#watch-rasht-astara"),
    ("su-35", "watchlist/#watch-su-35|transfers/#fighters"),
    ("su35", "watchlist/#watch-su-35|transfers/#fighters"),
    ("sukhoi", "watchlist/#watch-su-35|transfers/#fighters"),
    ("fighter jets", "watchlist/#watch-su-35|transfers/#fighters"),
    ("s-400", "watchlist/#watch-air-defence|transfers/#air-defence"),
    ("s400", "watchlist/#watch-air-defence|transfers/#air-defence"),
    ("air defense", "watchlist/#watch-air-defence|transfers/#air-defence"),
    ("ballistic missiles", "transfers/#missiles"),
    ("fath-360", "transfers/#missiles"),
    ("spartak", "transfers/#armoured-vehicles"),
    ("surveillance", "transfers/#repression"),
    ("protests 2026", "crises/#winter-protests"),
    ("snapback", "crises/#snapback-votes"),
    ("snap back", "crises/#snapback-votes"),
    ("un vote", "crises/#security-council|watchlist/#watch-security-council-votes"),
    ("twelve day war", "crises/#june-2025"),
    ("12 day war", "crises/#june-2025"),
    ("india oil", "rivalry/#oil-in-china"),
    ("china oil", "rivalry/#oil-in-china"),
    ("teapots", "rivalry/#oil-in-china"),
    ("discount", "rivalry/#discounts"),
    ("shadow fleet", "rivalry/#tankers"),
    ("tankers", "rivalry/#tankers|watchlist/#watch-tanker-barometer"),
    ("zangezur", "rivalry/#caucasus"),
    ("TRIPP", "rivalry/#caucasus"),
    ("azerbaijan armenia", "rivalry/#caucasus"),
    ("bushehr", "rivalry/#nuclear"),
    ("bushehr nuclear plant", "rivalry/#nuclear"),
    ("busher", "rivalry/#nuclear"),
    ("enriched uranium", "rivalry/#uranium"),
    ("turkmenchay", "rivalry/#history|timeline/"),
    ("turkmanchai", "rivalry/#history|timeline/"),
    ("zarif", "rivalry/#trust"),
    ("trump putin deal", "rivalry/#trump"),
    ("intelligence sharing", "transfers/#flow-back"),
    ("satellite", "transfers/#satellites"),
    ("gas deal", "transfers/#gas"),
    ("mir shetab", "transfers/#trade-agreement"),
    ("pezeshkyan", "treaty/#framework"),
    ("araqchi", "treaty/|crises/|rivalry/#trust"),
    ("axis of upheaval", "treaty/#ally-or-partner|article/"),
    ("verba", "transfers/#shoulder-missiles"),
    ("mi-28", "transfers/#helicopters"),
    ("helicopters", "transfers/#helicopters"),
    ("fortress belt", "crises/|article/"),
    ("mediation", "crises/#mediation"),
    ("20 years", "treaty/#framework"),
    ("how to cite", "about/#how-to-cite"),
    ("csv download", "data/"),
    ("corrections", "about/#corrections"),
]

FIRST = "links => links.slice(0, 3).map(link => link.href)"


def test_everyday_queries_find_their_section(open_page, server: str) -> None:
    page = open_page("")
    page.keyboard.press("/")
    missed = []
    for query, wanted in QUERIES:
        page.fill(".md-search__input", "")
        page.keyboard.press("Backspace")  # the theme listens for keys
        page.wait_for_function("!document.querySelector('.md-search-result__link')")
        page.fill(".md-search__input", query)
        page.keyboard.press("End")
        links: list[str] = []
        for _ in range(30):  # the list is read once it stays the same
            page.wait_for_timeout(100)
            links, before = page.eval_on_selector_all(".md-search-result__link", FIRST), links
            if links and links == before:
                break
        found = [link.removeprefix(server).split("?")[0].split("#")[0] + link[link.find("#"):] * ("#" in link) for link in links]
        if not any(link == section or section.endswith("/") and link.startswith(section)
                   for link in found for section in wanted.split("|")):
            missed.append((query, found))
    assert missed == []
    assert page.faults == []


def test_the_words_of_the_search_wait_until_somebody_searches(open_page) -> None:
    page = open_page("about/")
    asked = "performance.getEntriesByType('resource').filter(each => each.name.includes('search_index')).length"
    page.locator("article a").nth(2).focus()
    page.wait_for_timeout(300)
    assert page.evaluate(asked) == 0
    page.keyboard.press("/")
    page.wait_for_function(asked + " === 1")
    page = open_page("treaty/?h=treaty")  # marks what was searched for
    page.locator("article mark").first.wait_for()
    assert page.evaluate(asked) == 1
