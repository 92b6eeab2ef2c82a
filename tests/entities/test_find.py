from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from entities import KINDS, find
from entities.find import QUANTITIES
from entities.plain import as_entities, plain

WORDS = (
    "85 万 k w 1,200 HK$ RMB 元 蚊 三 十 百 千 萬 亿 两 半 几 多 个 月 年 日 天 周 岁 % 第 一 年薪 每月 到 - ~ / . , ？ ! 去 今 March may the first one a half and of between year "
    "days 香港 澳門 人 籍 Swiss HKID from I'm not 唔係 係 冇 有 没有 不 yes no maybe 律師 会计师 公司 我们 想请 英文 Chinese ② ½ ㎡ ㋿ ﷺ \u200b \u3000 😀 0755 2026 3/1/2026 选 B"
)
PIECES = WORDS.split(" ")
TEXTS = (
    st.text()
    | st.lists(st.sampled_from(PIECES), max_size=16).map("".join)
    | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
)


@given(TEXTS)
@example("½")
@example("2½㎡")
@example("㋿三")
@example("ﷺ")
@settings(deadline=None, max_examples=600)
def test_each_find_is_a_slice_of_the_message_and_quantities_do_not_overlap(text: str) -> None:
    found = find(text)
    for f in found:
        assert f.kind in KINDS
        assert 0 <= f.start < f.end <= len(text)
        assert f.text == text[f.start : f.end]
    assert list(found) == sorted(found, key=lambda f: (f.start, f.end, KINDS.index(f.kind)))
    for kinds in (QUANTITIES, *((kind,) for kind in KINDS)):
        ends = [(f.start, f.end) for f in found if f.kind in kinds]
        assert all(left[1] <= right[0] for left, right in pairwise(ends))


@given(TEXTS)
@settings(deadline=None, max_examples=200)
def test_entities_are_json(text: str) -> None:
    entities = as_entities(find(text), "EntityMatcher")
    assert json.loads(json.dumps(entities, allow_nan=False)) == entities


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("   \u200b", []),
        ("大概八十五万", ["money"]),
        ("三个月", ["duration"]),
        ("2026年3月1日", ["date"]),
        ("35岁", ["age"]),
        ("15%", ["percent"]),
        ("12", ["number", "choice"]),
        ("2025", ["date"]),
        ("我在香港做了三年注册会计师，月薪五万港币", ["duration", "profession", "money"]),
        ("HK PR, architect, 40 years old, RMB 1.2 million a year", ["identity", "profession", "age", "money"]),
        ("唔係，我係澳門人，做咗半年", ["answer", "identity", "duration"]),
        ("hello", []),
    ],
)
def test_what_a_message_says(text: str, kinds: list[str]) -> None:
    assert [f.kind for f in find(text)] == kinds


@pytest.mark.parametrize(("kind", "text"), [("number", "2025"), ("number", "3个月"), ("duration", "一年85万")])
def test_only_the_kinds_asked_for(kind: str, text: str) -> None:
    assert {f.kind for f in find(text, {kind})} == {kind}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("港幣\u200b三十萬", "港幣\u200b三十萬"),
        ("我有ＨＫＩＤ㗎", "ＨＫＩＤ"),
        ("約　３　個月", "３　個月"),
        ("HK\u200d$300，000", "HK\u200d$300，000"),
    ],
)
def test_the_span_is_what_was_typed(typed: str, text: str) -> None:
    assert text in [f.text for f in find(typed)]


@pytest.mark.parametrize(
    ("typed", "plainly"),
    [
        ("港幣三十萬", "港币三十万"),
        ("三個半月", "三个半月"),
        ("ＨＫＤ　５００", "HKD 500"),
        ("註冊會計師", "注册会计师"),
        ("係呀", "系呀"),
    ],
)
def test_script_width_and_case_make_no_difference(typed: str, plainly: str) -> None:
    assert [(f.kind, f.value) for f in find(typed)] == [(f.kind, f.value) for f in find(plainly)]


def test_values_are_plain() -> None:
    (money,) = find("RMB 1.5 million a year", {"money"})
    assert plain(money.value) == {"value": 1_500_000, "approximate": False, "currency": "CNY", "period": "year"}


LONGEST = 4096


@pytest.mark.parametrize(
    "piece",
    ["1", "1,111,", "9 ", "万", "一", "零", "一二三", "a", " ", "one and ", "from ", "没有", "是", "香港人", "i am from ", "HKD 20-30k a month ", "3/1/2026 ", "half a ", "i have ", "?!", "年薪大概", "第", "english not ", "we are a big ", "year ", "对 ", "我都也就", "百分之", "-", "\u200b"],
)  # fmt: skip
def test_a_long_message_takes_no_second(piece: str) -> None:
    """No pattern may run away; a quarter of a second is usual."""
    text = (piece * LONGEST)[:LONGEST]
    find(piece)
    start = time.process_time()
    find(text)
    assert time.process_time() - start < 1
