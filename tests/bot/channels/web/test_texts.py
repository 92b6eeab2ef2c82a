from __future__ import annotations

import re

import pytest

from bot.channels.web.texts import AUDIENCES, EXAMPLES, chosen, texts, understood
from catalog.models import Audience
from language.choice import EN, HANS, HANT


@pytest.mark.parametrize(
    ("wanted", "remembered", "accepted", "language"),
    [
        (None, None, None, HANS),
        (None, None, "fr-FR,de;q=0.5", HANS),
        (None, None, "fr-FR,en;q=0.5", EN),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", HANS),
        (None, None, "zh-TW,zh;q=0.9", HANT),
        (None, None, "zh-HK", HANT),
        (None, None, "zh-Hant-MO", HANT),
        (None, None, "zh-Hans-HK", HANS),
        (None, None, "yue", HANT),
        (None, None, "en;q=0.2,zh-TW;q=0.8", HANT),
        (None, None, "zh;q=0,en", EN),
        (None, None, "en;q=oops,zh", HANS),
        (None, "en", "zh-TW", EN),
        ("zh-Hant", "en", "en", HANT),
        ("<script>", None, "en", EN),
        (None, None, "," * 10_000 + "en", HANS),
    ],
)
def test_the_language_of_the_page(
    wanted: str | None, remembered: str | None, accepted: str | None, language: str
) -> None:
    assert chosen(wanted, remembered, accepted) == language


def test_other_languages_are_not_understood() -> None:
    assert understood("fr") is None
    assert understood("") is None


def test_everything_is_said_in_each_language() -> None:
    for name, english in texts(EN).items():
        assert english and not re.search(r"[\u4e00-\u9fff]", english), name
    for name, chinese in texts(HANS).items():
        assert re.search(r"[\u4e00-\u9fff]", chinese), name
        assert not re.search(r"[\u4e00-\u9fff][,;:!?]", chinese), f"{name}: Chinese punctuation is full-width"
    assert texts(HANT)["forget"] == "刪除我的數據"
    assert all(chinese and english for chinese, english in EXAMPLES)


def test_every_audience_has_a_name() -> None:
    assert AUDIENCES.keys() == {audience.value for audience in Audience}
