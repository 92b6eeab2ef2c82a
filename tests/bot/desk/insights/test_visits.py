"""What is kept of a question, and what is hidden in it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.insights.visits import MASK, counted, masked, question
from bot.engine.protocol import Answer, Reading
from bot.messages import Incoming

HIDDEN = [
    ("write to li.wei+hk@example.com please", "write to *** please"),
    ("邮箱是zhang_san@qq.com，谢谢", "邮箱是***，谢谢"),
    ("邮箱ｌｉ＠ｑｑ．ｃｏｍ", "邮箱***"),
    ("call me on +852 9123 4567 tomorrow", "call me on *** tomorrow"),
    ("电话13812345678，下午方便", "电话***，下午方便"),
    ("手机号138-0013-8000", "手机号***"),
    ("電話 9123 4567 搵我", "電話 *** 搵我"),
    ("打我电话１３８１２３４５６７８", "打我电话***"),
    ("我的号是一三八零零一三八零零零", "我的号是***"),
    ("(0755) 8888 1234 nobody answers", "*** nobody answers"),
    ("passport E12345678 expires in May", "passport *** expires in May"),
    ("护照EA1234567快到期了", "护照***快到期了"),
    ("my passport is C01X00T47", "my passport is ***"),
    ("港澳居民居住证810000199001011234能不能用", "港澳居民居住证***能不能用"),
    ("身份证44030019900101123X", "身份证***"),
    ("HKID A123456(7) accepted?", "HKID *** accepted?"),
    ("回乡证 H12345678", "回乡证 ***"),
    ("微信号：xiao_ming88加我", "微信号：***加我"),
    ("my wechat is anna_2019, add me", "my wechat is ***, add me"),
    ("QQ 12345678", "QQ ***"),
    ("tax id 91440300MA5DABCD12", "tax id ***"),
]

KEPT = [
    "I earn RMB 1200000 a year",
    "年薪1200000元能拿多少补贴",
    "年薪80万到90万",
    "183 days between 2025-01-01 and 2025-12-31",
    "2024-2025年度什么时候申请",
    "12345还是12366",
    "240 hours of transit",
    "补贴上限是5,000,000元吗",
    "I work 09:00-18:00 on 15 March 2026",
    "how much is WeChat Pay",
    "可以用微信支付吗",
    "I make up to 850000 a year",
    "HKD300000 or RMB850000?",
]


@pytest.mark.parametrize(("text", "expected"), HIDDEN)
def test_who_somebody_is_and_how_to_reach_them_is_hidden(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_a_question_is_about_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=60), st.text(alphabet="0123456789", min_size=11, max_size=18), st.text(max_size=60))
def test_no_long_number_is_left_whatever_stands_around_it(before: str, number: str, after: str) -> None:
    assert number not in masked(f"{before} {number} {after}")


def test_masking_twice_changes_nothing() -> None:
    for text, _ in HIDDEN:
        assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize("piece", ["a", "1", "a1", "1 ", "-", "微信 ", "@", "．", "一"])
def test_masking_is_fast_for_any_text(piece: str) -> None:
    text = (piece * 4096)[:4096]
    started = time.process_time()
    masked(text)
    assert time.process_time() - started < 0.5


def message(text: str | None = "how much is it", **given: object) -> Incoming:
    return Incoming("web", "web:1", "m1", 1000.0, text, **given)  # type: ignore[arg-type]


def answer(intent: str = "ask_fee", service: str | None = "work-permit", **given: object) -> Answer:
    return Answer("en", intent, service, 0.9, "…", **given)  # type: ignore[arg-type]


def test_a_question_is_cleaned_masked_and_cut() -> None:
    kept = question(message("  is\u200b it\n free? " + "x " * 400 + "13812345678"), answer())
    assert kept
    assert kept["text"].startswith("is it free? x x")
    assert len(kept["text"]) <= 300
    late = question(message("y" * 285 + " my phone is 13812345678"), answer())
    assert late
    assert not any(char.isdigit() for char in late["text"])
    assert MASK in question(message("call 13812345678 please"), answer())["text"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "intent"), [("1", "ask_fee"), ("👍", "feedback"), ("thanks a lot", "thank"), ("x" * 5000, "nlu_fallback")]
)
def test_what_asks_nothing_is_no_question(text: str, intent: str) -> None:
    assert question(message(text), answer(intent)) is None


def test_a_press_and_a_turn_of_staff_are_no_questions() -> None:
    assert question(message(None, button="b1"), answer()) is None
    assert question(message(), None) is None


def test_a_turn_counts_all_that_it_asked() -> None:
    readings = (Reading("work-permit", "ask_fee", 0.9), Reading("health-check", "ask_time", 0.8))
    found = counted(message(), answer(readings=readings, handoff=True), None)
    assert found["services"] == ["work-permit", "health-check"]
    assert found["intents"] == ["ask_fee", "ask_time"]
    assert (found["missed"], found["staff"], found["asked_staff"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("given", "payload", "expected"),
    [
        ({"text": None, "button": "b"}, '/feedback{"says": "down"}', (0, 1)),
        ({"text": None, "payload": '/feedback{"says": "up"}'}, None, (1, 0)),
        ({"text": "👎🏽"}, None, (0, 1)),
        ({"text": None, "button": "b"}, '/feedback{"says": "reason:off"}', (0, 0)),
    ],
)
def test_ratings_are_counted_pressed_or_typed(
    given: dict[str, str], payload: str | None, expected: tuple[int, int]
) -> None:
    found = counted(message(**given), answer("feedback", None), payload)
    assert (found["up"], found["down"]) == expected


def test_a_turn_of_staff_counts_no_intent() -> None:
    found = counted(message(), None, None)
    assert (found["intents"], found["services"], found["staff"], found["language"]) == ([], [], 1, None)
