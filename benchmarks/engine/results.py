"""What was measured, and as JSON. Pure. Times of turns are milliseconds, other times seconds, memory MiB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.nlu.scores import percentile

STOCK, OURS, TWO = "stock", "ours", "ours, two engines"
"""The sides, by name."""


@dataclass(frozen=True)
class Spread:
    """How `count` times are spread."""

    count: int
    median: float
    p95: float
    p99: float


@dataclass(frozen=True)
class Depth:
    """Turns around the `turn`-th one of a conversation. copied: whether turns before them were put into the store as copies."""

    turn: int
    ms: Spread
    copied: bool = False


@dataclass(frozen=True)
class Load:
    """So many conversations at the same time. generator: cores that asking itself took, 0–1."""

    conversations: int
    seconds: float
    turns: int
    errors: int
    ms: Spread | None
    generator: float

    @property
    def per_second(self) -> float:
        return self.turns / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Memory:
    """Of all processes of a side together. rss counts what they share once for each, pss once."""

    processes: int
    rss_mb: float
    pss_mb: float


@dataclass(frozen=True)
class Training:
    """From the start of the training command to its end."""

    seconds: float
    messages: int


@dataclass(frozen=True)
class Side:
    """All figures of one side. stopped: why it was not measured at greater depth, if it was not. silent: turns answered with nothing.

    store: where conversations are.
    """

    name: str
    store: str
    training: Training | None
    starts: tuple[float, ...]
    depths: tuple[Depth, ...]
    stopped: str
    loads: tuple[Load, ...]
    memory: Memory
    silent: int = 0

    def at(self, turn: int) -> Spread | None:
        return next((depth.ms for depth in self.depths if depth.turn == turn), None)

    @property
    def most_per_second(self) -> float | None:
        """Turns per second at the number of conversations where they are most."""
        return max((load.per_second for load in self.loads), default=None)

    @property
    def start(self) -> float | None:
        """The median start."""
        return percentile(self.starts, 0.5) if self.starts else None


@dataclass(frozen=True)
class Bound:
    """What a turn cannot do without: HTTP there and back, reading the text, and the store's two round trips (None if it has none)."""

    echo: Spread
    parse: Spread
    redis: Spread | None

    @property
    def median(self) -> float:
        """parse was measured over HTTP, so it holds the echo already."""
        return self.parse.median + (self.redis.median if self.redis else 0.0)


@dataclass(frozen=True)
class Results:
    """machine: as `benchmarks.nlu.machine.describe` gives it. notes: sentences on what was measured otherwise than usual."""

    machine: Mapping[str, str | int]
    versions: Mapping[str, str]
    command: str
    sides: tuple[Side, ...]
    bound: Bound | None
    notes: tuple[str, ...] = ()

    def side(self, name: str) -> Side | None:
        return next((side for side in self.sides if side.name == name), None)


def spread(times: Sequence[float]) -> Spread:
    """Raises ValueError without any times."""
    if not times:
        raise ValueError("no times were measured")
    return Spread(len(times), percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99))


def to_json(results: Results) -> dict[str, Any]:
    """Everything, ready for `json.dumps`."""
    return asdict(results)


def from_json(data: Mapping[str, Any]) -> Results:
    """The inverse of `to_json`."""
    bound = data["bound"]
    return Results(
        machine=data["machine"],
        versions=data["versions"],
        command=data["command"],
        sides=tuple(_side(side) for side in data["sides"]),
        bound=Bound(**{name: _spread(value) for name, value in bound.items()}) if bound else None,
        notes=tuple(data["notes"]),
    )


def _side(data: Mapping[str, Any]) -> Side:
    return Side(
        **{
            **data,
            "training": Training(**data["training"]) if data["training"] else None,
            "starts": tuple(data["starts"]),
            "depths": tuple(Depth(**{**depth, "ms": _spread(depth["ms"])}) for depth in data["depths"]),
            "loads": tuple(Load(**{**load, "ms": _spread(load["ms"])}) for load in data["loads"]),
            "memory": Memory(**data["memory"]),
        }
    )


def _spread(data: Mapping[str, Any] | None) -> Any:
    return Spread(**data) if data else None
