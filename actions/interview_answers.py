"""Read an answer to a question of an interview, in whatever form it was typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from actions.day_count import days
from catalog.interview import UNSURE, Choice, Question, Value
from entities import find
from entities.answers import Answer
from entities.lexicon import negated
from entities.message import Found
from language.normalise import normalise
from language.script import simplify

NONE_OF_THEM = ("none", "other")
"""Ids of choices that "no" and "none of these" mean, the first that there is."""

_GENERIC = frozenset(
    "没有 冇 无 都没有 都不是 都唔系 都冇 没 none no neither nothing none_of_these none_of_them".replace(
        "_", " "
    ).split(" ")
)
"""Words of such choices that say nothing of which question they answer."""

_BUT = re.compile(r"\b(?:but|except|though)\b|但|不过|而是|除了|只是", re.IGNORECASE)
_NO = re.compile(
    r"^\W*(?:no|not|never|none|nope|haven'?t|hasn'?t|don'?t|didn'?t|doesn'?t|isn'?t|i (?:have|do|did|am|was)(?: not|n'?t))\b|^\W*(?:没|未|冇|无|唔|不(?!知|清楚|确定|太|明|懂))",
    re.IGNORECASE,
)
"""A statement that says no; asking back and not knowing are none."""

_UNSURE = re.compile(
    r"(?:don'?t|do not) know|not (?:so |quite |really )?sure|no idea|unsure|不(?:太|大|是很)?(?:清楚|确定|肯定)|不知道|唔(?:太|係好)?(?:清楚|肯定|知)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:yes|yep|i'?m|i am|it is|we are|我是|我系|是|系|我|一个|an?\b|the\b)\s*|(?:的|嘅|呀|啊|人)$", re.IGNORECASE
)

_STATEMENT = 48
"""Characters up to which such a statement is an answer."""

_YOUNGEST = 10
"""Years below which a number is taken for an age only if it is said to be one."""

_EXPERIENCE = re.compile(r"experience|working|work|worked|经验|工作|从业|执业", re.IGNORECASE)

_A_YEAR = {"year": 1, "month": 12, "week": 52}
"""How often a sum is paid in a year, by its period."""

DAYS = {"day": 1, "working-day": 1, "week": 7, "month": 30, "year": 365}
"""Days taken for a span of time typed in another unit."""

YEARS = {
    "day": Decimal(1) / 365,
    "working-day": Decimal(1) / 365,
    "week": Decimal(7) / 365,
    "month": Decimal(1) / 12,
    "year": Decimal(1),
}

NEGATIVE = re.compile(r"(?:(?<![\w.])[-−－]|\b(?:minus|negative)|[负負])\s*(?:RMB|CNY|¥|￥)?\s*$", re.IGNORECASE)
"""Before a number that is below zero, which no question of ours means."""

_STEP = {"years": Decimal("0.1"), "money": Decimal(1)}
"""What "more than" and "less than" a number come to."""


def read(question: Question, text: str) -> Value | None:
    """The answer that a text gives to a question; None where it gives none that is sensible."""
    answer = next((f.value for f in find(text, ("answer",))), None)
    if answer and answer.meaning in ("unsure", "skip") and (answer.exact or question.kind != "choice"):
        return UNSURE
    if question.kind == "yes_no":
        return _yes_no(question, text, answer)
    if question.kind == "choice":
        if answer and answer.meaning in ("no", "neither") and answer.exact:
            ids = {each.id for each in question.choices}
            return next((name for name in NONE_OF_THEM if name in ids), None)
        if answer and answer.meaning == "yes" and answer.exact:
            return None
        return (
            choice(question.choices, text)
            or _by_position(question.choices, text)
            or by_identity(question.choices, text)
        )
    value = _number(question, text)
    if value is None and question.kind in ("days", "years") and len(text) <= _STATEMENT and _NO.search(simplify(text)):
        value = Decimal(0)
    fits = value is not None and value >= question.least and (question.most is None or value <= question.most)
    return value if fits else None


def _yes_no(question: Question, text: str, answer: Answer | None) -> str | None:
    """Yes or no; a short statement that denies is no, one that repeats the question is yes, and one with "but" in it is neither.

    Whoever adds not to be sure does not know.
    """
    plain = simplify(text)
    if _UNSURE.search(plain):
        return UNSURE
    if answer is None and _repeats(question, plain):
        return "yes"
    if answer and answer.meaning in ("yes", "no"):
        return None if not answer.exact and _BUT.search(plain) else answer.meaning
    denies = _NO.search(plain) and not _BUT.search(plain) and not re.search(r"[?？]", plain)
    return "no" if answer is None and denies and len(plain) <= _STATEMENT else None


def _repeats(question: Question, plain: str) -> bool:
    """Whether a text is nothing but words of the question: 中国籍 to 您是中国籍吗."""
    said = _BARE.sub("", plain).strip(" .。,，!！").casefold()
    long_enough = len(said) >= (2 if not said.isascii() else 4)
    return long_enough and (said in simplify(question.zh) or said in question.en.casefold())


def choice(choices: Iterable[Choice], text: str, generic: bool = True) -> str | None:
    """The choice whose longest word or title stands in the text and is not denied there.

    generic: whether words count that fit many questions ("none").
    """
    flat = flatten(text)
    best, length = None, 0
    for each in choices:
        for word in (each.zh, each.en, *each.words):
            name = flatten(word)
            if len(name) > length and (generic or name not in _GENERIC):
                at = _where(flat, name)
                if at is not None and not negated(flat, at):
                    best, length = each.id, len(name)
    return best


def flatten(text: str) -> str:
    """A text as words are compared: simplified, lower case, single blanks."""
    return simplify(re.sub(r"\s+", " ", "".join(map(normalise, text)))).strip()


def _where(flat: str, name: str) -> int | None:
    """Where a name begins in a text, as a word of its own."""
    if not name:
        return None
    left = r"(?<![a-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    right = r"(?![a-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    match = re.search(left + re.escape(name) + right, flat)
    return match.start() if match else None


def _by_position(choices: tuple[Choice, ...], text: str) -> str | None:
    for found in find(text, ("choice",)):
        position = found.value.position
        if position and -len(choices) <= position <= len(choices):
            return str(choices[position - 1 if position > 0 else position].id)
    return None


def by_identity(choices: Iterable[Choice], text: str) -> str | None:
    """The one choice that is for who the text says somebody is."""
    groups = {found.value.group for found in find(text, ("identity",))}
    fits = [choice.id for choice in choices if choice.identity in groups]
    return fits[0] if len(fits) == 1 else None


def _number(question: Question, text: str) -> Decimal | None:
    halves = days(text) if question.kind == "days" else None
    if halves:
        return halves.subsidy
    first = _measure(question.kind, text)
    if first is None or NEGATIVE.search(text[: first.start]):
        return None
    value = first.value
    if getattr(value, "currency", None) not in (None, "CNY"):
        return None
    number: Decimal = value.value
    unit = getattr(value, "unit", None)
    if question.kind == "money" and getattr(value, "period", None):
        if value.period not in _A_YEAR:
            return None
        number = number * _A_YEAR[value.period]
    if unit and question.kind == "days":
        number = number * DAYS[unit]
    elif unit:
        number = number * YEARS[unit]
    if value.bound == "over":
        return number + _STEP.get(question.kind, Decimal(1))
    return number - _STEP.get(question.kind, Decimal(1)) if value.bound == "under" else number


_KINDS = {
    "money": ("money", "number"),
    "days": ("duration", "number"),
    "years": ("duration", "number"),
    "age": ("age", "number", "duration"),
    "number": ("number", "percent"),
}
"""Kinds of entities that answer a kind of question, the surest first."""


def _may_be_age(found: Found, text: str) -> bool:
    """Whether a quantity may be somebody's age: no years of experience, no months, and no "one" of many a phrase."""
    if found.kind == "duration" and (_EXPERIENCE.search(text) or found.value.unit != "year"):
        return False
    return found.kind == "age" or found.value.value >= _YOUNGEST or text.strip() == found.text


def _measure(kind: str, text: str) -> Found | None:
    """The one quantity in a text that answers a kind of question; None where there is none, or several that differ."""
    found = find(text, _KINDS[kind])
    if kind == "age":
        found = tuple(f for f in found if _may_be_age(f, text))
    for wanted in _KINDS[kind]:
        fits = [f for f in found if f.kind == wanted]
        if fits:
            return fits[0] if len({f.value.value for f in fits}) == 1 else None
    return None
