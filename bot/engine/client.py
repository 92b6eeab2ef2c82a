"""How the gateway asks an engine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from bot.engine.errors import EngineConflict, EngineFailed, EngineNotReady, EngineUnreachable, EngineUnresponsive
from bot.engine.protocol import Answer, Turn

CONNECT_TIMEOUT = 1.0
"""Seconds until a connection must stand."""

TURN_TIMEOUT = 15.0
"""Seconds a turn may take; the engine's own budget is shorter, so that its answer comes first."""

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Errors of httpx after which nothing can have reached the engine."""


class EngineClient:
    """Connections to one engine: on a unix socket, at a URL, or through a given transport (tests).

    secret: what the engine wants to hear; `ENGINE_SECRET` of the environment unless given.
    """

    def __init__(
        self,
        socket: Path | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        url: str = "http://engine",
        secret: str | None = None,
        timeout: float = TURN_TIMEOUT,
    ) -> None:
        if transport is None:
            transport = httpx.AsyncHTTPTransport(
                uds=str(socket) if socket else None,
                limits=httpx.Limits(max_keepalive_connections=20),  # the engine queues, and gives up in time
            )
        secret = (secret if secret is not None else os.environ.get("ENGINE_SECRET", "")).strip()
        headers = {b"Content-Type": b"application/json"}
        if secret:
            headers[b"Authorization"] = b"Bearer " + secret.encode()
        self._http = httpx.AsyncClient(
            transport=transport,
            base_url=url,
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=CONNECT_TIMEOUT),
            trust_env=False,  # a proxy of the environment is not for us
        )

    async def __aenter__(self) -> EngineClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def alive(self, timeout: float) -> bool:
        """Whether the process answers at all within `timeout` seconds, ready or not."""
        try:
            return (await self._http.get("/healthz", timeout=timeout)).status_code == 200
        except httpx.TransportError:
            return False

    async def phase(self) -> tuple[bool, str]:
        """Whether the engine is ready, and what it is doing. Raises EngineFailed when loading broke or it refuses us."""
        try:
            response = await self._http.get("/readyz")
        except httpx.TransportError:
            return False, "starting"
        body = _object(response)
        if body.get("error"):
            raise EngineFailed(str(body["error"]))
        return response.status_code == 200, str(body.get("phase"))

    async def turn(self, turn: Turn) -> Answer:
        """The engine's answer to a turn. Raises EngineNotReady, EngineFailed or one of its kinds."""
        body = await self._post("/turn", turn.to_json())
        try:
            return Answer.from_json(body)
        except (KeyError, TypeError) as error:
            raise EngineFailed("the engine's answer is none we know: is it another version?") from error

    async def parse(self, text: str) -> dict[str, Any]:
        """What the engine's pipeline makes of a text."""
        return await self._post("/parse", {"text": text})

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            # escaped to ASCII: what people type may hold half a surrogate pair, which UTF-8 cannot
            response = await self._http.post(path, content=json.dumps(body).encode("ascii"))
        except NOT_SENT as error:
            raise EngineUnreachable(f"no answer from the engine: {_named(error)}") from error
        except httpx.TransportError as error:
            raise EngineUnresponsive(f"no answer from the engine: {_named(error)}") from error
        match response.status_code:
            case 200:
                return _object(response)
            case 503:
                raise EngineNotReady("the engine is still loading or shutting down")
            case 409:
                raise EngineConflict(_reason(response))
            case 504:
                raise EngineUnresponsive(_reason(response))
            case _:
                raise EngineFailed(_reason(response))


def _named(error: httpx.TransportError) -> str:
    return str(error) or type(error).__name__


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise EngineFailed(f"the engine answered {response.status_code} with something that is no JSON object")
    return body


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"the engine answered {response.status_code}"
