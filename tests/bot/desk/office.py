"""A desk on our own Redis, with a clock that goes on when told, and what a person and staff do there."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any

from redis.asyncio import Redis

from bot.desk import hours
from bot.desk.cases import Case, Reason
from bot.desk.desk import Desk
from bot.desk.entries import Entry
from bot.desk.hours import Hours
from bot.desk.staff import Staff, StaffBook
from bot.engine.protocol import Answer
from bot.messages import Incoming, Outgoing
from bot.store.keys import Keys

WEDNESDAY = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))).timestamp()
"""The desk is open, until 12:00, and again from 14:00 to 18:00."""

LI = Staff("li.na", "李娜", "Li Na", "agent", 4711, ("permits",))
WANG = Staff("wang", "王伟", "Wang Wei", "agent")
ANN = Staff("ann", "安国强", "Ann", "supervisor")


class Clock:
    """Seconds since 1970, as they are set."""

    def __init__(self, now: float = WEDNESDAY) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def at(self, hour: int, minute: int = 0, day: int = 25) -> None:
        """To a time in November 2026, Shenzhen's; the 25th is a Wednesday."""
        zone = dt.timezone(dt.timedelta(hours=8))
        self.now = dt.datetime(2026, 11, day, hour, minute, tzinfo=zone).timestamp()


class Office:
    """A desk, and a conversation with it (of channel web)."""

    conversation = "web:a"

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self.redis, self.clock, self.keys = redis, clock, Keys()
        self.hours: Hours = hours.load()
        self.staff = StaffBook(redis)
        self.desk = self.another()
        self._numbers = itertools.count(1)

    def another(self) -> Desk:
        """Another desk on the same Redis, as another gateway has it."""
        return Desk(self.redis, self.staff, self.hours, clock=self.clock)

    async def hires(self, *staff: Staff) -> None:
        for each in staff:
            await self.staff.add(each, None)

    def writes(self, text: str = "I need a person", **given: Any) -> Incoming:
        """What a person typed."""
        number = f"m{next(self._numbers)}"
        given = {"conversation": self.conversation, "message_id": number, **given}
        if "payload" in given:
            return Incoming("web", at=self.clock.now, **given)
        return Incoming("web", at=self.clock.now, text=text, **given)

    async def asks(self, language: str = "en", message: Incoming | None = None, **given: Any) -> Answer:
        """A person asks for a person; the answer, with what the desk says."""
        given = {"service": None, "handoff": True, **given}
        answer = Answer(language, intent="ask_human", confidence=1.0, text="ANSWER", **given)
        return await self.desk.ask(message or self.writes(), answer, Reason.asked)

    async def case(self, conversation: str | None = None) -> Case:
        """The newest case of the conversation."""
        found = await self.desk.cases.last_of(conversation or self.conversation)
        assert found is not None
        return found

    async def waits(self, language: str = "en", **given: Any) -> Case:
        """A case that waits."""
        await self.asks(language, **given)
        return await self.case()

    async def served(self, language: str = "en", text: str = "Good morning") -> Case:
        """A case in which Li Na wrote."""
        case = await self.waits(language)
        await self.desk.claim(case.id, LI, "web")
        return await self.desk.say(case.id, LI, text, f"served{next(self._numbers)}", "web")

    async def log(self, case: Case, kind: str | None = None) -> list[Entry]:
        return [each for each in await self.desk.cases.whole_log(case.id) if kind in (None, each.kind)]

    async def sent(self, voice: str | None = None) -> list[Outgoing]:
        """All that ever went to the person by the outbox."""
        found = await self.redis.xrange(self.keys.outbox("web"))
        all_ = [Outgoing.from_json(json.loads(fields["reply"])) for _, fields in found]
        return [each for each in all_ if voice in (None, each.voice)]

    async def last(self) -> Outgoing:
        return (await self.sent())[-1]

    async def presses(self, title: str) -> Incoming:
        """The person presses a button of the last message that has it. Done by the desk."""
        sent = reversed(await self.sent())
        payload = next(b.payload for each in sent for b in each.answer.buttons if b.title == title)
        message = self.writes(payload=payload, shown=title)
        await self.desk.pressed(message, payload)
        return message
