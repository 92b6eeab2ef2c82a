"""A loaded Rasa model that answers turns. Imports Rasa: only the engine process imports this module."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain

from actions.context import Context, about_a_service, questions
from bot.engine.actions import InProcessActions
from bot.engine.order import Order
from bot.engine.patches import trust_own_actions
from bot.engine.protocol import Answer, Button, Reading, Source, Turn
from bot.engine.trackers import SlotTrackerStore

BUTTON = "button"
"""Extractor name of entities that come from a button, so that they count as meant and not as found."""

WARM_UP = ("", "How long does a work permit take?", "工作许可要办多久？")

_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?", re.DOTALL)


class Engine:
    """One loaded model. Turns of a conversation run one after another, conversations side by side."""

    def __init__(self, model: Path) -> None:
        trust_own_actions()
        self._agent = Agent(
            tracker_store=SlotTrackerStore(Domain.empty()),
            action_endpoint=InProcessActions(),
        )
        self._agent.load_model(str(model))
        self._order = Order()

    async def warm_up(self) -> None:
        """Answer once in each language, once in neither and once nothing, so that the first person does not wait for lazy loading."""
        for text in WARM_UP:
            await self.turn(Turn("warm-up", text))

    async def turn(self, turn: Turn) -> Answer:
        """Answer one message. What was typed is only ever parsed as text; only `payload` can name an intent."""
        async with self._order.of(turn.conversation):
            return await self._answer(turn)

    async def parse(self, text: str) -> dict[str, Any]:
        """What the pipeline makes of a text: `intent`, `intent_ranking`, `service_ranking`, `language`, `entities`, tokens."""
        processor = self._agent.processor
        message = UserMessage(text)
        full = await processor.parse_message(message, only_output_properties=False)
        tokens = [
            {"text": t.text, "start": t.start, "end": t.end, "form": t.lemma} for t in full.get("text_tokens", ())
        ]
        keep = ("text", "language", "intent", "intent_ranking", "service_ranking", "entities", "questions")
        return {**{key: full.get(key) for key in keep}, "tokens": tokens}

    async def _answer(self, turn: Turn) -> Answer:
        started = time.perf_counter()
        processor = self._agent.processor
        channel = CollectingOutputChannel()
        message = UserMessage(turn.payload or turn.text, channel, turn.conversation, input_channel="gateway")
        if turn.payload:
            message.parse_data = _from_payload(turn.payload)
        else:
            message.parse_data = await processor.parse_message(message)
        await processor.handle_message(message)
        tracker = await processor.tracker_store.get_or_create_tracker(turn.conversation)
        context = Context(**{slot: tracker.get_slot(slot) for slot in ("language", "script", "service", "aspect")})
        return _collect(channel.messages, message.parse_data, context, (time.perf_counter() - started) * 1000)


def _from_payload(payload: str) -> dict[str, Any]:
    """A button's payload as parse data, as if the pipeline had found its intent and entities for certain."""
    match = _PAYLOAD.fullmatch(payload)
    if not match:
        raise ValueError("a payload looks like /intent or /intent{…}")
    entities = json.loads(match["entities"] or "{}")
    return {
        "text": payload,
        "intent": {"name": match["intent"], "confidence": 1.0},
        "entities": [{"entity": name, "value": value, "extractor": BUTTON} for name, value in entities.items()],
    }


def _collect(messages: list[dict[str, Any]], parse: dict[str, Any], context: Context, ms: float) -> Answer:
    """All that Rasa said in a turn as one answer."""
    custom = [message["custom"] for message in messages if "custom" in message]
    intent = next((c["intent"] for c in custom if c.get("intent")), parse["intent"]["name"]) or "nlu_fallback"
    service = context.service if about_a_service(intent) or intent == "ask_human" else None
    confidence = round(float(parse["intent"].get("confidence") or 0.0), 4)
    several = tuple(Reading(q.service, q.intent, round(q.confidence, 4)) for q in questions(context, parse))
    return Answer(
        language=context.reply_language,
        intent=intent,
        service=several[0].service if several else service,
        confidence=confidence,
        readings=several or (Reading(service, intent, confidence),),
        text="\n\n".join(message["text"] for message in messages if message.get("text")),
        buttons=_buttons(messages),
        sources=tuple(Source(**source) for c in custom for source in c.get("sources", ())),
        handoff=any(c.get("handoff") for c in custom),
        verdict=next((c["verdict"] for c in custom if c.get("verdict")), None),
        numbered=all(c.get("numbered", True) for c in custom),
        ms=round(ms, 2),
    )


def _buttons(messages: list[dict[str, Any]]) -> tuple[Button, ...]:
    """Those of the last message that has any: what an interview asks goes before what was said in between."""
    last = next((message["buttons"] for message in reversed(messages) if message.get("buttons")), ())
    return tuple(Button(button["title"], button["payload"]) for button in last)
