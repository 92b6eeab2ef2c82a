"""What staff can do with cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from bot.desk.cases import REOPEN, Case, Move, Outcome, Owner, Reason, State, moved, reached_out
from bot.desk.entries import Entry, plain
from bot.desk.errors import DeskError, NotAllowed, NotTheirs, Over, Taken
from bot.desk.replies import out_id, rating_buttons
from bot.desk.staff import Staff
from bot.desk.store import Changed
from bot.desk.texts import said
from bot.desk.writing import TRIES, Change, Writing, unless_changed
from bot.engine.protocol import Button
from bot.messages import File, Outgoing
from bot.store.buttons import new_ids
from bot.store.connection import store_errors

WAITS = 30
"""Waits that are remembered, for `replies.expected_wait`."""

BANNED_DAYS = 30


class ForStaff(Writing):
    """Raises DeskError where something cannot be done. via: the channel that a member of staff uses."""

    async def claim(self, case_id: str, staff: Staff, via: str) -> Case:
        """Take a case that waits; nothing happens to one that is theirs already. Raises Taken, Over, NoSuchCase."""

        def change(case: Case) -> Change:
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

        def change(case: Case) -> Change:
            entries: list[Entry] = []
            outgoing: list[Outgoing] = []
            if case.state is State.waiting:
                case = moved(case, Move.claim, now, staff=staff.id)
                joined = self._joined(case, staff, "joined", self._move(Move.claim, new_ids(1)[0], staff, via))
                entries, outgoing = list(joined.entries), list(joined.outgoing)
            after = moved(case, Move.say, now)
            entry = Entry(f"s:{key}", "staff", now, plain(text), staff.id, via, tuple(files))
            outgoing.append(self._out(after, entry, "staff", author=staff.display(case.language)))
            return Change(after, (*entries, entry), tuple(outgoing))

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
        await unless_changed(self.cases.add(case, [entry]))

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
        await unless_changed(self.cases.add(case, [entry], out))

    async def assign(self, case_id: str, staff: Staff, to: Staff, via: str) -> Case:
        """Give a case to a colleague (or take it over oneself). Raises NotAllowed, Over, NoSuchCase."""

        def change(case: Case) -> Change:
            self._may(case, staff)
            after = moved(case, Move.assign, self._now(), staff=to.id)
            move = self._move(Move.assign, new_ids(1)[0], staff, via, to=to.id)
            if case.state is State.active and to.id != case.staff:
                return self._joined(after, to, "assigned", move)
            return Change(after, (move,))

        return await self._try(case_id, change)

    async def transfer(self, case_id: str, staff: Staff, team: str | None, via: str) -> Case:
        """Give a case to a team (None: to anybody). Raises NotAllowed, Over, NoSuchCase."""

        def change(case: Case) -> Change:
            self._may(case, staff)
            after = moved(case, Move.transfer, self._now(), team=team)
            move = self._move(Move.transfer, new_ids(1)[0], staff, via, team=team)
            if case.state is State.waiting:
                return Change(after, (move,))
            notice = self._entry(f"n:{move.key}", "notice", said("transferred", case.language))
            return Change(after, (notice, move), (self._out(after, notice, "notice"),))

        return await self._try(case_id, change)

    async def close(self, case_id: str, staff: Staff, outcome: Outcome, via: str, seen: str | None = None) -> Case:
        """End a case and hand the person back. seen: the last place of the log that the member of staff saw.

        Raises Unseen if the person wrote after that, NotAllowed, Over, NoSuchCase.
        """

        def change(case: Case) -> Change:
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
            return Change(
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
        await unless_changed(self.cases.add(case, [self._move("ban", new_ids(1)[0], staff, via)]))
        try:
            return await self.close(case_id, _as_supervisor(staff), Outcome.spam, via)
        except Over:  # it had ended
            return await self.case(case_id)

    async def unban(self, conversation: str) -> bool:
        """Lift a ban; False if there was none."""
        with store_errors():
            return bool(await self._redis.delete(self._keys.desk("banned", conversation)))

    async def not_delivered(self, outgoing: Outgoing) -> None:
        """Tell staff that something they wrote never reached the person. Does nothing for other replies."""
        case = await self.cases.get(outgoing.case) if outgoing.case and outgoing.voice == "staff" else None
        if case:
            await unless_changed(self.cases.add(case, [self._move("undelivered", outgoing.id)]))

    async def _waited(self, seconds: float) -> None:
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.lpush(self._keys.desk("waits"), round(seconds, 1))
                pipe.ltrim(self._keys.desk("waits"), 0, WAITS - 1)
                await pipe.execute()

    def _may(self, case: Case, staff: Staff) -> None:
        """Raises NotAllowed unless the case is theirs, nobody's, or they are a supervisor."""
        if case.state is State.active and case.staff != staff.id and staff.role != "supervisor":
            raise NotAllowed


def _as_supervisor(staff: Staff) -> Staff:
    """Anybody may turn spam away."""
    return replace(staff, role="supervisor")
