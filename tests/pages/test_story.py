"""The story of a page and its evidence, what folds, and the groups of the navigation, in the built pages."""

import re
from pathlib import Path

import pytest
from markdown import Markdown

from conftest import EVERY, TOPICS, words
from explainer.content import Content

DOCS = Path(__file__).parents[2] / "docs"


def evidence(html: str) -> list[str]:
    """What a paragraph's evidence reads, and for each of its links the name and where it leads."""
    found = re.findall(r'<(?:span|p) class="evidence">(.*?)</(?:span|p)>', html)
    links = re.findall(r'aria-label="([^"]*)" href="([^"]*)"', "".join(found))
    return [re.sub("<[^>]*>", "", each) for each in found] + [f"{name} {target}" for name, target in links]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It did. [T3] [W1]", ["Evidence: T3 W1", "Finding T3 T3", "Indicator W1 W1"]),
        ("It did.[^x-1] [T3]", ["Evidence: T3", "Finding T3 T3"]),
        ("Evidence: [T3] [W1]", ["Evidence: T3 W1", "Finding T3 T3", "Indicator W1 W1"]),
        ("It did, says [T3]", []),
        ("It did ([T3]).", []),
        ("- It did. [T3]", []),  # a list is no story
    ],
)
def test_codes_after_the_last_sentence_are_its_evidence(content: Content, text: str, expected: list) -> None:
    source = next(iter(content.sources))
    settings = {"explainer": {"docs_dir": str(DOCS)}}
    html = Markdown(extensions=["explainer"], extension_configs=settings).convert(text.replace("x-1", source))
    codes = content.codes()
    for code in ("T3", "W1"):
        html = html.replace(f'href="{codes[code].address}"', f'href="{code}"')
    assert evidence(html) == expected


def test_codes_side_by_side_are_links_of_their_own(html, content: Content) -> None:
    """Markdown would take `[T3] [C3]` for one link, with the text of one and the target of the other."""
    places = {code: block.address.partition("#")[2] for code, block in content.codes().items()}
    seen = 0
    for address in EVERY:
        for link in html(address).css("article a[href*='#']"):
            if words(link) in places:
                assert link.attributes["href"].partition("#")[2] == places[words(link)], address
                seen += 1
    assert seen > 200


@pytest.mark.parametrize("page", TOPICS)
def test_a_topic_tells_its_story_before_its_record(html, page: str) -> None:
    article = html(f"{page}/").css_first("article.md-content__inner")
    story = article.css_first("section.story[aria-labelledby=story]")
    assert story.css_first("h2#story") and len(article.css("h2#story")) == 1
    assert {node.tag for node in story.iter()} <= {"h2", "a", "p", "figure", "details"}
    assert not story.css("sup") and all(p.css_first(".evidence a") for p in story.css("p"))
    before = article.html.index('class="story"')
    assert before < article.html.index('class="finding"') and before < article.html.index("</section><h2")
    contents = [link.attributes["href"] for link in html(f"{page}/").css(".contents a")]
    first = ["#what-moved", "#story"] if page == "watchlist" else ["#story"]
    assert contents[: len(first)] == first and contents[-1] == "#sources"


@pytest.mark.parametrize("page", TOPICS)
def test_what_folds_says_what_it_holds(html, content: Content, page: str) -> None:
    tree = html(f"{page}/")
    for fold in tree.css("article .fold"):
        assert words(fold.css_first("summary")) and fold.iter().__next__().tag == "summary"
    for finding in tree.css("article.finding"):
        said = words(finding.css_first(".fold > summary"))
        sources = content.codes()[finding.attributes["data-code"]].fields["sources"]
        assert f"{len(sources)} source" in said, said
        assert ("caveat" in said) == any(words(name) == "Caveat" for name in finding.css("dt")), said
    notes = tree.css_first("h2#sources ~ details.fold:has(> .footnote)")
    assert words(notes.css_first("summary")).startswith(f"{len(notes.css('.footnote li'))} sources")
    for events in tree.css(".gathered-events > details"):
        assert words(events.css_first("summary")).startswith(f"{len(events.css('.events > li'))} events")


def test_every_page_stands_in_a_group_and_all_are_in_the_menu(html) -> None:
    groups = [words(tab) for tab in html("").css(".md-tabs a")]
    assert groups == ["The answer", "Questions", "The record", "Watchlist", "Use it", "About"]
    for address in EVERY:
        [current] = html(address).css(".menu a[aria-current=page]")
        assert len(html(address).css(".md-tabs__item--active")) == 1, address
        if html(address).css(".group a"):
            assert [words(link) for link in html(address).css(".group a[aria-current]")] == [words(current)]
