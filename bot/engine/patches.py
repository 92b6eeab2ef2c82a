"""Everything of Rasa that we change at run time: each with the reason and the version it was seen in."""

from __future__ import annotations

import uuid

from rasa.core.actions.action import RemoteAction
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
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
