"""The Telegram channel: updates in, replies out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis.asyncio import Redis
from telegram import Bot, InlineQueryResultsButton, InputFile
from telegram.error import TelegramError

from bot.channels.telegram import inline, menus, updates, webhook
from bot.channels.telegram.api import API_URL, POLL, Failure, back_off, bot_id, client, failure
from bot.channels.telegram.checklist import checklist, filename
from bot.channels.telegram.commands import set_commands
from bot.channels.telegram.keyboards import identifier, keyboard
from bot.channels.telegram.lanes import Lanes, place
from bot.channels.telegram.markup import parts
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.menus import Page
from bot.channels.telegram.pacing import Pace
from bot.channels.telegram.polling import Troubles, poll, sleep, until_works
from bot.channels.telegram.ports import Accept, Buttons, Outbox
from bot.channels.telegram.replies import engine_payload, page_for, unreadable
from bot.channels.telegram.sender import CHANNEL, NO_PREVIEW, Sender, Target
from bot.channels.telegram.texts import said
from bot.channels.telegram.updates import (
    Command,
    Edited,
    Event,
    Me,
    Membership,
    Moved,
    Place,
    Pressed,
    Said,
    Searched,
    Unreadable,
)
from bot.engine.protocol import Answer
from bot.messages import Incoming, Outgoing
from bot.store.errors import StoreError
from bot.store.keys import Keys
from bot.store.tasks import ended
from catalog.store import Catalog
from language.choice import reply_language

logger = logging.getLogger(__name__)

AT_ONCE = 64
"""Edits, files, and answers to buttons and inline queries under way at one time."""

ATTEMPTS = 4
"""For a request that nobody keeps for later."""

GRACE = 8.0
"""Seconds to finish what is under way at the end."""

WEBHOOK_LOOK = 300.0
"""Seconds between looks whether the webhook is still set to us."""


@dataclass(frozen=True)
class Settings:
    """How the channel runs. webhook_url: where updates come in; None: long polling. poll: seconds of that. slow: unit of pauses
    after errors, 1 second but in tests."""

    api_url: str = API_URL
    webhook_url: str | None = None
    webhook_secret: str | None = None
    poll: int = POLL
    slow: float = 1.0
    grace: float = GRACE


class Channel:
    """Gives what people write to `accept` and delivers what the outbox has for them. Raises ValueError for what is no token."""

    def __init__(
        self,
        token: str,
        accept: Accept,
        outbox: Outbox,
        buttons: Buttons,
        catalog: Catalog,
        redis: Redis,
        settings: Settings = Settings(),
        keys: Keys = Keys(),  # noqa: B008
        pace: Pace | None = None,
    ) -> None:
        if settings.webhook_url and not settings.webhook_secret:
            raise ValueError("a webhook needs a secret: set TELEGRAM_WEBHOOK_SECRET")
        self._client = client(token, settings.api_url)
        self._bot: Bot = self._client.bot
        self._id = bot_id(token)
        self._accept = accept
        self._outbox = outbox
        self._buttons = buttons
        self._catalog = catalog
        self._settings = settings
        self._memory = Memory(redis, keys, self._id)
        self._pace = pace or Pace()
        self._sender = Sender(self._bot, self._memory, self._pace, settings.slow)
        self._lanes = Lanes(AT_ONCE)
        self._me: Me | None = None
        self._troubles: Troubles | None = None
        self._finder: asyncio.Future[inline.Finder] | None = None
        self._in_order = asyncio.Lock()

    @property
    def trouble(self) -> str | None:
        """What is wrong, in words for people who run the bot; None while all is well."""
        return self._troubles.now if self._troubles else None

    @property
    def memory(self) -> Memory:
        return self._memory

    @property
    def bot(self) -> Bot:
        return self._bot

    async def run(self, stop: asyncio.Event) -> None:
        """Receive and deliver until `stop`. Whatever is wrong with Telegram or its token is said in the log and tried again."""
        self._troubles = Troubles(stop, self._settings.slow)
        grace = self._settings.grace
        work = [
            asyncio.create_task(_again(each, stop))
            for each in (
                partial(self._sender.run, self._outbox, stop, grace),
                partial(self._receive, stop, self._troubles),
            )
        ]
        try:
            await asyncio.gather(*work)
        finally:
            await ended(*work)
            await self._lanes.close(grace if stop.is_set() else 0.0)
            await self._client.close()

    def typing(self, conversation: str) -> AbstractAsyncContextManager[None]:
        """Shows that an answer is being written while the block runs: `async with channel.typing(message.conversation): …`."""
        return self._sender.typing(conversation)

    async def webhook(self, body: bytes, secret: str | None) -> int:
        """The HTTP status for a request of Telegram. 200 only once what it holds is kept; for others Telegram comes again."""
        expected = self._settings.webhook_secret
        if not expected or not self._settings.webhook_url:
            return 404
        if not webhook.right_secret(secret, expected):
            return 401
        if len(body) > webhook.BODY:
            return 413
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            return 400
        if self._me is None:
            return 503
        try:
            async with self._in_order:
                await self._handle(raw)
        except StoreError as error:
            logger.warning("Telegram: an update cannot be kept (%s), it comes again", type(error).__name__)
            return 503
        return 200

    async def _receive(self, stop: asyncio.Event, troubles: Troubles) -> None:
        # by another name than the library's own method, which wants more of the answer than is used here
        user = await until_works(partial(self._bot.do_api_request, "get_Me"), troubles, stop)
        if user is None:
            return
        self._me = Me(int(user["id"]), str(user.get("username", "")))
        logger.info("Telegram: running as @%s", self._me.username)
        commands = asyncio.create_task(set_commands(self._bot))
        try:
            if self._settings.webhook_url:
                await self._watch_webhook(self._settings.webhook_url, stop)
            else:
                await poll(self._bot, self._memory, self._handle, troubles, stop, self._settings.poll)
        finally:
            await ended(commands)

    async def _watch_webhook(self, url: str, stop: asyncio.Event) -> None:
        said_so = False
        while not stop.is_set():
            with contextlib.suppress(TelegramError):
                right = (await webhook.info(self._bot)).url == url
                if not right and not said_so:
                    logger.error(
                        "Telegram: the webhook is not set to TELEGRAM_WEBHOOK_URL: run `bot telegram set-webhook`"
                    )
                said_so = not right
            await sleep(WEBHOOK_LOOK, stop)

    async def _handle(self, raw: dict[str, Any]) -> None:
        """Handle one update. Raises StoreError when it could not be kept; anything else that goes wrong costs this update only."""
        try:
            assert self._me
            event = updates.read(raw, self._me)
            if event:
                await self._act(event, str(raw["update_id"]))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - an update that breaks us must not come again and again
            logger.error("Telegram: an update was left out: %s in %s", type(error).__name__, place(error))  # noqa: TRY400 - may hold words of people

    async def _act(self, event: Event, update: str) -> None:
        where = None if isinstance(event, (Searched, Moved)) else event.place
        if where and not (isinstance(event, Membership) and not event.member):
            await self._memory.unblock(where.chat)
        if isinstance(event, Said):
            await self._said(event, update)
        elif isinstance(event, Command):
            await self._command(event, update)
        elif isinstance(event, Unreadable):
            await self._unreadable(event.place, event.kind, event.album, update)
        elif isinstance(event, Edited):
            if await self._memory.first("edited", event.place.conversation):
                language = await self._language(event.place)
                await self._post(event.place, update, Page(said("edited", language), ()), language)
        elif isinstance(event, Pressed):
            await self._pressed(event, update)
        elif isinstance(event, Searched):
            await self._lanes.put(("inline", event.user), partial(self._searched, event))
        elif isinstance(event, Membership):
            await self._membership(event, update)
        else:
            await self._memory.move(event.chat, event.to)

    async def _said(self, event: Said, update: str) -> None:
        if event.beside:
            await self._unreadable(event.place, event.beside, event.album, update)
        if event.text.strip():
            await self._take(event.place, update, text=event.text)
            return
        language = await self._language(event.place)
        await self._post(event.place, update, Page(said("empty", language), ()), language)

    async def _command(self, event: Command, update: str) -> None:
        payload = engine_payload(event.name, event.argument, self._catalog)
        if payload:
            await self._take(event.place, update, payload=payload)
            return
        language = await self._language(event.place)
        page = page_for(event.name, self._catalog, language)
        if page:
            await self._post(event.place, update, page, language)
        else:  # a word with a slash before it, or a command of another bot
            await self._take(event.place, update, text=f"{event.name} {event.argument}".strip())

    async def _unreadable(self, where: Place, kind: str, album: str | None, update: str) -> None:
        """Say once for an album that it cannot be read."""
        if album and not await self._memory.first("album", f"{where.conversation}/{album}"):
            return
        language = await self._language(where)
        await self._post(where, update, unreadable(kind, language), language, "kind")

    async def _membership(self, event: Membership, update: str) -> None:
        if not event.member:
            await self._memory.block(event.place.chat)
        elif event.joined and event.place.group:
            language = await self._language(event.place)
            await self._post(event.place, update, Page(said("group", language), ()), language)

    async def _pressed(self, event: Pressed, update: str) -> None:
        if event.place is None:
            await self._answer_later(event, None)
            return
        button = identifier(event.data)
        found = await self._buttons.find(event.place.conversation, button) if button else None
        language = await self._language(event.place)
        if found is None or button is None:
            await self._answer_later(event, said("stale_group" if event.place.group else "stale", language))
            return
        service = menus.file_of(found.payload)
        page = menus.page(self._catalog, found.payload, language)
        if page:
            await self._answer_later(event, None)
            await self._lanes.put(event.place.chat, partial(self._turn_to, event, page, language, update))
        elif service in self._catalog.services:
            await self._answer_later(event, None)
            await self._lanes.put(event.place.chat, partial(self._send_file, event.place, service, language))
        elif found.payload.startswith(menus.MENU):
            await self._answer_later(event, said("stale", language))
        else:
            await self._take(event.place, update, button=button)
            await self._answer_later(event, None)

    async def _answer_later(self, event: Pressed, text: str | None) -> None:
        """Telegram shows a button as pressed until it is answered."""
        call = partial(self._bot.answer_callback_query, event.query, text=text)
        await self._lanes.put(("answer", event.query), partial(self._try, call, again=True))

    async def _turn_to(self, event: Pressed, page: Page, language: str, update: str) -> None:
        """Show another page of a menu in place of the one whose button was pressed; where that cannot be, below."""
        assert event.place
        went: Failure | None = Failure("refused", "out of reach")
        if event.editable:
            target = Target(event.place.chat, event.place.group)
            ids = await self._buttons.issue(event.place.conversation, page.buttons)
            call = partial(
                self._bot.edit_message_text,
                parts(_answer(page, language))[0].html,
                chat_id=event.place.chat,
                message_id=event.editable,
                parse_mode="HTML",
                link_preview_options=NO_PREVIEW,
                reply_markup=keyboard([button.title for button in page.buttons], ids),
            )
            went = await self._try(call, again=True, target=target)
        if went and went.kind == "refused" and not went.words.startswith("not modified"):
            await self._post(event.place, update, page, language)

    async def _send_file(self, where: Place, service_id: str, language: str) -> None:
        service = self._catalog.services[service_id]
        short = getattr(service.short, "en" if language == "en" else "zh")
        call = partial(
            self._bot.send_document,
            where.chat,
            InputFile(checklist(self._catalog, service, language), filename=filename(service)),
            caption=said("file_about", language, name=short),
            message_thread_id=where.thread,
        )
        await self._try(call, again=False, target=Target(where.chat, where.group))

    async def _searched(self, event: Searched) -> None:
        assert self._me
        before = await self._memory.language(f"tg:{event.user}") or event.language
        text = event.text.strip()[: inline.LONGEST]
        language = reply_language(text, before) if text else before
        if text:
            found = inline.articles(self._catalog, await self._find(text), language, self._me.username)
        else:
            found = inline.starters(self._catalog, language, self._me.username)
        call = partial(
            self._bot.answer_inline_query,
            event.query,
            found,
            cache_time=inline.CACHE,
            is_personal=True,
            button=InlineQueryResultsButton(said("inline_more", language), start_parameter="inline"),
        )
        await self._try(call, again=True)

    async def _find(self, text: str) -> list[inline.Found]:
        """Statements that fit, by the index, which is built when it is first needed."""
        if self._finder is None:
            self._finder = asyncio.ensure_future(asyncio.to_thread(_finder, self._catalog))
        finder = await asyncio.shield(self._finder)
        return await asyncio.to_thread(finder.find, text)

    async def _try(
        self, call: Callable[[], Awaitable[Any]], *, again: bool, target: Target | None = None
    ) -> Failure | None:
        """A request that nobody keeps for later, a few times. again: it may be repeated when nobody knows whether it was done."""
        went = None
        for attempt in range(ATTEMPTS):
            if target:
                await self._sender.ready(target)
            try:
                await call()
            except TelegramError as error:
                went = failure(error)
            except (TypeError, ValueError, KeyError, AttributeError):  # done, and told in a way the library cannot read
                return None
            else:
                return None
            if went.kind == "slow down" and target:
                self._pace.pause(target.chat, went.seconds, time.monotonic())
            elif went.kind == "slow down":
                await asyncio.sleep(went.seconds)
            elif went.kind == "away" or (went.kind == "unknown" and again):
                await asyncio.sleep(back_off(attempt) * self._settings.slow)
            else:
                break
        if went and not went.words.startswith("not modified"):
            logger.info("Telegram: not done: %s", went.words)
        return went

    async def _take(
        self,
        where: Place,
        update: str,
        *,
        text: str | None = None,
        button: str | None = None,
        payload: str | None = None,
    ) -> None:
        """Hand a message on, to be answered by the engine."""
        if where.group:
            await self._memory.set_place(where.conversation, update, where.message, where.thread)
        language = await self._language(where)
        await self._accept(Incoming(CHANNEL, where.conversation, update, time.time(), text, button, payload, language))

    async def _post(self, where: Place, update: str, page: Page, language: str, what: str = "own") -> None:
        """Put an answer of our own into the outbox, once for each update."""
        name = f"tg-{self._id}-{update}-{what}"
        if await self._memory.answered(name):
            return
        if where.group:
            await self._memory.set_place(where.conversation, update, where.message, where.thread)
        ids = await self._buttons.issue(where.conversation, page.buttons)
        await self._outbox.record(
            Outgoing(name, CHANNEL, where.conversation, (update,), _answer(page, language), ids, time.time())
        )
        await self._memory.set_answered(name)

    async def _language(self, where: Place) -> str:
        """Of the last answer, else of the person's Telegram."""
        return await self._memory.language(where.conversation) or where.language


def _answer(page: Page, language: str) -> Answer:
    return Answer(language, "menu", None, 1.0, page.text, page.buttons, page.sources)


def _finder(catalog: Catalog) -> inline.Finder:
    from catalog.search import SURE, Search

    search = Search(catalog)
    return inline.Finder(catalog, lambda text: [p for p in search.find(text, inline.LOOKED_AT) if p.score >= SURE])


async def _again(work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run work until `stop`, also when it breaks."""
    attempt = 0
    while not stop.is_set():
        try:
            await work()
        except Exception as error:  # noqa: BLE001, PERF203 - the rest of the gateway runs on
            pause = back_off(attempt)
            attempt += 1
            logger.error("Telegram: %s in %s, again in %.1f s", type(error).__name__, place(error), pause)  # noqa: TRY400
            await sleep(pause, stop)
        else:
            return
