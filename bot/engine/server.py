"""The engine's HTTP face: up at once, ready when the model is loaded and warm.

`POST /turn`, `POST /parse`; `GET /healthz` (alive), `GET /readyz` (503 with the phase while loading).
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.engine.protocol import Turn

if TYPE_CHECKING:
    from bot.engine.agent import Engine

logger = logging.getLogger(__name__)


class Loading:
    """The engine while it comes up. phase: what is being done now, for people who wait."""

    def __init__(self) -> None:
        self.phase = "starting"
        self.engine: Engine | None = None
        self.error: str | None = None

    async def load(self, model: Path) -> None:
        try:
            self.phase = "loading Rasa"
            agent = await asyncio.to_thread(importlib.import_module, "bot.engine.agent")
            self.phase = "loading the model"
            engine = await asyncio.to_thread(agent.Engine, model)
            self.phase = "warming up"
            await engine.warm_up()
            self.engine, self.phase = engine, "ready"
        except Exception as error:
            self.phase, self.error = "failed", f"{type(error).__name__}: {error}"
            raise


def create_app(model: Path) -> Starlette:
    """The engine as an ASGI app that loads `model` in the background."""
    state = Loading()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(state.load(model))
        yield
        task.cancel()

    async def healthz(request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"})

    async def readyz(request: Request) -> JSONResponse:
        body = {"phase": state.phase, "error": state.error}
        return JSONResponse(body, status_code=200 if state.engine else 503)

    async def turn(request: Request) -> JSONResponse:
        if state.engine is None:
            return JSONResponse({"error": "not ready", "phase": state.phase}, status_code=503)
        try:
            answer = await state.engine.turn(Turn(**await request.json()))
        except Exception:
            error_id = uuid.uuid4().hex[:8]
            logger.exception("turn failed, error id %s", error_id)
            return JSONResponse({"error": f"the turn failed (error id {error_id})"}, status_code=500)
        return JSONResponse(answer.to_json())

    async def parse(request: Request) -> JSONResponse:
        if state.engine is None:
            return JSONResponse({"error": "not ready", "phase": state.phase}, status_code=503)
        return JSONResponse(await state.engine.parse((await request.json())["text"]))

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/turn", turn, methods=["POST"]),
            Route("/parse", parse, methods=["POST"]),
        ],
        lifespan=lifespan,
    )
