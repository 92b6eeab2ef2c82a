"""Rasa component: what a message says besides names of services: numbers, sums, dates, who somebody is, yes and no."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from entities import find
from entities.plain import as_entities


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityMatcher(GraphComponent):
    """Adds an entity for each find of `entities.find`, its value a string or a dictionary. Training data is left alone."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityMatcher:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = as_entities(find(message.get(TEXT) or ""), type(self).__name__)
            if found:
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
