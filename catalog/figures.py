"""Numbers as they stand in a Chinese or English sentence."""

from __future__ import annotations

import re
from decimal import Decimal

_WORDS: dict[str, int | Decimal] = {
    "zero": 0, "half": Decimal("0.5"), "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
_HAN: dict[str, int | Decimal] = {
    "半": Decimal("0.5"),
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_SCALES = {
    "万": 10**4,
    "亿": 10**8,
    "千": 10**3,
    "百": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "k": 10**3,
    "m": 10**6,
}

_NUMBER = re.compile(
    r"(\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s?(万|亿|千|百|thousand|million|billion|k\b|m\b))?", re.IGNORECASE
)
_FREE = re.compile(
    r"\bfree\b|\bno (?:government )?(?:fee|charge|cost)|\bnot charged?\b|免费|不收费|不收取|免收|无需缴费|没有.{0,4}费|零费用",
    re.IGNORECASE,
)


def figures(text: str) -> set[Decimal]:
    """Every number the text states, in digits or simple words, with its scale (`150万` and `1.5 million` alike)."""
    found = set()
    for digits, scale in _NUMBER.findall(text):
        number = Decimal(digits.replace(",", ""))
        found.add(number)
        if scale:
            found.add(number * _SCALES[scale.lower()])
    lowered = text.lower()
    found.update(Decimal(value) for word, value in _WORDS.items() if re.search(rf"\b{word}\b", lowered))
    found.update(Decimal(value) for char, value in _HAN.items() if char in text)
    if _FREE.search(text):
        found.add(Decimal(0))
    return found
