from __future__ import annotations

import json

import httpx
import pytest

from bot.engine.client import EngineClient
from bot.engine.errors import EngineFailed, EngineNotReady
from bot.engine.protocol import Answer, Button, Source, Turn

ANSWER = Answer(
    "zh-Hant",
    "ask_fee",
    "work-permit",
    0.5,
    "不收费。",
    (Button("转人工", "/ask_human"),),
    (Source("通知", "前海管理局", None, None),),
    handoff=True,
    ms=1.5,
)


def client(result: httpx.Response | Exception, seen: list[httpx.Request] | None = None) -> EngineClient:
    """A client whose engine does the same whatever it is asked."""

    def serve(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(result, Exception):
            raise result
        return result

    return EngineClient(transport=httpx.MockTransport(serve))


async def test_a_turn_goes_out_and_its_answer_comes_back_whole() -> None:
    seen: list[httpx.Request] = []
    turn = Turn("c1", payload='/ask_fee{"service": "工作"}')
    answer = await client(httpx.Response(200, json=ANSWER.to_json()), seen).turn(turn)
    assert (answer, answer.ms) == (ANSWER, 1.5)
    assert (seen[0].method, seen[0].url.path) == ("POST", "/turn")
    assert Turn(**json.loads(seen[0].content)) == turn


async def test_a_parse_is_handed_over_as_it_is() -> None:
    seen: list[httpx.Request] = []
    parse = {"intent": {"name": "greet"}, "entities": None}
    assert await client(httpx.Response(200, json=parse), seen).parse("你好") == parse
    assert (seen[0].url.path, json.loads(seen[0].content)) == ("/parse", {"text": "你好"})


@pytest.mark.parametrize(
    ("status", "body", "phase"),
    [
        (503, {"phase": "loading Rasa", "error": None}, (False, "loading Rasa")),
        (200, {"phase": "ready", "error": None}, (True, "ready")),
    ],
)
async def test_the_phase_of_a_starting_engine(status: int, body: dict[str, str], phase: tuple[bool, str]) -> None:
    assert await client(httpx.Response(status, json=body)).phase() == phase


async def test_an_engine_that_does_not_listen_yet_is_starting() -> None:
    assert await client(httpx.ConnectError("no socket")).phase() == (False, "starting")


async def test_an_engine_that_could_not_load_has_failed() -> None:
    body = {"phase": "failed", "error": "ModelNotFound: no such file"}
    with pytest.raises(EngineFailed, match="ModelNotFound: no such file"):
        await client(httpx.Response(503, json=body)).phase()


FAILURES = pytest.mark.parametrize(
    ("result", "error", "reason"),
    [
        (httpx.Response(503, json={"error": "not ready", "phase": "warming up"}), EngineNotReady, "still loading"),
        (httpx.Response(500, json={"error": "the turn failed (error id ab12)"}), EngineFailed, "error id ab12"),
        (httpx.Response(500, json={}), EngineFailed, "the engine answered 500"),
        (httpx.Response(500, text="Internal Server Error"), EngineFailed, "500"),
        (httpx.ConnectError("no socket"), EngineFailed, "no answer from the engine: no socket"),
        (httpx.ReadTimeout("timed out"), EngineFailed, "no answer from the engine: timed out"),
        (httpx.RemoteProtocolError("cut off"), EngineFailed, "no answer from the engine: cut off"),
    ],
    ids=["not-ready", "failed", "no-reason", "no-json", "no-socket", "timeout", "cut-off"],
)


@FAILURES
async def test_what_can_go_wrong_with_a_turn(
    result: httpx.Response | Exception, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        await client(result).turn(Turn("c1", "hello"))


@FAILURES
async def test_what_can_go_wrong_with_a_parse(
    result: httpx.Response | Exception, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        await client(result).parse("hello")


async def test_nothing_listens_on_a_missing_socket(tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with EngineClient(tmp_path / "no.sock") as real:
        assert await real.phase() == (False, "starting")
        with pytest.raises(EngineFailed, match="no answer from the engine"):
            await real.turn(Turn("c1", "hello"))
