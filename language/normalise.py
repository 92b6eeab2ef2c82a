"""Bring what people type into one form, keeping track of where each character stood."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters without a width: joiners, direction marks, variation selectors, tags."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def normalise(char: str) -> str:
    """NFKC of one character, lower case (`Ａ` → `a`, `①` → `1`, `㎡` → `m2`)."""
    return unicodedata.normalize("NFKC", char).casefold()


def clean(text: str) -> str:
    """The text without invisible and control characters, ends trimmed; line breaks stay."""
    return CONTROL.sub("", INVISIBLE.sub("", text)).strip()
