"""An engine that answers from a script, behind the real client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from bot.assistant import Assistant
from bot.engine.client import EngineClient
from bot.engine.protocol import Answer, Button


class ScriptedEngine:
    """Answers each turn with `script(turn)` (an Answer, a Response, or an exception to raise) and keeps the turns."""

    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.script: Callable[[dict[str, Any]], Answer | httpx.Response | Exception] = self.echo
        self.client = EngineClient(transport=httpx.MockTransport(self._serve))
        self.assistant = Assistant(self.client)

    @staticmethod
    def echo(turn: dict[str, Any]) -> Answer:
        buttons = (Button("Fees", "/ask_fee"), Button("Talk to a person", "/ask_human"))
        return Answer("en", "ask_overview", "work-permit", 0.9, f"heard {turn['payload'] or turn['text']}", buttons)

    def _serve(self, request: httpx.Request) -> httpx.Response:
        turn = json.loads(request.content)
        self.turns.append(turn)
        result = self.script(turn)
        if isinstance(result, Exception):
            raise result
        return result if isinstance(result, httpx.Response) else httpx.Response(200, json=result.to_json())


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedEngine]:
    engine = ScriptedEngine()
    async with engine.client:
        yield engine
