"""What people can do at the desk: ask for somebody, write to them, leave, say how it was."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.desk import person
from bot.desk.cases import REOPEN, Case, Move, Outcome, Owner, Ownership, Reason, State, moved, opened
from bot.desk.entries import Entry, plain
from bot.desk.errors import Over
from bot.desk.hours import moment
from bot.desk.replies import (
    correcting,
    expected_wait,
    introduced,
    leave_button,
    of_person,
    paragraphs,
    rating_buttons,
    skip_button,
)
from bot.desk.store import Changed
from bot.desk.texts import said
from bot.desk.transcript import lines
from bot.desk.writing import TRIES, Change, Writing, if_possible, unless_changed
from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.store.connection import store_errors
from bot.store.files import new_file
from language.choice import reply_language

RECENT = 40
"""Entries of the talk with the assistant that a new case begins with."""

RECENT_SECONDS = 24 * 60 * 60

FORGET = "/delete_my_data"
"""How the payload of a button begins with which a person has their data deleted."""

_ASKING = (Move.open.value, Move.reopen.value, Move.overdue.value)
"""Moves with which a contact is asked for."""


class ForPeople(Writing):
    """What a person does never fails because of the state of a case: it is then told in words, or left out."""

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
            return await if_possible(self.leave(case, message))
        if person.wish(typed) == "transcript":
            return await if_possible(self.send_transcript(case, message))
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
            await unless_changed(self.cases.add(case, [await self._of_person(case, message)]))

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
            await unless_changed(self.cases.add(case, [theirs]))

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
            await unless_changed(self.cases.write(before, case))
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
                return await if_possible(self.leave(case, message))
            if contact and (case.asks == "contact" or (case.asked_contact and case.contact is None)):
                return await if_possible(self._contact(case, message, contact)) and not person.asks(text)
            if case.asks == "contact" and wish == "skip" and await self._just_asked(case):
                return await if_possible(self._contact(case, message, None))
        rated = next((each for each in cases if each.wants_comment(self._now())), None)
        if rated and text.strip() and wish != "forget":
            comment = None if wish in ("skip", "end") else text[:1000]
            return await if_possible(self._comment(rated, message, comment))
        return False

    async def pressed(self, message: Incoming, payload: str) -> None:
        """A button of the desk was pressed."""
        given = person.pressed(payload) or {}
        case = await self.cases.get(given.get("case", ""))
        if case is None or case.conversation != message.conversation or await self._told(message, case):
            return
        do, done = given.get("do"), False
        if do == "leave" and case.state is not State.closed:
            done = await if_possible(self.leave(case, message))
        elif do == "skip" and case.asks == "contact":
            done = await if_possible(self._contact(case, message, None))
        elif do == "skip" and case.asks == "comment":
            done = await if_possible(self._comment(case, message, None))
        elif do == "rate":
            done = await if_possible(self._rate(case, message, int(given["value"])))
        elif do == "transcript":
            done = await if_possible(self.send_transcript(case, message))
        if not done:
            await self._notice(case, message, "skipped")

    async def leave(self, case: Case, message: Incoming) -> None:
        """The person ends the case."""

        def change(case: Case) -> Change:
            after = moved(case, Move.leave, self._now())
            name = "left" if case.owner is Owner.staff else "left_waiting"
            buttons = rating_buttons(case) if case.spoke else ()
            texts = [said(name, case.language), *([said("rate", case.language)] if buttons else [])]
            notice = self._entry(f"n:{message.message_id}", "notice", "\n\n".join(texts))
            entries = (of_person(message), notice, self._move(Move.leave, message.message_id))
            return Change(after, entries, (self._out(case, notice, "notice", buttons),))

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
        await unless_changed(self.cases.add(case, [notice], [self._out(case, notice, "notice")]))

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

    async def _opening(self, last: Case | None, message: Incoming, answer: Answer, reason: Reason) -> Change:
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
        return Change(after, (*await self._recent(message.conversation), of_person(message), move))

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
        await unless_changed(self.cases.write(case, replace(case, said_place=place)))

    async def _wait(self, place: int, language: str) -> str:
        """How long it usually takes, in words; empty if nobody can know."""
        with store_errors():
            waits = [float(each) for each in await self._redis.lrange(self._keys.desk("waits"), 0, -1)]
        ready = sum(each.available for each in await self.staff.all())
        minutes = expected_wait(place, ready, waits)
        if minutes is None:
            return ""
        return said("wait_one", language) if minutes == 1 else said("wait", language, minutes=minutes)

    async def _contact(self, case: Case, message: Incoming, contact: str | None) -> None:
        def change(case: Case) -> Change:
            after = moved(case, Move.contact, self._now(), contact=contact)
            name = "contact_thanks" if contact else "contact_skipped"
            notice = self._entry(f"n:{message.message_id}", "notice", said(name, case.language, contact=contact))
            move = self._move(Move.contact, message.message_id)
            return Change(after, (of_person(message), notice, move), (self._out(after, notice, "notice"),))

        await self._try(case.id, change)

    async def _rate(self, case: Case, message: Incoming, rating: int) -> None:
        owned = await self.cases.ownership(case.conversation)
        to_staff = owned is not None and owned.owner is Owner.staff  # what they write now is for them, and no comment

        def change(case: Case) -> Change:
            after = moved(case, Move.rate, self._now(), rating=rating)
            if to_staff:
                after = replace(after, asks=None, asked_at=None)
            notice = self._entry(
                f"n:{message.message_id}", "notice", said("commented" if to_staff else "rated", case.language)
            )
            move = self._move(Move.rate, message.message_id, rating=rating)
            buttons = () if to_staff else (skip_button(case),)
            return Change(after, (notice, move), (self._out(after, notice, "notice", buttons),))

        try:
            await self._try(case.id, change)
        except Over:
            open_again = (await self.case(case.id)).state is not State.closed
            await self._notice(case, message, "rate_later" if open_again else "rated_already")

    async def _comment(self, case: Case, message: Incoming, comment: str | None) -> None:
        def change(case: Case) -> Change:
            after = moved(case, Move.comment, self._now(), comment=comment)
            notice = self._entry(
                f"n:{message.message_id}", "notice", said("commented" if comment else "skipped", case.language)
            )
            move = self._move(Move.comment, message.message_id)
            return Change(after, (notice, move), (self._out(after, notice, "notice"),))

        await self._try(case.id, change)

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
