"""The group of staff: a Bot API server on loopback, a real Redis, the real channel with a real desk. The engine is not needed."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

sys.path.insert(0, str(Path(__file__).parents[2] / "channels" / "telegram"))

from bot_api import BotApi, Topic
from office import Clock

from bot.channels.telegram.channel import Channel, Settings
from bot.channels.telegram.pacing import Pace, Rate
from bot.desk import hours
from bot.desk.cases import Case, Owner, Reason
from bot.desk.desk import Desk
from bot.desk.staff import Staff, StaffBook
from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.store.buttons import Buttons
from bot.store.outbox import Outbox
from catalog.store import Catalog

GROUP = -1001234567
LI = Staff("li.na", "李娜", "Li Na", "agent", 4711, ("permits",))
WANG = Staff("wang", "王伟", "Wang Wei", "agent", 4712, ("税务",))
FAST = Rate(1000, 100)


class StaffRoom:
    """A gateway with the group, and what happens there. Messages of people go where the worker would put them."""

    def __init__(self, api: BotApi, redis: Redis, catalog: Catalog) -> None:
        self.api, self.redis, self.catalog = api, redis, catalog
        self.staff = StaffBook(redis)
        self.desk = Desk(redis, self.staff, hours.load(), clock=Clock())
        self.outbox = Outbox(redis, lease=1.0, beat=0.1)
        self.accepted: list[Incoming] = []
        self._asked = 0
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        api.forums.add(GROUP)

    async def start(self, pace: Pace | None = None) -> Channel:
        self._stop = asyncio.Event()
        channel = Channel(
            self.api.token, self.accept, self.outbox, Buttons(self.redis), self.catalog, self.redis,
            Settings(api_url=self.api.url, poll=1, slow=0.02, grace=2.0), pace=pace or Pace(FAST, FAST, FAST),
            desk=self.desk, staff_chat=GROUP,
        )  # fmt: skip
        self._task = asyncio.create_task(channel.run(self._stop))
        return channel

    async def stop(self) -> None:
        self._stop.set()
        if self._task:
            await asyncio.wait_for(self._task, 10)
            self._task = None

    async def kill(self) -> None:
        """Ends as suddenly as a task can; its leases last on as those of the dead do."""
        assert self._task
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def accept(self, message: Incoming) -> bool:
        self.accepted.append(message)
        owned = await self.desk.ownership(message.conversation)
        if owned and owned.owner is Owner.staff:
            return await self.desk.hear(owned.case, message)
        if owned:
            await self.desk.overhear(owned.case, message)
        return True

    async def opens(self, chat: int = 7, text: str = "I need a person", **given: Any) -> Case:
        """Somebody asks for a person."""
        self._asked += 1
        given = {"language": "en", "service": "work-permit", **given}
        message = Incoming(
            "telegram", f"tg:{chat}", f"asked{self._asked}", self.desk._now(), text, name=f"Person {chat}"
        )
        answer = Answer(
            given["language"], "ask_human", given["service"], 1.0, "ANSWER", profile=(("Nationality", "<b>French</b>"),)
        )
        await self.desk.ask(message, answer, Reason.asked)
        case = await self.desk.cases.last_of(f"tg:{chat}")
        assert case
        return case

    async def hears(self, case: Case, text: str, number: str, **given: Any) -> None:
        """A message of the person that came by the inbox."""
        message = Incoming(case.channel, case.conversation, number, self.desk._now(), text, **given)
        owned = await self.desk.ownership(case.conversation)
        if owned and owned.owner is Owner.staff:
            await self.desk.hear(case.id, message)
        else:
            await self.desk.overhear(case.id, message)

    async def topic(self, case: Case) -> Topic:
        """The topic of a case, once it is there."""
        return await self.api.until(
            lambda: next((t for t in self.api.topics.values() if f"#{case.id} " in t.name), None)
        )

    async def card(self, case: Case) -> dict[str, Any]:
        """The card of a case, once it is there."""
        return await self.api.until(lambda: self.find_card(case))

    def find_card(self, case: Case) -> dict[str, Any] | None:
        return next(
            (m for m in self.seen() if f"#{case.id}" in m["text"].partition("\n")[0] and "原因 Reason" in m["text"]),
            None,
        )

    def seen(self) -> list[dict[str, Any]]:
        return [m for m in self.api.messages if m["chat"]["id"] == GROUP]

    def lines(self, topic: int | None = None) -> list[str]:
        """What the group reads beside cards, line by line."""
        found = [m for m in self.seen() if topic is None or m["params"].get("message_thread_id") == topic]
        return [line for m in found if "原因 Reason" not in m["text"] for line in m["text"].split("\n")]

    async def says(self, text: str | None, topic: Topic | None, by: int = 4711, **more: Any) -> dict[str, Any]:
        """Somebody writes in the group. Returns the message."""
        inside = {"message_thread_id": topic.id, "is_topic_message": True} if topic else {}
        if topic and "reply_to_message" not in more:
            more["reply_to_message"] = {"message_id": topic.id, "chat": self.api.chat(GROUP), "date": 1}
        message = self.api.message(text, by, GROUP, **inside, **more)
        self.api.update("message", message)
        return message

    def edits(self, message: dict[str, Any], text: str) -> None:
        self.api.update("edited_message", {**message, "text": text, "edit_date": int(time.time())})

    async def presses(self, case: Case, title: str, by: int = 4711) -> None:
        """Somebody presses a button of the card, once it has it."""
        card = await self.card(case)
        await self.api.until(lambda: title in self.api.titles(card))
        self.api.press(card, title, by)

    def alerts(self) -> list[str]:
        return [params["text"] for params in self.api.of("answerCallbackQuery") if params.get("show_alert")]

    async def quiet(self, seconds: float = 0.25) -> None:
        """Until everything was handled and shown."""
        await self.api.until(
            lambda: (
                not self.api.updates
                or self.api.updates[-1]["update_id"] < (self.api.of("getUpdates")[-1].get("offset") or 0)
            )
        )
        for _ in range(400):
            if not await self.redis.hlen("qta:desk:tg-dirty") and not await self.outbox.length("telegram"):
                at = await self.desk.cases.end_of_events()
                if at == await self.redis.get("qta:desk:tg-feed"):
                    break
            await asyncio.sleep(0.02)
        else:
            raise TimeoutError("something is left to show")
        await asyncio.sleep(seconds)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    server = BotApi()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def room(api: BotApi, redis: Redis, catalog: Catalog) -> AsyncIterator[StaffRoom]:
    found = StaffRoom(api, redis, catalog)
    for each in (LI, WANG):
        await found.staff.add(each, None)
    yield found
    await found.stop()
