"""What stands in the log of a case."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from bot.messages import File, files_of, parts_of

Kind = Literal["person", "assistant", "staff", "note", "notice", "move"]


@dataclass(frozen=True)
class Entry:
    """One entry. key: unique in the case, the same when it is written again. at: seconds since 1970.

    kind: `person`, `assistant` and `staff` are what the person reads or wrote; `notice` is what the desk told them; `note` is among
    staff; `move` is something that was done, see `bot.desk.cases.Move`, with its particulars in `details`. author: the id of a
    member of staff. via: the channel that a member of staff used (`telegram`, `web`). edits: the key of the entry whose text this
    replaces; an empty text takes it back. parts: keys and texts of the messages it was joined of, which came fast; none for one
    message. place: in the log, once it is there.
    """

    key: str
    kind: Kind
    at: float
    text: str = ""
    author: str | None = None
    via: str | None = None
    files: tuple[File, ...] = ()
    edits: str | None = None
    move: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    parts: tuple[tuple[str, str], ...] = ()
    place: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            name: value for name, value in asdict(self).items() if value not in (None, "", (), {}) and name != "place"
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], place: str = "") -> Entry:
        known = {each.name for each in fields(cls)}
        read = {name: value for name, value in data.items() if name in known}
        return cls(
            **{**read, "files": files_of(data.get("files")), "parts": parts_of(data.get("parts")), "place": place}
        )


def plain(text: str) -> str:
    """What somebody wrote, without half surrogate pairs, which nothing can keep or send."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
