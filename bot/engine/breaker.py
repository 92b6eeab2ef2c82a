"""When to leave an engine alone for a while (a circuit breaker; pure). Times are seconds of any one monotonic clock.

closed: it is asked. After `failures` failures within `window` seconds → open: it is not asked for `pause` seconds, then
half-open: a single turn may try it, which closes the breaker or opens it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class State(Enum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True)
class Limits:
    """When a breaker opens, and for how long. window, pause: seconds."""

    failures: int = 5
    window: float = 10.0
    pause: float = 2.0


@dataclass(frozen=True)
class Breaker:
    """failed_at: failures that still count, oldest first. trying_since: when the trial of a half-open breaker began."""

    failed_at: tuple[float, ...] = ()
    opened_at: float | None = None
    trying_since: float | None = None


def state(breaker: Breaker, limits: Limits, now: float) -> State:
    if breaker.opened_at is None:
        return State.CLOSED
    return State.HALF_OPEN if now - breaker.opened_at >= limits.pause else State.OPEN


def allows(breaker: Breaker, limits: Limits, now: float) -> bool:
    """Whether a turn may ask the engine now. A trial that never ended holds others up for one pause, not for ever."""
    match state(breaker, limits, now):
        case State.CLOSED:
            return True
        case State.OPEN:
            return False
        case State.HALF_OPEN:
            return breaker.trying_since is None or now - breaker.trying_since >= limits.pause


def asked(breaker: Breaker, limits: Limits, now: float) -> Breaker:
    """After a turn was let through."""
    if state(breaker, limits, now) is State.HALF_OPEN:
        return replace(breaker, trying_since=now)
    return breaker


def succeeded(breaker: Breaker) -> Breaker:
    """After an answer. One late answer of an open breaker closes it too: the engine lives.

    Failures of the window are kept while closed, so that an engine which fails every second turn is noticed.
    """
    return breaker if breaker.opened_at is None else Breaker()


def failed(breaker: Breaker, limits: Limits, now: float) -> Breaker:
    """After a failure."""
    if breaker.opened_at is not None:
        was = state(breaker, limits, now)
        return replace(breaker, opened_at=now, trying_since=None) if was is State.HALF_OPEN else breaker
    recent = (*(at for at in breaker.failed_at if now - at < limits.window), now)
    return Breaker(opened_at=now) if len(recent) >= limits.failures else Breaker(failed_at=recent)
