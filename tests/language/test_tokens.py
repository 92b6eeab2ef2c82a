from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from language.normalise import INVISIBLE
from language.tokens import Segmenter, tokenize

HAN = "前海人才工作许可簽證點樣攞唔使〇㐀\u9fff𠮶𠀀豈⼀"
LATIN = "abZé'’ßİǅ"
WIDE = "ＡｂＺ１２，．　！"
FOLDED = "㎡㈱㍿½①ﷺﬃ㋿¨"
EMOJI = "😀👍🏽👩\u200d💼🇭🇰☎\ufe0f"
UNSEEN = "\u200b\u200d\ufeff\u00ad\u2060\u202e\u3164"
OTHER = "1,.5 \t\n\x00\x85_-あハ안юعไ"

MESSAGES = st.text() | st.text(st.sampled_from(HAN + LATIN + WIDE + FOLDED + EMOJI + UNSEEN + OTHER))


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(["港澳台居民居住證", "前海"])


def seen(text: str) -> str:
    return "".join(INVISIBLE.sub("", text).split())


@given(MESSAGES)
@example("5½㎡")
@example("a\u200bb 前\u200d海")
@example("ﷺ")
@settings(deadline=None, max_examples=400)
def test_every_token_is_a_visible_slice_of_the_message(segmenter: Segmenter, message: str) -> None:
    end = 0
    for token in tokenize(message, segmenter):
        assert token.text == message[token.start : token.end]
        assert token.start >= end
        assert token.form
        assert seen(token.text)
        assert token.text == token.text.strip()
        end = token.end


@given(MESSAGES)
@example("½a½")
@example("前\ufeff海WP")
@settings(deadline=None, max_examples=400)
def test_only_white_space_and_invisible_characters_are_lost(segmenter: Segmenter, message: str) -> None:
    kept = "".join(token.text for token in tokenize(message, segmenter))
    assert seen(kept) == seen(message)


@given(MESSAGES, MESSAGES)
@settings(deadline=None)
def test_white_space_always_separates(segmenter: Segmenter, left: str, right: str) -> None:
    first = tokenize(left, segmenter)
    assert tokenize(f"{left} {right}", segmenter)[: len(first)] == first


@pytest.mark.parametrize(
    ("message", "texts"),
    [
        ("", []),
        (" \t\n\u3000\u200b", []),
        ("work permit?", ["work", "permit", "?"]),
        ("I don't, o’neil", ["I", "don't", ",", "o’neil"]),
        ("R签WP几时expire", ["R", "签", "WP", "几时", "expire"]),
        ("我要办work permit续签", ["我", "要", "办", "work", "permit", "续签"]),
        ("IIT退税15%", ["IIT", "退税", "15", "%"]),
        ("RMB 1,000.50元", ["RMB", "1,000.50", "元"]),
        ("Ａ　ＢＣ１２", ["Ａ", "ＢＣ", "１２"]),
        ("hk\u200bid 前\u200d海", ["hk\u200bid", "前\u200d海"]),
        ("60㎡", ["60", "㎡"]),
        ("foo_bar@x.cn", ["foo", "_", "bar", "@", "x", ".", "cn"]),
        ("👍🏽好", ["👍", "🏽", "好"]),
        ("安녕Привет", ["安", "녕Привет"]),
        ("港澳台居民居住证怎么办", ["港澳台居民居住证", "怎么办"]),
    ],
)
def test_messages_are_cut_into_words(segmenter: Segmenter, message: str, texts: list[str]) -> None:
    assert [token.text for token in tokenize(message, segmenter)] == texts


@pytest.mark.parametrize(
    ("message", "forms"),
    [
        ("WORK Permit", ["work", "permit"]),
        ("ＨＫＩＤ①", ["hkid", "1"]),
        ("工作簽證", ["工作", "签证"]),
        ("港澳台居民居住證", ["港澳台居民居住证"]),
        ("60㎡", ["60", "m2"]),
        ("Straße", ["strasse"]),
        ("點樣攞", ["怎么", "拿"]),
        ("使唔使簽證", ["要不要", "签证"]),
        ("幾錢", ["多少钱"]),
    ],
)
def test_features_see_one_form(segmenter: Segmenter, message: str, forms: list[str]) -> None:
    assert [token.form for token in tokenize(message, segmenter)] == forms


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ＷＯＲＫ　ＰＥＲＭＩＴ", "work permit"),
        ("工作許可續簽要幾多錢", "工作许可续签要几多钱"),
        ("work\u200b permit\ufeff", "work permit"),
    ],
)
def test_width_case_script_and_invisible_characters_do_not_change_the_forms(
    segmenter: Segmenter, typed: str, plain: str
) -> None:
    assert [t.form for t in tokenize(typed, segmenter)] == [t.form for t in tokenize(plain, segmenter)]


@given(st.text(st.sampled_from("前海人才工作许可签证怎么办理㐀𠀀〇"), min_size=1))
@settings(deadline=None)
def test_cutting_a_run_keeps_every_character(segmenter: Segmenter, run: str) -> None:
    words = segmenter.cut(run)
    assert "".join(words) == run
    assert all(words)
