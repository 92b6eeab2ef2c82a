"""Sums of money: amount, currency, and per what they are paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from entities.lexicon import alternatives
from entities.message import Found, Message
from entities.numerals import Numeral
from entities.quantity import Measured, Quantity, spans

MONEY = "money"

Period = Literal["hour", "day", "week", "month", "year"]


@dataclass(frozen=True)
class Money(Quantity):
    """A sum. currency: ISO code, None where none is told or "$" leaves it open; period: what it is paid per, where told."""

    currency: str | None = None
    period: Period | None = None


OPEN = "?"
"""A word for money that leaves the currency open."""

_NAMES = {
    "CNY": "rmb cny cn¥ ¥ 人民币 软妹币 renminbi chinese_yuan yuan kuai 元人民币 块人民币 元rmb",
    "HKD": "hkd hk$ hk_dollars hk_dollar hong_kong_dollars hong_kong_dollar hk 港币 港元 港纸 港圆 蚊 蚊鸡",
    "MOP": "mop mop$ patacas pataca macau_dollars macao_dollars 澳门元 澳门币 葡币 澳门圆",
    "TWD": "twd ntd nt$ nt taiwan_dollars new_taiwan_dollars 新台币 台币",
    "USD": "usd us$ us_dollars us_dollar american_dollars u.s._dollars 美元 美金 美刀",
    "EUR": "eur euro euros € 欧元",
    "GBP": "gbp pounds pound_sterling pounds_sterling british_pounds quid £ 英镑",
    "JPY": "jpy yen japanese_yen 日元 日币 円",
    "KRW": "krw won korean_won ₩ 韩元 韩币 韩圜",
    "SGD": "sgd s$ singapore_dollars singapore_dollar 新加坡元 新币 坡币 新元",
    "AUD": "aud a$ australian_dollars aussie_dollars 澳元 澳币",
    "CAD": "cad c$ canadian_dollars 加元 加币",
    "CHF": "chf swiss_francs francs 瑞郎 瑞士法郎",
    "NZD": "nzd nz$ 纽元 新西兰元",
    "MYR": "myr rm ringgit 令吉 马币 林吉特",
    "THB": "thb baht ฿ 泰铢",
    "INR": "inr rupees rs ₹ 卢比",
    "PHP": "php philippine_pesos ₱ 菲律宾比索",
    "RUB": "roubles rubles ₽ 卢布",
    "VND": "vnd dong ₫ 越南盾",
    "GENERIC": "元 块 块钱 元钱 圆",
    OPEN: "$ dollars dollar bucks pesos 刀",
}
GENERIC = "GENERIC"
"""元 and 块: yuan where nothing else is told (港币30万元)."""

_CODES = {name.replace("_", " "): code for code, names in _NAMES.items() for name in names.split()}
_NAME = alternatives(_CODES)
_BEFORE = re.compile(rf"(?<![a-z])(?P<name>{_NAME})[ :]{{0,2}}(?P<again>[$¥€£])? ?$")
_AFTER = re.compile(rf"[ -]?(?P<name>{_NAME})(?![a-z])(?!旦|素|月|朝|老|头|地|宵|件|子)")

_FILL = (
    r"(?:税前|税后|收入|总共|一共|合共|工资|薪水|薪金|人工|薪酬|大概|大约|约|差不多|有|系|是|赚|挣|搵|拿"
    r"|到手|给|俾|畀|在|of|is|was|about|around|roughly|approximately|i|we|make|earn|get|paid|:|~|,| )"
)
_PERIODS: dict[str, Period] = {
    **dict.fromkeys(["月薪", "月入", "月收入", "每月", "每个月", "一个月", "monthly"], "month"),
    **dict.fromkeys(
        ["年薪", "年收入", "年入", "年度收入", "全年收入", "每年", "一年", "年", "全年", "annual", "yearly"], "year"
    ),
    **dict.fromkeys(["日薪", "每日", "每天", "一天", "一日", "daily"], "day"),
    **dict.fromkeys(["周薪", "每周", "一周", "weekly"], "week"),
    **dict.fromkeys(["时薪", "每小时", "一小时", "hourly"], "hour"),
}
_INCOME = (
    "人工|薪水|薪金|薪酬|工资|底薪|收入|入息|应纳税所得额|赚|挣|搵到?|salary|income|wages?|pay|package"
    "|earn(?:s|ing|ed)?|make|making|made"
)
_PERIOD_BEFORE = re.compile(
    rf"(?:(?P<strong>月薪|月入|月收入|年薪|年收入|年入|年度收入|全年收入|日薪|周薪|时薪"
    r"|(?<![a-z])(?:annual|yearly|monthly|weekly|daily|hourly) (?:taxable )?(?:income|salary|wage|pay"
    r"|earnings|package|gross|net))"
    r"|(?P<weak>每个?月|一个月|每年|一年|全年|每天|每日|每周|每小时)"
    rf"|(?P<income>(?<![a-z])(?:{_INCOME})))(?:{_FILL}{{0,6}}) ?$"
)
_PERIOD_AFTER = re.compile(
    r" ?(?:(?:/|per |a |an |each |every |every single |p/|每个?|一个?) ?(?P<unit>hours?|hr|day|week|wk"
    r"|month|mth|mo|year|yr|annum|小时|钟头|天|日|周|星期|礼拜|月|年)(?![a-z半多])"
    r"|(?P<word>monthly|annually|yearly|weekly|daily|hourly|p\.?a\.?|p\.?m\.?(?= |$|[,.])|pcm)(?![a-z]))"
)
_UNITS: dict[str, Period] = {
    **dict.fromkeys(["hour", "hours", "hr", "小时", "钟头", "hourly"], "hour"),
    **dict.fromkeys(["day", "天", "日", "daily"], "day"),
    **dict.fromkeys(["week", "wk", "周", "星期", "礼拜", "weekly"], "week"),
    **dict.fromkeys(["month", "mth", "mo", "月", "monthly", "pcm", "pm"], "month"),
    **dict.fromkeys(["year", "yr", "annum", "年", "annually", "yearly", "pa"], "year"),
}
_COUNTED = re.compile(
    r"[ -]?(?:多|余)?个? ?(?:人|名|位|家|户|次|平|亩|公里|里|字|件|套|米|步|倍|分|天|日|周|年|月|小时|岁|%"
    r"|times?|people|persons?|users?|residents?"
    r"|companies|words|km|kilometres|miles|steps|views|followers|sq|square|hours?|days?|weeks?|months?"
    r"|years?|jobs|students|talents?"
    r"|firms|cases|copies)(?![a-z])"
)
LEAST_INCOME = Decimal(100)
"""Without a currency, a smaller number beside "a month" or "salary" is hardly a sum ("3 a month")."""


@dataclass(frozen=True)
class _Unit:
    currency: str | None
    period: Period | None


def find(message: Message, numerals: Sequence[Numeral]) -> Iterator[Found]:
    """`money`, each a `Money`: with a currency, beside income or "a month", or in 万, k, million of nothing that is counted."""
    flat = message.flat
    for span in spans(flat, numerals, lambda n: _measured(flat, n), _same):
        if span.unit is None:
            continue
        quantity = span.quantity
        currency = {GENERIC: "CNY", OPEN: None}.get(span.unit.currency or OPEN, span.unit.currency)
        money = Money(quantity.value, quantity.high, quantity.approximate, quantity.bound, currency, span.unit.period)
        yield message.found(MONEY, money, span.start, span.end)


def _same(left: _Unit, right: _Unit) -> _Unit | None:
    """The unit of a range between both: they must not name two currencies or two periods."""
    currencies = {u.currency for u in (left, right) if u.currency not in (None, OPEN, GENERIC)}
    periods = {u.period for u in (left, right) if u.period}
    if len(currencies) > 1 or len(periods) > 1:
        return None
    generic = GENERIC if GENERIC in (left.currency, right.currency) else left.currency or right.currency
    return _Unit(next(iter(currencies), generic), next(iter(periods), None))


def _measured(flat: str, numeral: Numeral) -> Measured[_Unit]:
    start, end, core = numeral.start, numeral.end, None
    names: list[str] = []
    before = _BEFORE.search(flat, max(0, start - 24), start)
    if before:
        start = before.start()
        names.append(_CODES[before["name"]])
    while len(names) < 3 and (after := _AFTER.match(flat, end)):
        end = after.end()
        names.append(_CODES[after["name"]])
    rank = sorted(names, key=lambda name: (name == OPEN, name == GENERIC))
    currency = rank[0] if rank else None
    period: Period | None = None
    evidence = bool(names)
    counted = _COUNTED.match(flat, end) is not None
    enough = numeral.low >= LEAST_INCOME and not counted
    told = _PERIOD_AFTER.match(flat, end)
    if told and (names or enough):
        period = _UNITS[(told["unit"] or told["word"]).replace(".", "")]
        end, evidence = told.end(), True
    told = _PERIOD_BEFORE.search(flat, max(0, start - 32), start)
    if told and (names or enough):
        if told["strong"] or told["weak"]:
            word = (told["strong"] or told["weak"]).split(" ")[0]
            period = period or _PERIODS.get(word) or _PERIODS[word.replace("个", "")]
            core, start = start, told.start()
        evidence = evidence or not told["weak"] or numeral.low >= 1000
    large = numeral.big > 1 or any(char in "万亿" for char in flat[numeral.start : numeral.end])
    unit = _Unit(currency, period) if evidence or (large and not counted) else None
    return Measured(numeral, unit, start, end, core)
