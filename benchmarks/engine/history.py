"""A conversation made longer by copies of its own events, as Rasa stores them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any


def lengthened(events: Sequence[Mapping[str, Any]], turns: int) -> list[dict[str, Any]]:
    """The events with their turns repeated in order until there are `turns`; times are spread evenly between first and last.

    A turn begins with the event that holds its message. Raises ValueError without any turn.
    """
    begins = [position for position, event in enumerate(events) if event["event"] == "user"]
    if not begins:
        raise ValueError("no turn to copy")
    bounds = [*begins, len(events)]
    spoken = [events[start:end] for start, end in pairwise(bounds)]
    more = [event for number in range(len(spoken), turns) for event in spoken[number % len(spoken)]]
    every = [*events, *more]
    first, last = float(events[0]["timestamp"]), float(events[-1]["timestamp"])
    step = (last - first) / max(1, len(every) - 1)
    return [{**event, "timestamp": first + step * number} for number, event in enumerate(every)]
