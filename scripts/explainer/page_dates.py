"""How old a page is: the date of the newest evidence on it, and the day of its last change of substance.

Nobody types either: the one follows from what stands on the page, the other from the recordings.
"""

from __future__ import annotations

from collections.abc import Iterator

from explainer.content import Block, Content, Page, page_file
from explainer.files import day_of
from explainer.kinds import GATHERED


def date_pages(content: Content) -> None:
    """Give each page `as_of` and `changed`, beside the dates that its front matter has.

    A page on which nothing has a date is as old as the last search; one that was never changed was last
    changed when it was published.
    """
    changed: dict[str, str] = {}
    for address, record in content.permalinks.items():
        days = [record.retired] if record.retired else [change.day for change in record.changes]
        name = page_file(address)[0]
        changed[name] = max([changed.get(name, ""), *days])
    for page in content.pages.values():
        days = [day_of(block.fields.get("as_of")) for block in rests_on(page, content)]
        published = str(page.meta.get("published"))
        page.meta["as_of"] = max(days, default="") or content.horizon or published
        page.meta["changed"] = max(changed.get(page.name, ""), published)


def rests_on(page: Page, content: Content) -> Iterator[Block]:
    """The blocks of a page, and of the pages that it gathers; a page without findings of its own, such as
    that of the questions, also rests on those that it names."""
    gathered = {name for block in page.blocks for name in pages_gathered(block, content)} | {page.name}
    for name in sorted(gathered):
        yield from content.pages[name].blocks
    if not page.meta.get("letter"):
        codes = content.codes()
        yield from (codes[code] for _, code in page.code_links if code in codes)


def pages_gathered(block: Block, content: Content) -> set[str]:
    """The pages whose records a block gathers for an answer."""
    kind = GATHERED.get(block.argument if block.argument in GATHERED else block.kind)
    if kind is None:
        return set()
    named = set(block.argument.split()) & content.pages.keys() if kind.argument == "page" else set()
    return {other.page for other in content.blocks(kind.gathers)} | named
