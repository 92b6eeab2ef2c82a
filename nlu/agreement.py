"""Rasa component: bring the two classifiers to agree (`nlu.evidence`).

A message that is surely about the tax subsidy is hardly out of scope, and one that is surely about no service hardly asks for
its fee. Each classifier alone does not know what the other saw.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.classifiers import services_of
from nlu.evidence import NONE, Ratios, ratios, reconcile
from nlu.readings import with_parts
from nlu.storage import read_json, write_json


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Agreement(GraphComponent, IntentClassifier):
    """Weighs `intent_ranking` anew by `service_ranking`; learns from the labels how intents and services go together."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, ratio: Ratios | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._ratio = ratio or {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Agreement:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Agreement:
        return cls(model_storage, resource, read_json(model_storage, resource))

    def train(self, training_data: TrainingData) -> Resource:
        self._ratio = ratios(
            (message.get(INTENT), services[0])
            for message in training_data.intent_examples
            if (services := services_of(message))
        )
        write_json(self._model_storage, self._resource, self._ratio)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_parts(messages):
            services = message.get("service_ranking") or []
            ranking = [(r[INTENT_NAME_KEY], r[PREDICTED_CONFIDENCE_KEY]) for r in message.get(INTENT_RANKING_KEY) or []]
            if not services or not ranking:
                continue
            none = next((r[PREDICTED_CONFIDENCE_KEY] for r in services if r[INTENT_NAME_KEY] == NONE), 0.0)
            weighed = [
                {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: probability}
                for intent, probability in reconcile(ranking, none, self._ratio)
            ]
            message.set(INTENT, weighed[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, weighed, add_to_output=True)
        return messages
