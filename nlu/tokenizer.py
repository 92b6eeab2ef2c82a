"""Rasa component: cut messages of Chinese, English or both into words (`language.tokens`)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from language.script import has_han
from language.tokens import Segmenter, tokenize
from nlu.pinyin import place, reading
from nlu.readings import with_parts
from nlu.storage import read_json, write_json


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class BilingualTokenizer(Tokenizer):
    """Tokens whose offsets refer to the typed text; a token's `lemma` is the form that features see.

    Training collects the Chinese names of services (entity synonyms of the importer) for the segmenter's dictionary.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, names: list[str] | None = None
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._segmenter = Segmenter(names or ())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BilingualTokenizer:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BilingualTokenizer:
        return cls(config, model_storage, resource, read_json(model_storage, resource))

    def train(self, training_data: TrainingData) -> Resource:
        names = sorted(name for name in training_data.entity_synonyms if has_han(name))
        self._segmenter = Segmenter(names)
        write_json(self._model_storage, self._resource, names)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        super().process(with_parts(messages))
        return messages

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        if attribute != TEXT:  # Rasa also cuts intents and answers
            return [
                Token(t.text, t.start, t.end, lemma=t.form) for t in tokenize(message.get(attribute), self._segmenter)
            ]
        typed = message.get(TEXT)
        found = []
        for token in tokenize(reading(message), self._segmenter):
            start, end = place(message, token.start, token.end)
            found.append(Token(typed[start:end], start, end, lemma=token.form))
        return found
