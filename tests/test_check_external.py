"""Asking other hosts: a server on this computer that misbehaves in each of the known ways."""
from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import check
import pytest
from checker_project import project
from checks import external
from checks.external import Answer, Asker

ANSWERS = {"/gone": 404, "/gone-410": 410, "/forbidden": 403, "/broken": 500, "/busy": 503, "/teapot": 418}
TO_HEAD = {"/no-head": 405, "/head-says-404": 404}  # what GET is not told
AT_FIRST = {"/second-try": 503, "/wait": 429, "/wait-long": 429}  # what the second request is not told
WAITS = {"/wait": "1", "/wait-long": "3600"}
REDIRECTS = {
    "/moved": (301, "/ok"), "/moved-308": (308, "/ok"), "/for-now": (302, "/ok"), "/moved-for-now": (301, "/for-now"),
    "/moved-to-gone": (301, "/gone"), "/circle": (302, "/circle"), "/to-file": (302, "file:///etc/passwd"),
    "/to-private": (302, "http://10.0.0.1/"), "/to-nonsense": (301, "http://[nonsense"),
}


class Misbehaving(BaseHTTPRequestHandler):
    """Counts what it is asked, and by whom, and answers by path."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        seen = self.server.seen
        seen[self.command, self.path] += 1
        self.server.times.append(time.monotonic())
        self.server.agents.add(self.headers["User-Agent"])
        if self.path == "/hangs-up":
            self.close_connection = True
            self.connection.close()
            return
        if self.path == "/slow":
            time.sleep(2)
        status, target = REDIRECTS.get(self.path, (ANSWERS.get(self.path, 200), None))
        if self.path in TO_HEAD and self.command == "HEAD":
            status = TO_HEAD[self.path]
        if self.path in AT_FIRST and seen["HEAD", self.path] + seen["GET", self.path] == 1:
            status = AT_FIRST[self.path]
        headers = {"Location": target, "Retry-After": WAITS.get(self.path), "Content-Length": "0"}
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving) as running:
        running.seen, running.times, running.agents = Counter(), [], set()
        running.address = f"http://127.0.0.1:{running.server_port}"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def asker(cache: Path | None = None, **options: object) -> Asker:
    """One that may ask this computer, and is in a hurry."""
    hasty = {"public_only": False, "pause": 0.0, "back_off": 0.05, "timeout": 1.0}
    return Asker("mkdocs-check/1.0 (test)", cache, **hasty | options)


def ask(address: str, cache: Path | None = None, **options: object) -> Answer:
    """The answer of one address."""
    return asyncio.run(asker(cache, **options).ask([address]))[address]


@pytest.mark.parametrize("path, kind, detail", [
    ("/ok", "ok", "200"),
    ("/no-head", "ok", "200"),
    ("/head-says-404", "ok", "200"),
    ("/second-try", "ok", "200"),
    ("/wait", "ok", "200"),
    ("/for-now", "ok", "200"),
    ("/moved-for-now", "ok", "200"),
    ("/moved", "moved", "200"),
    ("/moved-308", "moved", "200"),
    ("/gone", "gone", "404"),
    ("/gone-410", "gone", "410"),
    ("/moved-to-gone", "gone", "404"),
    ("/forbidden", "unclear", "403"),
    ("/teapot", "unclear", "418"),
    ("/broken", "unclear", "500"),
    ("/busy", "unclear", "503"),
    ("/wait-long", "unclear", "429"),
    ("/slow", "unclear", "no answer in time"),
    ("/hangs-up", "unclear", ""),
    ("/circle", "unclear", "redirects"),
    ("/to-file", "unclear", "file:"),
    ("/to-nonsense", "unclear", "Invalid"),
])
def test_answer_is_understood(server, path: str, kind: str, detail: str) -> None:
    answer = ask(server.address + path)
    assert answer.kind == kind and detail in answer.detail
    if kind == "moved":
        assert answer.address == server.address + "/ok"


def test_host_that_does_not_exist_is_gone_and_one_that_refuses_is_unclear() -> None:
    assert ask("http://127.0.0.1:9/").kind == "unclear"
    assert ask("http://no-such-host.invalid/").kind in ("gone", "unclear")  # no network, no clear word of a name server


def test_retry_after_is_heeded(server) -> None:
    ask(server.address + "/wait")
    assert server.times[1] - server.times[0] >= 1.0


def test_it_says_who_asks_and_one_host_is_asked_one_thing_at_a_time(server) -> None:
    asyncio.run(asker(pause=0.1).ask([f"{server.address}/ok?{number}" for number in range(5)]))
    assert server.agents == {"mkdocs-check/1.0 (test)"}
    assert all(later - earlier >= 0.09 for earlier, later in zip(server.times, server.times[1:]))


@pytest.mark.parametrize("address", [
    "http://127.0.0.1:1/", "http://127。0。0。1:1/", "http://[::1]/", "http://localhost:1/", "http://localhost.:1/",
    "http://192.168.1.20/", "http://169.254.169.254/latest", "http://printer.local/",
])
def test_private_addresses_are_never_contacted(address: str) -> None:
    answer = ask(address, public_only=True)
    assert answer.kind == "unclear" and "private" in answer.detail


def test_redirect_to_a_private_address_is_not_followed(server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Asker.patiently

    async def first_hop_is_public(self, session, address):
        self.public_only = not address.startswith(server.address)
        return await real(self, session, address)

    monkeypatch.setattr(Asker, "patiently", first_hop_is_public)
    answer = ask(server.address + "/to-private")
    assert answer.kind == "unclear" and "10.0.0.1" in answer.detail


def test_name_that_resolves_to_a_private_address_is_refused() -> None:
    async def resolve() -> None:
        await external.PublicResolver().resolve("localhost", 80)

    with pytest.raises(external.PrivateAddress):
        asyncio.run(resolve())


def test_good_answers_are_kept_and_others_asked_again(server, tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "links.json"
    addresses = [server.address + path for path in ("/ok", "/moved", "/gone", "/forbidden")]
    for _ in range(2):
        asyncio.run(asker(cache).ask(addresses))
    assert server.seen["HEAD", "/gone"] == 2 and server.seen["HEAD", "/forbidden"] == 2
    assert server.seen["HEAD", "/moved"] == 1
    kept = json.loads(cache.read_text(encoding="utf-8"))
    assert {address.rpartition("/")[2] for address in kept} == {"ok", "moved"}


def test_old_and_damaged_caches_are_left_aside(server, tmp_path: Path) -> None:
    cache, address = tmp_path / "links.json", server.address + "/ok"
    old = {"kind": "ok", "detail": "", "address": "", "until": time.time() - 1}
    for content in ("{", "[1]", json.dumps({address: {"until": "soon"}}), json.dumps({address: old})):
        cache.write_text(content, encoding="utf-8")
        assert ask(address, cache).detail == "200"
    assert server.seen["HEAD", "/ok"] == 4


def test_cache_that_cannot_be_written_does_no_harm(server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert ask(server.address + "/ok", tmp_path / "file" / "links.json").kind == "ok"


def test_interrupted_run_keeps_what_it_learned(server, tmp_path: Path) -> None:
    cache = tmp_path / "links.json"

    async def interrupted() -> None:
        asking = asker(cache, timeout=5.0).ask([server.address + "/ok", server.address + "/slow"])
        task = asyncio.create_task(asking)
        while not server.seen["HEAD", "/slow"]:
            await asyncio.sleep(0.05)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(interrupted())
    assert list(json.loads(cache.read_text(encoding="utf-8"))) == [server.address + "/ok"]
    assert [path.name for path in tmp_path.iterdir()] == ["links.json"]


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """Exit code and findings of a project that links the server on this computer, which no real run would ask."""
    def run(files: dict[str, str], **rules: object) -> tuple[int, list[dict]]:
        monkeypatch.setattr(external, "Asker", lambda agent, cache: asker(cache))
        monkeypatch.setattr(external, "malformed", lambda address: False)
        rules["ignore"] = [{"rule": "LNK009", "reason": "the test's own server"}]
        code = check.main([*project(tmp_path, files, rules), "--external"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_findings_stand_where_the_link_was_written(server, checked) -> None:
    text = "[a]({0}/ok)\n\n[b]({0}/gone#part)\n\n[c]({0}/moved)\n\nText.[^s]\n\n[^s]: [S]({0}/forbidden).\n"
    sources = "- id: s\n  URL: {0}/gone\n  archive: https://archive.example/gone\n"
    files = {"index.md": text.format(server.address), "data/sources.yml": sources.format(server.address)}
    code, findings = checked(files, sources="docs/data/sources.yml")
    findings = [finding for finding in findings if finding["rule"].startswith("EXT")]
    assert [(finding["rule"], finding["severity"], finding["line"]) for finding in findings] == [
        ("EXT001", "error", 3), ("EXT002", "warning", 5), ("EXT003", "warning", 9)]
    assert "https://archive.example/gone" in findings[0]["message"]
    assert f"{server.address}/ok" in findings[1]["message"]
    assert code == 1


def test_list_of_sources_that_is_not_utf_8_does_no_harm(server, checked, tmp_path: Path) -> None:
    (tmp_path / "sources.yml").write_bytes(b"- id: \xe4\n")
    _, findings = checked({"index.md": f"[a]({server.address}/ok)\n"}, sources="sources.yml")
    assert [finding["rule"] for finding in findings] == ["SRC001"]


def test_unclear_answers_alone_do_not_fail(server, checked) -> None:
    code, findings = checked({"index.md": f"[a]({server.address}/busy)\n"})
    assert code == 0
    assert [finding["rule"] for finding in findings] == ["EXT003"]
