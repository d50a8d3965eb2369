"""Ask other hosts for the addresses that a site links: gone, moved, or no clear answer.

Polite: few requests at a time and one after another to each host, a name that says who asks, HEAD before GET, and what
a host says about waiting is heeded. Good answers are kept in .cache/links.json for about a week. Private addresses are
never contacted.
"""
from __future__ import annotations

import asyncio
import ipaddress
import json
import random
import socket
import time
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
import yaml
from yarl import URL  # what aiohttp reads addresses with

from checks.links import Problem, outside
from checks.project import Page, Project

METHODS = ("HEAD", "GET", "GET")  # one a try; many hosts refuse HEAD, so only what they say to GET counts
AT_ONCE, REDIRECTS = 20, 10  # addresses under way; most redirects
LONGEST_WAIT, KEEP = 60.0, 7 * 86_400  # seconds that we wait for a host, and that an answer is kept
SAVE_EVERY = 25  # answers between two writes of the cache
GONE, MOVED, AGAIN = {404, 410}, {301, 308}, {429, 500, 502, 503, 504}  # HTTP status
NO_SUCH_HOST = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


@dataclass(frozen=True)
class Answer:
    """What a host said: `kind` is ok, gone, moved or unclear, `detail` a status or reason, `address` where it ended."""

    kind: str
    detail: str = ""
    address: str = ""
    until: float = 0.0  # when a kept answer is too old


class PrivateAddress(Exception):
    """A host, or one that it redirects to, stands in a private network."""


def is_private(host: str) -> bool:
    """Whether a host is this computer or in a private network, as far as its number or name tells without a look-up."""
    with suppress(ValueError):
        return not ipaddress.ip_address(host).is_global
    return host.rstrip(".").rpartition(".")[2] in ("", "localhost", "local", "internal")


class PublicResolver(aiohttp.ThreadedResolver):
    """Resolves names, and refuses those that lead to this computer or a private network."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list:
        found = await super().resolve(host, port, family)
        if any(is_private(entry["host"]) for entry in found):
            raise PrivateAddress(host)
        return found


@dataclass
class Asker:
    """Asks for addresses with one client. `public_only=False` is for tests that answer themselves, on this computer."""

    agent: str
    cache: Path | None
    public_only: bool = True
    pause: float = 0.5  # seconds between two requests to one host
    back_off: float = 2.0  # seconds before the second try, twice as many before the third
    timeout: float = 20.0  # seconds for one request

    def __post_init__(self) -> None:
        self.hosts: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.kept = self.load()

    def load(self) -> dict[str, Answer]:
        """The answers kept from earlier runs that are young enough; none if the file is missing or damaged."""
        with suppress(OSError, ValueError, AttributeError, TypeError):
            entries = json.loads(self.cache.read_text(encoding="utf-8"))
            kept = {address: Answer(**entry) for address, entry in entries.items()}
            return {address: answer for address, answer in kept.items() if answer.until > time.time()}
        return {}

    def save(self) -> None:
        """Write the answers; the old file stays whole until the new one is, or if it cannot be written."""
        if self.cache:
            entries = {address: vars(answer) for address, answer in self.kept.items()}
            fresh = self.cache.with_suffix(".new")
            with suppress(OSError):
                self.cache.parent.mkdir(parents=True, exist_ok=True)
                fresh.write_text(json.dumps(entries, indent=0, sort_keys=True), encoding="utf-8")
                fresh.replace(self.cache)

    async def ask(self, addresses: Collection[str]) -> dict[str, Answer]:
        """Ask for every address. What was learned is kept even when the run is interrupted."""
        gate = asyncio.Semaphore(AT_ONCE)
        connector = aiohttp.TCPConnector(resolver=PublicResolver() if self.public_only else None)
        timeout = aiohttp.ClientTimeout(total=self.timeout)
        headers = {"User-Agent": self.agent, "Accept": "*/*"}
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=headers) as session:
            async def one(address: str) -> Answer:
                if address in self.kept:
                    return self.kept[address]
                async with gate:
                    answer = await self.answer(session, address)
                if answer.kind in ("ok", "moved"):  # with up to a tenth more, so that not all expire on one day
                    self.kept[address] = replace(answer, until=time.time() + KEEP * random.uniform(1, 1.1))
                    if len(self.kept) % SAVE_EVERY == 0:
                        self.save()
                return answer

            try:
                return dict(zip(addresses, await asyncio.gather(*map(one, addresses))))
            finally:
                self.save()

    async def answer(self, session: aiohttp.ClientSession, address: str) -> Answer:
        """What the host of an address says; that it cannot be reached is an answer, too."""
        try:
            return await self.trace(session, address)
        except PrivateAddress as error:
            return Answer("unclear", f"it leads to the private address {error}, which is not contacted")
        except aiohttp.ClientConnectorDNSError as error:
            if error.errno in NO_SUCH_HOST:
                return Answer("gone", f"the host {error.host} does not exist")
            return Answer("unclear", "its name could not be looked up")
        except TimeoutError:
            return Answer("unclear", "no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer("unclear", str(error).split("\n")[0][:120] or type(error).__name__)

    async def trace(self, session: aiohttp.ClientSession, address: str) -> Answer:
        """Follow an address through its redirects. Raises what `patiently` raises."""
        here, permanent = address, True
        for _ in range(REDIRECTS):
            status, target = await self.patiently(session, here)
            if not target:
                if status >= 400:
                    return Answer("gone" if status in GONE else "unclear", str(status))
                return Answer("moved" if permanent and here != address else "ok", str(status), here)
            permanent = permanent and status in MOVED
            here = urljoin(here, target)
            if urlsplit(here).scheme not in ("http", "https"):
                return Answer("unclear", f"it redirects to {here[:80]}")
        return Answer("unclear", f"more than {REDIRECTS} redirects")

    async def patiently(self, session: aiohttp.ClientSession, address: str) -> tuple[int, str]:
        """Status and redirect (or "") of one address, tried again with growing waits; raises what the last try does."""
        host = URL(address).host or ""
        if self.public_only and is_private(host):
            raise PrivateAddress(host)
        wait = 0.0
        async with self.hosts[host]:
            for attempt, method in enumerate(METHODS):
                last = attempt == len(METHODS) - 1
                await asyncio.sleep(max(self.pause, wait))
                wait = self.back_off * 2 ** attempt * random.uniform(1, 1.2)
                try:
                    async with session.request(method, address, allow_redirects=False) as response:
                        status, headers = response.status, response.headers
                except (TimeoutError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                    if last:
                        raise
                    continue
                if status in AGAIN and not last:
                    wait = max(wait, seconds(headers.get("Retry-After", "")))
                    if wait > LONGEST_WAIT:
                        break
                elif status >= 400 and method == "HEAD":
                    wait = 0.0
                else:
                    break
        return status, headers.get("Location", "") if 300 <= status < 400 else ""


def seconds(value: str) -> float:
    """A Retry-After header in seconds from now; it holds a number or a date."""
    if value.strip().isdecimal():
        return float(value)
    with suppress(ValueError, TypeError):
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    return 0.0


def archives(project: Project) -> dict[str, str]:
    """Archive copies by address, from the list of sources; none if it cannot be read, which another rule reports."""
    with suppress(OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        text = (project.root / str(project.settings["sources"])).read_text(encoding="utf-8")
        records = [record for record in yaml.safe_load(text) if isinstance(record, dict)]
        archived = [record for record in records if record.get("URL") and record.get("archive")]
        return {str(record["URL"]): str(record["archive"]) for record in archived}
    return {}


def malformed(address: str) -> bool:
    """Whether an address is wrong in a way that needs no asking; plain http is not."""
    problem = outside(address)
    return problem is not None and problem.rule != "LNK008"


def ask_all(project: Project) -> list[tuple[Page, str, Problem]]:
    """EXT001 to EXT003: what is wrong with every address outside the site, each with a page and the link on it."""
    linked: dict[str, list[tuple[Page, str]]] = defaultdict(list)
    for page in project.pages.values():
        for kind, link in page.links:
            address = link.strip().partition("#")[0]
            if kind == "head" or not address.lower().startswith(("http://", "https://")) or malformed(address):
                continue
            if urlsplit(address).netloc.lower() != project.host:
                linked[address].append((page, link))
    agent = f"mkdocs-check/1.0 (link check of https://{project.host}{project.base})"
    answers = asyncio.run(Asker(agent, project.root / ".cache" / "links.json").ask(linked))
    copies, problems = archives(project), []
    for address, answer in answers.items():
        archived = f"; an archive has it: {copies[address]}" if address in copies else ""
        problem = {
            "gone": Problem("EXT001", f"{address} is gone ({answer.detail}){archived}"),
            "moved": Problem("EXT002", f"{address} has moved for good", answer.address),
            "unclear": Problem("EXT003", f"{address} gives no clear answer ({answer.detail}){archived}"),
        }.get(answer.kind)
        problems += [(page, link, problem) for page, link in linked[address] if problem]
    return problems
