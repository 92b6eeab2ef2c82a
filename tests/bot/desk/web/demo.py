"""The web desk alone: the real desk, staff book and pages on a Redis; people are played through the desk itself.

To try it: `PYTHONPATH=. python tests/bot/desk/web/demo.py --port 8090`, then sign in as `li` or `chen` with the password below.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import FrameType

import uvicorn
from argon2 import PasswordHasher
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.desk.cases import Case, Outcome, Reason
from bot.desk.desk import Desk
from bot.desk.hours import Hours, load
from bot.desk.insights.service import Insights
from bot.desk.staff import Staff, StaffBook
from bot.desk.web.web import DeskWeb
from bot.engine.protocol import Answer
from bot.messages import File, Incoming
from bot.store.connection import redis_store
from bot.store.files import new_file
from bot.store.keys import Keys
from catalog.store import shared

PASSWORD = "the tide at qianwan"

LI = Staff("li", "李雯", "Li Wen", teams=("visas",))
CHEN = Staff("chen", "陈静", "Chen Jing", teams=("visas", "housing"))
WANG = Staff("wang", "王主管", "Wang Min", role="supervisor")

ALWAYS = """
weekly: {monday: &all ["00:00-24:00"], tuesday: *all, wednesday: *all, thursday: *all, friday: *all, saturday: *all, sunday: *all}
holidays: false
makeup_like: friday
claim_within_minutes: 15
"""

_numbers = count(1)


@dataclass
class Person:
    """Somebody who writes to us, through the desk alone."""

    desk: Desk
    name: str | None = "Anna Weber"
    language: str = "en"
    channel: str = "web"
    conversation: str = field(default_factory=lambda: f"web:{next(_numbers)}-{time.time_ns()}")

    def message(
        self, text: str, files: tuple[File, ...] = (), edits: str | None = None, key: str | None = None
    ) -> Incoming:
        key = key or f"m{next(_numbers)}"
        return Incoming(self.channel, self.conversation, key, time.time(), text, language=self.language, name=self.name, files=files, edits=edits)  # fmt: skip

    async def asks(
        self, text: str, answer: str = "I do not know.", service: str | None = "work-permit", reason: Reason = Reason.asked
    ) -> Case:  # fmt: skip
        """Talks to the assistant, and then wants a person."""
        await self.desk.answered(self.message(text), Answer(self.language, "ask_overview", service, 0.9, answer))
        profile = (("Nationality", "Germany"), ("Employer", "Qianhai Bay Robotics Ltd."))
        given = Answer(self.language, "ask_human", service, 0.9, "", handoff=True, profile=profile)
        await self.desk.ask(
            self.message("May I talk to somebody?" if self.language == "en" else "我想找人工。"), given, reason
        )
        return await self.case()

    async def case(self) -> Case:
        found = await self.desk.cases.last_of(self.conversation)
        assert found
        return found

    async def says(
        self, text: str, files: tuple[File, ...] = (), edits: str | None = None, key: str | None = None
    ) -> str:
        """Writes while a case is open. Returns the message's id."""
        message = self.message(text, files, edits, key)
        case = await self.case()
        if not await self.desk.hear(case.id, message):
            await self.desk.overhear(case.id, message)
        return message.message_id

    async def sends(self, name: str, mime: str, content: bytes, text: str = "") -> None:
        """Sends a file."""
        kind = "photo" if mime.startswith("image/") else "document"
        file = new_file(kind, name, mime, len(content))
        await self.desk.files.put(file, content)
        await self.says(text, (file,))


@dataclass
class Site:
    desk: Desk
    staff: StaffBook
    app: Starlette

    past: Desk
    """The same desk twenty minutes ago."""

    def person(self, name: str | None = "Anna Weber", language: str = "en", channel: str = "web") -> Person:
        return Person(self.desk, name, language, channel)

    async def promised(self, name: str, language: str, text: str) -> Case:
        """Somebody who has waited for so long that the desk has told them so."""
        person = Person(self.past, name, language)
        await person.asks(text)
        await self.desk.tick()
        return await person.case()


def always_open() -> Hours:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hours.yml")
        path.write_text(ALWAYS, encoding="utf-8")
        return load(path)


@contextlib.asynccontextmanager
async def running(redis: Redis, keys: Keys = Keys()) -> AsyncIterator[Site]:  # noqa: B008
    """Desk and pages on a Redis, with three members of staff."""
    book = StaffBook(redis, keys, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for each in (LI, CHEN, WANG):
        if await book.get(each.id) is None:
            await book.add(each, PASSWORD)
    hours = always_open()
    desk = Desk(redis, book, hours, keys)
    catalog = shared()
    insights = Insights(redis, hours, set(catalog.services), set(), keys)
    web = DeskWeb(desk, book, catalog, insights, redis, keys, None)

    async def service(request: object) -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>service</title>")

    stop = asyncio.Event()
    app = Starlette(routes=[*web.routes, Route("/services/{id}", service)])
    app.state.stop = stop
    task = asyncio.create_task(web.run(stop))
    try:
        yield Site(desk, book, app, Desk(redis, book, hours, keys, lambda: time.time() - 1200))
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


class Server(uvicorn.Server):
    """Ends open streams before it waits for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.config.app.state.stop.set()  # type: ignore[union-attr]
        super().handle_exit(sig, frame)


def server(app: Starlette, port: int) -> Server:
    return Server(
        uvicorn.Config(
            app, "127.0.0.1", port, ws="none", log_level="warning", timeout_graceful_shutdown=5, access_log=False
        )
    )


async def crowd(site: Site) -> None:
    """Some people who want something, so that there is something to see."""
    li, chen = LI, CHEN
    anna = site.person("Anna Weber")
    first = await anna.asks(
        "My work permit runs out on 3 January, and my new contract begins in February. What about the weeks between?",
        "A work permit can be renewed up to 30 days before it runs out. Whether it covers a change of employer I cannot say.",
    )
    zhang = site.person("张伟", "zh-Hans")
    second = await zhang.asks(
        "人才住房申请提交两周了，一直没有结果，能帮我查一下吗？",
        "审核一般需要15个工作日，具体进度我查不到。",
        "talent-housing-apply" if "talent-housing-apply" in shared().services else None,
    )
    late = site.person("黃美玲", "zh-Hant", "telegram")
    third = await late.asks("我係香港居民，公積金點樣提取？", "您可以在離職後申請提取。", None, Reason.not_understood)
    done = await site.person("Ivan Petrov").asks("Where is the service hall?", "In the Qianhai e-Station.", None)
    await site.desk.claim(first.id, li, "web")
    await site.desk.say(
        first.id,
        li,
        "Hello, this is Li Wen. Does your present employer cancel the permit before 3 January?",
        "demo-1",
        "web",
    )
    await anna.says("They said they would cancel it on my last day, 20 December.")
    await site.desk.note(first.id, chen, "Same question as last week; I answered it then.", "demo-2", "telegram")
    await anna.says("Is that a problem?")
    await site.desk.claim(second.id, chen, "web")
    await site.desk.say(done.id, chen, "It is at Menghai Avenue 4008.", "demo-3", "web")
    await site.desk.close(done.id, chen, Outcome.answered, "web")
    await site.desk.transfer(third.id, li, "housing", "web")
    await site.promised("林嘉欣", "zh-Hans", "我的出入境证件快到期了，工作许可要一起续吗？")
    await site.person(None, "zh-Hans").asks("我要投诉，窗口让我跑了三趟。", "很抱歉。", None, Reason.complaint)


async def main(port: int, redis: str | None, data: Path) -> None:
    async with redis_store(redis, data) as store, running(store) as site:
        await crowd(site)
        await server(site.app, port).serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--redis")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(given.port, given.redis, Path(folder)))
