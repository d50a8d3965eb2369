"""The everyday questions: one answer each with its evidence, for machines too, found by everyday words."""

from __future__ import annotations

import json
import re
from pathlib import Path

from explainer.content import read_content
from explainer.permalinks import places

ROOT = Path(__file__).resolve().parents[2]
TYPED = {  # what people type, and the question that must be among the first three results
    "would russia fight for iran": "fight-for-iran",
    "boots on the ground": "fight-for-iran",
    "did russia help iran": "help-in-2026",
    "why did russia not help iran": "why-not-more",
    "what does russia gain": "what-russia-gets",
    "how does iran benefit": "what-iran-gets",
    "mutual defense pact": "defence-treaty",
    "were they ever allies": "ever-allies",
    "axis of evil": "axis",
    "who sells more oil": "oil",
    "would russia trade iran for ukraine": "trade-for-ukraine",
    "nuclear bomb": "bomb",
    "ww3": "world-war",
    "world war": "world-war",
    "did putin know": "forewarned",
    "is this site biased": "trust",
}
FIRST = "links => links.slice(0, 3).map(link => link.href)"


def words(text: str) -> str:
    return " ".join(text.split())


def sections(page) -> dict[str, tuple[str, str, list]]:
    """Question, answer and links of the evidence by the id of each section, as readers have them."""
    found: dict[str, tuple[str, str, list]] = {}
    for part in page.css(".md-content__inner > h2[id], .md-content__inner > p"):
        if part.tag == "h2":
            name = part.attributes["id"]
            found[name] = (words(part.text(deep=False)), "", [])
        elif found and "evidence" in (part.attributes.get("class") or ""):
            found[name] = (*found[name][:2], part.css("a"))
        elif found and "hidden" not in part.attributes and "data-unrecorded" not in part.attributes:
            found[name] = (found[name][0], words(f"{found[name][1]} {part.text()}"), found[name][2])
    return found


def test_every_question_has_an_answer_an_address_and_each_of_its_findings(html) -> None:
    content, shown = read_content(ROOT / "docs"), sections(html("questions/"))
    typed = {
        heading[-1]: prose
        for heading, prose in zip(
            content.pages["questions.md"].headings, content.pages["questions.md"].prose[1:], strict=True
        )
    }
    assert len(shown) >= 12 and shown.keys() == typed.keys()
    published = places(content)
    for name, (question, answer, links) in shown.items():
        assert question.endswith("?") and answer and f"/questions/#{name}" in published
        codes = re.findall(r"\[([A-Z]\d+)\]", typed[name])
        assert [link.text() for link in links] == codes  # two in a row are two links
        for link, code in zip(links, codes, strict=True):
            assert link.attributes["href"].endswith(content.codes()[code].fields["id"])
    listed = [link.attributes["href"] for link in html("questions/").css(".asked a")]
    assert listed == [f"#{name}" for name in shown]


def test_machines_read_the_same_questions_and_answers(html) -> None:
    page = html("questions/")
    found = [json.loads(each.text()) for each in page.css('script[type="application/ld+json"]')]
    [about] = [each for each in found if each["@type"] == "FAQPage"]
    told = {each["@id"].partition("#")[2]: each for each in about["mainEntity"]}
    shown = sections(page)
    assert told.keys() == shown.keys()
    for name, (question, answer, _) in shown.items():
        assert told[name]["name"] == question
        assert words(told[name]["acceptedAnswer"]["text"]) == answer


def test_everyday_words_find_their_question(open_page) -> None:
    page, missed = open_page(""), []
    page.keyboard.press("/")
    for typed, wanted in TYPED.items():
        page.fill(".md-search__input", "")
        page.keyboard.press("Backspace")  # the theme listens for keys
        page.wait_for_function("!document.querySelector('.md-search-result__link')")
        page.fill(".md-search__input", typed)
        page.keyboard.press("End")
        links: list[str] = []
        for _ in range(30):  # the list is read once it stays the same
            page.wait_for_timeout(100)
            links, before = page.eval_on_selector_all(".md-search-result__link", FIRST), links
            if links and links == before:
                break
        if not any(re.search(rf"/questions/(\?.*)?#{wanted}$", link) for link in links):
            missed.append((typed, links))
    assert missed == []
