"""Rasa components: which intent a message has, and which service it is about.

Both are softmax regressions (`nlu.linear`) over the same sentence features. The service classifier also sees which names
the matcher found, so that a name and the rest of the sentence give one answer instead of two that contradict.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    METADATA,
    METADATA_EXAMPLE,
    METADATA_INTENT,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack

from nlu.embedding import Floats
from nlu.features import sentence_features
from nlu.linear import LinearModel, softmax, train
from nlu.matcher import SERVICE
from nlu.readings import with_parts
from nlu.storage import read_arrays, write_arrays

RANKING = 10
"""Readings kept of a message."""


class _Linear(GraphComponent):
    """A trained softmax regression as a Rasa component."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"penalty": 0.15, "iterations": 70, "embedding_weight": 1.0, "name_weight": 1.0, "sharpness": 1.0}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        names: list[str] | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._names = names or []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Linear:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> _Linear:
        meta, arrays = read_arrays(model_storage, resource)
        model = LinearModel(tuple(meta["labels"]), arrays["sparse"], arrays["dense"], arrays["bias"])
        return cls(config, model_storage, resource, model, meta["names"])

    def _fit(self, messages: list[Message], labels: list[tuple[str, ...]]) -> Resource:
        self._model = train(
            *self._features(messages), labels, penalty=self._config["penalty"], iterations=self._config["iterations"]
        )
        write_arrays(
            self._model_storage,
            self._resource,
            {"labels": self._model.labels, "names": self._names},
            {"sparse": self._model.sparse, "dense": self._model.dense, "bias": self._model.bias},
        )
        return self._resource

    def _features(self, messages: list[Message]) -> tuple[csr_matrix, Floats]:
        sparse, dense = sentence_features(messages)
        if self._names:
            sparse = hstack([sparse, self._name_features(messages)], format="csr", dtype=np.float32)
        return sparse, dense * np.float32(self._config["embedding_weight"])

    def _name_features(self, messages: list[Message]) -> csr_matrix:
        """One column per service: whether its name stands in the message."""
        rows, columns = [], []
        for row, message in enumerate(messages):
            for service in {
                e[ENTITY_ATTRIBUTE_VALUE] for e in message.get(ENTITIES, ()) if e[ENTITY_ATTRIBUTE_TYPE] == SERVICE
            }:
                if service in self._names:
                    rows.append(row)
                    columns.append(self._names.index(service))
        values = np.full(len(rows), self._config["name_weight"], dtype=np.float32)
        return csr_matrix((values, (rows, columns)), shape=(len(messages), len(self._names)))

    def _probabilities(self, messages: list[Message]) -> Floats:
        assert self._model is not None
        sparse, dense = self._features(messages)
        return softmax(self._model.scores(sparse, dense) * np.float32(self._config["sharpness"]))

    def _rankings(self, messages: list[Message]) -> list[list[dict[str, Any]]]:
        """The likeliest labels of each message, best first; none for a message without a word."""
        if self._model is None or not messages:
            return [[] for _ in messages]
        rankings: list[list[dict[str, Any]]] = []
        for message, row in zip(messages, self._probabilities(messages)):
            best: list[int] = (
                np.argsort(-row, kind="stable")[:RANKING].tolist() if message.get(TOKENS_NAMES[TEXT]) else []
            )
            rankings.append(
                [{INTENT_NAME_KEY: self._model.labels[i], PREDICTED_CONFIDENCE_KEY: float(row[i])} for i in best]
            )
        return rankings


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(_Linear, IntentClassifier):
    """Sets `intent` and `intent_ranking`.

    Training messages with several right intents teach it to share its confidence among them. `sharpness` (a factor on the
    scores) makes of that the chance that the first is one of the right ones; measured by the expected calibration error.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**_Linear.get_default_config(), "sharpness": 2.0}

    def train(self, training_data: TrainingData) -> Resource:
        messages = training_data.intent_examples
        return self._fit(messages, [intents_of(message) for message in messages])

    def process(self, messages: list[Message]) -> list[Message]:
        every = with_parts(messages)
        for message, ranking in zip(every, self._rankings(every)):
            best = ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, best, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ServiceClassifier(_Linear):
    """Sets `service_ranking`: service ids and `none`, each with its confidence, best first.

    Learns from the `service` in the metadata of examples (`nlu/data`) and from the catalog's example questions.
    """

    def train(self, training_data: TrainingData) -> Resource:
        labelled = [(message, found) for message in training_data.intent_examples if (found := services_of(message))]
        self._names = sorted(set(training_data.entity_synonyms.values()))
        return self._fit([message for message, _ in labelled], [services for _, services in labelled])

    def process(self, messages: list[Message]) -> list[Message]:
        every = with_parts(messages)
        for message, ranking in zip(every, self._rankings(every)):
            message.set("service_ranking", ranking, add_to_output=True)
        return messages


def intents_of(message: Message) -> tuple[str, ...]:
    """All intents that a training example may be read as, the best first."""
    return (message.get(INTENT), *_label(message, "also_intents", ()))


def services_of(message: Message) -> tuple[str, ...]:
    """All services that a training example may be about (`none` included), the best first; empty where it carries no label."""
    service = _label(message, SERVICE, None)
    return (service, *_label(message, "also_services", ())) if service else ()


def _label(message: Message, name: str, default: Any) -> Any:
    metadata = message.get(METADATA) or {}
    for level in (METADATA_EXAMPLE, METADATA_INTENT):
        if isinstance(metadata.get(level), dict) and name in metadata[level]:
            return metadata[level][name]
    return default
