"""What numbers, sums of money, durations and ages have in common: about, at least, at most, from … to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from entities.numerals import Numeral

Bound = Literal["over", "under"]
U = TypeVar("U")


@dataclass(frozen=True)
class Quantity:
    """A number. high: the upper end of a range. approximate: "about", 左右, 十几 (value is then the lower bound).

    bound: `over` for "more than" and "at least", `under` for "less than" and "at most".
    """

    value: Decimal
    high: Decimal | None = None
    approximate: bool = False
    bound: Bound | None = None


@dataclass(frozen=True)
class Measured(Generic[U]):
    """A numeral with the unit it stands with, at `flat[start:end]`; unit is None where there is none.

    core: where the sum begins if a word for what it is (年薪) stands before "about"; else None.
    """

    numeral: Numeral
    unit: U | None
    start: int
    end: int
    core: int | None = None


@dataclass(frozen=True)
class Span(Generic[U]):
    """One or two measured numerals as one quantity."""

    quantity: Quantity
    unit: U | None
    start: int
    end: int
    last: Numeral


_BETWEEN = re.compile(r"(?:between|from|介于|在|由|从) ?$")
_TO = re.compile(r" ?(?:-{1,2}|~|到|至|to|till|until) ?")
_OR = re.compile(r" ?(?:or|或者?|、|定系|还是) ?")
_AND = re.compile(r" ?(?:and|和|同|与) ?")

_BEFORE = re.compile(
    r"(?:(?P<under>(?<![够满到足超])(?:不|唔|未|没有?|冇)(?:曾|会)?(?:超过|多过|多于|高于|高过|到|够|满|足"
    r"|及)|少于|低于|小于|少过|低过|最多|至多|顶多|最高|<=?|≤"
    r"|(?<![a-z])(?:less|fewer|lower|not more|no more|not over) than|(?<![a-z])(?:under|at most|up to"
    r"|below|within|max(?:imum)?(?: of)?|not over))"
    r"|(?P<over>(?:不|唔)(?:少于|低于|少过|低过)|超过|至少|起码|最少|最低|多过|高于|高过|多于|大于"
    r"|(?<![不未美充])满|>=?|≥"
    r"|(?<![a-z])(?:(?:not|no) less than|over|more than|at least|min(?:imum)?(?: of)?|above))"
    r"|(?P<about>大概|大约|(?<![大合签预租契条违公])约|差[不唔]多|估计|(?<![完组造变收达])成(?=[^ ]?$)"
    r"|(?<![附最靠将])近|将近|接近|可能|大致|~|≈"
    r"|(?<![a-z])(?:roughly|about|around|approx(?:imately|\.)?|circa|nearly|almost|close to|maybe|probably"
    r"|like|some|ca\.?)))"
    r" ?(?:有|系|是|来|都|咁|嘅)? ?$"
)
_AFTER = re.compile(
    r" ?(?:(?P<about>左右|上下|前后|大概|咁上下|度(?!假|日)|到(?= ?(?:$|[,.;!?]))|or so|ish(?![a-z])"
    r"|roughly|approximately|approx|give or take|~)"
    r"|(?P<over>或?以上|或者以上|\+|(?:or|and) (?:more|above|over|up)|plus(?![a-z]))|(?P<under>或?以下"
    r"|以内|之内|内(?!地|部|容)|(?:or|and) (?:less|fewer|under|below)))"
)

LONGEST_HEDGE = 20


def hedge(flat: str, start: int, end: int) -> tuple[bool, Bound | None]:
    """Whether the words around a quantity at `flat[start:end]` make it approximate, and the bound they make of it."""
    for match in (_BEFORE.search(flat, max(0, start - LONGEST_HEDGE), start), _AFTER.match(flat, end)):
        if match and match["over"]:
            return False, "over"
        if match and match["under"]:
            return False, "under"
        if match:
            return True, None
    return False, None


def spans(
    flat: str, numerals: Sequence[Numeral], measure: Callable[[Numeral], Measured[U]], same: Callable[[U, U], U | None]
) -> Iterator[Span[U]]:
    """Each measured numeral as a quantity, two as one where they are the ends of a range.

    same: the unit of a range whose ends have these units, or None if they cannot be one. The first end may lack it.
    """
    measured = [measure(numeral) for numeral in numerals]
    position = 0
    while position < len(measured):
        first = measured[position]
        second = measured[position + 1] if position + 1 < len(measured) else None
        joined = _joined(flat, first, second, same) if second else None
        if joined:
            yield joined
            position += 2
        else:
            yield _single(flat, first)
            position += 1


def _single(flat: str, measured: Measured[U]) -> Span[U]:
    numeral = measured.numeral
    about, bound = _hedged(flat, measured, measured.end)
    quantity = Quantity(numeral.low, numeral.high, numeral.approximate or about, bound)
    return Span(quantity, measured.unit, measured.start, measured.end, numeral)


def _hedged(flat: str, measured: Measured[U], end: int) -> tuple[bool, Bound | None]:
    """`hedge`, also for what stands between the word before a sum and the sum (年薪大概85万)."""
    about, bound = hedge(flat, measured.start, end)
    if measured.core is None or about or bound:
        return about, bound
    return hedge(flat, measured.core, end)


def _joined(flat: str, first: Measured[U], second: Measured[U], same: Callable[[U, U], U | None]) -> Span[U] | None:
    """Both as one range, or None where they are two numbers."""
    gap = flat[first.end : second.start] if second.start >= first.end else None
    if gap is None or len(gap) > 8:
        return None
    between = bool(_BETWEEN.search(flat, max(0, first.start - 8), first.start))
    loosely = bool(_OR.fullmatch(gap))
    if not (loosely or _TO.fullmatch(gap) or (between and _AND.fullmatch(gap))):
        return None
    unit = second.unit
    if first.unit is not None:
        unit = None if second.unit is None else same(first.unit, second.unit)
        if unit is None:
            return None
    low, high = _ends(first.numeral, second.numeral)
    if loosely and high > low * Decimal("1.5") + 1:  # "5 or 12" are two numbers
        return None
    if low >= high or first.numeral.high is not None or (gap.strip() == "、" and high != low + (second.numeral.unit)):
        return None
    about, bound = _hedged(flat, first, second.end)
    approximate = about or loosely or first.numeral.approximate or second.numeral.approximate
    return Span(Quantity(low, high, approximate, bound), unit, first.start, second.end, second.numeral)


def _ends(first: Numeral, second: Numeral) -> tuple[Decimal, Decimal]:
    """Both ends of a range; the first takes over the 万 or million of the second (80-90万, 三到五十万)."""
    low, high = first.low, second.high or second.low
    if first.unit == 1 and second.unit > 1 and low < high / second.unit:
        return low * second.unit, high
    if first.big == 1 and second.big > 1 and low < high / second.big:
        return low * second.big, high
    return low, high
