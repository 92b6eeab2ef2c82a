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


_FUNCTION_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "fr": "je tu il elle nous vous ils le la les un une des du de et est sont pour dans avec sur que qui quel quels mon ma",
        "de": "ich du er sie wir ihr der die das ein eine und ist sind für mit auf zu von nicht wie was wo brauche kann mein",
        "es": "yo el la los las un una y es son para con en de que qué cómo mi necesito puedo donde por",
        "it": "io il lo la gli le un una e è sono per con in di che come mio ho posso dove quali",
        "pt": "eu o a os as um uma e é são para com em de que como meu preciso posso onde por",
        "nl": "ik jij hij zij wij de het een en is zijn voor met op van niet hoe wat waar mijn kan nodig",
        "id": "saya anda dia kami kita yang dan di ke dari untuk dengan apa bagaimana berapa bisa ingin tidak",
        "tl": "ako ka siya kami tayo ang ng sa mga para ba po ko mo paano ano saan kailangan",
        "vi": "toi ban cua va la cho voi nhu the nao bao nhieu",
        "tr": "ben sen ve bir için ile ne nasıl nerede kaç var mı istiyorum",
        "pl": "ja ty i w na z do jest nie jak co gdzie ile czy mogę potrzebuję",
        "sv": "jag du och är en ett för med på av inte hur vad var kan behöver",
    }.items()
}
"""Function words by language, to check langdetect's guess."""


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
    sure = best.lang != "en" and best.prob >= SURE and not best.lang.startswith("zh")
    return best.lang if sure and _looks_foreign(best.lang, words) else None


def _looks_foreign(language: str, words: list[str]) -> bool:
    """Whether words bear the guess out: a letter English lacks, or a function word of that language.

    langdetect alone takes lists of English nouns ("visa free transit 240 hours port") for French.
    """
    function_words = _FUNCTION_WORDS.get(language, frozenset())
    return any((not word.isascii() and "’" not in word) or word.lower() in function_words for word in words)
