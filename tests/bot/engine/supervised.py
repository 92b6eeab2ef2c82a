"""A program that supervises fake engines: `python supervised.py RUN_DIR fork|spawn`. Prints their process ids, then waits."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.engine.supervisor import Supervisor

FAKE = Path(__file__).with_name("fake_engine.py")


def command(socket: Path, model: Path) -> list[str]:
    return [sys.executable, str(FAKE), "--socket", str(socket), "--model", str(model)]


def template(model: str) -> list[str]:
    """Needs this directory in PYTHONPATH."""
    return [sys.executable, "-m", "bot.engine.template", "--model", model, "--load", "fake_engine:load"]


async def main(run_dir: str, how: str) -> None:
    supervisor = Supervisor(
        Path("well"), 2, Path(run_dir), prefork=how == "fork", command=command, template=template("well")
    )
    async with supervisor:
        others = [supervisor._template._process.pid] if how == "fork" else []  # type: ignore[union-attr]
        print(*supervisor.pids().values(), *others, flush=True)
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
