"""Cutting a long text where a reader would: between paragraphs, lines, sentences, words; never inside a character. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

LIMIT = 4096
"""UTF-16 units that Telegram takes in one message."""

SMALL = 3
"""A part filled less than one third is filled up before the next begins, so that no heading stands alone."""

_SENTENCE = re.compile(r"(?<=[。！？；])(?=.)|(?<=[.!?;])(?=\s)")
_JOINERS = {"\u200d", "\u20e3"}
_MODIFIERS = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)


def utf16_length(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def pieces(text: str, limit: int = LIMIT, size: Callable[[str], int] = utf16_length) -> list[str]:
    """The text in pieces whose `size` is at most `limit`; none is blank. Only blanks at the cuts are lost.

    size: what a piece takes once it is rendered; more text takes more. limit: at least what one character takes.
    """
    packer = _Packer(limit, size)
    packer.add(text.strip(), 0)
    packer.flush()
    return packer.done


class _Packer:
    def __init__(self, limit: int, size: Callable[[str], int]) -> None:
        self._limit = limit
        self._size = size
        self._current = ""
        self.done: list[str] = []

    def add(self, fragment: str, level: int) -> None:
        if self._fits(self._current + fragment):
            self._current += fragment
            return
        small = self._size(self._current) * SMALL < self._limit
        if level < len(_LEVELS) and (small or not self._fits(fragment)):
            for part in _LEVELS[level](fragment):
                self.add(part, level + 1)
            return
        self.flush()
        self._current = fragment

    def flush(self) -> None:
        if not _blank(self._current):
            self.done.append(self._current.strip())
        self._current = ""

    def _fits(self, text: str) -> bool:
        return self._size(text.strip()) <= self._limit


def _blank(text: str) -> bool:
    """Whether nothing of it can be seen; Telegram refuses such a message."""
    return not any(unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp") for character in text)


def _after(separator: str) -> Callable[[str], list[str]]:
    return re.compile(f"(?<={separator})(?!{separator[0]})").split


def clusters(text: str) -> list[str]:
    """The text as what people take for characters: with their accents, variants, skin colours; families and flags whole."""
    found: list[str] = []
    for character in text:
        if found and _belongs(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return [part for each in found for part in _short(each)]


def _belongs(cluster: str, character: str) -> bool:
    return (
        character in _JOINERS
        or cluster[-1] == "\u200d"
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or ord(character) in _MODIFIERS
        or (ord(character) in _FLAGS and len(cluster) == 1 and ord(cluster) in _FLAGS)
    )


def _short(cluster: str) -> list[str]:
    """A cluster of absurd length (a thousand accents) in pieces."""
    return [cluster[at : at + 32] for at in range(0, len(cluster), 32)]


_LEVELS: tuple[Callable[[str], list[str]], ...] = (
    _after("\n\n"),
    _after("\n"),
    _SENTENCE.split,
    _after(" "),
    clusters,
)
