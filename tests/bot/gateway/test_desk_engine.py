"""What makes a case begin, with the real engine: what people say, and what staff then know."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.desk import hours
from bot.desk.cases import Case, Owner, Reason
from bot.desk.desk import Desk
from bot.desk.staff import Staff, StaffBook
from bot.engine.client import EngineClient
from bot.engine.protocol import Answer
from bot.gateway.turns import Turns
from bot.messages import Incoming
from bot.store.buttons import Buttons
from bot.store.connection import redis_store

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALWAYS = replace(hours.load(), weekly=((hours.Span(0, 1440),),) * 7, holidays=False)


class Chat:
    """One conversation with the assistant and the desk, as the worker leads it."""

    def __init__(self, turns: Turns, desk: Desk, name: str) -> None:
        self.turns, self.desk, self.name = turns, desk, name
        self._numbers = itertools.count(1)

    async def write(self, text: str | None = None, payload: str | None = None) -> Answer | None:
        message = Incoming("web", self.name, f"m{next(self._numbers)}", time.time(), text, payload=payload, name="Anna")
        answer = await self.turns(message)
        await self.turns.answered(message, answer)
        return answer

    async def case(self) -> Case | None:
        return await self.desk.cases.last_of(self.name)


@pytest_asyncio.fixture(loop_scope="session")
async def chat(engine: EngineClient, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Chat]:
    async with redis_store(None, tmp_path) as redis:
        staff = StaffBook(redis)
        await staff.add(Staff("li", "李老师", "Ms Li"), None)
        desk = Desk(redis, staff, ALWAYS)
        yield Chat(Turns(engine, Buttons(redis), desk, desk.forget), desk, f"web:{request.node.name}")


@pytest.mark.parametrize(
    ("said", "reason", "language"),
    [
        (("I'd like to speak with somebody, please",), Reason.asked, "en"),
        (("可唔可以搵個真人同我傾？",), Reason.asked, "zh-Hant"),
        (("我要投诉，窗口态度太差了",), Reason.complaint, "zh-Hans"),
        (("i need that paper thing", "the thing my boss mentioned", "the form is pink"), Reason.not_understood, "en"),
    ],
)
async def test_reasons_for_a_case(chat: Chat, said: tuple[str, ...], reason: Reason, language: str) -> None:
    *before, last = said
    for text in before:
        await chat.write(text)
        if await chat.case():
            break
    else:
        await chat.write(last)
    case = await chat.case()
    assert case
    assert (case.reason, case.language, case.owner, case.name) == (reason, language, Owner.waiting, "Anna")


async def test_what_staff_know_of_an_interview_that_they_must_decide(chat: Chat) -> None:
    await chat.write("I am from Macao. How much is the tax subsidy?")
    await chat.write(payload='/check_eligibility{"service": "gba-tax-subsidy"}')
    for _ in range(30):
        answer = await chat.write("I don't know")
        assert answer
        if "Is that right?" in answer.text:
            answer = await chat.write("yes")
        if answer and answer.verdict:
            break
    assert answer
    assert answer.verdict == "staff_must_decide"
    assert "number 1 in line" in answer.text
    case = await chat.case()
    assert case
    assert (case.reason, case.service) == (Reason.interview, "gba-tax-subsidy")
    assert ("Who", "a Macao resident") in case.profile
    assert len(case.interview) >= 3
    assert "I don't know" in dict(case.interview).values()
    texts = [entry.text for entry in await chat.desk.cases.log(case.id)]
    assert "I am from Macao. How much is the tax subsidy?" in texts


async def test_the_assistant_goes_on_answering_those_who_wait(chat: Chat) -> None:
    first = await chat.write("talk to a person")
    assert first
    assert "number 1 in line" in first.text
    second = await chat.write("How long does a work permit take?")
    assert second
    assert "7 working days" in second.text
    assert "in line" not in second.text, "the place has not changed"
    case = await chat.case()
    assert case
    kinds = [entry.kind for entry in await chat.desk.cases.log(case.id)]
    assert kinds == ["person", "move", "assistant", "person", "assistant"]
    third = await chat.write("I want a human being")
    assert third
    assert "number 1 in line" in third.text
    li = await chat.desk.staff.get("li")
    assert li
    await chat.desk.say(case.id, li, "Hello", "k1", "web")
    assert await chat.write("How long does a work permit take?") is None
