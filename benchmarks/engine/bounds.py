"""The lower bound: what a turn of ours cannot do without, each part alone."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import httpx

from benchmarks.engine.messages import sentence
from benchmarks.engine.processes import running
from benchmarks.engine.redis_server import RedisServer
from benchmarks.engine.results import Bound, Spread, spread
from benchmarks.engine.talk import repeated
from benchmarks.engine.training import QUIET
from bot.engine.client import EngineClient
from bot.engine.process import tail


async def bound(socket: Path, redis: Spread | None, times: int) -> Bound:
    """Ask a running engine for nothing (`/healthz`) and for readings alone, over the socket and with the client of turns."""
    async with EngineClient(socket) as client:
        parse = await repeated(client.parse, [sentence(position) for position in range(times)])
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://engine", trust_env=False) as http:
        echo = await repeated(http.get, ["/healthz"] * times)
    return Bound(echo=spread(echo), parse=spread(parse), redis=redis)


async def redis_bound(server: RedisServer, conversation: str, times: int, directory: Path) -> Spread | None:
    """The two round trips of a turn with what a real turn of `conversation` wrote; None if it is not in Redis."""
    log = directory / "bounds.log"
    result = directory / "bounds.json"
    command = (
        sys.executable, "-m", "benchmarks.engine.bounds_worker", server.url(), conversation, str(times), str(result)
    )  # fmt: skip
    async with running(command, log, QUIET) as process:
        await process.wait()
    if process.returncode:
        raise RuntimeError(f"measuring Redis alone failed:\n{tail(log)}")
    read = await asyncio.to_thread(result.read_text, "utf-8")
    measured = json.loads(read)
    return spread(measured) if measured else None
