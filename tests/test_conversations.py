"""Whole conversations through the real trained model: `tests/conversations/*.yml`.

A turn says `say` and expects any of: service, intent, language, refused, handoff, any (one of these must occur), all, not_all,
buttons (titles among the buttons), source (an answer with a source), readings (intents, in order), verdict (of an interview).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assistant import Assistant
from bot.engine.client import EngineClient
from bot.engine.protocol import Answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONVERSATIONS = [
    pytest.param(conversation, id=f"{path.stem}: {conversation['name']}")
    for path in sorted((Path(__file__).parent / "conversations").glob("*.yml"))
    for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("conversation", CONVERSATIONS)
async def test_conversation(conversation: dict[str, Any], engine: EngineClient) -> None:
    assistant = Assistant(engine)
    for turn in conversation["turns"]:
        answer = await assistant.reply(f"test-{conversation['name']}", turn["say"])
        expect(turn, answer)


def expect(turn: dict[str, Any], answer: Answer) -> None:
    shown = f"{turn['say']!r} → {answer}"
    text = answer.text.casefold()
    for field in ("service", "intent", "language", "handoff", "verdict"):
        if field in turn:
            assert getattr(answer, field) == turn[field], shown
    if turn.get("refused"):
        assert answer.intent in ("out_of_scope", "nlu_fallback"), shown
    if "any" in turn:
        assert any(str(part).casefold() in text for part in turn["any"]), shown
    assert all(str(part).casefold() in text for part in turn.get("all", ())), shown
    assert not any(str(part).casefold() in text for part in turn.get("not_all", ())), shown
    assert set(turn.get("buttons", ())) <= {button.title for button in answer.buttons}, shown
    if "not_intent_service" in turn:
        assert [answer.intent, answer.service] != turn["not_intent_service"], shown
    if "readings" in turn:
        assert [reading.intent for reading in answer.readings] == turn["readings"], shown
    if turn.get("source"):
        assert answer.sources, shown
    assert answer.text, shown


async def test_a_long_conversation_keeps_its_pace_and_its_service(engine: EngineClient) -> None:
    assistant = Assistant(engine)
    times = []
    for number in range(300):
        say = (
            "how long does a work permit take" if number == 0 else ("what does it cost", "which documents")[number % 2]
        )
        answer = await assistant.reply("long", say)
        assert answer.service == "work-permit"
        times.append(answer.ms)
    early, late = sorted(times[5:55])[25], sorted(times[-50:])[25]
    assert late < 2 * early, f"{early} ms at the start, {late} ms at the end"
