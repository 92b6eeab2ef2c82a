"""Rasa component: when a message was not understood.

Unlike Rasa's FallbackClassifier it leaves the ranking as it is (no `nlu_fallback` at rank 0), since the assistant offers
what stands there, and it also catches messages in other languages.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Fallback(GraphComponent, IntentClassifier):
    """Sets the intent `nlu_fallback` below `threshold`, and for messages in neither Chinese nor English."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.25}

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Fallback:
        return cls(config["threshold"])

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            confidence = message.get(INTENT, {}).get(PREDICTED_CONFIDENCE_KEY, 0.0)
            if confidence < self._threshold or message.get("language", {}).get("foreign"):
                intent = {INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME, PREDICTED_CONFIDENCE_KEY: confidence}
                message.set(INTENT, intent, add_to_output=True)
        return messages
