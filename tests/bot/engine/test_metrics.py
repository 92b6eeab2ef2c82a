from __future__ import annotations

import os

import pytest

from bot.engine import metrics
from bot.engine.metrics import SECONDS, Counter, Gauge, Histogram, exposition, resident_bytes


def test_counters_and_gauges_as_prometheus_reads_them() -> None:
    counter = Counter("turns_total", "Turns.", ("path", "status"))
    for status in ("200", "500", "200"):
        counter.add("/turn", status)
    gauge = Gauge("phase_seconds", "Seconds.", {'a "b"\\\n': 1.5}, "phase")
    assert exposition(counter, gauge, Gauge("ready", "Ready.", {"": 1})) == (
        "# HELP turns_total Turns.\n"
        "# TYPE turns_total counter\n"
        'turns_total{path="/turn",status="200"} 2\n'
        'turns_total{path="/turn",status="500"} 1\n'
        "# HELP phase_seconds Seconds.\n"
        "# TYPE phase_seconds gauge\n"
        'phase_seconds{phase="a \\"b\\"\\\\\\n"} 1.5\n'
        "# HELP ready Ready.\n"
        "# TYPE ready gauge\n"
        "ready 1\n"
    )


def test_big_numbers_are_whole() -> None:
    assert exposition(Gauge("bytes", "Bytes.", {"": 876543210})).endswith("\nbytes 876543210\n")


def test_buckets_of_a_histogram_hold_all_below_their_bound() -> None:
    histogram = Histogram("seconds", "How long.")
    for seconds in (0.005, 0.006, 0.3, 99.0):
        histogram.add(seconds)
    lines = dict(line.rsplit(" ", 1) for line in exposition(histogram).splitlines() if not line.startswith("#"))
    buckets = [int(lines[f'seconds_bucket{{le="{bound}"}}']) for bound in (*SECONDS, "+Inf")]
    assert buckets == [1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4]
    assert (float(lines["seconds_sum"]), int(lines["seconds_count"])) == (pytest.approx(99.311), 4)


def test_memory_in_ram() -> None:
    before = resident_bytes()
    assert before is not None
    ballast = os.urandom(30_000_000)
    assert resident_bytes() - before > len(ballast) / 2  # type: ignore[operator]


def test_memory_is_unknown_where_the_system_does_not_say(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(metrics, "STATM", tmp_path / "missing")
    assert resident_bytes() is None
