"""What Zotero saves of a page: the steps of its Embedded Metadata and RDF translators that our tags meet.

Modelled after github.com/zotero/translators as of 2026: `citation_title` alone is taken for an article of a
journal, unless Open Graph calls the page a website; `citation_*` tags win over Dublin Core; one author
without semicolons is parted at commas, and a name without a comma into first and last name. Left out are
prefixes and tags that no page of ours has.
"""

import re

from selectolax.lexbor import LexborHTMLParser

FIELDS = {
    "title": ("citation_title", "dc.title", "og:title"),
    "date": ("citation_publication_date", "citation_date", "citation_online_date", "dc.date"),
    "publisher": ("citation_publisher", "dc.publisher"),
    "website": ("dc.source", "og:site_name"),
    "language": ("citation_language", "dc.language"),
    "url": ("citation_public_url", "citation_fulltext_html_url", "og:url"),
    "rights": ("dc.rights",),
}
TYPES = {"website": "webpage", "book": "book"}  # that Open Graph decides; "article" is only a guess
SIGNS = " \xa0.,/[]:"  # that are cut from both ends of a name


def saved(page: LexborHTMLParser) -> dict:
    """Type, fields and creators of the item: role, last and first name; a name as a whole has no first."""
    tags: dict[str, list[str]] = {}
    for tag in page.css("head meta[content]"):
        name = tag.attributes.get("name") or tag.attributes.get("property") or ""
        tags.setdefault(re.sub(r"^dc\.", "dc.", name, flags=re.I).lower(), []).append(
            tag.attributes["content"]
        )
    guess = "journalArticle" if {"citation_title", "citation_journal_title"} & tags.keys() else "webpage"
    item: dict = {"type": TYPES.get(tags.get("og:type", [""])[0], guess), "creators": []}
    for field, names in FIELDS.items():
        found = [tags[name][0] for name in names if name in tags]
        item |= {field: found[0]} if found else {}
    for role in ("author", "editor"):
        names = tags.get(f"citation_{role}", [])
        for name in names:
            parts = re.split(r"\s*,\s*", name)
            several = len(names) == 1 and len(parts) > 1 and " " in parts[0] and " " in parts[1]
            item["creators"] += [(role, *cleaned(each)) for each in (parts if several else [name])]
    return item


def cleaned(name: str) -> tuple[str, str]:
    """Last and first name, as Zotero parts them."""
    last, comma, first = name.partition(",")
    if comma:
        return last.strip(SIGNS), first.strip(SIGNS)
    first, _, last = name.strip(SIGNS).rpartition(" ")
    return last, first
