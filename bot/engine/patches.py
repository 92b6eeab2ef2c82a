"""Everything of Rasa that we change at run time: each with the reason and the version it was seen in."""

from __future__ import annotations

import uuid
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader, RasaYAMLWriter
from rasa.shared.nlu.training_data.training_data import TrainingData


def trust_own_actions() -> None:
    """Do not check each result of an action against a JSON schema.

    Rasa 3.6.21 compiles and runs a schema over every answer, meant for foreign action servers; it took 80 % of a turn in a
    probe. Our actions build their events with rasa_sdk's constructors in this very process.
    """
    RemoteAction._validate_action_result = lambda self, result: True  # noqa: SLF001


def skip_training_fingerprints() -> None:
    """Do not hash the whole training data after each component.

    Rasa 3.6.21 does so to fill its cache, though we train without it (`force_training`): a fifth of the training time.
    """
    TrainingData.fingerprint = lambda self: uuid.uuid4().hex


def trust_own_training_data() -> None:
    """Do not check each training file against a schema, nor hash each message to drop duplicates.

    Rasa 3.6.21 reads all training files three times and does both each time. `make check` does them once: `rasa data
    validate` and `bot nlu lint`.
    """
    RasaYAMLReader.validate = lambda self, string: None
    TrainingData.sanitize_examples = staticmethod(lambda examples: examples)


def merge_without_copies() -> None:
    """Merge training data without copying each message.

    Rasa 3.6.21 merges seventeen times in a training and copies all messages deeply each time, 15 s for 25,000 messages.
    """

    def merge(self: TrainingData, *others: TrainingData | None) -> TrainingData:
        merged = [self, *(other for other in others if other)]
        return TrainingData(
            [example for data in merged for example in data.training_examples],
            {name: value for data in merged for name, value in data.entity_synonyms.items()},
            [feature for data in merged for feature in data.regex_features],
            [table for data in merged for table in data.lookup_tables],
            {name: value for data in merged for name, value in data.responses.items()},
        )

    TrainingData.merge = merge


def label_each_message() -> None:
    """Write the metadata of a block of training messages beside each of its messages.

    Rasa 3.6.21 writes training data with all blocks of an intent in one, and that has the metadata of the first: cross-validation
    would train on wrong services.
    """
    convert = RasaYAMLWriter._convert_training_examples  # noqa: SLF001

    def converted(examples: list[Any], *rest: Any) -> tuple[list[dict[str, Any]], None]:
        written, _ = convert(examples, *rest)
        for example, row in zip(examples, written):
            block = example.get("metadata", {}).get("intent") if isinstance(example, dict) else None
            if block is not None:
                row.setdefault("metadata", block)
        return written, None

    RasaYAMLWriter._convert_training_examples = staticmethod(converted)  # noqa: SLF001
