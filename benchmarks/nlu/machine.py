"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path


def peak_memory_mb() -> float | None:
    """The most memory this process ever held (VmHWM), in MiB; None where the system does not tell.

    `resource.getrusage` would not do: a new process inherits its figure from the one that started it.
    """
    return _peak_memory_mb(_text(Path("/proc/self/status")))


def _peak_memory_mb(status: str) -> float | None:
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), None)


def describe(root: Path) -> dict[str, str | int]:
    """Processor, cores, system, Python, the commit of `root` (with `-dirty` if files differ from it) and the time."""
    return {
        "processor": processor(_text(Path("/proc/cpuinfo"))) or platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 0,
        "system": platform.system(),
        "python": platform.python_version(),
        "commit": _commit(root),
        "date": datetime.now(timezone.utc).isoformat(timespec="minutes"),
    }


def processor(cpuinfo: str) -> str:
    """The processor's name in the text of `/proc/cpuinfo`, empty if it is not there."""
    return next((line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name")), "")


def _commit(root: Path) -> str:
    command = ["git", "--no-optional-locks", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
