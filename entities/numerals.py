"""Read numbers as people write them: digits, English words, Chinese numerals and mixtures ("1.2 million", 八十五万, 50w).

A numeral is only a reading; what stands around it decides whether it is an amount, a duration or no quantity at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from entities.chinese_numerals import DIGIT_CHARS, UNIT_CHARS, read_chinese
from entities.english_numerals import FIRST_WORDS, SCALES, read_english

LONGEST = 15
"""Digits from which a number is an identifier and no quantity."""


@dataclass(frozen=True)
class Numeral:
    """A number at `flat[start:end]`.

    high: the upper one where two are named (三四百). approximate: 十几, "a few", 80多. big: factor of a final 万, million or
    k; unit: factor of all final units (三十万 → 100,000); a number before it in a range may share them. short: one Chinese
    digit or "one", which often means no number.
    """

    start: int
    end: int
    low: Decimal
    high: Decimal | None = None
    approximate: bool = False
    big: Decimal = Decimal(1)
    unit: Decimal = Decimal(1)
    short: bool = False


_NUMBER = (
    r"[0-9]{1,3}(?:[,'][0-9]{3}){1,4}(?![0-9])(?:\.[0-9]+)?|[0-9]{1,3}(?: [0-9]{3}){1,4}(?![0-9,.])"
    r"|[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
)
_START = re.compile(
    rf"\.?[0-9]|(?<![第初周])(?<!星期)(?<!礼拜)(?:(?!万一)[{DIGIT_CHARS}{UNIT_CHARS}]|[几数](?=[{UNIT_CHARS}]))"
    rf"|(?<![a-z0-9'])(?:{FIRST_WORDS})(?![a-z])"
)
_DIGITS = re.compile(_NUMBER)
_NO_NUMBER = re.compile(r"[0-9]+(?:[.:][0-9]+){2,}|[0-9]+:[0-9]+|0[0-9]{2,3}[- ]?[0-9]{7,8}(?![0-9])")
"""A version, an address, a time of day, a telephone number."""

_FRACTION = re.compile(r"(?:(?P<whole>[0-9]{1,3}) )?(?P<up>[13])/(?P<down>[24])(?![0-9/])")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SCALE = re.compile(
    r"(?: ?(k|w)|(m|b)| ?(mn|mio|mil|mill|bn|wan))(?![a-z0-9])"
    r"|[ -]?(hundred|thousand|grand|million|billion|trillion|lakh|crore)s?(?![a-z])"
)
_AND_HALF = re.compile(r" and (?:an? )?half(?![a-z])")
_CODES = "rmb|cny|hkd?|mop|usd?|eur|gbp|twd|ntd?|sgd|aud|cad|jpy|krw|myr|rm|chf|inr|thb|nzd|php"
_GLUED_BEFORE = re.compile(rf"(?:(?<![a-z])(?:{_CODES}|cn|fy))$")
_GLUED_AFTER = re.compile(
    rf"(?:{_CODES}|k|w|m|b|mn|mio|mil|mill|bn|wan|hundred|thousand|grand|million|billion|trillion|lakh"
    r"|crore|yuan|kuai|euros?"
    r"|pounds?|dollars?|bucks?|d|days?|w(?:ee)?ks?|months?|mths?|mos?|years?|yrs?|y|yo|h|hours?|hrs?|mins?"
    r"|kg|km|m2|sqm|sqft"
    r"|percent|pct|pax|ppl|people|persons?|kids?|ish)(?![a-z0-9])"
)


def numerals(flat: str) -> list[Numeral]:
    """The numerals of a folded text, in order, not overlapping."""
    found: list[Numeral] = []
    position = 0
    while match := _START.search(flat, position):
        start = match.start()
        first = flat[start]
        if first in ".0123456789":
            numeral, end = _from_digits(flat, start)
        elif first.isascii():
            numeral, end = _from_english(flat, start)
        else:
            numeral, end = _from_chinese(flat, start)
        if numeral is not None and numeral.low < Decimal(10) ** LONGEST:
            found.append(numeral)
        position = max(end, start + 1)
    return found


def _from_digits(flat: str, start: int) -> tuple[Numeral | None, int]:
    """The numeral whose digits begin at `start`, or None if they are a code; and where to go on."""
    other = _NO_NUMBER.match(flat, start)
    if other:
        return None, other.end()
    fraction = _FRACTION.match(flat, start)
    if fraction and not _glued(flat, start, fraction.end()):
        value = Decimal(fraction["whole"] or 0) + Decimal(fraction["up"]) / Decimal(fraction["down"])
        return _scaled(flat, Numeral(start, fraction.end(), value))
    digits = _DIGITS.match(flat, start)
    if digits is None:
        return None, start + 1
    end, plain = digits.end(), re.sub(r"[,' ]", "", digits.group())
    whole = plain.partition(".")[0]
    code = (len(whole) > 1 and whole[0] == "0") or len(whole) > LONGEST or _MOBILE.fullmatch(digits.group())
    if code or _glued(flat, start, end):
        return None, end
    if not flat[end : end + 1].isascii() or flat[end : end + 2] in (" 万", " 亿"):
        numeral, stop = _from_chinese(flat, start)
        if numeral is not None:
            return numeral, stop
    return _scaled(flat, Numeral(start, end, Decimal(plain)))


def _glued(flat: str, start: int, end: int) -> bool:
    """Whether digits are part of a name ("R2", "5G", "covid-19", "#3", 第3)."""
    if start:
        before = flat[start - 1]
        if before in "_@#第":
            return True
        stem = start - 1 if before in "-./" else start
        if stem and "a" <= flat[stem - 1] <= "z" and not _GLUED_BEFORE.search(flat, max(0, stem - 5), stem):
            return True
    return end < len(flat) and (flat[end] in "_@" or ("a" <= flat[end] <= "z" and not _GLUED_AFTER.match(flat, end)))


def _from_english(flat: str, start: int) -> tuple[Numeral | None, int]:
    read = read_english(flat, start)
    if read is None:
        return None, start + 1
    if read.value is None:
        return None, read.end
    big = read.unit if read.unit >= 1000 else Decimal(1)
    numeral = Numeral(start, read.end, read.value, None, read.approximate, big, read.unit, read.short)
    return (numeral, read.end) if read.unit > 1 else _scaled(flat, numeral)


def _from_chinese(flat: str, start: int) -> tuple[Numeral | None, int]:
    read = read_chinese(flat, start, _DIGITS)
    if read is None:
        return None, start + 1
    if read.low is None:
        return None, read.end
    numeral = Numeral(start, read.end, read.low, read.high, read.approximate, read.big, read.unit, read.short)
    return _scaled(flat, numeral)


def _scaled(flat: str, numeral: Numeral) -> tuple[Numeral, int]:
    """The numeral with "and a half" and with the k, w, hundred or million that follows, and where to go on."""
    end, factor, low = numeral.end, Decimal(1), numeral.low
    half = _AND_HALF.match(flat, end)
    if half:
        low, end = low + Decimal("0.5"), half.end()
    for _ in range(3):
        scale = _SCALE.match(flat, end)
        if scale is None:
            break
        factor *= SCALES[str(scale[scale.lastindex or 0])]
        end = scale.end()
    more = factor > 1 and flat.startswith("多", end)
    scaled = replace(
        numeral,
        end=end + more,
        low=low * factor,
        high=None if numeral.high is None else numeral.high * factor,
        approximate=numeral.approximate or more,
        big=numeral.big * (factor if factor >= 1000 else 1),
        unit=numeral.unit * factor,
        short=numeral.short and factor == 1,
    )
    return scaled, scaled.end
