"""Delivers replies of the outbox: each at most once, in order, as fast as Telegram allows, no chat waiting for another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import TelegramError

from bot.channels.telegram.api import BEFORE, Failure, back_off, failure
from bot.channels.telegram.attachments import CAPTION, Fetch, Gone, To, send_file
from bot.channels.telegram.keyboards import keyboard
from bot.channels.telegram.lanes import Lanes, place
from bot.channels.telegram.markup import Part, escaped
from bot.channels.telegram.memory import Memory, Sent
from bot.channels.telegram.pacing import Pace
from bot.channels.telegram.ports import Entry, Outbox
from bot.channels.telegram.splitting import utf16_length
from bot.channels.telegram.steps import Step, corrected, lost_file, steps
from bot.channels.telegram.texts import said
from bot.channels.telegram.updates import chat_of, group_of
from bot.messages import Outgoing
from bot.store.errors import StoreError
from bot.store.leases import LeaseLost
from bot.store.tasks import ended

logger = logging.getLogger(__name__)

CHANNEL = "telegram"

PATIENCE = 2.0
"""Seconds that a reply is held for its turn; if it takes longer, it goes back to the outbox."""

AT_ONCE = 100
"""Replies being sent at one time."""

TYPING = 4.5
"""Seconds between typing indicators; Telegram shows one for five."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

REFUSED_TOKEN = 60.0
"""Seconds until a reply is tried again after the token was refused."""

REDIS_AWAY = 2.0
"""Seconds until a reply is tried again after Redis did not answer."""

EDITS = 5
"""Attempts to change or delete a message of which nobody knows whether they did."""

LONG_AGO = 24 * 60 * 60
"""Seconds after which an uncertain reply is not sent at all: how far it came may be forgotten."""


@dataclass(frozen=True)
class Target:
    """Where a message goes. message: Telegram's id of the message it answers; thread: the topic of a forum."""

    chat: int
    group: bool
    message: int | None = None
    thread: int | None = None


class Sender:
    """Sends what `run` finds in the outbox. pace: shared with whatever else sends messages. fetch: gives the bytes of files.

    lost: called with a reply that never will arrive. Raises StoreError.
    """

    def __init__(
        self,
        bot: Bot,
        memory: Memory,
        pace: Pace,
        fetch: Fetch,
        slow: float = 1.0,
        lost: Callable[[Outgoing], Awaitable[None]] | None = None,
    ) -> None:
        """slow: unit of pauses after errors, seconds."""
        self._slow = slow
        self._lost = lost
        self._fetch = fetch
        self._bot = bot
        self._memory = memory
        self._pace = pace
        self._lanes = Lanes(AT_ONCE)
        self._attempts: dict[str, int] = {}
        self._parts: dict[str, int] = {}
        """How far replies were sent, as `Memory.progress`, and true also when Redis could not be told."""
        self._messages: dict[str, list[Sent]] = {}
        """What replies of staff that are being sent became so far."""

    async def run(self, outbox: Outbox, stop: asyncio.Event, grace: float = 8.0) -> None:
        """Deliver until `stop`; what is under way then is finished, in at most `grace` seconds."""
        entries = outbox.entries(CHANNEL)
        stopping = asyncio.create_task(stop.wait())
        coming: asyncio.Future[Entry] | None = None
        try:
            while not stop.is_set():
                coming = asyncio.ensure_future(anext(entries))
                await asyncio.wait((coming, stopping), return_when=asyncio.FIRST_COMPLETED)
                if coming.done():
                    entry = coming.result()
                    await self._lanes.put(_lane(entry.outgoing), partial(self._deliver, entry))
        finally:
            await ended(stopping, *([coming] if coming else []))
            await self._lanes.close(grace if stop.is_set() else 0.0)
            with contextlib.suppress(StoreError):
                await _close(entries)

    @contextlib.asynccontextmanager
    async def typing(self, conversation: str) -> AsyncIterator[None]:
        """Shows that an answer is being written, for as long as the block runs. Never waits, never fails."""
        task = asyncio.create_task(self._typing(conversation))
        try:
            yield
        finally:
            task.cancel()

    async def ready(self, target: Target) -> None:
        """Wait until a message may go to the chat, however long it takes; for what does not come from the outbox."""
        while wait := self._pace.wait(target.chat, target.group, time.monotonic()):  # noqa: ASYNC110 - a known time
            await asyncio.sleep(wait)
        await asyncio.sleep(self._pace.take(target.chat, target.group, time.monotonic()))

    async def _typing(self, conversation: str) -> None:
        with contextlib.suppress(TelegramError, StoreError, ValueError):
            chat = await self._memory.moved(chat_of(conversation))
            while True:
                if self._pace.spare(chat, time.monotonic()):
                    await self._bot.send_chat_action(chat, "typing")
                await asyncio.sleep(TYPING)

    async def _deliver(self, entry: Entry) -> None:
        try:
            await self._send(entry)
        except LeaseLost:
            self._parts.pop(entry.outgoing.id, None)
            self._messages.pop(entry.outgoing.edits or entry.outgoing.id, None)
            logger.warning("Telegram: reply %s is sent by another gateway now", entry.outgoing.id)
        except StoreError as error:  # before anything was sent, see _reached
            logger.warning("Telegram: reply %s waits for Redis: %s", entry.outgoing.id, type(error).__name__)
            await entry.failed(REDIS_AWAY)
        except Exception as error:  # noqa: BLE001 - a reply that breaks us must not hold up its conversation for ever
            logger.error("Telegram: %s in %s", type(error).__name__, place(error))  # noqa: TRY400 - may hold words of people
            await self._drop(entry, "it cannot be sent")

    async def _send(self, entry: Entry) -> None:
        outgoing = entry.outgoing
        try:
            chat = chat_of(outgoing.conversation)
        except ValueError:
            await entry.drop("not for Telegram")
            return
        if entry.uncertain and time.time() - outgoing.at > LONG_AGO:
            await self._drop(entry, "nobody knows whether it arrived")
            return
        if await self._memory.blocked(chat):
            await self._done(entry, "blocked")
            return
        target = await self._target(outgoing, chat)
        part = await self._next_part(entry)
        messages: list[Step | None]
        if outgoing.edits:
            messages = [None, *corrected(outgoing)]  # the first is the change itself
            if part == 0:
                changed = await self._change(entry, target)
                if changed is None:
                    return
                part = len(messages) if changed else 1
                await self._reached(outgoing, part)
        else:
            messages = [*steps(outgoing)]
        while part < len(messages):
            target_or_end = await self._one(entry, target, messages, part)
            if target_or_end is None:
                return
            target = target_or_end
            part += 1
        await self._remember(outgoing)
        await self._done(entry, None)

    async def _turn(self, entry: Entry, target: Target) -> bool:
        """Wait until a message may go to the chat; False when that takes too long and the reply was given back."""
        wait = self._pace.wait(target.chat, target.group, time.monotonic())
        if wait > PATIENCE:
            await entry.failed(wait)
            return False
        await asyncio.sleep(wait)
        await asyncio.sleep(self._pace.take(target.chat, target.group, time.monotonic()))
        return True

    async def _one(self, entry: Entry, target: Target, messages: Sequence[Step | None], part: int) -> Target | None:
        """Send one message of a reply. Returns where the next goes; None when the reply was given back or given up."""
        step = messages[part]
        if not await self._turn(entry, target) or step is None:
            return None
        outgoing = entry.outgoing
        last = part == len(messages) - 1
        markup = keyboard([b.title for b in outgoing.answer.buttons], outgoing.buttons) if last else None
        await entry.sending()
        token = BEFORE.set(partial(self._memory.begin, outgoing.id, part))
        try:
            went, message = await self._attempt(target, step, markup, outgoing.answer.language, first=part == 0)
        finally:
            BEFORE.reset(token)
        if went and went.kind == "moved":
            await self._memory.move(chat_of(outgoing.conversation), went.to)
            target = Target(went.to, target.group, None, target.thread)
            went, message = await self._attempt(target, step, markup, outgoing.answer.language, first=False)
        if message is not None and outgoing.voice == "staff":
            await self._note(
                outgoing, Sent(target.chat, message, step.file is not None), new=part == bool(outgoing.edits)
            )
        if went is None or went.kind == "unknown":
            if went:
                logger.warning("Telegram: reply %s may have arrived, not sent again: %s", outgoing.id, went.words)
            await self._reached(outgoing, part + 1)
            return target
        await self._not_sent(entry, target, part, went)
        return None

    async def _attempt(
        self, target: Target, step: Step, markup: InlineKeyboardMarkup | None, language: str, *, first: bool
    ) -> tuple[Failure | None, int | None]:
        """Send a message; if Telegram finds something wrong with it, once more as plain text.

        Returns what went wrong, and Telegram's id of the message.
        """
        reply = target.message if first else None
        message = step.part
        if step.file:
            went, number = await self._file(target, step, markup, reply)
            if went is None or went.kind != "refused":
                return went, number
            message = lost_file(step, language)
        went, number = await self._call(target, message.html, markup, "HTML", reply)
        if went and went.kind == "refused":
            logger.warning("Telegram: a message was refused, sent again as plain text: %s", went.words)
            plain = target if went.words != "thread (400)" else Target(target.chat, target.group)
            went, number = await self._call(
                plain, message.plain, None if went.words.startswith("button") else markup, None, None
            )
        return went, number

    async def _file(
        self, target: Target, step: Step, markup: InlineKeyboardMarkup | None, reply: int | None
    ) -> tuple[Failure | None, int | None]:
        assert step.file
        try:
            where = To(target.chat, target.thread, reply)
            return None, await send_file(self._bot, step.file, self._fetch, where, step.part.html, markup)
        except Gone:
            return Failure("refused", "the file is gone"), None
        except TelegramError as error:
            return failure(error), None
        except (TypeError, ValueError, KeyError, AttributeError):  # done, and told in a way the library cannot read
            return Failure("unknown", "an answer that cannot be read"), None

    async def _call(
        self, target: Target, text: str, markup: InlineKeyboardMarkup | None, mode: str | None, reply: int | None
    ) -> tuple[Failure | None, int | None]:
        try:
            message = await self._bot.send_message(
                target.chat,
                text,
                parse_mode=mode,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
                message_thread_id=target.thread,
                reply_parameters=ReplyParameters(reply, allow_sending_without_reply=True) if reply else None,
            )
        except TelegramError as error:
            return failure(error), None
        except (TypeError, ValueError, KeyError, AttributeError):  # done, and told in a way the library cannot read
            return Failure("unknown", "an answer that cannot be read"), None
        return None, message.message_id

    async def _change(self, entry: Entry, target: Target) -> bool | None:
        """Change, or take back, a message of staff. False: it is to be said anew; None: the reply was given back or given up.

        Whatever is done here can be done twice.
        """
        outgoing = entry.outgoing
        assert outgoing.edits
        sent = await self._memory.sent(outgoing.edits)
        taken_back = not outgoing.answer.text.strip()
        calls: list[Callable[[], Awaitable[Failure | None]]] | None
        calls = (
            [partial(self._take_back, each, outgoing) for each in sent] if taken_back else self._edits(outgoing, sent)
        )
        if calls is None:
            return False
        for call in calls:
            if not await self._turn(entry, target):
                return None
            await entry.sending()
            went = await call()
            if went is None or went.words.startswith("not modified") or (went.kind == "refused" and taken_back):
                continue
            if went.kind == "refused":
                return False
            attempt = self._attempts.get(outgoing.id, 0)
            if went.kind == "unknown" and attempt >= EDITS:
                logger.warning("Telegram: nobody knows whether reply %s was changed: %s", outgoing.edits, went.words)
                continue
            await self._not_sent(entry, target, 0, went)
            return None
        return True

    def _edits(self, outgoing: Outgoing, sent: Sequence[Sent]) -> list[Callable[[], Awaitable[Failure | None]]] | None:
        """How a text that was sent is replaced; None where it cannot be."""
        new = [step.part for step in steps(outgoing)]
        old = [each for each in sent if not each.caption] or list(sent[:1])
        if not old or len(new) > len(old) or (old[0].caption and utf16_length(new[0].html) > CAPTION):
            return None
        return [
            *(partial(self._replace, each, part) for each, part in zip(old, new)),
            *(partial(self._take_back, each, outgoing) for each in old[len(new) :]),
        ]

    async def _replace(self, sent: Sent, part: Part) -> Failure | None:
        given: dict[str, Any] = {"chat_id": sent.chat, "message_id": sent.message, "parse_mode": "HTML"}
        if sent.caption:
            return await _done(self._bot.edit_message_caption(caption=part.html, **given))
        return await _done(self._bot.edit_message_text(part.html, link_preview_options=NO_PREVIEW, **given))

    async def _take_back(self, sent: Sent, outgoing: Outgoing) -> Failure | None:
        went = await _done(self._bot.delete_message(sent.chat, sent.message))
        if went is None or went.kind != "refused":
            return went
        word = said("withdrawn", outgoing.answer.language)
        return await self._replace(sent, Part(escaped(word), word))

    async def _note(self, outgoing: Outgoing, sent: Sent, *, new: bool) -> None:
        """Remember what a reply of staff became, for when it is edited."""
        name = outgoing.edits or outgoing.id
        with contextlib.suppress(StoreError):
            before = [] if new else self._messages.get(name) or await self._memory.sent(name)
            self._messages[name] = [*before, sent]
            await self._memory.set_sent(name, self._messages[name])

    async def _not_sent(self, entry: Entry, target: Target, part: int, went: Failure) -> None:
        """A message surely did not arrive: the reply is tried again from there, or given up."""
        outgoing = entry.outgoing
        await self._reached(outgoing, part)
        if went.kind == "blocked":
            with contextlib.suppress(StoreError):
                await self._memory.block(chat_of(outgoing.conversation))
            await self._done(entry, went.words)
        elif went.kind in ("refused", "moved"):
            await self._done(entry, went.words)
        elif went.kind == "slow down":
            self._pace.pause(target.chat, went.seconds, time.monotonic())
            logger.warning("Telegram: %s, for one chat", went.words)
            await entry.failed(went.seconds)
        elif went.kind == "token":
            logger.error("Telegram: %s; replies wait", went.words)
            await entry.failed(REFUSED_TOKEN)
        else:
            attempt = self._attempts.get(outgoing.id, 0)
            self._attempts[outgoing.id] = attempt + 1
            pause = back_off(attempt) * self._slow
            logger.warning("Telegram: reply %s is tried again in %.1f s: %s", outgoing.id, pause, went.words)
            await entry.failed(pause)

    async def _next_part(self, entry: Entry) -> int:
        """The first message of a reply that was not sent. Of one whose sending was under way nobody knows; it is not sent twice."""
        known = self._parts.get(entry.outgoing.id)
        if known is not None:
            return known
        progress = await self._memory.progress(entry.outgoing.id)
        return progress.part + (entry.uncertain and progress.begun)

    async def _reached(self, outgoing: Outgoing, part: int) -> None:
        self._parts[outgoing.id] = part
        with contextlib.suppress(StoreError):
            await self._memory.reached(outgoing.id, part)

    async def _done(self, entry: Entry, reason: str | None) -> None:
        self._attempts.pop(entry.outgoing.id, None)
        self._parts.pop(entry.outgoing.id, None)
        self._messages.pop(entry.outgoing.edits or entry.outgoing.id, None)
        if reason is None:
            await entry.delivered()
        else:
            await self._drop(entry, reason)

    async def _drop(self, entry: Entry, reason: str) -> None:
        if self._lost:
            try:
                await self._lost(entry.outgoing)
            except StoreError:
                await entry.failed(REDIS_AWAY)
                return
        await entry.drop(reason)

    async def _target(self, outgoing: Outgoing, chat: int) -> Target:
        where = await self._memory.moved(chat)
        if not group_of(outgoing.conversation):
            return Target(where, group=False)
        message, thread = None, None
        if outgoing.reply_to:
            message, thread = await self._memory.place(outgoing.conversation, outgoing.reply_to[-1])
        else:
            message, thread = await self._memory.last_place(outgoing.conversation)
        return Target(where, True, message if where == chat else None, thread)

    async def _remember(self, outgoing: Outgoing) -> None:
        with contextlib.suppress(StoreError):
            if outgoing.answer.forgotten:
                await self._memory.forget(outgoing.conversation)
            else:
                await self._memory.set_language(outgoing.conversation, outgoing.answer.language)


async def _done(request: Awaitable[Any]) -> Failure | None:
    """What went wrong with a request whose answer does not matter."""
    try:
        await request
    except TelegramError as error:
        return failure(error)
    except (TypeError, ValueError, KeyError, AttributeError):  # done, and told in a way the library cannot read
        return None
    return None


def _lane(outgoing: Outgoing) -> str:
    """What one message after another is sent to: the chat, which all people of a group share."""
    return ":".join(outgoing.conversation.split(":")[:2])


async def _close(entries: AsyncIterator[Entry]) -> None:
    if isinstance(entries, AsyncGenerator):
        await entries.aclose()
