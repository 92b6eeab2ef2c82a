"""Short answers to a question: yes, no, unsure, neither, skip (`answers.yml` lists what people say)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from entities.message import Found, Message, fold
from language.script import HAN

ANSWER = "answer"

Meaning = Literal["yes", "no", "unsure", "neither", "skip"]

ANSWERS = Path(__file__).with_name("answers.yml")

LONGEST_CLAUSE = 48
"""Characters from which a clause is no short answer."""

MOST_CLAUSES = 6

SHORT = 40
"""Characters up to which an answer may stand in a later clause; a long message is a story, in which "great" is none."""


@dataclass(frozen=True)
class Answer:
    """exact: the message is nothing but that; else it only begins with it or holds it as a clause."""

    meaning: Meaning
    exact: bool


@dataclass(frozen=True)
class _Heard:
    meaning: Meaning
    start: int
    end: int
    whole: bool  # the clause is nothing but that
    weak: bool = False  # 对, 嗯, "ok" only say that the question was heard, if more follows


_V = (
    "办|去|做|交|考|拿|申请|来|领|用|享受|参加|听说|试|住|读|买|签|登记|注册|工作|准备|打算|计划|需要"
    "|收到|结婚|换|开|报|缴|供|攞|摞|嚟"
)
_LEAD = (
    "(?:(?:嗯|恩|呃|额|哦|噢|喔|啊|哎|唉|咁|那么?|其实|我(?:觉得|想|谂|认为)|我(?:们|哋)?|本人|咱们?|佢"
    "|他|她|公司|这个|呢个|都|也|亦|就|真的?|确实|的确|当然|肯定|一定|绝对"
    "|应该|好像|好似|似乎|大概|估计|目前|现在|而家|依家|暂时|到现在|至今|一直|从来|从|以前|之前|梗系|梗"
    "|仲|还|已经|已|早就|早已|老实讲|说实话) ?){0,5}"
)
_PARTICLES = (
    "(?: ?(?:的|嘅|啊|呀|吖|阿|哦|喔|啦|喇|了|咯|囉|啰|嘞|嘛|噢|耶|哟|哈|吧|架|㗎|嘎|噶|呢|滴|哒|呐|哩|添"
    "|先|咧|喎|哇|诶|ga|la|lah|lor|lo|wor|ah|ar|wo|haha|lol)){0,4}"
)
_NO = (
    r"(?:不是|不系|唔系|唔是|没有|没|冇|未有|未曾|未试过|未|不|不对|唔啱|不行|唔得|不可以|唔可以|不可|不能"
    r"|唔能够|不会|唔会|不要|唔要|不用|唔使|唔洗|不需要|唔需要|不必|不想|唔想|不符合|唔符合"
    r"|不满足|不同意|唔同意|不属于|唔属于|不懂|唔识|不识|唔好|不肯|唔肯|不愿意|不打算|唔打算|不在|唔喺"
    rf"|(?:没有?|冇|未|未曾|没有曾)(?:{_V})(?:过|到|咗)?)"
)
_YES = (
    rf"(?:(?P<again>是的|对的|有的|好的|是|系|对|有|好|啱|行|得|要|会|能)(?:(?:[ ,]?)(?P=again)){{0,5}}"
    rf"|可以|需要|想|符合|满足|属于|识|懂|使|办好|愿意|打算|知道|清楚|算是?|(?:{_V})(?:过|了|咗|到|齐"
    rf"|完)(?:了|啦)?|有(?:{_V})(?:过|咗)?)"
)
_UNSURE = (
    r"(?:(?:不|唔)(?:太|多|大|是很|系好|系几|系咁|怎么|点|十分|好)?(?:知道?|清楚|确定|肯定|晓得|了解|记得)"
    r"|不知|唔知|没(?:有)?(?:注意|留意)|可能(?:是|有|会|要|得|系|可以|不是|没有|没|唔系|冇|不会|唔会|符合"
    r"|需要))"
)
_CLAUSE_NO = re.compile(_LEAD + _NO + _PARTICLES)
_CLAUSE_YES = re.compile(_LEAD + _YES + _PARTICLES)
_CLAUSE_UNSURE = re.compile(_LEAD + _UNSURE + _PARTICLES)
_TRAILING = re.compile(
    r"(?: ?(?:的|啊|呀|吖|哦|喔|啦|喇|了|咯|啰|嘞|嘛|噢|耶|哟|哈|吧|架|㗎|噶|滴|哒|先|喎|谢谢|多谢|唔该)"
    r"|(?:(?<=[^\x00-\x7f])| )(?:ga|lah|lor|la|lo|ah|mate|man|bro|dude|thanks|thank you|thx|sir|madam"
    r"|please|pls|though|actually|sorry|haha|lol)(?![a-z])){1,3}$"
)
_LEADING = re.compile(
    r"(?:(?:well|um+|uh+|hmm+|oh|ah|er+|so|and|but|actually|honestly|sorry|to be honest|i think|i'd say"
    r"|i believe|haha)(?= | ?[^\x00-\x7f]) ?"
    r"|(?:嗯|呃|额|哦|噢|喔|哎|咁|那|其实|我觉得|我想|我谂) ?){1,3}"
)
_POLITE = re.compile(
    r"(?:thanks?|thank you|thx|please|pls|sir|madam|sorry|谢谢|多谢|唔该|麻烦|不好意思|haha|hi|hello|你好"
    r"|well|嗯|哦)?(?: you)?"
)

_OPENS_EN = re.compile(
    r"(?P<yes>(?:yes|yeah|yep|yup|yea)(?![a-z'])(?! and no| or no|/no)"
    r"|(?:sure|of course|correct|absolutely|definitely|certainly)(?= (?:i|we|he|she|it|they|my)(?![a-z]))"
    r"|i (?:do|did)(?= )(?! not| i)|i (?:have|already have|have already)(?= )(?! not| no(?![a-z])| to "
    r"| an? (?:question|problem|doubt|query|issue)| questions| problems| trouble| never))"
    r"|(?P<no>(?:no|nope|nah)(?= (?:i|we|he|she|it|they|my|our|not|never|there|that|thanks?|sorry|sir|but"
    r"|because|just|only|at|this|the|these)(?![a-z]))|(?:nope|nah)(?= )"
    r"|(?:i|we) (?:don't|dont|do not) (?:have|own|hold|live|work|plan|need|qualify|speak|earn|pay|intend)(?![a-z])"
    r"|(?:i|we) (?:haven't|havent|have not|have never|have no|didn't|did not|never|can't|cannot|won't"
    r"|wasn't)(?= )|(?:i've|we've) (?:no|not|never)(?= )|not (?:yet|really|exactly|at the moment)(?= )"
    r"|(?:of course|certainly|definitely|absolutely) not(?= ))"
    r"|(?P<unsure>(?:i'm |i am )?(?:not sure|unsure)(?= )|i (?:don't|do not|dont) know(?= (?:if|whether"
    r"|that|about))|no (?:idea|clue)(?= )|maybe(?= ))"
)
_OPENS_ZH = re.compile(
    rf"(?P<unsure>{_LEAD}(?:不知道?|唔知道?|(?:不|唔)(?:太|多|系好|是很)?(?:清楚|确定|肯定)"
    r"|可能)(?!.*(?:怎么|点样|如何|哪|什么|边|几|多少)))"
    rf"|(?P<no>{_LEAD}(?:没有(?!问题|关系|人|什么问题)|还没|仲未|未(?=曾|有|试)|没(?=(?:{_V}))|不是(?!很)"
    r"|唔系(?!几|好)|冇(?!问题|所谓|人)|唔识|不会(?!吧)|不懂|不用|唔使|不需要|唔需要|不能|唔得))"
    r"|(?P<yes>是的|对的|对啊|系呀|系啊|系嘅|有啊|有呀|没错|冇错|当然|(?:我|我们|我哋)(?:已经|早就|都|就"
    r"|的确|确实)?有(?!没有|冇|(?:个|一个|几个|些|点|啲)?(?:问题|疑问|兴趣|事|关|效|限|用|意|时|嘢想))"
    r"|已经(?=.)|有(?=[过买交办做考一两三0-9]))"
)
_ASKS = re.compile(
    r"\?|吗|咩|乜|怎|点样|点先|点解|点算|如何|什么|哪|边度|边个|几多|几时|几耐|多少|多久|为何|是不是"
    r"|系唔系|有没有|有冇|可不可以|可唔可以|能不能|得唔得|使唔使|要不要|定系|还是|(\S)[唔不]\1|冇得|么(?=$"
    r"|[ ,.])"
)
_ASKS_EN = re.compile(
    r"(?:^|[,.;] ?|(?<=and )|(?<=but )|(?<=so ))(?:what|how|where|when|which|who|whom|why|can|could|do"
    r"|does|is|are|should|may|will|would|shall|now what)(?:'s)? (?!not(?![a-z]))"
)
_CLAUSE = re.compile(rf"(?:(?!(?<={HAN.pattern}) (?={HAN.pattern}))[^,.;:!?…()\"“”\[\]])+")
_NOW = re.compile(r"现在|而家|依家|目前|(?<![a-z])(?:now|anymore|any more)(?![a-z])")
_WEAK = re.compile("对|嗯|恩|嗯嗯|恩恩|是|ok|okay|k|right|好|行|fine|well|哦|好的|是的|对对|great|good|alright")


@cache
def _phrases() -> dict[str, Meaning]:
    listed = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))
    return {
        "".join(map(fold, phrase)): meaning
        for meaning, languages in listed.items()
        for phrases in languages.values()
        for phrase in phrases
    }


def find(message: Message) -> Iterator[Found]:
    """`answer`, at most one `Answer` for the whole message; a question is none ("是吗", "有没有")."""
    flat = message.flat
    asks = bool(_ASKS.search(flat, 0, 400) or _ASKS_EN.search(flat, 0, 400))
    clauses = _clauses(flat)
    heard: list[_Heard] = []
    rest = len(clauses) > MOST_CLAUSES
    for start, end in clauses[:MOST_CLAUSES]:
        answer = None
        first = (start, end) == clauses[0] or bool(heard) or _POLITE.fullmatch(flat, *clauses[0])
        if end - start <= LONGEST_CLAUSE and (first or len(flat) <= SHORT):
            meaning = None if flat[end : end + 1] == "?" and not _skips(flat[start:end]) else _whole(flat[start:end])
            if meaning:
                answer = _Heard(meaning, start, end, whole=True, weak=_WEAK.fullmatch(flat, start, end) is not None)
        if answer is None and not asks and not heard and first:
            answer = _opening(flat, start, end)
        if answer:
            heard.append(answer)
        rest = rest or not ((answer and answer.whole) or _POLITE.fullmatch(flat, start, end))
    if not heard:
        return
    chosen = next((h for h in heard if not h.weak), heard[0])
    if _NOW.search(flat, heard[-1].start, heard[-1].end):  # 以前有，现在没有
        chosen = heard[-1]
    same = all(h.meaning == chosen.meaning or h.weak for h in heard)
    end = max(h.end for h in heard) if same and not rest else chosen.end
    start = heard[0].start if same and not rest else chosen.start
    yield message.found(ANSWER, Answer(chosen.meaning, exact=same and not rest), start, end)


def _skips(clause: str) -> bool:
    """Whether a question asks to go on ("可以跳过吗?")."""
    return ("skip" in clause or "跳过" in clause) and _whole(clause) == "skip"


def _clauses(flat: str) -> list[tuple[int, int]]:
    """The first clauses, without blanks at their ends."""
    clauses = []
    for match in _CLAUSE.finditer(flat):
        text = match.group()
        start = match.start() + len(text) - len(text.lstrip())
        end = match.end() - len(text) + len(text.rstrip())
        if end > start:
            clauses.append((start, end))
        if len(clauses) > MOST_CLAUSES:
            break
    return clauses


def _whole(clause: str) -> Meaning | None:
    """What a clause means as a whole."""
    phrases = _phrases()
    for form in _forms(clause):
        if form in phrases:
            return phrases[form]
    if clause.isascii():
        return _twice(clause)
    half = len(clause) // 2
    if clause[:half] * 2 == clause:  # 不对不对
        return _whole(clause[:half])
    if _CLAUSE_UNSURE.fullmatch(clause):
        return "unsure"
    if re.search("[吗咩]", clause):
        return None
    if _CLAUSE_NO.fullmatch(clause):
        return "no"
    return "yes" if _CLAUSE_YES.fullmatch(clause) else None


def _twice(clause: str) -> Meaning | None:
    """What two phrases in a row mean, where it is the same ("yeah sure")."""
    phrases = _phrases()
    for gap in re.finditer(" ", clause):
        meaning = phrases.get(clause[: gap.start()])
        if meaning and phrases.get(clause[gap.end() :]) == meaning:
            return meaning
    return None


def _forms(clause: str) -> Iterator[str]:
    """The clause, and without particles and fillers."""
    yield clause
    end = _TRAILING.search(clause)
    short = clause[: end.start()].strip() if end else clause
    yield short
    lead = _LEADING.match(clause)
    if lead and lead.end() < len(clause):
        yield clause[lead.end() :].strip()
        if lead.end() < len(short):
            yield short[lead.end() :].strip()


def _opening(flat: str, start: int, end: int) -> _Heard | None:
    """What the clause begins with, where that answers ("yes I have one", 没有买过社保)."""
    clause = flat[start : min(end, start + 200)]
    for pattern in (_OPENS_EN, _OPENS_ZH):
        match = pattern.match(clause)
        if match and match.end() > match.start():
            meaning: Meaning = "yes" if match["yes"] else "no" if match["no"] else "unsure"
            return _Heard(meaning, start, start + match.end(), whole=False)
    return None
