"""The web chat as a process of its own (demo.py) on a Redis of our own."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from bot.desk.cases import Case
from bot.desk.desk import Desk
from bot.desk.staff import LoginTaken, Staff
from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer

DEMO = Path(__file__).with_name("demo.py")
ROOT = DEMO.parents[4]

_spec = importlib.util.spec_from_file_location("web_demo", DEMO)
assert _spec and _spec.loader
_demo = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_demo)


@dataclass
class Site:
    """A gateway that can be ended and started again on its port."""

    port: int
    arguments: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, str(DEMO), "--port", str(self.port), *self.arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(f"the demo does not start:\n{self.log.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(how)
        return self.process.wait(20)

    def client(self, language: str = "en", **headers: str) -> httpx.AsyncClient:
        """A browser that has not been here before."""
        return httpx.AsyncClient(
            base_url=self.url, headers={"Origin": self.url, "Accept-Language": language, **headers}, timeout=30
        )


LI = Staff("li", "李伟", "Li Wei")
MALLORY = Staff("mallory", "<img src=x onerror=hacked=1>", "<img src=x onerror=hacked=1>")


@dataclass
class Office:
    """The staff's side of a gateway: two accounts at a desk that is always open."""

    redis: Redis
    desk: Desk
    li: Staff = LI
    mallory: Staff = MALLORY

    async def case(self, conversation: str) -> Case:
        """The newest case of a conversation, once there is one."""
        for _ in range(500):
            found = await self.desk.cases.last_of(conversation)
            if found:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError("no case was opened")

    async def wrote(self, case: Case, text: str) -> None:
        """Until the person's words are in the log of the case."""
        for _ in range(500):
            if any(entry.kind == "person" and text in entry.text for entry in await self.desk.cases.log(case.id)):
                return
            await asyncio.sleep(0.02)
        raise AssertionError("staff cannot read it")


@pytest.fixture(scope="session")
def office(staffed: EmbeddedServer) -> Callable[[], AbstractAsyncContextManager[Office]]:
    """Opens the staff's side of `desk_site`."""

    @contextlib.asynccontextmanager
    async def opened() -> AsyncIterator[Office]:
        redis = connect(socket_url(staffed.socket))
        try:
            found = Office(redis, _demo.desk_of(redis))
            for each in (LI, MALLORY):
                with contextlib.suppress(LoginTaken):
                    await found.desk.staff.add(each, None)
            yield found
        finally:
            await redis.close(close_connection_pool=True)

    return opened


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    found = EmbeddedServer(tmp_path_factory.mktemp("web-redis"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
async def redis(server: EmbeddedServer) -> AsyncIterator[Redis]:
    client = connect(socket_url(server.socket))
    yield client
    await client.close(close_connection_pool=True)


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A Redis apart, in which there are staff."""
    found = EmbeddedServer(tmp_path_factory.mktemp("desk-redis"))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def desk_site(new_site: Callable[..., Site], staffed: EmbeddedServer) -> Site:
    """A gateway with a desk."""
    return new_site(at=staffed)


@pytest.fixture(scope="session")
def new_site(server: EmbeddedServer) -> Iterator[Callable[..., Site]]:
    """Starts a gateway; all end with the tests."""
    sites: list[Site] = []
    with tempfile.TemporaryDirectory() as folder:

        def started(*arguments: str, at: EmbeddedServer = server) -> Site:
            place = ("--redis", socket_url(at.socket))
            site = Site(free_port(), (*place, *arguments), Path(folder, f"{len(sites)}.log"))
            site.start()
            sites.append(site)
            return site

        yield started
        for site in sites:
            if site.process and site.process.poll() is None:
                site.process.kill()
                site.process.wait(10)


@pytest.fixture(scope="session")
def site(new_site: Callable[..., Site]) -> Site:
    """A gateway with wide limits that no test ends."""
    return new_site("--embed", "http://partner.example:8000")


async def until(check: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it took too long"
        await asyncio.sleep(0.03)


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]*)"', html)
