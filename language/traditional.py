"""Render Simplified Chinese as Traditional Chinese in Hong Kong usage."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from language.script import converter

VARIANTS = str.maketrans("税説脱鋭閲悦兑麪户峯羣牀啓", "稅說脫銳閱悅兌麵戶峰群床啟")
"""Character forms of OpenCC's `s2hk` that Hong Kong writes otherwise in practice (稅務局, 賬戶)."""

MISREAD = (
    (re.compile(r"(?<![抽標書牙求竹])籤"), "簽"),
    (re.compile(r"(?<![頭理白染毛美])髮(?![型廊膠])"), "發"),
    (re.compile(r"(?<![一二兩三四五六七八九十百\d幾])隻"), "只"),
    (re.compile(r"(?<=[\d聊])天后"), "天後"),
    (re.compile(r"回復"), "回覆"),
)
"""Where OpenCC takes a character for its rarer twin: 簽 (visa) is no lot, 發 (issue) no hair, 只 (only) no measure word, 30天後 no
goddess (天后), and 回覆 is always an answer here."""

GLOSSARY = Path(__file__).with_name("glossary.yml")


@lru_cache(maxsize=1)
def _glossary() -> tuple[re.Pattern[str], dict[str, str]]:
    words: dict[str, str] = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), words


def traditional(text: str) -> str:
    """The text in Traditional characters (OpenCC's `s2hk`) with the words Hong Kong uses (`glossary.yml`).

    Glossary words are set first, as whole words of the Simplified text, so that no conversion breaks a proper name.
    """
    if text.isascii():
        return text
    text = text.replace("\0", "")  # OpenCC stops there
    pattern, words = _glossary()
    parts = []
    position = 0
    for match in pattern.finditer(text):
        parts += [_convert(text[position : match.start()]), words[match.group()]]
        position = match.end()
    return "".join([*parts, _convert(text[position:])])


def _convert(text: str) -> str:
    converted = "前海".join(map(_convert_part, text.split("前海")))  # else 前海参加 becomes 海蔘
    for pattern, right in MISREAD:
        converted = pattern.sub(right, converted)
    return converted


def _convert_part(text: str) -> str:
    return str(converter("s2hk").convert(text)).translate(VARIANTS)
