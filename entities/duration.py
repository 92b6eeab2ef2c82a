"""Durations: 三个月, "half a year", 一年半, "100 days"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from entities.message import Found, Message
from entities.numerals import Numeral
from entities.quantity import Measured, Quantity, Span, hedge, spans

DURATION = "duration"

Unit = Literal["working-day", "day", "week", "month", "year"]

DAYS: dict[Unit, int] = {"working-day": 1, "day": 1, "week": 7, "month": 30, "year": 365}
"""Days of a unit as `Duration.days` counts them."""


@dataclass(frozen=True)
class Duration(Quantity):
    """How long, in the unit that was typed."""

    unit: Unit = "day"

    def days(self) -> Decimal:
        """About how many days: a month has 30, a year 365, and working days are counted as days."""
        return self.value * DAYS[self.unit]


_NAMES: dict[Unit, str] = {
    "working-day": r"个?工作[日天]|working days?|business days?|work days?",
    "day": r"天(?![津河安])|日(?![元币本语期籍])|days?",
    "week": r"个?(?:星期|礼拜)(?![一二三四五六天日])|周(?![岁末边围期一二三四五六日]|年庆)|weeks?|wks?|fortnights?",
    "month": r"个?多?月|个?季度?(?!节)|months?|mths?|mos?|quarters?",
    "year": r"年(?![级代薪度底初终检会货报龄轻])|载|years?|yrs?|y|decades?",
}
_UNIT = "|".join(f"(?P<{unit.replace('-', '_')}>{pattern})" for unit, pattern in _NAMES.items())
_AFTER = re.compile(
    rf"(?P<more>多|几)?[ -]?(?P<ge>个)?(?P<more_ge>多|几)?(?P<half>半)?[ -]?(?:{_UNIT})(?![a-z])"
    r"(?P<more_after>多|几)?(?P<half_after>半(?![年个月天日小])| and (?:a )?half(?![a-z ]+(?:year|month|week|day)))?"
)
_FACTORS = {"fortnight": 2, "fortnights": 2, "季": 3, "个季": 3, "季度": 3, "个季度": 3, "quarter": 3, "quarters": 3, "decade": 10, "decades": 10}  # fmt: skip

_WITHOUT_NUMBER = re.compile(
    r"(?P<most>大)?半个?(?P<most_ge>多|几)?(?P<zh>年|月|星期|礼拜|天|日)(?![后前]?[薪度底初])"
    r"|(?<![一二两三四五六七八九十几多0-9这那呢嗰上下前后每])个(?P<ge_half>半|几)(?P<ge_zh>月|星期|礼拜)"
    r"|(?<![一二两三四五六七八九十几多0-9今去前明每后全])年(?P<year_half>半|几)"
    r"|(?<![a-z])half[ -](?:an? )?(?P<en>year|month|week|day|decade)(?![a-z])"
    r"|(?<![a-z])an? (?P<one>(?:working |business )?day|week|fortnight|month|quarter|year"
    r"|decade)(?![a-z])(?P<and_half> and (?:a )?half(?![a-z]))?"
)
_NOT_ONE = re.compile(
    r"(?:once|twice|times?|days?|weeks?|months?|hours?|visits?|trips?|each|per|half|%|[0-9]|k|rmb|hkd"
    r"|dollars|yuan) ?$"
)
_AND = re.compile(r" ?(?:and|,|零|又|加|同)? ?")
_OLD = re.compile(r"[ -]?(?:old|of age)(?![a-z])")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|[零〇一二三四五六七八九]{2,4}")


@dataclass(frozen=True)
class _Unit:
    unit: Unit
    factor: Decimal = Decimal(1)
    extra: Decimal = Decimal(0)  # halves, in the unit
    more: bool = False


def find(message: Message, numerals: Sequence[Numeral]) -> Iterator[Found]:
    """`duration`, each a `Duration`; years with months become months (一年零三个月)."""
    flat = message.flat
    found = [
        (_duration(span), span.start, span.end)
        for span in spans(flat, numerals, lambda n: _measured(flat, n), _same)
        if span.unit
    ]
    taken = [(start, end) for _, start, end in found]
    for duration, start, end in _without_number(flat):
        if not any(start < other_end and end > other for other, other_end in taken):
            found.append((duration, start, end))
    found.sort(key=lambda item: item[1])
    position = 0
    while position < len(found):
        duration, start, end = found[position]
        if position + 1 < len(found):
            following, next_start, next_end = found[position + 1]
            if _goes_on(flat, duration, end, following, next_start):
                months = duration.value * 12 + following.value
                about, bound = hedge(flat, start, next_end)
                approximate = about or duration.approximate or following.approximate
                duration, end = Duration(months, None, approximate, bound or duration.bound, "month"), next_end
                position += 1
        yield message.found(DURATION, duration, start, end)
        position += 1


def _goes_on(flat: str, first: Duration, end: int, second: Duration, start: int) -> bool:
    return (
        (first.unit, second.unit) == ("year", "month")
        and first.high is None
        and second.high is None
        and start >= end
        and _AND.fullmatch(flat, end, start) is not None
    )


def _duration(span: Span[_Unit]) -> Duration:
    assert span.unit
    quantity, unit = span.quantity, span.unit
    value, high = ((v + unit.extra) * unit.factor if v is not None else None for v in (quantity.value, quantity.high))
    assert value is not None
    return Duration(value, high, quantity.approximate or unit.more, quantity.bound, unit.unit)


def _same(left: _Unit, right: _Unit) -> _Unit | None:
    if (left.unit, left.factor) != (right.unit, right.factor) or left.extra:
        return None
    return replace(right, more=left.more or right.more)


def _measured(flat: str, numeral: Numeral) -> Measured[_Unit]:
    nothing: Measured[_Unit] = Measured(numeral, None, numeral.start, numeral.end)
    match = _AFTER.match(flat, numeral.end)
    if match is None:
        return nothing
    unit = next(unit for unit in DAYS if match[unit.replace("-", "_")])
    name = match[unit.replace("-", "_")]
    typed = flat[numeral.start : numeral.end]
    if unit == "year" and (_YEAR.fullmatch(typed) or _OLD.match(flat, match.end()) or numeral.low > 200):
        return nothing
    if name == "月" and not (
        match["ge"]
        or match["half"]
        or match["more"]
        or match["more_ge"]
        or numeral.low > 12
        or numeral.high
        or typed == "两"
    ):
        return nothing
    if name == "月" and flat.startswith("份", match.end()):
        return nothing
    halves = sum(Decimal("0.5") for group in ("half", "half_after") if match[group])
    more = bool(match["more"] or match["more_ge"] or match["more_after"] or "多" in name)
    return Measured(
        numeral, _Unit(unit, Decimal(_FACTORS.get(name, 1)), Decimal(halves), more), numeral.start, match.end()
    )


_WORDS: dict[str, Unit] = {
    **dict.fromkeys(["年", "year", "decade"], "year"),
    **dict.fromkeys(["月", "month", "quarter"], "month"),
    **dict.fromkeys(["星期", "礼拜", "week", "fortnight"], "week"),
    **dict.fromkeys(["天", "日", "day"], "day"),
    **dict.fromkeys(["working day", "business day"], "working-day"),
}


def _without_number(flat: str) -> Iterator[tuple[Duration, int, int]]:
    """半年, 个半月, "half a year", "a year and a half"."""
    for match in _WITHOUT_NUMBER.finditer(flat):
        word = match["zh"] or match["ge_zh"] or match["en"] or match["one"] or "年"
        if match["one"] and _NOT_ONE.search(flat, max(0, match.start() - 10), match.start()):
            continue
        some = "几" in (match["ge_half"], match["year_half"])
        halves = 1 if match["zh"] or match["en"] else 3 if match["and_half"] or not (match["one"] or some) else 2
        value = Decimal(halves) / 2 * _FACTORS.get(word, 1)
        about, bound = hedge(flat, match.start(), match.end())
        more = bool(match["most"] or match["most_ge"] or some) or flat.startswith(("多", "几"), match.end())
        yield Duration(value, None, about or more, bound, _WORDS[word]), match.start(), match.end()
