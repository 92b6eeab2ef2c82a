"""The Telegram channel: updates in, replies out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis.asyncio import Redis
from telegram import Bot, InlineQueryResultsButton, InputFile
from telegram.error import TelegramError

from bot.channels.telegram import inline, menus, updates, webhook
from bot.channels.telegram.api import API_URL, POLL, Failure, back_off, bot_id, client, failure
from bot.channels.telegram.attachments import Content, Downloads, content
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
from bot.channels.telegram.replies import TYPED, engine_payload, page_for, unreadable
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
from bot.desk.canned import load as canned
from bot.desk.cases import Owner
from bot.desk.desk import Desk
from bot.desk.telegram.group import Group
from bot.engine.protocol import Answer
from bot.messages import File, Incoming, Outgoing
from bot.store.errors import StoreError
from bot.store.files import Files
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


class _OfStaff(Exception):
    """Staff took the conversation over a moment ago: the channel itself says nothing more."""


class Channel:
    """Gives what people write to `accept` and delivers what the outbox has for them. Raises ValueError for what is no token.

    desk: who looks after conversations besides the assistant. staff_chat: the group of staff, whose messages go to the desk and are
    nobody's questions; needs a desk.
    """

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
        *,
        desk: Desk | None = None,
        staff_chat: int | None = None,
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
        self._downloads = Downloads(self._bot, Files(redis, keys))
        lost = desk.not_delivered if desk else None
        self._sender = Sender(self._bot, self._memory, self._pace, self._downloads, settings.slow, lost)
        self._desk = desk
        self._group: Group | None = None
        if desk and staff_chat is not None:
            self._group = Group(
                self._bot,
                desk,
                desk.staff,
                redis,
                keys,
                staff_chat,
                self._pace,
                catalog,
                canned(),
                self._downloads,
                settings.slow,
            )
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

    async def download(self, file: File) -> bytes | None:
        """The bytes of a file that somebody sent, from Telegram if need be; None if it is gone or larger than `MOST_BYTES`.

        Raises StoreUnavailable.
        """
        return await self._downloads(file)

    async def run(self, stop: asyncio.Event) -> None:
        """Receive and deliver until `stop`. Whatever is wrong with Telegram or its token is said in the log and tried again."""
        self._troubles = Troubles(stop, self._settings.slow)
        grace = self._settings.grace
        parts = [partial(self._sender.run, self._outbox, stop, grace), partial(self._receive, stop, self._troubles)]
        if self._group:
            parts.append(partial(self._group.run, stop))
        work = [asyncio.create_task(_again(each, stop)) for each in parts]
        try:
            await asyncio.gather(*work)
        finally:
            await ended(*work)
            await self._lanes.close(grace if stop.is_set() else 0.0)
            if self._group:
                await self._group.close(grace if stop.is_set() else 0.0)
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
        if self._group:
            self._group.username = self._me.username
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
            if self._group and self._group.concerns(raw):
                await self._group.handle(raw)
                return
            event = updates.read(raw, self._me)
            if event:
                await self._act(event, str(raw["update_id"]), raw.get("message") or raw.get("edited_message") or {})
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - an update that breaks us must not come again and again
            logger.error("Telegram: an update was left out: %s in %s", type(error).__name__, place(error))  # noqa: TRY400 - may hold words of people

    async def _act(self, event: Event, update: str, message: Mapping[str, Any]) -> None:
        """message: as Telegram sends it."""
        where = None if isinstance(event, (Searched, Moved)) else event.place
        if where and not (isinstance(event, Membership) and not event.member):
            await self._memory.unblock(where.chat)
        owner = await self._owner(where)
        if owner is Owner.staff and await self._to_staff(event, update, message):
            return
        if owner is Owner.waiting and await self._for_staff(event, update, message):
            return
        try:
            await self._assist(event, update)
        except _OfStaff:
            await self._to_staff(event, update, message)

    async def _assist(self, event: Event, update: str) -> None:
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

    async def _owner(self, where: Place | None) -> Owner | None:
        """Who answers besides, or instead of, the assistant; None: the assistant alone."""
        owned = await self._desk.ownership(where.conversation) if self._desk and where else None
        return owned.owner if owned else None

    async def _to_staff(self, event: Event, update: str, message: Mapping[str, Any]) -> bool:
        """Hand on whatever a person does in a conversation of staff; False for what is nobody's words."""
        if isinstance(event, Pressed):
            await self._pressed(event, update, staff=True)
        elif isinstance(event, Command):
            word = event.name if event.name in TYPED else f"/{event.name} {event.argument}".strip()
            await self._take(event.place, update, text=word)
        elif isinstance(event, Edited):
            await self._edited(event, update, content(message))
        elif isinstance(event, (Said, Unreadable)):
            found = content(message)
            text = event.text if isinstance(event, Said) and event.text.strip() else found.text or found.words
            await self._take(event.place, update, text=text, files=_files(found))
        else:
            return False
        return True

    async def _for_staff(self, event: Event, update: str, message: Mapping[str, Any]) -> bool:
        """Hand on what the assistant cannot read and staff can, while a person waits for them; False for everything else."""
        if isinstance(event, Edited):
            found = content(message)
            return bool(found.text.strip()) and await self._edited(event, update, found, known=True)
        if not isinstance(event, (Said, Unreadable)):
            return False
        files = _files(content(message))
        if files:
            text = event.text if isinstance(event, Said) else ""
            await self._take(event.place, update, text=text, files=files)
        return bool(files)

    async def _edited(self, event: Edited, update: str, found: Content, *, known: bool = False) -> bool:
        """Hand on the new text of a message, or the new file in its place. known: only of a message that is remembered."""
        where = event.place
        assert where.message is not None
        first = await self._memory.heard(where.chat, where.message)
        if first is None and known:
            return False
        text = found.text or found.words
        if found.text.strip() and first:
            await self._take(where, update, text=text, edits=first)
        else:  # nothing that stands in place of a text: as a new message
            await self._take(where, update, text=text, files=_files(found))
        return True

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
            await self._take(event.place, update, payload=payload, shown=f"/{event.name} {event.argument}".strip())
            return
        if event.name in TYPED:
            await self._take(event.place, update, text=event.name)
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

    async def _pressed(self, event: Pressed, update: str, *, staff: bool = False) -> None:
        """staff: they own the conversation, so that no menu is shown."""
        if event.place is None:
            await self._answer_later(event, None)
            return
        button = identifier(event.data)
        found = await self._buttons.find(event.place.conversation, button) if button else None
        language = await self._language(event.place)
        if found is None or button is None:
            await self._answer_later(event, said("stale_group" if event.place.group else "stale", language))
            return
        if staff and found.payload.startswith(menus.MENU):
            await self._take(event.place, update, text=found.title)
            await self._answer_later(event, None)
            return
        service = menus.file_of(found.payload)
        page = menus.page(self._catalog, found.payload, language)
        if page:
            await self._answer_later(event, None)
            await self._lanes.put(
                event.place.chat,
                partial(self._unless_staff, event, update, partial(self._turn_to, event, page, language, update)),
            )
        elif service in self._catalog.services:
            await self._answer_later(event, None)
            await self._lanes.put(
                event.place.chat,
                partial(self._unless_staff, event, update, partial(self._send_file, event.place, service, language)),
            )
        elif found.payload.startswith(menus.MENU):
            await self._answer_later(event, said("stale", language))
        else:
            await self._take(event.place, update, button=button, shown=found.title)
            await self._answer_later(event, None)

    async def _answer_later(self, event: Pressed, text: str | None) -> None:
        """Telegram shows a button as pressed until it is answered."""
        call = partial(self._bot.answer_callback_query, event.query, text=text)
        await self._lanes.put(("answer", event.query), partial(self._try, call, again=True))

    async def _unless_staff(self, event: Pressed, update: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do what a button of a menu asks for, unless staff took the conversation over meanwhile."""
        try:
            if await self._owner(event.place) is not Owner.staff:
                await work()
                return
        except _OfStaff:
            pass
        await self._pressed(event, update, staff=True)

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
        files: tuple[File, ...] = (),
        edits: str | None = None,
        shown: str | None = None,
    ) -> None:
        """Hand a message on, to be answered by the engine or by staff."""
        if where.group:
            await self._memory.set_place(where.conversation, update, where.message, where.thread)
        if self._desk and where.message is not None and not edits:
            await self._memory.set_heard(where.chat, where.message, update)
        language = await self._language(where)
        message = Incoming(
            CHANNEL, where.conversation, update, time.time(), text, button, payload, language, where.name, files, edits, shown
        )  # fmt: skip
        await self._accept(message)

    async def _post(self, where: Place, update: str, page: Page, language: str, what: str = "own") -> None:
        """Put an answer of our own into the outbox, once for each update. Raises _OfStaff."""
        name = f"tg-{self._id}-{update}-{what}"
        if await self._memory.answered(name):
            return
        if where.group:
            await self._memory.set_place(where.conversation, update, where.message, where.thread)
        ids = await self._buttons.issue(where.conversation, page.buttons)
        reply = Outgoing(name, CHANNEL, where.conversation, (update,), _answer(page, language), ids, time.time())
        if not await self._outbox.record(reply):
            raise _OfStaff
        await self._memory.set_answered(name)

    async def _language(self, where: Place) -> str:
        """Of the last answer, else of the person's Telegram."""
        return await self._memory.language(where.conversation) or where.language


def _files(found: Content) -> tuple[File, ...]:
    return (found.file,) if found.file else ()


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
