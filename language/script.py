"""Which scripts a text is written in; Traditional against Simplified Chinese."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import opencc

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f〇]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a]")

CANTONESE = frozenset("嘅係唔咗冇佢哋嚟啲喺嗰咁噉咩乜嘢嘥攞畀俾諗睇揾搵嗌乸瞓啱黐嚿咪喎啫嘞𠮶㗎")
"""Characters that written Cantonese uses and standard written Chinese hardly does."""


@cache
def converter(name: str) -> opencc.OpenCC:
    """The OpenCC converter of that configuration (`t2s`, `s2t`, `s2hk`), made once."""
    return opencc.OpenCC(name)


def simplify(text: str) -> str:
    """The text with Traditional characters turned Simplified, one for one: the length never changes."""
    if text.isascii():
        return text
    return "".join(_simple(c) for c in text)


@lru_cache(maxsize=65536)
def _simple(char: str) -> str:
    converted = converter("t2s").convert(char) if HAN.match(char) else char
    return str(converted) if len(converted) == 1 else char


@lru_cache(maxsize=65536)
def _leaning(char: str) -> int:
    """1 for a character only Traditional or Cantonese text has, -1 for one only Simplified text has, else 0."""
    if char in CANTONESE:
        return 1
    if not HAN.match(char):
        return 0
    if _simple(char) != char:
        return 1
    return -1 if converter("s2t").convert(char) != char else 0


def chinese_script(text: str) -> str | None:
    """`Hant` or `Hans`, whichever the characters of the text speak for; None where they do not tell."""
    score = sum(_leaning(c) for c in text)
    return "Hant" if score > 0 else "Hans" if score < 0 else None


def has_han(text: str) -> bool:
    return HAN.search(text) is not None


def has_latin(text: str) -> bool:
    return LATIN.search(text) is not None


def other_script(text: str) -> str | None:
    """The script of a text in neither Han nor Latin letters (`CYRILLIC`, `ARABIC`, `HANGUL` …), or None."""
    found: dict[str, int] = {}
    for char in text:
        if char.isalpha():
            script = unicodedata.name(char, "?").split(" ")[0]
            found[script] = found.get(script, 0) + 1
    if not found:
        return None
    if "HIRAGANA" in found or "KATAKANA" in found:
        return "KANA"
    script = max(found, key=lambda name: found[name])
    return None if script in ("CJK", "LATIN", "FULLWIDTH", "IDEOGRAPHIC", "?") else script
