"""What stands around the site: locks, workflows, and the guide."""

import os
import re
import subprocess
from pathlib import Path

import pytest
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


@pytest.mark.parametrize(
    "code, open_issue, expected",
    [
        ("1", "", ["issue list", "label create", "issue create"]),
        ("1", "7", ["issue list", "issue edit 7"]),
        ("0", "7", ["issue list", "issue close 7"]),
        ("0", "", ["issue list"]),
    ],
)
def test_weekly_workflow_keeps_one_issue(
    tmp_path: Path, code: str, open_issue: str, expected: list[str]
) -> None:
    """The last step of links.yml with a stand-in for GitHub's command, which notes how it is called."""
    steps = yaml.safe_load((WORKFLOWS / "links.yml").read_text(encoding="utf-8"))["jobs"]["ask"]["steps"]
    stand_in = tmp_path / "gh"
    stand_in.write_text(
        f'#!/bin/sh\necho "$@" >> calls.txt\n[ "$2" = list ] && echo "{open_issue}"\nexit 0\n',
        encoding="utf-8",
    )
    stand_in.chmod(0o755)
    (tmp_path / "links.md").write_text("* [404] <https://host.example/gone>\n", encoding="utf-8")
    environment = {**os.environ, "CODE": code, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", steps[-1]["run"]], cwd=tmp_path, env=environment, check=True
    )
    calls = (tmp_path / "calls.txt").read_text(encoding="utf-8").splitlines()
    assert len(calls) == len(expected) and all(
        call.startswith(start) for call, start in zip(calls, expected, strict=True)
    )
    assert "host.example/gone" in (tmp_path / "body.md").read_text(encoding="utf-8")
