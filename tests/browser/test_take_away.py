"""What readers take away: figures in frames and as pictures, and the pictures of shared links."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.config import load_config
from playwright.sync_api import Browser, Page

import briefing
import print_site
from conftest import PHONE, ROOT, SITE_URL, WIDE, parser
from explainer.content import Content
from serving import served

ELSEWHERE = """<!doctype html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; frame-src *">
<body leftmargin="24" rightmargin="24">"""
SPARE = "innerHeight - 24 - document.querySelector('main').scrollHeight"  # below a figure, in its frame


def size(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG."""
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    return struct.unpack(">II", data[16:24])


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Another site: its address and its folder."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with served(folder) as address:
        yield address, folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_stands_in_a_frame_of_another_site_and_leads_back(
    chromium: Browser, server: str, site: Path, elsewhere: tuple[str, Path], content: Content, scheme: str
) -> None:
    address, folder = elsewhere
    names = [block.argument for block in content.blocks("figure")]
    offered = [parser(site)(f"figures/{name}/").css_first("pre").text() for name in names]
    frames = "".join(offered).replace(SITE_URL, server).replace(' loading="lazy"', "")
    (folder / "index.html").write_text(ELSEWHERE + frames, encoding="utf-8")
    page = chromium.new_page(viewport=PHONE, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    grounds = set()
    for frame in page.frames[1:]:
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert frame.locator(".drawing, .list, .matrix").first.is_visible()
        grounds.add(frame.evaluate("getComputedStyle(document.body).backgroundColor"))
    spare = [frame.evaluate(SPARE) for frame in page.frames[1:]]
    page.set_viewport_size(WIDE)
    spare = [min(frame.evaluate(SPARE), room) for frame, room in zip(page.frames[1:], spare, strict=True)]
    wrong = {name: room for name, room in zip(names, spare, strict=True) if not 0 <= room < 90}
    assert wrong == {}, "mend the heights in overrides/site/figure.html"
    assert grounds == {"rgb(250, 247, 240)" if scheme == "light" else "rgb(20, 26, 33)"}
    page.frame_locator("[src$='/oil/']").locator("a").click()
    page.wait_for_url("**/rivalry/#figure-oil")
    page.close()
    assert said == []


def test_every_card_has_room_for_its_words_and_is_light(
    chromium: Browser, server: str, printed: Path, content: Content
) -> None:
    cards = print_site.cards(content, load_config(str(ROOT / "mkdocs.yml")), server)
    page = chromium.new_page(viewport=print_site.CARD)
    room = "document.querySelector('main').clientHeight - document.querySelector('main').scrollHeight"
    for name, card in cards.items():
        page.set_content(card)
        assert page.evaluate(room) >= 0, f"{name} is too full; shorten the answer of its page"
        assert size(printed / name) == (1200, 630)
        assert (printed / name).stat().st_size < 60_000
    page.close()


def test_a_page_for_frames_is_an_address_of_its_figure(site: Path, content: Content) -> None:
    listed = json.loads((site / "data" / "permalinks.json").read_bytes())
    links = " ".join(f"{SITE_URL}figures/{block.argument}/" for block in content.blocks("figure"))
    assert {row["state"] for row in briefing.check(links, listed)} == {"lands"}


def test_a_printed_site_leads_to_what_was_made(printed: Path, site: Path, content: Content) -> None:
    html, before = parser(printed), parser(site)
    for page in content.pages.values():
        stem = page.name.removesuffix(".md")
        address = "" if stem == "index" else f"{stem}/"
        tags = (f'meta[property="og:{name}"]' for name in ("image", "image:alt"))
        image, words = (html(address).css_first(tag) for tag in tags)
        assert image.attributes["content"] == f"{SITE_URL}assets/share/{stem}.png"
        assert words.attributes["content"].endswith(page.meta.get("answer") or page.meta["description"])
        plain = before(address).css_first('meta[property="og:image"]').attributes["content"]
        assert plain == f"{SITE_URL}assets/share.png"
        assert not html(address).css("[data-made]")
    for block in content.blocks("figure"):
        figure = html(block.page.replace(".md", "/")).css_first(f"#{block.fields['id']}")
        links = [link.attributes["href"] for link in figure.css(".figure-links a")]
        assert f"../figures/{block.argument}.png" in links
        assert size(printed / "figures" / f"{block.argument}.png")[0] == 2 * print_site.FRAME["width"]
    [link] = html("brief/").css(".get-brief a")
    assert (printed / "brief" / link.attributes["href"]).is_file()
    assert not before("brief/").css(".get-brief a")


def test_a_figure_is_cited_where_it_stands(open_page) -> None:
    page: Page = open_page("treaty/")
    page.locator("#figure-promises .figure-links button.cite").click()
    said = page.locator("dialog.cite-dialog")
    assert "Three of five treaties" in said.locator("h2").inner_text()
    assert said.locator("pre").first.inner_text().endswith("#figure-promises")
