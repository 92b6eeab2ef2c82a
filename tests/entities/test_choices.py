from __future__ import annotations

import pytest

from entities import find
from entities.choices import Choice


def chosen(text: str) -> list[Choice]:
    return [found.value for found in find(text, {"choice"})]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("1", 1), ("2", 2), ("２", 2), ("②", 2), ("(2)", 2), ("（2）", 2), ("2.", 2), ("2)", 2), ("2吧", 2), ("2号", 2), ("选2", 2), ("選2", 2), ("我选2", 2), ("一", 1), ("二", 2),
        ("two", 2), ("number two", 2), ("number 2", 2), ("no. 2", 2), ("option 2", 2), ("Option 2 please", 2), ("#2", 2), ("I'll take 2", 2), ("选项2", 2),
        ("A", 1), ("b", 2), ("B.", 2), ("Ｂ", 2), ("option b", 2), ("选B", 2), ("揀B", 2),
        ("第一个", 1), ("第二個", 2), ("第二个吧", 2), ("第2个", 2), ("第三项", 3), ("我要第三種", 3), ("揀第一個啦", 1), ("第一", 1), ("选第二个", 2),
        ("first", 1), ("the first", 1), ("the first one", 1), ("the second one", 2), ("2nd", 2), ("the 2nd one", 2), ("third option", 3), ("I want the third one", 3),
        ("the last one", -1), ("last one", -1), ("last", -1), ("the last", -1), ("最后一个", -1), ("最後一個", -1), ("尾嗰個", -1), ("倒数第二个", -2), ("second last one", -2),
        ("前者", 1), ("后者", 2), ("the former", 1), ("the latter", 2), ("头一个", 1), ("第一個，唔該", 1),
    ],
)  # fmt: skip
def test_a_choice_and_nothing_else(text: str, position: int) -> None:
    assert chosen(text) == [Choice(position, exact=text != "第一個，唔該")]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("the second one, because it is cheaper", 2),
        ("我觉得第二个比较好", 2),
        ("option 3 if possible", 3),
        ("想问问第一项要什么材料", 1),
    ],
)
def test_a_choice_within_more_words(text: str, position: int) -> None:
    assert chosen(text) == [Choice(position, exact=False)]


@pytest.mark.parametrize(
    "text",
    ["", "第一次", "第二年", "第三方", "第一个月", "last year", "last time", "first of all", "the second time", "on the 5th", "二选一", "选15%", "88", "0", "abc", "third-party", "secondly", "2 years", "at last i have it", "number 97"],
)  # fmt: skip
def test_what_is_no_choice(text: str) -> None:
    assert chosen(text) == []
