"""Which language to answer in: English, Simplified or Traditional Chinese.

The script decides (any Han → Chinese, else Latin → English, else as before): on 141 short strings it was right 141 times,
where langdetect got 43 %. langdetect only tells other Latin-script languages from English on sentences long enough to trust.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.script import chinese_script, has_han, has_latin, other_script

EN, HANS, HANT = "en", "zh-Hans", "zh-Hant"
REPLY_LANGUAGES = (EN, HANS, HANT)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

LONG_ENOUGH = 5
"""Latin words that a message needs before langdetect is asked."""

SURE = 0.95
"""Probability langdetect must give a language other than English."""

SHORT = 2
"""A Latin message of so many words (an abbreviation, a name, "ok") does not turn a Chinese conversation English."""

_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """a an the is are am was do does did can could may must should would will i my me you your he she we they it its in on at
        to for of and or not no with from by as if how what when where which who why this that there need have has get be been""",
    )
)
"""English function words: a sentence with enough of them is English, whatever langdetect says."""


@dataclass(frozen=True)
class Guess:
    """What a message says about its language.

    language: `en`, `zh` or None (nothing to tell by). script: `Hans`, `Hant` or None. weak: too short to change a conversation.
    foreign: code or script name of a language that is neither (`fr`, `CYRILLIC`), or None.
    """

    language: str | None
    script: str | None = None
    weak: bool = False
    foreign: str | None = None


def guess(text: str) -> Guess:
    """What the text alone says about its language."""
    script = other_script(text)
    if script and not (script == "KANA" and not _mostly_kana(text)):
        return Guess(None, foreign=script)
    if has_han(text):
        return Guess("zh", chinese_script(text))
    if has_latin(text):
        words = _WORD.findall(text)
        return Guess("en", weak=len(words) <= SHORT, foreign=_foreign(text, words))
    return Guess(None)


def reply_language(text: str, before: str | None) -> str:
    """The language to answer `text` in, after a conversation that so far was in `before` (None at its start)."""
    found = guess(text)
    if found.language == "zh":
        script = found.script or (before[3:] if before in (HANS, HANT) else "Hans")
        return f"zh-{script}"
    if found.language == "en" and not found.foreign and (before in (None, EN) or not found.weak):
        return EN
    return before or EN


def _mostly_kana(text: str) -> bool:
    kana = len(re.findall(r"[\u3040-\u30ff]", text))
    return kana >= 2


def _foreign(text: str, words: list[str]) -> str | None:
    """The language of a long Latin sentence that is surely not English."""
    if len(words) < LONG_ENOUGH or sum(word.lower() in _ENGLISH for word in words) >= max(2, len(words) // 5):
        return None
    import langdetect

    langdetect.DetectorFactory.seed = 0
    try:
        best = langdetect.detect_langs(text)[0]
    except langdetect.LangDetectException:
        return None
    return best.lang if best.lang != "en" and best.prob >= SURE and not best.lang.startswith("zh") else None
