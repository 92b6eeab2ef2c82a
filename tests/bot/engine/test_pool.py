from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.breaker import Limits, State
from bot.engine.client import EngineClient
from bot.engine.errors import EngineFailed, EngineNotReady, EngineUnresponsive
from bot.engine.pool import EnginePool, ranked
from bot.engine.protocol import Answer, Turn

Script = httpx.Response | Exception | list[httpx.Response | Exception]

OK = httpx.Response(200, json=Answer("en", "greet", None, 1.0, "hello").to_json())
NOT_READY = httpx.Response(503, json={"error": "not ready"})
CONFLICT = httpx.Response(409, json={"error": "the conversation was changed meanwhile"})
BROKE = httpx.Response(500, json={"error": "the turn failed (error id ab12)"})
TOO_LONG = httpx.Response(504, json={"error": "the turn took too long (error id ab12)"})

NAMES = ("a", "b", "c")

THREE = Limits(failures=3)


class Engines:
    """A pool of scripted engines. asked: names in the order in which they were asked. now: the clock."""

    def __init__(self, limits: Limits, **scripts: Script) -> None:
        self.asked: list[str] = []
        self.scripts = scripts
        self.now = 0.0
        clients = {name: EngineClient(transport=httpx.MockTransport(self._serve(name))) for name in scripts}
        self.pool = EnginePool(clients, limits, clock=lambda: self.now)

    def _serve(self, name: str) -> Callable[[httpx.Request], httpx.Response]:
        def serve(request: httpx.Request) -> httpx.Response:
            self.asked.append(name)
            script = self.scripts[name]
            result = script.pop(0) if isinstance(script, list) else script
            if isinstance(result, Exception):
                raise result
            return result

        return serve


def engines(*scripts: Script, limits: Limits = THREE) -> Engines:
    """Engines in the order in which conversation `c` asks them: the first script is that of the first asked."""
    return Engines(limits, **dict(zip(ranked(NAMES[: len(scripts)], "c"), scripts)))


TURN = Turn("c", "hello")


@pytest.mark.parametrize(
    ("scripts", "asked"),
    [
        ((OK, OK, OK), [0]),
        ((httpx.ConnectError("no"), OK, OK), [0, 1]),
        ((httpx.ConnectTimeout("no"), OK, OK), [0, 1]),
        ((httpx.PoolTimeout("no"), OK, OK), [0, 1]),
        ((NOT_READY, OK, OK), [0, 1]),
        (([CONFLICT, OK], OK, OK), [0, 0]),
        (([CONFLICT, NOT_READY], OK, OK), [0, 0, 1]),
        ((NOT_READY, [CONFLICT, OK], OK), [0, 1, 1]),
    ],
)
async def test_a_turn_that_surely_did_not_run_is_asked_again(scripts: tuple[Script, ...], asked: list[int]) -> None:
    those = engines(*scripts)
    assert (await those.pool.turn(TURN)).text == "hello"
    assert those.asked == [ranked(NAMES, "c")[n] for n in asked]


@pytest.mark.parametrize(
    ("scripts", "error", "reason", "asked"),
    [
        ((httpx.ReadTimeout("slow"), OK), EngineUnresponsive, "slow", [0]),
        ((httpx.WriteTimeout("slow"), OK), EngineUnresponsive, "slow", [0]),
        ((httpx.ReadError("cut off"), OK), EngineUnresponsive, "cut off", [0]),
        ((httpx.WriteError("cut off"), OK), EngineUnresponsive, "cut off", [0]),
        ((httpx.RemoteProtocolError("cut off"), OK), EngineUnresponsive, "cut off", [0]),
        ((TOO_LONG, OK), EngineUnresponsive, "took too long", [0]),
        ((BROKE, OK), EngineFailed, "error id ab12", [0]),
        ((httpx.Response(200, json={"who": "knows"}), OK), EngineFailed, "another version", [0]),
        ((httpx.Response(200, text="<html>"), OK), EngineFailed, "no JSON object", [0]),
        ((httpx.Response(401, json={"error": "not allowed"}), OK), EngineFailed, "not allowed", [0]),
        ((CONFLICT, OK), EngineFailed, "changed meanwhile", [0, 0]),
        (([CONFLICT, httpx.ReadError("cut off")], OK), EngineUnresponsive, "cut off", [0, 0]),
        ((NOT_READY, httpx.ReadTimeout("slow"), OK), EngineUnresponsive, "slow", [0, 1]),
        ((NOT_READY, NOT_READY, OK), EngineNotReady, "loading or shutting down", [0, 1]),
        ((httpx.ConnectError("nobody"), httpx.ConnectError("nobody"), OK), EngineNotReady, "nobody", [0, 1]),
    ],
)
async def test_what_the_gateway_hears_and_who_was_asked(
    scripts: tuple[Script, ...], error: type[Exception], reason: str, asked: list[int]
) -> None:
    those = engines(*scripts)
    with pytest.raises(error, match=reason) as raised:
        await those.pool.turn(TURN)
    assert type(raised.value) is error or (error is EngineFailed and not isinstance(raised.value, EngineUnresponsive))
    assert those.asked == [ranked(NAMES[: len(scripts)], "c")[n] for n in asked]


async def test_an_engine_that_keeps_failing_is_left_alone_and_tried_again_with_one_turn() -> None:
    those = engines(httpx.ConnectError("dead"), OK, limits=Limits(failures=3, window=10, pause=5))
    first, second = ranked(("a", "b"), "c")
    for _ in range(3):
        await those.pool.turn(TURN)
    assert those.asked == [first, second] * 3
    assert those.pool.states() == {first: State.OPEN, second: State.CLOSED}
    those.asked.clear()
    await those.pool.turn(TURN)
    assert those.asked == [second]
    those.now = 5
    await those.pool.turn(TURN)
    await those.pool.turn(TURN)
    assert those.asked == [second, first, second, second]
    those.now, those.scripts[first] = 10, OK
    those.asked.clear()
    for _ in range(3):
        await those.pool.turn(TURN)
    assert those.asked == [first] * 3
    assert set(those.pool.states().values()) == {State.CLOSED}


async def test_an_engine_that_somebody_saw_ready_is_asked_at_once() -> None:
    those = engines([httpx.ConnectError("dead"), OK], OK, limits=Limits(failures=1))
    first, second = ranked(("a", "b"), "c")
    await those.pool.turn(TURN)
    those.pool.back(first)
    await those.pool.turn(TURN)
    assert those.asked == [first, second, first]


async def test_engines_left_alone_do_not_count_as_asked() -> None:
    those = engines(httpx.ConnectError("dead"), [OK, NOT_READY], OK, limits=Limits(failures=1))
    first, second, third = ranked(NAMES, "c")
    await those.pool.turn(TURN)
    await those.pool.turn(TURN)
    assert those.asked == [first, second, second, third]


async def test_without_an_engine_to_ask_the_answer_comes_at_once() -> None:
    those = engines(NOT_READY, NOT_READY, limits=Limits(failures=1))
    for _ in range(3):
        with pytest.raises(EngineNotReady):
            await those.pool.turn(TURN)
    assert len(those.asked) == 2


async def test_a_message_that_breaks_turns_takes_no_engine_from_others() -> None:
    those = engines(BROKE, OK, limits=Limits(failures=1))
    for _ in range(5):
        with pytest.raises(EngineFailed):
            await those.pool.turn(TURN)
    assert set(those.pool.states().values()) == {State.CLOSED}


async def test_a_parse_is_asked_like_a_turn() -> None:
    those = engines(NOT_READY, httpx.Response(200, json={"text": "你好"}))
    assert await those.pool.parse("c") == {"text": "你好"}
    assert those.asked == ranked(("a", "b"), "c")


def ready(phase: str) -> httpx.Response:
    return httpx.Response(200 if phase == "ready" else 503, json={"phase": phase, "error": None})


@pytest.mark.parametrize(
    ("scripts", "phase"),
    [
        ((ready("ready"), ready("ready")), (True, "ready")),
        ((ready("ready"), ready("loading Rasa")), (True, "1 of 2 engines ready")),
        ((ready("loading Rasa"), ready("loading Rasa")), (False, "loading Rasa")),
        ((httpx.ConnectError("no"), ready("ready")), (True, "1 of 2 engines ready")),
        ((httpx.Response(503, json={"error": "broken"}), ready("ready")), (True, "1 of 2 engines ready")),
    ],
)
async def test_the_phase_of_a_pool(scripts: tuple[Script, ...], phase: tuple[bool, str]) -> None:
    assert await engines(*scripts).pool.phase() == phase


async def test_a_pool_of_engines_that_could_not_load_has_failed() -> None:
    broken = httpx.Response(503, json={"phase": "failed", "error": "ModelNotFound"})
    with pytest.raises(EngineFailed, match="ModelNotFound"):
        await engines(broken, broken).pool.phase()


async def test_half_a_surrogate_pair_and_the_secret_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE_SECRET", "gehéim")
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return OK

    pool = EnginePool({"a": EngineClient(transport=httpx.MockTransport(serve))})
    await pool.turn(Turn("c\ud83d", "\ude00"))
    assert json.loads(seen[0].content)["text"] == "\ude00"
    assert dict(seen[0].headers.raw)[b"Authorization"] == "Bearer gehéim".encode()


@pytest.mark.parametrize("urls", [["127.0.0.1:7001"], ["unix:/x"], []])
def test_wrong_urls(urls: list[str]) -> None:
    with pytest.raises(ValueError, match="engine"):
        EnginePool.of_urls(urls)


engine_names = st.sets(st.text(min_size=1, max_size=8), min_size=2, max_size=6)


@given(engine_names, st.text())
def test_without_an_engine_only_its_conversations_move_and_to_the_next_in_order(names: set[str], key: str) -> None:
    order = ranked(names, key)
    assert sorted(order) == sorted(names)
    for gone in names:
        assert ranked(names - {gone}, key) == [name for name in order if name != gone]


def test_conversations_are_spread_evenly() -> None:
    counts = Counter(ranked(NAMES, f"conversation-{number}")[0] for number in range(3000))
    assert all(900 < counts[name] < 1100 for name in NAMES)
