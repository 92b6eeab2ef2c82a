"""What a message refers to among the buttons of the last answer: "the second one", 第一个, "yes", "neither", a title. Pure."""

from __future__ import annotations

import re
import unicodedata

from dialogue.asking import asks
from dialogue.memory import Memory, Offer
from entities import find
from language.script import simplify
from language.traditional import traditional

NONE_OF_THESE = "none_of_these"
"""Intent of the button that says that no offer fits."""

PERSON = "ask_human"

_ASIDE = (PERSON, NONE_OF_THESE, "feedback")
"""Intents of buttons beside those that there is to choose from."""

_NEITHER = re.compile(
    r"\W*(?:(?:no|nope|sorry)\W+)?(?:it(?:'s| is) )?(?:none|neither|not (?:any|these|either))(?:\W+(?:of|one|them|these|those|the|above|two|three|is|right|fits?|thanks|thank you|sorry))*\W*"
    r"|\W*(?:以上|上面|[呢这那][些啲]|几个|[两三四]个|一个|全部?|统统|也|好似|好像)*[都也][不唔](?:是|系|对|啱|合适|行|要)?(?:我(?:想|要)?[问讲说][的嘅])?[的嘅喎呀啊啦了]*\W*"
    r"|\W*(?:没有?|冇)一个(?:是|系|对|啱|合适)?[的嘅]?\W*|\W*以上皆非\W*",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"[\s,，]*(?:that(?:'?s| is) (?:not )?(?:it|right|the one|what i (?:mean|meant))|(?:就[是系])?[这呢]个)\W*$",
    re.IGNORECASE,
)
"""What only points at the thing that was asked about, after yes or no."""
_THUMB = {"👍": "up", "👎": "down"}


ANSWER = 40
"""Characters up to which a message that begins with yes or no answers a question of ours."""

_BEGINS = 3
"""Characters within which yes or no begins such a message."""

_SUBJECT = re.compile(r"\s*(?:我|他|她|佢|大家|公司)")
"""What begins a statement of its own: 我们都不是… is no answer."""

_DECLINES = re.compile(
    r"\W*(?:(?:no|not|don'?t|please don'?t|keep|wait|leave|better not)\b|(?:还是|都系|那|咁|先|嗯|算了)?(?:不(?:要|用|删|必)|别|唔(?:好|使|要|删)|先不|保留|等等|等阵))",
    re.IGNORECASE,
)


def referred(text: str, memory: Memory) -> Offer | None:
    """The offer that a typed message takes up, or None. In an interview only a whole title counts: it reads numbers itself."""
    offers = memory.offers
    folded = _fold(text)
    if not offers or not folded:
        return None
    titled = next((offer for offer in offers if folded in _titles(offer, memory.asks)), None)
    if titled or memory.interviewing:
        return titled
    if folded.isascii() and folded.isdigit() and len(folded) < 3:
        return offers[int(folded) - 1] if 1 <= int(folded) <= len(offers) else None
    choice = next((f.value for f in find(text, ("choice",)) if f.value.exact), None)
    if choice:
        things = [offer for offer in offers if offer.intent not in _ASIDE]
        count = len(things)
        inside = -count <= choice.position <= count
        return things[choice.position - 1 if choice.position > 0 else choice.position] if inside else None
    return _answered(text, memory)


def _answered(text: str, memory: Memory) -> Offer | None:
    """What yes, no or neither means to the question that the last answer asked."""
    if memory.asks not in ("yes_no", "which"):
        return None
    plain = simplify(text)
    said = (text, plain[: match.start()]) if (match := _POINTING.search(plain)) else (text,)
    meaning = next((f.value.meaning for each in said for f in find(each, ("answer",)) if f.value.exact), None)
    if _NEITHER.fullmatch(plain):
        meaning = "neither"
    if memory.asks == "yes_no" and meaning is None and len(plain) <= ANSWER and not asks(plain):
        meaning = next(
            (f.value.meaning for f in find(text, ("answer",)) if f.start < _BEGINS and not _SUBJECT.match(plain)), None
        )
        if _DECLINES.match(plain):
            meaning = "no"
    if memory.asks == "yes_no":
        return {"yes": memory.offers[0], "no": memory.offers[1], "neither": memory.offers[1]}.get(meaning or "")
    if meaning in ("no", "neither"):
        return next((offer for offer in memory.offers if offer.intent == NONE_OF_THESE), None)
    things = [offer for offer in memory.offers if offer.intent not in (*_ASIDE, "list_services")]
    return things[0] if meaning == "yes" and len(things) == 1 else None


def thumb(text: str) -> str | None:
    """`up` or `down` for a message that is a thumb and nothing else, in any skin tone."""
    bare = re.sub(r"[\s\ufe0f\U0001f3fb-\U0001f3ff]", "", text)
    return _THUMB.get(bare[:1]) if bare and set(bare) <= {bare[0]} else None


def _titles(offer: Offer, asks: str | None) -> set[str]:
    """What names an offer: its title, also in the words of Hong Kong, and a part of it where yes or no was asked ("delete" of "Yes, delete")."""
    parts = re.split("[,，]", offer.title) if asks == "yes_no" else ()
    return {_fold(title) for title in (offer.title, traditional(offer.title), *parts)}


def _fold(text: str) -> str:
    return simplify(unicodedata.normalize("NFKC", text)).strip(" .。)!！?？").casefold()
