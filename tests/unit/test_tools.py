"""The set-up of browser and HTML checker, and printing: what they say where something is missing."""

import os
from pathlib import Path
from types import ModuleType

import pytest

import browser
import nu_checker
import print_site
from explainer.content import Content
from explainer.words import short_reading


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize("tool", [browser, nu_checker])
def test_what_cannot_be_set_up_is_said_and_stops_ci_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tool: ModuleType, ci: str
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv("CHROME_PATH", raising=False)
    for name in ("find", "install", "install_packages", "fetch"):
        monkeypatch.setattr(tool, name, lambda *_: None, raising=False)
    assert tool.main() == int(bool(ci))
    said = capsys.readouterr()
    assert said.out == ""
    assert tool.REMEDY in said.err


def test_a_named_browser_that_is_not_there_is_a_slip(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("CHROME_PATH", "/no/such/chrome")
    assert browser.main() == 1
    assert "/no/such/chrome" in capsys.readouterr().err


def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho other > vnu-jar.tgz\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(nu_checker, "JAR", tmp_path / "build" / "vnu.jar")
    with pytest.raises(ValueError, match="not the file that was pinned"):
        nu_checker.fetch()
    assert list((tmp_path / "build").iterdir()) == []


def test_packages_wait_for_a_busy_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n', encoding="utf-8")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(browser, "ROOT_USER", True)
    browser.install_packages("chromium")
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert [call.split()[-1] for call in calls] == ["update", "chromium"]
    assert all("DPkg::Lock::Timeout=120" in call for call in calls)


def test_printing_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(print_site.CannotPrint, match="build it first"):
        print_site.print_site(tmp_path)
    (tmp_path / "index.html").write_text("<p>A page</p>", encoding="utf-8")
    monkeypatch.setattr(print_site, "find", lambda: None)
    with pytest.raises(print_site.CannotPrint, match="no browser found"):
        print_site.print_site(tmp_path)


def test_short_readings_are_whole_sentences_without_notes(content: Content) -> None:
    first = "One veto of two. It came in April."
    assert short_reading(f"{first}[^un] More.") == first
    assert short_reading("No track is known to have been laid.[^a][^b] Work was to start.") == (
        "No track is known to have been laid."
    )
    for indicator in content.blocks("indicator"):
        reading = short_reading(indicator.fields["reading"])
        assert reading[-1] in ".?!"
        assert "[" not in reading
