"""The check: every situation of checker_cases.yml and of our own as a project on disk, the formats, and hostile input."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import check
import pytest
import yaml
from checker_project import CASES, lay_out
from conftest import ROOT

CHECK = ROOT / "scripts" / "check.py"
MORE = yaml.safe_load((Path(__file__).parent / "checker_cases_more.yml").read_text(encoding="utf-8"))
SEVERITIES = {"error": "error", "warn": "warning"}


def found(root: Path, arguments: list[str], capsys: pytest.CaptureFixture) -> tuple[int, list[dict]]:
    """Exit code and findings of a run on a project."""
    code = check.main(arguments)
    return code, json.loads(capsys.readouterr().out)


def place(at: str) -> tuple[str, int]:
    """`index.md:3` of a case as the file and line that reports name; `../x` is beside the docs folder."""
    file, _, line = at.rpartition(":")
    return (file[3:] if file.startswith("../") else "permalinks.yml" if file == "registry" else f"docs/{file}"), int(line)


@pytest.mark.parametrize("case", [*CASES["cases"], *MORE["cases"]], ids=lambda case: case["id"])
def test_situation_is_judged_rightly(case: dict, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    code, findings = found(tmp_path, lay_out(case, tmp_path), capsys)
    if case["expect"] == "ok":
        assert findings == [] and code == 0
        return
    file, line = place(case["at"])
    anywhere = file in ("mkdocs.yml", "permalinks.yml")  # the cases do not say how these are written
    hits = [finding for finding in findings if finding["rule"] == case["rule"] and finding["file"] == file and (anywhere or finding["line"] == line)]
    assert hits, findings
    assert {finding["severity"] for finding in hits} == {SEVERITIES[case["severity"]]}
    assert code == (1 if any(finding["severity"] == "error" for finding in findings) else 0)
    assert any(str(case.get("hint", "")) in finding["message"] for finding in findings), findings
    if "only" in case:
        assert sorted(f"{finding['rule']} {finding['file']}:{finding['line']}" for finding in findings) == sorted(case["only"])


def project(tmp_path: Path, files: dict[str, str], settings: dict | None = None, **config: object) -> list[str]:
    """A small project with house rules; returns the arguments for the check."""
    arguments = lay_out({"area": "links", "files": files, "special": {"mkdocs": config}}, tmp_path)
    path = tmp_path / "mkdocs.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["extra"]["check"] |= settings or {}
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return arguments


def lines(findings: list[dict]) -> list[str]:
    return [f"{finding['rule']} {finding['file']}:{finding['line']}" for finding in findings]


def test_column_is_that_of_the_link_in_characters(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    _, findings = found(tmp_path, project(tmp_path, {"index.md": "---\r\ntitle: A\r\n---\r\n\r\nТехнология 🚀 и [связь](gone.md)\r\n"}), capsys)
    assert [(finding["line"], finding["column"]) for finding in findings] == [(5, 16)]


def test_every_place_of_a_repeated_fault_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    _, findings = found(tmp_path, project(tmp_path, {"index.md": "[a](gone.md) and [b](gone.md)\n\n[c](gone.md)\n"}), capsys)
    assert [(finding["line"], finding["column"]) for finding in findings] == [(1, 1), (1, 18), (3, 1)]


def test_fault_of_an_included_file_is_one_finding(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {f"{name}.md": '--8<-- "foot.md"\n' for name in "abcde"} | {"../includes/foot.md": "[Imprint](imprint.md)\n"}
    _, findings = found(tmp_path, project(tmp_path, files), capsys)
    assert lines(findings) == ["LNK001 includes/foot.md:1"] and "5 pages" in findings[0]["message"]


def test_fault_of_a_theme_is_one_finding(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n", "b.md": "# B\n"})
    theme = tmp_path / "theme" / "main.html"
    theme.write_text(theme.read_text(encoding="utf-8").replace("<main>", '<a href="{{ \'imprint/\' | url }}">Imprint</a><main>'), encoding="utf-8")
    _, findings = found(tmp_path, arguments, capsys)
    assert {finding["rule"] for finding in findings} == {"LNK001"} and len({finding["file"] for finding in findings}) == 1


def test_house_rules_are_off_without_their_key(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {"index.md": "# Home\n\n## Part\n\nText.\n"}
    assert found(tmp_path, project(tmp_path, files), capsys) == (0, [])


def test_explicit_ids(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {"index.md": "# Home\n\n## Part\n\n### Other { #other }\n"}
    _, findings = found(tmp_path, project(tmp_path, files, {"explicit_ids": True}), capsys)
    assert lines(findings) == ["ID002 docs/index.md:3"] and "{#part}" in findings[0]["message"]


def test_list_of_sources(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {"index.md": "Text.[^used]\n\n[^used]: [A](https://example.net/).\n",
             "data/sources.yml": "- id: used\n  URL: https://example.net/\n- id: unused\n- id: used\n"}
    code, findings = found(tmp_path, project(tmp_path, files, {"sources": "docs/data/sources.yml"}), capsys)
    assert lines(findings) == ["REF002 docs/data/sources.yml:3", "REF003 docs/data/sources.yml:4"] and code == 1


def test_ignore_patterns_need_a_reason_and_an_effect(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    ignore = [{"rule": "LNK009", "target": "http://localhost*", "reason": "the preview, explained on this page"},
              {"rule": "LNK001"}, {"rule": "IMG001", "reason": "nothing to ignore"}]
    files = {"index.md": "[preview](http://localhost:8000/)\n\n[b](gone.md)\n"}
    _, findings = found(tmp_path, project(tmp_path, files, {"ignore": ignore}), capsys)
    assert [(finding["rule"], finding["severity"], finding["file"]) for finding in findings] == [
        ("LNK001", "error", "docs/index.md"), ("SUP001", "error", "mkdocs.yml"), ("SUP001", "warning", "mkdocs.yml")]


def test_site_can_be_checked_as_it_was_built(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "[a](gone.md)\n"})
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(tmp_path / "mkdocs.yml")], check=True,
                   env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    _, built = found(tmp_path, [*arguments, "--site", str(tmp_path / "site")], capsys)
    _, fresh = found(tmp_path, arguments, capsys)
    assert built == fresh and lines(built) == ["LNK001 docs/index.md:1"]


def test_build_leaves_no_trace(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n"})
    before = sorted(tmp_path.rglob("*"))
    found(tmp_path, arguments, capsys)
    assert sorted(tmp_path.rglob("*")) == before


# Formats and exit codes ----------------------------------------------------------------------------------------------

BROKEN = {"a,b.md": "[x](gone.md)\n", "index.md": "[y](http://example.net/)\n"}


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess:
    """The command itself, outside GitHub Actions unless said otherwise."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return subprocess.run([sys.executable, str(CHECK), *arguments], env={**base, **environment}, capture_output=True, text=True, encoding="utf-8")


def without_format(arguments: list[str]) -> list[str]:
    return [argument for argument in arguments if argument not in ("--format", "json")]


def test_text_names_place_rule_and_remedy(tmp_path: Path) -> None:
    done = run(without_format(project(tmp_path, {"index.md": "Text.\n\n- [the treaty](treaty.md#no-defense)\n", "treaty.md": "## No duty {#no-defence}\n"})))
    first, last = done.stdout.splitlines()
    assert first == 'docs/index.md:3:3: error LNK002 no anchor "no-defense" on treaty.md; did you mean "treaty.md#no-defence"?'
    assert last.startswith("2 pages, ") and last.endswith(" ids: 1 error, 0 warnings")
    assert (done.returncode, done.stderr) == (1, "")


def test_json_has_the_promised_fields(tmp_path: Path) -> None:
    done = run(project(tmp_path, BROKEN))
    findings = json.loads(done.stdout)
    assert [set(finding) for finding in findings] == [{"file", "line", "column", "rule", "severity", "message", "target"}] * 2
    assert findings[0]["file"] == "docs/a,b.md" and findings[0]["target"] == "gone.md"


def test_annotations_are_escaped_and_the_default_on_github(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    done = run(without_format(project(tmp_path, BROKEN)), GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert done.stdout.startswith("::error file=docs/a%2Cb.md,line=1,col=1,title=LNK001::there is no page")
    assert "::warning file=docs/index.md,line=1,col=1,title=LNK008::" in done.stdout
    assert "| docs/a,b.md:1 | LNK001 |" in summary.read_text(encoding="utf-8")


def test_annotations_stay_within_what_github_shows(tmp_path: Path) -> None:
    text = "".join(f"[a](gone-{number}.md)\n\n" for number in range(30))
    done = run([*without_format(project(tmp_path, {"index.md": text})), "--format", "github"])
    assert done.stdout.count("::error ") == check.ANNOTATIONS
    assert done.stdout.count("LNK001") == 30


def test_output_is_stable(tmp_path: Path) -> None:
    arguments = project(tmp_path, {**BROKEN, **{f"p{number}.md": "[a](gone.md) [b](#x)\n" for number in range(20)}})
    assert run(arguments).stdout == run(arguments).stdout


def test_warnings_alone_do_not_fail(tmp_path: Path) -> None:
    assert run(project(tmp_path, {"index.md": "[y](http://example.net/)\n"})).returncode == 0


def test_rules_are_listed() -> None:
    done = run(["--list-rules"])
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(check.RULES)
    used = {case["rule"] for case in [*CASES["cases"], *MORE["cases"]] if "rule" in case}
    assert used <= set(check.RULES)


@pytest.mark.parametrize("change, words", [
    (lambda root: (root / "mkdocs.yml").unlink(), "there is no file"),
    (lambda root: (root / "mkdocs.yml").write_text("a: [", encoding="utf-8"), "cannot be read"),
    (lambda root: (root / "mkdocs.yml").write_text("- a", encoding="utf-8"), "name: value"),
    (lambda root: (root / "docs" / "index.md").unlink(), "no "),
    (lambda root: (root / "mkdocs.yml").write_text("site_name: x\nplugins: [nowhere]\n", encoding="utf-8"), "nowhere"),
    (lambda root: (root / "mkdocs.yml").write_text("site_name: x\ndocs_dir: nowhere\n", encoding="utf-8"), "docs_dir"),
])
def test_what_cannot_run_says_why_in_one_line(tmp_path: Path, change, words: str) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n"})
    change(tmp_path)
    done = run(arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("the check cannot run: ") and words in done.stderr and done.stderr.count("\n") == 1


def test_folder_that_is_no_site_of_this_project_cannot_be_checked(tmp_path: Path) -> None:
    arguments = project(tmp_path, {"guide.md": "# A\n"})
    other = tmp_path / "other"
    other.mkdir()
    assert run([*arguments, "--site", str(other)]).returncode == 2
    (other / "x.html").write_text("<p>x</p>", encoding="utf-8")
    assert run([*arguments, "--site", str(other)]).returncode == 2


# Hostile input -------------------------------------------------------------------------------------------------------

def test_page_that_takes_too_long_is_given_up_and_the_others_checked(tmp_path: Path) -> None:
    arguments = project(tmp_path, {"slow.md": "# Slow\n", "index.md": "[a](gone.md)\n"}, hooks=["slow.py"])
    (tmp_path / "slow.py").write_text("import time\ndef on_page_markdown(markdown, page, **_):\n    time.sleep(20 * (page.file.src_uri == 'slow.md'))\n", encoding="utf-8")
    code = ("import sys, json; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import checks.build as build\n"
            "class Out:\n    def send(self, value): sys.__stdout__.write(json.dumps(value))\n"
            "build.PAGE_SECONDS = 0.5; build.build_here(Path(sys.argv[2]), Path(sys.argv[3]), Out())")
    done = subprocess.run([sys.executable, "-c", code, str(CHECK.parent), str(tmp_path / "mkdocs.yml"), str(tmp_path / "out")], capture_output=True, text=True)
    failures, error = json.loads(done.stdout)
    assert failures == [["slow.md", "it took longer than 0.5 seconds"]] and error == ""
    assert (tmp_path / "out" / "index.html").is_file() and arguments


def test_build_that_crashes_is_reported(tmp_path: Path) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n"}, hooks=["crash.py"])
    (tmp_path / "crash.py").write_text("import os\ndef on_pre_build(**_):\n    os._exit(1)\n", encoding="utf-8")
    done = run(arguments)
    assert done.returncode == 2 and "crashed" in done.stderr and "Traceback" not in done.stderr


def test_failing_page_is_named_with_the_lines_of_its_message(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = project(tmp_path, {"index.md": "# A\n", "b.md": "[x](gone.md)\n"}, hooks=["fail.py"])
    (tmp_path / "fail.py").write_text("def on_page_markdown(markdown, page, **_):\n    if page.file.src_uri == 'index.md':\n"
                                      "        raise ValueError('the content has 1 problem\\ndocs/index.md:1: finding T1 has no `status`')\n", encoding="utf-8")
    _, findings = found(tmp_path, arguments, capsys)
    assert lines(findings) == ["LNK001 docs/b.md:1", "SRC003 docs/index.md:1"]
    assert findings[1]["message"] == "the page cannot be built: finding T1 has no `status`"


def test_no_page_can_write_to_the_terminal(tmp_path: Path) -> None:
    done = run(without_format(project(tmp_path, {"index.md": "[a](gone\x1b[31m\x07.md)\n"})))
    assert done.returncode == 1 and "\x1b" not in done.stdout and "\x07" not in done.stdout


def test_this_project_passes(build: tuple[Path, subprocess.CompletedProcess]) -> None:
    done = run(["--config", str(ROOT / "mkdocs.yml"), "--site", str(build[0]), "--today", "2026-11-24", "--format", "json"])
    assert (json.loads(done.stdout), done.returncode) == ([], 0)
    assert "ignore" not in yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), yaml.BaseLoader)["extra"]["check"]
