"""Messages that leave out what was said before: "and for my wife?", 那居留許可呢, "no, I meant the other permit". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from entities.lexicon import folded
from entities.places import lexicon
from language.script import simplify

LONGEST = 90
"""Characters of what may still be an ellipsis."""

_LEAD = re.compile(
    r"^[\s,，、。.!！…]*(?:(?:and|but|or|so|ok(?:ay)?|right|well|then|also|hmm+)\b(?: if)?|what (?:about|if|of)\b|how about\b|(?:is|are|does) (?:it|that|they|this) (?:also )?(?:the same|the case|hold|go|apply) (?:for|to|with)\b|for|same (?:question )?for|as for|in case of"
    r"|那么?|咁|噉|如果|若|要是|假如|还有|另外|仲有|而|至于|轮到|换成|对于|关于|好|嗯|哦|呃|另)[\s,，:：]*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:(?:是不是|系咪|系唔系)?[也都]?(?:是|系)?(?:一样|同样|咁样?|这样|适用)[的嘅]?[吗嘛么㗎架]?|[呢咧吧啊呀嘅的㗎]|\bthen\b|\bthough\b|\bplease\b|[\s?？!！。.,，])+$",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"^\W*(?:(?:so|ok(?:ay)?|well)\W+)?(?:and|but|or|is (?:it|that) (?:also )?the same|what about|how about|what if|same|as for|那|咁|噉|如果|要是|假如|还有|另外|仲有|至于|换成)|[呢咧](?:[\s?？!！。.]|$)|^[^?？]{1,30}[?？]+$",
    re.IGNORECASE,
)
_SAYS_WHAT = re.compile(
    r"^(?:is|are|was|were|am|has|have|had|would|should|shall|isn't|aren't|haven't|hasn't|wouldn't|shouldn't)\b"
    r"|\b(?:how|what(?!'s (?:about|with)\b| i (?:mean|meant|said|asked|want|wanted)\b)|tell me|explain|describe|introduce|which|when|where|who|why|whether|can|could|may|must|should|do i|does|did|is (?:it|there|that)|are there"
    r"|am i|will|need|needs|required?|documents?|papers?|paperwork|fees?|costs?|price|free|address|phone|call|hours|deadlines?|requirements?|conditions?|steps?"
    r"|procedures?|apply|application|renew\w*|exten\w+|valid\w*|expir\w+|eligib\w+|qualif\w+|allowed|amount|benefits?|penalt\w+|fined?|legal|law|basis)\b"
    r"|什么|甚么|哪|多久|多长|多少|多大|几(?!内)|怎|如何|吗|么|是否|是不是|能不能|可不可以|可以|能|要不要|需不需要|需要|要(?![是问说讲])|有没有|会不会|谁|为何|为什么|介绍|讲解|解释|讲讲|讲下|说说|说一下|讲一下|([\u4e00-\u9fff])[不唔]\1"
    r"|点(?:样|解|做|办|申|搞|计|去|填|攞|交|续)|乜|咩|边(?:度|个|间|张)|唔(?:使|要|得|可)|定系|使唔使|得唔得|材料|文件|费|钱|时间|地址|地点|电话|条件|资格|流程|手续|步骤|期限|有效|截止|申请|办理|续|罚",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^\W*(?:no|nope|nah|sorry|wait|oops|actually|hmm|wrong|not that|that's not)\b.{0,40}?\b(?:i (?:mean|meant|asked)|i was (?:asking|talking)|i(?:'m| am) (?:asking|talking)|meant|rather)\b"
    r"|^\W*(?:no|nope|sorry|wrong one|not that(?: one)?)\s*[,，.:;-]\s*(?:the|my|not)\b|^\W*(?:no\W+){2,}\w"
    r"|\bnot the .{2,40}[,，]\s*(?:but )?the\b|[,，]\s*not (?:the|my|about)\b|[,，]\s*(?:不是|唔系)(?!.*[吗咩?？])"
    r"|\bi (?:meant|asked about|was asking about|(?:do not|don't|did not|didn't) mean)\b|\bi(?:'m| am) (?:talking|asking) about\b|^\W*(?:i mean|rather)\b"
    r"|不是.{0,16}?[,，。]?\s*(?:而)?(?:是|我(?:是)?(?:说|指|问))|^\W*(?:不是|不对|唔啱|[弄搞说讲]?错[了咗]?|不)[,，。\s]"
    r"|我是?[想要]?(?:说|指|问|讲)的?是|我[是系](?:说|指|问|讲|想问)(?!一?下|返)"
    r"|唔系.{0,16}?[,，。]?\s*(?:系|我(?:系)?(?:讲|问))|我(?:系)?(?:讲|问)(?:紧|嘅)(?:系|嘅系)?|讲错|说错",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\bnot(?: about| asking about| talking about)?(?: the| my| a)?|(?:\bnot|n't) mean(?: the| my| a)?|\bno|\b(?:rather than|instead of)(?: the| my| a)?"
    r"|(?:不是|唔系|并非)[说讲问指]?|不要|唔要)\s*$",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:previous|earlier|first) (?:question|topic|matter|thing)\b|\babout the .{2,40} again\b|^\W*the .{2,40} again\W*$|^\W*(?:ok\W+)?again about\b"
    r"|[说讲倾][回返番]|返去讲|返转头|转返|[返番]去(?=[^，。]{0,8}(?:问题|话题))|回头说|再(?:说说|讲讲|讲下)|还是说|接着说|继续说"
    r"|刚才(?:那|说|讲|问)|头先(?:那|个|[嗰𠮶]|讲|问)|之前(?:那个|说的|问的|[嗰𠮶]个|[讲问]嘅)|上一?个(?:问题|话题)",
    re.IGNORECASE,
)
_GOES = re.compile(
    r"\b(?:back to|go(?:ing)? back|return(?:ing)? to|coming back)\b(?: to\b)?|回到|[返番]去", re.IGNORECASE
)
_HOME = re.compile(
    r"\W*(?:the|my|our|his|her|their|your)? ?(?:own |home |original )*(?:country|home|hometown|family|(?:main|home|mother)land|[国老]家|祖国|原籍|家|国内|(?:海|境)外)(?:\b|(?=[^a-z]))",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\W*(?:the |my )?", re.IGNORECASE)
_FAMILY = re.compile(
    r"\b(?:wife|husband|spouse|partner|fianc\w+|girlfriend|boyfriend|sons?|daughters?|kids?|child|children|baby|family|parents?|mother|father|mum|mom|dad|in-laws?)\b"
    r"|老公|老婆|太太|先生|丈夫|妻子|爱人|配偶|儿子|女儿|个仔|个女|阿仔|阿女|仔女|孩子|小孩|细路|BB|父母|爸|妈|家人|家属|屋企人|子女",
    re.IGNORECASE,
)


def asks_something(text: str, leave_out: Iterable[tuple[int, int]] = ()) -> bool:
    """Whether a message says itself what it wants to know. leave_out: spans (start, end) that do not count, names of services."""
    chars = list(text)
    for start, end in leave_out:
        chars[start:end] = " " * (end - start)
    return _SAYS_WHAT.search(_bare("".join(chars))) is not None


def is_marked(text: str) -> bool:
    """Whether a message looks like the rest of a question: "and …", 那…呢, or a few words with a question mark."""
    return len(text) <= LONGEST and _MARKED.search(simplify(text).strip()) is not None


def is_correction(text: str) -> bool:
    """Whether a message corrects what it was taken for: "no, I meant …", 不是…，我说的是…."""
    return _CORRECTION.search(simplify(text)) is not None


def is_denied(text: str, start: int) -> bool:
    """Whether what stands at `start` is what was *not* meant ("not the work permit")."""
    return _DENIED.search(simplify(text[:start])) is not None


def goes_back(text: str, names: Iterable[tuple[int, int]] = ()) -> bool:
    """Whether a message goes back to an earlier subject, and not the person to a place. names: spans of names of services."""
    plain = simplify(text)
    if _BACK.search(plain):
        return True
    match = _GOES.search(plain)
    if not match:
        return False
    where = _ARTICLE.match(plain, match.end())
    start = where.end() if where else match.end()
    if any(first <= start < end for first, end in names):
        return True
    return not (_HOME.match(plain, match.end()) or _is_place(plain[start:]))


def _is_place(text: str) -> bool:
    """Whether a text begins with the name of a country or of Hong Kong, Macao, Taiwan or the Mainland."""
    return next((start for start, _, _ in lexicon().find(folded(text))), None) == 0


_HERE = re.compile(
    r"(?:and|what about|how about|ok(?:ay)?|then)?\W*(?:here |for |in )*(?:qianhai|shenzhen|here)(?: then)?\W*|(?:那|咁|噉)?(?:么)?(?:前海|深圳|这里|呢度|这边)(?:的|嘅)?(?:呢|咧)?\W*",
    re.IGNORECASE,
)


def is_about_us(text: str) -> bool:
    """Whether a message only turns from another place to ours: "and in Qianhai?", 那前海呢."""
    return _HERE.fullmatch(simplify(text).strip()) is not None


def is_about_family(text: str) -> bool:
    """Whether a message speaks of wife, husband, children or parents."""
    return _FAMILY.search(simplify(text)) is not None


def _bare(text: str) -> str:
    """A message without the words that only link it to what was said before."""
    plain = simplify(text).strip()
    while (shorter := _TAIL.sub("", _LEAD.sub("", plain))) != plain:
        plain = shorter
    return plain
