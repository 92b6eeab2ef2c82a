"""What the desk does by itself, so that nobody waits in vain."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from bot.desk.cases import Case, Move, Outcome, Owner, moved
from bot.desk.errors import DeskError, Over
from bot.desk.hours import moment
from bot.desk.replies import leave_button, paragraphs, rating_buttons, skip_button, unanswered_since
from bot.desk.texts import said
from bot.desk.writing import Change, Writing
from bot.store.buttons import new_ids
from bot.store.errors import StoreError

logger = logging.getLogger(__name__)

UNANSWERED = 60 * 60
"""Seconds after which somebody whom staff leave without an answer is handed back to the assistant, and put on the due list."""

GONE = 24 * 60 * 60
"""Seconds without a word of the person after which an active case ends."""

LOOK = 30.0
"""Seconds between looks for such cases."""

TAIL = 60
"""Entries of a log that are looked at for that."""


class ByItself(Writing):
    """Called by `keeper`."""

    _looked = 0.0
    """When it last looked for cases in which nothing happens."""

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

    async def _by_itself(self, case: Case, decide: Callable[[Case], Change], seen: str | None = None) -> None:
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

    def _lapsed(self, case: Case, name: str) -> Change:
        now = self._now()
        after = moved(case, Move.lapse, now)
        back = self.hours.next_opening(now)
        if self.hours.open_at(now) or back is None:
            text = said("lapsed", case.language, name=name)
        else:
            text = said("lapsed_closed", case.language, name=name, when=moment(back, now, case.language))
        move = self._move(Move.lapse, new_ids(1)[0])
        notice = self._entry(f"n:{move.key}", "notice", paragraphs(text, said("back_meanwhile", case.language)))
        return Change(after, (notice, move), (self._out(after, notice, "notice", (leave_button(case),)),))

    def _gone(self, case: Case) -> Change:
        after = moved(case, Move.close, self._now(), outcome=Outcome.left)
        move = self._move(Move.close, new_ids(1)[0], outcome=Outcome.left.value)
        texts = [said("gone", case.language), *([said("rate", case.language)] if case.spoke else [])]
        notice = self._entry(f"n:{move.key}", "notice", paragraphs(*texts))
        buttons = rating_buttons(case) if case.spoke else ()
        return Change(after, (notice, move), (self._out(after, notice, "notice", buttons),))

    def _late(self, case: Case) -> bool:
        now = self._now()
        waited = now - case.waiting_since >= self.hours.claim_within
        return case.overdue_at is None and (waited or not self.hours.open_at(now))

    def _overdue(self, case: Case) -> Change:
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
        return Change(after, (notice, move), (self._out(after, notice, "notice", buttons),))
