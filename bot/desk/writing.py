"""How the desk changes a case. What is done is decided on what was read, by the pure rules of `cases`, and written only if that
still holds; else it is decided anew. What a person is told stands in the outbox in the same step, so it is told once.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.delivery import delivered
from bot.desk.cases import Case, IllegalMove, Move
from bot.desk.entries import Entry
from bot.desk.errors import DeskError, NoSuchCase, Over, Unseen
from bot.desk.hours import Hours
from bot.desk.replies import out_id
from bot.desk.staff import Staff, StaffBook
from bot.desk.store import Cases, Changed
from bot.desk.texts import said
from bot.engine.protocol import Answer, Button
from bot.messages import Incoming, Outgoing, Voice
from bot.store.buttons import new_ids
from bot.store.files import Files
from bot.store.keys import Keys

logger = logging.getLogger(__name__)

TRIES = 20
"""How often a change is decided anew when others are faster."""

_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class Change:
    """What is to be written: the case after a move, entries for its log, and what the person is told."""

    after: Case
    entries: tuple[Entry, ...]
    outgoing: tuple[Outgoing, ...] = ()


class Writing:
    """What all parts of the desk share. Every method raises StoreUnavailable when Redis does not answer."""

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

    async def case(self, case_id: str) -> Case:
        """Raises NoSuchCase."""
        case = await self.cases.get(case_id)
        if case is None:
            raise NoSuchCase
        return case

    async def _try(self, case_id: str, decide: Callable[[Case], Change], unseen: str | None = None) -> Case:
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

    async def _notice(self, case: Case, message: Incoming, name: str) -> None:
        notice = self._entry(f"n:{message.message_id}", "notice", said(name, case.language))
        await unless_changed(self.cases.add(case, [notice], [self._out(case, notice, "notice")]))

    async def _told(self, message: Incoming, *cases: Case) -> bool:
        """Whether the desk answered this message already, in one of these cases."""
        return await self.cases.has(f"n:{message.message_id}", *(case.id for case in cases))

    def _joined(self, case: Case, staff: Staff, text: str, move: Entry) -> Change:
        notice = self._entry(f"n:{move.key}", "notice", said(text, case.language, name=staff.display(case.language)))
        return Change(case, (notice, move), (self._out(case, notice, "notice"),))

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


async def if_possible(work: Awaitable[object]) -> bool:
    """Do what a person wants; False where the case has moved on meanwhile and it cannot be done."""
    try:
        await work
    except DeskError:
        return False
    return True


async def unless_changed(work: Awaitable[bool]) -> None:
    """Something that may be left out when the case has moved on meanwhile."""
    try:
        await work
    except Changed:
        logger.info("a case moved on meanwhile")
