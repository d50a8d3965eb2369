"""Say what is wrong with the content, without building: `python -m explainer [DOCS_DIR]`, docs by default.

Exit code 0 when nothing is, 1 with one line per problem otherwise.
"""
from __future__ import annotations

import sys
from pathlib import Path

from explainer.content import ContentError, read_content


def main(arguments: list[str]) -> int:
    root = Path(arguments[0] if arguments else "docs").resolve()
    if not root.is_dir():
        print(f"there is no folder {root}; start this in the project's folder", file=sys.stderr)
        return 2
    try:
        content = read_content(root)
    except ContentError as error:
        print("\n".join(map(str, error.problems)))
        return 1
    print(f"{len(content.pages)} pages, {len(content.blocks('finding'))} findings, {len(content.blocks('indicator'))} indicators, "
          f"{len(content.sources)} sources, {len(content.terms)} terms: no problem found")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
