"""Each patch of Rasa's behaviour is still needed: when Rasa changes there, the patch goes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


def source(module: str) -> str:
    """The source of a module of Rasa, without importing it."""
    spec = importlib.util.find_spec("rasa")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / module).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "still"),
    [
        ("core/actions/action.py", "validate(result, self.action_response_format_spec())"),
        ("engine/training/hooks.py", "fingerprint"),
        ("shared/nlu/training_data/formats/rasa_yaml.py", "validation.validate_yaml_schema(string, NLU_SCHEMA_FILE)"),
        ("shared/nlu/training_data/training_data.py", "return list(OrderedDict.fromkeys(examples))"),
        ("shared/nlu/training_data/training_data.py", "training_examples.extend(copy.deepcopy(o.training_examples))"),
        (
            "shared/nlu/training_data/formats/rasa_yaml.py",
            "if intent_metadata is None and METADATA_INTENT in metadata:",
        ),
    ],
)
def test_rasa_still_does_what_is_patched(module: str, still: str) -> None:
    assert still in source(module)
