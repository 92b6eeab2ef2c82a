"""Which of several: 第二个, "the last one", ②, "B"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from entities.chinese_numerals import read_chinese
from entities.message import Found, Message

CHOICE = "choice"

MOST = 20


@dataclass(frozen=True)
class Choice:
    """position counts from 1, from the end with negative numbers (-1 is the last one); exact: the message is nothing else."""

    position: int
    exact: bool


_NTH = "first_1st second_2nd third_3rd fourth_4th fifth_5th sixth_6th seventh_7th eighth_8th ninth_9th tenth_10th"
_ORDINALS = {
    **{word: position for position, words in enumerate(_NTH.split(), 1) for word in words.split("_")},
    "last": -1,
    "final": -1,
    "former": 1,
    "latter": 2,
    "top": 1,
    "bottom": -1,
}
_ORDINAL = "|".join(_ORDINALS)
_CARDINALS = "one two three four five six seven eight nine ten"
_NUMBERS = {word: number for number, word in enumerate(_CARDINALS.split(), 1)}
_N = r"[0-9]{1,2}|[一二三四五六七八九十两]{1,3}"
_THING = "个|項|项|种|条|款|样|间|位|份|题|选项|类|只|张|只|家"
_END = r"(?= ?(?:[吧啦喇啊呀哦咯嘅的㗎架]|please|pls)* ?(?:$|[,.;!?]))"
_PATTERN = re.compile(
    rf"(?P<back>倒数)第(?P<back_n>{_N})(?:{_THING})|第 ?(?P<nth>{_N}) ?(?:(?:{_THING})(?!人(?!选)|月|星期"
    rf"|礼拜|小时)|{_END})"
    rf"|(?P<last>(?:最后|最尾|最末|尾)(?:嗰|那)?(?:一)?(?:{_THING})(?!月|星期|礼拜|小时))"
    r"|(?P<first>(?<![开一两])头(?:先)?(?:嗰|那|一)(?:个|项|种|条|款|样)(?!月|星期|礼拜)|前者)"
    r"|(?P<second>后者)"
    rf"|(?<![a-z])(?:the )?(?:(?P<word>{_ORDINAL}) (?:one|option|choice|item|answer|button|of (?:these"
    r"|those|them|the two))(?![a-z])|second (?P<second_last>last)(?: one)?(?![a-z]))"
    rf"|(?<![a-z])(?<!on )(?<!by )(?<!until )(?<!since )(?<!from )(?<!before )(?<!after )(?<!till )the (?P<bare>{_ORDINAL})(?:{_END})"
    r"|(?:(?<![a-z])(?:option|choice|number|no\.?|item|answer|nr\.?) ?|# ?|(?<![一二两三四五0-9])选项? ?"
    rf"|选择 ?|拣 ?)(?:(?P<number>{_N}|{'|'.join(_NUMBERS)})(?![0-9%a-z]|[.,][0-9])(?:{_THING}"
    r"|号)?(?! ?(?:years?|days?|months?|天|年|月|万|元))|(?P<letter>[a-h])(?![a-z0-9]))"
)
_LEAD = (
    r"(?:(?:i|i'd like|i would like|i'll|i will|i'll take|i want|i choose|i pick|i take|i go with|go with"
    r"|let's go with|let's take|take|choose|pick|select|select the|want|please|my answer is|it's|it is"
    r"|it would be"
    r"|我|我要|我选|我选择|我拣|要|选|选择|拣|就|是|系|应该是|应该系|请|答案是|答|嗯|想要|我想要|我想选"
    r"|就选|就要)[ :]?){0,3}"
)
_TAIL = r" ?(?:[吧啦喇啊呀哦咯嘅的㗎架了先]|please|pls|thanks|thank you|one){0,3}[ .,!)。、]*"
_ALONE = re.compile(
    rf"[ (（\[]*{_LEAD}[ (]*(?:(?P<number>{_N}|{'|'.join(_NUMBERS)})(?:号|[.)])?|(?P<letter>[a-h])"
    rf"|(?P<ordinal>{_ORDINAL})(?! ?(?:time|year)))[ )\].]*{_TAIL}"
)
_EXACT_REST = re.compile(rf"[ (]*{_LEAD}[ ]*")
_EXACT_TAIL = re.compile(_TAIL)
_MENTIONS = re.compile(
    r"第|最|尾|头|者|选|拣|#|[0-9]|(?:st|nd|rd|th|one|option|choice|number|no|last|former|latter|final|top"
    r"|bottom|item|answer|nr)(?![a-z])"
)
_LONGEST_ALONE = 40


def find(message: Message) -> Iterator[Found]:
    """`choice`, each a `Choice`. A bare number or letter is one only where the message is nothing else."""
    flat = message.flat
    if len(flat) <= _LONGEST_ALONE:
        alone = _ALONE.fullmatch(flat)
        if alone:
            position = _position(alone)
            name = next(name for name in ("number", "letter", "ordinal") if alone[name])
            if position:
                yield message.found(CHOICE, Choice(position, exact=True), alone.start(name), alone.end(name))
            return
    if not _MENTIONS.search(flat):
        return
    for match in _PATTERN.finditer(flat):
        position = _position(match)
        if position:
            exact = bool(_EXACT_REST.fullmatch(flat, 0, match.start()) and _EXACT_TAIL.fullmatch(flat, match.end()))
            yield message.found(CHOICE, Choice(position, exact), match.start(), match.end())


def _position(match: re.Match[str]) -> int | None:
    """The position a match names, None for one that no list has."""
    told = {name: text for name, text in match.groupdict().items() if text}
    if "last" in told or told.get("bare") == "last":
        return -1
    if "second_last" in told:
        return -2
    if "first" in told:
        return 1
    if "second" in told:
        return 2
    word = told.get("word") or told.get("bare") or told.get("ordinal")
    if word:
        return _ORDINALS[word]
    if "letter" in told:
        return ord(told["letter"]) - ord("a") + 1
    number = told.get("nth") or told.get("number") or told["back_n"]
    position = _number(number)
    if position is None or not 1 <= position <= MOST:
        return None
    return -position if "back" in told else position


def _number(text: str) -> int | None:
    if text in _NUMBERS:
        return _NUMBERS[text]
    if text.isascii():
        return int(text)
    read = read_chinese(text, 0, re.compile("[0-9]+"))
    return int(read.low) if read and read.low is not None and read.end == len(text) and read.high is None else None
