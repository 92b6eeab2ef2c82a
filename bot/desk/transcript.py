"""What was said in a case, as plain text for the person. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from bot.desk.cases import Case
from bot.desk.entries import Entry
from bot.desk.texts import said
from catalog.render import SHENZHEN
from language.choice import HANT
from language.traditional import traditional

_SHOWN = ("person", "staff", "assistant", "notice")


def lines(case: Case, entries: Iterable[Entry], people: Mapping[str, str]) -> list[str]:
    """A line for each message, oldest first: time in Shenzhen, who, what. Edited messages stand as they are now; notes do not stand there.

    What people and staff wrote stays as they typed it, further lines of a message are indented. people: display names of staff by id.
    """
    entries = [entry for entry in entries if entry.kind in _SHOWN]
    now = {entry.edits: entry.text for entry in entries if entry.edits}
    there = {entry.key for entry in entries if not entry.edits}
    found = []
    for entry in entries:
        if entry.edits in there or (entry.edits and not entry.text):
            continue
        text = now.get(entry.key, entry.text)
        if entry.key in now and not text:
            text = _ours(case, "withdrawn")
        files = [_ours(case, "file").format(name=file.name) for file in entry.files]
        when = dt.datetime.fromtimestamp(entry.at, SHENZHEN).strftime("%Y-%m-%d %H:%M")
        if case.language == HANT and entry.kind == "notice":  # the assistant's are Traditional already
            text = traditional(text)
        found.append(_line(case, when, _who(case, entry, people), " ".join([text, *files]).strip()))
    return found


def _who(case: Case, entry: Entry, people: Mapping[str, str]) -> str:
    if entry.kind == "staff":
        return people.get(entry.author or "") or _ours(
            case, "staff"
        )  # the login of one who is gone is nobody's business
    return _ours(case, "you" if entry.kind == "person" else "assistant")


def _ours(case: Case, name: str) -> str:
    text = said(name, case.language, name="{name}")
    return traditional(text) if case.language == HANT else text


def _line(case: Case, when: str, who: str, text: str) -> str:
    colon = ": " if case.language == "en" else "："
    return f"{when}  {who}{colon}" + "\r\n    ".join(text.splitlines())
