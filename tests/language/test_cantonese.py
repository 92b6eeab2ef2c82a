from __future__ import annotations

import pytest

from language.cantonese import WORDS
from language.script import CANTONESE, simplify


@pytest.mark.parametrize(("word", "standard"), WORDS.items())
def test_each_word_has_a_standard_form(word: str, standard: str) -> None:
    assert word == simplify(word)
    assert standard == simplify(standard)
    assert word != standard
    assert standard not in WORDS
    assert not CANTONESE & set(standard)


@pytest.mark.parametrize(
    ("word", "standard"),
    [
        ("唔使", "不用"),
        ("点样", "怎么"),
        ("几耐", "多久"),
        ("几钱", "多少钱"),
        ("边度", "哪里"),
        ("嘅", "的"),
        ("攞", "拿"),
        ("咩", "什么"),
    ],
)
def test_words_that_questions_turn_on(word: str, standard: str) -> None:
    assert WORDS[word] == standard
