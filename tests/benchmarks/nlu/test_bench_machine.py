from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.nlu.machine import peak_memory_mb, processor


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor\t: 0\nmodel name\t: AMD EPYC: 9 cores\nmodel name\t: other\n", "AMD EPYC: 9 cores"),
        ("processor\t: 0\n", ""),
        ("", ""),
    ],
)
def test_processor(cpuinfo: str, name: str) -> None:
    assert processor(cpuinfo) == name


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells")
def test_peak_memory_holds_what_was_freed() -> None:
    assert len(b"x" * 200 * 1024 * 1024) == 200 * 1024 * 1024
    peak = peak_memory_mb()
    assert peak is not None
    assert 200 < peak < 100_000
