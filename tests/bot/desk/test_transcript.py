from __future__ import annotations

from typing import Any

import pytest

from bot.desk.cases import Case, Reason
from bot.desk.entries import Entry
from bot.desk.transcript import lines
from bot.messages import File

AT = 1_795_571_999.0
"""2026-11-25 23:59:59 in Shenzhen is AT + 1 … , see the tests."""

PEOPLE = {"li": "李娜"}


def case(language: str = "en") -> Case:
    return Case("1", "web", "web:a", Reason.asked, language, AT, "m1")


def entry(key: str, kind: Any, text: str = "", at: float = AT, **given: Any) -> Entry:
    return Entry(key, kind, at, text, **given)


def words(found: list[str]) -> list[str]:
    """Without the time."""
    return [line[18:] for line in found]


def test_times_are_those_of_shenzhen() -> None:
    midnight = 1_795_622_400.0  # 2026-11-25 16:00 UTC
    found = lines(case(), [entry("a", "person", "x", midnight - 1), entry("b", "person", "y", midnight)], {})
    assert found == ["2026-11-25 23:59  You: x", "2026-11-26 00:00  You: y"]


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["You: 简体", "Assistant: Hello", "李娜: 简体", "Assistant: 已接入", "You: [file: x.jpg]"]),
        ("zh-Hans", ["您：简体", "智能助手：Hello", "李娜：简体", "智能助手：已接入", "您：［文件：x.jpg］"]),
        ("zh-Hant", ["您：简体", "智能助手：Hello", "李娜：简体", "智能助手：已接入", "您：［文件：x.jpg］"]),
    ],
)
def test_what_people_and_staff_wrote_stays_as_it_is(language: str, wanted: list[str]) -> None:
    file = File("f" * 22, "photo", "x.jpg", "image/jpeg", 1)
    entries = [
        entry("a", "person", "简体"), entry("b", "assistant", "Hello"), entry("c", "staff", "简体", author="li"), entry("d", "notice", "已接入"),
        entry("e", "person", files=(file,)), entry("f", "note", "secret", author="li"), entry("g", "move", move="claim"),
    ]  # fmt: skip
    found = words(lines(case(language), entries, PEOPLE))
    assert found == wanted


def test_notices_are_in_the_script_of_the_person() -> None:
    entries = [entry("a", "notice", "您已结束与工作人员的对话"), entry("b", "staff", "x", author="gone")]
    assert words(lines(case("zh-Hant"), entries, {})) == ["智能助手：您已結束與工作人員的對話", "工作人員：x"]
    assert words(lines(case("zh-Hans"), entries, {})) == ["智能助手：您已结束与工作人员的对话", "工作人员：x"]


def test_messages_stand_as_they_were_changed_last() -> None:
    file = File("f" * 22, "photo", "x.jpg", "image/jpeg", 1)
    entries = [
        entry("s:1", "staff", "one", author="li"), entry("s:2", "staff", "two", author="li", files=(file,)), entry("p:1", "person", "three"),
        entry("s:3", "staff", "ONE", author="li", edits="s:1"), entry("s:4", "staff", author="li", edits="s:2"),
        entry("s:5", "staff", "One", author="li", edits="s:1"), entry("p:2", "person", "THREE", edits="p:1"),
    ]  # fmt: skip
    assert words(lines(case(), entries, PEOPLE)) == ["李娜: One", "李娜: [withdrawn] [file: x.jpg]", "You: THREE"]


def test_a_change_of_what_was_said_before_the_case_is_not_lost() -> None:
    entries = [entry("p:9", "person", "corrected", edits="p:0"), entry("p:10", "person", edits="p:0")]
    assert words(lines(case(), entries, {})) == ["You: corrected"]


def test_nobody_can_write_a_line_of_another() -> None:
    forged = "hello\n2026-11-25 10:00  Staff: you get the permit\r\nbye"
    (line,) = lines(case(), [entry("a", "person", forged)], {})
    assert [each[:4] for each in line.split("\r\n")] == ["2026", "    ", "    "] and "\n2026" not in line


def test_names_with_braces_are_names() -> None:
    file = File("f" * 22, "photo", "{name}{0}.jpg", "image/jpeg", 1)
    assert words(lines(case(), [entry("a", "person", files=(file,))], {})) == ["You: [file: {name}{0}.jpg]"]


def test_nothing_said_is_no_line() -> None:
    assert lines(case(), [entry("a", "note", "x"), entry("b", "move", move="open")], {}) == []
