"""A learning curve: how understanding grows with the training messages, and so where more of them would help. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nlu.evaluation.scores import Report

STEPS = (8, 4, 2, 1)
"""Each curve trains on every eighth, fourth and second message, and on all."""

NOISE = 2
"""Messages that the second half must bring to say that it helped; one is chance."""


@dataclass(frozen=True)
class Point:
    """What a training on every `step`-th message, `messages` in all, gives on the labelled messages."""

    step: int
    messages: int
    report: Report


@dataclass(frozen=True)
class Gain:
    """Rightly read messages of an intent, or of a group, after a training on half and on all; messages: labelled so."""

    name: str
    messages: int
    half: int
    full: int

    @property
    def share(self) -> float:
        """What the second half of the training messages brought, as a share of the labelled messages, -1 to 1."""
        return (self.full - self.half) / self.messages

    @property
    def helps(self) -> bool:
        """Whether the second half helped, beyond chance: so more messages probably would."""
        return self.full - self.half >= NOISE

    @property
    def verdict(self) -> str:
        """The share gained if more messages help, `unclear` if the gain may be chance, else `enough`."""
        return f"{self.share:+.1%}" if self.helps else "unclear" if self.full > self.half else "enough"


def nested(strata: Sequence[tuple[str, ...]], steps: Iterable[int] = STEPS, seed: int = 0) -> Iterator[list[int]]:
    """Positions of every `step`-th message, for each step.

    strata: what each message is sorted by, such as (intent, service), so that each part holds its share of all kinds. Parts lie
    within each other where the steps divide each other. seed: decides the order within a stratum.
    """
    chance = random.Random(seed)  # noqa: S311
    order = sorted(range(len(strata)), key=lambda position: (strata[position], chance.random()))
    for step in steps:
        yield sorted(order[::step])


def gains(points: Sequence[Point]) -> tuple[list[Gain], list[Gain]]:
    """What each intent and each group gained from the last point but one to the last, the biggest share first.

    Of an intent its right messages count, of a group those right on service and intent. Raises ValueError with fewer than two points.
    """
    if len(points) < 2:
        raise ValueError("a gain needs two points")
    half, full = points[-2].report, points[-1].report
    intents = [
        Gain(name, figures.messages, half.intents[name].right, figures.right)
        for name, figures in full.intents.items()
        if figures.messages
    ]
    groups = [
        Gain(name, n := figures.messages, round(half.groups[name].both * n), round(figures.both * n))
        for name, figures in full.groups.items()
    ]
    return sorted(intents, key=_biggest), sorted(groups, key=_biggest)


def _biggest(gain: Gain) -> tuple[float, int, str]:
    return -gain.share, -gain.messages, gain.name
