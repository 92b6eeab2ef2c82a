"""Languages named in a message, as those the assistant answers in, and whether they are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from entities.message import Found, Message
from language.choice import EN, HANS, HANT

LANGUAGE_NAME = "language_name"

ZH = "zh"
"""Chinese in whichever script."""


@dataclass(frozen=True)
class LanguageName:
    """code: `en`, `zh-Hans`, `zh-Hant` or `zh`. refused: not wanted, not spoken or left ("not English", 唔識普通话)."""

    code: str
    refused: bool = False


_NAMES = (
    (HANT, (r"繁体中?文?字?|正体中?文?字?|繁中|(?<=[讲说用转])繁(?![忙荣殖琐])|广东话|粤语|白话|广府话"
        r"|(?<![a-z])(?:traditional(?: chinese| characters?)|(?:(?<=to )|(?<=from )|(?<=in )"
        r"|(?<=into ))traditional|cantonese)(?![a-z])")),
    (HANS, (r"简体中?文?字?|简中|(?<=[讲说用转])简(?![单介历化])|普通话|国语|(?<![a-z])(?:simplified(?: chinese"
        r"| characters?)|(?:(?<=to )|(?<=from )|(?<=in )|(?<=into ))simplified|mandarin|putonghua)(?![a-z])")),
    (EN, (r"英[语文](?![学])|(?<=[讲说识])英(?!国)|(?<![a-z])(?:english|engrish|inglish)(?![a-z])(?! (?:citizen"
        r"|national|passport|man|woman|people))")),
    (ZH, (r"中文|汉语|华语|(?<![a-z])chinese(?![a-z])(?! (?:citizen|national|passport|people|person|medicine"
        r"|compan|firm|cpa|tax|visa|side|bank|law|employ|government|resident|cit|exam|food|yuan|dollar"
        r"|new year|phone|mobile|degree|market|id))")),
)  # fmt: skip
_NAMED = re.compile("|".join(f"(?P<{code.replace('-', '_')}>{pattern})" for code, pattern in _NAMES))
_BARE = re.compile(
    r"[ ,.!'\"]*(?:in |to |please |用|讲|说|转|换|切换到?|改用)?(?P<word>traditional|simplified|繁"
    r"|简)(?: please| pls)?[ ,.!?]*"
)
_SPOKEN = re.compile(
    r"(?:(?<![a-z])(?:speak|speaks|speaking|in|into|to|use|using|write|read|reply|answer|respond"
    r"|understand|talk|type|language|prefer|know|learn|or|and|not|no|from|of|than|fluent|native|good|some"
    r"|stop|more|switch|want|need|like)|,|"
    r"[^\x00-\x7f]) ?$"
)
_ASKED = re.compile(
    r" ?(?:please|pls|language|version|only|text|characters?|writing|speaker|speaking|skills?|instead"
    r"|rather|then|ok|$|[,.;!?]|[^\x00-\x7f]|not|and|or|to|is|for)"
)
_REFUSED = re.compile(
    r"(?:instead of|rather than|(?<![a-z])(?:from|not|no|no more|stop|without)(?![a-z])|n't|can ?not"
    r"|别|不要|不用|不想|不会|不懂|不识|不太会|不太懂|不太识|不讲|不说|不精通|唔好|唔要|唔讲|唔识|唔太识"
    r"|唔多识|唔系几识|唔想|唔会|唔懂|看不懂|听不懂|睇唔明|睇唔识|睇唔懂|听唔明|听唔懂|没学过|冇学过|从"
    r"|由)"
    r"[ \w]{0,24}?$"
)
_NEW_CLAUSE = re.compile(r"[,.;!?]|(?<![a-z])to +$|换成|转成|转做|改用|而要")


def find(message: Message) -> Iterator[Found]:
    """`language_name`, each a `LanguageName`."""
    flat = message.flat
    bare = _BARE.fullmatch(flat)
    if bare:
        code = HANT if bare["word"] in ("traditional", "繁") else HANS
        yield message.found(LANGUAGE_NAME, LanguageName(code), bare.start("word"), bare.end("word"))
        return
    since = 0
    for match in _NAMED.finditer(flat):
        code = str(match.lastgroup).replace("_", "-")
        start, end = match.span()
        if flat[start:end] == "chinese" and not (
            start == 0 or _SPOKEN.search(flat, max(0, start - 14), start) or _ASKED.match(flat, end)
        ):
            continue
        clause = _NEW_CLAUSE.split(flat[max(since, start - 40) : start])[-1]
        yield message.found(LANGUAGE_NAME, LanguageName(code, bool(_REFUSED.search(clause))), start, end)
        since = end
