"""How the gateway asks the engine."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from bot.engine.errors import EngineFailed, EngineNotReady
from bot.engine.protocol import Answer, Turn

TURN_TIMEOUT = 30.0
"""Seconds a turn may take."""


class EngineClient:
    """A connection to one engine, on a unix socket or through a given transport (tests)."""

    def __init__(self, socket: Path | None = None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        transport = transport or httpx.AsyncHTTPTransport(uds=str(socket))
        self._http = httpx.AsyncClient(transport=transport, base_url="http://engine", timeout=TURN_TIMEOUT)

    async def __aenter__(self) -> EngineClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def phase(self) -> tuple[bool, str]:
        """Whether the engine is ready, and what it is doing. Raises EngineFailed when loading broke."""
        try:
            response = await self._http.get("/readyz")
        except httpx.TransportError:
            return False, "starting"
        body = response.json()
        if body.get("error"):
            raise EngineFailed(str(body["error"]))
        return response.status_code == 200, str(body["phase"])

    async def turn(self, turn: Turn) -> Answer:
        """The engine's answer to a turn."""
        return Answer.from_json(await self._post("/turn", turn.to_json()))

    async def parse(self, text: str) -> dict[str, Any]:
        """What the engine's pipeline makes of a text."""
        return await self._post("/parse", {"text": text})

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self._http.post(path, json=body)
        except httpx.TransportError as error:
            raise EngineFailed(f"no answer from the engine: {error}") from error
        if response.status_code == 503:
            raise EngineNotReady("the engine is still loading")
        if response.status_code != 200:
            raise EngineFailed(_reason(response))
        result: dict[str, Any] = response.json()
        return result


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"the engine answered {response.status_code}"
