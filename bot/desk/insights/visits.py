"""What is kept of conversations to count them: no words, and nobody's name. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.typed import MAX_CHARACTERS
from language.normalise import clean

GAP = 30 * 60
"""Seconds of silence after which a conversation is a new visit."""

KEPT = 400 * 86400
"""Seconds a visit is kept."""

LONGEST = 300
"""Characters kept of a question."""

MASK = "***"

NOT_UNDERSTOOD, OUT_OF_SCOPE = "nlu_fallback", "out_of_scope"

RATED = {'/feedback{"says": "up"}': "up", '/feedback{"says": "down"}': "down"}
"""What the buttons under an answer mean."""

TALK = frozenset(
    {
        "greet", "goodbye", "thank", "affirm", "deny", "help", "bot_challenge", "cancel", "change_language", "feedback",
        "none_of_these", "ask_human", "delete_my_data",
    }
)  # fmt: skip
"""Intents that are no question, so that 👎 after one of them is about the question before."""

Kind = Literal["fallback", "out_of_scope", "down"]


@dataclass(frozen=True)
class Visit:
    """Messages of one conversation without half an hour of silence between two of them.

    who: digest of the conversation. start, last: of its first and last message, seconds since 1970. language: of the last answer.
    services, intents: how many messages were about each. missed: not understood. staff: messages while staff had the
    conversation. asked_staff: messages that asked for staff. up, down: answers rated.
    """

    who: str
    start: float
    last: float
    channel: str
    language: str
    services: Mapping[str, int] = field(default_factory=dict)
    intents: Mapping[str, int] = field(default_factory=dict)
    messages: int = 0
    missed: int = 0
    out_of_scope: int = 0
    staff: int = 0
    asked_staff: int = 0
    up: int = 0
    down: int = 0

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Visit:
        """Of what `records.TURN` writes, whose empty mappings look like empty lists."""
        return cls(**{**data, "services": data["services"] or {}, "intents": data["intents"] or {}})


def counted(message: Incoming, answer: Answer | None, payload: str | None) -> dict[str, Any]:
    """What one turn adds to its visit: `language` (None if it tells nothing), `services`, `intents`, and 0 or 1 for each count."""
    rated = _rated(message, answer, payload)
    intents, services = _understood(answer)
    return {
        "language": answer.language if answer else None,
        "services": services,
        "intents": intents,
        "missed": int(message.text is not None and NOT_UNDERSTOOD in intents),
        "out_of_scope": int(OUT_OF_SCOPE in intents),
        "staff": int(answer is None),
        "asked_staff": int(answer is not None and answer.handoff),
        "up": int(rated == "up"),
        "down": int(rated == "down"),
    }


def question(message: Incoming, answer: Answer | None) -> dict[str, Any] | None:
    """The question of a turn as it is kept, None if it asks none in words: `text`, `language`, `channel`, `service`, `intents`, `at`."""
    if message.text is None or answer is None or answer.intent in TALK or len(message.text) > MAX_CHARACTERS:
        return None
    text = masked(" ".join(clean(message.text).split()))[:LONGEST].strip()
    if len(_LETTER.findall(text)) < 2:
        return None
    intents, services = _understood(answer)
    return {
        "text": text,
        "language": answer.language,
        "channel": message.channel,
        "service": answer.service or next(iter(services), None),
        "intents": intents,
        "at": message.at,
    }


def in_vain(answer: Answer | None) -> Kind | None:
    """Whether an answer was none."""
    if answer is None:
        return None
    return {NOT_UNDERSTOOD: "fallback", OUT_OF_SCOPE: "out_of_scope"}.get(answer.intent)  # type: ignore[return-value]


def masked(text: str) -> str:
    """The text with `***` for e-mail addresses, phone numbers, ids like those of passports and cards, and chat accounts.

    Sums of money, years, dates and hotlines of five digits stay. Names of people are not recognised.
    """
    plain = text.translate(_WIDTH)
    hidden = [span for pattern in _SECRET for span in _spans(pattern, plain)]
    hidden += [match.span() for match in _NUMBER.finditer(plain) if not _harmless(plain, match)]
    hidden += [match.span() for match in _CODE.finditer(plain) if not _MONEY_WORD.match(match.group())]
    parts, place = [], 0
    for start, end in sorted(hidden):
        if start >= place:
            parts += [text[place:start], MASK]
        place = max(place, end)
    return "".join([*parts, text[place:]])


_LETTER = re.compile(r"[^\W\d_]")

_WIDTH = {ord("＠"): "@", ord("．"): ".", ord("－"): "-", ord("＋"): "+"} | {
    0xFF00 + offset: chr(0x20 + offset) for low, high in ((0x10, 0x1A), (0x21, 0x3B), (0x41, 0x5B)) for offset in range(low, high)
}  # fmt: skip

_MONEY = r"(?:rmb|cny|hkd|mop|usd|twd|ntd|eur|gbp|yuan|dollars?|k|m|w|hk\$)"
_MONEY_WORD = re.compile(rf"(?:{_MONEY}\d+[km]?|\d+{_MONEY})$", re.IGNORECASE)
_BEFORE_MONEY = re.compile(rf"(?:{_MONEY}|[$¥￥€£])\s*$", re.IGNORECASE)
_AFTER_MONEY = re.compile(rf"\s*(?:[元块塊圆圓万萬亿億蚊]|人民币|人民幣|港币|港幣|澳门元|{_MONEY}\b)", re.IGNORECASE)

_DATE = re.compile(
    r"(?:19|20)\d\d(?:[\s\-–—~至到.]{1,3}(?:19|20)\d\d)*$"
    r"|(?:19|20)\d\d[-./]?(?:0?[1-9]|1[0-2])[-./]?(?:0?[1-9]|[12]\d|3[01])$"
    r"|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:19|20)\d\d$"
)

_SECRET = (
    re.compile(r"[A-Za-z\u00c0-\u024f0-9_.+%-]{1,64}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"),
    re.compile(r"[〇零一二三四五六七八九幺两]{7,}[xX]?"),
    re.compile(
        r"(?:微信号?|微訊號?|微信號|加我|wechat|weixin|whatsapp|telegram|(?<![a-z])(?:wx|qq|vx|line|tg))(?:\s*(?:号|號|id|account|number|no\.?))?"
        r"(?:\s*(?:是|为|為|係|[:：=]|is)\s*|\s+)(?P<secret>@?(?=[A-Za-z_-]*\d|[A-Za-z\d-]*_)[A-Za-z0-9_-]{5,32}|\d{5,12})",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\w)@[A-Za-z]\w{4,31}"),
    re.compile(
        r"(?<![A-Za-z0-9])(?!(?i:qq|wx|vx|tg))(?:[A-Z]{1,2}\s?|[a-z]{1,2})\d{6,9}(?:\s?[(（]\s?[0-9Aa]\s?[)）])?"
    ),
)
"""E-mail, digits written out, accounts, names of accounts, ids with letters in front."""

_NUMBER = re.compile(r"(?<![A-Za-z0-9])\+?[(（]?\d(?:[\s\-.()（）·–—]{0,2}\d){6,}(?:[xX](?![A-Za-z0-9]))?")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=(?:[A-Za-z]*\d){5})(?=\d*[A-Za-z])[A-Za-z0-9]{7,24}(?![A-Za-z0-9])")


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    group = "secret" if "secret" in pattern.groupindex else 0
    return [match.span(group) for match in pattern.finditer(text)]


def _harmless(text: str, match: re.Match[str]) -> bool:
    number = match.group()
    if _DATE.match(number):
        return True
    if len(re.sub(r"\D", "", number)) > 9:
        return False
    return bool(_BEFORE_MONEY.search(text, 0, match.start()) or _AFTER_MONEY.match(text, match.end()))


def _rated(message: Incoming, answer: Answer | None, payload: str | None) -> str | None:
    pressed = RATED.get(payload or message.payload or "")
    if pressed or message.text is None or answer is None or answer.intent != "feedback":
        return pressed
    return "down" if "👎" in message.text else "up" if "👍" in message.text else None


def _understood(answer: Answer | None) -> tuple[list[str], list[str]]:
    """Intents and services, each once."""
    if answer is None:
        return [], []
    intents = [reading.intent for reading in answer.readings] or [answer.intent]
    services = [answer.service, *(reading.service for reading in answer.readings)]
    return list(dict.fromkeys(intents)), list(dict.fromkeys(each for each in services if each))
