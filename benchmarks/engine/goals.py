"""What the engine is meant to reach against stock Rasa, and whether it does. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.engine.results import OURS, STOCK, TWO, Results, Side


@dataclass(frozen=True)
class Goal:
    """A ratio of two figures and its limit. figure: None where one of the two was not measured."""

    name: str
    limit: float
    at_least: bool
    figure: float | None

    @property
    def reached(self) -> bool | None:
        """None if it was not measured."""
        if self.figure is None:
            return None
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


def goals(results: Results) -> tuple[Goal, ...]:
    """All goals with what was measured."""
    stock, ours, two = (results.side(name) for name in (STOCK, OURS, TWO))
    bound = results.bound.median if results.bound else None
    return (
        _most("turn 1, median: ours to stock", 1 / 10, _median(ours, 1), _median(stock, 1)),
        _most("turn 500, median: ours to stock", 1 / 100, _median(ours, 500), _median(stock, 500)),
        _most("ours: turn 5,000 to turn 10, median", 1.2, _median(ours, 5_000), _median(ours, 10)),
        _most("ours: turn 10, median, to the lower bound", 2.0, _median(ours, 10), bound),
        _least("turns per second: ours with one engine to stock", 8.0, _of(ours, _rate), _of(stock, _rate)),
        _least("turns per second: ours with two engines to one", 1.7, _of(two, _rate), _of(ours, _rate)),
        _most("cold start: ours to stock", 1 / 2, _of(ours, lambda s: s.start), _of(stock, lambda s: s.start)),
        _most("memory (PSS): ours to stock", 0.6, _of(ours, _pss), _of(stock, _pss)),
    )


def _most(name: str, limit: float, figure: float | None, base: float | None) -> Goal:
    return Goal(name, limit, at_least=False, figure=_ratio(figure, base))


def _least(name: str, limit: float, figure: float | None, base: float | None) -> Goal:
    return Goal(name, limit, at_least=True, figure=_ratio(figure, base))


def _ratio(figure: float | None, base: float | None) -> float | None:
    return None if figure is None or not base else figure / base


def _median(side: Side | None, turn: int) -> float | None:
    found = side.at(turn) if side else None
    return found.median if found else None


def _of(side: Side | None, figure: Callable[[Side], float | None]) -> float | None:
    return figure(side) if side else None


def _rate(side: Side) -> float | None:
    return side.most_per_second


def _pss(side: Side) -> float:
    return side.memory.pss_mb
