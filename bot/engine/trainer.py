"""Train the model: `python -m bot.engine.trainer MODEL`. Imports Rasa; run in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.engine.quiet import quiet


def train(model: Path) -> None:
    """Train on `config.yml`, `domain/`, `nlu/`, `stories/` and the catalog; write `model` (`….tar.gz`).

    Nothing is taken from Rasa's cache: it does not know when the code of a component has changed.
    """
    quiet()
    import rasa.model_training

    from bot.engine.patches import merge_without_copies, skip_training_fingerprints, trust_own_training_data

    skip_training_fingerprints()
    trust_own_training_data()
    merge_without_copies()
    result = rasa.model_training.train(
        domain="domain",
        config="config.yml",
        training_files=["nlu", "stories"],
        output=str(model.parent),
        fixed_model_name=model.name,
        force_training=True,
    )
    if result.code != 0 or not result.model:
        raise SystemExit(result.code or 1)


if __name__ == "__main__":
    train(Path(sys.argv[1]))
