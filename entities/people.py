"""Who somebody is: of Hong Kong, Macao, Taiwan, the Mainland or abroad, and whether an employer asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entities import employers
from entities.lexicon import negated
from entities.message import Found, Message
from entities.places import Identity, Place, lexicon

IDENTITY = "identity"

_PERSON = (
    r"(?:national|citizen|citizenship|passport|nationality|resident|residency|residence(?! permit)|person|people|guy|man|woman"
    r"|men|women|girl|boy|lady"
    r"|expat|subject|folk|native|compatriot|pr(?![a-z])|id(?![a-z])|identity card|id card|born)s?(?![a-z])"
)
_AFTER_EN = re.compile(rf" (?:(?:permanent|perm|long-term|young|ordinary|chinese) )?{_PERSON}")
_AFTER_ZH = re.compile(
    r" ?(?:特区|特别行政区|永久性?|的)?(?:人(?![才工力口事均文流寿气大脸民群道])|籍(?!贯)|公民|国民"
    r"|居民(?!身份证办|来往|居住)|市民|同胞|护照(?!办)|身份证?|永居|永久性?居民|国籍"
    r"|人士|华人|华裔|青年(?!就业|创业|发展)| ?(?:permanent )?(?:pr|id|passport|citizen|national|resident)(?![a-z]))"
)
_SERVICE_AFTER = re.compile(r"(?:工作|来华|永久居留|居留|签证|体检|服务|就业|综合|才|士?创业|管理|住宿)")
_BE_ZH = re.compile(
    r"(?:来自|国籍(?:是|系|为)?[: ]?|(?:我|本人|我们|我哋|老公|老婆|太太|先生|丈夫|妻子|佢|他|她|员工|同事"
    r"|护照|人)(?:们|哋)?(?:都|也|就)?(?:是|系|从|由|持有?|揸|拿)(?:的|个)?) ?$"
)
_END_ZH = re.compile(r" ?(?:的|过来的?|来的?|嚟[嘅㗎]?|嘅|人)?[啊呀啦㗎架咯哦吧]? ?(?:$|[,.;!?，；！？。])")
_SUBJECT = (
    r"(?:i|we|he|she|they|you|husband|wife|partner|spouse|son|daughter|employee|candidate|applicant"
    r"|colleague|staff|guy|boss|who|that|passport|citizenship)"
)
_BE_EN = re.compile(
    rf"(?:(?<![a-z]){_SUBJECT}(?:'m|'s|'re| m| am| is| are| was| being)|(?<![a-z])im|(?<![a-z])as"
    r"|(?<![a-z])being|(?<![a-z])nationality(?: is|:|,)?"
    r"|(?<![a-z])(?:hold|holds|holding|have|has|with|got|own) (?:an? |the |my |his |her )?)(?: an?| the"
    r"| also| both| half| originally| actually| chinese)* ?$"
)
_FROM = re.compile(
    rf"(?:(?<![a-z])(?:{_SUBJECT}(?:'m|'s|'re| m| am| is| are| come| comes| came)|im|come|comes|person"
    r"|people|someone|talent|professional|resident"
    r"|citizen|national|passport|expat|architect|engineer|lawyer|solicitor|barrister|accountant|doctor"
    r"|dentist|nurse|surveyor|planner"
    r"|adviser|advisor|guide|worker|teacher|youth|graduate|student|employee|staff)s?(?: all| both| originally| also)?"
    r" (?:originally |also |just )?(?:from|of)|^(?:originally )?from|(?<![a-z])(?:citizen|national"
    r"|passport|native|nationality)s? of) (?:the )?$"
)
_TO_AFTER = re.compile(r" (?:to|into|and back)(?![a-z])|'s (?!$)")
_NO_PERSON = re.compile(
    r"[ -](?:company|companies|firm|bank|visa|law|tax|taxes|degree|school|university|employer|dollars?"
    r"|food|office|based|branch|city|"
    r"island|stock|market|government|office|side|border|address|number|phone|bank|account|licen[cs]e"
    r"|registration|salary)(?![a-z])"
)
_AFTER_PEOPLE = re.compile(
    r"(?: (?:and|but|so|who|with|working|living|by|in|at|on|from|too|as well|now|here|myself)(?![a-z])"
    r"| ?(?:$|[,.;!?)]))"
)
_GROUPS = re.compile(
    r"港澳(?P<taiwan>台)?(?:永久性?)?(?:居民(?!居住证|来往|身份证|就业)|人士|同胞|市民|人(?![才工员]))"
)
_A = re.compile(r"(?<![a-z])an? $")
_AND = re.compile(r" ?(?:and|&|/|,|和|同|及|与|、|or) ?(?:an? )?")
_WHOLE = re.compile(
    r"[ ,.'\"(]*(?:(?:well|i|i'm|im|am|from|it's|it is|a|an|the|my nationality is|nationality|originally"
    r"|chinese|overseas chinese|答|我|是|系|我是|我系|来自|我来自|本人|也是|都是|就是"
    r"|即是) ?[:,]?){0,4} ?$"
)
_REST = re.compile(r" ?(?:的|嘅|人|来的|嚟嘅|originally|actually|here)?[啊呀啦㗎架咯哦吧]?[ .,!。，！~)\"]*$")


def find(message: Message) -> Iterator[Found]:
    """`identity`, each an `Identity`. Only what says who somebody is: 香港人 and "Swiss national", not 香港公司.

    What is denied does not count ("I'm not from Hong Kong"). Whose identity it is ("my wife is Swiss") is not told.
    """
    flat = message.flat
    found = [found for found in _people(message) if not negated(flat, found[0])]
    chinese_elsewhere = any(identity.group in ("hong_kong", "macao", "taiwan") for _, _, identity in found)
    for start, end, identity in found:
        if identity.group == "mainland" and chinese_elsewhere and flat.startswith(("中国", "chinese", "china"), start):
            continue  # Chinese nationality, which they have too
        yield message.found(IDENTITY, identity, start, end)
    for match in _GROUPS.finditer(flat):  # 港澳台居民 are three groups, each at its own character
        if not negated(flat, match.start()):
            yield message.found(IDENTITY, Identity("hong_kong"), match.start(), match.start() + 1)
            yield message.found(IDENTITY, Identity("macao"), match.start() + 1, match.start() + 2)
            if match["taiwan"]:
                yield message.found(IDENTITY, Identity("taiwan"), match.start() + 2, match.end())
    employer = employers.find(flat)
    if employer:
        yield message.found(IDENTITY, Identity("employer"), *employer)


def _people(message: Message) -> Iterator[tuple[int, int, Identity]]:
    flat = message.flat
    named = list(lexicon().find(flat))
    people = [_said(message, flat, start, end, name) for start, end, name in named]
    for position in range(1, len(named)):  # "Chinese and Australian", 香港同加拿大护照
        before, after = named[position - 1], named[position]
        if _AND.fullmatch(flat, before[1], after[0]):
            if people[position - 1] == before[1] and not people[position] and not _NO_PERSON.match(flat, after[1]):
                people[position] = after[1]
            elif people[position] and not people[position - 1]:
                people[position - 1] = before[1]
    for (start, _, name), stop in zip(named, people):
        if stop:
            yield start, stop, name.identity


def _said(message: Message, flat: str, start: int, end: int, name: Place) -> int | None:
    """Where the mention of a person ends that begins with this name, or None if it says nothing of a person."""
    if name.sure:
        service = flat[end - 1] in "人籍" and _SERVICE_AFTER.match(flat, end)
        return None if service or flat.startswith(("才", "工"), end) else end
    stop = _who(flat, start, end, name)
    return None if stop and name.upper and not _capitals(message, flat, start, end, stop) else stop


def _capitals(message: Message, flat: str, start: int, end: int, stop: int) -> bool:
    """Whether "us" is the country: typed in capitals, after "the", or before "citizen"."""
    return message.typed_at(start, end).isupper() or stop > end or flat[max(0, start - 4) : start] == "the "


def _who(flat: str, start: int, end: int, place: Place) -> int | None:
    """Where the mention of a person ends that begins with a place's name, or None if it is of the place."""
    chinese = not flat[start].isascii()
    after = (_AFTER_ZH if chinese else _AFTER_EN).match(flat, end)
    if not after and not chinese:
        after = _AFTER_ZH.match(flat, end) if end < len(flat) and not flat[end].isascii() else None
    if after:
        return None if _SERVICE_AFTER.match(flat, after.end()) else after.end()
    if place.alone and _WHOLE.fullmatch(flat, 0, start) and _REST.match(flat, end):
        return end
    before = flat[max(0, start - 48) : start]
    if chinese or (start and not flat[start - 1].isascii()):
        return end if _BE_ZH.search(before) and _END_ZH.match(flat, end) else None
    if _TO_AFTER.match(flat, end) or _NO_PERSON.match(flat, end):
        return None
    if place.people and _A.search(before) and _AFTER_PEOPLE.match(flat, end):
        return end
    if place.people and _BE_EN.search(before) and (place.alone or _AFTER_PEOPLE.match(flat, end)):
        return end
    return end if _FROM.search(before) else None
