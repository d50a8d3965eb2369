"""Slimmed styles look to readers as the whole ones do, on the screen and on paper."""

from pathlib import Path

import material
import pytest

from conftest import PHONE, ROOT, WIDE

THEME = Path(material.__file__).parent / "templates" / "assets" / "stylesheets"


def answer_with_the_whole_sheet(route) -> None:
    """The style sheet as the theme or this project has it, in place of the slimmed one."""
    name = route.request.url.partition("?")[0].rpartition("/")[2]
    path = THEME / name if (THEME / name).exists() else ROOT / "docs" / "assets" / name
    route.fulfill(path=path, content_type="text/css")


@pytest.mark.parametrize(
    ("address", "view"),
    [
        ("", {"viewport": PHONE, "color_scheme": "light"}),
        ("transfers/", {"viewport": WIDE, "color_scheme": "dark"}),
    ],
)
def test_slimmed_styles_change_nothing_that_is_seen(open_page, address: str, view: dict) -> None:
    seen = []
    for before in (lambda page: None, lambda page: page.route("**/*.css*", answer_with_the_whole_sheet)):
        page = open_page(address, before=before, reduced_motion="reduce", **view)
        page.evaluate("probes.freeze()")
        page.evaluate("document.fonts.ready")
        screen = page.evaluate("probes.look()")
        page.emulate_media(media="print")
        seen.append((screen, page.evaluate("probes.look()")))
    (slimmed, printed), (whole, whole_printed) = seen
    assert [lines for lines in zip(slimmed, whole, strict=True) if lines[0] != lines[1]] == []
    assert [lines for lines in zip(printed, whole_printed, strict=True) if lines[0] != lines[1]] == []
