"""Rasa components: more than one question in a message.

`QuestionSplitter` cuts the message, the components between understand each part as well (`with_parts`), and
`QuestionReader` keeps the parts that ask something of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from nlu.parts import parts

_PARTS = "parts"
_SERVICES = "service_ranking"


def with_parts(messages: Sequence[Message]) -> list[Message]:
    """The messages and the questions they were split into."""
    return [each for message in messages for each in (message, *message.get(_PARTS, ()))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class QuestionSplitter(GraphComponent):
    """Gives a message that seems to ask several things its parts, messages themselves."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionSplitter:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = parts(message.get(TEXT) or "")
            if len(found) > 1:
                message.set(_PARTS, [Message({TEXT: part}) for part in found])
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class QuestionReader(GraphComponent):
    """Sets `questions`: the questions of a message that asks at least two different ones, in order; else empty.

    Each has `intent`, `confidence`, `entities` and `service_ranking`. A part counts with a confidence of `sure` in its
    intent, or of `likely` if the message as a whole may be read so too (`heard`).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"sure": 0.8, "likely": 0.5, "heard": 0.05}

    def __init__(self, sure: float, likely: float, heard: float) -> None:
        self._sure = sure
        self._likely = likely
        self._heard = heard

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionReader:
        return cls(config["sure"], config["likely"], config["heard"])

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message.set("questions", self._questions(message), add_to_output=True)
        return messages

    def _questions(self, message: Message) -> list[dict[str, Any]]:
        heard = _confidences(message)
        found: dict[str, dict[str, Any]] = {}
        for part in message.get(_PARTS, ()):
            intent, confidence = next(iter(_confidences(part).items()), ("", 0.0))
            asks = intent.startswith("ask_") and intent != "ask_human"
            bar = self._likely if heard.get(intent, 0.0) >= self._heard else self._sure
            if asks and confidence >= bar and intent not in found:
                found[intent] = {
                    "intent": intent,
                    "confidence": confidence,
                    "entities": part.get(ENTITIES, []),
                    _SERVICES: part.get(_SERVICES, []),
                }
        return list(found.values()) if len(found) > 1 else []


def _confidences(message: Message) -> dict[str, float]:
    return {r[INTENT_NAME_KEY]: r[PREDICTED_CONFIDENCE_KEY] for r in message.get(INTENT_RANKING_KEY) or ()}
