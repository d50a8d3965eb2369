"""The everyday questions: one answer each with its evidence, for machines too."""

from __future__ import annotations

import json
import re

from conftest import words
from explainer.content import Content
from explainer.permalinks import places


def sections(page) -> dict[str, tuple[str, str, list]]:
    """Question, answer and links of the evidence by the id of each section, as readers have them."""
    found: dict[str, tuple[str, str, list]] = {}
    for part in page.css(".md-content__inner > h2[id], .md-content__inner > p"):
        if part.tag == "h2":
            name = part.attributes["id"]
            found[name] = (" ".join(part.text(deep=False).split()), "", [])
        elif found and "evidence" in (part.attributes.get("class") or ""):
            found[name] = (*found[name][:2], part.css("a"))
        elif found and "hidden" not in part.attributes and "data-unrecorded" not in part.attributes:
            found[name] = (found[name][0], f"{found[name][1]} {words(part)}".strip(), found[name][2])
    return found


def test_every_question_has_an_answer_an_address_and_each_of_its_findings(html, content: Content) -> None:
    shown = sections(html("questions/"))
    asked = content.pages["questions.md"]
    typed = {name: prose for (*_, name), prose in zip(asked.headings, asked.prose[1:], strict=True)}
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
        assert told[name]["acceptedAnswer"]["text"] == answer
