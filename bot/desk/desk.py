"""The desk: everything that people and staff can do with cases. Channels call it; it writes moves, log and what people are told.

Each change is decided on what was read, by the pure rules of `cases`, and written only if that still holds; else it is decided
anew. What a person is told stands in the outbox in the same step, so it is told once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from redis.asyncio import Redis

from bot.delivery import delivered
from bot.desk import person
from bot.desk.cases import (
    REOPEN,
    Case,
    IllegalMove,
    Move,
    Outcome,
    Owner,
    Ownership,
    Reason,
    State,
    moved,
    opened,
    reached_out,
)
from bot.desk.entries import Entry, plain
from bot.desk.errors import DeskError, NoSuchCase, NotAllowed, NotTheirs, Over, Taken, Unseen
from bot.desk.hours import Hours, moment
from bot.desk.replies import (
    correcting,
    expected_wait,
    introduced,
    leave_button,
    of_person,
    out_id,
    paragraphs,
    rating_buttons,
    skip_button,
    unanswered_since,
)
from bot.desk.staff import Staff, StaffBook
from bot.desk.store import Cases, Changed
from bot.desk.texts import said
from bot.desk.transcript import lines
from bot.engine.protocol import Answer, Button
from bot.messages import File, Incoming, Outgoing, Voice
from bot.store.buttons import new_ids
from bot.store.connection import store_errors
from bot.store.errors import StoreError
from bot.store.files import Files, new_file
from bot.store.keys import Keys
from language.choice import reply_language

logger = logging.getLogger(__name__)

RECENT = 40
"""Entries of the talk with the assistant that a new case begins with."""

RECENT_SECONDS = 24 * 60 * 60

WAITS = 30
"""Waits that are remembered, for `replies.expected_wait`."""

TRIES = 20
"""How often a change is decided anew when others are faster."""

_CHANCE = random.SystemRandom()

BANNED_DAYS = 30

FORGET = "/delete_my_data"
"""How the payload of a button begins with which a person has their data deleted."""

UNANSWERED = 60 * 60
"""Seconds after which somebody whom staff leave without an answer is handed back to the assistant, and put on the due list."""

GONE = 24 * 60 * 60
"""Seconds without a word of the person after which an active case ends."""

LOOK = 30.0
"""Seconds between looks for such cases."""

TAIL = 60
"""Entries of a log that are looked at for that."""

_ASKING = (Move.open.value, Move.reopen.value, Move.overdue.value)
"""Moves with which a contact is asked for."""


@dataclass(frozen=True)
class _Change:
    """What is to be written: the case after a move, entries for its log, and what the person is told."""

    after: Case
    entries: tuple[Entry, ...]
    outgoing: tuple[Outgoing, ...] = ()


class Desk:
    """Every method raises StoreUnavailable when Redis does not answer; what staff do raises DeskError where it cannot be done."""

    def __init__(
        self,
        redis: Redis,
        staff: StaffBook,
        hours: Hours,
        keys: Keys = Keys(),  # noqa: B008
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis, self._keys, self._now = redis, keys, clock
        self.cases, self.staff, self.hours, self.files = Cases(redis, keys), staff, hours, Files(redis, keys)
        self._looked = 0.0

    # -- the person

    async def ownership(self, conversation: str) -> Ownership | None:
        """Who answers besides, or instead of, the assistant; None: the assistant alone."""
        return await self.cases.ownership(conversation)

    async def attending(self, owned: Ownership) -> str | None:
        """Who of the staff answers in a conversation, as the person reads it."""
        case = await self.cases.get(owned.case)
        staff = await self.staff.get(case.staff) if case and case.staff else None
        return staff.display(case.language) if case and staff else None

    async def hear(self, case_id: str, message: Incoming, payload: str | None = None) -> bool:
        """Keep a message for the staff who own the conversation; False if they do not (any more). payload: of its button."""
        case = await self.cases.get(case_id)
        if case is None:
            return False
        typed = (message.text or "") if not message.files and not message.edits else ""
        if person.ends(typed):
            return await _done(self.leave(case, message))
        if person.wish(typed) == "transcript":
            return await _done(self.send_transcript(case, message))
        entries, out = [await self._of_person(case, message)], []
        language = reply_language(typed[:200], case.language)
        after = replace(case, language=language)
        if person.wish(typed) == "forget" or (payload or "").startswith(FORGET):  # only the assistant can
            notice = self._entry(f"n:{message.message_id}", "notice", said("forget_how", language))
            entries, out = [*entries, notice], [self._out(after, notice, "notice")]
        try:
            if after == case:
                await self.cases.add(case, entries, out, owner=Owner.staff)
            elif case.owner is not Owner.staff:
                return False
            else:
                await self.cases.write(case, after, entries, out)
        except Changed:
            return False
        return True

    async def overhear(self, case_id: str, message: Incoming) -> None:
        """Keep a message to the assistant for staff, who will look after this case."""
        case = await self.cases.get(case_id)
        if case:
            await _unless_changed(self.cases.add(case, [await self._of_person(case, message)]))

    async def answered(self, message: Incoming, answer: Answer) -> None:
        """Keep what the assistant answered: in the log of the case that waits, and for a case that may be opened later."""
        mine = of_person(message)
        theirs = Entry(f"a:{message.message_id}", "assistant", self._now(), answer.text)
        key = self._keys.recent(message.conversation)
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.rpush(key, json.dumps(mine.to_json()), json.dumps(theirs.to_json()))
                pipe.ltrim(key, -RECENT, -1)
                pipe.expire(key, RECENT_SECONDS)
                await pipe.execute()
        owned = await self.cases.ownership(message.conversation)
        case = await self.cases.get(owned.case) if owned else None
        if case:
            await _unless_changed(self.cases.add(case, [theirs]))

    async def ask(self, message: Incoming, answer: Answer, reason: Reason) -> Answer:
        """The answer to somebody who needs a person, with what staff can do for them: opens a case unless one is open.

        With nobody on the staff there is no desk, and the answer stays as it is.
        """
        if not await self.staff.any():
            return answer
        if await self._banned(message.conversation):
            return introduced(answer, said("banned", answer.language))
        for _ in range(TRIES):
            last = await self._current(message.conversation)
            if last and last.opened_by == message.message_id:  # by a turn whose end was not written
                return await self._opening_told(last, answer) if last.state is State.waiting else answer
            if last and last.state is not State.closed:
                return await self._place_told(last, answer)
            change = await self._opening(last, message, answer, reason)
            try:
                await self.cases.write(
                    last if last and last.id == change.after.id else None, change.after, change.entries
                )
            except Changed:
                continue
            return await self._opening_told(change.after, answer)
        raise Changed

    async def place(self, case_id: str, answer: Answer) -> Answer:
        """The assistant's answer to somebody who waits, with their place in line if it is another than they were told."""
        case = await self.cases.get(case_id)
        if case and case.state is State.waiting and case.language != answer.language:
            before, case = case, replace(case, language=answer.language)  # what they are told from now on is in it
            await _unless_changed(self.cases.write(before, case))
        if case is None or case.state is not State.waiting or case.due:
            return answer
        place = await self.cases.place(case)
        if not place or place == case.said_place:
            return answer
        return replace(await self._place_told(case, answer), handoff=answer.handoff)

    async def wished(self, message: Incoming) -> bool:
        """Whether a typed message is for the desk: an end, a contact or a comment that was asked for, the transcript. Does it then."""
        text = plain(message.text or "")
        wish = person.wish(text)
        cases = await self.cases.all_of(message.conversation)
        if not cases:
            return False
        case = next((each for each in cases if each.state is not State.closed), cases[0])
        contact = person.contact_in(text)
        if await self._told(message, *cases):  # by a turn whose end was not written
            return not (contact and person.asks(text))
        if wish == "transcript":
            await self.send_transcript(case, message)
            return True
        if case.state is State.waiting:
            if wish == "end":
                return await _done(self.leave(case, message))
            if case.asks == "contact" and contact:
                return await _done(self._contact(case, message, contact)) and not person.asks(text)
            if case.asks == "contact" and wish == "skip" and await self._just_asked(case):
                return await _done(self._contact(case, message, None))
        rated = next((each for each in cases if each.wants_comment(self._now())), None)
        if rated and text.strip() and wish != "forget":
            comment = None if wish in ("skip", "end") else text[:1000]
            return await _done(self._comment(rated, message, comment))
        return False

    async def pressed(self, message: Incoming, payload: str) -> None:
        """A button of the desk was pressed."""
        given = person.pressed(payload) or {}
        case = await self.cases.get(given.get("case", ""))
        if case is None or case.conversation != message.conversation or await self._told(message, case):
            return
        do, done = given.get("do"), False
        if do == "leave" and case.state is not State.closed:
            done = await _done(self.leave(case, message))
        elif do == "skip" and case.asks == "contact":
            done = await _done(self._contact(case, message, None))
        elif do == "skip" and case.asks == "comment":
            done = await _done(self._comment(case, message, None))
        elif do == "rate":
            done = await _done(self._rate(case, message, int(given["value"])))
        elif do == "transcript":
            done = await _done(self.send_transcript(case, message))
        if not done:
            await self._notice(case, message, "skipped")

    async def leave(self, case: Case, message: Incoming) -> None:
        """The person ends the case."""

        def change(case: Case) -> _Change:
            after = moved(case, Move.leave, self._now())
            name = "left" if case.owner is Owner.staff else "left_waiting"
            buttons = rating_buttons(case) if case.spoke else ()
            texts = [said(name, case.language), *([said("rate", case.language)] if buttons else [])]
            notice = self._entry(f"n:{message.message_id}", "notice", "\n\n".join(texts))
            entries = (of_person(message), notice, self._move(Move.leave, message.message_id))
            return _Change(after, entries, (self._out(case, notice, "notice", buttons),))

        await self._try(case.id, change)

    async def send_transcript(self, case: Case, message: Incoming) -> None:
        """Send the person what was said in their case, as a file of text."""
        if await self._told(message, case):
            return
        found = await self.transcript(case)
        key = f"n:{message.message_id}"
        if not found:
            await self._notice(case, message, "no_transcript")
            return
        content = ("\ufeff" + "\r\n".join(found) + "\r\n").encode()
        file = new_file("document", f"transcript-{case.id}.txt", "text/plain; charset=utf-8", len(content))
        await self.files.put(file, content)
        notice = replace(self._entry(key, "notice", said("transcript", case.language)), files=(file,))
        await _unless_changed(self.cases.add(case, [notice], [self._out(case, notice, "notice")]))

    async def transcript(self, case: Case) -> list[str]:
        """What person and staff said, a line each with the time in Shenzhen; edits in place, notes left out."""
        people = {each.id: each.display(case.language) for each in await self.staff.all()}
        return lines(case, await self.cases.whole_log(case.id), people)

    async def forget(self, conversation: str) -> None:
        """Delete all that the desk keeps of a person: cases with all that was said, files, what was said lately, their ban stays."""
        cases = await self.cases.all_of(conversation)
        files = [file.id for case in cases for entry in await self.cases.whole_log(case.id) for file in entry.files]
        await self.cases.forget(conversation)
        await self.files.forget(files)
        if files:  # what staff sent is known by its name for a while, see `bot.desk.web.uploads`
            with store_errors():
                await self._redis.delete(*(self._keys.desk("upload", each) for each in files))

    # -- staff

    async def claim(self, case_id: str, staff: Staff, via: str) -> Case:
        """Take a case that waits; nothing happens to one that is theirs already. Raises Taken, Over, NoSuchCase."""

        def change(case: Case) -> _Change:
            if case.state is State.active:
                raise Taken(case.staff or "?")
            after = moved(case, Move.claim, self._now(), staff=staff.id)
            return self._joined(after, staff, "joined", self._move(Move.claim, new_ids(1)[0], staff, via))

        try:
            return await self._try(case_id, change)
        except Taken as error:
            if error.by == staff.id:
                return await self.case(case_id)
            raise

    async def say(
        self, case_id: str, staff: Staff, text: str, key: str, via: str, files: Sequence[File] = ()
    ) -> Case:  # fmt: skip
        """Tell the person something; takes the case if nobody has it. key: the same if it comes again. Raises Over, NoSuchCase."""
        now = self._now()

        def change(case: Case) -> _Change:
            entries: list[Entry] = []
            outgoing: list[Outgoing] = []
            if case.state is State.waiting:
                case = moved(case, Move.claim, now, staff=staff.id)
                joined = self._joined(case, staff, "joined", self._move(Move.claim, new_ids(1)[0], staff, via))
                entries, outgoing = list(joined.entries), list(joined.outgoing)
            after = moved(case, Move.say, now)
            entry = Entry(f"s:{key}", "staff", now, plain(text), staff.id, via, tuple(files))
            outgoing.append(self._out(after, entry, "staff", author=staff.display(case.language)))
            return _Change(after, (*entries, entry), tuple(outgoing))

        before = await self.case(case_id)
        try:
            after = await self._try(case_id, change)
        except Over:
            if await self.cases.has(f"s:{key}", case_id):  # said before the case ended
                return await self.case(case_id)
            raise
        if before.replied_at is None and after.replied_at == now:
            await self._waited(self.hours.working_seconds(after.opened_at, now))
        return after

    async def note(self, case_id: str, staff: Staff, text: str, key: str, via: str, files: Sequence[File] = ()) -> None:
        """Write something that only staff read. Raises NoSuchCase."""
        case = await self.case(case_id)
        entry = Entry(f"s:{key}", "note", self._now(), plain(text), staff.id, via, tuple(files))
        await _unless_changed(self.cases.add(case, [entry]))

    async def edit(self, case_id: str, staff: Staff, of: str, text: str, key: str, via: str) -> None:
        """Replace the text of one's own message (key `of`, as given to `say` or `note`); an empty text takes it back. Raises NotTheirs, NoSuchCase."""
        case = await self.case(case_id)
        first = next((each for each in await self.cases.whole_log(case_id) if each.key == f"s:{of}"), None)
        if first is None or first.author != staff.id or first.kind not in ("staff", "note"):
            raise NotTheirs
        edits = first.edits or first.key
        entry = Entry(f"s:{key}", first.kind, self._now(), plain(text), staff.id, via, edits=edits)
        out = []
        if first.kind == "staff":
            shown = self._out(case, entry, "staff", author=staff.display(case.language))
            out = [replace(shown, edits=out_id(case, edits))]
        await _unless_changed(self.cases.add(case, [entry], out))

    async def assign(self, case_id: str, staff: Staff, to: Staff, via: str) -> Case:
        """Give a case to a colleague (or take it over oneself). Raises NotAllowed, Over, NoSuchCase."""

        def change(case: Case) -> _Change:
            self._may(case, staff)
            after = moved(case, Move.assign, self._now(), staff=to.id)
            move = self._move(Move.assign, new_ids(1)[0], staff, via, to=to.id)
            if case.state is State.active and to.id != case.staff:
                return self._joined(after, to, "assigned", move)
            return _Change(after, (move,))

        return await self._try(case_id, change)

    async def transfer(self, case_id: str, staff: Staff, team: str | None, via: str) -> Case:
        """Give a case to a team (None: to anybody). Raises NotAllowed, Over, NoSuchCase."""

        def change(case: Case) -> _Change:
            self._may(case, staff)
            after = moved(case, Move.transfer, self._now(), team=team)
            move = self._move(Move.transfer, new_ids(1)[0], staff, via, team=team)
            if case.state is State.waiting:
                return _Change(after, (move,))
            notice = self._entry(f"n:{move.key}", "notice", said("transferred", case.language))
            return _Change(after, (notice, move), (self._out(after, notice, "notice"),))

        return await self._try(case_id, change)

    async def close(self, case_id: str, staff: Staff, outcome: Outcome, via: str, seen: str | None = None) -> Case:
        """End a case and hand the person back. seen: the last place of the log that the member of staff saw.

        Raises Unseen if the person wrote after that, NotAllowed, Over, NoSuchCase.
        """

        def change(case: Case) -> _Change:
            self._may(case, staff)
            after = moved(case, Move.close, self._now(), outcome=outcome)
            name = "handed_back" if case.spoke else "handed_back_unnamed"
            texts = [said(name, case.language, name=staff.display(case.language))]
            buttons: tuple[Button, ...] = ()
            if case.spoke and outcome is not Outcome.spam:
                texts.append(said("rate", case.language))
                buttons = rating_buttons(case)
            move = self._move(Move.close, new_ids(1)[0], staff, via, outcome=outcome.value)
            notice = self._entry(f"n:{move.key}", "notice", "\n\n".join(texts))
            silent = outcome is Outcome.spam and case.owner is Owner.waiting
            return _Change(
                after,
                (move,) if silent else (notice, move),
                () if silent else (self._out(after, notice, "notice", buttons),),
            )

        return await self._try(case_id, change, unseen=seen)

    async def reopen(self, case_id: str, staff: Staff, text: str, key: str, via: str) -> Case:
        """Write to the person again: the case begins anew if it ended lately, else a new one begins. Raises Over, Taken, NoSuchCase."""
        now = self._now()
        for _ in range(TRIES):
            last = await self.case(case_id)
            open_case = await self.cases.ownership(last.conversation)
            if open_case:
                other = await self.case(open_case.case)
                if await self.cases.has(f"s:{key}", other.id):  # done before
                    return other
                raise Taken(other.staff or "?") if other.id != case_id else Over
            if last.state is not State.closed:
                continue  # it has just ended
            if last.closed_at is not None and now - last.closed_at <= REOPEN:
                before, after = last, moved(last, Move.reach_out, now, staff=staff.id)
            else:
                new = Case(
                    await self.cases.new_id(), last.channel, last.conversation, Reason.staff, last.language, now, f"staff-{key}",
                    service=last.service, name=last.name, profile=last.profile, contact=last.contact,
                )  # fmt: skip
                before, after = None, reached_out(new, staff.id, now)
            joined = self._joined(after, staff, "reached_out", self._move(Move.reach_out, key, staff, via))
            after = moved(after, Move.say, now)
            entry = Entry(f"s:{key}", "staff", now, plain(text), staff.id, via)
            out = self._out(after, entry, "staff", author=staff.display(after.language))
            try:
                await self.cases.write(before, after, (*joined.entries, entry), (*joined.outgoing, out))
            except Changed:
                continue
            return after
        raise DeskError("others were always faster")

    async def ban(self, case_id: str, staff: Staff, via: str) -> Case:
        """Close a case as spam and let no more be opened from its conversation for BANNED_DAYS."""
        case = await self.case(case_id)
        with store_errors():
            key = self._keys.desk("banned", case.conversation)
            await self._redis.set(key, json.dumps({"by": staff.id, "at": self._now()}), ex=BANNED_DAYS * 86400)
        await _unless_changed(self.cases.add(case, [self._move("ban", new_ids(1)[0], staff, via)]))
        try:
            return await self.close(case_id, _as_supervisor(staff), Outcome.spam, via)
        except Over:  # it had ended
            return await self.case(case_id)

    async def unban(self, conversation: str) -> bool:
        """Lift a ban; False if there was none."""
        with store_errors():
            return bool(await self._redis.delete(self._keys.desk("banned", conversation)))

    async def case(self, case_id: str) -> Case:
        """Raises NoSuchCase."""
        case = await self.cases.get(case_id)
        if case is None:
            raise NoSuchCase
        return case

    async def not_delivered(self, outgoing: Outgoing) -> None:
        """Tell staff that something they wrote never reached the person. Does nothing for other replies."""
        case = await self.cases.get(outgoing.case) if outgoing.case and outgoing.voice == "staff" else None
        if case:
            await _unless_changed(self.cases.add(case, [self._move("undelivered", outgoing.id)]))

    # -- time

    async def tick(self) -> None:
        """Keep what was promised to those who have waited too long. Called every few seconds, by one gateway."""
        for case in await self.cases.waiting():
            if self._late(case):
                await self._by_itself(case, self._overdue)
        if self._now() - self._looked >= LOOK:
            self._looked = self._now()
            await self._idle()

    async def _idle(self) -> None:
        """Cases that somebody has, and in which nothing happens."""
        cases = await self.cases.active()
        for case, tail in zip(cases, await self.cases.tails([case.id for case in cases], TAIL)):
            since = unanswered_since(case, tail)
            last = max([case.claimed_at or 0.0, *(entry.at for entry in tail if entry.kind in ("person", "staff"))])
            if since is not None and self._now() - since >= UNANSWERED:
                name = await self._name_of(case)
                await self._by_itself(case, partial(self._lapsed, name=name), seen=tail[0].place)
            elif since is None and self._now() - last >= GONE:
                await self._by_itself(case, self._gone, seen=tail[0].place)

    async def _by_itself(self, case: Case, decide: Callable[[Case], _Change], seen: str | None = None) -> None:
        """Do something that nobody asked for, unless the case moves on meanwhile. A case that cannot be written keeps no other."""
        try:
            await self._try(case.id, decide, seen)
        except DeskError:
            return
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (the others shall be told)
            logger.error("case %s cannot be told: %s", case.id, type(error).__name__)  # noqa: TRY400

    async def _name_of(self, case: Case) -> str:
        staff = await self.staff.get(case.staff) if case.staff else None
        return staff.display(case.language) if staff else said("staff", case.language)

    def _lapsed(self, case: Case, name: str) -> _Change:
        now = self._now()
        after = moved(case, Move.lapse, now)
        back = self.hours.next_opening(now)
        if self.hours.open_at(now) or back is None:
            text = said("lapsed", case.language, name=name)
        else:
            text = said("lapsed_closed", case.language, name=name, when=moment(back, now, case.language))
        move = self._move(Move.lapse, new_ids(1)[0])
        notice = self._entry(f"n:{move.key}", "notice", paragraphs(text, said("back_meanwhile", case.language)))
        return _Change(after, (notice, move), (self._out(after, notice, "notice", (leave_button(case),)),))

    def _gone(self, case: Case) -> _Change:
        after = moved(case, Move.close, self._now(), outcome=Outcome.left)
        move = self._move(Move.close, new_ids(1)[0], outcome=Outcome.left.value)
        texts = [said("gone", case.language), *([said("rate", case.language)] if case.spoke else [])]
        notice = self._entry(f"n:{move.key}", "notice", paragraphs(*texts))
        buttons = rating_buttons(case) if case.spoke else ()
        return _Change(after, (notice, move), (self._out(after, notice, "notice", buttons),))

    def _late(self, case: Case) -> bool:
        now = self._now()
        waited = now - case.waiting_since >= self.hours.claim_within
        return case.overdue_at is None and (waited or not self.hours.open_at(now))

    def _overdue(self, case: Case) -> _Change:
        if not self._late(case):
            raise Over
        now = self._now()
        after = moved(case, Move.overdue, now)
        back = self.hours.next_opening(now)
        if self.hours.open_at(now) or back is None:
            text = said("overdue", case.language)
        else:
            text = said("overdue_closed", case.language, when=moment(back, now, case.language))
        asks = after.asks == "contact" and case.asks != "contact"
        back_meanwhile = case.owner is Owner.staff and said("back_meanwhile", case.language)
        move = self._move(Move.overdue, new_ids(1)[0])
        asked = asks and said("contact", case.language)
        notice = self._entry(f"n:{move.key}", "notice", paragraphs(text, back_meanwhile, asked))
        buttons = (skip_button(case), leave_button(case)) if asks else (leave_button(case),)
        return _Change(after, (notice, move), (self._out(after, notice, "notice", buttons),))

    # -- parts

    async def _opening(self, last: Case | None, message: Incoming, answer: Answer, reason: Reason) -> _Change:
        now = self._now()
        if last and last.closed_at is not None and now - last.closed_at <= REOPEN and last.outcome is not Outcome.spam:
            after = moved(last, Move.reopen, now, opened_by=message.message_id)
            if after.staff is not None and await self.staff.get(after.staff) is None:
                after = replace(after, staff=None)
        else:
            new = Case(
                await self.cases.new_id(), message.channel, message.conversation, reason, answer.language, now, message.message_id,
                contact=last.contact if last else None,
            )  # fmt: skip
            after = opened(new)
        known = {**dict(after.profile), **dict(answer.profile)}
        after = replace(
            after, language=answer.language, service=answer.service or after.service, name=message.name or after.name,
            profile=tuple(known.items()), interview=answer.interview or after.interview,
        )  # fmt: skip
        if not self.hours.open_at(now):
            after = replace(moved(after, Move.overdue, now), staff=after.staff)
        move = self._move(Move.reopen if after.reopened else Move.open, message.message_id, reason=reason.value)
        return _Change(after, (*await self._recent(message.conversation), of_person(message), move))

    async def _opening_told(self, case: Case, answer: Answer) -> Answer:
        now, language = self._now(), case.language
        asks = case.due and case.asks == "contact"
        if case.due:
            text = paragraphs(self._due_told(case), self.hours.note(now, language), asks and said("contact", language))
        else:
            place = await self.cases.place(case)
            until = moment(case.waiting_since + self.hours.claim_within, now, language)
            text = said("told", language, place=place, wait=await self._wait(place, language), until=until)
            await self._said_place(case, place)
        staff = await self.staff.get(case.staff) if case.reopened and case.staff else None
        lead = said("again", language, name=staff.display(language)) if staff else None
        text = paragraphs(lead, self.hours.notice(now, language), text)
        return introduced(answer, text, (*([skip_button(case)] if asks else []), leave_button(case)))

    def _due_told(self, case: Case) -> str:
        """What is true now for somebody whose case is on the due list."""
        now, language = self._now(), case.language
        if self.hours.open_at(now):
            return said("overdue", language)
        back = self.hours.next_opening(now)
        if back is None:
            return said("closed_long", language)
        return said("closed_now", language, when=moment(back, now, language))

    async def _place_told(self, case: Case, answer: Answer) -> Answer:
        language = case.language
        if case.state is not State.waiting:
            return answer
        if case.due:
            return introduced(answer, self._due_told(case), (leave_button(case),))
        place = await self.cases.place(case)
        if not place:
            return answer
        await self._said_place(case, place)
        text = said("place", language, place=place, wait=await self._wait(place, language))
        return introduced(answer, text, (leave_button(case),))

    async def _said_place(self, case: Case, place: int) -> None:
        await _unless_changed(self.cases.write(case, replace(case, said_place=place)))

    async def _wait(self, place: int, language: str) -> str:
        """How long it usually takes, in words; empty if nobody can know."""
        with store_errors():
            waits = [float(each) for each in await self._redis.lrange(self._keys.desk("waits"), 0, -1)]
        ready = sum(each.available for each in await self.staff.all())
        minutes = expected_wait(place, ready, waits)
        if minutes is None:
            return ""
        return said("wait_one", language) if minutes == 1 else said("wait", language, minutes=minutes)

    async def _waited(self, seconds: float) -> None:
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.lpush(self._keys.desk("waits"), round(seconds, 1))
                pipe.ltrim(self._keys.desk("waits"), 0, WAITS - 1)
                await pipe.execute()

    async def _contact(self, case: Case, message: Incoming, contact: str | None) -> None:
        def change(case: Case) -> _Change:
            after = moved(case, Move.contact, self._now(), contact=contact)
            name = "contact_thanks" if contact else "contact_skipped"
            notice = self._entry(f"n:{message.message_id}", "notice", said(name, case.language, contact=contact))
            move = self._move(Move.contact, message.message_id)
            return _Change(after, (of_person(message), notice, move), (self._out(after, notice, "notice"),))

        await self._try(case.id, change)

    async def _rate(self, case: Case, message: Incoming, rating: int) -> None:
        owned = await self.cases.ownership(case.conversation)
        to_staff = owned is not None and owned.owner is Owner.staff  # what they write now is for them, and no comment

        def change(case: Case) -> _Change:
            after = moved(case, Move.rate, self._now(), rating=rating)
            if to_staff:
                after = replace(after, asks=None, asked_at=None)
            notice = self._entry(
                f"n:{message.message_id}", "notice", said("commented" if to_staff else "rated", case.language)
            )
            move = self._move(Move.rate, message.message_id, rating=rating)
            buttons = () if to_staff else (skip_button(case),)
            return _Change(after, (notice, move), (self._out(after, notice, "notice", buttons),))

        try:
            await self._try(case.id, change)
        except Over:
            open_again = (await self.case(case.id)).state is not State.closed
            await self._notice(case, message, "rate_later" if open_again else "rated_already")

    async def _comment(self, case: Case, message: Incoming, comment: str | None) -> None:
        def change(case: Case) -> _Change:
            after = moved(case, Move.comment, self._now(), comment=comment)
            notice = self._entry(
                f"n:{message.message_id}", "notice", said("commented" if comment else "skipped", case.language)
            )
            move = self._move(Move.comment, message.message_id)
            return _Change(after, (notice, move), (self._out(after, notice, "notice"),))

        await self._try(case.id, change)

    async def _notice(self, case: Case, message: Incoming, name: str) -> None:
        notice = self._entry(f"n:{message.message_id}", "notice", said(name, case.language))
        await _unless_changed(self.cases.add(case, [notice], [self._out(case, notice, "notice")]))

    async def _told(self, message: Incoming, *cases: Case) -> bool:
        """Whether the desk answered this message already, in one of these cases."""
        return await self.cases.has(f"n:{message.message_id}", *(case.id for case in cases))

    async def _just_asked(self, case: Case) -> bool:
        """Whether the person wrote nothing since they were asked for a contact: only then a mere "no" is about that."""
        for entry in reversed(await self.cases.whole_log(case.id)):
            if entry.move in _ASKING:
                return True
            if entry.kind == "person":
                return False
        return False

    async def _current(self, conversation: str) -> Case | None:
        """The open case of a conversation; if none is open, the newest."""
        owned = await self.cases.ownership(conversation)
        return await self.cases.get(owned.case) if owned else await self.cases.last_of(conversation)

    async def _of_person(self, case: Case, message: Incoming) -> Entry:
        entry = of_person(message)
        return correcting(entry, await self.cases.whole_log(case.id)) if entry.edits else entry

    async def _recent(self, conversation: str) -> list[Entry]:
        with store_errors():
            found = await self._redis.lrange(self._keys.recent(conversation), 0, -1)
        return [Entry.from_json(json.loads(each)) for each in found]

    async def _banned(self, conversation: str) -> bool:
        with store_errors():
            return bool(await self._redis.exists(self._keys.desk("banned", conversation)))

    async def _try(self, case_id: str, decide: Callable[[Case], _Change], unseen: str | None = None) -> Case:
        """Decide and write, anew as long as others are faster. Raises Over, NoSuchCase, Unseen and what `decide` raises."""
        for attempt in range(TRIES):
            case = await self.case(case_id)
            try:
                change = decide(case)
            except IllegalMove as error:
                raise Over from error
            try:
                done = await self.cases.write(case, change.after, change.entries, change.outgoing, unseen)
            except Changed:
                if unseen is not None and await self._wrote(case_id, unseen):
                    raise Unseen from None
                await asyncio.sleep(_CHANCE.uniform(0.0, 0.01 * attempt))  # so that not all come again at once
                continue
            return change.after if done else await self.case(case_id)
        raise DeskError("others were always faster")

    async def _wrote(self, case_id: str, place: str) -> bool:
        """Whether the person wrote after a place of the log."""
        return any(entry.kind == "person" for entry in await self.cases.log(case_id, place or "-", most=100_000))

    def _may(self, case: Case, staff: Staff) -> None:
        """Raises NotAllowed unless the case is theirs, nobody's, or they are a supervisor."""
        if case.state is State.active and case.staff != staff.id and staff.role != "supervisor":
            raise NotAllowed

    def _joined(self, case: Case, staff: Staff, text: str, move: Entry) -> _Change:
        notice = self._entry(f"n:{move.key}", "notice", said(text, case.language, name=staff.display(case.language)))
        return _Change(case, (notice, move), (self._out(case, notice, "notice"),))

    def _entry(self, key: str, kind: Any, text: str) -> Entry:
        return Entry(key, kind, self._now(), text)

    def _move(
        self, move: Move | str, key: str, staff: Staff | None = None, via: str | None = None, **details: Any
    ) -> Entry:
        name = move.value if isinstance(move, Move) else move
        return Entry(
            f"m:{name}:{key}", "move", self._now(), "", staff.id if staff else None, via, move=name, details=details
        )

    def _out(
        self, case: Case, entry: Entry, voice: Voice, buttons: tuple[Button, ...] = (), author: str | None = None
    ) -> Outgoing:  # fmt: skip
        answer = Answer(case.language, "desk", None, 1.0, entry.text, buttons, numbered=False)
        return Outgoing(
            out_id(case, entry.key), case.channel, case.conversation, (), answer if voice == "staff" else delivered(answer),
            new_ids(len(buttons)), self._now(), voice, author, entry.files, case=case.id,
        )  # fmt: skip


def _as_supervisor(staff: Staff) -> Staff:
    """Anybody may turn spam away."""
    return replace(staff, role="supervisor")


async def _done(work: Awaitable[object]) -> bool:
    """Do what a person wants; False where the case has moved on meanwhile and it cannot be done."""
    try:
        await work
    except DeskError:
        return False
    return True


async def _unless_changed(work: Awaitable[bool]) -> None:
    """Something that may be left out when the case has moved on meanwhile."""
    try:
        await work
    except Changed:
        logger.info("a case moved on meanwhile")
