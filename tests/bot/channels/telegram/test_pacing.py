from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.pacing import Bucket, Pace, Rate


@given(st.lists(st.floats(0, 3), min_size=1, max_size=200), st.sampled_from([1.0, 0.25, 25.0]), st.integers(1, 5))
@settings(deadline=None)
def test_never_more_than_the_rate(gaps: list[float], rate: float, burst: int) -> None:
    bucket = Bucket(Rate(rate, burst))
    now, sent = 0.0, []
    for gap in gaps:
        now += gap
        now += bucket.wait(now)
        bucket.take(now)
        sent.append(now)
    for first, start in enumerate(sent):
        within = [t for t in sent[first:] if t < start + 60 - 1e-6]
        assert len(within) <= burst + rate * 60 + 1e-6


def test_a_burst_goes_at_once_then_one_each_second() -> None:
    pace = Pace()
    waits = []
    for _ in range(5):
        waits.append(round(pace.wait(1, False, 0.0), 3))
        pace.take(1, False, 0.0)
    assert waits == [0, 0, 0, 1, 2]
    assert pace.wait(2, False, 0.0) == 0  # another chat


def test_a_group_never_gets_more_than_twenty_a_minute() -> None:
    pace, now, sent = Pace(), 0.0, []
    for _ in range(100):
        now += pace.wait(-1, True, now)
        pace.take(-1, True, now)
        sent.append(now)
    assert max(sum(start <= t < start + 60 for t in sent) for start in sent) <= 20


def test_never_more_than_thirty_a_second_to_all() -> None:
    pace = Pace()
    times = sorted(pace.take(chat, False, 0.0) for chat in range(200))
    assert max(sum(start <= t < start + 1 for t in times) for start in times) <= 30
    assert times[-1] < 200 / 25


def test_a_pause_holds_one_chat_only() -> None:
    pace = Pace()
    pace.pause(1, 30, 0.0)
    pace.pause(1, 5, 0.0)
    assert pace.wait(1, False, 10.0) == pytest.approx(20)
    assert pace.wait(2, False, 10.0) == 0
    assert not pace.spare(1, 10.0)
    assert pace.spare(2, 10.0)


def test_what_nobody_misses_is_left_out_when_there_is_much() -> None:
    pace = Pace()
    assert sum(pace.spare(chat, 0.0) for chat in range(100)) == 10


def test_idle_chats_are_forgotten() -> None:
    pace = Pace()
    for chat in range(10_001):
        pace.take(chat, False, float(chat))
    assert len(pace._buckets) < 10
