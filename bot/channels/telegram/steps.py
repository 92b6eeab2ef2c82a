"""The messages of a reply: texts, and files with captions. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.telegram.attachments import CAPTION
from bot.channels.telegram.markup import Part, escaped, parts, sendable, to_html
from bot.channels.telegram.splitting import pieces, utf16_length
from bot.channels.telegram.texts import said
from bot.messages import File, Outgoing

AUTHOR = 64
"""Characters of a name."""


@dataclass(frozen=True)
class Step:
    """One message. part: its text, or the caption of its file (which may be empty)."""

    part: Part
    file: File | None = None


def steps(outgoing: Outgoing) -> list[Step]:
    """The messages of a reply, in order. A text that fits below the first of its files stands there."""
    staff = outgoing.voice == "staff"
    author = sendable(outgoing.author or "").strip()[:AUTHOR] if staff else ""
    text = sendable(outgoing.answer.text).strip()
    if not outgoing.files:
        return [Step(part) for part in (_of_staff(author, text) if staff else parts(outgoing.answer))]
    whole = _part(author, text, plain=staff)
    if utf16_length(whole.html) <= CAPTION:
        first, *others = outgoing.files
        return [Step(whole, first), *(Step(_part(author, ""), file) for file in others)]
    texts = _of_staff(author, text) if staff else parts(outgoing.answer)
    return [*map(Step, texts), *(Step(_part(author, ""), file) for file in outgoing.files)]


def corrected(outgoing: Outgoing) -> list[Step]:
    """The messages that say an edited text anew, where the first cannot be changed."""
    mark = said("corrected", outgoing.answer.language)
    author = sendable(outgoing.author or "").strip()[:AUTHOR]
    return [Step(part) for part in _of_staff(author, mark + sendable(outgoing.answer.text).strip())]


def lost_file(step: Step, language: str) -> Part:
    """What is said in place of a file that cannot be sent."""
    assert step.file
    word = said("file_gone", language, name=sendable(step.file.name))
    text = "\n".join(each for each in (step.part.plain, word) if each)
    return Part("\n".join(each for each in (step.part.html, escaped(word)) if each), text)


def _of_staff(author: str, text: str) -> list[Part]:
    """Words of staff as they wrote them, the name above the first."""
    room = utf16_length(_part(author, "").html) + 1
    cut = pieces(text, size=lambda piece: room + utf16_length(escaped(piece))) or ["…"]
    return [_part(author, cut[0]), *(_part("", piece) for piece in cut[1:])]


def _part(author: str, text: str, *, plain: bool = True) -> Part:
    """plain: nothing in the text is made bold or a link."""
    heading = f"<b>{escaped(author)}</b>" if author else ""
    html = escaped(text) if plain else to_html(text)
    return Part("\n".join(filter(None, (heading, html))), "\n".join(filter(None, (author, text))))
