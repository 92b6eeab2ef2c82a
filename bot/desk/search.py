"""Search over cases, whatever the script, case and width of what was typed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from language.script import simplify

LONGEST = 200
"""Characters of a query that count."""

MOST_WORDS = 8

SNIPPET = 120
"""Characters of a snippet, without the dots at its ends."""

_BEFORE = 30
_NUMBER = re.compile(r"#?(\d{1,12})", re.ASCII)
_SPACE = re.compile(r"\s+")


class _Simple(dict[int, int]):
    """Simplified characters by others, as they are met: many times faster than one call for each character."""

    def __missing__(self, char: int) -> int:
        self[char] = found = ord(simplify(chr(char)))
        return found


_SIMPLE = _Simple()


def folded(text: str) -> str:
    """The text as it is compared: Simplified, half-width, without case, with single blanks."""
    plain = text if text.isascii() else text.translate(_SIMPLE)
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", plain).casefold())


def words(query: str) -> tuple[str, ...]:
    """What a query asks for, folded: all of it must be there. Parts between blanks; empty for an empty query."""
    return tuple(dict.fromkeys(folded(query[:LONGEST]).split()))[:MOST_WORDS]


def number(query: str) -> str | None:
    """The number of a case, if that is all the query says: `#12`, `12`."""
    found = _NUMBER.fullmatch(folded(query[:LONGEST]).strip())
    return str(int(found[1])) if found else None


def snippet(wanted: Sequence[str], texts: Iterable[str]) -> str | None:
    """Where the words stand, of one case: a piece of the first text with the first of them in it; None unless all are somewhere.

    wanted: from `words`, at least one. A word stands anywhere, also inside another.
    """
    missing = set(wanted)
    first: str | None = None
    for text in texts:
        compared = folded(text)
        here = {word for word in wanted if word in compared}
        if here and first is None:
            first = text
        missing -= here
        if not missing and first is not None:
            return _cut(first, wanted)
    return None


def _cut(text: str, wanted: Sequence[str]) -> str:
    line = " ".join(text.split())
    pieces = [folded(char) for char in line]
    places = [place for place, piece in enumerate(pieces) for _ in piece]  # some characters fold to several: ﬁ, ㎡
    compared = "".join(pieces)
    found = [place for word in wanted if (place := compared.find(word)) >= 0]
    at = places[min(found)] if found else 0
    begin = max(0, at - _BEFORE) if len(line) > SNIPPET else 0
    end = begin + SNIPPET
    return f"{'…' if begin else ''}{line[begin:end]}{'…' if end < len(line) else ''}"
