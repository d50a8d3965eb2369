"""Ask other hosts for the addresses that a site links: gone, moved, or no clear answer.

Polite: few requests at a time and one after another to each host, a name that says who asks, HEAD before GET, and what a host
says about waiting is heeded. Good answers are kept in .cache/links.json for about a week. Private addresses are never contacted.
"""
from __future__ import annotations

import asyncio
import errno
import ipaddress
import json
import os
import random
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
import yaml

from checks.links import Problem, outside
from checks.project import Page, Project

AT_ONCE, PER_HOST, PAUSE = 20, 1, 0.5  # requests under way, those to one host, seconds between two to one host
TRIES, BACK_OFF, LONGEST_WAIT, TIMEOUT = 3, 2.0, 60.0, 20.0  # tries; seconds: first wait, longest wait, one request
HOPS, KEEP, SAVE_EVERY = 10, 7 * 86_400, 25  # redirects; seconds that an answer is kept; answers between two writes of the cache
GONE, MOVED, AGAIN = {404, 410}, {301, 308}, {429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Answer:
    """What a host said: kind is ok, gone, moved or unclear; `detail` is a status or reason, `address` where a moved page is."""

    kind: str
    detail: str = ""
    address: str = ""


class PrivateAddress(Exception):
    """A host, or one that it redirects to, stands in a private network."""


class PublicResolver(aiohttp.ThreadedResolver):
    """Resolves names, and refuses those that lead to this computer or a private network."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list:
        found = await super().resolve(host, port, family)
        if not all(ipaddress.ip_address(entry["host"].partition("%")[0]).is_global for entry in found):
            raise PrivateAddress(host)
        return found


class Asker:
    """Asks for addresses with one client. `public_only=False` is for tests that answer themselves, on this computer."""

    def __init__(self, agent: str, cache: Path | None, public_only: bool = True, pause: float = PAUSE, back_off: float = BACK_OFF,
                 timeout: float = TIMEOUT) -> None:
        self.agent, self.cache, self.public_only = agent, cache, public_only
        self.pause, self.back_off, self.timeout = pause, back_off, timeout
        self.hosts: dict[str, asyncio.Semaphore] = {}
        self.kept = self.load()

    def load(self) -> dict[str, dict]:
        """The answers kept from earlier runs that are young enough; none if the file is damaged."""
        with suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
            kept = json.loads(self.cache.read_text(encoding="utf-8"))
            return {url: entry for url, entry in kept.items() if float(entry["until"]) > time.time() and entry["kind"] in ("ok", "moved")}
        return {}

    def save(self) -> None:
        """Write the answers; the old file stays whole until the new one is."""
        if self.cache:
            self.cache.parent.mkdir(parents=True, exist_ok=True)
            fresh = self.cache.with_suffix(".new")
            fresh.write_text(json.dumps(self.kept, indent=0, sort_keys=True), encoding="utf-8")
            os.replace(fresh, self.cache)

    async def ask(self, addresses: Iterable[str]) -> dict[str, Answer]:
        """Ask for every address. What was learned is kept even when the run is interrupted."""
        answers, gate = {}, asyncio.Semaphore(AT_ONCE)
        connector = aiohttp.TCPConnector(limit=AT_ONCE, resolver=PublicResolver() if self.public_only else None)
        timeout = aiohttp.ClientTimeout(total=self.timeout)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers={"User-Agent": self.agent, "Accept": "*/*"}) as session:
            async def one(address: str) -> None:
                if entry := self.kept.get(address):
                    answers[address] = Answer(entry["kind"], entry["detail"], entry["address"])
                    return
                async with gate:
                    answers[address] = answer = await self.trace(session, address)
                if answer.kind in ("ok", "moved"):  # with up to a tenth more, so that not all expire on one day
                    self.kept[address] = vars(answer) | {"until": time.time() + KEEP * random.uniform(1, 1.1)}
                    if len(self.kept) % SAVE_EVERY == 0:
                        self.save()
            try:
                await asyncio.gather(*map(one, addresses))
            finally:
                self.save()
        return answers

    async def trace(self, session: aiohttp.ClientSession, address: str) -> Answer:
        """Follow an address through its redirects to an answer."""
        here, permanent = address, True
        for _ in range(HOPS):
            try:
                status, target = await self.patiently(session, here)
            except PrivateAddress as error:
                return Answer("unclear", f"it leads to the private address {error}, which is not contacted")
            except aiohttp.ClientConnectorDNSError as error:
                unknown = getattr(error.os_error, "errno", None) in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME), errno.ENOENT)
                return Answer("gone", f"the host {urlsplit(here).hostname} does not exist") if unknown else Answer("unclear", "its name could not be looked up")
            except asyncio.TimeoutError:
                return Answer("unclear", "no answer in time")
            except (aiohttp.ClientError, OSError, ValueError) as error:
                return Answer("unclear", str(error).split("\n")[0][:120] or type(error).__name__)
            if target is None:
                if status in GONE:
                    return Answer("gone", str(status))
                if status >= 400:
                    return Answer("unclear", str(status))
                return Answer("moved", str(status), here) if permanent and here != address else Answer("ok", str(status))
            permanent = permanent and status in MOVED
            here = urljoin(here, target)
            if urlsplit(here).scheme not in ("http", "https"):
                return Answer("unclear", f"it redirects to {here[:80]}")
        return Answer("unclear", f"more than {HOPS} redirects")

    async def patiently(self, session: aiohttp.ClientSession, address: str) -> tuple[int, str | None]:
        """Status and redirect of one address, tried again with growing waits; HEAD first, GET where HEAD is refused."""
        host = urlsplit(address).hostname or ""
        with suppress(ValueError):
            if self.public_only and not ipaddress.ip_address(host).is_global:
                raise PrivateAddress(host)
        if self.public_only and host.rpartition(".")[2] in ("", "localhost", "local", "internal"):
            raise PrivateAddress(host)
        async with self.hosts.setdefault(host, asyncio.Semaphore(PER_HOST)):
            method, wait = "HEAD", 0.0
            for attempt in range(TRIES):
                await asyncio.sleep(max(self.pause, wait))
                wait = self.back_off * 2 ** attempt * random.uniform(1, 1.2)
                try:
                    async with session.request(method, address, allow_redirects=False) as response:
                        status, target, asked = response.status, response.headers.get("Location"), response.headers.get("Retry-After")
                except (asyncio.TimeoutError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                    if attempt == TRIES - 1:
                        raise
                    method = "GET"
                    continue
                if status in AGAIN and attempt < TRIES - 1:
                    wait = max(wait, seconds(asked)) if asked else wait
                    if wait > LONGEST_WAIT:
                        break
                elif status >= 400 and method == "HEAD":
                    wait = 0.0  # many hosts refuse HEAD; only what they say to GET counts
                else:
                    break
                method = "GET"
        return status, target if 300 <= status < 400 and target else None


def seconds(value: str) -> float:
    """A Retry-After header in seconds from now; it holds a number or a date."""
    if value.strip().isdigit():
        return float(value)
    with suppress(ValueError, TypeError):
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    return 0.0


def archives(project: Project) -> dict[str, str]:
    """Archive copies by address, from the list of sources."""
    with suppress(OSError, yaml.YAMLError, KeyError, TypeError):
        records = yaml.safe_load((project.root / str(project.settings["sources"])).read_text(encoding="utf-8"))
        return {str(record["URL"]): str(record["archive"]) for record in records if isinstance(record, dict) and record.get("URL") and record.get("archive")}
    return {}


def ask_all(project: Project, asker: Asker | None = None) -> list[tuple[Page, str, Problem]]:
    """What is wrong with every address outside the site: EXT001 to EXT003, each with a page that links it."""
    linked: dict[str, list[tuple[Page, str]]] = {}
    for page in project.pages.values():
        for kind, address in page.links:
            bare = address.strip().partition("#")[0]
            parts = urlsplit(bare) if bare.lower().startswith(("http://", "https://")) and not malformed(bare) else None
            if parts and parts.netloc.lower() != project.host and kind != "head":
                linked.setdefault(bare, []).append((page, address))
    asker = asker or Asker(f"mkdocs-check/1.0 (link check of https://{project.host}{project.base})", project.root / ".cache" / "links.json")
    answers, copies, problems = asyncio.run(asker.ask(linked)), archives(project), []
    for url, answer in answers.items():
        copy = f"; an archive has it: {copies[url]}" if url in copies else ""
        problem = {"gone": Problem("EXT001", f"{url} is gone ({answer.detail}){copy}"),
                   "moved": Problem("EXT002", f"{url} has moved for good", answer.address),
                   "unclear": Problem("EXT003", f"{url} gives no clear answer ({answer.detail}){copy}")}.get(answer.kind)
        problems += [(page, address, problem) for page, address in linked[url] if problem]
    return problems


def malformed(address: str) -> bool:
    """Whether an address is wrong in a way that needs no asking; plain http is not."""
    problem = outside(address)
    return problem is not None and problem.rule != "LNK008"
