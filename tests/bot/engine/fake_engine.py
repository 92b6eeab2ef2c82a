"""An engine without Rasa behind the real server: `python fake_engine.py --socket SOCKET --model BEHAVIOUR`.

Its answers begin with its process id. The words of a turn say what happens: `sleep 2`, `hang`, `boom`, `conflict`, `die`.
`FAKE_RAN` in the environment names a file to which the words of each turn that ran are added.
The name of the model says how it loads: `broken` fails, `dies` ends the process, `slow` takes for ever; anything else is well.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.engine.order import Order
from bot.engine.protocol import Answer, Turn
from bot.engine.server import Answering, create_app, serve
from bot.store.errors import StoreUnavailable


class Conflict(Exception):
    """Stands for the store's."""


Conflict.__module__ = "bot.engine.redis_trackers"


class FakeEngine:
    def __init__(self) -> None:
        self._order = Order()
        self._turns: dict[str, int] = {}

    async def warm_up(self) -> None:
        await asyncio.sleep(0)

    async def turn(self, turn: Turn) -> Answer:
        async with self._order.of(turn.conversation):
            word, _, rest = turn.text.partition(" ")
            if word == "sleep":
                await asyncio.sleep(float(rest))
            if word == "hang":
                time.sleep(60)  # noqa: ASYNC251  (that is hanging)
            if word == "boom":
                raise ValueError(f"cannot read {turn.text}") from KeyError(turn.text)
            if word == "conflict":
                raise Conflict
            if word == "die":
                os._exit(3)
            if ran := os.environ.get("FAKE_RAN"):
                with Path(ran).open("a", encoding="utf-8") as file:  # noqa: ASYNC230
                    file.write(f"{turn.text}\n")
            count = self._turns[turn.conversation] = self._turns.get(turn.conversation, 0) + 1
            return Answer("en", "greet", None, 1.0, f"{os.getpid()} turn {count}: {turn.text}")

    async def parse(self, text: str) -> dict[str, Any]:
        return {"text": text}

    async def check(self) -> None:
        if os.environ.get("FAKE_STORE_AWAY"):
            raise StoreUnavailable("nobody answers")


def load(model: Path, phase: Callable[[str], None]) -> Answering:
    phase("loading the model")
    if model.name == "broken":
        raise ValueError("this model is broken")
    if model.name == "dies":
        print("something went very wrong", flush=True)
        os._exit(7)
    if model.name == "slow":
        time.sleep(60)
    return FakeEngine()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--model", type=Path, default=Path("well"))
    parser.add_argument("--budget", type=float, default=1.0)
    arguments = parser.parse_args()
    serve(create_app(arguments.model, load, budget=arguments.budget), socket=arguments.socket, port=arguments.port)
