"""Matters that sound like ours and belong to others (`neighbours.yml`): found in a message by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from catalog.models import Model, Service, filled
from language.normalise import normalise
from language.script import simplify

NEIGHBOURS = Path(__file__).with_name("neighbours.yml")

_OURS = re.compile(
    r"前海|深圳|蛇口|南山|宝安|qianhai|shenzhen|shekou|nanshan|bao'?an|\bsz\b|内地|大陆|mainland|大湾区|湾区|\bgba\b|greater bay|12345",
    re.IGNORECASE,
)
"""Names of our own place, and of all that includes it."""

_FROM = re.compile(
    r"(?:\bfrom|\bleft|\bleaving|\bdegree|\buniversity|\bflight|\btrain|\b(?:fly|flying|travel|travell?ing|go|going|trip) to"
    r"|\b(?:(?:i|we|he|she) (?:work|study)|live|lives|living|lived|worked|studied|graduated|born|grew up|based|used to (?:live|work|study)|university) in"
    r"|离开|来自|从|由|毕业|大学|户口|飞|去|到|住在|住喺)\s*$",
    re.IGNORECASE,
)
"""Before a place where somebody comes from, lives or goes to."""

_OF = re.compile(
    r"\s*(?:(?:过|過)?[来嚟]|人(?![才力社])|户口|户籍|籍|大学|学院|时间|university|college|hukou|time\b|fair\b|driv\w+|licen[cs]e)",
    re.IGNORECASE,
)
"""After a place that only says where somebody or something is from."""


class Neighbour(Model):
    """place: a place with rules of its own. alone: counts only where no service of ours is meant."""

    id: str
    words: tuple[str, ...]
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    place: bool = False
    alone: bool = False
    service: str | None = None

    _filled = filled("words")


@cache
def neighbours() -> dict[str, Neighbour]:
    """All neighbours by id."""
    rows = yaml.safe_load(NEIGHBOURS.read_text(encoding="utf-8"))
    return {neighbour.id: neighbour for neighbour in map(Neighbour.parse_obj, rows)}


@cache
def _patterns() -> list[tuple[Neighbour, re.Pattern[str]]]:
    return [(neighbour, re.compile("|".join(map(_word, neighbour.words)))) for neighbour in neighbours().values()]


def _word(word: str) -> str:
    word = _flat(word)
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


def _flat(text: str) -> str:
    return simplify("".join(map(normalise, text)))


def neighbour_of(text: str, services: Sequence[Service]) -> Neighbour | None:
    """The neighbour that a message is about, or None where it is about us, or only says where somebody comes from.

    services: those of ours that the message seems to be about. One whose own statements tell the neighbour apart answers itself.
    """
    flat = _flat(text)
    for neighbour, pattern in _patterns():
        match = pattern.search(flat)
        if not match:
            continue
        ours = _OURS.search(f"{flat[: match.start()]} {flat[match.end() :]}") is not None
        if neighbour.alone and (ours or services):
            continue
        if neighbour.place and (ours or _FROM.search(flat[: match.start()]) or _OF.match(flat, match.end())):
            continue
        if any(_mentions(service, re.compile(_word(match.group()))) for service in services):
            continue
        return neighbour
    return None


def _mentions(service: Service, pattern: re.Pattern[str]) -> bool:
    """Whether a statement of a service speaks of what the message names."""
    statements = (statement for each in service.aspects.values() for statement in each)
    return any(pattern.search(_flat(statement.zh)) or pattern.search(_flat(statement.en)) for statement in statements)
