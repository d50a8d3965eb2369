"""The check: situations on pages, in mkdocs.yml and in built HTML, its formats, and input that means harm.

Pages stand in check_cases.yml and are built at once. Left out are situations that cannot occur in this
project: pages in folders, included files, redirects and CNAME files, tabs and highlighted code. Front matter
and records are judged with the content (test_judge.py); a heading without an id is an error there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

import check
from book import Book

HERE = Path(__file__).resolve().parent
CHECK = HERE.parent.parent / "scripts" / "check.py"
CASES = yaml.safe_load((HERE / "check_cases.yml").read_text(encoding="utf-8"))
PAGES = {f"{area}-{number}": case for area, cases in CASES.items() for number, case in enumerate(cases, 1)}
SITE = "https://host.example/explainer/"
CONFIG: dict[str, Any] = {"site_name": "Case", "site_url": SITE, "plugins": []}
CONFIG |= {
    "theme": {"name": None, "custom_dir": "theme"},
    "markdown_extensions": ["attr_list", "tables", "toc"],
}
THEME = """<!doctype html><html lang="en"><head><title>Case</title>
{% if page and page.canonical_url %}<link rel="canonical" href="{{ page.canonical_url }}">{% endif %}
{% for path in config.extra_css %}<link rel="stylesheet" href="{{ path | url }}">{% endfor %}</head>
<body><a href="{{ '.' | url }}">Home</a>
{% for item in nav if item.url %}<a href="{{ item.url | url }}">{{ item.title }}</a>{% endfor %}
<main>{{ page.content if page else "" }}</main><footer>{{ config.copyright or "" }}</footer></body></html>"""
FILES = {
    "index.md": "# Home\n\nSee [this page](index.md) again.\n",
    "guide.md": "# Guide\n\n## Scope\n\nNo *mutual* defence\nclause.\n",
    "other.md": "# Other\n\n## Method\n",
    "treaties.md": "# Treaties\n",
    "hidden.md": "# Hidden\n",
    "draft.md": "# Draft\n\n## X\n",
    "field notes.md": "# Notes\n",
    "pact_(2025).md": "# Pact\n",
    ".notes/a.txt": "x",
    "chart.html": "<!doctype html><title>x</title><p id=legend>x</p>",
    "data/table.csv": "year\n",
    "map.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "report.pdf": "%PDF-1.4\n",
}


def lay_out(root: Path, files: dict[str, str], theme: str = THEME, **settings: object) -> Path:
    """Write a project with these files below docs/ and these settings; returns its mkdocs.yml."""
    settings = {**CONFIG, **settings}
    files = {f"docs/{name}": text for name, text in files.items()} | {"theme/main.html": theme}
    files["mkdocs.yml"] = yaml.safe_dump(settings, sort_keys=False)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode("utf-8"))
    return root / "mkdocs.yml"


def run(config: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, outside GitHub Actions unless said otherwise."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")} | environment
    command = [sys.executable, str(CHECK), "--config", str(config), *options]
    return subprocess.run(command, env=own, capture_output=True, text=True, encoding="utf-8")


def problems(config: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, Any]]:
    """What a run in this process finds."""
    check.main(["--config", str(config), "--format", "json", *options])
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


def short(found: list[dict[str, Any]]) -> list[str]:
    """Each problem as `RULE file:line`."""
    return [f"{one['rule']} {one['file']}:{one['line']}" for one in found]


# Pages -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def of_pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What the check finds on the pages of check_cases.yml, by page."""
    files = FILES | {f"{name}.md": case["text"] for name, case in PAGES.items()}
    config = lay_out(tmp_path_factory.mktemp("pages"), files, exclude_docs="hidden.md", draft_docs="draft.md")
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in PAGES}
    for one in json.loads(run(config, "--format", "json").stdout):
        name = one["file"].removeprefix("docs/").removesuffix(".md")
        assert name in found, one
        found[name].append(one)
    return found


@pytest.mark.parametrize("name", PAGES, ids=lambda name: f"{name}: {PAGES[name]['why']}")
def test_page_is_judged_rightly(name: str, of_pages: dict[str, list[dict[str, Any]]]) -> None:
    expected = [(*find.split(" ", 2), "")[:3] for find in PAGES[name].get("finds", [])]
    found = [(one["rule"], f"{one['line']}:{one['column']}", one["message"]) for one in of_pages[name]]
    assert [one[:2] for one in found] == [one[:2] for one in expected], found
    for (_, _, message), (_, _, words) in zip(found, expected, strict=True):
        assert words in message


def test_every_rule_of_links_has_a_case() -> None:
    named = {find.split()[0] for case in PAGES.values() for find in case.get("finds", [])}
    assert {rule for rule in check.RULES if rule[:3] in ("LNK", "IMG")} | {"REF001", "REF003"} <= named


# Configuration, theme, styles ------------------------------------------------------------------------------


def test_links_of_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nav = {"Home": "index.md", "Setup": "guide.md#setup", "Gone": "gone.md", "Dev": "http://127.0.0.1:8000/"}
    social = [{"icon": "x", "link": "mailto:<me>"}, {"icon": "x", "link": "https://example.net/"}]
    rights = '<a href="imprint/">Imprint</a> <a href="http://localhost/">x</a>'
    settings = {"extra": {"social": social}, "extra_css": ["gone.css"], "copyright": rights}
    settings |= {"nav": [{name: where} for name, where in nav.items()], "site_url": SITE.rstrip("/")}
    files = {"index.md": "# A\n", "guide.md": "## Setup {#setup}\n"}
    config = lay_out(tmp_path, files, **settings)
    found, lines = problems(config, capsys), config.read_text(encoding="utf-8").splitlines()
    told = sorted((one["rule"], lines[one["line"] - 1].strip()) for one in found)
    assert told == [
        ("CFG001", f"site_url: {SITE.rstrip('/')}"),
        ("IMG001", "- gone.css"),
        ("LNK001", "- Gone: gone.md"),
        ("LNK001", "- Setup: guide.md#setup"),
        ("LNK001", f"copyright: {rights}"),
        ("LNK009", "- Dev: http://127.0.0.1:8000/"),
        ("LNK009", f"copyright: {rights}"),
        ("LNK012", "link: mailto:<me>"),
    ]


def test_fault_of_a_template_is_told_once_and_where_it_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = """<a href="{{ 'imprint/' | url }}">I</a>\n<a href="{{ base_url }}/no/">N</a><main>"""
    config = lay_out(tmp_path, {"index.md": "# A\n", "b.md": "# B\n"}, THEME.replace("<main>", wrong))
    found = problems(config, capsys)
    assert short(found) == ["LNK001 mkdocs.yml:1", "LNK001 theme/main.html:6"]
    assert "b.md" in found[0]["message"] and 'imprint/"' in found[1]["message"]


def test_marks_of_a_merge_are_told_in_templates_and_styles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merged = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n"
    files = {"index.md": "# A\n", "css/a.css": "a {}\n" + merged.format("b {}", "c {}")}
    config = lay_out(tmp_path, files, THEME + "\n" + merged.format("<p>b</p>", "<p>c</p>"))
    assert short(problems(config, capsys)) == [
        "SRC001 docs/css/a.css:2",
        f"SRC001 theme/main.html:{THEME.count(chr(10)) + 2}",
    ]


def test_styles_of_the_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    styles = "/* url(x.png) */\n.a { background: url(gone.png) }\n.b { background: url('../b.png') }\n"
    styles += "@import 'no.css';\n"
    files = {"index.md": "# A\n", "css/a.css": styles, "b.png": "x"}
    found = problems(lay_out(tmp_path, files, extra_css=["css/a.css"]), capsys)
    assert short(found) == ["IMG001 docs/css/a.css:2", "IMG001 docs/css/a.css:4"]


def test_site_at_the_top_of_a_host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"index.md": "[a](/guide/)\n[b](/nope/)\n[c](../guide/)\n", "guide.md": "# G\n"}
    found = problems(lay_out(tmp_path, files, site_url="https://host.example/"), capsys)
    assert short(found) == ["LNK007 docs/index.md:1", "LNK001 docs/index.md:2", "LNK001 docs/index.md:3"]


# Built HTML ------------------------------------------------------------------------------------------------


def built(tmp_path: Path, pages: dict[str, str], sources: dict[str, str]) -> list[str]:
    """Options that have these built pages judged, each with its canonical address and in the sitemap."""
    listed = []
    for key, body in pages.items():
        own = SITE + quote(key.removesuffix("index.html"))
        listed.append(f"<loc>{own}</loc>")
        (tmp_path / "site" / key).parent.mkdir(parents=True, exist_ok=True)
        head = "" if "rel=canonical" in body else f"<link rel=canonical href='{own}'>"
        (tmp_path / "site" / key).write_text(f"<!doctype html>{head}{body}", encoding="utf-8")
    (tmp_path / "site" / "sitemap.xml").write_text("".join(listed), encoding="utf-8")
    lay_out(tmp_path, sources)
    return ["--site", str(tmp_path / "site")]


def test_canonical_address_and_sitemap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = {
        "index.html": "<a href='b/'>b</a> <a href='c/'>c</a> <a href=#>m",
        "a/index.html": "<link rel=canonical href='https://other.example/a/'>",
        "b/index.html": "<a href='?x=1#t'>t</a><p id=t>",
    }
    options = built(tmp_path, pages, {"index.md": "", "a.md": "", "b.md": "", "c.md": ""})
    sitemap = tmp_path / "site" / "sitemap.xml"
    sitemap.write_text(sitemap.read_text(encoding="utf-8").replace("/b/", "/d/"), encoding="utf-8")
    found = short(problems(tmp_path / "mkdocs.yml", capsys, *options))
    assert found[:2] == ["HED001 docs/a.md:1", "HED002 docs/b.md:1"]
    assert found[2:] == ["LNK005 docs/index.md:1", "HED002 mkdocs.yml:1"]


def test_published_addresses_are_only_added_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, published = Book(tmp_path), tmp_path / "published.json"  # test_permalinks.py has what may be lost
    options = built(tmp_path, {"index.html": "x"}, {})
    capsys.readouterr()  # what recording the book has said
    config = "site_name: x\nsite_url: https://x.example/\nmarkdown_extensions: [explainer]\n"
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    published.write_text(json.dumps({"addresses": {"/": {}, "/lost/": {}}}), encoding="utf-8")
    found = problems(tmp_path / "mkdocs.yml", capsys, *options, "--published", str(published))
    told = [one["message"].split()[0] for one in found if one["rule"] == "PRM010"]
    assert told == ["/lost/"] and book.check() == []
    done = run(tmp_path / "mkdocs.yml", *options, "--published", str(tmp_path / "nowhere.json"))
    assert done.returncode == 2 and "nowhere.json" in done.stderr


# Formats and exit codes ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A project with 30 broken links and one that is only a warning, with its built pages."""
    root = tmp_path_factory.mktemp("faulty")
    links = "".join(f"[a](gone-{number}.md)\n" for number in range(30))
    html = "".join(f"<a href='gone-{number}.md'>a</a>" for number in range(30))
    pages = {"a,b/index.html": f"{html}<a href='http://example.net/'>b</a>"}
    return root / "mkdocs.yml", built(root, pages, {"a,b.md": f"{links}[b](http://example.net/)\n"})


def test_text_names_place_rule_and_remedy(faulty: tuple[Path, list[str]]) -> None:
    done = run(faulty[0], *faulty[1])
    lines = done.stdout.splitlines()
    assert lines[0] == 'docs/a,b.md:1:5: error LNK001 there is no page or file "gone-0.md"'
    assert lines[30].startswith("docs/a,b.md:31:5: warning LNK008 ")
    assert lines[31] == "1 pages and style sheets, 31 links; errors: 30, warnings: 1"
    assert (done.returncode, done.stderr) == (1, "")


def test_annotations_are_escaped_and_name_the_place_in_the_log_too(faulty: tuple[Path, list[str]]) -> None:
    lines = run(faulty[0], *faulty[1], GITHUB_ACTIONS="true").stdout.splitlines()
    place = "::error file=docs/a%2Cb.md,line=1,col=5,title=LNK001::docs/a,b.md:1:5: error LNK001 there is no"
    assert lines[0].startswith(place) and lines[30].startswith("::warning file=") and len(lines) == 32


def test_rules_are_listed_and_warnings_alone_do_not_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.main(["--list-rules"]) == 0
    assert set(check.RULES) <= {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    html = "<a href='http://example.net/'>b</a>"
    options = built(tmp_path, {"index.html": html}, {"index.md": "[b](http://example.net/)"})
    assert check.main(["--config", str(tmp_path / "mkdocs.yml"), *options]) == 0


@pytest.mark.parametrize(
    "text, words",
    [
        (None, "mkdocs.yml"),
        ("site_name: x\na: [\n", "line 3"),
        ("- a\n", "mkdocs.yml"),
        ("site_name: x\nplugins: [nowhere]\n", "nowhere"),
        ("site_name: x\ndocs_dir: nowhere\n", "nowhere"),
    ],
)
def test_what_cannot_run_says_why_in_one_line(tmp_path: Path, text: str | None, words: str) -> None:
    config = lay_out(tmp_path, {"index.md": "# A\n"})
    config.unlink() if text is None else config.write_text(text, encoding="utf-8")
    done = run(config)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert done.stderr.startswith("the check cannot run: ") and words in done.stderr


def test_folder_that_holds_no_site(tmp_path: Path) -> None:
    done = run(lay_out(tmp_path, {"index.md": "# A\n"}), "--site", str(tmp_path / "docs"))
    assert done.returncode == 2 and "there is no page" in done.stderr


# Input that means harm -------------------------------------------------------------------------------------


def test_build_that_does_not_end_is_stopped_and_the_page_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = (
        "def on_page_markdown(markdown, page, **_):\n    while page.file.src_uri == 'b.md':\n        pass\n"
    )
    config = lay_out(tmp_path, {"a.md": "# A\n", "b.md": "# B\n"}, hooks=["hook.py"])
    (tmp_path / "hook.py").write_text(hook, encoding="utf-8")
    monkeypatch.setattr(check, "BUILD_SECONDS", 3)
    found = problems(config, capsys)
    assert short(found) == ["SRC003 docs/b.md:1"] and "over 3 seconds" in found[0]["message"]


@pytest.mark.parametrize(
    "page, hook, told",
    [
        ("B\n\n[x](https://example]org)\n", "", "SRC003 docs/b.md:1"),
        ("---\ntemplate: nowhere.html\n---\n", "", "SRC003 docs/b.md:1"),
        ("x\n", "import os\ndef on_pre_build(**_):\n    os._exit(3)\n", "SRC003 mkdocs.yml:1"),
    ],
)
def test_build_that_fails_is_told_without_a_traceback(
    tmp_path: Path, page: str, hook: str, told: str
) -> None:
    files = {"index.md": "# A\n", "b.md": page, "../hook.py": hook}
    done = run(lay_out(tmp_path, files, hooks=["hook.py"]), "--format", "json")
    assert short(json.loads(done.stdout)) == [told] and "Traceback" not in done.stdout + done.stderr


def test_bytes_links_and_brackets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = lay_out(tmp_path, {"index.md": "# A\n", "b.md": "[" * 3000 + "]" * 3000 + "\n"})
    (tmp_path / "docs" / "alias.md").symlink_to("index.md")
    assert problems(config, capsys) == []
    (tmp_path / "docs" / "c.md").write_bytes(b"# C\n\xe9\n")
    (tmp_path / "docs" / "loop").symlink_to(".")
    assert short(problems(config, capsys)) == ["SRC003 docs/c.md:1"]


def test_time_grows_with_the_length_of_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = range(20_000)
    text = "".join(f"## Part {i} {{#part-{i}}}\n\n[a](#part-{i}) [b](#prat-{i})\n\n" for i in parts)
    html = "".join(f"<h2 id=part-{i}>Part</h2><a href=#part-{i}>a</a><a href=#prat-{i}>b</a>" for i in parts)
    options, start = built(tmp_path, {"index.html": html}, {"index.md": text}), time.process_time()
    found = problems(tmp_path / "mkdocs.yml", capsys, *options)
    assert len(found) == len(parts) and found[-1]["line"] == 4 * len(parts) - 1
    assert time.process_time() - start < 30


def test_no_page_can_write_to_the_terminal(tmp_path: Path) -> None:
    address = "gone\x1b[31m\x07.md"
    options = built(tmp_path, {"index.html": f"<a href='{address}'>a</a>"}, {"index.md": f"[a]({address})"})
    done = run(tmp_path / "mkdocs.yml", *options)
    assert done.returncode == 1 and "\x1b" not in done.stdout and "\x07" not in done.stdout
