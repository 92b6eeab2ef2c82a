from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.track_format import (
    FORMAT,
    MIGRATIONS,
    RANKED,
    State,
    event_from_text,
    event_to_bytes,
    migrated,
    state_from_text,
    state_to_bytes,
    to_bytes,
)
from bot.store.errors import TooNew

PARSED = {
    "text": "工作许可要办多久？",
    "intent": {"name": "ask_duration", "confidence": 0.9, "other": "x" * 1000},
    "entities": [{"entity": "service", "value": "work-permit", "start": 0, "end": 4}],
    "language": "zh",
    "intent_ranking": [{"name": f"intent {n}", "confidence": 1 / (n + 1)} for n in range(40)],
    "service_ranking": [{"service": f"service {n}", "confidence": 1 / (n + 1)} for n in range(40)],
    "text_tokens": [["工作", 0, 2]] * 500,
    "questions": [{"text": "x" * 1000}],
}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters())
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def as_json_reads_it(value: Any) -> Any:
    """JSON joins two halves of a surrogate pair that were apart."""
    return json.loads(json.dumps(value))


@given(VALUES)
def test_values_come_back(value: Any) -> None:
    assert json.loads(to_bytes(value).decode("utf-8")) == as_json_reads_it(value)


@given(st.text(st.characters()), st.dictionaries(st.text(), VALUES), st.none() | st.text(), st.booleans())
def test_states_come_back(conversation: str, slots: dict[str, Any], loop: str | None, paused: bool) -> None:
    state = State(conversation, slots, loop, "action_listen", paused, 12.5)
    back = state_from_text(state_to_bytes(state).decode("utf-8"), FORMAT)
    assert back == State(as_json_reads_it(conversation), as_json_reads_it(slots), loop, "action_listen", paused, 12.5)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"a": [1, "前海"]}, '{"a":[1,"前海"]}'),
        ("half a pair: \ud83d", r'"half a pair: \ud83d"'),
        ("\U0001f600", '"\U0001f600"'),
        ((1, 2), "[1,2]"),
    ],
)
def test_compact_and_readable(value: Any, written: str) -> None:
    assert to_bytes(value).decode("utf-8") == written


def test_numbers_of_numpy_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    assert to_bytes([numpy.float32(0.5), numpy.int64(3)]) == b"[0.5,3]"


def test_what_json_does_not_know_is_an_error() -> None:
    with pytest.raises(TypeError, match="set"):
        to_bytes({1, 2})


def test_of_the_parse_data_little_is_kept() -> None:
    event = {"event": "user", "text": PARSED["text"], "parse_data": PARSED}
    before = json.dumps(event)
    written = event_to_bytes(event)
    assert json.dumps(event) == before
    assert len(written) < 900
    assert event_from_text(written.decode()) == {
        "event": "user",
        "text": PARSED["text"],
        "parse_data": {
            "text": PARSED["text"],
            "intent": {"name": "ask_duration", "confidence": 0.9},
            "entities": PARSED["entities"],
            "language": "zh",
            "intent_ranking": PARSED["intent_ranking"][:RANKED],
            "service_ranking": PARSED["service_ranking"][:RANKED],
        },
    }


@pytest.mark.parametrize("parse", [None, {}, {"intent": None, "intent_ranking": None}])
def test_missing_parse_data(parse: Any) -> None:
    assert event_from_text(event_to_bytes({"event": "user", "parse_data": parse}).decode())["parse_data"] == {
        "intent": {}
    }


def _added(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: {**data, "steps": [*data["steps"], name]}


@pytest.mark.parametrize(("version", "steps"), [(1, ["one", "two"]), (2, ["two"]), (3, [])])
def test_old_formats_are_brought_up_step_by_step(version: int, steps: list[str]) -> None:
    migrations = {1: _added("one"), 2: _added("two")}
    assert migrated({"steps": []}, version, newest=3, migrations=migrations) == {"steps": steps}


def test_every_old_format_has_its_step() -> None:
    assert set(MIGRATIONS) == set(range(1, FORMAT))


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(TooNew, match=str(FORMAT + 1)):
        state_from_text("{}", FORMAT + 1)
