"""Render Simplified Chinese as Traditional Chinese in Hong Kong usage."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from language.script import converter

VARIANTS = str.maketrans("税説脱鋭閲悦兑麪", "稅說脫銳閱悅兌麵")
"""Character forms of OpenCC's `s2hk` that Hong Kong writes otherwise in practice (稅務局)."""

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
    pattern, words = _glossary()
    parts = []
    position = 0
    for match in pattern.finditer(text):
        parts += [_convert(text[position : match.start()]), words[match.group()]]
        position = match.end()
    return "".join([*parts, _convert(text[position:])])


def _convert(text: str) -> str:
    return str(converter("s2hk").convert(text)).translate(VARIANTS)
