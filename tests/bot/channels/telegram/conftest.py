"""The channel between a Bot API server on loopback and a real Redis. What the engine would answer is a function of the test."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

sys.path.insert(0, str(Path(__file__).parent))

from bot_api import BotApi

from bot.channels.telegram.channel import Channel, Settings
from bot.channels.telegram.pacing import Pace
from bot.engine.protocol import Answer, Button
from bot.messages import Incoming, Outgoing
from bot.store.buttons import Buttons
from bot.store.connection import connect, socket_url
from bot.store.errors import StoreUnavailable
from bot.store.outbox import Outbox
from bot.store.server import EmbeddedServer
from catalog.store import Catalog

SECRET = "a-secret-of-the-webhook"


@pytest.fixture(scope="session")
def telegram_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    server = EmbeddedServer(tmp_path_factory.mktemp("telegram"))
    yield server.start()
    server.stop()


@pytest.fixture
async def redis(telegram_socket: Path) -> AsyncIterator[Redis]:
    """Empty."""
    client = connect(socket_url(telegram_socket))
    await client.flushall()
    yield client
    await client.close(close_connection_pool=True)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    server = BotApi()
    await server.start()
    yield server
    await server.stop()


class Gateway:
    """The rest of the gateway, as small as can be: keeps what is accepted, and answers it at once by `script` if there is one."""

    def __init__(self, api: BotApi, redis: Redis, catalog: Catalog) -> None:
        self.api, self.redis, self.catalog = api, redis, catalog
        self.outbox = Outbox(redis, beat=0.2, lease=2.0)
        self.buttons = Buttons(redis)
        self.accepted: list[Incoming] = []
        self.script: Callable[[Incoming], Answer | None] = echo
        self.away = 0
        self.channel: Channel | None = None
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def accept(self, message: Incoming) -> bool:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("as told")
        if any((m.conversation, m.message_id) == (message.conversation, message.message_id) for m in self.accepted):
            return False
        self.accepted.append(message)
        answer = self.script(message)
        if answer:
            await self.reply(message.conversation, answer, (message.message_id,))
        return True

    async def reply(self, conversation: str, answer: Answer, to: tuple[str, ...] = (), name: str | None = None) -> None:
        ids = await self.buttons.issue(conversation, answer.buttons)
        name = name or f"r-{conversation}-{'-'.join(to)}-{time.time_ns()}"
        await self.outbox.record(Outgoing(name, "telegram", conversation, to, answer, ids, time.time()))

    async def start(self, *, pace: Pace | None = None, token: str | None = None, **settings: object) -> Channel:
        values = {"api_url": self.api.url, "poll": 1, "slow": 0.02, "grace": 2.0, **settings}
        self._stop = asyncio.Event()
        self.channel = Channel(
            token or self.api.token, self.accept, self.outbox, self.buttons, self.catalog, self.redis,
            Settings(**values), pace=pace,  # type: ignore[arg-type]
        )  # fmt: skip
        self._task = asyncio.create_task(self.channel.run(self._stop))
        return self.channel

    async def stop(self) -> None:
        self._stop.set()
        if self._task:
            await asyncio.wait_for(self._task, 10)
            self._task = None

    async def kill(self) -> None:
        """Ends as suddenly as a task can."""
        assert self._task
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None


def echo(message: Incoming) -> Answer:
    said = message.text or message.payload or f"button {message.button}"
    buttons = (Button("Fees", "/ask_fee"), Button("Talk to a person", "/ask_human"))
    return Answer(message.language or "en", "ask_overview", None, 1.0, f"heard {said}", buttons)


@pytest.fixture
async def gateway(api: BotApi, redis: Redis, catalog: Catalog) -> AsyncIterator[Gateway]:
    found = Gateway(api, redis, catalog)
    yield found
    await found.stop()
