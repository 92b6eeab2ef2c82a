"""Find names of a list in a message: the longest at each place, in time that grows with the message, not with the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from entities.message import fold

T = TypeVar("T")

_GAPS = str.maketrans("-_·/", "    ")
_LETTER = re.compile(r"[a-z]")

_NOT = re.compile(
    r"(?:\bnot|n't|\bnor|\bnever|\bno longer|\bwithout|\bain't)(?:[\s-]+[\w'-]+){0,3}[\s-]*$"
    r"|\bnon[\s-]*$|[非无]$"
    r"|(?:(?<!是)(?:不是|并非)|(?<!系)唔系|(?<![不唔])唔是|不属于|(?<!有)(?:没有?|冇)|不持有?"
    r"|不再是)[^,.;:!?，；：！？]{0,4}$"
)


def folded(name: str) -> str:
    """A name as matchers see it."""
    return "".join(map(fold, name)).translate(_GAPS).strip()


class Lexicon(Generic[T]):
    """Names and what each stands for. Latin names match whole words (with a plural s), a hyphen counts as a blank."""

    def __init__(self, names: Mapping[str, T]) -> None:
        """names: name → value, names of at least two characters in any script, width and case."""
        self._by_start: dict[str, list[tuple[str, T]]] = {}
        for name, value in names.items():
            form = folded(name)
            self._by_start.setdefault(form[:2], []).append((form, value))
        for candidates in self._by_start.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    def find(self, flat: str) -> Iterator[tuple[int, int, T]]:
        """Start, end and value of each name in a folded text, in order, not overlapping."""
        text = flat.translate(_GAPS)
        position = 0
        while position < len(text) - 1:
            end = position + 1
            for name, value in self._by_start.get(text[position : position + 2], ()):
                if text.startswith(name, position):
                    stop = whole_word(text, position, position + len(name))
                    if stop:
                        yield position, stop, value
                        end = stop
                        break
            position = end


def whole_word(text: str, start: int, end: int) -> int | None:
    """Where a name at `text[start:end]` ends (with a plural s), or None if it is only part of a Latin word."""
    if start and _LETTER.match(text, start) and _LETTER.match(text, start - 1):
        return None
    if end < len(text) and _LETTER.match(text, end - 1) and _LETTER.match(text, end):
        plural = text[end] == "s" and not _LETTER.match(text, end + 1)
        return end + 1 if plural else None
    return end


def negated(flat: str, start: int) -> bool:
    """Whether what stands at `start` is denied in its clause ("not a lawyer", 唔係香港人); "是不是" denies nothing."""
    return _NOT.search(flat, max(0, start - 32), start) is not None


def alternatives(words: Iterable[str]) -> str:
    """A pattern of any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
