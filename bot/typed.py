"""What a person typed, made harmless: nothing typed is ever a command to Rasa."""

from __future__ import annotations

import re
import unicodedata

from language.normalise import clean

MAX_CHARACTERS = 4096
"""Longest message that is read; longer ones get a kind answer."""

_COMMAND = re.compile(r"^(?:[\s/\\⁄∕⧸⧵⧹🙼🙽]|external\s*:)+", re.IGNORECASE)


def harmless(text: str) -> str:
    """The message without anything that Rasa reads as a command.

    Rasa obeys a leading slash (`/restart`, `/ask_fee{…}`, `/greet@0.3`) and `EXTERNAL: `. Slashes of any kind and width, blanks
    and invisible characters in front are removed; what follows is ordinary text.
    """
    text = clean(text)
    folded = unicodedata.normalize("NFKC", text)
    if not _COMMAND.match(folded):
        return text
    return _COMMAND.sub("", folded).strip()
