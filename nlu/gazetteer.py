"""Find the names of services in a message: longest first, in any script, with typos in Latin words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from language.normalise import INVISIBLE, normalise
from language.script import HAN, simplify

TYPO_LENGTH = 6
"""Letters a Latin name needs before one that is nearly it counts."""

TYPO_SIMILARITY = 0.84
"""Share of letters that must agree (optimal string alignment, so two swapped letters are one mistake)."""

_ASCII_WORD = re.compile(r"[a-z0-9]")
_GAP = re.compile(r"[\s\-_'’·]")


@dataclass(frozen=True)
class Match:
    """A name in a message: `text` is `message[start:end]`; similarity is 1 where typed exactly."""

    start: int
    end: int
    text: str
    service: str
    similarity: float


def _flatten(text: str) -> tuple[str, list[int]]:
    """The text folded: lower case, Simplified, one blank for any gap and none beside Han; with each character's origin."""
    chars: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        if INVISIBLE.match(char):
            continue
        for normal in normalise(char):
            if _GAP.match(normal):
                if chars and chars[-1] != " " and not HAN.match(chars[-1]):
                    chars.append(" ")
                    origin.append(position)
                continue
            if chars and chars[-1] == " " and HAN.match(normal):
                chars.pop()
                origin.pop()
            chars.append(normal)
            origin.append(position)
    return simplify("".join(chars)), origin


class Gazetteer:
    """Names of services and how to find them."""

    def __init__(self, names: Mapping[str, str], words: Iterable[str] = ()) -> None:
        """names: name → service id. words: Latin words known to be right, so never a typo of a name."""
        self._names = {_flatten(name)[0].strip(): service for name, service in names.items()}
        self._names.pop("", None)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)
        latin = [name for name in self._names if name.isascii() and len(name) >= TYPO_LENGTH]
        self._latin: dict[int, list[str]] = {}
        for name in latin:
            self._latin.setdefault(name.count(" ") + 1, []).append(name)
        self._known = {word for name in latin for word in name.split()} | {word.lower() for word in words}

    def find(self, text: str) -> list[Match]:
        """The names in `text`, in order, not overlapping."""
        flat, origin = _flatten(text)
        taken = [False] * len(flat)
        found = [*self._exact(flat, taken), *self._typos(flat, taken)]
        return [
            Match(origin[a], origin[b - 1] + 1, text[origin[a] : origin[b - 1] + 1], service, similarity)
            for a, b, service, similarity in sorted(found)
        ]

    def _exact(self, flat: str, taken: list[bool]) -> list[tuple[int, int, str, float]]:
        found = []
        for length in self._lengths:
            for start in range(len(flat) - length + 1):
                service = self._names.get(flat[start : start + length])
                if service is None:
                    continue
                end = self._word_end(flat, start, start + length)
                if end and not any(taken[start:end]):
                    taken[start:end] = [True] * (end - start)
                    found.append((start, end, service, 1.0))
        return found

    @staticmethod
    def _word_end(flat: str, start: int, end: int) -> int | None:
        """Where the name at `flat[start:end]` ends (with a plural s), or None when it is only part of a word.

        Boundaries exist only between ASCII word characters: `R签` stands in `我的R签证`, `ird` not in `third`.
        """
        if start and _ASCII_WORD.match(flat[start]) and _ASCII_WORD.match(flat[start - 1]):
            return None
        if end < len(flat) and _ASCII_WORD.match(flat[end - 1]) and _ASCII_WORD.match(flat[end]):
            plural = flat[end] == "s" and (end + 1 == len(flat) or not _ASCII_WORD.match(flat[end + 1]))
            return end + 1 if plural else None
        return end

    def _typos(self, flat: str, taken: list[bool]) -> list[tuple[int, int, str, float]]:
        words = [(m.start(), m.end(), m.group()) for m in re.finditer(r"[a-z][a-z0-9]*", flat)]
        strange = [len(word) > 3 and word not in self._known for _, _, word in words]
        found = []
        for size in sorted(self._latin, reverse=True):
            for first in range(len(words) - size + 1):
                window = words[first : first + size]
                start, end = window[0][0], window[-1][1]
                if not any(strange[first : first + size]) or any(taken[start:end]):
                    continue
                typed = " ".join(word for _, _, word in window)
                if flat[start:end] != typed:  # a full stop or Chinese between the words: no name
                    continue
                best = process.extractOne(
                    typed, self._latin[size], scorer=OSA.normalized_similarity, score_cutoff=TYPO_SIMILARITY
                )
                if best:
                    taken[start:end] = [True] * (end - start)
                    found.append((start, end, self._names[best[0]], float(best[1])))
        return found
