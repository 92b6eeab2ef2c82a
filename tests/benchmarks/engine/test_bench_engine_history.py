"""A conversation made longer by copies of itself."""

from __future__ import annotations

import pytest

from benchmarks.engine.history import lengthened

START = [
    {"event": "action", "name": "action_session_start", "timestamp": 1.0},
    {"event": "session_started", "timestamp": 2.0},
]


def spoken(*texts: str) -> list[dict[str, object]]:
    return [
        event
        for number, text in enumerate(texts)
        for event in (
            {"event": "user", "text": text, "timestamp": 3.0 + number},
            {"event": "bot", "text": f"re: {text}", "timestamp": 3.5 + number},
        )
    ]


@pytest.mark.parametrize(("turns", "texts"), [(1, "ab"), (2, "ab"), (3, "aba"), (5, "ababa")])
def test_turns_are_repeated_in_order_and_none_is_lost(turns: int, texts: str) -> None:
    events = lengthened([*START, *spoken("a", "b")], turns)
    assert "".join(str(event["text"]) for event in events if event["event"] == "user") == texts
    assert [event["event"] for event in events[:2]] == ["action", "session_started"]
    assert len(events) == 2 + 2 * len(texts)


def test_times_go_on_rising_and_end_where_they_ended() -> None:
    events = lengthened([*START, *spoken("a", "b")], 40)
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    assert times[0] == 1.0
    assert times[-1] == pytest.approx(4.5)


def test_without_a_turn_there_is_nothing_to_copy() -> None:
    with pytest.raises(ValueError, match="no turn"):
        lengthened(START, 3)
