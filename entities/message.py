"""A message folded into one form to match against, and what matchers find in it, at offsets into the typed text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from language.normalise import CONTROL, INVISIBLE, normalise
from language.script import simplify

_LIKE = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−─", "-"),
        **dict.fromkeys("〜∼∽", "~"),
        "係": "系",
        "吾": "唔",
        "𠮶": "嗰",
        "㖞": "喎",
        "揾": "搵",
        "⁄": "/",
        "。": ".",
        "圆": "元",
    }
)
"""Characters that mean the same here: quotes, dashes, two spellings of Cantonese words."""


@dataclass(frozen=True)
class Found:
    """Something a message says: `text` is `message[start:end]` as typed. kind and value: see `entities.find`."""

    kind: str
    value: Any
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Message:
    """flat: the typed text folded (NFKC, lower case, Simplified, blanks alike, nothing invisible); origin: where each of
    its characters stood in `typed`.
    """

    typed: str
    flat: str
    origin: Sequence[int]

    @classmethod
    def of(cls, typed: str) -> Message:
        """The message folded, in one walk over its characters."""
        chars: list[str] = []
        origin: list[int] = []
        for position, char in enumerate(typed):
            folded = fold(char)
            chars.append(folded)
            origin += [position] * len(folded)
        return cls(typed, "".join(chars), origin)

    def found(self, kind: str, value: Any, start: int, end: int) -> Found:
        """`flat[start:end]` as a find in the typed text; blanks at the ends do not count."""
        while start < end - 1 and self.flat[start] == " ":
            start += 1
        while end - 1 > start and self.flat[end - 1] == " ":
            end -= 1
        left, right = self.origin[start], self.origin[end - 1] + 1
        return Found(kind, value, left, right, self.typed[left:right])

    def typed_at(self, start: int, end: int) -> str:
        """What was typed for `flat[start:end]`, where case tells ("US" from "us")."""
        return self.typed[self.origin[start] : self.origin[end - 1] + 1]


@lru_cache(maxsize=65536)
def fold(char: str) -> str:
    """One character in the form that matchers compare; empty if it is invisible, several if it stands for several (`½`)."""
    if INVISIBLE.match(char):
        return ""
    if char.isspace() or CONTROL.match(char):
        return " "
    folded = simplify(normalise(char)).translate(_LIKE)
    if "/" in folded and len(folded) > 1:  # 2½ is two and a half, not 21/2
        return f" {folded}"
    return folded.replace("\n", " ")
