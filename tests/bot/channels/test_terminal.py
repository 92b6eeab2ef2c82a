from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.channels.terminal import ask, parse_line
from bot.engine.protocol import Source
from bot.typed import MAX_CHARACTERS


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("work permit?\n", ("line-7", "work permit?")),
        ("工作许可\r\n", ("line-7", "工作许可")),
        ("  indented ", ("line-7", "  indented ")),
        ('["no", "object"]', ("line-7", '["no", "object"]')),
        ('{"text": "hi"}', ("line-7", "hi")),
        ('{"conversation": "c1", "text": "hi"}\n', ("c1", "hi")),
        (' {"conversation": 5, "text": "hi", "more": [1]}', ("5", "hi")),
        ('{"conversation": "c1", "text": ""}', ("c1", "")),
        ('{"conversation": "对话", "text": "\\u4f60好\\n"}', ("对话", "你好\n")),
    ],
)
def test_a_line_is_text_or_an_object(line: str, parsed: tuple[str, str]) -> None:
    assert parse_line(line, 7) == parsed


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 7 is not valid JSON"),
        ('{"text": "hi"', "line 7 is not valid JSON"),
        ("{'text': 'hi'}", "line 7 is not valid JSON"),
        ('{"text": "hi"} trailing', "line 7 is not valid JSON"),
        ("{}", "line 7: `text` is missing"),
        ('{"conversation": "c1"}', "line 7: `text` is missing"),
        ('{"text": null}', "line 7: `text` is missing"),
        ('{"text": ["hi"]}', "line 7: `text` is missing"),
        ('{"text": "hi", "conversation": null}', "line 7: `conversation` is no string"),
        ('{"text": "hi", "conversation": ["c1"]}', "line 7: `conversation` is no string"),
        ('{"text": "hi", "conversation": true}', "line 7: `conversation` is no string"),
        ('{"text": ' + "[" * 100_000, "line 7 is not valid JSON"),
    ],
    ids=lambda value: value[:40],
)
def test_a_bad_object_is_refused_with_its_line(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_line(line, 7)


async def asked(scripted: Any, *lines: str, as_json: bool = True) -> tuple[bool, list[Any]]:
    """Whether all went well, and what was written."""
    written: list[str] = []
    fine = await ask(scripted.assistant, lines, as_json, written.append)
    return fine, [json.loads(line) for line in written] if as_json else written


async def test_an_answer_as_json(scripted: Any) -> None:
    source = Source("通知", "前海管理局", None, "2026-11-24")
    scripted.script = lambda turn: replace(scripted.echo(turn), sources=(source,), handoff=True, ms=2.5)
    fine, written = await asked(scripted, '{"conversation": "c1", "text": "/hello"}')
    assert fine
    assert written == [
        {
            "conversation": "c1",
            "text": "/hello",
            "language": "en",
            "intent": "ask_overview",
            "service": "work-permit",
            "confidence": 0.9,
            "readings": [],
            "answer": "heard hello",
            "buttons": ["Fees", "Talk to a person"],
            "sources": [{"title": "通知", "issuer": "前海管理局", "url": None, "read_on": "2026-11-24"}],
            "handoff": True,
            "verdict": None,
            "ms": 2.5,
        }
    ]


async def test_json_keeps_to_one_line_without_payloads(scripted: Any) -> None:
    written: list[str] = []
    await ask(scripted.assistant, ["a\u2028b"], True, written.append)
    assert "\n" not in written[0]
    assert "/ask_" not in written[0]


async def test_an_answer_as_plain_text(scripted: Any) -> None:
    fine, written = await asked(scripted, "hello", as_json=False)
    assert fine
    assert written == ["heard hello\n  [1] Fees\n  [2] Talk to a person\n"]


async def test_plain_lines_are_conversations_of_their_own_and_named_ones_go_on(scripted: Any) -> None:
    await asked(scripted, "hello", "1", '{"conversation": "c", "text": "hello"}', '{"conversation": "c", "text": "1"}')
    assert [(turn["conversation"], turn["text"], turn["payload"]) for turn in scripted.turns] == [
        ("line-1", "hello", None),
        ("line-2", "1", None),
        ("c", "hello", None),
        ("c", "1", None),
    ]


async def test_bad_lines_are_errors_in_their_place_and_the_rest_is_answered(scripted: Any) -> None:
    fine, written = await asked(scripted, "first", '{"text"', '{"text": 1}', "fourth")
    assert not fine
    assert [row.get("answer") for row in written] == ["heard first", None, None, "heard fourth"]
    assert [row.get("line") for row in written] == [None, 2, 3, None]
    assert all(set(row) == {"error", "line"} for row in written[1:3])


async def test_a_bad_line_in_plain_text(scripted: Any) -> None:
    fine, written = await asked(scripted, "{", as_json=False)
    assert not fine
    assert written[0].startswith("! line 1 is not valid JSON")


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (httpx.Response(500, json={"error": "the turn failed (error id 1a2b)"}), "the turn failed (error id 1a2b)"),
        (httpx.Response(503, json={"error": "not ready"}), "the engine is still loading or shutting down"),
        (httpx.ReadTimeout("timed out"), "no answer from the engine: timed out"),
    ],
)
async def test_engine_trouble_costs_one_line(scripted: Any, trouble: Any, reason: str) -> None:
    scripted.script = lambda turn: trouble if turn["text"] == "second" else scripted.echo(turn)
    fine, written = await asked(scripted, "first", "second", "third")
    assert not fine
    assert written[1] == {"error": reason, "line": 2}
    assert [row["answer"] for row in written[::2]] == ["heard first", "heard third"]


@pytest.mark.parametrize("as_json", [True, False])
async def test_what_is_written_can_be_printed_whatever_was_typed(scripted: Any, as_json: bool) -> None:
    written: list[str] = []
    lines = ['{"text": "half \\ud800 a pair"}', '{"conversation": "\\udfff", "text": "hi"}', "\x00\x1b[2J", "👩🏽‍💻"]
    await ask(scripted.assistant, lines, as_json, written.append)
    assert len(written) == 4
    for line in written:
        line.encode("utf-8")


async def test_too_long_a_line_is_answered(scripted: Any) -> None:
    fine, written = await asked(scripted, "x" * (MAX_CHARACTERS + 1))
    assert fine
    assert "too long" in written[0]["answer"]
    assert scripted.turns == []


async def test_no_lines_are_no_trouble(scripted: Any) -> None:
    assert await asked(scripted) == (True, [])


async def test_thousands_of_lines_are_answered_in_order(scripted: Any) -> None:
    fine, written = await asked(scripted, *(f"question {number}" for number in range(3000)))
    assert fine
    assert [row["answer"] for row in written] == [f"heard question {number}" for number in range(3000)]
