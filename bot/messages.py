"""What goes through the gateway: a message of a person, and a reply to it. Both are kept in Redis as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from bot.engine.protocol import Answer

Voice = Literal["assistant", "staff", "notice"]
"""Whose words a reply is: the assistant's, those of a member of staff, or of the desk about its own doings (who joined …)."""


@dataclass(frozen=True)
class File:
    """A photo, document, recording or film that people or staff sent. id: opaque; its bytes: `bot.store.files`. size: bytes.

    kind: `photo`, `document`, `audio`, `voice` or `video`. mime: as its sender said. telegram: Telegram's id of it, where it came
    from there.
    """

    id: str
    kind: str
    name: str
    mime: str
    size: int
    telegram: str | None = None


def files_of(data: Any) -> tuple[File, ...]:
    """Files out of JSON."""
    return tuple(File(**each) for each in data or ())


def parts_of(data: Any) -> tuple[tuple[str, str], ...]:
    """Ids and texts out of JSON."""
    return tuple((str(name), str(text)) for name, text in data or ())


@dataclass(frozen=True)
class Incoming:
    """One message. Exactly one of text, button and payload is given; text may be empty beside files.

    conversation: unique over all channels (`tg:42`, `web:…`). message_id: unique in its conversation, the same when a channel
    delivers the message again. text: as typed. button: the opaque id of a pressed button. payload: an intent that the channel
    itself means (a command such as /services); people cannot write one. at: seconds since 1970. language: what the channel
    knows of the person's language (`en`, `zh-Hans`, `zh-Hant`), for what is said before they wrote anything. name: what the
    person is called there, None where nobody knows. edits: the message whose text this replaces. shown: the words of a payload,
    for staff to read. parts: ids and texts of the messages that were joined to this one, none if it is a single one.
    """

    channel: str
    conversation: str
    message_id: str
    at: float
    text: str | None = None
    button: str | None = None
    payload: str | None = None
    language: str | None = None
    name: str | None = None
    files: tuple[File, ...] = ()
    edits: str | None = None
    shown: str | None = None
    parts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.text, self.button, self.payload)) != 1:
            raise ValueError("a message has either text, a button or a payload")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Incoming:
        return cls(**{**data, "files": files_of(data.get("files")), "parts": parts_of(data.get("parts"))})


@dataclass(frozen=True)
class Outgoing:
    """One reply. id: unique, the same when it is sent again. reply_to: the ids of the messages it answers. buttons: opaque ids, in the order of `answer.buttons`.

    author: the display name of whoever of the staff says it. edits: the id of a reply of staff that this replaces; with an empty
    text it takes it back. case: of the desk.
    """

    id: str
    channel: str
    conversation: str
    reply_to: tuple[str, ...]
    answer: Answer
    buttons: tuple[str, ...]
    at: float
    voice: Voice = "assistant"
    author: str | None = None
    files: tuple[File, ...] = ()
    edits: str | None = None
    case: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outgoing:
        return cls(
            **{
                **data,
                "reply_to": tuple(data["reply_to"]),
                "answer": Answer.from_json(data["answer"]),
                "buttons": tuple(data["buttons"]),
                "files": files_of(data.get("files")),
            }
        )
