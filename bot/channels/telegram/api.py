"""The Bot API through python-telegram-bot: making the client, and what its errors mean."""

from __future__ import annotations

import datetime as dt
import json
import logging
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.store.errors import StoreError

API_URL = "https://api.telegram.org"

CONNECTIONS = 64
CONNECT = 5.0
ANSWER = 20.0
"""Seconds until Telegram must have answered a request."""

POLL = 25
"""Seconds that Telegram holds a request for updates open when there are none."""

SHORTEST, LONGEST = 1.0, 60.0
"""Seconds between attempts, growing."""

REFUSED_TOKEN = 300.0
"""Seconds between attempts at most while the token is refused."""


class _Request(HTTPXRequest):
    """Keeps to itself what it could not read: the words of people would go to the log."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        try:
            found = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Unreadable("an answer that is no JSON")
        return found


BEFORE: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("BEFORE", default=None)
"""What is done once a request has its connection, right before anything of it is written; if that fails, nothing is."""


async def _watch(request: httpx.Request) -> None:
    before = BEFORE.get()
    if before is None:
        return

    async def trace(name: str, info: object) -> None:
        if name.endswith("send_request_headers.started"):
            await before()

    request.extensions["trace"] = trace


class Unreadable(TelegramError):
    """Telegram, or something on the way, answered what nobody can read; what was asked may have been done."""


@dataclass(frozen=True)
class Client:
    """A bot, and its connections to close."""

    bot: Bot
    _requests: tuple[HTTPXRequest, HTTPXRequest]

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()


def client(token: str, api_url: str = API_URL) -> Client:
    """Raises ValueError for a token that cannot be one."""
    if not bot_id(token):
        raise ValueError("a Telegram bot token looks like 123456789:AbC…, as @BotFather gives it")
    for name in (
        "httpx",
        "httpcore",
        "telegram",
    ):  # they log addresses, in which the token stands, and what people write
        logging.getLogger(name).setLevel(logging.WARNING)
    updates = _Request(connection_pool_size=2, read_timeout=10.0, connect_timeout=CONNECT, pool_timeout=5.0)
    others = _Request(
        connection_pool_size=CONNECTIONS, read_timeout=ANSWER, write_timeout=ANSWER, connect_timeout=CONNECT, pool_timeout=ANSWER,
        httpx_kwargs={"event_hooks": {"request": [_watch]}},
    )  # fmt: skip
    url = api_url.rstrip("/")
    bot = Bot(
        token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=others, get_updates_request=updates
    )
    return Client(bot, (updates, others))


def bot_id(token: str) -> str:
    """The id of the bot, which is no secret; empty for what is no token."""
    number, colon, secret = token.partition(":")
    return number if colon and secret and number.isascii() and number.isdigit() and secret.isprintable() else ""


Kind = Literal["slow down", "away", "unknown", "blocked", "refused", "token", "moved", "conflict"]


@dataclass(frozen=True)
class Failure:
    """What an error means.

    kind: `slow down` (wait `seconds`), `away` (surely not done; try again), `unknown` (perhaps done), `blocked` (the person or
    group does not want us), `refused` (what was asked is wrong), `token` (wrong or revoked), `moved` (to chat `to`), `conflict`
    (somebody else gets the updates). words: for the log; no token, nothing of people.
    """

    kind: Kind
    words: str
    seconds: float = 0.0
    to: int = 0


def failure(error: BaseException) -> Failure:
    """What an error of a request means."""
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        seconds = asked.total_seconds() if isinstance(asked, dt.timedelta) else float(asked)
        return Failure("slow down", f"Telegram asks to wait {seconds:.0f} s (429)", seconds)
    if isinstance(error, ChatMigrated):
        return Failure("moved", "the group became a supergroup", to=error.new_chat_id)
    if isinstance(error, Forbidden):
        return Failure("blocked", "blocked by the person, or removed from the group (403)")
    if isinstance(error, InvalidToken):
        return Failure("token", "Telegram refuses the bot token: it is wrong or was revoked (401)")
    if isinstance(error, Conflict):
        return Failure("conflict", "another program gets the updates of this bot (409)")
    if isinstance(error, BadRequest):
        return _bad_request(error.message.lower())
    if isinstance(error, Unreadable):
        return Failure("unknown", "an answer that cannot be read")
    if isinstance(error, NetworkError):
        return _network(error)
    return Failure("unknown", f"{type(error).__name__}")


def back_off(attempt: int, longest: float = LONGEST) -> float:
    """Seconds until attempt number `attempt` + 1; with jitter, so that not everybody comes at once."""
    return min(longest, SHORTEST * 2.0 ** min(attempt, 16)) * random.uniform(0.5, 1.0)  # noqa: S311


def _bad_request(message: str) -> Failure:
    gone = (
        "chat not found",
        "peer_id_invalid",
        "user is deactivated",
        "chat was deleted",
        "group chat was deactivated",
    )
    if any(each in message for each in gone):
        return Failure("blocked", "the chat does not exist any more (400)")
    for mark, what in {
        "not modified": "not modified",
        "parse entities": "entities",
        "button": "button",
        "keyboard": "button",
        "markup": "button",
        "thread": "thread",
    }.items():
        if mark in message:
            return Failure("refused", f"{what} (400)")
    return Failure("refused", "a bad request (400)")


_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    RuntimeError,  # the client was closed before
    StoreError,  # of BEFORE
)


def _network(error: NetworkError) -> Failure:
    cause = error.__cause__
    if isinstance(cause, _NOT_SENT):
        return Failure("away", f"Telegram cannot be reached ({type(cause).__name__})")
    if isinstance(error, TimedOut):
        return Failure("unknown", "Telegram did not answer in time")
    if cause is None or isinstance(cause, TelegramError):  # an HTTP status with no other meaning
        return Failure("away", "Telegram has trouble of its own (5xx)")
    return Failure("unknown", f"the connection to Telegram broke ({type(cause).__name__})")
