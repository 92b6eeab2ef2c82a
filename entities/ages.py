"""Ages: 35岁, "45 years old", "aged 29"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from entities.message import Found, Message
from entities.numerals import Numeral
from entities.quantity import Measured, spans

AGE = "age"

_AFTER = re.compile(r" ?(?:多|几)?(?:周?岁|(?:[ -]?years?|[ -]?yrs?)?[ -]old(?![a-z])|years of age|y/?o(?![a-z]))")
_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:aged|age(?: is|:)?|i(?:'m| am) turning|turned)|年龄(?:是|系|为)?:?|年纪|年满) ?$"
)
OLDEST = 130


def find(message: Message, numerals: Sequence[Numeral]) -> Iterator[Found]:
    """`age`, a `Quantity` in years."""
    flat = message.flat
    for span in spans(flat, numerals, lambda n: _measured(flat, n), lambda left, right: left or right):
        if span.unit and span.quantity.value <= OLDEST:
            yield message.found(AGE, span.quantity, span.start, span.end)


def _measured(flat: str, numeral: Numeral) -> Measured[bool]:
    after = _AFTER.match(flat, numeral.end)
    if after:
        return Measured(numeral, True, numeral.start, after.end())
    before = _BEFORE.search(flat, max(0, numeral.start - 14), numeral.start)
    return Measured(numeral, True if before else None, numeral.start, numeral.end)
