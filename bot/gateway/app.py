"""The gateway as a program: HTTP, the channels, the worker and the engines, from the first second to the last.

The HTTP side is up at once. Engines load meanwhile; messages that come before they are ready wait in the inbox.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.telegram.channel import Channel
from bot.channels.telegram.channel import Settings as TelegramSettings
from bot.channels.telegram.webhook import BODY, HEADER
from bot.channels.web.limits import Limits
from bot.channels.web.security import Secured
from bot.channels.web.settings import WebSettings
from bot.channels.web.web import CHANNEL, Web
from bot.delivery import delivered
from bot.desk import hours
from bot.desk.cases import Case, Owner
from bot.desk.desk import Desk
from bot.desk.insights.service import Insights
from bot.desk.keeper import Keeper
from bot.desk.staff import StaffBook
from bot.desk.web.web import DeskWeb
from bot.engine.errors import EngineError, EngineNotReady
from bot.engine.metrics import CONTENT_TYPE, Counter, Gauge, exposition
from bot.engine.pool import EnginePool
from bot.engine.protocol import Answer, Turn
from bot.engine.supervisor import Supervisor
from bot.gateway.turns import Turns
from bot.gateway.worker import Worker
from bot.messages import Incoming, Outgoing, Voice
from bot.project import domain_intents
from bot.settings import Settings
from bot.store.buttons import Buttons
from bot.store.connection import check, redis_store, socket_url
from bot.store.deadletters import DeadLetters
from bot.store.errors import StoreError
from bot.store.inbox import Inbox
from bot.store.keys import Keys
from bot.store.outbox import Outbox
from bot.store.server import EmbeddedServer
from catalog.store import Catalog
from language.choice import reply_language

logger = logging.getLogger(__name__)

GRACE = 25.0
"""Seconds in which a shutdown finishes what it holds."""

SETTLED = 3.0
"""Seconds from a deletion until Redis writes its file anew; by then the answer is delivered, and what goes with it is gone."""

PER_MINUTE = 20
PER_MINUTE_TO_STAFF = 60
"""Messages of one person that are taken, on channels without a limit of their own: by the assistant, and by staff."""

TOO_FAST = {
    "en": "That was a lot at once. Please wait a minute, then write again; I have kept what came before.",
    "zh": "您发得太快了，请等一分钟再继续；之前的消息我都收到了。",
}
WAKING = {
    "en": "I am just waking up. Your answer comes in less than a minute.",
    "zh": "我正在启动，一分钟内回复您。",
}

T = TypeVar("T")

Accept = Callable[[Incoming], Awaitable[bool]]

AGAIN = 10.0
"""Seconds before engines that could not be started are tried again."""


class Engines:
    """The engines of this gateway: started and watched in the background, or elsewhere at URLs."""

    def __init__(self, settings: Settings, model: Path | None) -> None:
        self._settings, self._model = settings, model
        self._pool: EnginePool | None = None
        self.phase = "starting"

    async def turn(self, turn: Turn) -> Answer:
        """The answer to a turn. Raises EngineNotReady while none is ready, EngineError."""
        if self._pool is None:
            raise EngineNotReady(self.phase)
        return await self._pool.turn(turn)

    async def ready(self) -> bool:
        """Whether an engine answers turns now."""
        if self._pool is None:
            return False
        with contextlib.suppress(EngineError):
            ready, self.phase = await self._pool.phase()
            return ready
        return False

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the engines until `stop`; what cannot be started is tried again."""
        while not stop.is_set():
            try:
                async with contextlib.AsyncExitStack() as stack:
                    self._pool = await _unless(stop, stack.enter_async_context(self._engines()))
                    await stop.wait()
            except EngineError as error:  # noqa: PERF203  (starting engines is what takes time here)
                self.phase = "failed"
                logger.error("the engines cannot be started, trying again: %s", error)  # noqa: TRY400
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), AGAIN)
            finally:
                self._pool = None

    def _engines(self) -> AbstractAsyncContextManager[EnginePool]:
        if self._settings.engine_urls:
            secret = self._settings.engine_secret
            return EnginePool.of_urls(self._settings.engine_urls, secret.get_secret_value() if secret else None)
        assert self._model is not None
        return Supervisor(self._model, self._settings.engines, progress=self._enter)

    def _enter(self, phase: str) -> None:
        self.phase = phase


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of `work`, or None, and `work` cancelled, when `stop` is set before."""
    task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
    if task.done():
        return task.result()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return None


class CannotListen(Exception):
    """The address or port cannot be had."""


class Gateway:
    """All parts of one gateway on a Redis."""

    def __init__(self, settings: Settings, catalog: Catalog, model: Path | None, redis: Redis) -> None:
        keys = Keys()
        self._redis, self._keys = redis, keys
        self._inbox, self._dead_letters = Inbox(redis, keys), DeadLetters(redis, keys)
        self._outbox, self._buttons = Outbox(redis, keys), Buttons(redis, keys)
        self._limits = Limits(redis, keys)
        self._forgotten = asyncio.Event()
        staff = StaffBook(redis, keys)
        self.desk = Desk(redis, staff, hours.load(settings.desk_hours), keys)
        self._keeper = Keeper(redis, self.desk, keys)
        web = WebSettings(embed_origins=settings.web_origins)
        self.telegram = _telegram(settings, catalog, redis, self._accept, self._outbox, self._buttons, self.desk)
        download = self.telegram.download if self.telegram else None
        self.web = Web(
            self._inbox.put, self._outbox, self._buttons, catalog, redis, web, keys,
            ownership=self.desk.ownership, attending=self.desk.attending, download=download,
        )  # fmt: skip
        insights = Insights(redis, self.desk.hours, tuple(catalog.services), domain_intents(), keys)
        self._records = insights.records
        self.desk_web = DeskWeb(self.desk, staff, catalog, insights, redis, keys, download, typing=self._staff_write)
        self.engines = Engines(settings, model)
        typing = self.telegram.typing if self.telegram else None
        turns = Turns(self.engines, self._buttons, self.desk, self._forget, typing, self._records)
        self._worker = Worker(redis, turns, keys, waiting=self._wake, answered=turns.answered, apart=self._with_staff)
        app = Starlette(routes=self._routes(), exception_handlers={404: self.web.not_found})
        self.app = Secured(app, embed_origins=settings.web_origins)  # what no route answers has the headers too

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`. The worker finishes its turns before the engines go."""
        stop_engines = asyncio.Event()
        engines = asyncio.create_task(self.engines.run(stop_engines))
        work: list[Callable[[asyncio.Event], Any]] = [
            self._worker.run,
            self.web.run,
            self.desk_web.run,
            self._keeper.run,
            self._off_the_disk,
        ]
        if self.telegram:
            work.append(self.telegram.run)
        tasks = [asyncio.create_task(each(stop)) for each in work]
        try:
            await asyncio.wait([*tasks, engines], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.set()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            stop_engines.set()
            results.append(*await asyncio.gather(engines, return_exceptions=True))
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _accept(self, message: Incoming) -> bool:
        """Keep a message of a channel that has no limits of its own; who writes too much is told so, once a minute."""
        to_staff = await self._with_staff(message.conversation)
        limit = (
            {f"staff:{message.conversation}": PER_MINUTE_TO_STAFF}
            if to_staff
            else {f"person:{message.conversation}": PER_MINUTE}
        )
        if not await self._limits.take(limit):
            return await self._inbox.put(message)
        if not await self._limits.take({f"told:{message.conversation}": 1}):
            await self._tell(message, TOO_FAST, "notice")
        return True

    async def _with_staff(self, conversation: str) -> bool:
        owned = await self.desk.ownership(conversation)
        return owned is not None and owned.owner is Owner.staff

    async def _wake(self, message: Incoming) -> None:
        """Tell somebody whose answer waits for an engine."""
        if message.channel == CHANNEL:
            await self.web.waiting(message)
        elif not await self._limits.take({f"woken:{message.conversation}": 1}):
            await self._tell(message, WAKING)

    async def _staff_write(self, case: Case) -> None:
        """Show somebody that staff are writing."""
        await self.web.typing(case.conversation)

    async def _tell(self, message: Incoming, texts: dict[str, str], voice: Voice = "assistant") -> None:
        language = reply_language((message.text or "")[:200], message.language)
        said = Answer(language, "help", None, 1.0, texts["en" if language == "en" else "zh"])
        name = f"{message.conversation}-{message.message_id}-told"
        await self._outbox.record(
            Outgoing(
                name,
                message.channel,
                message.conversation,
                (message.message_id,),
                delivered(said),
                (),
                time.time(),
                voice,
            )
        )

    async def _forget(self, conversation: str) -> None:
        """Delete what the gateway itself keeps of a conversation; the web chat's history goes with the answer."""
        await self._buttons.forget(conversation)
        await self._dead_letters.forget(conversation)
        await self.desk.forget(conversation)
        await self._records.forget(conversation)
        self._forgotten.set()

    async def _off_the_disk(self, stop: asyncio.Event) -> None:
        """Have Redis write its file anew after something was deleted, so that the words are off the disk too."""
        while not stop.is_set():
            await _unless(stop, self._forgotten.wait())
            if not self._forgotten.is_set():
                return
            await _unless(stop, asyncio.sleep(SETTLED))
            self._forgotten.clear()
            try:
                await self._redis.bgrewriteaof()
            except ResponseError as error:  # else it is not allowed on somebody else's Redis
                if "in progress" in str(error):  # begun before, with the words
                    self._forgotten.set()
            except RedisError:
                self._forgotten.set()

    def _routes(self) -> list[Any]:
        return [
            *self.desk_web.routes,
            *self.web.routes,
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._metrics),
            *([Route("/telegram", self._webhook, methods=["POST"])] if self.telegram else []),
        ]

    async def _healthz(self, request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _readyz(self, request: Request) -> Response:
        """Ready when messages can be kept and are answered: Redis and an engine."""
        store = "ready"
        try:
            await check(self._redis, self._keys)
        except StoreError as error:
            store = type(error).__name__
        ready = await self.engines.ready()
        body = {"store": store, "engines": "ready" if ready else self.engines.phase}
        if self.telegram:
            body["telegram"] = self.telegram.trouble or "ready"
        return JSONResponse(body, 200 if store == "ready" and ready else 503)

    async def _metrics(self, request: Request) -> Response:
        try:
            waiting, dead = await self._inbox.length(), await self._dead_letters.count()
            cases, moves = await self.desk.cases.counts()
        except StoreError:
            return PlainTextResponse("the store is away\n", 503)
        text = exposition(
            Gauge("qta_inbox_messages", "Messages that wait for an answer.", {"": float(waiting)}),
            Gauge("qta_dead_letters", "Messages that were given up.", {"": float(dead)}),
            Gauge(
                "qta_inbox_shards",
                "Shards of the inbox that this gateway serves.",
                {"": float(len(self._worker.shards))},
            ),
            Gauge(
                "qta_desk_cases", "Cases by state.", {state: float(count) for state, count in cases.items()}, "state"
            ),
            Counter(
                "qta_desk_moves_total",
                "What was done with cases, ever.",
                ("move",),
                {(m,): n for m, n in moves.items()},
            ),
        )
        return Response(text, media_type=CONTENT_TYPE)

    async def _webhook(self, request: Request) -> Response:
        assert self.telegram is not None
        body = b""
        try:
            async for chunk in request.stream():  # from anybody, so no more of it is held than Telegram would send
                body += chunk
                if len(body) > BODY:
                    break
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(status_code=await self.telegram.webhook(body, request.headers.get(HEADER)))


def _telegram(
    settings: Settings, catalog: Catalog, redis: Redis, accept: Accept, outbox: Outbox, buttons: Buttons, desk: Desk
) -> Channel | None:
    if settings.telegram_bot_token is None:
        return None
    secret = settings.telegram_webhook_secret
    channel = TelegramSettings(
        settings.telegram_api_url, settings.telegram_webhook_url, secret.get_secret_value() if secret else None
    )
    token = settings.telegram_bot_token.get_secret_value()
    return Channel(
        token, accept, outbox, buttons, catalog, redis, channel, desk=desk, staff_chat=settings.staff_chat_id
    )


class _Server(uvicorn.Server):
    """A server that leaves signals to the gateway."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@contextlib.asynccontextmanager
async def store(settings: Settings) -> AsyncIterator[Redis]:
    """The Redis of the settings; its address is handed to engine processes in `REDIS_URL`. Raises StoreError, ValueError."""
    url = settings.redis_url.get_secret_value() if settings.redis_url else None
    async with redis_store(url, settings.data_dir) as redis:
        os.environ["REDIS_URL"] = url or socket_url(EmbeddedServer(settings.data_dir).socket)
        yield redis


async def serve(settings: Settings, catalog: Catalog, model: Path | None, up: Callable[[str], None]) -> None:
    """Run a gateway until SIGTERM or SIGINT. up: called with the address when people can open it.

    Raises StoreError, CannotListen.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with store(settings) as redis:
        gateway = Gateway(settings, catalog, model, redis)
        config = uvicorn.Config(
            gateway.app, settings.http_host, settings.http_port, ws="wsproto", ws_max_size=64 * 1024, lifespan="off",
            log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5,
        )  # fmt: skip
        server = _Server(config)
        try:
            listening = config.bind_socket()
        except SystemExit:  # that is how uvicorn says it
            raise CannotListen(f"cannot listen on {settings.http_host}:{settings.http_port}: is it taken?") from None
        http = asyncio.create_task(server.serve([listening]))
        up(f"http://{settings.http_host}:{listening.getsockname()[1]}")
        work = asyncio.create_task(gateway.run(stop))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([http, work, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.set()
            server.should_exit = True
            await asyncio.wait([http, work], timeout=GRACE)
            stopped.cancel()
        for task in (http, work):
            if task.done():
                task.result()
            else:
                task.cancel()
