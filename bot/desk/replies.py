"""Parts of what the desk tells people: words, buttons, and how long it takes. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from bot.delivery import delivered
from bot.desk import person
from bot.desk.cases import Case
from bot.desk.entries import Entry, plain
from bot.desk.texts import said
from bot.engine.protocol import Answer, Button
from bot.messages import Incoming

MEASURED = 5
"""So many waits there must be before anybody is told how long it takes."""


def expected_wait(place: int, ready: int, waits: Sequence[float]) -> int | None:
    """Minutes that somebody at this place in line is likely to wait, a round number; None where nobody can know.

    waits: working seconds from the opening of a case to the first word of staff, of the last cases. The median holds for the
    first in line; each further round of `ready` members of staff takes as long again.
    """
    if len(waits) < MEASURED or ready < 1 or place < 1:
        return None
    minutes = statistics.median(waits) * math.ceil(place / ready) / 60
    step = 1 if minutes < 5 else 5
    return max(1, math.ceil(minutes / step) * step)


def unanswered_since(case: Case, tail: Sequence[Entry]) -> float | None:
    """Since when the person waits for the answer of whoever has the case; None if they do not.

    tail: the end of the log, the newest first. Mere thanks want no answer. Somebody who took a case and wrote nothing owes an answer from then on.
    """
    first = None
    for entry in tail:
        if entry.kind == "staff":
            return first
        if entry.kind == "person" and not person.thanks(entry.text):
            first = entry.at
    claimed = case.claimed_at or 0.0
    return None if first is None and case.spoke else max(first or 0.0, claimed)


def of_person(message: Incoming) -> Entry:
    text = message.text if message.text is not None else f"[{message.shown or '…'}]"
    edits = f"p:{message.edits}" if message.edits else None
    parts = tuple((f"p:{name}", plain(each)) for name, each in message.parts)
    key = f"p:{message.message_id}"
    return Entry(key, "person", message.at, plain(text), files=message.files, edits=edits, parts=parts)


def correcting(edit: Entry, log: Sequence[Entry]) -> Entry:
    """An edit of the person as it stands in a log. Of messages that were joined it replaces the one; one of a message that
    staff do not have says something new."""
    first = next((e for e in log if not e.edits and (e.key == edit.edits or edit.edits in dict(e.parts))), None)
    if first is None:
        return replace(edit, edits=None)
    latest = next((each for each in reversed(log) if each.edits == first.key), first)
    parts = tuple((key, edit.text if key == edit.edits else text) for key, text in latest.parts)
    text = "\n".join(text for _, text in parts if text) if parts else edit.text
    return replace(edit, text=text, edits=first.key, parts=parts)


def out_id(case: Case, key: str) -> str:
    return f"case-{case.id}-{key}"


def introduced(answer: Answer, text: str, buttons: tuple[Button, ...] = ()) -> Answer:
    """The desk's word first, then the assistant's. Its buttons come last: a typed number means one of the assistant's."""
    mine = delivered(Answer(answer.language, "desk", None, 1.0, text, buttons))
    return replace(
        answer, text=f"{mine.text}\n\n{answer.text}".strip(), buttons=(*answer.buttons, *mine.buttons), handoff=True
    )


def paragraphs(*parts: str | bool | None) -> str:
    return "\n\n".join(each for each in parts if isinstance(each, str) and each)


def rating_buttons(case: Case) -> tuple[Button, ...]:
    stars = tuple(Button(f"⭐ {each}", person.payload("rate", case.id, value=str(each))) for each in range(1, 6))
    return (
        *stars,
        skip_button(case),
        Button(said("b_transcript", case.language), person.payload("transcript", case.id)),
    )


def skip_button(case: Case) -> Button:
    return Button(said("b_skip", case.language), person.payload("skip", case.id))


def leave_button(case: Case) -> Button:
    return Button(said("b_leave", case.language), person.payload("leave", case.id))
