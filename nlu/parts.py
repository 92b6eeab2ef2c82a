"""Split a message that asks several things into its questions. Pure.

The rest of a message goes with the question it stands before: `I am from Macao, how long does it take and what does it cost?` is
`I am from Macao, how long does it take` and `and what does it cost?`.
"""

from __future__ import annotations

import re

from language.script import simplify

MOST = 4
"""Questions looked at in one message."""

_BORDER = re.compile(
    r"(?<=[？?！!。；;\n])|(?<=[，,、])|(?=\b(?:and|also|plus|as well as)\b)|(?=还有|另外|以及|同埋|仲有|顺便|而且)",
    re.IGNORECASE,
)

_ASKS = re.compile(
    r"\b(?:what|which|how|when|where|who|whom|why|can|could|may|must|should|do|does|did|is|are|am i|will|would|any|need|tell|"
    r"documents?|papers?|paperwork|fees?|costs?|price|address|phone|hours|deadline|requirements?|conditions|steps|procedure|"
    r"validity|duration|eligib\w+|qualif\w+)\b"
    r"|什么|甚么|哪|多久|多长|多少|多大|几|怎|如何|吗|呢|么[？?]|是否|是不是|能不能|可不可以|可以|要不要|需不需要|有没有|会不会|谁|为何|"
    r"点|乜|咩|边|唔|定系|材料|文件|费|价钱|时间|地址|地点|电话|条件|资格|流程|手续|步骤|期限|有效期|截止",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The questions of a message in order, which together are the message; the whole message where it asks one thing."""
    found: list[str] = []
    pending = ""
    for piece in _BORDER.split(text):
        pending += piece
        if _ASKS.search(simplify(piece)):
            found.append(pending)
            pending = ""
    if not found:
        return [text]
    found[-1] += pending
    return found if len(found) <= MOST else [text]
