"""The Content-Security-Policy as it is written; what it does in a browser is in browser/test_security.py."""

import pytest

from policy import digest_of, refused, with_policy

PAGE = """<!doctype html>
<html><head>
<meta charset=utf-8><title>T</title><script>one()</script></head><body></body></html>"""


def test_a_policy_follows_the_page() -> None:
    first = with_policy(PAGE)
    assert digest_of("one()") in first
    assert with_policy(first) == first
    changed = with_policy(first.replace("one()", "two()"))
    assert digest_of("one()") not in changed
    assert digest_of("two()") in changed
    assert changed.count("http-equiv") == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('<p style="color: red">', "<p style>"),
        ("<style>p {}</style>", "<style>"),
        ("<b onclick=x()>", "<b onclick>"),
        ('<a href="JavaScript:x()">', '<a href="javascript:">'),
    ],
)
def test_what_the_policy_refuses_is_named(written: str, said: str) -> None:
    assert refused(f"<html><head></head><body>{written}</body></html>") == [said]
    assert refused("<p>A fragment</p>") == ["no <head>"]
