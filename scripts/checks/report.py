"""The rules by code, and the list of faults that a run finds."""
from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from checks.project import Project

Place = tuple[int, int]  # line and column, both from 1
E, W = "error", "warning"
RULES = {
    "LNK001": (E, "a link leads to no page or file"),
    "LNK002": (E, "a link leads to an anchor that its page does not have"),
    "LNK003": (E, "a link differs from its target in letter case only"),
    "LNK004": (E, "a link starts at the host, not at the page; a warning where it works at the present address"),
    "LNK005": (E, "a link leads to a file that is not published (excluded, draft)"),
    "LNK006": (W, "a link works by accident: written as the built address, or without .md or the slash"),
    "LNK007": (W, "a page of this site is linked by its full address"),
    "LNK008": (W, "a link uses http where https is expected"),
    "LNK009": (E, "a link leads to this computer or a private network"),
    "LNK010": (E, "a link is empty or a placeholder"),
    "LNK011": (E, "an address is malformed"),
    "LNK012": (E, "a mail or telephone link is wrong"),
    "LNK013": (W, "a link leads through a redirect"),
    "LNK014": (W, "a link uses a counted id, which changes when a heading is added above"),
    "REF001": (E, "a reference or note has no definition, so readers see its brackets"),
    "REF002": (W, "a definition, note or source is used nowhere"),
    "REF003": (E, "a reference or note is defined twice, differently"),
    "ID001": (E, "an id occurs twice or cannot be linked; a warning where it takes over another heading's id"),
    "ID002": (E, "a heading has no explicit id (explicit_ids)"),
    "IMG001": (E, "an image, medium, script or stylesheet does not exist"),
    "IMG002": (E, "an image has no alt attribute"),
    "FM001": (E, "a page has no front matter that MkDocs reads (front_matter)"),
    "FM002": (E, "front matter is not valid YAML (front_matter)"),
    "FM003": (E, "a required field is missing or empty (front_matter)"),
    "FM004": (E, "a field is unknown (front_matter)"),
    "FM005": (E, "a value has the wrong type or form (front_matter)"),
    "FM006": (E, "a field stands twice (front_matter)"),
    "FM007": (E, "a date is not plausible (front_matter)"),
    "FM008": (W, "a review is overdue or due soon (front_matter)"),
    "FM009": (E, "a value belongs to another page already (front_matter)"),
    "SRC001": (E, "a file cannot be read or decoded"),
    "SRC002": (W, "a passage has expired, <!-- expires 2026-11-01 -->; an error where an included part does not exist"),
    "SRC003": (E, "a page cannot be built"),
    "PRM001": (E, "a published anchor is gone (permalinks)"),
    "PRM002": (E, "a published page is gone (permalinks)"),
    "PRM003": (E, "a redirect or a successor leads nowhere"),
    "PRM004": (W, "a published section has no explicit id (permalinks)"),
    "PRM005": (E, "a record of a published address is faulty (permalinks)"),
    "PRM006": (E, "a published text has changed, and the change is not recorded (permalinks with digests)"),
    "PRM007": (E, "a new address is not recorded (permalinks with digests)"),
    "CFG001": (E, "site_url and the CNAME file name different hosts"),
    "EXT001": (E, "another host says that the page is gone (--external)"),
    "EXT002": (W, "another host has moved the page for good (--external)"),
    "EXT003": (W, "another host gives no clear answer (--external)"),
    "SUP001": (E, "an ignore pattern has no reason; a warning where it ignores nothing"),
}


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: `file` counts from the project's folder, `line` and `column` from 1 in characters."""

    file: str
    line: int
    column: int
    rule: str
    severity: str
    message: str
    target: str


class Report:
    """Collects findings, less those that the project has reasons to ignore."""

    def __init__(self, project: Project) -> None:
        self.project, self.findings = project, set()
        ignored = project.settings.get("ignore") or []
        self.ignored = ignored if isinstance(ignored, list) else [ignored]
        self.used = set()  # numbers of the patterns that ignored something

    def add(self, rule: str, file: str, place: Place, message: str, target: str = "", severity: str = "") -> None:
        """Note a fault at a place (line, column), unless a pattern with a reason covers it."""
        fault = {"rule": rule, "file": file, "target": target}
        for number, pattern in enumerate(self.ignored):
            if has_reason(pattern) and all(fnmatchcase(fault[name], str(pattern.get(name, "*"))) for name in fault):
                self.used.add(number)
                return
        self.findings.add(Finding(file, *place, rule, severity or RULES[rule][0], message, target))

    def add_failure(self, file: str, reason: str) -> None:
        """SRC003: a page that could not be built, at the lines that the reason names, if it names any."""
        project = self.project
        project.failed.add(project.built.get(file, file))
        named = re.findall(r"^(?:.*?[\s'\"])?([\w./-]+\.\w+):(\d+): (.+)$", reason, re.M)
        places = [(name, int(line), text) for name, line, text in named if (project.root / name).is_file()]
        page = project.relative(project.docs / file)
        for name, line, text in places or [(page, 1, " ".join(reason.split())[:300])]:
            self.add("SRC003", name, (line, 1), f"the page cannot be built: {text}")

    def check_patterns(self) -> None:
        """SUP001: patterns without a reason, and those that had nothing to ignore."""
        for number, pattern in enumerate(self.ignored):
            if number in self.used:
                continue
            severity, message = W, "this ignore pattern ignores nothing; remove it"
            if not has_reason(pattern):
                severity, message = E, "this ignore pattern gives no reason; add `reason: …`"
            text = str(next(iter(pattern.values()), "") if isinstance(pattern, dict) else pattern)
            place = place_of(self.project.text, text, self.project.text.find("ignore:"))
            self.findings.add(Finding(self.project.name, *place, "SUP001", severity, f"{message} ({pattern})", text))


def has_reason(pattern: object) -> bool:
    """Whether an entry of `ignore` may be used."""
    return isinstance(pattern, dict) and bool(pattern.get("reason"))


def place_of(text: str, needle: str, start: int = 0) -> Place:
    """Line and column of a string in a text; of its beginning if it does not occur."""
    offset = max(text.find(needle, max(start, 0)), 0)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
