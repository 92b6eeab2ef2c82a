"""What browser and gateway say to each other, as JSON: entries of a conversation one way, messages the other. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.web.settings import FILES_AT_ONCE
from bot.channels.web.texts import ANSWER_NAMES, say, texts
from bot.desk import person
from bot.engine.protocol import Answer, Button
from bot.messages import File, Outgoing
from bot.typed import MAX_CHARACTERS
from catalog.models import Aspect
from catalog.render import ASPECT_NAMES
from catalog.store import Catalog
from language.choice import REPLY_LANGUAGES

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_FILE = re.compile(r"[A-Za-z0-9_-]{22}")
_BUTTON = re.compile(r"[A-Za-z0-9_.:~-]{1,40}")

_SOURCES = re.compile(r"(来源|來源|Sources?)[：:]")
"""How a paragraph begins that names the sources; the page lists them itself."""

KINDS = {
    "/ask_human": "human",
    '/feedback{"says": "up"}': "up",
    '/feedback{"says": "down"}': "down",
    '/interview{"says": "back"}': "back",
    '/interview{"says": "stop"}': "stop",
    '/interview{"says": "unsure"}': "unsure",
    '/interview{"says": "change"}': "change",
}
"""Buttons that the page shows in a way of their own, by payload."""


class Refused(Exception):
    """A message or file that is not taken. `reason` is a word of the protocol.

    Of messages: `bad`, `empty`, `too_long`, `stale`, `too_fast`. Of files: `no_case` (nobody of the staff is asked to look at
    them), `files_gone` (uploaded too long ago), `file_empty`, `file_too_large`, `files_full` (enough for today), `too_fast`.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


@dataclass(frozen=True)
class Message:
    """What a browser sends: a text, the id of a button, or a command of the page (payload, with the words it stands for).

    files: ids of files that go with a text, which may then be empty.
    """

    id: str
    language: str | None
    text: str | None = None
    button: str | None = None
    payload: str | None = None
    says: str | None = None
    files: tuple[str, ...] = ()


def message(data: object, catalog: Catalog) -> Message:
    """A message as it was sent. Raises Refused."""
    if not isinstance(data, dict):
        raise Refused("bad")
    given = {"text", "button", "command"} & data.keys()
    name, language = data.get("id"), data.get("language")
    if len(given) != 1 or not isinstance(name, str) or not _ID.fullmatch(name):
        raise Refused("bad")
    language = language if language in REPLY_LANGUAGES else None
    value = data[given.pop()]
    files = _files(data.get("files", []))
    if files and "text" not in data:
        raise Refused("bad")
    if "text" in data:
        return Message(name, language, text=_text(value, may_be_empty=bool(files)), files=files)
    if "button" in data:
        if not isinstance(value, str) or not _BUTTON.fullmatch(value):
            raise Refused("bad")
        return Message(name, language, button=value)
    payload, says = command(value, catalog, language or REPLY_LANGUAGES[0])
    return Message(name, language, payload=payload, says=says)


def command(data: object, catalog: Catalog, language: str) -> tuple[str, str]:
    """What a command of the page means to the engine, and the words shown for it. Raises Refused.

    `{"name": "human" | "forget" | "services"}`, `{"name": "language", "value": …}`, `{"name": "category", "value": …}`,
    `{"name": "service", "value": …, "aspect": …}`, `{"name": "check", "value": …}` of a service.
    """
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise Refused("bad")
    name, value, said = data.get("name"), data.get("value", ""), texts(language)
    if name in _SIMPLE:
        return _SIMPLE[name], said[name if name != "services" else "all_services"]
    if name == "language" and value in REPLY_LANGUAGES:
        return _payload("change_language", language=value), ANSWER_NAMES[value]
    if name == "category" and value in catalog.categories:
        named = catalog.categories[value].name
        return _payload("list_services", category=value), say(language, named.zh, named.en)
    service = catalog.service(value)
    if service and name == "check" and service.interview:
        return _payload("check_eligibility", service=value), (
            f"{say(language, service.short.zh, service.short.en)} · {said['check']}"
        )
    aspect = data.get("aspect", Aspect.overview.value)
    if service and name == "service" and aspect in Aspect.__members__:
        of = say(language, *ASPECT_NAMES[Aspect(aspect)])
        return _payload(f"ask_{aspect}", service=value), f"{say(language, service.short.zh, service.short.en)} · {of}"
    raise Refused("bad")


def said(name: str, text: str, at: float, files: Sequence[File] = ()) -> dict[str, Any]:
    """The entry of a message of the person."""
    entry: dict[str, Any] = {"id": name, "role": "person", "at": at, "text": text}
    return {**entry, "files": [file(each) for each in files]} if files else entry


def file(of: File) -> dict[str, Any]:
    """A file as a browser knows it. size: bytes."""
    return {
        "id": of.id,
        "kind": of.kind,
        "name": of.name,
        "mime": of.mime,
        "size": of.size,
        "url": f"/api/files/{of.id}",
    }


def reply(outgoing: Outgoing, catalog: Catalog) -> dict[str, Any]:
    """The entry of a reply. Payloads of buttons stay here.

    voice: whose words it is, `assistant`, `staff` or `notice`; author: the name of whoever of the staff. edits: the id of an
    earlier entry whose text this replaces; an empty text takes it back.
    """
    answer = outgoing.answer
    service = catalog.service(answer.service or "")
    return {
        "id": outgoing.id,
        "role": "assistant",
        "voice": outgoing.voice,
        "author": outgoing.author,
        "files": [file(each) for each in outgoing.files],
        "edits": outgoing.edits,
        "at": outgoing.at,
        "to": list(outgoing.reply_to),
        "language": answer.language,
        "text": without_sources(answer),
        "buttons": [
            {"id": opaque, "title": button.title, "kind": kind(button), **_rating(button)}
            for opaque, button in zip(outgoing.buttons, answer.buttons)
        ],
        "sources": [
            {"title": s.title, "issuer": s.issuer, "url": safe_url(s.url), "read_on": s.read_on} for s in answer.sources
        ],
        "service": service.id if service else None,
        "name": say(answer.language, service.short.zh, service.short.en) if service else None,
        "interview": any(button.payload.startswith("/interview") for button in answer.buttons),
        "handoff": answer.handoff,
        "verdict": answer.verdict,
        "forgotten": answer.forgotten,
    }


def kind(button: Button) -> str | None:
    """How the page shows a button; None: like any other."""
    of_desk = person.pressed(button.payload)
    if of_desk:
        return of_desk.get("do")
    found = KINDS.get(button.payload)
    return found or ("answer" if button.payload.startswith("/interview") else None)


def _rating(button: Button) -> dict[str, int]:
    """How many stars a button gives."""
    of_desk = person.pressed(button.payload) or {}
    return {"value": int(of_desk["value"])} if of_desk.get("do") == "rate" else {}


def without_sources(answer: Answer) -> str:
    """The text without the paragraphs that name its sources, where these come along as data."""
    if not answer.sources:
        return answer.text
    return "\n\n".join(part for part in answer.text.split("\n\n") if not _SOURCES.match(part)) or answer.text


def safe_url(url: str | None) -> str | None:
    """An address that is safe to link to."""
    return url if url and re.match(r"https?://", url) else None


def written(data: object) -> str:
    """JSON in ASCII: half a surrogate pair, which somebody may type, is not to be had in UTF-8."""
    return json.dumps(data, separators=(",", ":"))


def _files(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > FILES_AT_ONCE:
        raise Refused("bad")
    if not all(isinstance(each, str) and _FILE.fullmatch(each) for each in value) or len(set(value)) < len(value):
        raise Refused("bad")
    return tuple(value)


def _text(value: object, *, may_be_empty: bool) -> str:
    if not isinstance(value, str):
        raise Refused("bad")
    if not value.strip() and not may_be_empty:
        raise Refused("empty")
    if len(value) > MAX_CHARACTERS:
        raise Refused("too_long")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # no half surrogate pairs


def _payload(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}"


_SIMPLE = {"human": "/ask_human", "forget": "/delete_my_data", "services": "/list_services"}
