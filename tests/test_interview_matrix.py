"""Each interview × each of its questions × what people do in the middle, through the real engine.

The path through an interview is that of its longest case in `tests/interviews/<service>.yml`, a likely eligible one if there is any.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.engine.client import EngineClient
from bot.engine.protocol import Answer, Turn
from catalog.interview import Interview, needed
from catalog.store import Catalog, load

pytestmark = pytest.mark.asyncio(loop_scope="session")

CASES = Path(__file__).parent / "interviews"

SERVICES = sorted(service.id for service in load().services.values() if service.interview)

UNITS = {"days": "{} days", "years": "{} years", "age": "{}", "money": "RMB {}", "number": "{}"}


def longest(service: str) -> dict[str, Any]:
    """The case that goes through most questions."""
    cases = yaml.safe_load((CASES / f"{service}.yml").read_text(encoding="utf-8"))
    found: dict[str, Any] = max(cases, key=lambda case: (case["verdict"] == "likely_eligible", len(case["answers"])))
    return found


def path(service: str, catalog: Catalog) -> tuple[Interview, list[tuple[str, str]]]:
    """The interview and its (question, answer) pairs in the order in which they are asked."""
    interview = catalog.services[service].interview
    assert interview is not None
    wanted = longest(service)["answers"]
    steps: list[tuple[str, str]] = []
    answers: dict[str, Any] = {}
    while question := needed(interview, answers):
        answers[question] = wanted[question]
        steps.append((question, str(wanted[question])))
    assert steps
    return interview, steps


class Person:
    """Somebody in an interview, in a conversation of their own."""

    def __init__(self, engine: EngineClient, name: str, interview: Interview) -> None:
        self.engine = engine
        self.name = name
        self.interview = interview

    async def say(self, text: str) -> Answer:
        return await self.engine.turn(Turn(self.name, text=text))

    async def press(self, intent: str, **entities: str) -> Answer:
        return await self.engine.turn(Turn(self.name, payload=f"/{intent}{json.dumps(entities)}"))

    async def answer(self, question: str, value: str) -> Answer:
        kind = self.interview.question(question).kind
        if kind in ("choice", "yes_no"):
            return await self.press("interview", says=f"answer:{value}")
        return await self.say(UNITS[kind].format(value))

    async def walk(self, service: str, steps: list[tuple[str, str]]) -> Answer:
        """Begin, and answer the given questions."""
        said = await self.press("check_eligibility", service=service)
        for question, value in steps:
            assert self.interview.question(question).en in said.text
            said = await self.answer(question, value)
        return said


def asked(interview: Interview, question: str, language: str = "en") -> str:
    return str(getattr(interview.question(question), language))


@pytest.mark.parametrize("service", SERVICES)
class TestInTheMiddle:
    async def test_a_question_is_answered_and_the_interview_goes_on(
        self, service: str, engine: EngineClient, catalog: Catalog
    ) -> None:
        interview, steps = path(service, catalog)
        for number, (question, value) in enumerate(steps):
            person = Person(engine, f"digress-{service}-{number}", interview)
            await person.walk(service, steps[:number])
            said = await person.say("what documents do I need?")
            assert said.intent == "ask_documents"
            assert said.service == service
            assert asked(interview, question) in said.text
            following = await person.answer(question, value)
            assert asked(interview, question) not in following.text or "This is what I noted" in following.text

    async def test_an_answer_is_taken_back(self, service: str, engine: EngineClient, catalog: Catalog) -> None:
        interview, steps = path(service, catalog)
        for number, (question, value) in enumerate(steps):
            person = Person(engine, f"back-{service}-{number}", interview)
            after = await person.walk(service, steps[: number + 1])
            said = await person.say("上一题")
            assert asked(interview, question) in said.text or asked(interview, question, "zh") in said.text
            again = await person.answer(question, value)
            assert [b.payload for b in again.buttons] == [b.payload for b in after.buttons]

    async def test_an_unusable_answer_is_explained_and_never_a_dead_end(
        self, service: str, engine: EngineClient, catalog: Catalog
    ) -> None:
        interview, steps = path(service, catalog)
        for number, (question, value) in enumerate(steps):
            person = Person(engine, f"invalid-{service}-{number}", interview)
            await person.walk(service, steps[:number])
            first = await person.say("purple elephants")
            assert interview.question(question).help.en in first.text
            assert asked(interview, question) in first.text
            await person.say("purple elephants")
            third = await person.say("purple elephants")
            assert {"unsure", "stop"} <= {_says(button.payload) for button in third.buttons}
            assert "/ask_human" in {button.payload for button in third.buttons}
            assert asked(interview, question) not in (await person.answer(question, value)).text.split("\n")[-1]

    async def test_it_can_be_cancelled(self, service: str, engine: EngineClient, catalog: Catalog) -> None:
        interview, steps = path(service, catalog)
        for number in range(len(steps) + 1):
            person = Person(engine, f"cancel-{service}-{number}", interview)
            await person.walk(service, steps[:number])
            said = await person.say("取消")
            assert said.intent == "cancel"
            assert said.verdict is None
            after = await person.say("how long does a work permit take?")
            assert (after.intent, after.service) == ("ask_time", "work-permit")
            assert "/interview" not in "".join(button.payload for button in after.buttons)

    async def test_the_language_changes_and_nothing_else(
        self, service: str, engine: EngineClient, catalog: Catalog
    ) -> None:
        interview, steps = path(service, catalog)
        for number, (question, value) in enumerate(steps):
            person = Person(engine, f"language-{service}-{number}", interview)
            await person.walk(service, steps[:number])
            said = await person.say("请用中文回答")
            assert said.language == "zh-Hans"
            assert asked(interview, question, "zh") in said.text
            following = await person.answer(question, value)
            assert asked(interview, question, "zh") not in following.text or "我记下的是" in following.text

    async def test_the_summary_can_be_corrected_and_leads_to_the_verdict(
        self, service: str, engine: EngineClient, catalog: Catalog
    ) -> None:
        interview, steps = path(service, catalog)
        person = Person(engine, f"summary-{service}", interview)
        summary = await person.walk(service, steps)
        assert "This is what I noted" in summary.text
        for question, value in steps:
            again = await person.press("interview", says=f"change:{question}")
            assert asked(interview, question) in again.text
            summary = await person.answer(question, value)
            assert "This is what I noted" in summary.text
        verdict = await person.say("yes")
        assert verdict.verdict == longest(service)["verdict"]
        assert "not an official decision" in verdict.text
        assert verdict.sources


def _says(payload: str) -> str:
    return str(json.loads(payload.partition("{")[1] + payload.partition("{")[2]).get("says")) if "{" in payload else ""
