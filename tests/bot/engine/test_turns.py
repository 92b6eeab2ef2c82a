"""Turns through the real engine: repeated, broken, forgotten."""

from __future__ import annotations

import re

import pytest

from bot.engine.client import EngineClient
from bot.engine.protocol import Turn

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_that_comes_twice_is_answered_once(engine: EngineClient) -> None:
    first = Turn("twice", payload='/check_eligibility{"service": "youth-subsidies"}', message="1")
    answer = Turn("twice", text="I have a job there", message="2")
    begun = await engine.turn(first)
    asked = await engine.turn(answer)
    assert asked.text != begun.text
    assert await engine.turn(answer) == asked
    assert await engine.turn(answer) == asked
    following = await engine.turn(Turn("twice", text="HK permanent resident", message="3"))
    assert following.text != asked.text
    assert (await engine.turn(Turn("twice", text="back", message="4"))).text.endswith(asked.text.split("\n\n")[-1])


async def test_without_ids_each_message_is_a_turn(engine: EngineClient) -> None:
    await engine.turn(Turn("no ids", text="how long does a work permit take"))
    assert (await engine.turn(Turn("no ids", text="what does it cost"))).intent == "ask_fee"
    assert (await engine.turn(Turn("no ids", text="how long does it take"))).intent == "ask_time"


@pytest.mark.parametrize(
    ("before", "words"), [("how long does a work permit take", "Sorry"), ("工作许可要多久", "抱歉")]
)
async def test_a_turn_that_breaks_gets_an_apology_and_the_next_one_works(
    engine: EngineClient, before: str, words: str
) -> None:
    conversation = f"broken {words}"
    asked = await engine.turn(Turn(conversation, text=before))
    broken = await engine.turn(Turn(conversation, payload="no payload at all"))
    assert words in broken.text
    assert re.search(r"[0-9a-f]{8}", broken.text)
    assert broken.language == asked.language
    again = await engine.turn(Turn(conversation, text=before))
    assert (again.intent, again.service) == ("ask_time", "work-permit")


async def test_what_is_forgotten_is_gone(engine: EngineClient) -> None:
    await engine.turn(Turn("gone", text="I'm from Macao. How long does a work permit take?"))
    await engine.turn(Turn("gone", text="please delete my data"))
    assert (await engine.turn(Turn("gone", text="yes"))).forgotten
    assert (await engine.turn(Turn("gone", text="what does it cost?"))).service is None
