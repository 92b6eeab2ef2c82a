"""Answers as Telegram HTML, a message at a time. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.channels.telegram.splitting import pieces, utf16_length
from bot.engine.protocol import Answer

HEADING = 80
"""Characters that a first line may have to be a heading."""

_LINK = re.compile(r"^(?P<text>\S.*\S) (?P<url>https?://[^\s<>\"]+)$")
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Part:
    """One message: as HTML, and as plain text for when Telegram does not take the HTML."""

    html: str
    plain: str


def parts(answer: Answer) -> list[Part]:
    """The messages of an answer, each short enough also with its tags counted; at least one."""
    urls = frozenset(source.url for source in answer.sources if source.url)
    text = sendable(answer.text)
    found = [Part(to_html(piece, urls), piece) for piece in pieces(text, size=lambda piece: _size(piece, urls))]
    return found or [Part("…", "…")]


def to_html(text: str, urls: Collection[str] = ()) -> str:
    """Plain text as HTML: everything escaped, a heading bold, a line that ends with the address of a source a link."""
    lines = text.split("\n")
    heading = len(lines) > 1 and " · " in lines[0] and len(lines[0]) <= HEADING and not lines[1].strip()
    done = [_line(line, urls) for line in lines]
    if heading:
        done[0] = f"<b>{done[0]}</b>"
    return "\n".join(done)


def sendable(text: str) -> str:
    """The text without what no message can hold: control characters, halves of surrogate pairs."""
    return _UNSENDABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    return html.escape(text, quote=False)


def link(text: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{escaped(text)}</a>'


def _line(line: str, urls: Collection[str]) -> str:
    match = _LINK.match(line)
    if match and match["url"] in urls:
        mark = "– " if match["text"].startswith("– ") else ""
        return mark + link(match["text"][len(mark) :], match["url"])
    return escaped(line)


def _size(piece: str, urls: Collection[str]) -> int:
    return utf16_length(to_html(piece, urls))
