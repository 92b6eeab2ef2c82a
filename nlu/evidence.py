"""What the service says about the intent: small talk and strays are about no service, questions mostly about one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

NONE = "none"
"""Label of a message that is about no service in particular."""

Ratios = dict[str, tuple[float, float]]


def ratios(labels: Iterable[tuple[str, str]]) -> Ratios:
    """For each intent, how much likelier than on average its messages are about no service, and about some service.

    labels: (intent, service) of each training message. One message is added to either side of each intent, so that nothing
    is impossible.
    """
    counts = Counter((intent, service == NONE) for intent, service in labels)
    total = sum(counts.values())
    none = sum(count for (_, is_none), count in counts.items() if is_none)
    if none in (0, total):
        return {}
    found: Ratios = {}
    for intent in sorted({intent for intent, _ in counts}):
        here = counts[intent, True] + counts[intent, False] + 2
        found[intent] = (
            (counts[intent, True] + 1) / here / (none / total),
            (counts[intent, False] + 1) / here / ((total - none) / total),
        )
    return found


def reconcile(
    ranking: Sequence[tuple[str, float]], none: float, ratio: Mapping[str, tuple[float, float]]
) -> list[tuple[str, float]]:
    """The ranking of intents, weighed anew by Bayes' rule with the probability `none` that the message is about no service.

    Returns (intent, probability), best first, the probabilities of the given ranking shared out anew.
    """
    total = sum(probability for _, probability in ranking)
    weighed = []
    for intent, probability in ranking:
        about_none, about_some = ratio.get(intent, (1.0, 1.0))
        weighed.append((intent, probability * (none * about_none + (1 - none) * about_some)))
    mass = sum(weight for _, weight in weighed)
    if not mass:
        return list(ranking)
    return sorted(((intent, weight / mass * total) for intent, weight in weighed), key=lambda pair: -pair[1])
