from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.search import SNIPPET, number, snippet, words


@pytest.mark.parametrize(
    ("query", "text", "there"),
    [
        ("permit", "Work PERMIT", True),
        ("ＰＥＲＭＩＴ", "work permits", True),
        ("工作許可", "我的工作许可到期了", True),
        ("工作许可", "我的工作許可到期了", True),
        ("到期 许可", "我的工作許可到期了", True),
        ("许可　签证", "我的工作许可", False),
        ("strasse", "Straße 5", True),
        ("12㎡", "a room of 12m2", True),
        ("a  b", "b and a", True),
        ("cat", "dog", False),
    ],
)
def test_what_counts_is_what_is_meant(query: str, text: str, there: bool) -> None:
    assert (snippet(words(query), ["", text]) is not None) is there


def test_words_may_stand_in_different_messages() -> None:
    assert snippet(words("anna permit"), ["Anna", "my permit"]) == "Anna"
    assert snippet(words("anna visa"), ["Anna", "my permit"]) is None


def test_a_snippet_is_short_and_shows_the_word() -> None:
    found = snippet(words("needle"), ["x" * 500 + " the Needle is here " + "y" * 500])
    assert found is not None
    assert "Needle" in found
    assert (found[0], found[-1]) == ("…", "…")
    assert len(found) == SNIPPET + 2
    assert snippet(words("针"), ["很多ﬁ很多" * 50 + "針在這裡"]).endswith("針在這裡")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("query", "found"),
    [("#12", "12"), (" ＃１２ ", "12"), ("012", "12"), ("12a", None), ("", None), ("# 12", None), ("٣", None)],
)
def test_numbers(query: str, found: str | None) -> None:
    assert number(query) == found


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_asked_for(text: str, query: str) -> None:
    wanted = words(query)
    if wanted:
        found = snippet(wanted, [text])
        assert found is None or len(found) <= SNIPPET + 2
