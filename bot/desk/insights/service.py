"""What the desk's page and the command line call alike."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from redis.asyncio import Redis

from bot.desk.cases import Case
from bot.desk.insights.records import MOST_VAIN, Records
from bot.desk.insights.report import RETURN, Report, WorkingTime, begins, report
from bot.desk.insights.vain import Groups, Label, Mark, Question, clustered, grouped, in_order, labelled
from bot.desk.store import Cases
from bot.store.keys import Keys
from catalog.render import SHENZHEN

MOST = 2_000
"""Questions that are grouped, the newest."""

PAGE = 1_000
"""Cases read at a time."""

LONGEST_PERIOD = 400
"""Days a report may be about: so long visits are kept."""


class Insights:
    """Every method raises StoreUnavailable when Redis does not answer.

    services, intents: ids of the catalog and of the domain.
    """

    def __init__(
        self,
        redis: Redis,
        hours: WorkingTime,
        services: Collection[str],
        intents: Collection[str],
        keys: Keys = Keys(),  # noqa: B008
        now: Callable[[], float] = time.time,
    ) -> None:
        self.records = Records(redis, keys)
        self.services, self.intents = services, intents
        self._cases, self._hours, self._now = Cases(redis, keys), hours, now
        self._clusters: tuple[tuple[str, ...], list[int]] = ((), [])

    async def report(self, start: float, end: float) -> Report:
        """The figures of [start, end), seconds since 1970."""
        visits = await self.records.visits(start, end + RETURN + 86400)
        cases = [
            replace(case, conversation=await self.records.who(case.conversation)) for case in await self._since(start)
        ]
        return await asyncio.to_thread(report, visits, cases, self._hours, start, end, now=self._now())

    async def groups(self) -> Groups:
        """Questions asked in vain by state, in groups of those that are alike."""
        ordered = in_order(await self.records.vain(MOST))
        marks = await self.records.marks()
        names = tuple(each.id for each in ordered)
        if self._clusters[0] != names:
            self._clusters = (names, await asyncio.to_thread(clustered, ordered))
        return grouped(ordered, marks, self._clusters[1] if self._clusters[0] == names else None)

    async def label(self, id_: str, service: str | None, intent: str, by: str) -> int:
        """Say what a group or a question is. by: id of the member of staff. Returns to how many questions it applies.

        Raises CannotLabel, NoSuchQuestion.
        """
        label = labelled(service, intent, self.services, self.intents)
        return await self._decide((await self.groups()).named(id_), by, label)

    async def dismiss(self, id_: str, by: str) -> int:
        """Take a group or a question off the list, with new ones very like it. Returns how many. Raises NoSuchQuestion."""
        return await self._decide((await self.groups()).named(id_), by, None)

    async def undo(self, id_: str) -> int:
        """Put a group or a question back on the list. Returns how many. Raises NoSuchQuestion."""
        marks = await self.records.marks()
        found = [each for each in (await self.groups()).all_of(id_) if each.id in marks]
        return sum([await self.records.mark(each.id, marks[each.id], None) for each in found])

    async def to_export(self) -> list[tuple[Question, Label]]:
        """Labelled questions that are no training data yet, oldest first."""
        marks = await self.records.marks()
        return [
            (each, mark.label)
            for each in in_order(await self.records.vain(MOST_VAIN))
            for mark in [marks.get(each.id)]
            if mark and mark.label and mark.exported is None
        ]

    async def exported(self, questions: Sequence[tuple[Question, Label]]) -> None:
        """Note that these are training data now, unless somebody labelled them otherwise meanwhile."""
        marks = await self.records.marks()
        for question, label in questions:
            mark = marks.get(question.id)
            if mark and mark.label == label:
                await self.records.mark(question.id, mark, replace(mark, exported=self._now()))

    async def _decide(self, questions: Sequence[Question], by: str, label: Label | None) -> int:
        marks = await self.records.marks()
        done = 0
        for each in questions:
            before = marks.get(each.id)
            same = before is not None and before.label == label
            exported = before.exported if before and same else None
            done += await self.records.mark(each.id, before, Mark(by, self._now(), label, exported))
        return done

    async def _since(self, start: float) -> list[Case]:
        """Cases that were open at `start` or later."""
        found = {case.id: case for case in [*await self._cases.waiting(), *await self._cases.active()]}
        until = float("inf")
        while True:
            batch = await self._cases.closed(start, until, PAGE)
            new = [case for case in batch if case.id not in found]
            found |= {case.id: case for case in new}
            if len(batch) < PAGE or not new:
                return list(found.values())
            until = min(case.closed_at or until for case in batch)


def period(first: dt.date | None, last: dt.date | None, days: int, now: float) -> tuple[float, float]:
    """A period of whole days in Shenzhen as [start, end), seconds since 1970.

    last: its last day, today if None. first: else `days` days in all. Raises ValueError when it is turned round or too long.
    """
    if first is None and not 1 <= days <= LONGEST_PERIOD:
        raise ValueError(_LENGTH)
    try:
        last = last or dt.datetime.fromtimestamp(now, SHENZHEN).date()
        first = first or last - dt.timedelta(days=days - 1)
        if first > last:
            raise ValueError("the first day is after the last")
        if (last - first).days >= LONGEST_PERIOD:
            raise ValueError(_LENGTH)
        return begins(first), begins(last + dt.timedelta(days=1))
    except OverflowError:
        raise ValueError("there are no such days") from None


_LENGTH = f"a report is about 1 to {LONGEST_PERIOD} days"
