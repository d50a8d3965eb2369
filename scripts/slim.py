"""Make a built site smaller: less to fetch, and less to work out, before a reader sees anything.

From pages go blank lines and indents, from our own style sheets comments and idle space, and from the theme's what no page
of the site can use. A rule stays if every class and id that one of its selectors needs occurs somewhere in the built pages,
or as a word in a script, because scripts give classes too. What stands in `:not()`, `:is()` and the like is not needed.
Rules without classes stay, but for text that runs the other way and for other colours. Custom properties stay if something
refers to them: most of the theme's hold icons. One rule goes because of what it costs (COSTLY). Done in place by build.py;
running it twice changes nothing.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

SHEETS = "assets/stylesheets/*.css"  # the theme's own
OWN_SHEETS = "assets/*.css"
# Where every space may count, or else a break between lines, and space around signs that need none
IN_PAGES = re.compile(r"(<(pre|textarea|script)\b(?![^>]*ld\+json).*?</\2>)|\s*\n\s*", re.S)
IN_STYLES = re.compile(r'("(?:\\.|[^"\\])*")|\s*([{};,])\s*|(?<=:)\s+')
# Stops transitions while the scheme changes. The theme's script sets and removes this also as each page loads, and each
# time browsers then style the whole page anew: a quarter of a second on a long page and a slow phone.
COSTLY = "[data-md-color-switching]"
FIXED = re.compile(r"""\b(dir|data-md-color-\w+)=["']?([\w-]+)""")  # attributes whose values are all in the pages
NAMES = re.compile(r"""\s(?:class|id)=("[^"]*"|'[^']*'|[^\s>]+)""")
SCRIPTS = re.compile(r"<script\b(?![^>]*ld\+json)[^>]*>(.*?)</script>", re.S)
WORD = re.compile(r"[\w-]+")
APART = ("workers", "lunr")  # folders of scripts that run beside the pages and cannot reach into them
GIVEN = re.compile(r"""(?<=[\s"'`}])[\w-]+""")  # in a script, not after a dot: that one looks for a class and does not give it
REFERRED = re.compile(r"(?:var\(\s*|[\"'`])(--[\w-]+)")  # by a style sheet or by a script
NEEDED = re.compile(r"[.#]((?:\\.|[\w-])+)")
GROUPS = ("media", "supports", "layer")  # rules that hold rules


def slim(site: Path, write: Callable[[Path, str], None]) -> None:
    """Rewrite the pages and style sheets of a built site; `write` replaces a file as a whole."""
    for page in sorted(site.rglob("*.html")):
        write(page, without_indents(page.read_text(encoding="utf-8")))
    for sheet in sorted(site.glob(OWN_SHEETS)):
        write(sheet, without_comments(sheet.read_text(encoding="utf-8")))
    sheets = sorted(site.glob(SHEETS))
    known = words(site) if sheets else set()
    rules = {sheet: kept(tinycss2.parse_stylesheet(sheet.read_text(encoding="utf-8"), skip_comments=True), known) for sheet in sheets}
    texts = [tinycss2.serialize(left) for left in rules.values()]
    texts += [path.read_text(encoding="utf-8") for path in sorted([*site.glob("assets/*.css"), *site.rglob("*.html"), *site.rglob("*.js")])]
    wanted = {name for text in texts for name in REFERRED.findall(text)}
    for sheet, left in rules.items():
        write(sheet, tinycss2.serialize(without_properties(left, wanted)))


def without_indents(text: str) -> str:
    """A page without blank lines and without space at the ends of lines, but not where a reader would see the difference."""
    return IN_PAGES.sub(lambda found: found[1] or "\n", text)


def without_comments(text: str) -> str:
    """A style sheet without comments, and without space where it means nothing."""
    text = tinycss2.serialize(tinycss2.parse_component_value_list(text, skip_comments=True))
    return IN_STYLES.sub(lambda found: found[1] or found[2] or "", text).strip() + "\n"


def words(site: Path) -> set[str]:
    """The classes and ids of the site's pages, its directions and colours, and what its scripts may give."""
    found: set[str] = set()
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for names in NAMES.findall(text):
            found.update(WORD.findall(names))
        for script in SCRIPTS.findall(text):
            found.update(GIVEN.findall(script))
        found.update("=".join(pair) for pair in FIXED.findall(text))
    for path in sorted(path for path in site.rglob("*.js") if path.parent.name not in APART):
        found.update(GIVEN.findall(path.read_text(encoding="utf-8")))
    return found


def kept(rules: Iterable[Node], known: set[str]) -> list[Node]:
    """The rules that may apply, and those that hold such rules."""
    result = []
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            rule.prelude = [part for selector in selectors(rule.prelude) if may_match(selector, known) for part in selector]
            if not rule.prelude:
                continue
            if rule.prelude[-1] == ",":
                rule.prelude.pop()
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in GROUPS and rule.content is not None:
            rule.content = kept(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), known)
            if not rule.content:
                continue
        result.append(rule)
    return result


def without_properties(rules: list[Node], wanted: set[str]) -> list[Node]:
    """The rules without custom properties to which nothing refers; a rule that holds no others goes too."""
    result = []
    for rule in rules:
        if isinstance(rule, AtRule) and rule.lower_at_keyword in GROUPS and rule.content is not None:
            rule.content = without_properties(rule.content, wanted)
        elif isinstance(rule, QualifiedRule):
            parts = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            left = [part for part in parts if not (part.type == "declaration" and part.name.startswith("--") and part.name not in wanted)]
            if len(left) < len(parts):
                rule.content = left
        if rule.type == "whitespace" or rule.content is None or rule.content:
            result.append(rule)
    return result


def selectors(prelude: list[Node]) -> list[list[Node]]:
    """The selectors of a rule, each with the comma that follows it."""
    result: list[list[Node]] = [[]]
    for part in prelude:
        result[-1].append(part)
        if part == ",":
            result.append([])
    return result


def may_match(selector: list[Node], known: set[str]) -> bool:
    """Whether the site knows every class and id that a selector needs, and the rule is worth its cost."""
    attributes = [part.serialize() for part in selector if part.type == "[] block"]
    if COSTLY in attributes or any("=".join(pair) not in known for part in attributes for pair in FIXED.findall(part)):
        return False
    needed = "".join(part.serialize() for part in selector if part.type not in ("function", "[] block"))
    return all(name.replace("\\", "") in known for name in NEEDED.findall(needed))

