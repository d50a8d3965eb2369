"""The Content-Security-Policy of a built page: a tag that allows what the page itself brings, nothing else.

build.py puts it into every page, if mkdocs.yml says `extra: {content_security_policy: true}`, or names there
the digests of style sheets that scripts write. A policy in a page cannot say who may frame it; a host that
sends headers can add `frame-ancestors 'none'`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser

# Neither styles nor scripts need 'unsafe-inline': the theme sets styles through the CSSOM, which no policy
# concerns, and its inline scripts are known by their digests. Its icons are data: images; its search runs in
# a worker from assets/.
POLICY = (
    "default-src 'none'; script-src 'self'{}; style-src 'self'{}; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"
)
TAG = '<meta http-equiv="Content-Security-Policy"'
# Up to the place of the tag: what comes before it is not under the policy
HEAD = re.compile(rf"(<head(?:\s[^>]*)?>(?:\s*<meta charset=[^>]*>)?)(?:\s*{TAG}[^>]*>)?", re.I)
HANDLER = re.compile(r"\son\w+\s*=", re.I)


def with_policy(html: str, styles: Iterable[str] = ()) -> str:
    """The page with its policy, in place of the one it may have; `styles` are digests, as "sha256-…"."""
    inline = LexborHTMLParser(html).css("script:not([src])")
    # data, such as JSON-LD, is what browsers never run
    run = (script.text() for script in inline if "json" not in (script.attributes.get("type") or ""))
    scripts = [digest_of(text) for text in run]
    once = ("".join(f" '{digest}'" for digest in dict.fromkeys(digests)) for digests in (scripts, styles))
    tag = f'{TAG} content="{POLICY.format(*once)}">'
    return HEAD.sub(lambda head: f"{head[1]}\n{tag}", html, count=1)


def digest_of(script: str) -> str:
    """How a policy names a script: by its text as browsers read it, with plain line ends."""
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def refused(html: str) -> list[str]:
    """What the page holds that browsers will refuse under the policy, or why it can have none."""
    tree = LexborHTMLParser(html)
    found = [] if HEAD.search(html) else ["no <head>"]
    found += [f"<{node.tag} style>" for node in tree.css("[style]")] + ["<style>" for _ in tree.css("style")]
    for node in tree.css("*") if HANDLER.search(html) else ():
        found += [f"<{node.tag} {name}>" for name in node.attributes if name.startswith("on")]
    found += ['<a href="javascript:">' for _ in tree.css('a[href^="javascript:" i]')]
    return list(dict.fromkeys(found))
