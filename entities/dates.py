"""Dates, months and years as people type them; numbers that may be day or month stay open."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from entities.chinese_numerals import read_chinese
from entities.message import Found, Message

DATE = "date"

Precision = Literal["year", "month", "day"]


@dataclass(frozen=True)
class Date:
    """A day, month or year, whichever precision says; parts not told are None.

    ambiguous: day and month cannot be told apart (3/1/2026), so both are None. offset: units (`offset_unit`) from today for
    "last year" (-1) or "tomorrow" (1); `on` makes a date of it.
    """

    precision: Precision
    year: int | None = None
    month: int | None = None
    day: int | None = None
    ambiguous: bool = False
    offset: int | None = None
    offset_unit: Precision | None = None

    def on(self, today: dt.date) -> Date:
        """The date with its offset counted from `today`; unchanged if it has none."""
        if self.offset is None:
            return self
        plain = replace(self, offset=None, offset_unit=None)
        if self.offset_unit == "year":
            return replace(plain, year=today.year + self.offset)
        if self.offset_unit == "month":
            years, month = divmod(today.month - 1 + self.offset, 12)
            return replace(plain, year=today.year + years, month=month + 1)
        day = today + dt.timedelta(days=self.offset)
        return replace(plain, year=day.year, month=day.month, day=day.day)


_HAN = "零〇一二三四五六七八九十廿卅"
_N = rf"[0-9]{{1,2}}|[{_HAN}]{{1,3}}"
_Y = r"(?:19|20)[0-9]{2}|[零〇一二三四五六七八九]{4}|(?<![0-9])0[0-9]"
_NAMES = (
    "january_jan february_feb march_mar april_apr may june_jun july_jul august_aug september_sept_sep october_oct "
    "november_nov december_dec"
)
_MONTH_NAMES = {name: month for month, names in enumerate(_NAMES.split(), 1) for name in names.split("_")}
_MON = "|".join(sorted(_MONTH_NAMES, key=len, reverse=True))
_FULL = "january|february|april|june|july|august|september|october|november|december"
_REL_YEARS = {"去年": -1, "上年": -1, "旧年": -1, "今年": 0, "明年": 1, "下年": 1, "出年": 1, "前年": -2, "后年": 2, "本年": 0, "last year": -1, "this year": 0, "next year": 1}  # fmt: skip
_REL_MONTHS = {
    "上个月": -1, "上月": -1, "这个月": 0, "呢个月": 0, "本月": 0, "今个月": 0, "下个月": 1, "下月": 1,
    "last month": -1, "this month": 0, "next month": 1,
}  # fmt: skip
_REL_DAYS = {
    "今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "琴日": -1, "寻日": -1, "前天": -2, "前日": -2, "明天": 1, "明日": 1, "听日": 1, "后天": 2, "后日": 2,
    "today": 0, "yesterday": -1, "tomorrow": 1, "day after tomorrow": 2, "day before yesterday": -2,
}  # fmt: skip


def _words(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_RELATIVE = (
    rf"(?<![一二两三四五六七八九十几数0-9多半])(?P<years>{_words({n: v for n, v in _REL_YEARS.items() if not n.isascii()})})(?![级薪代])"
    rf"|(?<![a-z])(?P<years_en>{_words({n: v for n, v in _REL_YEARS.items() if n.isascii()})})(?![a-z])"
)

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?<![0-9])(?P<y>{_Y}) ?年(?!代|级)(?:度)? ?(?:(?P<m>{_N}) ?月(?:份)?(?: ?(?P<d>{_N})(?:日|号)?(?!{_HAN}"
        r"|[0-9个]))?)?"), "parts"),
    (re.compile(rf"(?<![0-9{_HAN}])(?P<y>[0-9]{{2}}"
        rf"|[零〇一二三四五六七八九]{{2}}) ?年 ?(?P<m>{_N}) ?月(?:份)?(?: ?(?P<d>{_N})(?:日|号)?(?!{_HAN}"
        r"|[0-9个]))?"), "parts"),
    (re.compile(rf"(?:{_RELATIVE})(?: ?的? ?(?P<m>{_N}) ?月(?:份)?(?: ?(?P<d>{_N})(?:日|号)?(?!{_HAN}|[0-9个]))?)?"), "relative"),
    (re.compile(rf"(?<![0-9第个{_HAN}.,])(?P<m>{_N}) ?月(?:份)?(?: ?(?P<d>{_N}) ?(?:日|号))?(?!{_HAN}|薪|收入|租|费"
        r"|租金|供|票)"), "parts"),
    (re.compile(r"(?<![0-9./-])(?P<y>(?:19"
        r"|20)[0-9]{2})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?:(?P=sep)(?P<d>[0-9]{1,2}))?(?![0-9]|[-/.][0-9])"), "parts"),
    (re.compile(r"(?<![0-9./-])(?P<a>[0-9]{1,2})(?P<sep>[-/.])(?P<b>[0-9]{1,2})(?P=sep)(?P<y>(?:19"
        r"|20)?[0-9]{2})(?![0-9]|[-/.][0-9])"), "numeric"),
    (re.compile(r"(?<![0-9./-])(?P<m>0?[1-9]|1[0-2])/(?P<y>20[0-9]{2})(?![0-9/])"), "parts"),
    (re.compile(rf"(?<![a-z0-9])(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?(?P<mon>{_MON})(?![a-z])(?:\.?(?:,? ?"
        rf"|[- /]?)(?P<y>(?:19|20)[0-9]{{2}})(?![0-9]))?"), "parts"),
    (re.compile(rf"(?<![a-z])(?P<mon>{_MON})(?![a-z])\.?[ -](?:the )?(?P<d>[0-9]{{1,2}})(?:st|nd|rd"
        rf"|th)?(?![0-9a-z%])(?:,? ?(?P<y>(?:19|20)[0-9]{{2}})(?![0-9]))?"), "parts"),
    (re.compile(rf"(?<![a-z])(?P<mon>{_MON})(?![a-z])\.?[ ,-]{{0,2}}(?:of )?(?P<y>(?:19|20)[0-9]{{2}})(?![0-9])"), "parts"),
    (re.compile(rf"(?<![a-z])(?:(?P<mon>{_FULL})(?![a-z])|(?P<before>(?:in|since|until|till|by|from|last|next|this"
        rf"|early|late|mid|end of|of|during|before|after)[ -])(?P<mon2>{_MON})(?![a-z]| not| be | i ))"), "parts"),
    (re.compile(rf"(?P<months>{_words({n: v for n, v in _REL_MONTHS.items() if not n.isascii()})})(?: ?(?P<d>{_N})(?:日"
        r"|号))?"), "months"),
    (re.compile(rf"(?<![a-z])(?P<months>{_words({n: v for n, v in _REL_MONTHS.items() if n.isascii()})})(?![a-z])"), "months"),
    (re.compile(rf"(?P<days>{_words({n: v for n, v in _REL_DAYS.items() if not n.isascii()})})(?!制)"), "days"),
    (re.compile(rf"(?<![a-z])(?P<days>{_words({n: v for n, v in _REL_DAYS.items() if n.isascii()})})(?![a-z])"), "days"),
    (re.compile(r"(?<![0-9a-z.,'$¥€£/-])(?P<y>20[123][0-9])(?:/[0-9]{2})?(?![0-9a-z%]|[.,'][0-9]|[-/~]?[0-9]"
        r"| ?[十百千万亿元块蚊个人名天日月号位家岁港澳]| (?:days?|months?|years?|people|yuan|rmb|hkd|dollars|k"
        r"|w|million)(?![a-z]))"), "parts"),
    (re.compile(r"(?<![a-z])(?P<since>on|by|until|till|since|from|before|after) the (?P<d>[0-9]{1,2})(?:st|nd|rd"
        r"|th)(?! (?:of|one|option|floor|time|year|month|day|week))(?![a-z])"), "parts"),
    (re.compile(r"(?<![a-z])(?P<since>in|since|year|until|till|by|before|after) (?P<y>(?:19[5-9]"
        r"|200)[0-9])(?![0-9a-z%]|[.,'][0-9])"), "parts"),
)  # fmt: skip
"""What to look for, the fuller form first, and how its parts are read."""

_HINT = re.compile(
    rf"[0-9{_HAN}年月今明昨前后听寻琴]|(?:{'|'.join(name[:3] for name in _MONTH_NAMES)}|year|month|today"
    r"|yesterday|tomorrow)"
)


def find(message: Message) -> Iterator[Found]:
    """`date`, each a `Date` that the calendar has; they may overlap, and the longer is then the fuller."""
    flat = message.flat
    if not _HINT.search(flat):
        return
    for pattern, reading in _PATTERNS:
        for match in pattern.finditer(flat):
            date = _READINGS[reading](match)
            start, end = _ends(match)
            if date is not None:
                yield message.found(DATE, date, start, end)


def _ends(match: re.Match[str]) -> tuple[int, int]:
    """Where the date itself stands; "since" before it is no part of it."""
    groups = match.groupdict()
    if groups.get("before"):
        return match.start("mon2"), match.end("mon2")
    if groups.get("since"):
        part = "y" if groups.get("y") else "d"
        return match.start(part), match.end() if part == "d" else match.end(part)
    return match.start(), match.end()


def _number(text: str | None) -> int | None:
    """The number of digits or Chinese numerals, None where they make none."""
    if text is None:
        return None
    if text.isascii():
        return int(text)
    if len(text) == 1 and text in "零〇":
        return 0
    read = read_chinese(text, 0, re.compile("[0-9]+"))
    if read is None or read.low is None or read.end != len(text) or read.high is not None:
        return None
    return int(read.low)


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii():
        text = "".join(str("零一二三四五六七八九".index(char.replace("〇", "零"))) for char in text)
    year = int(text)
    return year + 2000 if year < 100 else year


def _parts(match: re.Match[str]) -> Date | None:
    told = match.groupdict()
    name = told.get("mon") or told.get("mon2")
    month = _MONTH_NAMES[name] if name else _number(told.get("m"))
    if told.get("m") and month is None:
        return None
    day = _number(told.get("d"))
    if told.get("d") and day is None:
        return None
    return _valid(_year(told.get("y")), month, day)


def _valid(year: int | None, month: int | None, day: int | None) -> Date | None:
    """The date, or None if no calendar has it. A month that cannot be one leaves its year (2024/25)."""
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and month is not None:
        try:
            dt.date(year or 2024, month, day)
        except ValueError:
            return None
    precision: Precision = "day" if day is not None else "month" if month is not None else "year"
    return Date(precision, year, month, day)


def _numeric(match: re.Match[str]) -> Date | None:
    first, second, year = int(match["a"]), int(match["b"]), _year(match["y"])
    readings = [date for date in (_valid(year, second, first), _valid(year, first, second)) if date]
    if len(readings) == 2 and first != second:
        return Date("year", year, ambiguous=True)
    return readings[0] if readings else None


def _relative(match: re.Match[str]) -> Date | None:
    date = _valid(None, _number(match["m"]), _number(match["d"]))
    if date is None:
        return None
    return replace(date, offset=_REL_YEARS[match["years"] or match["years_en"]], offset_unit="year")


def _months(match: re.Match[str]) -> Date:
    day = _number(match.groupdict().get("d"))
    offset = _REL_MONTHS[match["months"]]
    return Date("month" if day is None else "day", day=day, offset=offset, offset_unit="month")


def _days(match: re.Match[str]) -> Date:
    return Date("day", offset=_REL_DAYS[match["days"]], offset_unit="day")


_READINGS: dict[str, Callable[[re.Match[str]], Date | None]] = {
    "parts": _parts,
    "numeric": _numeric,
    "relative": _relative,
    "months": _months,
    "days": _days,
}
