"""So that `mkdocs build` and `mkdocs serve` give the complete site, this hook calls scripts/finish.py, and no more."""
from __future__ import annotations

import logging
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from checks.project import CannotRun  # noqa: E402
from finish import finish  # noqa: E402

running = {"command": "build"}


def on_startup(command: str, **_: object) -> None:
    """Remember whether this is a preview: its server writes a script into each page that it sends, to reload it."""
    running["command"] = command


def on_post_build(config) -> None:
    """Finish the site. What stands in the way is a warning, so that a preview goes on and a strict build stops."""
    try:
        finish(Path(config.site_dir), Path(config.config_file_path), preview=running["command"] == "serve")
    except (CannotRun, OSError, ValueError) as reason:
        said = " ".join(str(reason).split())
        logging.getLogger("mkdocs.hooks.finish").warning("the site cannot be finished: %s", said)
