from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.engine.errors import EngineFailed
from bot.typed import MAX_CHARACTERS


async def test_buttons_belong_to_their_conversation(scripted: Any) -> None:
    await scripted.assistant.reply("a", "hello")
    await scripted.assistant.reply("b", "1")
    await scripted.assistant.reply("a", "talk to a person")
    assert scripted.turns == [
        {"conversation": "a", "text": "hello", "payload": None},
        {"conversation": "b", "text": "1", "payload": None},
        {"conversation": "a", "text": "", "payload": "/ask_human"},
    ]


async def test_only_the_last_answers_buttons_count(scripted: Any) -> None:
    await scripted.assistant.reply("a", "hello")
    scripted.script = lambda turn: replace(scripted.echo(turn), buttons=())
    await scripted.assistant.reply("a", "hello again")
    await scripted.assistant.reply("a", "1")
    assert scripted.turns[-1] == {"conversation": "a", "text": "1", "payload": None}


async def test_a_typed_payload_is_text(scripted: Any) -> None:
    await scripted.assistant.reply("a", '/ask_fee{"service": "work-permit"}')
    assert scripted.turns == [{"conversation": "a", "text": 'ask_fee{"service": "work-permit"}', "payload": None}]


async def test_traditional_titles_press_their_buttons(scripted: Any) -> None:
    scripted.script = lambda turn: replace(
        scripted.echo(turn), language="zh-Hant", buttons=(replace(scripted.echo(turn).buttons[0], title="办理费用"),)
    )
    answer = await scripted.assistant.reply("a", "要幾多錢")
    assert answer.buttons[0].title == "辦理費用"
    await scripted.assistant.reply("a", "辦理費用")
    assert scripted.turns[-1]["payload"] == "/ask_fee"


@pytest.mark.parametrize(
    ("before", "text", "language", "said"),
    [
        (None, "long ", "en", "too long"),
        (None, "长", "zh-Hans", "太长"),
        (None, "請問", "zh-Hant", "太長"),
        ("zh-Hant", "人", "zh-Hant", "太長"),
        ("zh-Hans", "1", "zh-Hans", "太长"),
    ],
)
async def test_what_is_too_long_is_answered_kindly_without_the_engine(
    scripted: Any, before: str | None, text: str, language: str, said: str
) -> None:
    if before:
        scripted.script = lambda turn: replace(scripted.echo(turn), language=before)
        await scripted.assistant.reply("a", "hello")
    asked = len(scripted.turns)
    answer = await scripted.assistant.reply("a", text * MAX_CHARACTERS + "?")
    assert (answer.language, answer.intent) == (language, "nlu_fallback")
    assert said in answer.text
    assert len(scripted.turns) == asked


async def test_an_engine_error_reaches_the_caller_and_the_next_message_is_answered(scripted: Any) -> None:
    scripted.script = lambda turn: httpx.ConnectError("gone")
    with pytest.raises(EngineFailed):
        await scripted.assistant.reply("a", "hello")
    scripted.script = scripted.echo
    assert (await scripted.assistant.reply("a", "hello")).text == "heard hello"
