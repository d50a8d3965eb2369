"""The check: every situation of checker_cases.yml and of our own as a project on disk, formats, and hostile input."""
from __future__ import annotations

import json
import os
import posixpath
import subprocess
import sys
from pathlib import Path

import check
import pytest
import yaml
from checker_project import CASES, lay_out, project
from conftest import ROOT

from explainer.content import read_content

CHECK = ROOT / "scripts" / "check.py"
MORE = yaml.safe_load((Path(__file__).parent / "checker_cases_more.yml").read_text(encoding="utf-8"))
ALL_CASES = [*CASES["cases"], *MORE["cases"]]
SEVERITIES = {"error": "error", "warn": "warning"}


def found(arguments: list[str], capsys: pytest.CaptureFixture) -> tuple[int, list[dict]]:
    """Exit code and findings of a run in this process."""
    code = check.main(arguments)
    return code, json.loads(capsys.readouterr().out)


def lines(findings: list[dict]) -> list[str]:
    """Each finding as `rule file:line`."""
    return [f"{finding['rule']} {finding['file']}:{finding['line']}" for finding in findings]


def positions(findings: list[dict]) -> list[tuple[int, int]]:
    """Line and column of each finding."""
    return [(finding["line"], finding["column"]) for finding in findings]


def place(at: str) -> tuple[str, int]:
    """`index.md:3` of a case as the file and line that reports name; `../x` is beside the docs folder."""
    file, _, line = at.rpartition(":")
    return "permalinks.yml" if file == "registry" else posixpath.normpath(f"docs/{file}"), int(line)


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case["id"])
def test_situation_is_judged_rightly(case: dict, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    code, findings = found(lay_out(case, tmp_path), capsys)
    if case["expect"] == "ok":
        assert findings == [] and code == 0
        return
    file, line = place(case["at"])
    hits = [finding for finding in findings if (finding["rule"], finding["file"]) == (case["rule"], file)]
    if file not in ("mkdocs.yml", "permalinks.yml"):  # the cases do not say how these are written
        hits = [finding for finding in hits if finding["line"] == line]
    assert hits, findings
    assert {finding["severity"] for finding in hits} == {SEVERITIES[case["severity"]]}
    assert code == int(any(finding["severity"] == "error" for finding in findings))
    assert any(str(case.get("hint", "")) in finding["message"] for finding in findings), findings
    if "only" in case:
        assert sorted(lines(findings)) == sorted(case["only"])


def test_column_is_that_of_the_link_in_characters(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    text = "---\r\ntitle: A\r\n---\r\n\r\nТехнология 🚀 и [связь](gone.md)\r\n"
    _, findings = found(project(tmp_path, {"index.md": text}), capsys)
    assert positions(findings) == [(5, 16)]


def test_every_place_of_a_repeated_fault_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    text = "[a](gone.md) and [b](gone.md)\n\n[c](gone.md)\n"
    _, findings = found(project(tmp_path, {"index.md": text}), capsys)
    assert positions(findings) == [(1, 1), (1, 18), (3, 1)]


def test_fault_of_an_included_file_is_one_finding(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {f"{name}.md": '--8<-- "foot.md"\n' for name in "abcde"}
    files["../includes/foot.md"] = "[Imprint](imprint.md)\n"
    _, findings = found(project(tmp_path, files), capsys)
    assert lines(findings) == ["LNK001 includes/foot.md:1"] and "5 pages" in findings[0]["message"]


def test_fault_of_a_theme_is_one_finding(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n", "b.md": "# B\n"})
    theme = tmp_path / "theme" / "main.html"
    link = """<a href="{{ 'imprint/' | url }}">Imprint</a>"""
    theme.write_text(theme.read_text(encoding="utf-8").replace("<main>", link + "<main>"), encoding="utf-8")
    _, findings = found(arguments, capsys)
    assert {finding["rule"] for finding in findings} == {"LNK001"}
    assert len({finding["file"] for finding in findings}) == 1


def test_house_rules_are_off_without_their_key(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {"index.md": "# Home\n\n## Part\n\nText.\n"}
    assert found(project(tmp_path, files), capsys) == (0, [])


def test_explicit_ids(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {"index.md": "# Home\n\n## Part\n\n### Other { #other }\n"}
    _, findings = found(project(tmp_path, files, {"explicit_ids": True}), capsys)
    assert lines(findings) == ["ID002 docs/index.md:3"] and "{#part}" in findings[0]["message"]


def test_list_of_sources(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {"index.md": "Text.[^used]\n\n[^used]: [A](https://example.net/).\n",
             "data/sources.yml": "- id: used\n  URL: https://example.net/\n- id: unused\n- id: used\n"}
    code, findings = found(project(tmp_path, files, {"sources": "docs/data/sources.yml"}), capsys)
    assert lines(findings) == ["REF002 docs/data/sources.yml:3", "REF003 docs/data/sources.yml:4"] and code == 1


def test_ignore_patterns_need_a_reason_and_an_effect(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    ignore = [{"rule": "LNK009", "target": "http://localhost*", "reason": "the preview, explained on this page"},
              {"rule": "LNK001"}, {"rule": "IMG001", "reason": "nothing to ignore"}]
    files = {"index.md": "[preview](http://localhost:8000/)\n\n[b](gone.md)\n"}
    _, findings = found(project(tmp_path, files, {"ignore": ignore}), capsys)
    assert [(finding["rule"], finding["severity"], finding["file"]) for finding in findings] == [
        ("LNK001", "error", "docs/index.md"), ("SUP001", "error", "mkdocs.yml"), ("SUP001", "warning", "mkdocs.yml")]


def test_site_can_be_checked_as_it_was_built(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "[a](gone.md)\n"})
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(tmp_path / "mkdocs.yml")]
    subprocess.run(command, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    _, built = found([*arguments, "--site", str(tmp_path / "site")], capsys)
    _, fresh = found(arguments, capsys)
    assert built == fresh and lines(built) == ["LNK001 docs/index.md:1"]


def test_build_leaves_no_trace(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n"})
    before = sorted(tmp_path.rglob("*"))
    found(arguments, capsys)
    assert sorted(tmp_path.rglob("*")) == before


# Formats and exit codes ----------------------------------------------------------------------------------------------

BROKEN = {"a,b.md": "[x](gone.md)\n", "index.md": "[y](http://example.net/)\n"}


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess:
    """The command itself, outside GitHub Actions unless said otherwise."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    command = [sys.executable, str(CHECK), *arguments]
    return subprocess.run(command, env={**base, **environment}, capture_output=True, text=True, encoding="utf-8")


def without_format(arguments: list[str]) -> list[str]:
    return [argument for argument in arguments if argument not in ("--format", "json")]


def test_text_names_place_rule_and_remedy(tmp_path: Path) -> None:
    files = {"index.md": "Text.\n\n- [the treaty](treaty.md#no-defense)\n", "treaty.md": "## No duty {#no-defence}\n"}
    done = run(without_format(project(tmp_path, files)))
    first, last = done.stdout.splitlines()
    message = 'no anchor "no-defense" on treaty.md; did you mean "treaty.md#no-defence"?'
    assert first == f"docs/index.md:3:3: error LNK002 {message}"
    assert last.startswith("2 pages, ") and last.endswith(" ids: 1 error, 0 warnings")
    assert (done.returncode, done.stderr) == (1, "")


def test_json_has_the_promised_fields(tmp_path: Path) -> None:
    done = run(project(tmp_path, BROKEN))
    findings = json.loads(done.stdout)
    fields = {"file", "line", "column", "rule", "severity", "message", "target"}
    assert [set(finding) for finding in findings] == [fields, fields]
    assert findings[0]["file"] == "docs/a,b.md" and findings[0]["target"] == "gone.md"


def test_annotations_are_escaped_and_the_default_on_github(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    arguments = without_format(project(tmp_path, BROKEN))
    done = run(arguments, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert done.stdout.startswith("::error file=docs/a%2Cb.md,line=1,col=1,title=LNK001::there is no page")
    assert "::warning file=docs/index.md,line=1,col=1,title=LNK008::" in done.stdout
    assert "| docs/a,b.md:1 | LNK001 |" in summary.read_text(encoding="utf-8")


def test_annotations_stay_within_what_github_shows(tmp_path: Path) -> None:
    text = "".join(f"[a](gone-{number}.md)\n\n" for number in range(30))
    done = run([*project(tmp_path, {"index.md": text}), "--format", "github"])
    assert done.stdout.count("::error ") == check.ANNOTATIONS
    assert done.stdout.count("LNK001") == 30


def test_output_is_stable(tmp_path: Path) -> None:
    more = {f"p{number}.md": "[a](gone.md) [b](#x)\n" for number in range(20)}
    arguments = project(tmp_path, BROKEN | more)
    assert run(arguments).stdout == run(arguments).stdout


def test_warnings_alone_do_not_fail(tmp_path: Path) -> None:
    assert run(project(tmp_path, {"index.md": "[y](http://example.net/)\n"})).returncode == 0


def test_rules_are_listed() -> None:
    done = run(["--list-rules"])
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(check.RULES)
    assert {case["rule"] for case in ALL_CASES if "rule" in case} <= set(check.RULES)


@pytest.mark.parametrize("file, text, words", [
    ("mkdocs.yml", None, "there is no file"),
    ("mkdocs.yml", "a: [", "cannot be read"),
    ("mkdocs.yml", "- a", "name: value"),
    ("docs/index.md", None, "no "),
    ("mkdocs.yml", "site_name: x\nplugins: [nowhere]\n", "nowhere"),
    ("mkdocs.yml", "site_name: x\ndocs_dir: nowhere\n", "docs_dir"),
])
def test_what_cannot_run_says_why_in_one_line(tmp_path: Path, file: str, text: str | None, words: str) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n"})
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text, encoding="utf-8")
    done = run(arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("the check cannot run: ") and words in done.stderr
    assert done.stderr.count("\n") == 1


def test_folder_that_is_no_site_of_this_project_cannot_be_checked(tmp_path: Path) -> None:
    arguments = project(tmp_path, {"guide.md": "# A\n"})
    other = tmp_path / "other"
    other.mkdir()
    assert run([*arguments, "--site", str(other)]).returncode == 2
    (other / "x.html").write_text("<p>x</p>", encoding="utf-8")
    assert run([*arguments, "--site", str(other)]).returncode == 2


# Hostile input -------------------------------------------------------------------------------------------------------

SLOW_HOOK = """
import time
def on_page_markdown(markdown, page, **_):
    time.sleep(20 * (page.file.src_uri == "slow.md"))
"""
FAILING_HOOK = """
def on_page_markdown(markdown, page, **_):
    if page.file.src_uri == "index.md":
        raise ValueError("the content has 1 problem\\ndocs/index.md:1: finding T1 has no `status`")
"""
IMPATIENT_BUILD = """
import sys, json
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import checks.build as build
class Out:
    def send(self, value):
        sys.__stdout__.write(json.dumps(value))
build.PAGE_SECONDS = 0.5
build.build_here(Path(sys.argv[2]), Path(sys.argv[3]), Out())
"""


def test_page_that_takes_too_long_is_given_up_and_the_others_checked(tmp_path: Path) -> None:
    project(tmp_path, {"slow.md": "# Slow\n", "index.md": "[a](gone.md)\n"}, hooks=["slow.py"])
    (tmp_path / "slow.py").write_text(SLOW_HOOK, encoding="utf-8")
    folders = [str(CHECK.parent), str(tmp_path / "mkdocs.yml"), str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", IMPATIENT_BUILD, *folders], capture_output=True, text=True)
    failures, error = json.loads(done.stdout)
    assert failures == [["slow.md", "it took longer than 0.5 seconds"]] and error == ""
    assert (tmp_path / "out" / "index.html").is_file()


def test_build_that_crashes_is_reported(tmp_path: Path) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n"}, hooks=["crash.py"])
    (tmp_path / "crash.py").write_text("import os\ndef on_pre_build(**_):\n    os._exit(1)\n", encoding="utf-8")
    done = run(arguments)
    assert done.returncode == 2 and "crashed" in done.stderr and "Traceback" not in done.stderr


def test_failing_page_is_named_with_the_lines_of_its_message(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n", "b.md": "[x](gone.md)\n"}, hooks=["fail.py"])
    (tmp_path / "fail.py").write_text(FAILING_HOOK, encoding="utf-8")
    _, findings = found(arguments, capsys)
    assert lines(findings) == ["LNK001 docs/b.md:1", "SRC003 docs/index.md:1"]
    assert findings[1]["message"] == "the page cannot be built: finding T1 has no `status`"


def test_no_page_can_write_to_the_terminal(tmp_path: Path) -> None:
    done = run(without_format(project(tmp_path, {"index.md": "[a](gone\x1b[31m\x07.md)\n"})))
    assert done.returncode == 1 and "\x1b" not in done.stdout and "\x07" not in done.stdout


def test_this_project_passes(build: tuple[Path, subprocess.CompletedProcess]) -> None:
    config = ROOT / "mkdocs.yml"
    newest = max(page.meta["changed"] for page in read_content(ROOT / "docs").pages.values())
    done = run(["--config", str(config), "--site", str(build[0]), "--today", newest, "--format", "json"])
    assert (json.loads(done.stdout), done.returncode) == ([], 0)
    settings = yaml.load(config.read_text(encoding="utf-8"), yaml.BaseLoader)  # !ENV stays a text
    assert "ignore" not in settings["extra"]["check"]
