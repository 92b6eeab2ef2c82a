"""Shows in the group what happens at the desk: each entry of each case once, in order, in the topic of its case.

One gateway at a time does it, by lease. Where it stands is in Redis: the feed's news are first noted as cases to look at; a
case is looked at until nothing is left to show. An entry under way when the process dies may come twice; none is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import html
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio import Redis
from telegram import Bot, LinkPreviewOptions, ReplyParameters

from bot.channels.telegram.attachments import CAPTION, Fetch, Gone, To, send_file
from bot.channels.telegram.lanes import place
from bot.channels.telegram.markup import escaped, sendable
from bot.channels.telegram.polling import sleep
from bot.channels.telegram.splitting import LIMIT, pieces, utf16_length
from bot.desk.cases import Case, State
from bot.desk.desk import Desk
from bot.desk.entries import Entry
from bot.desk.telegram import card
from bot.desk.telegram.card import Names
from bot.desk.telegram.memory import REPLIES, Memory, Shown, Stand
from bot.desk.telegram.room import Later, Refused, Room, given
from bot.desk.telegram.texts import said
from bot.messages import File
from bot.store.errors import StoreError, StoreUnavailable
from bot.store.keys import Keys
from bot.store.leases import BEAT, Leases
from bot.store.tasks import ended
from catalog.store import Catalog

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Entries of a case read in one round trip."""

WAIT = 1.0
"""Seconds to wait for news."""

BROKEN = 5.0
"""Seconds until a case is looked at again after showing it failed in a way nobody thought of."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True)
class _Batch:
    """What goes into one message (or, alone, several): entries that are shown, and the place up to which all is dealt with."""

    entries: tuple[Entry, ...]
    cursor: str


class Mirror:
    """Runs in every gateway; the one with the lease works. beat: seconds between renewals."""

    def __init__(
        self, bot: Bot, desk: Desk, redis: Redis, keys: Keys, room: Room, memory: Memory, catalog: Catalog, fetch: Fetch,
        beat: float = BEAT,
    ) -> None:  # fmt: skip
        self._bot, self._desk, self._room, self._memory = bot, desk, room, memory
        self._catalog, self._fetch, self._beat = catalog, fetch, beat
        self._leases = Leases(redis, "desk telegram", 1, keys)
        self._stop, self._ended = asyncio.Event(), False
        self._dirty: dict[str, str] = {}
        self._order: list[str] = []
        """Cases to look at: the one that was served last is at the end."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, through any absence of Redis or Telegram."""
        self._stop, self._ended = stop, False
        renewing = asyncio.create_task(self._renew())
        try:
            while not stop.is_set():
                if self._leases.held:
                    await self._work()
                else:
                    await sleep(0.05, stop)
        finally:
            self._ended = True  # cancellations may get lost, see `ended`
            await ended(renewing)
            with contextlib.suppress(StoreError):
                await self._leases.leave()

    async def _renew(self) -> None:
        while not self._ended:
            with contextlib.suppress(StoreError):
                await self._leases.renew()
            await asyncio.sleep(self._beat)

    async def _work(self) -> None:
        """Look at cases as long as this process holds the lease."""
        pause = self._beat
        try:
            await self._room.find()
            await self._begin()
            while not self._over():
                await self._news(0.0 if self._dirty else WAIT)
                try:
                    await self._step()
                except Later as later:
                    await sleep(later.seconds, self._stop)
        except StoreUnavailable as error:
            logger.warning("the group of staff waits for Redis: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the rest of the gateway runs on
            logger.error("Telegram: %s in %s", type(error).__name__, place(error))  # noqa: TRY400 - may hold words of people
            pause = BROKEN
        else:
            return
        await sleep(pause, self._stop)

    async def _begin(self) -> None:
        """Whatever was left, and every open case: its last news may be long gone from the feed."""
        position = await self._memory.position()
        if position is None:
            position = await self._desk.cases.end_of_events()
        cases = [*await self._desk.cases.waiting(), *await self._desk.cases.active()]
        left = await self._memory.dirty()
        await self._memory.take(position, {case.id: "open" for case in cases if case.id not in left})
        self._dirty = await self._memory.dirty()
        self._order = list(self._dirty)

    async def _news(self, wait: float) -> None:
        position = await self._memory.position() or "0"
        found = await self._desk.cases.events(position, wait)
        if not found:
            return
        cases = {event["case"]: number for number, event in found}
        await self._memory.take(found[-1][0], cases)
        self._dirty.update(cases)
        self._order += [case for case in cases if case not in self._order]

    async def _step(self) -> None:
        """One piece of work: entries before cards and titles, so that what people write is seen first."""
        for again in (False, True):
            for case_id in list(self._order):
                seen = self._dirty[case_id]
                try:
                    did = await self._serve(case_id, cards=again)
                except (Later, StoreError):
                    raise
                except Exception as error:  # noqa: BLE001 - one case must not hold up the others
                    logger.error("Telegram: a case is not shown: %s in %s", type(error).__name__, place(error))  # noqa: TRY400
                    await self._shown(case_id, seen)
                    continue
                if did:
                    self._order.remove(case_id)
                    self._order.append(case_id)
                    return
                if again:
                    await self._shown(case_id, seen)

    async def _shown(self, case_id: str, seen: str) -> None:
        await self._memory.clean(case_id, seen)
        if self._dirty.get(case_id) == seen:
            del self._dirty[case_id]
            self._order.remove(case_id)

    async def _serve(self, case_id: str, *, cards: bool) -> bool:
        """Show something of a case; False if nothing is left to show."""
        case = await self._desk.cases.get(case_id)
        stand = await self._memory.stand(case_id)
        if case is None:
            await self._forget(case_id, stand)
            return False
        names = await self._names(case)
        try:
            if cards:
                return await self._refresh(case, stand, names)
            return await self._entries(case, stand, names)
        except Refused as refused:
            return await self._lost(case, stand, refused)

    async def _lost(self, case: Case, stand: Stand, refused: Refused) -> bool:
        """A topic is not as we thought: mend that. Raises what is no such thing."""
        if refused.topic_gone and stand.thread:
            logger.warning("Telegram: the topic of case %s is gone, it gets another", case.id)
            await self._memory.put(case.id, topic=None, card=None, title=None, facts=None, shut=None)
            return True
        if refused.topic_closed and stand.thread:
            await self._ask(self._bot.reopen_forum_topic, message_thread_id=stand.thread)
            await self._memory.put(case.id, shut=None)
            return True
        raise refused

    # -- entries

    async def _entries(self, case: Case, stand: Stand, names: Names) -> bool:
        fresh = await self._desk.cases.log(case.id, stand.cursor or "-", AT_ONCE)
        if not fresh:
            return False
        if stand.card is None:
            await self._open(case, stand, names)
            return True
        batch = _batch(fresh, names)
        if not batch.entries:
            await self._memory.put(case.id, cursor=batch.cursor)
            return len(fresh) == AT_ONCE
        if stand.shut and case.state is not State.closed and stand.thread:
            await self._unless_unchanged(self._bot.reopen_forum_topic, message_thread_id=stand.thread)
            await self._memory.put(case.id, shut=None)
        first = batch.entries[0]
        if first.edits:
            await self._edit(case, stand, names, first)
        elif first.files:
            await self._files(case, stand, names, first)
        else:
            await self._lines(case, stand, names, batch)
        await self._memory.put(case.id, cursor=batch.cursor)
        return True

    async def _open(self, case: Case, stand: Stand, names: Names) -> None:
        """A topic for the case, if it can have one, and the card in it."""
        topic = stand.topic
        if topic is None:
            title = card.title(case, names)
            try:
                made = await self._ask(self._bot.create_forum_topic, name=title)
                topic = made.message_thread_id if made else REPLIES  # made, and nobody knows which it is
            except Refused as refused:
                logger.info(
                    "Telegram: case %s gets no topic: %s",
                    case.id,
                    "not a forum" if refused.has("forum") else "no rights",
                )
                topic = REPLIES
            await self._memory.put(case.id, topic=topic, title=title)
        log = await self._desk.cases.whole_log(case.id)
        text = card.card(case, names, log)
        message = await self._say(replace(stand, topic=topic), text, markup=card.main(case), reply=False)
        await self._memory.put(case.id, card=message or 0, facts=_facts(case, names))

    async def _lines(self, case: Case, stand: Stand, names: Names, batch: _Batch) -> None:
        html = _joined(batch.entries, names, {})
        cut = [html]
        if utf16_length(html) > LIMIT:  # one long entry, see _batch
            first = batch.entries[0]
            cut = [card.line(replace(first, text=part), names, part) for part in pieces(first.text, LIMIT // 2)]
        messages = []
        for part in cut:
            message = await self._say(stand, part, silent=not card.loud(batch.entries))
            messages += [message] if message else []
        await self._memory.shown(
            case.id, [each.key for each in batch.entries], Shown(tuple(messages), False), batch.cursor
        )

    async def _files(self, case: Case, stand: Stand, names: Names, entry: Entry) -> None:
        """A file each in a message, the text below the first."""
        caption = card.line(entry, names, entry.text)
        if utf16_length(caption) > CAPTION:
            await self._lines(case, stand, names, _Batch((replace(entry, files=()),), stand.cursor))
            caption = card.line(replace(entry, text=""), names, "")
        messages = []
        for number, file in enumerate(entry.files):
            sent = await self._file(stand, file, caption if number == 0 else "", silent=not card.loud([entry]))
            messages += [sent] if sent else []
        if utf16_length(card.line(entry, names, entry.text)) <= CAPTION:
            await self._memory.shown(case.id, [entry.key], Shown(tuple(messages), True), None)
        for message in messages:
            await self._memory.set_message(case.id, message, "entry")

    async def _edit(self, case: Case, stand: Stand, names: Names, entry: Entry) -> None:
        """Change the message that shows the entry that was edited; where that cannot be, say the new text."""
        log = await self._desk.cases.whole_log(case.id)
        where = await self._memory.where(case.id)
        first = next((each for each in log if each.key == entry.edits), None)
        shown = where.get(entry.edits or "")
        if first is None:
            return
        if (shown and len(shown.messages) == 1) or (shown and shown.caption and shown.messages):
            together = [each for each in log if where.get(each.key) == shown]
            html = _joined(together, names, card.texts(log))
            if await self._change(shown.messages[0], html, caption=shown.caption):
                return
        html = f"{said('edited')} {card.line(replace(first, files=()), names, entry.text)}"
        message = await self._say(stand, html if utf16_length(html) <= LIMIT else pieces(html)[0])
        if message:
            await self._memory.shown(case.id, [first.key], Shown((message,), False), None)

    async def _change(self, message: int, html: str, *, caption: bool) -> bool:
        if utf16_length(html) > (CAPTION if caption else LIMIT):
            return False
        try:
            if caption:
                await self._ask(self._bot.edit_message_caption, message_id=message, caption=html, parse_mode="HTML")
            else:
                await self._ask(
                    self._bot.edit_message_text,
                    text=html,
                    message_id=message,
                    parse_mode="HTML",
                    link_preview_options=NO_PREVIEW,
                )
        except Refused as refused:
            return refused.unchanged
        return True

    # -- the card

    async def _refresh(self, case: Case, stand: Stand, names: Names) -> bool:
        """Card, title and lock as the case is now, one at a time; False once all are."""
        if stand.card is None:
            return False
        closed = case.state is State.closed
        if _facts(case, names) != stand.facts:
            text = card.card(case, names, await self._desk.cases.whole_log(case.id))
            await self._card(case, stand, text)
            await self._memory.put(case.id, facts=_facts(case, names))
            return True
        title = card.title(case, names)
        if stand.thread and title != stand.title:
            await self._unless_unchanged(self._bot.edit_forum_topic, message_thread_id=stand.thread, name=title)
            await self._memory.put(case.id, title=title)
            return True
        if stand.thread and closed and not stand.shut:
            await self._unless_unchanged(self._bot.close_forum_topic, message_thread_id=stand.thread)
            await self._memory.put(case.id, shut="1")
            return True
        return False

    async def _card(self, case: Case, stand: Stand, text: str) -> None:
        try:
            await self._ask(
                self._bot.edit_message_text, text=text, message_id=stand.card, parse_mode="HTML",
                link_preview_options=NO_PREVIEW, reply_markup=card.main(case),
            )  # fmt: skip
        except Refused as refused:
            if refused.unchanged:
                return
            message = await self._say(stand, text, markup=card.main(case), reply=False)
            await self._memory.put(case.id, card=message or 0)

    # -- the end

    async def _forget(self, case_id: str, stand: Stand) -> None:
        """Delete what the group has of a case whose person wanted everything deleted."""
        messages = await self._memory.messages(case_id)
        if stand.thread:
            try:
                await self._ask(self._bot.delete_forum_topic, message_thread_id=stand.thread)
                messages = []
            except Refused as refused:
                if refused.topic_gone:
                    messages = []
                else:
                    logger.warning("Telegram: the topic of case %s cannot be deleted, its messages are", case_id)
        for at in range(0, len(messages), 100):
            try:
                await self._ask(self._bot.delete_messages, message_ids=messages[at : at + 100])
            except Refused:  # noqa: PERF203 - one of them is too old, or gone
                for message in messages[at : at + 100]:
                    with contextlib.suppress(Refused):
                        await self._ask(self._bot.delete_message, message_id=message)
        await self._memory.forget(case_id)

    # -- parts

    async def _say(
        self, stand: Stand, html: str, *, markup: card.Keyboard | None = None, reply: bool = True, silent: bool = False
    ) -> int | None:
        """Send a message to a case. Returns its id, None where nobody knows."""
        answers = stand.card if reply and not stand.thread and stand.card else None
        parameters = ReplyParameters(answers, allow_sending_without_reply=True) if answers else None
        rest = given(
            message_thread_id=stand.thread,
            reply_parameters=parameters,
            reply_markup=markup,
            disable_notification=silent or None,
        )
        try:
            sent = await self._ask(
                self._bot.send_message, text=html, parse_mode="HTML", link_preview_options=NO_PREVIEW, **rest
            )
        except Refused as refused:
            if refused.topic_gone or refused.topic_closed:
                raise
            logger.warning("Telegram: a message to the group of staff was refused, sent again as plain text")
            try:
                sent = await self._ask(
                    self._bot.send_message, text=_plain(html), link_preview_options=NO_PREVIEW, **rest
                )
            except Refused:  # nothing else helps, and what comes after it shall be seen
                logger.error("Telegram: a message to the group of staff was refused, it is left out")  # noqa: TRY400
                return None
        return sent.message_id if sent else None

    async def _file(self, stand: Stand, file: File, caption: str, *, silent: bool) -> int | None:
        reply = stand.card if not stand.thread and stand.card else None

        async def send(chat: int) -> int:
            return await send_file(self._bot, file, self._fetch, To(chat, stand.thread, reply, silent), caption)

        try:
            return await self._room.ask(send, self._over)
        except Gone:
            pass
        except Refused as refused:
            if refused.topic_gone or refused.topic_closed:
                raise
        word = escaped(said("file_gone", name=sendable(file.name)))
        return await self._say(stand, "\n".join(each for each in (caption, word) if each), silent=silent)

    async def _ask(self, method: Any, **parameters: Any) -> Any:
        async def call(chat: int) -> Any:
            return await method(chat_id=chat, **parameters)

        return await self._room.ask(call, self._over)

    def _over(self) -> bool:
        """Whether this process shows nothing more: it ends, or another goes on from here."""
        return self._ended or self._stop.is_set() or not self._leases.held

    async def _unless_unchanged(self, method: Any, **parameters: Any) -> None:
        """Change a topic; without the right to, it stays as it is."""
        try:
            await self._ask(method, **parameters)
        except Refused as refused:
            if refused.topic_gone:
                raise
            if not refused.unchanged:
                logger.warning(
                    "Telegram: a topic of the group of staff cannot be changed: make the bot an administrator who manages topics"
                )

    async def _names(self, case: Case) -> Names:
        staff = {each.id: each.display("zh-Hans") for each in await self._desk.staff.all()}
        return Names(staff, service_name(self._catalog, case))


def service_name(catalog: Catalog, case: Case, language: str = "zh") -> str | None:
    """The short name of the service a case is about. language: `zh` or `en`."""
    service = catalog.services.get(case.service or "")
    return str(getattr(service.short, language)) if service else None


def _batch(fresh: Sequence[Entry], names: Names) -> _Batch:
    """The next entries to show: as many as one message holds; one with files or an edit comes alone."""
    found: list[Entry] = []
    cursor = ""
    for entry in fresh:
        if not card.shown(entry):
            cursor = entry.place
            continue
        alone = bool(entry.files or entry.edits)
        if found and (alone or utf16_length(_joined([*found, entry], names, {})) > LIMIT):
            break
        found.append(entry)
        cursor = entry.place
        if alone:
            break
    return _Batch(tuple(found), cursor)


def _joined(entries: Sequence[Entry], names: Names, texts: dict[str, str]) -> str:
    """Entries as one message. texts: what became of those that were edited, by key."""
    lines = []
    for entry in entries:
        text = texts.get(entry.key, entry.text)
        line = (
            card.line(entry, names, text)
            if text or entry.key not in texts
            else card.line(replace(entry, files=()), names, "")
        )
        lines.append(f"{line} {said('edited')}" if entry.key in texts else line)
    return "\n".join(lines)


def _facts(case: Case, names: Names) -> str:
    """Short for what the card says, and for its buttons."""
    return hashlib.sha256(card.facts(case, names).encode()).hexdigest()[:16]


def _plain(text: str) -> str:
    """The text of HTML of ours."""
    return html.unescape(re.sub(r"</?b>", "", text))
