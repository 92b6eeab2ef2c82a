"""Everything that a message says which a dialogue may have asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from entities import ages, answers, choices, dates, duration, languages, money, numbers, people, profession
from entities.message import Found, Message
from entities.numerals import Numeral, numerals

QUANTITIES = (money.MONEY, dates.DATE, ages.AGE, duration.DURATION, numbers.PERCENT, numbers.NUMBER)
"""Kinds of which a piece of text is one only, the first that fits."""

KINDS = (
    *QUANTITIES,
    people.IDENTITY,
    profession.PROFESSION,
    answers.ANSWER,
    choices.CHOICE,
    languages.LANGUAGE_NAME,
)
"""All kinds."""


def find(text: str, only: Collection[str] = KINDS) -> tuple[Found, ...]:
    """What `text` says, in the order typed: `Found.kind` is one of `KINDS`, `Found.value`:

    `number`, `percent`, `age` (in years): Quantity. `money`: Money. `duration`: Duration. `date`: Date.
    `identity`: Identity. `profession`: id of a profession. `answer`: Answer. `choice`: Choice. `language_name`: LanguageName.

    Of overlapping quantities the first in `QUANTITIES` counts, of one kind the longest. Kinds of another sort stand beside
    them ("2" is a number and a choice). only: kinds to look for, where the question tells ("2025" as a number).
    """
    message = Message.of(text)
    if not message.flat:
        return ()
    found: list[Found] = []
    wanted = [kind for kind in QUANTITIES if kind in only]
    if wanted:
        found += _apart(_quantities(message, wanted), wanted)
    for kind, matcher in _OTHERS.items():
        if kind in only:
            found += _apart(matcher(message), (kind,))
    return tuple(sorted(found, key=lambda f: (f.start, f.end, KINDS.index(f.kind))))


_MEASURED: dict[str, Callable[[Message, list[Numeral]], Iterable[Found]]] = {
    money.MONEY: money.find,
    ages.AGE: ages.find,
    duration.DURATION: duration.find,
}
_OTHERS: dict[str, Callable[[Message], Iterable[Found]]] = {
    people.IDENTITY: people.find,
    profession.PROFESSION: profession.find,
    answers.ANSWER: answers.find,
    choices.CHOICE: choices.find,
    languages.LANGUAGE_NAME: languages.find,
}


def _quantities(message: Message, wanted: Collection[str]) -> list[Found]:
    read = numerals(message.flat)
    found: list[Found] = []
    for kind, matcher in _MEASURED.items():
        if kind in wanted and (read or kind == duration.DURATION):
            found += matcher(message, read)
    if dates.DATE in wanted:
        found += dates.find(message)
    if read and (numbers.NUMBER in wanted or numbers.PERCENT in wanted):
        found += [f for f in numbers.find(message, read) if f.kind in wanted]
    return found


def _apart(found: Iterable[Found], order: Collection[str]) -> list[Found]:
    """Those that do not overlap: kinds in that order, then the longer, then the earlier."""
    rank = {kind: position for position, kind in enumerate(order)}
    kept: list[Found] = []
    taken: set[int] = set()
    for candidate in sorted(found, key=lambda f: (rank[f.kind], f.start - f.end, f.start)):
        places = range(candidate.start, candidate.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(candidate)
    return kept
