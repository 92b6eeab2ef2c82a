"""`bot serve` as people meet it: a real process with real engines, Redis and HTTP, and a Bot API server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from bot.cli.common import trained_model
from bot.gateway.app import WAKING

HERE = Path(__file__).parent

AWAKE = 120.0
"""Seconds until engines are loaded, on a busy machine."""

CHATS = 12

TALK = (
    ("how long does a work permit take", "How long it takes"),
    ("what does it cost", "Fees"),
    ("which documents do I need", "Documents"),
    ("and the residence permit?", "Work residence permit"),
)
"""What each person says, and what the heading of the answer must hold."""


def bot_api() -> ModuleType:
    """The Bot API server of the Telegram tests."""
    path = HERE.parent / "channels" / "telegram" / "bot_api.py"
    spec = importlib.util.spec_from_file_location("bot_api_for_serve", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def answers(api: Any, user: int) -> list[str]:
    """What somebody was sent, without the word that we are waking up."""
    return [text for text in api.texts(user) if text != WAKING["en"]]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Served:
    """A gateway that can be killed and started again on the same data."""

    def __init__(self, data: Path, api: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "DATA_DIR": str(data), "HTTP_PORT": str(self.port), "ENGINES": "1",
            "TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_URL": api.url,
        }  # fmt: skip
        self._log = data.parent / "serve.log"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    async def get(self, path: str) -> httpx.Response | None:
        with contextlib.suppress(httpx.TransportError):
            async with httpx.AsyncClient(timeout=5) as http:
                return await http.get(self.url + path)
        return None

    async def until(self, path: str, status: int, seconds: float) -> float:
        """Seconds until an address answers so."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            response = await self.get(path)
            if response is not None and response.status_code == status:
                return time.monotonic() - started
            await asyncio.sleep(0.1)
        raise AssertionError(f"{path} did not answer {status}: {self.log()}")

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")[-2000:]

    def engines(self) -> list[int]:
        """Process ids of what this gateway started and that listens as an engine."""
        assert self.process
        found = []
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = status.read_bytes().split(b"\0")
                if b"bot.engine.template" in words or (b"engine" in words and b"--socket" in words):
                    environ = (status.parent / "environ").read_bytes()
                    if f"HTTP_PORT={self.port}".encode() in environ:
                        found.append(int(status.parent.name))
        return found

    async def stop(self) -> int:
        assert self.process
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 40)

    async def kill(self) -> None:
        assert self.process
        self.process.kill()
        await self.process.wait()


@pytest.fixture
async def api() -> AsyncIterator[Any]:
    server = bot_api().BotApi()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def served(tmp_path: Path, api: Any) -> AsyncIterator[Served]:
    trained_model()
    gateway = Served(tmp_path / "data", api)
    await gateway.start()
    yield gateway
    if gateway.process and gateway.process.returncode is None:
        await gateway.stop()


async def test_a_gateway_from_its_first_second_to_its_last(served: Served, api: Any) -> None:
    await served.until("/healthz", 200, 20)
    waking = await served.get("/readyz")
    assert waking is not None
    assert waking.status_code == 503
    api.say(TALK[0][0], user=1)  # before anybody is awake
    page = await served.get("/")
    assert page is not None
    assert page.status_code == 200
    await served.until("/readyz", 200, AWAKE)
    await api.until(lambda: answers(api, 1), seconds=30)
    [first] = answers(api, 1)
    assert TALK[0][1] in first
    assert api.texts(1)[0] == WAKING["en"]

    killer = asyncio.create_task(_trouble(served))
    await asyncio.gather(*(_talk(api, user) for user in range(10, 10 + CHATS)))
    await killer
    await asyncio.sleep(3)  # what would come twice had time to come
    for user in range(10, 10 + CHATS):
        texts = answers(api, user)
        assert len(texts) == len(TALK), texts
        assert [heading for (_, heading), text in zip(TALK, texts) if heading not in text] == []
    assert await served.stop() == 0
    assert "Traceback" not in served.log()
    assert TALK[0][0] not in served.log()


async def _trouble(served: Served) -> None:
    """An engine is killed, later the whole gateway, which is started again."""
    await asyncio.sleep(1.5)
    for pid in served.engines():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(6)
    await served.kill()
    await asyncio.sleep(0.5)
    await served.start()
    await served.until("/readyz", 200, AWAKE)


async def _talk(api: Any, user: int) -> None:
    """Somebody asks one thing after another, each after the answer to the last."""
    for number, (text, _) in enumerate(TALK, 1):
        await asyncio.sleep((user % 7) * 0.3)
        api.say(text, user=user)
        await api.until(lambda number=number: len(answers(api, user)) >= number, seconds=AWAKE)
