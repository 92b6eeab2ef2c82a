"""Count days of which some are partial ("80 full days and 24 half days"). Pure, in Decimal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from entities import find
from language.script import simplify

HALF = Decimal("0.5")

_SHORT = r"(?:不足|不满|未满|不够|少于|唔够|唔足)(?:24|二十四|一)"
_OF_THEM = r" of (?:them|those|these|which)(?: were| are)?"
_PARTIAL = re.compile(
    rf"(?:{_OF_THEM})?\s*(?:个|天|日|days?\b(?: of| with| that were)?)?\s*[是系]?(?:half|part(?!-time)|partial|incomplete|半(?:天|日)|{_SHORT}"
    r"|(?:under|less than|below|shorter than) (?:24|twenty-four|a full day))",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"\s*(?:个)?\s*(?:(?:full|whole|complete|entire)\s+days?|days?\b|整?(?:天|日)|全天|全日|足日|完整)", re.IGNORECASE
)
_PLAIN = re.compile(r"\s*(?:天|日|days?\b)?\s*(?:$|[^\w\s整全半])", re.IGNORECASE)
_PARTIAL_BEFORE = re.compile(
    rf"(?:\b(?:half|partial|part)[- ]days?(?: were| are)?\s*[:=]"
    rf"|(?:^|[^\w个]|[和及同加])(?:半(?:天|日)|{_SHORT}个?(?:小时|天)?的?(?:天|日)?)(?:是|有|系)?\s*[:=：]?)\s*$",
    re.IGNORECASE,
)
_FULL_BEFORE = re.compile(r"\b(?:full|whole) days?(?: were| are)?\s*[:=]\s*$", re.IGNORECASE)
"""The other way round: 半天21天, "half days: 21"."""
_AMONG = re.compile(r"(?:\bof which|\bincluding|\bamong them|其中|当中|包括)(?:有|是|系)?\W*$", re.IGNORECASE)
"""Before partial days that were counted among the days named first."""


@dataclass(frozen=True)
class Days:
    """full: days of 24 hours in the place; partial: days of arriving, leaving or a visit."""

    full: Decimal
    partial: Decimal

    @property
    def subsidy(self) -> Decimal:
        """Days that count for the subsidy."""
        return (self.full + HALF * self.partial).normalize()


def days(text: str) -> Days | None:
    """Full and partial days named in a text ("80 full days and 24 half days"); None where it names no partial ones."""
    full, partial = Decimal(0), Decimal(0)
    plain = simplify(text)
    for found in find(text, ("number",)):
        number, before, rest = found.value.value, plain[: found.start], plain[found.end :]
        match = _PARTIAL.match(rest)
        if match or (_PLAIN.match(rest) and _PARTIAL_BEFORE.search(before)):
            partial += number
            if _AMONG.search(before) or (match and match[0].startswith(" of ")):
                full -= number
        elif _FULL.match(rest) or _FULL_BEFORE.search(before):
            full += number
    return Days(full, partial) if partial and full >= 0 else None
