from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.parts import MOST, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("要什么材料,多久能批?", ["要什么材料,", "多久能批?"]),
        ("who qualifies and how much is it?", ["who qualifies ", "and how much is it?"]),
        ("居住證點樣申請，同埋要幾多錢？", ["居住證點樣申請，", "同埋要幾多錢？"]),
        (
            "I am from Macao, how long does it take and what does it cost?",
            ["I am from Macao, how long does it take ", "and what does it cost?"],
        ),
        ("what documents? thanks a lot", ["what documents? thanks a lot"]),
        ("work permit", ["work permit"]),
        ("材料、费用、时间分别是什么", ["材料、", "费用、", "时间分别是什么"]),
        ("", [""]),
    ],
)
def test_a_message_is_split_into_its_questions(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_a_message_with_too_many_questions_stays_whole() -> None:
    text = "why? " * (MOST + 1)
    assert parts(text) == [text]


@given(st.text(alphabet="要什么材料，多久?？and how much, ", max_size=80))
def test_the_parts_are_the_message(text: str) -> None:
    assert "".join(parts(text)) == text
