"""Read Chinese numerals, also with digits in them: 八十五, 两百五, 三十多万, 85万5千, 壹佰万, 二〇二六."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {
    char: Decimal(value)
    for value, chars in enumerate(["零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"])
    for char in chars
}
_UNITS = {
    "十": Decimal(10), "拾": Decimal(10), "廿": Decimal(20), "卅": Decimal(30), "百": Decimal(100), "佰": Decimal(100), "千": Decimal(1000), "仟": Decimal(1000),
    "万": Decimal(10_000), "亿": Decimal(100_000_000),
}  # fmt: skip
DIGIT_CHARS = "".join(_DIGITS)
UNIT_CHARS = "".join(_UNITS)
MEASURES = (
    "(?:[个名位口人家份套间层台部条项种件张只本门科倍岁次周天日年月期块元蚊户平米升吨字]|公里|小时|分钟"
    "|钟头|工作日|星期|礼拜)"
)
"""What counts things: before it one Chinese digit is a number (三个), and 来 means "about" (十来个)."""

MOST_TOKENS = 24

_DIGIT = "一二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_PAIRS = "一二|一两|两三|二三|三四|三五|四五|五六|六七|七八|八九"
_TOKEN = re.compile(
    rf"(?P<pair>{_PAIRS})(?![{_DIGIT}])|(?P<digit>[零〇]?[{_DIGIT}])|(?P<zero>[零〇])(?=[0-9十])"
    r"|(?P<unit>[十拾廿卅百佰千仟])|(?P<large>万|个?亿)"
    rf"|(?P<more>多|几|余(?![额款下])|来(?={MEASURES}|[万亿]))|(?P<point>点[零〇一二三四五六七八九]{{1,6}}(?![十分]))"
    r"|(?P<half>半(?![年个月天日载]))"
)
_PER = re.compile(r"个?(?:年|月|天|日|星期|礼拜|周|小时|平)|[次人位晚]")
"""After a digit: it counts what follows and is no tail of the number before (三万一个月)."""

_LITERAL = re.compile(r"[零〇一二三四五六七八九]{2,15}(?![十百千万亿点])")
"""Digits read one by one, as in years."""

_FORMAL = re.compile(r"(?<!大)[壹贰叁肆伍陆柒捌玖](?=[拾佰仟万亿元])")
_OVER = tuple("上近成过")


@dataclass(frozen=True)
class Read:
    """A numeral up to `end`; low is None where the characters are no number. The rest: see `entities.numerals.Numeral`."""

    end: int
    low: Decimal | None = None
    high: Decimal | None = None
    approximate: bool = False
    big: Decimal = Decimal(1)
    unit: Decimal = Decimal(1)
    short: bool = False


@dataclass(frozen=True)
class _Token:
    kind: str
    end: int
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    single: bool = False  # one digit and no zero before it
    counts: bool = False  # what follows is counted by it


def read_chinese(flat: str, start: int, arabic: re.Pattern[str]) -> Read | None:
    """The numeral at `start`, None if there is none. arabic: the pattern of numbers in digits that may stand in it."""
    if flat[start] in "壹贰叁肆伍陆柒捌玖" and not _FORMAL.match(flat, start):
        return None
    literal = _LITERAL.match(flat, start)
    if literal and not re.fullmatch(_PAIRS, literal.group()):
        text = literal.group()
        value = Decimal("".join(str(_DIGITS[char]) for char in text))
        return Read(literal.end(), value if _spells_digits(text) else None)
    tokens = _tokens(flat, start, arabic)
    before = flat[start - 1 : start]
    over = before in _OVER
    first = tokens[0].kind if tokens else ""
    implied = over or (len(tokens) > 1 and tokens[1].kind in ("digit", "pair", "more"))
    low, used = _add_up(tokens, implied, upper=False)
    if not used:
        return Read(start + 1) if first else None
    taken = tokens[:used]
    alone = used == 1 and taken[0].kind in ("unit", "large") and flat[start] != "十" and flat[start] not in "廿卅"
    if alone and not over:
        return Read(taken[-1].end)
    if used == 1 and first == "arabic":
        return None
    high = _add_up(tokens, implied, upper=True)[0]
    unit = big = Decimal(1)
    for token in reversed(taken):
        if token.kind not in ("unit", "large"):
            if token.kind == "more":
                continue
            break
        unit *= token.low
        big *= token.low if token.kind == "large" else 1
    approximate = any(t.kind in ("pair", "more", "several") for t in taken) or (over and first in ("unit", "large"))
    short = used == 1 and taken[-1].end - start == 1
    return Read(taken[-1].end, low, None if high == low else high, approximate, big, unit, short)


def _spells_digits(text: str) -> bool:
    """Whether Chinese digits in a row are a number (二零二六) and not a name (三七, 九五)."""
    return len(text) > 2 or "零" in text or "〇" in text


def _tokens(flat: str, start: int, arabic: re.Pattern[str]) -> list[_Token]:
    """The parts of what may be a numeral."""
    tokens: list[_Token] = []
    position = start
    while position < len(flat) and len(tokens) < MOST_TOKENS:
        number = arabic.match(flat, position)
        if number:
            value = Decimal(re.sub(r"[,' ]", "", number.group()))
            position = number.end()
            position += flat[position : position + 2] in (" 万", " 亿")
            tokens.append(_Token("arabic", position, value, value, number.end() - number.start() == 1))
            continue
        if flat[position] in "几数" and not tokens:
            position += 1
            tokens.append(_Token("several", position, Decimal(2), Decimal(2)))
            continue
        match = _TOKEN.match(flat, position)
        if match is None:
            if position == start and flat[position] in "零〇":
                tokens.append(_Token("digit", position + 1))
            break
        tokens.append(_token(match))
        position = match.end()
    return tokens


def _token(match: re.Match[str]) -> _Token:
    kind, text = str(match.lastgroup), match.group()
    if kind == "pair":
        return _Token(kind, match.end(), _DIGITS[text[0]], _DIGITS[text[1]], single=True)
    if kind == "digit":
        value = _DIGITS[text[-1]]
        counts = _PER.match(match.string, match.end()) is not None
        return _Token(kind, match.end(), value, value, single=len(text) == 1, counts=counts)
    if kind in ("unit", "large"):
        return _Token(kind, match.end(), _UNITS[text[-1]], _UNITS[text[-1]])
    if kind == "point":
        part = Decimal("0." + "".join(str(_DIGITS[char]) for char in text[1:]))
        return _Token(kind, match.end(), part, part)
    return _Token(kind, match.end())


def _add_up(tokens: Sequence[_Token], implied: bool, upper: bool) -> tuple[Decimal, int]:
    """What the tokens come to, and how many of them make a numeral.

    implied: a unit at the start stands for one of it (千二, 上百). upper: take the upper of two digits (三四).
    """
    total = section = last = large = Decimal(0)
    least = Decimal(10_000)
    digit: Decimal | None = None
    tail = Decimal(1)
    before, used = "", 0
    for token in tokens:
        value = token.high if upper else token.low
        kind = token.kind
        if kind in ("digit", "pair", "arabic", "several"):
            if digit is not None or before in ("more", "half", "point"):
                break
            if token.counts and token.single and before in ("unit", "large") and last >= 100:
                break
            digit = value
            tail = last / 10 if token.single and before in ("unit", "large") and last >= 100 else Decimal(1)
        elif kind == "unit":
            tens = value in (10, 20, 30)
            if value >= least or (tens and value > 10 and digit is not None):
                break
            if digit is None and not tens and not (implied and not used):
                break
            section += (Decimal(1) if digit is None else digit) * value
            digit, last, least, tail = None, value, Decimal(10) if value < 100 else value, Decimal(1)
        elif kind == "large":
            section += digit or 0
            if not section and not total:
                if not implied or used:
                    break
                section = Decimal(1)
            total = (total + section) * value if total and large <= value else total + section * value
            section, digit, last, large, least, tail = Decimal(0), None, value, value, Decimal(10_000), Decimal(1)
        elif kind == "point":
            if digit is None and not section:
                break
            digit = (digit or Decimal(0)) + value
            tail = Decimal(1)
        elif kind == "more":
            if before not in ("unit", "large", "arabic"):
                break
        elif kind == "half":
            if before not in ("unit", "large") or last < 100:
                break
            total, section = total + section + last / 2, Decimal(0)
        elif before not in ("unit", "large"):  # zero
            break
        before, used = kind, used + 1
    if used and tokens[used - 1].kind == "zero":
        used -= 1
    return total + section + (digit or Decimal(0)) * tail, used
