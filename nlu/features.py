"""Rasa components: features of a whole message, from its words and characters and from a sentence embedding.

Rasa's CountVectorsFeaturizer counts the same n-grams but makes features for every single token too, which nothing here
uses and which take most of its time; so scikit-learn's vectorizers are used directly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction.text import TfidfVectorizer

from entities.mask import masked
from nlu.embedding import Floats, embed
from nlu.pinyin import reading
from nlu.readings import with_parts
from nlu.storage import read_arrays, write_arrays

WORD = r"\S+"
"""A word is what stands between blanks: the tokenizer has cut already."""

RARE = 5_000
"""An n-gram is learned if it stands in one of so many training messages, and so in every message of a small set."""


def _vectorizers(vocabularies: list[dict[str, int]] | None = None, messages: int = 0) -> list[TfidfVectorizer]:
    words, characters = vocabularies or (None, None)
    least = max(1, messages // RARE)
    return [
        TfidfVectorizer(
            analyzer="word", token_pattern=WORD, ngram_range=(1, 2), min_df=least, sublinear_tf=True, vocabulary=words
        ),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=least, sublinear_tf=True, vocabulary=characters),
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(GraphComponent):
    """Sparse sentence features: tf-idf of words (1 to 2) and of characters within words (2 to 4), on the tokens' lemmas, numbers masked."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, vectorizers: list[TfidfVectorizer] | None = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._vectorizers = vectorizers or _vectorizers()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        names, arrays = read_arrays(model_storage, resource)
        vectorizers = _vectorizers([{name: i for i, name in enumerate(block)} for block in names])
        for position, vectorizer in enumerate(vectorizers):
            vectorizer.idf_ = arrays[f"idf{position}"]
        return cls(model_storage, resource, vectorizers)

    def train(self, training_data: TrainingData) -> Resource:
        texts = [_forms(message) for message in training_data.training_examples]
        self._vectorizers = _vectorizers(messages=len(texts))
        for vectorizer in self._vectorizers:
            vectorizer.fit(texts)
        names = [[str(name) for name in v.get_feature_names_out()] for v in self._vectorizers]
        write_arrays(
            self._model_storage, self._resource, names, {f"idf{i}": v.idf_ for i, v in enumerate(self._vectorizers)}
        )
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        every = with_parts(messages)
        texts = [_forms(message) for message in every]
        rows = hstack([v.transform(texts) for v in self._vectorizers], format="csr", dtype=np.float32)
        for position, message in enumerate(every):
            message.add_features(Features(rows[position], FEATURE_TYPE_SENTENCE, TEXT, type(self).__name__))
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbedder(GraphComponent):
    """Dense sentence features: a sentence embedding (`nlu.embedding`), 512 numbers of length 1."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbedder:
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        every = with_parts(messages)
        for message, vector in zip(every, embed([reading(message) for message in every])):
            message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, type(self).__name__))
        return messages


def sentence_features(messages: list[Message]) -> tuple[csr_matrix, Floats]:
    """Sparse and dense sentence features of messages, shapes (messages, n-grams) and (messages, 512)."""
    sparse, dense = [], []
    for message in messages:
        sparse.append(message.get_sparse_features(TEXT)[1].features)
        dense.append(message.get_dense_features(TEXT)[1].features)
    return vstack(sparse, format="csr"), np.vstack(dense)


def _forms(message: Message) -> str:
    return " ".join(masked(token.lemma) for token in message.get(TOKENS_NAMES[TEXT], ()))
