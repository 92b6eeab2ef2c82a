"""The engine's HTTP face: up at once, ready when the model is loaded and warm.

`POST /turn`, `POST /parse`; `GET /healthz` (alive), `/readyz` (503 with the phase while loading), `/metrics` (Prometheus).
With `ENGINE_SECRET` set, all but `/healthz` want `Authorization: Bearer …`. Every error is a JSON object with `error`.
Nothing that people type is ever logged, so errors are logged without their messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import importlib
import ipaddress
import json
import logging
import os
import time
import traceback
import typing
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM
from socket import socket as Socket  # noqa: N812  (`socket` is a path here)
from types import FrameType
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.engine.lifeline import watch_lifeline
from bot.engine.metrics import CONTENT_TYPE, Counter, Gauge, Histogram, exposition, resident_bytes
from bot.engine.protocol import Answer, Turn
from bot.store.errors import StoreError, StoreUnavailable

logger = logging.getLogger(__name__)

BUDGET = 10.0
"""Seconds a turn may take, waiting for earlier turns of its conversation included."""

GRACE = 10
"""Seconds that running turns get to finish at a shutdown."""

MAX_BODY = 64 * 1024
"""Bytes of a request's body."""


class Answering(Protocol):
    """What a loaded engine can do: `bot.engine.agent.Engine`, or a fake in tests."""

    async def warm_up(self) -> None: ...

    async def turn(self, turn: Turn) -> Answer: ...

    async def parse(self, text: str) -> dict[str, Any]: ...

    async def check(self) -> None: ...


Load = Callable[[Path, Callable[[str], None]], Answering]
"""Loads a model; calls its second argument with what it does next."""


def rasa_engine(model: Path, phase: Callable[[str], None]) -> Answering:
    """Import Rasa and load `model`."""
    phase("loading Rasa")
    agent = importlib.import_module("bot.engine.agent")
    phase("loading the model")
    engine: Answering = agent.Engine(model, os.environ.get("REDIS_URL"))
    return engine


class Phases:
    """What is being done now, for people who wait, and how many seconds each thing before took."""

    def __init__(self, seconds: Mapping[str, float] | None = None) -> None:
        self.now = "starting"
        self.seconds = dict(seconds or {})
        self._since = time.perf_counter()

    def enter(self, phase: str) -> None:
        self.seconds[self.now] = round(time.perf_counter() - self._since, 3)
        logger.info("%s took %.1f s", self.now, self.seconds[self.now])
        self.now, self._since = phase, time.perf_counter()


class BadRequest(Exception):
    """The request's own fault; the message is for who sent it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Service:
    """The engine while it comes up, answers and goes down."""

    def __init__(self, model: Path, load: Load, budget: float, seconds: Mapping[str, float] | None) -> None:
        self.phases = Phases(seconds)
        self.error: str | None = None
        self.stopping = False
        self._model, self._load, self._budget = model, load, budget
        self._engine: Answering | None = None
        self._running = 0
        self._requests = Counter("qta_engine_requests_total", "Requests by path and status.", ("path", "status"))
        self._turns = Histogram("qta_engine_turn_seconds", "How long turns took that were answered.")

    @property
    def loading(self) -> bool:
        return self._engine is None and self.error is None

    async def load(self) -> None:
        try:
            engine = await asyncio.to_thread(self._load, self._model, self.phases.enter)
            self.phases.enter("warming up")
            await engine.warm_up()
        except Exception as error:
            logger.exception("loading failed")
            self.phases.enter("failed")
            self.error = with_causes(error)
            return
        self.phases.enter("ready")
        self._engine = engine

    async def healthz(self, request: Request) -> Response:
        return _json({"status": "alive"})

    async def readyz(self, request: Request) -> Response:
        body = {
            "phase": "stopping" if self.stopping else self.phases.now,
            "error": self.error,
            "seconds": self.phases.seconds,
        }
        if self._engine is None or self.stopping:
            return _json(body, 503)
        try:
            await self._engine.check()
        except StoreError as error:
            return _json({**body, "phase": f"the store is away ({type(error).__name__})"}, 503)
        return _json(body)

    async def metrics(self, request: Request) -> Response:
        resident = resident_bytes()
        gauges = [
            Gauge("qta_engine_ready", "Whether turns are answered.", {"": float(self._engine is not None)}),
            Gauge("qta_engine_running", "Turns and parses that run now.", {"": self._running}),
            Gauge("qta_engine_phase_seconds", "How long starting took.", self.phases.seconds, "phase"),
            *([Gauge("process_resident_memory_bytes", "Memory in RAM.", {"": resident})] if resident else []),
        ]
        return Response(exposition(self._requests, self._turns, *gauges), media_type=CONTENT_TYPE)

    async def turn(self, request: Request) -> Response:
        async def answer(engine: Answering) -> dict[str, Any]:
            turn = _turn(await _body(request))
            started = time.perf_counter()
            answer = await engine.turn(turn)
            self._turns.add(time.perf_counter() - started)
            return answer.to_json()

        return await self._answer(request, answer)

    async def parse(self, request: Request) -> Response:
        async def answer(engine: Answering) -> dict[str, Any]:
            return await engine.parse(_text(await _body(request)))

        return await self._answer(request, answer)

    async def _answer(
        self, request: Request, answer: Callable[[Answering], typing.Coroutine[Any, Any, dict[str, Any]]]
    ) -> Response:
        self._running += 1
        try:
            response = await self._within_budget(answer)
        finally:
            self._running -= 1
        self._requests.add(request.url.path, str(response.status_code))
        return response

    async def _within_budget(
        self, answer: Callable[[Answering], typing.Coroutine[Any, Any, dict[str, Any]]]
    ) -> Response:
        if self._engine is None or self.stopping:
            return _json({"error": "not ready", "phase": "stopping" if self.stopping else self.phases.now}, 503)
        error_id = uuid.uuid4().hex[:8]
        try:
            # cancelled at the end of the budget, the turn leaves its conversation to the next one
            return _json(await asyncio.wait_for(answer(self._engine), self._budget))
        except BadRequest as error:
            return _json({"error": str(error)}, error.status)
        except ClientDisconnect:
            return _json({"error": "cut off"}, 400)
        except asyncio.TimeoutError:
            logger.error("turn cancelled after %g s, error id %s", self._budget, error_id)  # noqa: TRY400
            return _json({"error": f"the turn took too long (error id {error_id})", "error_id": error_id}, 504)
        except Exception as error:  # noqa: BLE001  (whatever it is: one turn fails, the engine goes on)
            if _is_conflict(error):
                return _json({"error": "the conversation was changed meanwhile"}, 409)
            if isinstance(error, StoreUnavailable):  # before the turn ran; one that could not be saved is another error
                return _json({"error": "not ready", "phase": "the store is away"}, 503)
            logger.error("turn failed, error id %s: %s", error_id, without_words(error))  # noqa: TRY400
            return _json({"error": f"the turn failed (error id {error_id})", "error_id": error_id}, 500)


def create_app(
    model: Path,
    load: Load = rasa_engine,
    *,
    budget: float = BUDGET,
    secret: str | None = None,
    seconds: Mapping[str, float] | None = None,
) -> Starlette:
    """The engine as an ASGI app that loads `model` in the background; `app.state.service` is its Service.

    secret: `ENGINE_SECRET` of the environment unless given. seconds: of phases that went before.
    """
    service = Service(model, load, budget, seconds)
    secret = (secret if secret is not None else os.environ.get("ENGINE_SECRET", "")).strip()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watch_lifeline()
        task = asyncio.create_task(service.load())
        yield
        task.cancel()

    app = Starlette(
        routes=[
            Route("/healthz", service.healthz),
            Route("/readyz", service.readyz),
            Route("/metrics", service.metrics),
            Route("/turn", service.turn, methods=["POST"]),
            Route("/parse", service.parse, methods=["POST"]),
        ],
        lifespan=lifespan,
        exception_handlers={404: _no_such_thing, 405: _no_such_thing},
    )
    app.state.service = service
    if secret:
        app.add_middleware(_Guarded, secret=secret)
    return app


def serve(app: Starlette, *, socket: Path | None = None, host: str = "127.0.0.1", port: int | None = None) -> None:
    """Serve an engine on a unix socket or a TCP port until SIGTERM or SIGINT; running turns are finished first.

    Raises ValueError for a host that others can reach: there is no encryption.
    """
    import uvicorn

    if socket is None and not _only_here(host):
        raise ValueError(f"an engine listens on this machine only, and {host} is not")
    service: Service = app.state.service

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            service.stopping = True
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: Any = None) -> None:
            await super().shutdown(sockets)
            if service.loading:
                os._exit(0)  # the thread that loads cannot be stopped, and Python would wait for it

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("bot").setLevel(logging.INFO)
    config = uvicorn.Config(
        app, host=host, port=port or 0, ws="none", log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=75,  # longer than clients keep connections: none is closed while a turn is on its way
    )  # fmt: skip
    Server(config).run([_bound(socket)] if socket else None)


def _bound(path: Path) -> Socket:
    """A unix socket for this user alone (uvicorn's own are for everybody); one that was left there is replaced."""
    path.unlink(missing_ok=True)
    bound = Socket(AF_UNIX, SOCK_STREAM)
    bound.bind(str(path))
    path.chmod(0o600)
    return bound


class _Guarded:
    """Lets nobody in without the secret, but for `/healthz`."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._wanted = f"Bearer {secret}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] != "/healthz":
            given = Headers(scope=scope).get("Authorization", "").encode("latin-1")
            if not hmac.compare_digest(given, self._wanted):
                await _json({"error": "not allowed"}, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
                return
        await self._app(scope, receive, send)


def with_causes(error: BaseException) -> str:
    """An error and what it came from: Rasa's own say only in which component."""
    said = f"{type(error).__name__}: {error}"
    return f"{said} < {with_causes(error.__cause__)}" if error.__cause__ else said


def without_words(error: BaseException) -> str:
    """An error and where it happened, without its message, which may quote what was typed."""
    parts: list[str] = []
    current: BaseException | None = error
    while current and len(parts) < 5:
        frames = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(current.__traceback__)]
        parts.append(f"{type(current).__name__} at {' > '.join(frames[-8:])}")
        current = current.__cause__ or current.__context__
    return "; after ".join(parts)


async def _body(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BadRequest(f"the body is larger than {MAX_BODY} bytes", 413)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None
    if not isinstance(data, dict):
        raise BadRequest("the body is not a JSON object")
    return data


def _turn(data: dict[str, Any]) -> Turn:
    """The turn of a body. Raises BadRequest with the field that is wrong, but not its value."""
    types = typing.get_type_hints(Turn)
    if unknown := len(data.keys() - types.keys()):
        raise BadRequest(f"{unknown} unknown fields")
    for item in fields(Turn):
        if item.name not in data:
            if item.default is MISSING and item.default_factory is MISSING:
                raise BadRequest(f"{item.name} is missing")
        elif not isinstance(data[item.name], types[item.name]):
            raise BadRequest(f"{item.name} is of the wrong type")
    if not data["conversation"]:
        raise BadRequest("conversation is empty")
    return Turn(**data)


def _text(data: dict[str, Any]) -> str:
    if data.keys() != {"text"} or not isinstance(data["text"], str):
        raise BadRequest("text is missing, of the wrong type or not alone")
    return data["text"]


def _is_conflict(error: BaseException) -> bool:
    """Whether the store found the conversation changed. By name: its module imports Rasa."""
    return any((c.__module__, c.__name__) == ("bot.engine.redis_trackers", "Conflict") for c in type(error).__mro__)


def _json(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON in ASCII: half a surrogate pair, which somebody may type, is not to be had in UTF-8."""
    return Response(json.dumps(body), status, headers, "application/json")


async def _no_such_thing(request: Request, error: Exception) -> Response:
    return _json({"error": getattr(error, "detail", "no such thing")}, getattr(error, "status_code", 404))


def _only_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
