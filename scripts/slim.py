"""Make a built site smaller: less to fetch, and less to work out, before a reader sees anything.

From pages go blank lines, indents, and what only the generator's search reads; from our own style sheets
comments and idle space, and from the theme's what no page of the site can use. A rule stays if every class
and id that one of its selectors needs occurs somewhere in the built pages, or as a word in a script, because
scripts give classes too; of the theme's scripts, which come when somebody searches, only if it has to do
with that. What stands in `:not()`, `:is()` and the like is not needed. Rules without classes stay, but for
text that runs the other way and for other colours. Custom properties stay if something refers to them: most
of the theme's hold icons. One rule goes because of what it costs (COSTLY). Done in place by build.py;
running it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

SHEETS = "assets/stylesheets/*.css"  # the theme's own
OWN_SHEETS = "assets/*.css"
# Where every space may count, or else a break between lines, and space around signs that need none
IN_PAGES = re.compile(r"(<(pre|textarea|script)\b(?![^>]*ld\+json).*?</\2>)|\s*\n\s*", re.S)
# The theme makes a landmark of each part of the list of contents; one landmark for the whole is enough
PART_OF_CONTENTS = re.compile(r'(?<=<nav class="md-nav" )aria-label="[^"]*"')
FOR_SEARCH = re.compile(r' data-search-exclude=""|<p [^<>]*hidden=""><sub>.*?</sub></p>')  # see trees.py
IN_STYLES = re.compile(r'("(?:\\.|[^"\\])*")|\s*([{};,])\s*|(?<=:)\s+')
# Stops transitions while the scheme changes. The theme's script sets and removes this also as each page
# loads, and browsers then style the whole page anew: a quarter of a second on a long page and a slow phone.
COSTLY = "[data-md-color-switching]"
FIXED = re.compile(r"""\b(dir|data-md-color-\w+)=["']?([\w-]+)""")  # attributes whose values are all in pages
NAMES = re.compile(r"""\s(?:class|id)=("[^"]*"|'[^']*'|[^\s>]+)""")
SCRIPTS = re.compile(r"<script\b(?![^>]*ld\+json)[^>]*>(.*?)</script>", re.S)
WORD = re.compile(r"[\w-]+")
OWN_SCRIPTS, SCRIPTS_OF_THEME = "assets/*.js", "assets/javascripts/*.js"
SEARCH = "search"
GIVEN = re.compile(r"""(?<=[\s"'`}])[\w-]+""")  # in a script; after a dot stands a class that it looks for
REFERRED = re.compile(r"(?:var\(\s*|[\"'`])(--[\w-]+)")  # by a style sheet or by a script
NEEDED = re.compile(r"[.#]((?:\\.|[\w-])+)")
COMMA = tinycss2.parse_one_component_value(",")
GROUPS = ("media", "supports", "layer")  # rules that hold rules


def slim(site: Path, write: Callable[[Path, str], None]) -> None:
    """Rewrite the pages and style sheets of a built site; `write` replaces a file as a whole."""
    for path in sorted(site.rglob("*.html")):
        text = FOR_SEARCH.sub("", path.read_text(encoding="utf-8"))
        text = PART_OF_CONTENTS.sub('role="none"', text)
        write(path, IN_PAGES.sub(lambda found: found[1] or "\n", text))
    for path in sorted(site.glob(OWN_SHEETS)):
        write(path, without_comments(path.read_text(encoding="utf-8")))
    pages, scripts = texts(site.rglob("*.html")), texts(site.rglob("*.js"))
    known = words(pages, texts(site.glob(OWN_SCRIPTS)))
    known |= {name for name in words([], texts(site.glob(SCRIPTS_OF_THEME))) if SEARCH in name}
    sheets = {path: path.read_text(encoding="utf-8") for path in sorted(site.glob(SHEETS))}
    sheets = {path: filtered(sheet, lambda rule: may_apply(rule, known)) for path, sheet in sheets.items()}
    wanted = {
        name
        for text in [*sheets.values(), *texts(site.glob(OWN_SHEETS)), *pages, *scripts]
        for name in REFERRED.findall(text)
    }
    for path, sheet in sheets.items():
        write(path, filtered(sheet, lambda rule: keeps_properties(rule, wanted)))


def texts(paths: Iterable[Path]) -> list[str]:
    """What files hold."""
    return [path.read_text(encoding="utf-8") for path in paths]


def without_comments(text: str) -> str:
    """A style sheet without comments, and without space where it means nothing."""
    text = tinycss2.serialize(tinycss2.parse_component_value_list(text, skip_comments=True))
    return IN_STYLES.sub(lambda found: found[1] or found[2] or "", text).strip() + "\n"


def words(pages: list[str], scripts: list[str]) -> set[str]:
    """The classes and ids of the site's pages, its directions and colours, and what its scripts may give."""
    found = {name for text in pages for names in NAMES.findall(text) for name in WORD.findall(names)}
    found |= {"=".join(pair) for text in pages for pair in FIXED.findall(text)}
    inline = [script for text in pages for script in SCRIPTS.findall(text)]
    return found | {name for script in [*inline, *scripts] for name in GIVEN.findall(script)}


def filtered(sheet: str, keep: Callable[[QualifiedRule], bool]) -> str:
    """A style sheet with the rules that `keep` wants, which may change them."""

    def kept(rules: Iterable[Node]) -> Iterable[Node]:
        for rule in rules:
            if isinstance(rule, AtRule) and rule.lower_at_keyword in GROUPS and rule.content is not None:
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                rule.content = list(kept(inner))
                if rule.content:
                    yield rule
            elif not isinstance(rule, QualifiedRule) or keep(rule):
                yield rule

    return tinycss2.serialize(kept(tinycss2.parse_stylesheet(sheet, skip_comments=True)))


def may_apply(rule: QualifiedRule, known: set[str]) -> bool:
    """Leave to a rule the selectors that may match something; whether there are any."""
    selectors = [list(group) for comma, group in groupby(rule.prelude, lambda part: part == ",") if not comma]
    left = [selector for selector in selectors if may_match(selector, known)]
    rule.prelude = [part for selector in left for part in [*selector, COMMA]][:-1]
    return bool(left)


def may_match(selector: list[Node], known: set[str]) -> bool:
    """Whether the site knows every class and id that a selector needs, and the rule is worth its cost."""
    attributes = [part.serialize() for part in selector if part.type == "[] block"]
    pairs = ["=".join(pair) for part in attributes for pair in FIXED.findall(part)]
    if COSTLY in attributes or not known.issuperset(pairs):
        return False
    needed = "".join(part.serialize() for part in selector if part.type not in ("function", "[] block"))
    return all(name.replace("\\", "") in known for name in NEEDED.findall(needed))


def keeps_properties(rule: QualifiedRule, wanted: set[str]) -> bool:
    """Take from a rule the custom properties to which nothing refers; whether it holds others."""
    parts = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    own = {part.name for part in parts if part.type == "declaration" and part.name.startswith("--")}
    left = [part for part in parts if part.type != "declaration" or part.name not in own - wanted]
    if len(left) < len(parts):
        rule.content = left
    return bool(rule.content)
