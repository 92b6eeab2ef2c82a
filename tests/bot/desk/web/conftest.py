"""The web desk in this process: real Redis, desk and accounts; a clock that the tests move."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import itertools
import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from redis.asyncio import Redis
from starlette.applications import Starlette

from bot.desk import hours
from bot.desk.cases import Case, Reason
from bot.desk.desk import Desk
from bot.desk.insights.service import Insights
from bot.desk.staff import Staff, StaffBook
from bot.desk.web.web import DeskWeb
from bot.engine.protocol import Answer
from bot.messages import File, Incoming
from bot.store.connection import connect, socket_url
from bot.store.keys import Keys
from bot.store.server import EmbeddedServer
from bot.store.tasks import ended
from catalog.store import shared

OPEN = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))).timestamp()
"""A Tuesday morning on which the desk is open."""

ORIGIN = "http://desk.test"
PASSWORD = "correct horse battery"
PEOPLE = (
    Staff("li.wei", "李伟", "Li Wei", teams=("permits",)),
    Staff("chen", "陈晨", "Chen Chen", teams=("tax",)),
    Staff("boss", "王主管", "Ms Wang", role="supervisor"),
)

_numbers = itertools.count(1)


class Clock:
    def __init__(self) -> None:
        self.now = OPEN

    def __call__(self) -> float:
        return self.now


@dataclass
class Office:
    redis: Redis
    staff: StaffBook
    desk: Desk
    web: DeskWeb
    app: Starlette
    clock: Clock
    typed: list[str] = field(default_factory=list)

    def browser(self, language: str = "en", address: str = "192.0.2.1", **headers: str) -> httpx.AsyncClient:
        """One that has not been here before."""
        transport = httpx.ASGITransport(app=self.app, client=(address, 1000))
        given = {"Origin": ORIGIN, "Accept-Language": language, **headers}
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=given)

    async def signed_in(self, id_: str, language: str = "en") -> httpx.AsyncClient:
        """A browser of somebody who has signed in; it sends what JSON requests need."""
        client = self.browser(language)
        response = await client.post("/desk/login", data={"user": id_, "password": PASSWORD})
        assert response.status_code == 303, response.text
        client.headers["X-CSRF-Token"] = (await client.get("/desk/api/me")).json()["csrf"]
        return client

    def message(self, conversation: str, text: str, **given: Any) -> Incoming:
        self.clock.now += 1
        return Incoming("web", conversation, f"m{next(_numbers)}", self.clock.now, text, **given)

    async def ask(self, conversation: str, text: str = "I need a person", language: str = "en", **given: Any) -> Case:
        """Somebody asks for a person, who has talked with the assistant before."""
        service = given.pop("service", "work-permit")
        before = self.message(conversation, "How long does a permit take?")
        await self.desk.answered(before, Answer(language, "ask_time", service, 1.0, "Ten days."))
        asked = self.message(conversation, text, **given)
        await self.desk.ask(
            asked,
            Answer(language, "human", service, 1.0, "All right.", profile=(("Who", "foreign national"),)),
            Reason.asked,
        )
        case = await self.desk.cases.last_of(conversation)
        assert case
        return case

    async def hear(self, case: Case, text: str, files: tuple[File, ...] = ()) -> None:
        """The person writes to staff."""
        assert await self.desk.hear(case.id, self.message(case.conversation, text, files=files))


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path_factory.mktemp("desk-redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def redis(embedded: EmbeddedServer) -> AsyncIterator[Redis]:
    """Empty."""
    client = connect(socket_url(embedded.socket))
    await client.flushall()
    yield client
    await client.close(close_connection_pool=True)


@pytest.fixture
async def office(redis: Redis) -> Office:
    return await staffed(redis)


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[tuple[Office, EmbeddedServer]]:
    """An office on a Redis of its own, which may be stopped and started."""
    server = EmbeddedServer(tmp_path / "redis")
    client = connect(socket_url(server.start()))
    yield await staffed(client), server
    await client.close(close_connection_pool=True)
    server.stop()


async def staffed(redis: Redis) -> Office:
    clock, keys = Clock(), Keys()
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    staff = StaffBook(redis, keys, hasher=quick, clock=clock)
    for each in PEOPLE:
        await staff.add(each, PASSWORD)
    open_hours = hours.load()
    desk = Desk(redis, staff, open_hours, keys, clock)
    catalog = shared()
    insights = Insights(redis, open_hours, catalog.services, ["ask_time", "ask_fee", "out_of_scope"], keys)
    typed: list[str] = []

    async def typing(case: Case) -> None:
        typed.append(case.id)

    async def download(file: File) -> bytes | None:
        return b"from Telegram" if file.telegram == "known" else None

    web = DeskWeb(desk, staff, catalog, insights, redis, keys, download, typing=typing)
    return Office(redis, staff, desk, web, Starlette(routes=web.routes), clock, typed)


@dataclass
class Streaming:
    """An office that a real server serves, whose streams are read as browsers do."""

    office: Office
    url: str
    stop: asyncio.Event

    @contextlib.asynccontextmanager
    async def news(self, client: httpx.AsyncClient, **given: Any) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Frames of the stream, with their `id`."""
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        headers = {"Cookie": cookies, "Accept-Language": "en", **given.pop("headers", {})}
        async with (
            httpx.AsyncClient(base_url=self.url, timeout=10) as browser,
            browser.stream("GET", "/desk/api/events", headers=headers, **given) as response,
        ):
            assert response.status_code == 200, await response.aread()
            yield frames(response)


async def frames(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    import json

    place = None
    async for line in response.aiter_lines():
        if line.startswith("id: "):
            place = line[4:]
        elif line.startswith("data: "):
            yield {**json.loads(line[6:]), "id": place}


@pytest.fixture
async def streaming(office: Office) -> AsyncIterator[Streaming]:
    async with served(office) as found:
        yield found


@contextlib.asynccontextmanager
async def served(office: Office) -> AsyncIterator[Streaming]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    config = uvicorn.Config(
        office.app, "127.0.0.1", port, lifespan="off", ws="none", log_level="error", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]
    stop = asyncio.Event()
    serving, running = asyncio.create_task(server.serve()), asyncio.create_task(office.web.run(stop))
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    yield Streaming(office, f"http://127.0.0.1:{port}", stop)
    stop.set()
    server.should_exit = True
    await asyncio.wait_for(serving, 10)
    await ended(running)


def csrf_in(html: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', html)
    assert found
    return found[1]


@pytest.fixture
def serve() -> Any:
    """Serves an office."""
    return served
