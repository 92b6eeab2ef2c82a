"""How well the test messages of a set were read. Pure: takes labels and readings, gives figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.nlu.sets import Examples


@dataclass(frozen=True)
class Reading:
    """The best intent of a message, None if there is none, and its confidence."""

    intent: str | None
    confidence: float


@dataclass(frozen=True)
class Scores:
    """Shares, 0–1; None where they have no meaning.

    accuracy: of messages in scope, by language if there are several, and of `all`.
    oos_recall, oos_precision: of out of scope as an intent that was trained; precision is None if it was never given.
    oos_auroc: where it was not trained, how often a message in scope is read with more confidence than one out of scope;
    0.5 is chance. Needs no threshold, so the confidences of different systems need not be comparable.
    """

    accuracy: dict[str, float]
    oos_recall: float | None = None
    oos_precision: float | None = None
    oos_auroc: float | None = None


def score(examples: Examples, readings: Sequence[Reading], out_of_scope: str | None) -> Scores:
    """The scores of `readings` of the test messages, in the same order. out_of_scope: its label, if the set has one."""
    pairs = list(zip(examples.test, readings, strict=True))
    inside = [pair for pair in pairs if pair[0].intent != out_of_scope]
    outside = [pair for pair in pairs if pair[0].intent == out_of_scope]
    by_language: dict[str, list[bool]] = defaultdict(list)
    for message, reading in inside:
        by_language[message.lang].append(message.intent == reading.intent)
    accuracy = {lang: _share(right) or 0.0 for lang, right in by_language.items()} if len(by_language) > 1 else {}
    accuracy["all"] = _share(message.intent == reading.intent for message, reading in inside) or 0.0
    if out_of_scope is None:
        return Scores(accuracy)
    if out_of_scope not in examples.intents:
        return Scores(accuracy, oos_auroc=auroc([r.confidence for _, r in inside], [r.confidence for _, r in outside]))
    return Scores(
        accuracy,
        oos_recall=_share(reading.intent == out_of_scope for _, reading in outside),
        oos_precision=_share(m.intent == out_of_scope for m, reading in pairs if reading.intent == out_of_scope),
    )


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """How often a value of `higher` exceeds one of `lower`, a tie counting half; None if one of them is empty."""
    return _share((a > b) + 0.5 * (a == b) for a in higher for b in lower)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0–1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * share // 1) - 1)]


def _share(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
