from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.normalise import CONTROL, INVISIBLE, clean, normalise


@pytest.mark.parametrize(
    ("char", "form"),
    [
        ("Ａ", "a"),
        ("①", "1"),
        ("㎡", "m2"),
        ("ß", "ss"),
        ("ﬁ", "fi"),
        ("　", " "),
        ("％", "%"),
        ("豈", "豈"),
        ("簽", "簽"),
        ("，", ","),
    ],
)
def test_a_character_has_one_form(char: str, form: str) -> None:
    assert normalise(char) == form


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  hello ", "hello"),
        ("a\u200bb\ufeff", "ab"),
        ("\u202eabc\u202c", "abc"),
        ("a\x00b\x07\x7f", "ab"),
        ("line one\nline\ttwo\r\n", "line one\nline\ttwo"),
        ("\ud83dlone", "lone"),
        ("👩\u200d💼 ok", "👩💼 ok"),
        ("龍\U000e0100门", "龍门"),
        ("\u3000前海\u3000", "前海"),
        ("\x00 \u200b", ""),
        ("Ｆｕｌｌ", "Ｆｕｌｌ"),
    ],
)
def test_cleaning_takes_away_what_has_no_width(typed: str, text: str) -> None:
    assert clean(typed) == text


@given(st.text(st.characters(codec=None)))
@settings(deadline=None)
def test_cleaned_text_is_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned == cleaned.strip()
    assert not INVISIBLE.search(cleaned)
    assert not CONTROL.search(cleaned)
    cleaned.encode("utf-8")


@given(st.characters(exclude_categories=["Cs"]))
@settings(deadline=None)
def test_no_character_is_normalised_away(char: str) -> None:
    assert normalise(char)


@given(st.characters(categories=["L", "N"]))
@settings(deadline=None)
def test_width_and_case_do_not_count(char: str) -> None:
    assert normalise(char) == "".join(map(normalise, unicodedata.normalize("NFKC", char)))
