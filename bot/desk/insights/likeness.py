"""How alike two short questions are, and groups of those that are. Pure; the same questions always give the same groups.

A likeness depends on the two texts only, so what comes later never moves what was grouped before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import sqrt

from rapidfuzz import fuzz

from language.cantonese import WORDS
from language.normalise import clean, normalise
from language.script import HAN, has_han, simplify

ALIKE = 0.55
"""Likeness from which two questions are in one group."""

LITTLE = 0.3
"""Weight of what a question shares with most others (how, where, Qianhai) and of a Chinese character by itself; else 1."""

ENOUGH = 0.08
"""What the telling pieces alone must add to the cosine before two questions are compared."""

REMEMBERED = 20_000
"""Texts whose pieces are kept."""

_EMPTY = re.compile(
    r"\b(?:a|an|the|i|i'm|im|i'd|me|we|us|you|your|is|am|are|be|do|does|did|can|could|would|should|will|to|of|for|in|on|at|it|its|by|"
    r"this|that|and|so|please|pls|hi|hello|hey|thanks|thank|just|want|need|know|tell|there|have|get|got|with|any|some)\b"
    r"|请问|您好|你好|我想问|想问|我们|我|你们|您|你|吗|呢|啊|呀|吧|了|的|㗎|想|知道|一下|这个|那个|谢谢"
)
_COMMON = re.compile(
    r"\b(?:how|where|where's|what|what's|whats|which|who|when|possible|allowed|my|qianhai|shenzhen|china|near|nearby|around)\b"
    r"|怎么样|怎么办|怎么|如何|哪里|哪儿|什么|可不可以|可以|能不能|行不行|有没有|前海|深圳|附近|能|要|办理|办|在|有|是|把|来|到|去"
)
_MARKS = re.compile(r"[\W_]+")
_WORD = re.compile(rf"(?:{HAN.pattern})+|(?:(?!{HAN.pattern})\S)+")
_CANTONESE = re.compile("|".join(sorted(map(re.escape, WORDS), key=lambda word: (-len(word), word))))


@lru_cache(maxsize=REMEMBERED)
def plain(text: str) -> str:
    """A text as compared: width, case, script, Cantonese spelling, marks and empty words do not count."""
    folded = simplify("".join(map(normalise, clean(text)))).replace("’", "'")
    folded = _CANTONESE.sub(lambda word: WORDS[word[0]], folded)
    return _words(_EMPTY.sub(" ", folded)) or _words(folded) or folded


@lru_cache(maxsize=REMEMBERED)
def pieces(text: str) -> Mapping[str, float]:
    """Weights of the pieces of a plain text: Chinese characters alone and in pairs, other words in threes of letters, ends marked.

    The sum of their squares is 1; empty where there are none.
    """
    found: dict[str, float] = {}
    telling = _COMMON.sub("|", text)
    for part, weight in ((telling, 1.0), (text, LITTLE)):
        for word in _WORD.findall(part.replace("|", " ")):
            for piece in _cut(word):
                found.setdefault(piece, LITTLE if len(piece) == 1 else weight)
    length = sqrt(sum(weight * weight for weight in found.values()))
    return {piece: weight / length for piece, weight in found.items()}


def likeness(one: str, other: str) -> float:
    """0 to 1, the mean of the cosine of their pieces and of the share of letters that need no change; 0 across languages."""
    a, b = plain(one), plain(other)
    if has_han(a) != has_han(b):
        return 0.0
    return _likeness(a, b, _cosine(pieces(a), pieces(b)))


def leaders(texts: Sequence[str], alike: float = ALIKE) -> list[int]:
    """For each text the place of its group's leader, in one pass: the earlier leader most like it, or itself.

    Everything in a group is like its leader, so groups do not grow into chains.
    """
    plains = [plain(text) for text in texts]
    known: dict[str, int] = {}
    holders: dict[tuple[bool, str], list[tuple[int, float]]] = defaultdict(list)
    lead: list[int] = []
    least = 2 * alike - 1  # of the cosine: the other half is 1 at most
    for place, text in enumerate(plains):
        if text in known:
            lead.append(known[text])
            continue
        han, mine = has_han(text), pieces(text)
        telling = _telling(mine)
        shared: dict[int, float] = defaultdict(float)
        for piece in telling:
            for other, theirs in holders[han, piece]:
                shared[other] += mine[piece] * theirs
        best, found = place, 0.0
        for other, some in shared.items():
            if some < ENOUGH:
                continue
            cosine = _cosine(mine, pieces(plains[other]))
            if cosine >= least:
                score = _likeness(text, plains[other], cosine)
                if score >= alike and (score, -other) > (found, -best):
                    best, found = other, score
        lead.append(best)
        known[text] = best
        if best == place:
            for piece in telling:
                holders[han, piece].append((place, mine[piece]))
    return lead


def _likeness(a: str, b: str, cosine: float) -> float:
    return 1.0 if a == b else (cosine + fuzz.token_sort_ratio(a, b) / 100) / 2


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(piece, 0.0) for piece, weight in one.items())


def _telling(found: Mapping[str, float]) -> list[str]:
    """The pieces that do not stand in most questions; all of them where there are none."""
    most = max(found.values(), default=0.0)
    return [piece for piece, weight in found.items() if weight > most - 1e-9]


def _cut(word: str) -> list[str]:
    if HAN.match(word):
        return [*(word[i : i + 2] for i in range(len(word) - 1)), *word]
    marked = f" {word} "
    return [marked[i : i + 3] for i in range(len(marked) - 2)]


def _words(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text).split())
