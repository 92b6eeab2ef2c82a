"""Which of our training messages the stock side is trained on. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from nlu.evaluation.lint import Example


def sample(examples: Sequence[Example], size: int | None) -> list[Example]:
    """`size` messages with every language and intent in its share, the same ones each time; all without a size."""
    if size is None or size >= len(examples):
        return list(examples)
    ordered = sorted(examples, key=lambda e: (e.language, e.intent, hashlib.sha256(e.text.encode()).digest()))
    return [ordered[int(position * len(ordered) / size)] for position in range(size)]
