from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.engine.errors import EngineFailed
from bot.engine.protocol import Button
from bot.typed import MAX_CHARACTERS


async def test_what_is_typed_goes_to_the_engine_as_text(scripted: Any) -> None:
    texts = ["hello", "1", "talk to a person", "辦理費用"]
    for text in texts:
        await scripted.assistant.reply("a", text)
    assert scripted.turns == [
        {"conversation": "a", "text": text, "payload": None, "message": None, "language": None} for text in texts
    ]


async def test_a_pressed_button_goes_to_the_engine_as_its_payload(scripted: Any) -> None:
    answer = await scripted.assistant.reply("a", "hello")
    await scripted.assistant.press("b", answer.buttons[1])
    assert scripted.turns[-1] == {
        "conversation": "b",
        "text": "",
        "payload": "/ask_human",
        "message": None,
        "language": None,
    }


async def test_a_typed_payload_is_text(scripted: Any) -> None:
    await scripted.assistant.reply("a", '/ask_fee{"service": "work-permit"}')
    assert scripted.turns == [
        {
            "conversation": "a",
            "text": 'ask_fee{"service": "work-permit"}',
            "payload": None,
            "message": None,
            "language": None,
        }
    ]


async def test_answers_and_buttons_are_delivered_in_the_script_of_the_person(scripted: Any) -> None:
    scripted.script = lambda turn: replace(
        scripted.echo(turn), language="zh-Hant", text="办理", buttons=(Button("办理费用", "/ask_fee"),)
    )
    typed = await scripted.assistant.reply("a", "要幾多錢")
    pressed = await scripted.assistant.press("a", typed.buttons[0])
    for answer in (typed, pressed):
        assert (answer.text, answer.buttons[0].title) == ("辦理", "辦理費用")


async def test_a_deleted_conversation_leaves_no_language(scripted: Any) -> None:
    scripted.script = lambda turn: replace(scripted.echo(turn), language="zh-Hant")
    await scripted.assistant.reply("a", "你好")
    scripted.script = lambda turn: replace(scripted.echo(turn), language="zh-Hant", forgotten=True)
    await scripted.assistant.reply("a", "確認刪除")
    assert (await scripted.assistant.reply("a", "人" * (MAX_CHARACTERS + 1))).language == "zh-Hans"


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
