"""Cross-validate the intents with Rasa: `python -m bot.engine.tester FOLDER FOLDS`. Imports Rasa; run in a process of its own."""

from __future__ import annotations

import sys

from bot.engine.quiet import quiet


def cross_validate(folder: str, folds: str) -> None:
    """Run `rasa test nlu --cross-validation` on `nlu/data`, its reports go to `folder`; the catalog's examples are always trained on."""
    quiet()
    import rasa.__main__

    from bot.engine.patches import label_each_message, skip_training_fingerprints, trust_own_training_data

    skip_training_fingerprints()
    trust_own_training_data()
    label_each_message()
    sys.argv = [
        "rasa", "test", "nlu", "--cross-validation", "--folds", folds, "--nlu", "nlu/data", "--config", "config.yml",
        "--domain", "domain", "--out", folder, "--no-plot",
    ]  # fmt: skip
    rasa.__main__.main()


if __name__ == "__main__":
    cross_validate(*sys.argv[1:])
