"""Rasa component: what a message means in its conversation (`dialogue.understanding`). The last of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from catalog.neighbours import neighbour_of
from catalog.store import shared
from dialogue.memory import Memory
from dialogue.understanding import understood

FORM = "interview_form"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class InConversation(GraphComponent, IntentClassifier):
    """Replaces intent and entities where the conversation so far gives the message another meaning.

    Rasa hands over the tracker when it parses a message of a conversation; without one (tests of the NLU) nothing changes.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> InConversation:
        return cls()

    @cached_property
    def _families(self) -> dict[str, str]:
        return {service.id: service.family for service in shared().services.values() if service.family}

    def _neighbour(self, text: str, services: Sequence[str]) -> str | None:
        found = neighbour_of(text, [shared().services[each] for each in services if each in shared().services])
        return found.id if found else None

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        if tracker is None or not tracker.slots:
            return messages
        interviewing = tracker.active_loop_name == FORM and tracker.get_slot("interview") is not None
        memory = Memory.of(tracker.current_slot_values(), interviewing)
        for message in messages:
            found = understood({TEXT: message.get(TEXT), **message.data}, memory, self._families, self._neighbour)
            if found:
                message.set(INTENT, found["intent"], add_to_output=True)
                message.set(ENTITIES, found["entities"], add_to_output=True)
        return messages
