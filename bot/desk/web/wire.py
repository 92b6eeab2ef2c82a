"""What the page of the desk and we say to each other, as JSON. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.desk.cases import Case, Outcome, State
from bot.desk.entries import Entry
from bot.desk.staff import Staff
from bot.messages import File

LONGEST = 4096
"""Characters of a message of staff."""

MOST_FILES = 10
"""Of one message."""

LAST_TEXT = 120
"""Characters of the last words in a summary."""

INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Files that the page may show; all others are downloads."""

_SAID = ("person", "assistant", "staff")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_OF = re.compile(r"s:([A-Za-z0-9_-]{1,80})", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_PLACE = re.compile(r"\d{1,15}-\d{1,15}", re.ASCII)


class Bad(Exception):
    """A request does not say what it has to."""


@dataclass(frozen=True)
class Names:
    """What things are called in the language of the interface, `zh` or `en`: services by id, staff by id."""

    language: str
    services: Mapping[str, str]
    staff: Mapping[str, Staff]

    def of(self, staff: str | None) -> str | None:
        """A member of staff; of one who is gone, the login."""
        if staff is None:
            return None
        found = self.staff.get(staff)
        return found.display(self.language) if found else staff

    def service(self, service: str | None) -> str | None:
        return self.services.get(service, service) if service else None


# -- out


def summary(case: Case, tail: Sequence[Entry], names: Names) -> dict[str, Any]:
    """A case in a list. tail: the last entries of its log, the newest first."""
    last = next((entry for entry in tail if entry.kind in _SAID), None)
    return {
        "id": case.id,
        "state": case.state.value,
        "owner": case.owner.value,
        "due": case.due,
        "reason": case.reason.value,
        "language": case.language,
        "channel": case.channel,
        "service": case.service,
        "service_name": names.service(case.service),
        "name": case.name,
        "contact": case.contact,
        "staff": case.staff,
        "staff_name": names.of(case.staff),
        "team": case.team,
        "opened_at": case.opened_at,
        "waiting_since": case.waiting_since,
        "replied_at": case.replied_at,
        "closed_at": case.closed_at,
        "outcome": case.outcome.value if case.outcome else None,
        "last": tail[0].place if tail else "",
        "last_at": last.at if last else case.opened_at,
        "last_text": shortened(last) if last else "",
        "last_kind": last.kind if last else None,
        "unread": unread(case, tail),
        "rating": case.rating,
        "reopened": case.reopened,
    }


def full(case: Case, tail: Sequence[Entry], names: Names) -> dict[str, Any]:
    """A case that is open on the page."""
    return {
        **summary(case, tail, names),
        "profile": [list(row) for row in case.profile],
        "interview": [list(row) for row in case.interview],
        "comment": case.comment,
        "conversation": hashlib.sha256(case.conversation.encode("utf-8", "surrogatepass")).hexdigest()[:8],
        "transcript_url": None,
    }


def entry(entry: Entry, case: str, names: Names) -> dict[str, Any]:
    """An entry of the log of a case."""
    return {
        "key": entry.key,
        "place": entry.place,
        "kind": entry.kind,
        "at": entry.at,
        "text": entry.text,
        "author": entry.author,
        "author_name": names.of(entry.author),
        "via": entry.via,
        "files": [file(each, case) for each in entry.files],
        "edits": entry.edits,
        "move": entry.move,
        "details": entry.details,
    }


def file(file: File, case: str | None = None) -> dict[str, Any]:
    """A file; with its address where it stands in the log of a case."""
    found: dict[str, Any] = {"id": file.id, "kind": file.kind, "name": file.name, "mime": file.mime, "size": file.size}
    if case is not None:
        found["url"] = f"/desk/files/{quote(file.id, safe='')}?case={quote(case, safe='')}"
    return found


def person(staff: Staff, csrf: str, language: str) -> dict[str, Any]:
    """Whoever is signed in."""
    return {
        "id": staff.id,
        "name": staff.display(language),
        "role": staff.role,
        "available": staff.available,
        "csrf": csrf,
    }


def colleagues(names: Names) -> list[dict[str, Any]]:
    return [
        {"id": each.id, "name": each.display(names.language), "available": each.available, "role": each.role}
        for each in names.staff.values()
    ]


def teams(staff: Iterable[Staff]) -> list[str]:
    """All teams that anybody belongs to."""
    return sorted({team for each in staff for team in each.teams})


def unread(case: Case, tail: Iterable[Entry]) -> int:
    """Messages of the person that nobody answered: after the last one of staff, or from the one that opened the case on.

    tail: the newest first.
    """
    if case.state is State.closed:
        return 0
    count = 0
    for each in tail:
        if each.edits:
            continue
        if each.kind == "staff":
            break
        count += each.kind == "person"
        if each.key == f"p:{case.opened_by}":
            break
    return count


def shortened(entry: Entry) -> str:
    """The words of an entry in one line, or the names of its files."""
    line = " ".join(entry.text.split()) or ", ".join(each.name for each in entry.files)
    return line if len(line) <= LAST_TEXT else line[: LAST_TEXT - 1] + "…"


def counts(waiting: Sequence[Case], active: Sequence[Case], staff: str) -> dict[str, int]:
    """What stands beside the lists. staff: whose cases are `mine`."""
    return {
        "waiting": len(waiting),
        "due": sum(case.due for case in waiting),
        "mine": sum(case.staff == staff for case in (*waiting, *active)),
        "active": len(active),
    }


def in_order(waiting: Iterable[Case]) -> list[Case]:
    """The queue: those who were promised an answer first, then who has waited longest."""
    return sorted(waiting, key=lambda case: (not case.due, case.waiting_since))


FILTERS = ("language", "service", "channel", "reason", "team", "staff", "outcome")


def fits(case: Case, wanted: Mapping[str, str]) -> bool:
    """Whether a case has all that is wanted, by FILTERS; those not given or empty do not count."""
    found = case.to_json()
    return all(str(getattr(found[name], "value", found[name])) == wanted[name] for name in FILTERS if wanted.get(name))


def written(data: Any) -> str:
    """JSON in which no character can break a line or a page."""
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))


def event(data: Mapping[str, Any], place: str | None = None) -> str:
    """A server-sent event."""
    return f"{f'id: {place}' + chr(10) if place else ''}data: {written(data)}\n\n"


# -- in


def place(text: str | None) -> str | None:
    """A place in a log or in the feed; None for what is none."""
    return text if text and _PLACE.fullmatch(text) else None


def text_of(data: Mapping[str, Any], *, empty: bool = False) -> str:
    """`text`: 1 to LONGEST characters, or none at all if `empty`. Raises Bad."""
    text = data.get("text", "")
    if not isinstance(text, str) or len(text) > LONGEST or not (text.strip() or empty):
        raise Bad("text")
    return text.strip()


def key_of(data: Mapping[str, Any]) -> str:
    """`key`: the page's name of what it sends. Raises Bad."""
    return _matching(_KEY, data.get("key"), "key")[0]


def edited_of(data: Mapping[str, Any]) -> str:
    """`of`: the key of an entry of staff, without what the log puts before it. Raises Bad."""
    return _matching(_OF, data.get("of"), "of")[1]


def files_of(data: Mapping[str, Any]) -> list[str]:
    """`files`: ids of uploaded files, each once. Raises Bad."""
    found = data.get("files", [])
    if not isinstance(found, list) or len(found) > MOST_FILES:
        raise Bad("files")
    return list(dict.fromkeys(_matching(_FILE, each, "files")[0] for each in found))


def outcome_of(data: Mapping[str, Any]) -> Outcome:
    """`outcome`: one that staff may choose. Raises Bad."""
    try:
        found = Outcome(data.get("outcome"))
    except ValueError:
        raise Bad("outcome") from None
    if found is Outcome.left:
        raise Bad("outcome")
    return found


def seen_of(data: Mapping[str, Any]) -> str:
    """`seen`: a place of the log. Raises Bad."""
    found = data.get("seen")
    if not isinstance(found, str) or not place(found):
        raise Bad("seen")
    return found


def _matching(pattern: re.Pattern[str], given: Any, what: str) -> re.Match[str]:
    found = pattern.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise Bad(what)
    return found
