"""What goes through the gateway: a message of a person, and a reply to it. Both are kept in Redis as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bot.engine.protocol import Answer


@dataclass(frozen=True)
class Incoming:
    """One message. Exactly one of text, button and payload is given.

    conversation: unique over all channels (`tg:42`, `web:…`). message_id: unique in its conversation, the same when a channel
    delivers the message again. text: as typed. button: the opaque id of a pressed button. payload: an intent that the channel
    itself means (a command such as /services); people cannot write one. at: seconds since 1970. language: what the channel
    knows of the person's language (`en`, `zh-Hans`, `zh-Hant`), for what is said before they wrote anything.
    """

    channel: str
    conversation: str
    message_id: str
    at: float
    text: str | None = None
    button: str | None = None
    payload: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.text, self.button, self.payload)) != 1:
            raise ValueError("a message has either text, a button or a payload")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Incoming:
        return cls(**data)


@dataclass(frozen=True)
class Outgoing:
    """One reply. id: unique, the same when it is sent again. reply_to: the ids of the messages it answers. buttons: opaque ids, in the order of `answer.buttons`."""

    id: str
    channel: str
    conversation: str
    reply_to: tuple[str, ...]
    answer: Answer
    buttons: tuple[str, ...]
    at: float

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
            }
        )
