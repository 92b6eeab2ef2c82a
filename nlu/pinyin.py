"""Rasa component: read pinyin as Chinese (`language.pinyin`), for the components after it.

What was typed stays as it is; `reading` gives the text to understand, and `place` says where in the typed text a stretch of it stands.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from language.pinyin import Pinyin, Restored
from language.pinyin_table import count
from language.script import has_han, simplify
from language.tokens import Segmenter, tokenize
from nlu.readings import with_parts
from nlu.storage import read_json, write_json

_RESTORED = "restored"


def reading(message: Message) -> str:
    """The text of a message with its pinyin turned Chinese."""
    restored: Restored | None = message.get(_RESTORED)
    return restored.text if restored else message.get(TEXT) or ""


def place(message: Message, start: int, end: int) -> tuple[int, int]:
    """Where `reading(message)[start:end]` stands in the typed text."""
    restored: Restored | None = message.get(_RESTORED)
    return (restored.starts[start], restored.ends[end - 1]) if restored else (start, end)


# Registered as a featurizer, since Rasa shows the training messages to no entity extractor.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PinyinReader(GraphComponent):
    """Learns the words of the Chinese training messages and reads pinyin as them."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, pinyin: Pinyin | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._pinyin = pinyin or Pinyin({})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PinyinReader:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PinyinReader:
        return cls(model_storage, resource, Pinyin(**read_json(model_storage, resource)))

    def train(self, training_data: TrainingData) -> Resource:
        names = [simplify(name) for name in training_data.entity_synonyms if has_han(name)]
        segmenter = Segmenter(names)
        texts = [message.get(TEXT) or "" for message in training_data.training_examples]
        forms = ([token.form for token in tokenize(text, segmenter)] for text in texts if has_han(text))
        self._pinyin = Pinyin.learn(count(forms, names), texts)
        write_json(self._model_storage, self._resource, self._pinyin.data())
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in with_parts(messages):
            restored = self._pinyin.restore(message.get(TEXT) or "")
            if restored:
                message.set(_RESTORED, restored)
        return messages
