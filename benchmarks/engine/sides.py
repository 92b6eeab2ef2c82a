"""The two sides while they run: started, answering, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import httpx

from benchmarks.engine.history import lengthened
from benchmarks.engine.processes import free_port, running
from benchmarks.engine.redis_server import RedisServer
from benchmarks.engine.stock_project import endpoints
from benchmarks.engine.training import QUIET, Job
from bot.engine.errors import EngineError
from bot.engine.pool import EnginePool
from bot.engine.process import tail
from bot.engine.protocol import Turn
from bot.engine.supervisor import Supervisor
from bot.store.connection import connect

START_TIMEOUT = 600.0
"""Seconds until the first answer. On a busy machine stock Rasa takes minutes to build its networks."""

ANSWER_TIMEOUT = 120.0
"""Seconds stock may take for an answer when hundreds ask."""

FIRST = "What documents do I need for a work permit?"


class NoAnswer(Exception):
    """A side did not answer a turn, or did not start."""


class Talking(Protocol):
    """A side that answers."""

    started_in: float

    async def say(self, conversation: str, text: str) -> None:
        """One turn. Raises NoAnswer."""


T_Side = TypeVar("T_Side", bound=Talking)


class StockRasa:
    """`rasa run` with the REST channel, asked over HTTP as its documentation shows."""

    store = "RedisTrackerStore, RedisLockStore"

    def __init__(self, http: httpx.AsyncClient, store: str) -> None:
        """store: URL of the database that conversations are in."""
        self._http, self._store = http, store
        self.started_in = 0.0
        self.silent = 0

    async def say(self, conversation: str, text: str) -> None:
        """An empty answer is one, too: Rasa gives it where its policies or an action fail. `silent` counts them."""
        try:
            response = await self._http.post("/webhooks/rest/webhook", json={"sender": conversation, "message": text})
        except httpx.TransportError as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
        if response.status_code != 200:
            raise NoAnswer(f"status {response.status_code}: {response.text[:200]}")
        self.silent += not response.json()

    async def lengthen(self, conversation: str, turns: int) -> None:
        """Make the conversation `turns` turns long, with copies of its own events."""
        key = f"tracker:{conversation}"
        redis = connect(self._store)
        try:
            dialogue = json.loads(await redis.get(key) or "{}")
            if not dialogue:
                raise NoAnswer("the conversation is not in Redis where stock Rasa is meant to keep it")
            dialogue["events"] = lengthened(dialogue["events"], turns)
            await redis.set(key, json.dumps(dialogue))
        finally:
            await redis.close(close_connection_pool=True)


class OurEngines:
    """Engines asked by the gateway's own client."""

    store = "ConversationStore"

    def __init__(self, pool: EnginePool) -> None:
        self._pool = pool
        self.started_in = 0.0

    async def say(self, conversation: str, text: str) -> None:
        try:
            answer = await self._pool.turn(Turn(conversation, text))
        except EngineError as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
        if not answer.text:
            raise NoAnswer("an answer without text")


@contextlib.asynccontextmanager
async def stock(job: Job, server: RedisServer, directory: Path) -> AsyncIterator[StockRasa]:
    """Rasa's server and its action server, one process each. Raises NoAnswer when they do not get ready."""
    port, actions_port = free_port(), free_port()
    places = directory / "endpoints.yml"
    places.write_text(endpoints(actions_port, server.port), encoding="utf-8")
    rasa = (sys.executable, "-m", "rasa")
    acting = (*rasa, "run", "actions", "--actions", "benchmarks.engine.stock_actions", "--port", str(actions_port))
    serving = (
        *rasa, "run", "--enable-api", "--model", str(job.model), "--endpoints", str(places), "--port", str(port),
        "--credentials", str(job.folder / "credentials.yml"), "--interface", "127.0.0.1",
    )  # fmt: skip
    log, actions_log = directory / "rasa.log", directory / "actions.log"
    started = time.perf_counter()
    async with (
        running(acting, actions_log, QUIET) as actions,
        running(serving, log, QUIET) as process,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            timeout=ANSWER_TIMEOUT,
            limits=httpx.Limits(max_connections=None),
            trust_env=False,
        ) as http,
    ):
        side = StockRasa(http, server.url(1))
        await _first_answer(side, lambda: process.returncode is None and actions.returncode is None, (log, actions_log))
        side.started_in = time.perf_counter() - started
        if side.silent:
            raise NoAnswer(f"the first answer is empty:\n{tail(log)}\n{tail(actions_log)}")
        yield side


@contextlib.asynccontextmanager
async def ours(job: Job, server: RedisServer, directory: Path, engines: int) -> AsyncIterator[OurEngines]:
    """One engine in a process of its own, several as the supervisor starts them. Raises NoAnswer when they do not get ready."""
    os.environ["REDIS_URL"] = server.url()
    started = time.perf_counter()
    supervisor = Supervisor(job.model, engines, directory, prefork=None if engines > 1 else False)
    try:
        pool = await supervisor.__aenter__()
    except EngineError as error:
        raise NoAnswer(f"our engine does not start: {error}") from error
    try:
        side = OurEngines(pool)
        await side.say("first", FIRST)
        side.started_in = time.perf_counter() - started
        yield side
    finally:
        await supervisor.__aexit__(None, None, None)


async def _first_answer(side: Talking, lives: Callable[[], bool], logs: Sequence[Path]) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while (problem := await _problem(side)) and time.monotonic() < deadline and lives():  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    if problem:
        raise NoAnswer(f"no first answer ({problem}):\n" + "\n".join(tail(log) for log in logs))


async def _problem(side: Talking) -> str:
    """Why it does not answer; empty if it does."""
    try:
        await side.say("first", FIRST)
    except NoAnswer as error:
        return str(error)
    return ""
