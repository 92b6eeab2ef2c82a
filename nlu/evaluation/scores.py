"""Score how labelled messages were understood. Pure: takes labels and readings, gives figures.

A labelled message lists every (service, intent) pair a fair judge would accept. It is right on the service if its service
occurs in any accepted pair, on the intent likewise, on both if the pair is accepted. Out of scope is right when the assistant
refuses.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REFUSED = ("out_of_scope", "nlu_fallback")
BINS = 10
"""Bins of confidence, for reliability and the expected calibration error."""


@dataclass(frozen=True)
class Labelled:
    """A message with the (service, intent) pairs accepted, best first; service None = about no service."""

    text: str
    group: str
    accept: tuple[tuple[str | None, str], ...]

    @property
    def out_of_scope(self) -> bool:
        return any(intent == "out_of_scope" for _, intent in self.accept)


@dataclass(frozen=True)
class Reading:
    """How a message was understood. confidence: of the intent, 0–1."""

    service: str | None
    intent: str
    confidence: float


@dataclass(frozen=True)
class Figures:
    """Shares of one group, 0–1; None where the group has no such message.

    refused: in-scope messages refused. ece: expected calibration error of the intent's confidence, ten bins.
    """

    messages: int
    service: float
    intent: float
    both: float
    oos_recall: float | None
    oos_precision: float | None
    refused: float | None
    fallback: float
    ece: float


@dataclass(frozen=True)
class IntentFigures:
    """One intent. A message counts for its first accepted intent, also when it is read as another accepted one.

    messages: that want it; right: of these, rightly read. Shares 0–1; precision None where nothing is read as this intent,
    recall and f1 None where nothing wants it.
    """

    messages: int
    right: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class Bin:
    """Readings of like confidence: how many, their mean confidence, and the share whose intent is right, 0–1."""

    messages: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Report:
    """Figures per group and overall (`all`), what is confused with what (wanted, got, times), each misread message,
    figures per intent, and how reliable confidences are (bins that are not empty, in order).
    """

    groups: dict[str, Figures]
    confusion: list[tuple[str, str, int]] = field(default_factory=list)
    misread: list[dict[str, Any]] = field(default_factory=list)
    intents: dict[str, IntentFigures] = field(default_factory=dict)
    reliability: list[Bin] = field(default_factory=list)


def read_labelled(paths: Iterable[Path]) -> list[Labelled]:
    """Labelled messages of JSON-lines files (`text`, `lang`, `accept`). Raises ValueError naming file and line."""
    found = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: not UTF-8") from error
        for number, line in enumerate(lines, start=1):
            if line.strip():
                found.append(_labelled(line, path, number))
    return found


def _labelled(line: str, path: Path, number: int) -> Labelled:
    try:
        data = json.loads(line)
        accept = tuple((service, intent) for service, intent in data["accept"])
        if not accept:
            raise ValueError("`accept` is empty")
        return Labelled(data["text"], data.get("lang", path.stem), accept)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}:{number}: not a labelled message ({error})") from error


def right(labelled: Labelled, reading: Reading) -> tuple[bool, bool, bool]:
    """Whether service, intent and both together are accepted; refusing what is out of scope is right in all three."""
    if reading.intent in REFUSED and labelled.out_of_scope:
        return True, True, True
    service = any(reading.service == accepted for accepted, _ in labelled.accept)
    intent = any(reading.intent == accepted for _, accepted in labelled.accept)
    return service, intent, (reading.service, reading.intent) in labelled.accept


def report(labelled: Sequence[Labelled], readings: Sequence[Reading]) -> Report:
    """The report on `readings` of `labelled`, in the same order."""
    pairs = list(zip(labelled, readings))
    by_group: dict[str, list[tuple[Labelled, Reading]]] = defaultdict(list)
    confusion: Counter[tuple[str, str]] = Counter()
    misread = []
    for message, reading in pairs:
        by_group[message.group].append((message, reading))
        service_right, intent_right, both = right(message, reading)
        wanted = message.accept[0]
        if not intent_right:
            confusion[wanted[1], reading.intent] += 1
        if not service_right:
            confusion[str(wanted[0]), str(reading.service)] += 1
        if not both:
            misread.append({"text": message.text, "group": message.group, "accept": message.accept, **vars(reading)})
    groups = {name: _figures(group) for name, group in by_group.items()}
    groups["all"] = _figures(pairs)
    return Report(
        groups,
        [(*pair, times) for pair, times in confusion.most_common()],
        misread,
        _intents(pairs),
        reliability([(reading.confidence, right(message, reading)[1]) for message, reading in pairs]),
    )


def _figures(pairs: Sequence[tuple[Labelled, Reading]]) -> Figures:
    verdicts = [right(*pair) for pair in pairs]
    return Figures(
        messages=len(pairs),
        service=_share(v[0] for v in verdicts) or 0.0,
        intent=_share(v[1] for v in verdicts) or 0.0,
        both=_share(v[2] for v in verdicts) or 0.0,
        oos_recall=_share(r.intent in REFUSED for m, r in pairs if m.out_of_scope),
        oos_precision=_share(m.out_of_scope for m, r in pairs if r.intent in REFUSED),
        refused=_share(r.intent in REFUSED for m, r in pairs if not m.out_of_scope),
        fallback=_share(r.intent == "nlu_fallback" for _, r in pairs) or 0.0,
        ece=calibration_error([(r.confidence, v[1]) for (_, r), v in zip(pairs, verdicts)]),
    )


def _intents(pairs: Sequence[tuple[Labelled, Reading]]) -> dict[str, IntentFigures]:
    wanted: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for message, reading in pairs:
        intent = message.accept[0][1]
        correct = right(message, reading)[1]
        wanted[intent] += 1
        hits[intent] += correct
        read[intent if correct else reading.intent] += 1
    figures = {}
    for intent in sorted({*wanted, *read}):
        precision = hits[intent] / read[intent] if read[intent] else None
        recall = hits[intent] / wanted[intent] if wanted[intent] else None
        f1 = 2 * hits[intent] / (wanted[intent] + read[intent]) if wanted[intent] else None
        figures[intent] = IntentFigures(wanted[intent], hits[intent], precision, recall, f1)
    return figures


def _share(flags: Iterable[bool]) -> float | None:
    values = list(flags)
    return sum(values) / len(values) if values else None


def reliability(results: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Confidence against accuracy of (confidence, right) pairs, by tenths of confidence; empty tenths are left out."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, correct in results:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, correct))
    return [
        Bin(
            len(members),
            sum(c for c, _ in members) / len(members),
            sum(correct for _, correct in members) / len(members),
        )
        for _, members in sorted(bins.items())
    ]


def calibration_error(results: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error of (confidence, right) pairs: mean gap between confidence and accuracy over ten bins."""
    gaps = (bin_.messages * abs(bin_.confidence - bin_.accuracy) for bin_ in reliability(results))
    return sum(gaps) / len(results) if results else 0.0
