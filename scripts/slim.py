"""Leave out of the theme's style sheets what no page of the site can use: less to fetch before a reader sees anything.

A rule stays if every class and id that one of its selectors needs occurs somewhere in the built pages or scripts, as an
element's or as a word in code, because scripts add classes too. What stands in `:not()`, `:is()` and the like is not
needed, and rules without classes always stay. Custom properties stay if something refers to them: most of the theme's
hold icons. Done in place by finish.py; running it twice changes nothing.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

SHEETS = "assets/stylesheets/*.css"  # the theme's own
NAMES = re.compile(r"""\s(?:class|id)=("[^"]*"|'[^']*'|[^\s>]+)""")
SCRIPTS = re.compile(r"<script\b(?![^>]*ld\+json)[^>]*>(.*?)</script>", re.S)
WORD = re.compile(r"[\w-]+")
REFERRED = re.compile(r"(?:var\(\s*|[\"'`])(--[\w-]+)")  # by a style sheet or by a script
NEEDED = re.compile(r"[.#]((?:\\.|[\w-])+)")
GROUPS = ("media", "supports", "layer")  # rules that hold rules


def slim(site: Path, write: Callable[[Path, str], None]) -> None:
    """Rewrite the theme's style sheets of a built site; `write` replaces a file as a whole."""
    sheets = sorted(site.glob(SHEETS))
    known = words(site) if sheets else set()
    rules = {sheet: kept(tinycss2.parse_stylesheet(sheet.read_text(encoding="utf-8"), skip_comments=True), known) for sheet in sheets}
    texts = [tinycss2.serialize(left) for left in rules.values()]
    texts += [path.read_text(encoding="utf-8") for path in sorted([*site.glob("assets/*.css"), *site.rglob("*.html"), *site.rglob("*.js")])]
    wanted = {name for text in texts for name in REFERRED.findall(text)}
    for sheet, left in rules.items():
        write(sheet, tinycss2.serialize(without_properties(left, wanted)))


def words(site: Path) -> set[str]:
    """The classes and ids of the site's pages, and every word of its scripts, in the pages or apart."""
    found: set[str] = set()
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for names in [*NAMES.findall(text), *SCRIPTS.findall(text)]:
            found.update(WORD.findall(names))
    for path in sorted(site.rglob("*.js")):
        found.update(WORD.findall(path.read_text(encoding="utf-8")))
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
    """Whether the site knows every class and id that a selector needs."""
    plain = "".join(part.serialize() for part in selector if part.type not in ("function", "[] block"))
    return all(name.replace("\\", "") in known for name in NEEDED.findall(plain))

