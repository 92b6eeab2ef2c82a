"""A gateway with the web chat alone: real inbox, outbox, buttons, worker and desk, a few lines instead of an engine.

To try the page: `PYTHONPATH=. python tests/bot/channels/web/demo.py --port 8080`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import FrameType

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette

from actions.answer import answer, check_button
from actions.menu import categories, category
from actions.reply import Button as ReplyButton
from actions.reply import Reply, human_button
from actions.talk import human
from bot.channels.web.settings import WebSettings
from bot.channels.web.web import Web
from bot.desk import hours
from bot.desk.cases import Ownership
from bot.desk.desk import Desk
from bot.desk.staff import StaffBook
from bot.engine.errors import EngineNotReady
from bot.engine.protocol import Answer, Button, Source, Turn
from bot.gateway.turns import Turns
from bot.gateway.worker import Pace, Worker
from bot.store.buttons import Buttons
from bot.store.connection import redis_store
from bot.store.inbox import Inbox
from bot.store.outbox import Outbox
from catalog.models import Aspect
from catalog.render import pick
from catalog.store import Catalog, shared
from language.choice import reply_language
from language.script import converter

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> javascript:alert(1) </textarea>'

ASPECTS = {
    Aspect.time: "多久|几耐|how long",
    Aspect.documents: "材料|document",
    Aspect.fee: "多少钱|费用|fee",
    Aspect.steps: "怎么|how do",
}

_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?")


class DemoEngine:
    """Answers from the catalog by keywords. `echo …` says what follows, `slow` takes 2 s, `wake` is not ready for 4 s."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._language: dict[str, str] = {}
        self._woken: dict[str, float] = {}

    async def turn(self, turn: Turn) -> Answer:
        before = self._language.get(turn.conversation) or turn.language
        language = before or "zh-Hans" if turn.payload else reply_language(turn.text, before)
        match = _PAYLOAD.fullmatch(turn.payload) if turn.payload else None
        entities = json.loads(match["entities"] or "{}") if match else {}
        intent = match["intent"] if match else "text"
        if intent == "change_language":
            language = entities["language"]
        self._language[turn.conversation] = language
        if turn.text == "slow":
            await asyncio.sleep(2)
        if turn.text == "wake":
            self._wake(turn.conversation)
        zh = language[:2]
        reply, service = self._pressed(intent, entities, zh) if turn.payload else self._typed(turn.text, zh)
        return _answer(reply, language, service)

    def _wake(self, conversation: str) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._woken.setdefault(conversation, now + 4):
            raise EngineNotReady("loading")

    def _typed(self, text: str, zh: str) -> tuple[Reply, str | None]:
        if text.startswith("echo "):
            return Reply(text[5:]), None
        if text == "hostile":
            return Reply(f"{HOSTILE}\n\n☐ {HOSTILE}\n• {HOSTILE}", (ReplyButton(HOSTILE, "help"),)), None
        if re.search("符不符合|qualify", text):
            return self._question("work-permit", 1, zh)
        text = str(converter("t2s").convert(text))
        named = (
            s
            for s in self._catalog.services.values()
            for a in (*s.aliases.zh, *s.aliases.en)
            if a.lower() in text.lower()
        )
        service = next(named, None)
        if service is None:
            return Reply(pick(zh, f"您说的是：{text}", f"You said: {text}"), (human_button(zh),)), None
        aspect = next((a for a, words in ASPECTS.items() if re.search(words, text.lower())), Aspect.overview)
        return answer(self._catalog, service.id, aspect, zh), service.id

    def _pressed(self, intent: str, entities: dict[str, str], zh: str) -> tuple[Reply, str | None]:
        service = entities.get("service")
        if intent == "interview":
            return self._interview(entities["says"], zh)
        if intent == "check_eligibility":
            return self._question("work-permit", 1, zh)
        if intent.startswith("ask_") and service:
            return answer(self._catalog, service, Aspect(intent.removeprefix("ask_")), zh), service
        if intent == "ask_human":
            return human(self._catalog, None, zh), None
        if intent == "list_services":
            if "category" in entities:
                return category(self._catalog, entities["category"], Aspect.overview, zh), None
            return categories(self._catalog, zh), None
        if intent == "delete_my_data":
            return Reply(pick(zh, "已全部删除。", "Everything is deleted."), intent=intent, forget=True), None
        return Reply(pick(zh, "好的，谢谢。", "All right, thank you."), (human_button(zh),), intent=intent), None

    def _interview(self, says: str, zh: str) -> tuple[Reply, str | None]:
        if says == "answer:1:yes":
            return self._question("work-permit", 2, zh)
        if says == "answer:2:yes":
            service = self._catalog.services["work-permit"]
            text = pick(zh, "从您的回答看，您很可能符合条件。", "From your answers you are likely eligible.")
            return Reply(text, (check_button(service, zh),), verdict="likely_eligible"), service.id
        if says == "back":
            return self._question("work-permit", 1, zh)
        return Reply(pick(zh, "核对已停止。", "I have stopped the check."), (human_button(zh),)), None

    def _question(self, service: str, number: int, zh: str) -> tuple[Reply, str | None]:
        def button(title: str, says: str) -> ReplyButton:
            return ReplyButton(title, "interview", {"says": says})

        buttons = [
            button(pick(zh, "是", "Yes"), f"answer:{number}:yes"),
            button(pick(zh, "否", "No"), f"answer:{number}:no"),
            button(pick(zh, "不清楚", "I don't know"), "unsure"),
            *([button(pick(zh, "上一题", "Back"), "back")] if number > 1 else []),
            button(pick(zh, "停止", "Stop"), "stop"),
            human_button(zh),
        ]
        text = pick(zh, f"第{number}题：可以吗？", f"Question {number}: is that so?")
        return Reply(text, tuple(buttons), intent="check_eligibility"), service


def _answer(reply: Reply, language: str, service: str | None) -> Answer:
    sources = reply.custom(language[:2])["sources"]
    return Answer(
        language,
        reply.intent or "help",
        service,
        1.0,
        reply.text,
        tuple(Button(b.title, b.payload) for b in reply.buttons),
        tuple(Source(**source) for source in sources),
        handoff=reply.handoff,
        verdict=reply.verdict,
        forgotten=reply.forget,
    )


def desk_of(redis: Redis) -> Desk:
    """A desk that is always open. Without accounts of staff it has none."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "hours.yml")
        week = "".join(f'  {day}: ["00:00-24:00"]\n' for day in days)
        file.write_text(
            f"timezone: Asia/Shanghai\nweekly:\n{week}holidays: false\nmakeup_like: friday\nclaim_within_minutes: 15\n"
        )
        return Desk(redis, StaffBook(redis), hours.load(file))


@contextlib.asynccontextmanager
async def running(
    redis: Redis, settings: WebSettings, catalog: Catalog | None = None
) -> AsyncIterator[tuple[Web, Starlette]]:
    """Web chat, worker and app on a Redis; ends like a gateway."""
    catalog = catalog or shared()
    buttons, desk = Buttons(redis), desk_of(redis)

    async def attending(owned: Ownership) -> str | None:
        case = await desk.cases.get(owned.case)
        staff = await desk.staff.get(case.staff) if case and case.staff else None
        return staff.display(case.language) if staff and case else None

    web = Web(
        Inbox(redis).put, Outbox(redis, lease=2.0, beat=0.3), buttons, catalog, redis, settings,
        ownership=desk.ownership, attending=attending,
    )  # fmt: skip
    turns = Turns(DemoEngine(catalog), buttons, desk, desk.forget)
    worker = Worker(
        redis,
        turns,
        waiting=web.waiting,
        answered=turns.answered,
        pace=Pace(settle=0.05, tell=1.0, lease=2.0, beat=0.3),
    )
    stop = asyncio.Event()
    tasks = [asyncio.create_task(web.run(stop)), asyncio.create_task(worker.run(stop))]
    app = Starlette(routes=web.routes, exception_handlers={404: web.not_found})
    app.state.stop = stop
    try:
        yield web, app
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 20)


class Server(uvicorn.Server):
    """Ends open streams before it waits for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.config.app.state.stop.set()  # type: ignore[union-attr]
        super().handle_exit(sig, frame)


def server(app: Starlette, port: int) -> Server:
    return Server(
        uvicorn.Config(
            app, "127.0.0.1", port, ws="wsproto", ws_max_size=64 * 1024, log_level="warning", timeout_graceful_shutdown=5, access_log=False
        )
    )  # fmt: skip


async def main(port: int, redis: str | None, data: Path, settings: WebSettings) -> None:
    async with redis_store(redis, data) as store, running(store, settings) as (_, app):
        await server(app, port).serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--redis")
    parser.add_argument("--per-minute", type=int, default=1000)
    parser.add_argument("--per-address", type=int, default=6000)
    parser.add_argument("--embed", action="append", default=[])
    given = parser.parse_args()
    settings = WebSettings(
        embed_origins=tuple(given.embed), messages_per_minute=given.per_minute, address_per_minute=given.per_address
    )
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(given.port, given.redis, Path(folder), settings))
    sys.exit(0)
