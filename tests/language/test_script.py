from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.script import CANTONESE, HAN, chinese_script, converter, has_han, has_latin, other_script, simplify

HAN_TEXT = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF))


@pytest.mark.parametrize(
    ("typed", "simple"),
    [
        ("工作簽證", "工作签证"),
        ("稅務總局", "税务总局"),
        ("學歷認證 ABC", "学历认证 ABC"),
        ("後來，裏面", "后来，里面"),
        ("已经是简体", "已经是简体"),
        ("plain", "plain"),
        ("ハロー 안녕 😀", "ハロー 안녕 😀"),
        ("", ""),
    ],
)
def test_simplify(typed: str, simple: str) -> None:
    assert simplify(typed) == simple


@given(st.text() | HAN_TEXT)
@settings(deadline=None)
def test_simplify_keeps_the_length_and_settles(text: str) -> None:
    simple = simplify(text)
    assert len(simple) == len(text)
    assert all(old == new for old, new in zip(text, simple) if not HAN.match(old))


@given(HAN_TEXT, HAN_TEXT)
@settings(deadline=None)
def test_simplify_goes_character_by_character(left: str, right: str) -> None:
    assert simplify(left + right) == simplify(left) + simplify(right)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("请问怎么办理", "Hans"),
        ("請問怎樣辦理", "Hant"),
        ("签证", "Hans"),
        ("簽證", "Hant"),
        ("你好", None),
        ("前海", None),
        ("居住", None),
        ("有冇得傾", "Hant"),
        ("喺前海返工", "Hant"),
        ("work permit", None),
        ("", None),
        ("123 😀", None),
        ("护照號碼是什么时候", "Hans"),
        ("签證過期咗點算", "Hant"),
        ("ビザ", None),
    ],
)
def test_chinese_script(text: str, script: str | None) -> None:
    assert chinese_script(text) == script


@pytest.mark.parametrize("text", ["港澳台居民", "批准", "公里", "皇后", "社群", "吃"])
def test_words_written_alike_in_both_scripts_tell_nothing(text: str) -> None:
    assert chinese_script(text) is None


@pytest.mark.parametrize("text", ["台灣", "台胞證", "獲批准未", "批准咗未", "秘書處", "社群於前海"])
def test_characters_of_both_scripts_do_not_outweigh_traditional_ones(text: str) -> None:
    assert chinese_script(text) == "Hant"


@pytest.mark.parametrize("text", ["唔使签证嘅咩", "几时先至攞到嘅证", "佢哋冇护照咁点办"])
def test_cantonese_in_simplified_characters_is_simplified(text: str) -> None:
    assert chinese_script(text) == "Hans"


@pytest.mark.parametrize("char", sorted(CANTONESE))
def test_a_cantonese_word_alone_asks_for_traditional(char: str) -> None:
    assert chinese_script(char) == "Hant"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Здравствуйте, где виза?", "CYRILLIC"),
        ("كيف أحصل على تأشيرة", "ARABIC"),
        ("안녕하세요", "HANGUL"),
        ("สวัสดี", "THAI"),
        ("नमस्ते", "DEVANAGARI"),
        ("שלום", "HEBREW"),
        ("Γεια σας", "GREEK"),
        ("こんにちは", "KANA"),
        ("ビザ", "KANA"),
        ("就労ビザの申請", "KANA"),
        ("work permit", None),
        ("ＷＯＲＫ", None),
        ("工作许可", None),
        ("〇", None),
        ("work 工作", None),
        ("Привет work permit application please", None),
        ("Разрешение на работу ABC", "CYRILLIC"),
        ("12345 !? 😀", None),
        ("", None),
    ],
)
def test_other_script(text: str, script: str | None) -> None:
    assert other_script(text) == script


@pytest.mark.parametrize(
    ("text", "han", "latin"),
    [
        ("工作", True, False),
        ("work", False, True),
        ("ｗｏｒｋ", False, True),
        ("é", False, True),
        ("R签", True, True),
        ("㐀", True, False),
        ("𠮶", True, False),
        ("〇", True, False),
        ("ひらがな", False, False),
        ("Привет", False, False),
        ("123 ！", False, False),
        ("", False, False),
    ],
)
def test_which_letters_a_text_has(text: str, han: bool, latin: bool) -> None:
    assert has_han(text) is han
    assert has_latin(text) is latin


def test_a_converter_is_made_once() -> None:
    assert converter("t2s") is converter("t2s")
    assert converter("t2s") is not converter("s2t")
