"""Inline keyboards as they read well on a phone. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

WIDTH = 30
"""Columns of text in a row on a phone 360 pixels wide; Chinese takes two."""

MARGIN = 4
"""Columns that the edges of one button take."""

PER_ROW = 3

LONGEST = 64
"""Characters of a title; more are cut."""

MOST = 100
"""Buttons of a message; Telegram takes no more."""

PREFIX = "b:"
"""Before an opaque id, so that data of other makes is told from ours."""

DATA = 64
"""Bytes that Telegram takes as the data of a button."""


def keyboard(titles: Sequence[str], ids: Sequence[str]) -> InlineKeyboardMarkup | None:
    """Buttons with opaque ids, None without any."""
    if not titles:
        return None
    pairs = list(zip(titles, ids))[:MOST]
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(_cut(pairs[at][0]), callback_data=data(pairs[at][1])) for at in row]
            for row in layout([title for title, _ in pairs])
        ]
    )


def layout(titles: Sequence[str]) -> list[list[int]]:
    """Positions of buttons by row, in order: as many in a row as can be read whole, at most three, of like width."""
    rows: list[list[int]] = []
    for position, title in enumerate(titles):
        row = rows[-1] if rows else []
        together = [*(titles[at] for at in row), title]
        fits = len(together) * max(columns(each) + MARGIN for each in together) <= WIDTH + MARGIN
        if row and len(row) < PER_ROW and fits:
            row.append(position)
        else:
            rows.append([position])
    return rows


def columns(text: str) -> int:
    """Width of a text in columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def data(identifier: str) -> str:
    """Callback data of a button. Raises ValueError for an id that is too long."""
    found = PREFIX + identifier
    if len(found.encode()) > DATA:
        raise ValueError("the id of a button is too long for Telegram")
    return found


def identifier(callback_data: str | None) -> str | None:
    """The opaque id in callback data, None if it is none of ours."""
    if not callback_data or not callback_data.startswith(PREFIX):
        return None
    return callback_data[len(PREFIX) :] or None


def _cut(title: str) -> str:
    title = title.strip() or "…"
    return title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
