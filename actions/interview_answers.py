"""Read an answer to a question of an interview, in whatever form it was typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from catalog.interview import UNSURE, Choice, Question, Value
from entities import find
from language.normalise import normalise
from language.script import simplify

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
        return answer.meaning if answer and answer.meaning in ("yes", "no") else None
    if question.kind == "choice":
        if answer and answer.meaning in ("yes", "no") and answer.exact:
            return None
        return (
            choice(question.choices, text)
            or _by_position(question.choices, text)
            or _by_identity(question.choices, text)
        )
    value = _number(question, text)
    fits = value is not None and value >= question.least and (question.most is None or value <= question.most)
    return value if fits else None


def choice(choices: Iterable[Choice], text: str) -> str | None:
    """The choice whose longest word or title stands in the text."""
    flat = flatten(text)
    best, length = None, 0
    for each in choices:
        for word in (each.zh, each.en, *each.words):
            name = flatten(word)
            if len(name) > length and _holds(flat, name):
                best, length = each.id, len(name)
    return best


def flatten(text: str) -> str:
    """A text as words are compared: simplified, lower case, single blanks."""
    return simplify(re.sub(r"\s+", " ", "".join(map(normalise, text)))).strip()


def _holds(flat: str, name: str) -> bool:
    if not name:
        return False
    left = r"(?<![a-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    right = r"(?![a-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return re.search(left + re.escape(name) + right, flat) is not None


def _by_position(choices: tuple[Choice, ...], text: str) -> str | None:
    for found in find(text, ("choice",)):
        position = found.value.position
        if position and -len(choices) <= position <= len(choices):
            return str(choices[position - 1 if position > 0 else position].id)
    return None


def _by_identity(choices: Iterable[Choice], text: str) -> str | None:
    groups = {found.value.group for found in find(text, ("identity",))}
    fits = [choice.id for choice in choices if choice.identity in groups]
    return fits[0] if len(fits) == 1 else None


def _number(question: Question, text: str) -> Decimal | None:
    kinds = {
        "money": ("money", "number"),
        "days": ("duration", "number"),
        "years": ("duration", "number"),
        "age": ("age", "duration", "number"),
        "number": ("number", "percent"),
    }[question.kind]
    found = {f.kind: f for f in reversed(find(text, kinds))}
    first = next((found[kind] for kind in kinds if kind in found), None)
    if first is None or NEGATIVE.search(text[: first.start]):
        return None
    value = first.value
    if getattr(value, "currency", None) not in (None, "CNY"):
        return None
    number: Decimal = value.value
    unit = getattr(value, "unit", None)
    if unit and question.kind == "days":
        number = number * DAYS[unit]
    elif unit:
        number = number * YEARS[unit]
    if value.bound == "over":
        return number + _STEP.get(question.kind, Decimal(1))
    return number - _STEP.get(question.kind, Decimal(1)) if value.bound == "under" else number
