"""A loaded Rasa model that answers turns. Imports Rasa: only the engine process imports this module."""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from actions import known
from actions.shared import catalog
from bot.engine.actions import APOLOGY, InProcessActions
from bot.engine.order import Order
from bot.engine.patches import trust_own_actions
from bot.engine.protocol import STAFF_MUST_DECIDE, Answer, Button, Reading, Source, Turn
from bot.engine.redis_trackers import ConversationStore, remember_answer, remembered_answer
from bot.engine.server import without_words
from bot.store.errors import StoreError, StoreUnavailable
from dialogue.context import BUTTON, Context, about_a_service, questions
from dialogue.memory import Offer, offered
from language.choice import reply_language

logger = logging.getLogger(__name__)

WARM_UP = ("", "How long does a work permit take?", "工作许可要办多久？")

_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?", re.DOTALL)


class Unsaved(Exception):
    """A turn was answered, but nobody knows whether it was kept."""


class Engine:
    """One loaded model. Turns of a conversation run one after another, conversations side by side."""

    def __init__(self, model: Path, redis: str | None = None) -> None:
        """redis: URL of the Redis with the conversations; our own in `.data/` without one. It is connected to by the first turn."""
        trust_own_actions()
        self._store = ConversationStore(Domain.empty(), redis)
        self._agent = Agent(action_endpoint=InProcessActions())
        self._agent.tracker_store = self._store  # given to Agent it would be wrapped, and its errors swallowed
        self._agent.load_model(str(model))
        self._order = Order()

    async def warm_up(self) -> None:
        """Answer once in each language, once in neither and once nothing, so that the first person does not wait for lazy loading."""
        conversation = f"warm-up-{uuid.uuid4().hex}"
        for text in WARM_UP:
            await self.turn(Turn(conversation, text))
        await self._store.delete(conversation)

    async def check(self) -> None:
        """Raises StoreError when conversations cannot be kept now."""
        await self._store.check()

    async def turn(self, turn: Turn) -> Answer:
        """Answer one message. What was typed is only ever parsed as text; only `payload` can name an intent.

        Whatever breaks on the way becomes an apology with an error id; nothing of such a turn is kept, so the next one works.
        Raises Conflict and StoreUnavailable before anything was kept, Unsaved when that is not known.
        """
        async with self._order.of(turn.conversation):
            try:
                return await self._answer(turn)
            except (StoreError, Unsaved):
                raise
            except Exception as error:  # noqa: BLE001  (whatever it is: one turn fails, the engine goes on)
                error_id = uuid.uuid4().hex[:8]
                logger.error("turn failed, error id %s: %s", error_id, without_words(error))  # noqa: TRY400
                return await self._apology(turn, error_id)

    async def _apology(self, turn: Turn, error_id: str) -> Answer:
        tracker = await self._store.retrieve(turn.conversation)
        context = Context(**{slot: tracker.get_slot(slot) for slot in ("language", "script")}) if tracker else Context()
        language = reply_language(turn.text, context.reply_language if context.language else None)
        text = APOLOGY["en" if language == "en" else "zh"].format(error_id)
        return Answer(language, "nlu_fallback", None, 0.0, text)

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
        """One turn, as Rasa's own `handle_message` does it: the buttons and the answer are remembered before it is saved."""
        started = time.perf_counter()
        processor = self._agent.processor
        channel = CollectingOutputChannel()
        message = UserMessage(turn.payload or turn.text, channel, turn.conversation, input_channel="gateway")
        if turn.payload:
            message.parse_data = _from_payload(turn.payload)
        tracker = await processor.fetch_tracker_and_update_session(turn.conversation, channel)
        before = remembered_answer(tracker)
        if before and turn.message is not None and before["message"] == turn.message:
            return Answer.from_json(before["answer"])
        if turn.language and tracker.get_slot("language") is None:
            tracker.update(SlotSet("language", turn.language[:2]), processor.domain)
            tracker.update(SlotSet("script", turn.language[3:] or None), processor.domain)
        await processor._handle_message_with_tracker(message, tracker)  # noqa: SLF001
        tracker = await processor.run_action_extract_slots(channel, tracker)
        await processor._run_prediction_loop(channel, tracker)  # noqa: SLF001
        said = channel.messages
        tracker.update(SlotSet("offered", _offered(said)), processor.domain)
        context = Context(**{slot: tracker.get_slot(slot) for slot in ("language", "script", "service", "aspect")})
        ms = (time.perf_counter() - started) * 1000
        answer = _for_staff(_collect(said, tracker.latest_message.parse_data, context, ms), tracker.get_slot("profile"))
        if answer.forgotten:
            await self._forget(turn.conversation)
        else:
            kept = {"message": turn.message, "answer": answer.to_json()} if turn.message is not None else None
            remember_answer(tracker, kept)
            await self._save(tracker)
        return answer

    async def _save(self, tracker: DialogueStateTracker) -> None:
        """Raises Conflict, after which the turn can run again, or Unsaved when nobody knows whether it was written."""
        try:
            await self._store.save(tracker)
        except StoreUnavailable as error:
            raise Unsaved("the turn may or may not have been saved") from error

    async def _forget(self, conversation: str) -> None:
        """Delete all that is kept of a conversation. Raises RuntimeError if something is still there."""
        await self._store.delete(conversation)
        if await self._store.exists(conversation):
            raise RuntimeError("a conversation could not be deleted")


def _offered(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the next message may refer to: the buttons as they were shown, and what was asked for."""
    offers = []
    for button in _buttons(messages):
        match = _PAYLOAD.fullmatch(button.payload)
        if match:
            offers.append(Offer(button.title, match["intent"], json.loads(match["entities"] or "{}")))
    asks = next((m["custom"]["asks"] for m in reversed(messages) if m.get("custom", {}).get("asks")), None)
    return offered(offers, asks)


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
        forgotten=any(c.get("forget") for c in custom),
        verdict=next((c["verdict"] for c in custom if c.get("verdict")), None),
        numbered=all(c.get("numbered", True) for c in custom),
        ms=round(ms, 2),
    )


def _for_staff(answer: Answer, profile: dict[str, Any] | None) -> Answer:
    """With what staff should know, where they are needed."""
    if not (answer.handoff or answer.verdict == STAFF_MUST_DECIDE):
        return answer
    language = "en" if answer.language == "en" else "zh"
    rows = known.known(catalog(), profile, language), known.interview(catalog(), profile, language)
    return replace(answer, profile=rows[0], interview=rows[1])


def _buttons(messages: list[dict[str, Any]]) -> tuple[Button, ...]:
    """Those of the last message that has any: what an interview asks goes before what was said in between."""
    last = next((message["buttons"] for message in reversed(messages) if message.get("buttons")), ())
    return tuple(Button(button["title"], button["payload"]) for button in last)
