"""What stands around the site: locks, workflows, and the guide."""

import re

import yaml

import check
from conftest import ROOT
from explainer import judge

WORKFLOWS = ROOT / ".github" / "workflows"


def test_locks_carry_hashes_and_no_host() -> None:
    for path in (*ROOT.glob("requirements*.txt"), *ROOT.glob("scripts/*/requirements*.txt")):
        lock = path.read_text(encoding="utf-8")
        assert "://" not in lock and "index-url" not in lock.replace("--no-emit-index-url", "")
        for block in re.findall(r"^[\w.-]+==.*?(?=^[\w.-]+==|\Z)", lock, re.M | re.S):
            assert "--hash=sha256:" in block


def test_actions_are_pinned_by_commit() -> None:
    for path in WORKFLOWS.glob("*.yml"):
        for use in re.findall(r"uses:\s*(\S+)", path.read_text(encoding="utf-8")):
            assert re.search(r"@[0-9a-f]{40}$", use), f"{path.name}: {use}"
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] in ({}, {"contents": "read"})


def test_guide_names_only_rules_that_there_are() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\b[A-Z]{2,3}\d{3}\b", guide)) <= {*judge.RULES, *check.RULES}
