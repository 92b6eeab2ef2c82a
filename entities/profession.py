"""Professions named in a message (`professions.yml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from entities.lexicon import Lexicon, negated
from entities.message import Found, Message

PROFESSION = "profession"

PROFESSIONS = Path(__file__).with_name("professions.yml")

_NO_PERSON = re.compile(
    r"事务所|行(?![业吗嘛啊呀不])|楼|所(?!以|有|需)|公会|协会|学会|管理局|注册局|法|科|资格|考试|服务|师"
)
"""What makes an office, an examination or another word of a name (律师事务所, 会计师行)."""

_SEEN = re.compile(r"(?:睇|看|搵|找|揾|请教|(?<![a-z])(?:see|visit|ask|need|find|hire|call) (?:an? |the |my )?)$")
"""What one does with a doctor or lawyer without being one."""


@cache
def services() -> dict[str, str | None]:
    """Profession id → id of the service about practising it, or None."""
    return {profession: known.get("service") for profession, known in _known().items()}


@cache
def _known() -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = yaml.safe_load(PROFESSIONS.read_text(encoding="utf-8"))
    return known


@cache
def _lexicon() -> Lexicon[str]:
    return Lexicon(
        {name: profession for profession, known in _known().items() for name in (*known["en"], *known["zh"])}
    )


def find(message: Message) -> Iterator[Found]:
    """`profession`, whose value is an id of `professions.yml`; not what is denied."""
    for start, end, profession in _lexicon().find(message.flat):
        seen = _SEEN.search(message.flat, max(0, start - 12), start)
        if not seen and not _NO_PERSON.match(message.flat, end) and not negated(message.flat, start):
            yield message.found(PROFESSION, profession, start, end)
