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


RARE_IN_TRADITIONAL = frozenset("么个从与")
"""Characters that Big5 holds though Traditional text hardly uses them (麼 個 從 與)."""


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
    """1 for a character only Traditional text has, -1 for one only Simplified text has, else 0.

    A character that Big5 holds is written in Traditional text too (台 准 里 后), whatever OpenCC would make of it.
    """
    if not HAN.match(char):
        return 0
    if _simple(char) != char:
        return 1
    if converter("s2t").convert(char) == char:
        return 0
    try:
        char.encode("big5")
    except UnicodeEncodeError:
        return -1
    return -1 if char in RARE_IN_TRADITIONAL else 0


def chinese_script(text: str) -> str | None:
    """`Hant` or `Hans`, whichever the characters of the text speak for; None where they do not tell.

    Characters of written Cantonese decide only where no other does: it is typed in both scripts, mostly in Traditional.
    """
    leanings = [_leaning(char) for char in text if char not in CANTONESE]
    score = sum(leanings)
    if score:
        return "Hant" if score > 0 else "Hans"
    return "Hant" if not any(leanings) and any(char in CANTONESE for char in text) else None


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
