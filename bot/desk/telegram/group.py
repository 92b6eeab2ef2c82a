"""The group of staff: what they write and press becomes what they do at the desk; `mirror` shows them the rest.

Nothing here waits for Telegram: what staff are told goes out by the way, so that people's messages are never held up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Any

from redis.asyncio import Redis
from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram.error import TelegramError

from bot.channels.telegram.api import failure
from bot.channels.telegram.attachments import Fetch
from bot.channels.telegram.lanes import Lanes, place
from bot.channels.telegram.markup import escaped, link
from bot.channels.telegram.pacing import Pace
from bot.desk.canned import Canned, filled
from bot.desk.cases import Case, IllegalMove, Outcome, State
from bot.desk.desk import Desk
from bot.desk.errors import DeskError, Over, Taken
from bot.desk.staff import Staff, StaffBook
from bot.desk.telegram import card, updates
from bot.desk.telegram.card import Names
from bot.desk.telegram.memory import Memory
from bot.desk.telegram.mirror import Mirror, service_name
from bot.desk.telegram.room import Later, Refused, Room, given
from bot.desk.telegram.texts import CHOSEN, STATES, said
from bot.desk.telegram.updates import Data, Inside, Moved, Pressed, Written
from bot.store.errors import StoreError
from bot.store.files import MOST_BYTES
from bot.store.keys import Keys
from catalog.store import Catalog

logger = logging.getLogger(__name__)

VIA = "telegram"

TOLD = 60 * 60
"""Seconds until somebody who may not act here is told so again."""

TWICE = 5.0
"""Seconds in which the same canned reply to the same case is taken for a button pressed twice."""

AT_ONCE = 200
ANSWERS = 50
"""Answers to staff that wait to be sent; while there are so many, no more are given."""

PATIENCE = 30.0
"""Seconds that an answer to staff may have to wait before it is left out."""

ALERT = 200
"""Characters of an answer to a button."""

QUEUE = 40
"""Cases that /queue lists."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

GENERAL = ("available", "away", "queue", "help", "start")
IN_CASE = ("claim", "close", "transfer", "delete", "reopen")


class Group:
    """The group `chat`. fetch: gives the bytes of files. slow: unit of pauses after errors, seconds."""

    def __init__(
        self,
        bot: Bot,
        desk: Desk,
        staff: StaffBook,
        redis: Redis,
        keys: Keys,
        chat: int,
        pace: Pace,
        catalog: Catalog,
        canned: Sequence[Canned],
        fetch: Fetch,
        slow: float = 1.0,
    ) -> None:
        self._bot, self._desk, self._staff = bot, desk, staff
        self._catalog, self._canned = catalog, canned
        self._memory = Memory(redis, keys)
        self._room = Room(pace, self._memory, chat, slow)
        self._mirror = Mirror(bot, desk, redis, keys, self._room, self._memory, catalog, fetch)
        self._lanes = Lanes(AT_ONCE)
        self._waiting = 0
        self.username: str | None = None
        """The bot's, once it is known: commands for other bots are left alone."""

    @property
    def memory(self) -> Memory:
        return self._memory

    def concerns(self, raw: Mapping[str, Any]) -> bool:
        """Whether an update is about the group; then it is nobody else's."""
        return self._room.here(updates.chat_of(raw))

    async def run(self, stop: asyncio.Event) -> None:
        """Show in the group what happens at the desk, until `stop`."""
        await self._mirror.run(stop)

    async def close(self, grace: float) -> None:
        """Send what staff are still to be told, in at most `grace` seconds."""
        await self._lanes.close(grace)

    async def handle(self, raw: Mapping[str, Any]) -> None:
        """Do what an update of the group asks for. Raises StoreError: then it may come again, and nothing is done twice."""
        try:
            event = updates.read(raw)
            if isinstance(event, Written):
                await self._written(event)
            elif isinstance(event, Pressed):
                await self._pressed(event)
            elif isinstance(event, Moved):
                await self._room.moved(event.to)
            elif isinstance(event, Inside) and not event.inside:
                logger.error("Telegram: the bot was removed from the group of staff")
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - an update that breaks us must not come again and again
            kind, where = type(error).__name__, place(error)  # no more: it may hold words of people
            logger.error("Telegram: an update of the group of staff was left out: %s in %s", kind, where)  # noqa: TRY400

    # -- messages

    async def _written(self, event: Written) -> None:
        command = None if event.edited or event.found.file else updates.command(event.found.text, self.username)
        case_id = await self._memory.case_of(event.topic, event.reply)
        if command and command[0] not in (*GENERAL, *IN_CASE) and case_id is None:
            return
        if case_id is None and command is None:
            return  # talk among staff
        if command and command[0] == "":
            return
        staff = None if event.anonymous else await self._staff.by_telegram(event.user)
        if staff is None:
            who = "anonymous" if event.anonymous else str(event.user)
            if await self._memory.once(f"told/{who}", str(event.update), TOLD):
                await self._answer(event, said("anonymous" if event.anonymous else "not_listed"), case_id)
            return
        if await self._memory.done(event.update):
            return
        try:
            if command:
                await self._command(event, staff, case_id, *command)
            elif case_id and event.edited:
                await self._edited(event, staff, case_id)
            elif case_id:
                await self._said(event, staff, case_id)
        except DeskError as error:
            saying = not command and isinstance(error, Over)
            await self._answer(event, said("say_closed") if saying else await self._refused(error), case_id)
        await self._memory.set_done(event.update)

    async def _said(self, event: Written, staff: Staff, case_id: str) -> None:
        """Words or a file for the person, or a private note."""
        found = event.found
        if not updates.passes(found):
            await self._answer(event, said("cannot_pass"), case_id)
            return
        if found.file and found.file.size > MOST_BYTES:
            await self._answer(event, said("too_large"), case_id)
            return
        files = (found.file,) if found.file else ()
        key = f"tg{event.message}"
        private = updates.note(found.text)
        if private is not None:
            if private or files:
                await self._desk.note(case_id, staff, private, key, VIA, files)
        else:
            await self._desk.say(case_id, staff, found.text or found.words, key, VIA, files)
        await self._memory.set_message(case_id, event.message, "say" if private is None else "note")

    async def _edited(self, event: Written, staff: Staff, case_id: str) -> None:
        known = await self._memory.message(event.message)
        if known is None or known.case != case_id or known.kind not in ("say", "note"):
            return  # it was passed on to nobody
        key, of = f"tg{event.message}u{event.update}", f"tg{event.message}"
        private = updates.note(event.found.text)
        text = event.found.text
        if known.kind == "note":
            await self._desk.edit(case_id, staff, of, text if private is None else private, key, VIA)
        elif private is not None:
            await self._desk.edit(case_id, staff, of, "", key, VIA)
            await self._desk.note(case_id, staff, private, f"{key}n", VIA)
            await self._answer(event, said("note_kept"), case_id)
        elif text.strip():
            await self._desk.edit(case_id, staff, of, text, key, VIA)

    # -- commands

    async def _command(self, event: Written, staff: Staff, case_id: str | None, name: str, argument: str) -> None:
        if name in ("available", "away"):
            await self._staff.set_available(staff.id, name == "available")
            await self._answer(event, said(name), case_id)
        elif name == "queue":
            await self._answer(event, await self._queue(), case_id, html=True)
        elif name not in IN_CASE:
            await self._answer(event, said("help"), case_id)
        elif case_id is None:
            await self._answer(event, said("in_topic"), None)
        elif name == "claim":
            await self._claim(case_id, staff)
        elif name == "close":
            await self._close_by_word(event, staff, case_id, argument)
        elif name == "transfer":
            await self._transfer_by_word(event, staff, case_id, argument)
        elif name == "delete":
            await self._delete(event, staff, case_id)
        elif argument:
            await self._desk.reopen(case_id, staff, argument, f"re{event.message}", VIA)
        else:
            await self._answer(event, said("reopen_how"), case_id)

    async def _delete(self, event: Written, staff: Staff, case_id: str) -> None:
        if event.reply is None:
            await self._answer(event, said("reply_to_delete"), case_id)
            return
        await self._desk.edit(case_id, staff, f"tg{event.reply}", "", f"tg{event.reply}u{event.update}", VIA)
        await self._answer(event, said("deleted"), case_id)

    async def _close_by_word(self, event: Written, staff: Staff, case_id: str, word: str) -> None:
        chosen = word.lower().replace(" ", "_") or Outcome.answered.value
        if chosen not in {each.value for each in CHOSEN}:
            await self._answer(event, said("outcomes"), case_id)
            return
        await self._close(case_id, staff, Outcome(chosen))

    async def _transfer_by_word(self, event: Written, staff: Staff, case_id: str, word: str) -> None:
        everybody = await self._staff.all()
        wanted = word.strip().lstrip("@").casefold()
        to = next(
            (each for each in everybody if wanted in {n.casefold() for n in (each.id, each.name_zh, each.name_en)}),
            None,
        )
        team = next((team for team in card.teams(everybody) if team.casefold() == wanted), None)
        if to:
            await self._desk.assign(case_id, staff, to, VIA)
        elif team or wanted in ("anyone", "任何人"):
            await self._desk.transfer(case_id, staff, team, VIA)
        else:
            names = [*(each.id for each in everybody), *card.teams(everybody), "anyone"]
            await self._answer(event, said("whom", names=", ".join(names)), case_id)

    async def _queue(self) -> str:
        waiting, active = await self._desk.cases.waiting(), await self._desk.cases.active()
        waiting.sort(key=lambda case: (not case.due, case.waiting_since))
        lines: list[str] = []
        for name, cases in (("queue_waiting", waiting), ("queue_active", active)):
            if cases:
                lines.append(f"<b>{escaped(said(name))}</b> {len(cases)}")
                lines += [await self._queue_line(case) for case in cases[: QUEUE // 2]]
        return "\n".join(lines) or escaped(said("queue_empty"))

    async def _queue_line(self, case: Case) -> str:
        stand = await self._memory.stand(case.id)
        title = card.title(case, await self._names(case))
        inside = str(self._room.chat).removeprefix("-100")
        at = stand.thread or stand.card
        return (
            link(title, f"https://t.me/c/{inside}/{at}")
            if at and str(self._room.chat).startswith("-100")
            else escaped(title)
        )

    # -- buttons

    async def _pressed(self, event: Pressed) -> None:
        staff = await self._staff.by_telegram(event.user)
        if staff is None:
            await self._alert(event, said("not_listed"))
            return
        if event.data is None:
            await self._alert(event, said("stale"))
            return
        if await self._memory.done(event.update):
            return
        try:
            word = await self._do(event, staff, event.data)
        except DeskError as error:
            await self._alert(event, await self._refused(error))
        else:
            await self._alert(event, word, alert=False)
        await self._memory.set_done(event.update)

    async def _do(self, event: Pressed, staff: Staff, data: Data) -> str | None:
        """Do what a button says. Returns a word on it."""
        case = await self._desk.case(data.case)
        if data.do in ("back", "to", "text", "end", "ban"):
            return await self._menu(event, case, data.do)
        if data.do == "claim":
            await self._claim(case.id, staff)
            return said("claimed_now")
        if data.do == "send":
            return await self._send(event, staff, case, data.arg)
        if data.do == "close" and data.arg in {each.value for each in CHOSEN}:
            await self._close(case.id, staff, Outcome(data.arg))
        elif data.do == "banyes":
            await self._desk.ban(case.id, staff, VIA)
        elif data.do in ("person", "team", "anyone"):
            if not await self._give(staff, case, data):
                return said("stale")
        else:
            return said("stale")
        return said("done")

    async def _menu(self, event: Pressed, case: Case, do: str) -> str | None:
        if case.state is State.closed:
            raise Over
        if do == "to":
            keyboard: card.Keyboard | None = card.people(case, await self._staff.all(), await self._names(case))
        elif do == "text":
            if not self._canned:
                return said("no_canned")
            keyboard = card.replies(case, self._canned)
        else:
            keyboard = {"end": card.outcomes, "ban": card.sure, "back": card.main}[do](case)
        await self._show(event, keyboard)
        return None

    async def _send(self, event: Pressed, staff: Staff, case: Case, arg: str) -> str:
        """Send a canned reply; pressed twice, once."""
        wanted = card.meant(arg, [each.id for each in self._canned])
        canned = next((each for each in self._canned if each.id == wanted), None)
        if canned is None:
            return said("stale")
        if not await self._memory.once(f"canned/{case.id}/{arg}/{staff.id}", event.query, TWICE):
            return said("sent")
        service = service_name(self._catalog, case, "en" if case.language == "en" else "zh")
        text = filled(canned, case, staff, service, case.language)
        case = await self._desk.say(case.id, staff, text, f"cq{event.query}", VIA)
        await self._show(event, card.main(case))
        return said("sent")

    async def _give(self, staff: Staff, case: Case, data: Data) -> bool:
        """Give a case to somebody else; False if they are not there any more."""
        everybody = await self._staff.all()
        if data.do == "person":
            wanted = card.meant(data.arg, [each.id for each in everybody])
            to = next((each for each in everybody if each.id == wanted), None)
            if to:
                await self._desk.assign(case.id, staff, to, VIA)
            return to is not None
        team = card.meant(data.arg, card.teams(everybody)) if data.do == "team" else None
        if data.do == "team" and team is None:
            return False
        await self._desk.transfer(case.id, staff, team, VIA)
        return True

    # -- what buttons and commands share

    async def _claim(self, case_id: str, staff: Staff) -> None:
        try:
            await self._desk.claim(case_id, staff, VIA)
        except Taken as taken:
            if taken.by != staff.id:
                raise

    async def _close(self, case_id: str, staff: Staff, outcome: Outcome) -> None:
        """End a case, unless the person wrote something that is not in the group yet."""
        seen = (await self._memory.stand(case_id)).cursor
        await self._desk.close(case_id, staff, outcome, VIA, seen=seen)

    async def _refused(self, error: DeskError) -> str:
        if isinstance(error, Taken):
            by = await self._staff.get(error.by)
            return said("taken", name=by.display("zh-Hans") if by else error.by)
        if isinstance(error, Over):
            cause = error.__cause__
            state = cause.state if isinstance(cause, IllegalMove) and cause.state else State.closed
            chinese, english = STATES[state]
            return said("over", state_zh=chinese, state_en=english)
        return said(error.name)

    async def _names(self, case: Case) -> Names:
        staff = {each.id: each.display("zh-Hans") for each in await self._staff.all()}
        return Names(staff, service_name(self._catalog, case))

    # -- to staff

    async def _answer(self, event: Written, text: str, case_id: str | None, *, html: bool = False) -> None:
        """Answer a message, by the way."""

        async def send() -> None:
            sent = await self._try(
                lambda chat: self._bot.send_message(
                    chat, text[:4096], parse_mode="HTML" if html else None, link_preview_options=NO_PREVIEW, disable_notification=True,
                    reply_parameters=ReplyParameters(event.message, allow_sending_without_reply=True),
                    **given(message_thread_id=event.topic),
                )
            )  # fmt: skip
            if sent and case_id:  # so that it goes when the case is forgotten
                await self._memory.set_message(case_id, sent.message_id, "answer")

        await self._later("answers", send)

    async def _show(self, event: Pressed, keyboard: card.Keyboard | None) -> None:
        """Put other buttons under the message whose button was pressed, by the way."""
        if event.message is None:
            return
        message = event.message
        await self._later(
            "buttons",
            lambda: self._try(
                lambda chat: self._bot.edit_message_reply_markup(
                    chat_id=chat, message_id=message, reply_markup=keyboard
                )
            ),
        )

    async def _alert(self, event: Pressed, text: str | None, *, alert: bool = True) -> None:
        """Answer a button, by the way; it takes nothing from the budget of the group."""

        async def answer() -> None:
            try:
                await self._bot.answer_callback_query(
                    event.query, text[:ALERT] if text else None, show_alert=alert and bool(text)
                )
            except TelegramError as error:
                logger.info("Telegram: a button was not answered: %s", failure(error).words)

        await self._later(("alert", event.query), answer)

    async def _later(self, lane: Hashable, work: Callable[[], Awaitable[object]]) -> None:
        if self._waiting >= ANSWERS:
            logger.warning("Telegram: too many answers to staff wait, one is left out")
            return
        self._waiting += 1

        async def counted() -> None:
            try:
                await work()
            finally:
                self._waiting -= 1

        await self._lanes.put(lane, counted)

    async def _try(self, call: Callable[[int], Awaitable[Any]]) -> Any:
        """A request a few times; None where it was not done, or nobody knows."""
        waited = 0.0
        while True:
            try:
                return await asyncio.wait_for(self._room.ask(call), PATIENCE)
            except Refused as refused:  # noqa: PERF203 - each attempt by itself
                if not refused.unchanged:
                    logger.info("Telegram: an answer to staff was refused")
                return None
            except asyncio.TimeoutError:
                return None
            except Later as later:
                waited += later.seconds + 1
                if waited > PATIENCE:
                    return None
                await asyncio.sleep(later.seconds)
