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
from checks import external
from checks.external import Answer, Asker
from test_check import project

ANSWERS = {"/ok": 200, "/gone": 404, "/gone-410": 410, "/forbidden": 403, "/broken": 500, "/busy": 503, "/teapot": 418}
REDIRECTS = {"/moved": (301, "/ok"), "/moved-308": (308, "/ok"), "/for-now": (302, "/ok"), "/moved-to-gone": (301, "/gone"), "/circle": (302, "/circle"),
             "/moved-for-now": (301, "/for-now"), "/to-file": (302, "file:///etc/passwd"), "/to-private": (302, "http://10.0.0.1/")}


class Misbehaving(BaseHTTPRequestHandler):
    """Counts what it is asked, and by whom, and answers by path."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.server.seen[self.command, self.path] += 1
        self.server.times.append(time.monotonic())
        self.server.agents.add(self.headers["User-Agent"])
        seen = sum(self.server.seen[method, self.path] for method in ("HEAD", "GET"))
        if self.path == "/no-head":
            self.reply(405 if self.command == "HEAD" else 200)
        elif self.path == "/head-says-404":
            self.reply(404 if self.command == "HEAD" else 200)
        elif self.path == "/second-try":
            self.reply(503 if seen < 2 else 200)
        elif self.path in ("/wait", "/wait-long"):
            self.reply(429 if seen < 2 else 200, {"Retry-After": "1" if self.path == "/wait" else "3600"})
        elif self.path == "/slow":
            time.sleep(2)
            self.reply(200)
        elif self.path == "/hangs-up":
            self.close_connection = True
            self.connection.close()
        elif self.path in REDIRECTS:
            status, target = REDIRECTS[self.path]
            self.reply(status, {"Location": target})
        else:
            self.reply(ANSWERS.get(self.path, 200))

    do_GET = do_HEAD

    def reply(self, status: int, headers: dict[str, str] | None = None) -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

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
    return Asker("mkdocs-check/1.0 (test)", cache, **{"public_only": False, "pause": 0.0, "back_off": 0.05, "timeout": 1.0, **options})


def ask(server, path: str, **options: object) -> Answer:
    return asyncio.run(asker(**options).ask([server.address + path]))[server.address + path]


@pytest.mark.parametrize("path, kind, detail", [
    ("/ok", "ok", "200"), ("/gone", "gone", "404"), ("/gone-410", "gone", "410"), ("/forbidden", "unclear", "403"), ("/teapot", "unclear", "418"),
    ("/broken", "unclear", "500"), ("/busy", "unclear", "503"), ("/no-head", "ok", "200"), ("/head-says-404", "ok", "200"),
    ("/second-try", "ok", "200"), ("/wait", "ok", "200"), ("/wait-long", "unclear", "429"), ("/slow", "unclear", "no answer in time"),
    ("/hangs-up", "unclear", ""), ("/for-now", "ok", "200"), ("/moved", "moved", "200"), ("/moved-308", "moved", "200"),
    ("/moved-for-now", "ok", "200"), ("/moved-to-gone", "gone", "404"), ("/circle", "unclear", "redirects"), ("/to-file", "unclear", "file:"),
])
def test_answer_is_understood(server, path: str, kind: str, detail: str) -> None:
    answer = ask(server, path)
    assert answer.kind == kind and detail in answer.detail
    if kind == "moved":
        assert answer.address == server.address + "/ok"


def test_host_that_does_not_exist_is_gone_and_one_that_refuses_is_unclear() -> None:
    answers = asyncio.run(asker().ask(["http://no-such-host.invalid/", "http://127.0.0.1:9/"]))
    assert answers["http://127.0.0.1:9/"].kind == "unclear"
    assert answers["http://no-such-host.invalid/"].kind in ("gone", "unclear")  # without a network the name server is unclear itself


def test_retry_after_is_heeded(server) -> None:
    ask(server, "/wait")
    assert server.times[1] - server.times[0] >= 1.0


def test_it_says_who_asks_and_one_host_is_asked_one_thing_at_a_time(server) -> None:
    asyncio.run(asker(pause=0.1).ask([f"{server.address}/ok?{number}" for number in range(5)]))
    assert server.agents == {"mkdocs-check/1.0 (test)"}
    assert all(later - earlier >= 0.09 for earlier, later in zip(server.times, server.times[1:]))


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://[::1]/", "http://localhost:1/", "http://192.168.1.20/", "http://169.254.169.254/latest", "http://printer.local/"])
def test_private_addresses_are_never_contacted(address: str) -> None:
    answer = asyncio.run(asker(public_only=True).ask([address]))[address]
    assert answer.kind == "unclear" and "private" in answer.detail


def test_redirect_to_a_private_address_is_not_followed(server, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Asker.patiently

    async def first_hop_is_public(self, session, address):
        self.public_only = not address.startswith(server.address)
        return await real(self, session, address)

    monkeypatch.setattr(Asker, "patiently", first_hop_is_public)
    answer = ask(server, "/to-private")
    assert answer.kind == "unclear" and "10.0.0.1" in answer.detail


def test_name_that_resolves_to_a_private_address_is_refused() -> None:
    async def resolve() -> None:
        await external.PublicResolver().resolve("localhost", 80)

    with pytest.raises(external.PrivateAddress):
        asyncio.run(resolve())


def test_good_answers_are_kept_and_others_asked_again(server, tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "links.json"
    for _ in range(2):
        asyncio.run(asker(cache).ask([server.address + path for path in ("/ok", "/moved", "/gone", "/forbidden")]))
    assert server.seen["HEAD", "/gone"] == 2 and server.seen["HEAD", "/forbidden"] == 2
    assert server.seen["HEAD", "/moved"] == 1
    kept = json.loads(cache.read_text(encoding="utf-8"))
    assert {address.rpartition("/")[2] for address in kept} == {"ok", "moved"}


def test_old_and_damaged_caches_are_left_aside(server, tmp_path: Path) -> None:
    cache = tmp_path / "links.json"
    for content in ("{", "[1]", json.dumps({server.address + "/ok": {"kind": "ok", "detail": "", "address": "", "until": time.time() - 1}})):
        cache.write_text(content, encoding="utf-8")
        assert asyncio.run(asker(cache).ask([server.address + "/ok"]))[server.address + "/ok"].detail == "200"
    assert server.seen["HEAD", "/ok"] == 3


def test_interrupted_run_keeps_what_it_learned(server, tmp_path: Path) -> None:
    cache = tmp_path / "links.json"

    async def interrupted() -> None:
        task = asyncio.create_task(asker(cache, timeout=5.0).ask([server.address + "/ok", server.address + "/slow"]))
        while not server.seen["HEAD", "/slow"]:
            await asyncio.sleep(0.05)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(interrupted())
    assert list(json.loads(cache.read_text(encoding="utf-8"))) == [server.address + "/ok"]
    assert [path.name for path in tmp_path.iterdir()] == ["links.json"]


def test_findings_stand_where_the_link_was_written(server, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"index.md": f"[a]({server.address}/ok)\n\n[b]({server.address}/gone#part)\n\n[c]({server.address}/moved)\n\nText.[^s]\n\n[^s]: [S]({server.address}/forbidden).\n",
             "data/sources.yml": f"- id: s\n  URL: {server.address}/gone\n  archive: https://archive.example/gone\n"}
    ignore = [{"rule": "LNK009", "reason": "the test's own server"}, {"rule": "LNK008", "reason": "the test's own server"}]
    monkeypatch.setattr(external, "Asker", lambda agent, cache: asker(cache))
    monkeypatch.setattr(external, "malformed", lambda address: False)
    code = check.main([*project(tmp_path, files, {"sources": "docs/data/sources.yml", "ignore": ignore[:1]}), "--external"])
    findings = [finding for finding in json.loads(capsys.readouterr().out) if finding["rule"].startswith("EXT")]
    assert [(finding["rule"], finding["severity"], finding["line"]) for finding in findings] == [
        ("EXT001", "error", 3), ("EXT002", "warning", 5), ("EXT003", "warning", 9)]
    assert "https://archive.example/gone" in findings[0]["message"] and f"{server.address}/ok" in findings[1]["message"]
    assert code == 1


def test_unclear_answers_alone_do_not_fail(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(external, "Asker", lambda agent, cache: asker(cache))
    monkeypatch.setattr(external, "malformed", lambda address: False)
    ignore = [{"rule": "LNK009", "reason": "the test's own server"}]
    assert check.main([*project(tmp_path, {"index.md": f"[a]({server.address}/busy)\n"}, {"ignore": ignore}), "--external"]) == 0
    assert [finding["rule"] for finding in json.loads(capsys.readouterr().out)] == ["EXT003"]
