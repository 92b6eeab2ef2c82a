"""Plain numbers and percentages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from entities.chinese_numerals import MEASURES
from entities.message import Found, Message
from entities.numerals import Numeral
from entities.quantity import Measured, spans

NUMBER, PERCENT = "number", "percent"

_PERCENT = re.compile(r" ?(?:%|‰|percent|per cent|pct|个百分点)")
_PERCENT_BEFORE = re.compile(r"百分之$")
_MEASURE = re.compile(MEASURES)
_CLAUSE_ENDS = re.compile(rf"{MEASURES}?人?[啊呀啦了咯吧嘅的㗎]? ?(?:$|[,.;!?，；！？])")
_NO_ONE = re.compile(
    r"(?:(?<![a-z])(?:the|this|that|which|no|any|each|every|some|first|second|third|fourth|fifth|last|next"
    r"|other|another|good|new|only"
    r"|right|wrong|same|what|either|bottom|top|does|do|can|should|would|must|may|if|when|as)) ?$"
)
_ONE_OF = re.compile(
    r" (?:of|that|which|who|is|with|please|for|more|another|by)(?![a-z])|[- ]?(?:way|off|self"
    r"|stop)(?![a-z])"
)
_ALONE = re.compile(r"[ ,.!?~'\"()]*")


def find(message: Message, numerals: Sequence[Numeral]) -> Iterator[Found]:
    """`number` and `percent`, each a `Quantity`."""
    flat = message.flat
    for span in spans(
        flat, numerals, lambda n: _measured(flat, n), lambda left, right: left if left == right else None
    ):
        if span.unit == PERCENT or not span.last.short or _counts(flat, span.last) or span.quantity.high is not None:
            yield message.found(span.unit or NUMBER, span.quantity, span.start, span.end)


def _measured(flat: str, numeral: Numeral) -> Measured[str]:
    after = _PERCENT.match(flat, numeral.end)
    if after:
        return Measured(numeral, PERCENT, numeral.start, after.end())
    before = _PERCENT_BEFORE.search(flat, max(0, numeral.start - 3), numeral.start)
    if before:
        return Measured(numeral, PERCENT, before.start(), numeral.end)
    return Measured(numeral, None, numeral.start, numeral.end)


def _counts(flat: str, numeral: Numeral) -> bool:
    """Whether one Chinese digit, or "one", is a number: before what it counts, or alone; 一个 often is no more than "a"."""
    start, end = numeral.start, numeral.end
    if _ALONE.fullmatch(flat, 0, start) and _ALONE.fullmatch(flat, end):
        return True
    if flat[start].isascii():
        return not (_NO_ONE.search(flat, max(0, start - 10), start) or _ONE_OF.match(flat, end))
    if flat[start] == "一":
        if flat[start - 1 : start] in tuple("后另同每某哪这那任随唯统之呢嗰"):
            return False
        return _MEASURE.match(flat, end) is not None and _CLAUSE_ENDS.match(flat, end) is not None
    return _MEASURE.match(flat, end) is not None
