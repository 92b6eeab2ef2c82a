"""Rasa component: entities `service` for the names of services in a message (`nlu.gazetteer`)."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.gazetteer import Gazetteer
from nlu.pinyin import place, reading
from nlu.readings import with_parts
from nlu.storage import read_json, write_json

SERVICE = "service"


# Registered as a featurizer, since Rasa shows the training messages to no entity extractor.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class ServiceMatcher(GraphComponent, EntityExtractorMixin):
    """Finds names of services; each entity's value is the service id, its offsets refer to the typed text.

    Training takes the names from the entity synonyms (name → service id) and, as words that are no typos, every Latin
    word of the training examples.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource, data: dict[str, Any] | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._gazetteer = Gazetteer(**data) if data else Gazetteer({})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ServiceMatcher:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ServiceMatcher:
        return cls(model_storage, resource, read_json(model_storage, resource))

    def train(self, training_data: TrainingData) -> Resource:
        texts = (message.get(TEXT) or "" for message in training_data.training_examples)
        words = sorted({word for text in texts for word in re.findall(r"[a-z][a-z0-9]*", text.lower())})
        data: dict[str, Any] = {"names": dict(training_data.entity_synonyms), "words": words}
        self._gazetteer = Gazetteer(**data)
        write_json(self._model_storage, self._resource, data)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_parts(messages):
            found = []
            for match in self._gazetteer.find(reading(message)):
                start, end = place(message, match.start, match.end)
                found.append(
                    {
                        "entity": SERVICE,
                        "value": match.service,
                        "start": start,
                        "end": end,
                        "confidence_entity": match.similarity,
                        "extractor": type(self).__name__,
                    }
                )
            if found:
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
