from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.breaker import Breaker, Limits, State, allows, asked, failed, state, succeeded

LIMITS = Limits(failures=3, window=10, pause=5)


def after(history: str, step: float = 1.0) -> tuple[Breaker, float]:
    """A breaker after events a second apart, and the time: `x` a failed turn, `o` an answered one, `.` nothing."""
    breaker, now = Breaker(), 0.0
    for event in history:
        now += step
        if event in "xo":
            breaker = asked(breaker, LIMITS, now)
            breaker = failed(breaker, LIMITS, now) if event == "x" else succeeded(breaker)
    return breaker, now


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("", State.CLOSED),
        ("xx", State.CLOSED),
        ("xxx", State.OPEN),
        ("xoxox", State.OPEN),
        ("xx........x", State.CLOSED),  # the window is over for the first
        ("x........xx", State.CLOSED),
        ("x.......xx", State.OPEN),
        ("xxx....", State.OPEN),
        ("xxx.....", State.HALF_OPEN),
        ("xxx.....o", State.CLOSED),
        ("xxx.....oxx", State.CLOSED),  # it starts anew
        ("xxx.....x", State.OPEN),
        ("xxx.....x....", State.OPEN),
        ("xxx.....x.....", State.HALF_OPEN),
        ("xxxo", State.CLOSED),  # a turn that was under way when it opened
        ("xxxx....", State.HALF_OPEN),  # one that fails late does not make the pause longer
    ],
)
def test_states(history: str, expected: State) -> None:
    breaker, now = after(history)
    assert state(breaker, LIMITS, now + 0.5) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [("xx", True), ("xxx", False), ("xxx....", False), ("xxx.....", True), ("xxx.....x", False)],
)
def test_who_is_let_through(history: str, expected: bool) -> None:
    breaker, now = after(history)
    assert allows(breaker, LIMITS, now + 0.5) == expected


def test_a_half_open_breaker_lets_one_turn_through_and_another_if_that_one_never_ends() -> None:
    breaker, now = after("xxx.....")
    breaker = asked(breaker, LIMITS, now)
    assert not allows(breaker, LIMITS, now + LIMITS.pause - 0.1)
    assert allows(breaker, LIMITS, now + LIMITS.pause)


@given(st.text(alphabet="xo.", max_size=60))
def test_it_never_stays_shut_and_never_opens_with_fewer_failures_than_allowed(history: str) -> None:
    breaker, now = after(history)
    assert allows(breaker, LIMITS, now + LIMITS.pause)
    assert len(breaker.failed_at) < LIMITS.failures
    if history.count("x") < LIMITS.failures:
        assert state(breaker, LIMITS, now) is State.CLOSED
