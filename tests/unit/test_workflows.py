"""What steps of workflows do, run here with a stand-in for GitHub's command, which notes how it is called."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from book import Book
from conftest import ROOT

GH = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$1 $2" in
  api*) echo "$RIGHT" ;;
  "issue list") echo "$OPEN" ;;
  "pr view") echo "$BRANCH" ;;
  "pr comment") cat answer.md >> "$CALLS" ;;
esac
"""


class Run:
    """Steps of a workflow in a folder; `calls` is what GitHub's command was asked."""

    def __init__(self, folder: Path, **environment: str) -> None:
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "gh").write_text(GH, encoding="utf-8")
        (folder / "bin" / "gh").chmod(0o755)
        self.log, self.output = folder / "calls", folder / "output"
        known = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "CALLS": str(self.log)}
        self.environment = {**os.environ, **known, "GITHUB_OUTPUT": str(self.output), **environment}

    def step(self, workflow: str, job: str, number: int, folder: Path, **values: str) -> int:
        """The exit code of a step."""
        text = (ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text(encoding="utf-8")
        script = yaml.safe_load(text)["jobs"][job]["steps"][number]["run"]
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
        return subprocess.run(command, cwd=folder, env={**self.environment, **values}).returncode

    @property
    def calls(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def outputs(self) -> dict[str, str]:
        """What steps have handed on."""
        found, lines = {}, iter(self.output.read_text(encoding="utf-8").split("\n"))
        for line in lines:
            name, sign, value = line.partition("<<") if "<<" in line else line.partition("=")
            held = [] if sign == "<<" else [value]
            while sign == "<<" and (row := next(lines)) != value:
                held.append(row)
            found[name] = "\n".join(held)
        return found


@pytest.mark.parametrize(
    ("review", "open_issue", "expected"),
    [
        ("Due, oldest first:", "", ["issue list", "label create", "issue create"]),
        ("Due, oldest first:", "7", ["issue list", "issue edit 7"]),
        ("Nothing is due.", "7", ["issue list", "issue close 7"]),
        ("Nothing is due.", "", ["issue list"]),
    ],
)
def test_weekly_workflow_keeps_one_issue(
    tmp_path: Path, review: str, open_issue: str, expected: list[str]
) -> None:
    (tmp_path / "review.md").write_text(f"{review}\n\n- docs/a.md:1: look again\n", encoding="utf-8")
    run = Run(tmp_path / "run", OPEN=open_issue)
    assert run.step("review", "ask", -1, tmp_path) == 0
    calls = run.calls.splitlines()
    assert [call.startswith(start) for call, start in zip(calls, expected, strict=True)] == [True] * len(
        calls
    )
    assert "look again" in (tmp_path / "body.md").read_text(encoding="utf-8")


def git(folder: Path, *command: str) -> str:
    """What git says."""
    own = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "protocol.file.allow=always"]
    done = subprocess.run([*own, *command], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Pull:
    """A pull request with an edit, as GitHub offers it, and a clone as the workflow has it."""

    def __init__(self, folder: Path, edits: dict[str, tuple[str, str]]) -> None:
        self.origin, self.work, self.clone = folder / "origin", folder / "work", folder / "clone"
        Book(self.work).furnish()
        shutil.copytree(ROOT / "scripts", self.work / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        (self.work / ".gitignore").write_text("/.venv\n/build\n/said.txt\n__pycache__\n", encoding="utf-8")
        git(self.work, "init", "--quiet", "--initial-branch=main")
        self.commit()
        git(folder, "clone", "--quiet", "--bare", str(self.work), str(self.origin))
        git(folder, "clone", "--quiet", str(self.origin), str(self.clone))
        (self.clone / ".venv").symlink_to(Path(sys.prefix))
        for name, (old, new) in edits.items():
            path = self.work / name
            if old == "link":
                path.unlink()
                path.symlink_to(new)
                continue
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.commit()
        git(self.work, "push", "--quiet", str(self.origin), "HEAD:refs/pull/7/head", "HEAD:refs/heads/mend")

    def commit(self) -> None:
        git(self.work, "add", "--all")
        git(self.work, "commit", "--quiet", "--message", "edit")


TEXT = {"docs/topic.md": ("It promises no help.", "It promises no help today.")}


def comment(pull: Pull, folder: Path, said: str, right: str = "write") -> Run:
    """What the first job of the workflow does with a comment on the pull request."""
    run = Run(folder / "run", RIGHT=right, NUMBER="7", COMMENT=said, RUNNER_TEMP=str(folder))
    if run.step("record", "read", 1, pull.clone) == 0:
        run.step("record", "read", 3, pull.clone)
    return run


@pytest.mark.parametrize("branch", ["mend", ""])
def test_a_comment_records_an_edit_and_adds_it_to_the_branch(tmp_path: Path, branch: str) -> None:
    pull = Pull(tmp_path, TEXT)
    run = comment(pull, tmp_path, '/record note: "Today" is $(said)\r\n')
    told = run.outputs()
    assert "errors: 0" in told["said"] and told["head"] == git(pull.work, "rev-parse", "HEAD")
    values = {name.upper(): told[name] for name in ("head", "said", "patch")} | {"BRANCH": branch}
    fresh = tmp_path / "fresh"
    git(tmp_path, "clone", "--quiet", str(pull.origin), str(fresh))
    assert run.step("record", "add", 1, fresh, **values) == 0
    landed = branch or "recorded-7"
    assert git(pull.origin, "rev-parse", f"{landed}^") == told["head"]
    changed = git(pull.origin, "diff", "--name-only", f"{landed}^", landed).split()
    assert changed[1:] == []
    recording = git(pull.origin, "show", f"{landed}:{changed[0]}")
    assert '"/topic/#no-help": "\\"Today\\" is $(said)"' in recording
    assert f"workflow run ci.yml --ref {landed}" in run.calls and "Recorded and checked" in run.calls


@pytest.mark.parametrize(
    ("edits", "said", "right", "because"),
    [
        (TEXT, "/record note: why", "read", "Only who may write"),
        (TEXT, "/record", "write", "has changed"),
        (TEXT, "/record everything", "admin", "Write /record note"),
        ({"docs/topic.md": ("(sources.md#", "(source.md#")}, "/record note: why", "write", "LNK001"),
        (
            {"scripts/record.py": ("import json", "import json  # mine")},
            "/record note: why",
            "write",
            "more than",
        ),
        ({"docs/topic.md": ("link", "/etc/passwd")}, "/record note: why", "write", "more than"),
    ],
)
def test_what_cannot_be_recorded_is_answered(
    tmp_path: Path, edits: dict[str, tuple[str, str]], said: str, right: str, because: str
) -> None:
    told = comment(Pull(tmp_path, edits), tmp_path, said, right).outputs()
    assert because in told["said"] and "patch" not in told
