from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.engine.client import EngineClient
from bot.engine.errors import EngineConflict, EngineFailed, EngineNotReady, EngineUnreachable, EngineUnresponsive
from bot.engine.lifeline import Lifeline
from bot.engine.process import ended, spawned, until_ready
from bot.engine.protocol import Answer, Turn
from bot.engine.server import MAX_BODY, create_app, serve, without_words

Served = Any
Serve = Callable[..., AbstractAsyncContextManager[Served]]

TURN = {"conversation": "c", "text": "hello", "payload": None}


async def test_turns_and_parses(served: Serve) -> None:
    async with served() as engine:
        first = await engine.client.turn(Turn("c", "你好"))
        second = await engine.client.turn(Turn("c", payload="/greet"))
        assert [first.text, second.text] == [f"{engine.pid} turn 1: 你好", f"{engine.pid} turn 2: "]
        assert (await engine.client.turn(Turn("c\udc00", "half \ud83d"))).text == f"{engine.pid} turn 1: half \ud83d"
        assert await engine.client.parse("你好") == {"text": "你好"}
        assert (await engine.http.get("/healthz")).json() == {"status": "alive"}
        ready = await engine.http.get("/readyz")
        assert ready.status_code == 200
        assert (ready.json()["phase"], ready.json()["error"]) == ("ready", None)
        assert {"loading the model", "warming up"} <= ready.json()["seconds"].keys()
        log = engine.log.read_text()
        assert "INFO bot.engine.server: loading the model took 0.0 s" in log


BAD_TURNS: list[tuple[bytes, int, str]] = [
    (b"", 400, "the body is not JSON"),
    (b"{", 400, "the body is not JSON"),
    (b"\xff\xfe", 400, "the body is not JSON"),
    (b"[" * 50_000, 400, "the body is not JSON"),
    (b"[1]", 400, "the body is not a JSON object"),
    (b"null", 400, "the body is not a JSON object"),
    (b"{}", 400, "conversation is missing"),
    (json.dumps({**TURN, "conversation": ""}).encode(), 400, "conversation is empty"),
    (json.dumps({**TURN, "conversation": 7}).encode(), 400, "conversation is of the wrong type"),
    (json.dumps({**TURN, "text": None}).encode(), 400, "text is of the wrong type"),
    (json.dumps({**TURN, "text": ["secret words"]}).encode(), 400, "text is of the wrong type"),
    (json.dumps({**TURN, "payload": {}}).encode(), 400, "payload is of the wrong type"),
    (json.dumps({**TURN, "secret words": 1}).encode(), 400, "1 unknown fields"),
    (json.dumps({**TURN, "text": "x" * MAX_BODY}).encode(), 413, f"the body is larger than {MAX_BODY} bytes"),
]


async def test_bad_turns_are_refused_with_a_reason_and_leave_no_trace(served: Serve) -> None:
    async with served() as engine:
        before = engine.log.read_text()
        for body, status, reason in BAD_TURNS:
            response = await engine.http.post("/turn", content=body)
            assert (response.status_code, response.json()) == (status, {"error": reason}), body[:60]
        for parse in ({}, {"text": 1}, {"text": "x", "more": 1}):
            response = await engine.http.post("/parse", json=parse)
            assert (response.status_code, set(response.json())) == (400, {"error"})
        assert (await engine.http.post("/turn", json=TURN)).status_code == 200
        assert engine.log.read_text() == before


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/turn", 405)])
async def test_wrong_addresses(served: Serve, method: str, path: str, status: int) -> None:
    async with served() as engine:
        response = await engine.http.request(method, path)
        assert (response.status_code, set(response.json())) == (status, {"error"})


async def test_a_turn_that_breaks_is_logged_by_its_error_id_without_what_was_typed(served: Serve) -> None:
    async with served() as engine:
        response = await engine.http.post("/turn", json={"conversation": "c", "text": "boom secret words"})
        assert response.status_code == 500
        assert response.json()["error"] == f"the turn failed (error id {response.json()['error_id']})"
        log = engine.log.read_text()
        assert response.json()["error_id"] in log
        assert "ValueError at" in log
        assert "KeyError at" in log
        assert "fake_engine.py" in log
        assert "secret" not in log
        with pytest.raises(EngineFailed, match="error id"):
            await engine.client.turn(Turn("c", "boom"))
        assert (await engine.client.turn(Turn("c", "hello"))).text.endswith("turn 1: hello")


async def test_a_turn_over_its_budget_is_cancelled_and_the_next_one_runs(served: Serve) -> None:
    async with served() as engine:
        started = time.monotonic()
        late = asyncio.create_task(engine.client.turn(Turn("c", "sleep 30")))
        other = await engine.client.turn(Turn("d", "hello"))
        with pytest.raises(EngineUnresponsive, match=r"the turn took too long \(error id [0-9a-f]{8}\)"):
            await late
        assert other.text.endswith("turn 1: hello")
        assert (await engine.client.turn(Turn("c", "hello"))).text.endswith("turn 1: hello")
        assert time.monotonic() - started < 5
        assert "turn cancelled after 1 s" in engine.log.read_text()


async def test_a_conversation_that_somebody_else_changed(served: Serve) -> None:
    async with served() as engine:
        with pytest.raises(EngineConflict, match="changed meanwhile"):
            await engine.client.turn(Turn("c", "conflict"))


async def test_metrics(served: Serve) -> None:
    async with served() as engine:
        await engine.client.turn(Turn("c", "hello"))
        await engine.http.post("/turn", content=b"{")
        response = await engine.http.get("/metrics")
        assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        lines = dict(line.rsplit(" ", 1) for line in response.text.splitlines() if not line.startswith("#"))
        assert lines['qta_engine_requests_total{path="/turn",status="200"}'] == "1"
        assert lines['qta_engine_requests_total{path="/turn",status="400"}'] == "1"
        assert lines["qta_engine_turn_seconds_count"] == "1"
        assert lines["qta_engine_ready"] == "1"
        assert lines["qta_engine_running"] == "0"
        assert 20e6 < int(lines["process_resident_memory_bytes"]) < 500e6


async def test_the_secret(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE_SECRET", "gehéim\n")
    async with served() as engine:
        assert (await engine.client.turn(Turn("c", "hello"))).text.endswith("hello")
        assert (await engine.http.get("/healthz")).status_code == 200
        for path in ("/readyz", "/metrics", "/nothing"):
            for header in (b"", b"Bearer", b"Bearer wrong", "gehéim".encode(), b"\xff"):
                response = await engine.http.get(path, headers={b"Authorization": header})
                assert (response.status_code, response.json()) == (401, {"error": "not allowed"})
        for path in ("/turn", "/parse"):
            assert (await engine.http.post(path, json=TURN)).status_code == 401
        allowed = {b"Authorization": "Bearer gehéim".encode()}
        assert (await engine.http.get("/readyz", headers=allowed)).status_code == 200


@pytest.mark.parametrize("model", ["broken", "slow"])
async def test_an_engine_that_is_not_ready(served: Serve, model: str) -> None:
    async with served(model=model) as engine:
        with pytest.raises(EngineNotReady):
            await engine.client.turn(Turn("c", "hello"))
        if model == "broken":
            with pytest.raises(EngineFailed, match="ValueError: this model is broken"):
                await until_ready(engine.client, lambda: True, lambda phase: None, engine.log)
        else:
            assert await engine.client.phase() == (False, "loading the model")
        assert (await engine.http.get("/readyz")).status_code == 503
        # a thread that still loads does not hold up the end
        started = time.monotonic()
        engine.stop()
        await engine.gone()
        assert time.monotonic() - started < 4


async def test_at_its_end_it_finishes_turns_and_takes_no_new_ones(served: Serve) -> None:
    async with served("--budget", "10") as engine:
        running = asyncio.create_task(engine.client.turn(Turn("c", "sleep 1")))
        await asyncio.sleep(0.3)
        engine.stop()
        refusals = []
        while not running.done():
            # at first it still accepts connections, then nobody does
            with pytest.raises((EngineNotReady, EngineUnreachable)) as refused:
                await engine.client.turn(Turn("d", "hello"))
            refusals.append(refused.type)
            await asyncio.sleep(0.05)
        assert (await running).text.endswith("sleep 1")
        assert refusals[-1] is EngineUnreachable


class Echo:
    async def warm_up(self) -> None:
        pass

    async def turn(self, turn: Turn) -> Answer:
        return Answer("en", "greet", None, 1.0, turn.text)

    async def parse(self, text: str) -> dict[str, Any]:
        return {"text": text}


async def test_while_it_stops_it_is_not_ready() -> None:
    app = create_app(Path("model"), lambda model, phase: Echo())
    await app.state.service.load()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://engine") as http:
        assert (await http.post("/turn", json=TURN)).status_code == 200
        app.state.service.stopping = True
        response = await http.post("/turn", json=TURN)
        assert (response.status_code, response.json()) == (503, {"error": "not ready", "phase": "stopping"})
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["phase"]) == (503, "stopping")


async def test_an_engine_on_a_port(short_path: Path, fake_command: Callable[..., list[str]], unused_port: int) -> None:
    command = [*fake_command(Path(), Path("well"))[:2], "--port", str(unused_port)]
    lifeline = Lifeline()
    process = await spawned(command, short_path / "log", lifeline)
    try:
        async with EngineClient(url=f"http://127.0.0.1:{unused_port}") as client:
            await until_ready(client, lambda: process.returncode is None, lambda phase: None, short_path / "log")
            assert (await client.turn(Turn("c", "hello"))).text.endswith("hello")
    finally:
        lifeline.close()  # as if we had died
        assert await asyncio.wait_for(process.wait(), 5) == -signal.SIGTERM
        await ended(process)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])
def test_no_port_for_others(host: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        serve(create_app(Path("model")), host=host, port=0)


def test_an_error_without_its_words() -> None:
    try:
        try:
            json.loads("secret")
        except ValueError as cause:
            raise RuntimeError("secret") from cause
    except RuntimeError as error:
        said = without_words(error)
    assert said.startswith("RuntimeError at test_server.py:")
    assert "; after JSONDecodeError at test_server.py:" in said
    assert "secret" not in said
