"""Train on parts of the training messages and read others, for learning curves. Imports Rasa, but only when called.

Features are made once for all messages; only what comes after them in `config.yml`, the classifiers, is trained for each part.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot.engine.quiet import quiet
from bot.project import ROOT
from dialogue.context import Context, about_a_service, next_context
from nlu.evaluation.curve import STEPS, nested
from nlu.evaluation.scores import Reading

if TYPE_CHECKING:
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData


def read_by_parts(
    texts: Sequence[str], steps: Iterable[int] = STEPS, progress: Callable[[str], None] = lambda phase: None
) -> Iterator[tuple[int, int, list[Reading]]]:
    """Readings of `texts`, each a conversation of its own, after a training on every `step`-th training message.

    Yields (step, messages trained on, readings). The vocabulary, names and words that features are made of come from all
    training messages, since features are made once. progress: called with what is done next.
    """
    quiet()
    progress("importing Rasa")
    with warnings.catch_warnings(record=True):  # while they are imported, libraries undo what `quiet` set
        from rasa.shared.nlu.constants import TEXT
        from rasa.shared.nlu.training_data.message import Message

        from bot.engine.patches import trust_own_training_data
        from nlu.classifiers import services_of

        progress("reading the training messages")
        trust_own_training_data()
        data = _training_data()
    wanted = [Message(data={TEXT: text}) for text in texts]
    with tempfile.TemporaryDirectory(prefix="qta-") as directory:
        with warnings.catch_warnings(record=True):
            first, last = _components(Path(directory))
        for component, prepares in first:
            progress(f"features: {type(component).__name__}")
            if hasattr(component, "train"):
                component.train(data)
            if prepares:
                component.process_training_data(data)
            component.process(wanted)
        examples = data.intent_examples
        strata = [(example.get("intent"), *services_of(example)[:1]) for example in examples]
        for step, positions in zip(steps, nested(strata, steps)):
            progress(f"training on {len(positions)} messages")
            part = _like(data, [examples[position] for position in positions])
            messages = [Message(data=message.data, features=message.features) for message in wanted]
            for component, _ in last:
                if hasattr(component, "train"):
                    component.train(part)
                component.process(messages)
            yield step, len(positions), [_reading(message) for message in messages]


def _training_data() -> TrainingData:
    from rasa.shared.importers.importer import TrainingDataImporter

    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain"), [str(ROOT / "nlu")]
    )
    return importer.get_nlu_data()


def _components(directory: Path) -> tuple[list[tuple[Any, bool]], list[tuple[Any, bool]]]:
    """The components of `config.yml`: those before the first intent classifier, and the rest. They store in `directory`.

    Each with whether it prepares the training messages for the components after it: only tokenizers and featurizers do, as in
    Rasa's own training (3.6.21).
    """
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.nlu.classifiers.classifier import IntentClassifier

    preparing = {DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER}
    storage, context = LocalModelStorage(directory), ExecutionContext(GraphSchema({}))
    found = []
    for entry in yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]:
        registered = DefaultV1Recipe._from_registry(entry["name"])  # noqa: SLF001
        config = {**registered.clazz.get_default_config(), **entry}
        component = registered.clazz.create(config, storage, Resource(entry["name"]), context)
        found.append((component, bool(registered.types & preparing)))
    first = next(position for position, (component, _) in enumerate(found) if isinstance(component, IntentClassifier))
    return found[:first], found[first:]


def _like(data: TrainingData, examples: list[Message]) -> TrainingData:
    """Training data with other examples, not looked over again: hashing every message with its features takes minutes."""
    from rasa.shared.nlu.training_data.training_data import TrainingData

    part = TrainingData(entity_synonyms=data.entity_synonyms, regex_features=data.regex_features)
    part.training_examples = examples
    return part


def _reading(message: Message) -> Reading:
    """What the assistant takes the message for as the first of a conversation; one that asks several things counts as a whole."""
    intent = message.get("intent") or {}
    name = intent.get("name") or "nlu_fallback"
    service = next_context(Context(), message.data).service
    about = about_a_service(name) or name == "ask_human"
    return Reading(service if about else None, name, float(intent.get("confidence") or 0.0))
