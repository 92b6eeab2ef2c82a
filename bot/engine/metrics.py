"""Counters and times of a process as Prometheus reads them (text format 0.0.4). For one event loop, so without locks."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of a histogram's buckets."""

STATM = Path("/proc/self/statm")


@dataclass
class Counter:
    """Counts by the values of its labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, *values: str) -> None:
        self.counts[values] += 1

    def lines(self) -> list[str]:
        rows = [_line(self.name, dict(zip(self.labels, v)), n) for v, n in sorted(self.counts.items())]
        return [*_head(self.name, self.help, "counter"), *rows]


@dataclass
class Gauge:
    """Values of now, by the value of at most one label."""

    name: str
    help: str
    values: Mapping[str, float]
    label: str = ""

    def lines(self) -> list[str]:
        rows = [_line(self.name, {self.label: v} if self.label else {}, n) for v, n in self.values.items()]
        return [*_head(self.name, self.help, "gauge"), *rows]


@dataclass
class Histogram:
    """How long things took, seconds."""

    name: str
    help: str
    total: float = 0.0
    counts: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.total += seconds

    def lines(self) -> list[str]:
        rows, so_far = _head(self.name, self.help, "histogram"), 0
        for bound, count in zip((*map(str, SECONDS), "+Inf"), self.counts):
            so_far += count
            rows.append(_line(f"{self.name}_bucket", {"le": bound}, so_far))
        return [*rows, _line(f"{self.name}_sum", {}, self.total), _line(f"{self.name}_count", {}, so_far)]


def exposition(*metrics: Counter | Gauge | Histogram) -> str:
    """What `GET /metrics` answers."""
    return "\n".join(line for metric in metrics for line in metric.lines()) + "\n"


def resident_bytes() -> int | None:
    """Memory of this process that is in RAM (RSS); None where the system does not say."""
    try:
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def _head(name: str, about: str, kind: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    number = int(value) if value == int(value) else value
    return f"{name}{{{inside}}} {number}" if inside else f"{name} {number}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
