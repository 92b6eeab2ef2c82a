"""Read numbers in English words: "twelve", "a hundred and twenty", "two and a half million", "a couple of"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
)
_SMALL = {word: Decimal(value) for value, word in enumerate(_NAMES.split())}
_TENS = {
    "twenty": Decimal(20), "thirty": Decimal(30), "forty": Decimal(40), "fourty": Decimal(40), "fifty": Decimal(50),
    "sixty": Decimal(60), "seventy": Decimal(70), "eighty": Decimal(80), "ninety": Decimal(90),
}  # fmt: skip
_WORDS = {**_SMALL, **_TENS}
SCALES = {
    "hundred": Decimal(100), "thousand": Decimal(1000), "grand": Decimal(1000), "million": Decimal(10**6), "mill": Decimal(10**6), "mil": Decimal(10**6),
    "mn": Decimal(10**6), "mio": Decimal(10**6), "billion": Decimal(10**9), "bn": Decimal(10**9), "trillion": Decimal(10**12), "k": Decimal(1000),
    "w": Decimal(10_000), "wan": Decimal(10_000), "m": Decimal(10**6), "b": Decimal(10**9), "lakh": Decimal(100_000), "crore": Decimal(10**7),
}  # fmt: skip
"""Words and letters after a number and what they multiply it by; w is 万 in chats."""

MOST_WORDS = 32

_LARGE = "hundred|thousand|million|billion|trillion"
_VAGUE = "couple of|couple(?= (?:hours|days|weeks|months|years|hundred|thousand|million)(?![a-z]))|(?<=a )few|several"
FIRST_WORDS = rf"(?:an? (?={_LARGE}|dozen|couple|few))?(?:{'|'.join(_WORDS)}|{_LARGE}|half|dozen|{_VAGUE})"
"""Pattern of what a numeral begins with."""

_TOKEN = re.compile(
    rf"(?P<vague>(?:an? )?(?:{_VAGUE})(?![a-z]))|(?P<half>and (?:an? )?half|half)"
    rf"|(?:an? |and )?(?:(?P<number>{'|'.join(_WORDS)})|(?P<scale>{_LARGE}|dozen)s?|(?P<point>point))(?![a-z])"
)
_GAP = re.compile(r"[ -](?=[a-z])")


@dataclass(frozen=True)
class Read:
    """A numeral up to `end`; value is None where the words are none ("half" alone). The rest: see `Numeral`."""

    end: int
    value: Decimal | None = None
    approximate: bool = False
    unit: Decimal = Decimal(1)
    short: bool = False


def read_english(flat: str, start: int) -> Read | None:
    """The numeral whose words begin at `start`, which must be the start of a word."""
    total, current = Decimal(0), None
    unit, smallest, part = Decimal(1), Decimal(10**13), None
    approximate = False
    only_half = False
    end = position = start
    for _ in range(MOST_WORDS):
        token = _TOKEN.match(flat, position)
        if token is None:
            break
        kind, first = str(token.lastgroup), end == start
        if kind == "number":
            value = _WORDS[token["number"]]
            if part is not None:
                if value > 9:
                    break
                current, part = (current or Decimal(0)) + value * part, part / 10
            elif current is None or _continues(current, value):
                current = (current or Decimal(0)) + value
            else:
                break
            unit = Decimal(1)
        elif kind == "scale":
            scale = Decimal(12) if token["scale"] == "dozen" else SCALES[token["scale"]]
            if scale < 1000:
                if current is not None and current >= 100:
                    break
                current = (Decimal(1) if current is None else current) * scale
            else:
                if scale >= smallest or (current is None and not first):
                    break
                total, current, smallest = total + (Decimal(1) if current is None else current) * scale, None, scale
            unit, part, only_half = unit * scale, None, False
        elif kind == "half":
            if first:
                current, only_half = Decimal("0.5"), True
            elif token.group().startswith("and") and not approximate:
                current = (current or Decimal(0)) + Decimal("0.5")
            else:
                break
        elif kind == "vague":
            if not first:
                break
            current, approximate = Decimal(2), True
        elif current is None or part is not None:
            break
        else:
            part = Decimal("0.1")
        if kind != "point":
            end = token.end()
        gap = _GAP.match(flat, token.end())
        if gap is None:
            break
        position = gap.end()
    if end == start:
        return None
    if only_half:
        return Read(end)
    return Read(end, total + (current or Decimal(0)), approximate, unit, flat[start:end] == "one")


def _continues(current: Decimal, value: Decimal) -> bool:
    """Whether a number goes on with `value`: "twenty" with "five", "two hundred" with "ten"."""
    rest = current % 100
    if not rest:
        return current > 0 and 0 < value < 100
    return rest >= 20 and rest % 10 == 0 and 0 < value < 10
