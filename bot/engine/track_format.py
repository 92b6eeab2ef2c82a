"""How a conversation is written to Redis: the state its next turn starts from, and its events. Does not import Rasa.

All is JSON on one line, Chinese as it is, so that people and other programs can read it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.store.errors import TooNew

FORMAT = 1
"""Version of what `State` is written as; kept beside each."""

MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From each version before FORMAT to the one after it."""

RANKED = 3
"""Entries kept of each ranking."""

_PARSED = ("text", "entities", "language")
_RANKINGS = ("intent_ranking", "service_ranking")


@dataclass(frozen=True)
class State:
    """What a turn starts from.

    slots: those that differ from a new conversation. loop: the active form. action: the latest one, None before the first.
    paused: whether Rasa shall not answer. active: of the latest event, seconds since 1970. answered: the message answered last
    (`message`, its id) and its answer (`answer`, as JSON), so that it is not answered twice.
    """

    conversation: str
    slots: dict[str, Any] = field(default_factory=dict)
    loop: str | None = None
    action: str | None = None
    paused: bool = False
    active: float = 0.0
    answered: dict[str, Any] | None = None


def state_to_bytes(state: State) -> bytes:
    return to_bytes(asdict(state))


def state_from_text(text: str, version: int) -> State:
    """Raises TooNew for a version that this program does not know."""
    return State(**migrated(json.loads(text), version))


def migrated(
    data: dict[str, Any],
    version: int,
    newest: int = FORMAT,
    migrations: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = MIGRATIONS,
) -> dict[str, Any]:
    """Data of some version as that of `newest`, step by step. Raises TooNew."""
    if version > newest:
        raise TooNew(f"a conversation is stored in format {version}, this program knows {newest}")
    for step in range(version, newest):
        data = migrations[step](data)
    return data


def event_to_bytes(event: Mapping[str, Any]) -> bytes:
    """An event as Rasa's `as_dict` gives it; of what the pipeline made of a message only what tells why it was answered so."""
    if "parse_data" in event:
        event = {**event, "parse_data": _trimmed(event["parse_data"] or {})}
    return to_bytes(event)


def event_from_text(text: str) -> dict[str, Any]:
    """For Rasa's `Event.from_parameters`."""
    event: dict[str, Any] = json.loads(text)
    return event


def to_bytes(value: Any) -> bytes:
    """Compact JSON. Half a surrogate pair, which UTF-8 has no bytes for, becomes its JSON escape."""
    return _encode(value).encode("utf-8", "backslashreplace")


def _trimmed(parse: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: parse[name] for name in _PARSED if name in parse}
    intent = parse.get("intent") or {}
    kept["intent"] = {name: intent[name] for name in ("name", "confidence") if name in intent}
    return kept | {name: parse[name][:RANKED] for name in _RANKINGS if parse.get(name)}


def _plain(value: Any) -> Any:
    """A number of numpy as Python's."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
