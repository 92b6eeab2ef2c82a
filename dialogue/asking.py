"""Whether a message asks something back. Pure."""

from __future__ import annotations

import re

_QUESTION = re.compile(
    r"[?？]|(?:吗|嘛|呢|咩)\W*$|什么|怎么|怎样|如何|哪|多久|多少|几时|几耐|几多|几钱|点样|点解|边度|边个|乜嘢|为何|是不是|系咪|能不能|可不可以|可唔可以|有没有|有冇"
    r"|^\s*(?:and |but |so )?(?:what|how|where|when|which|who|why|can|could|do|does|is|are|should|may|will|would)\b",
    re.IGNORECASE,
)


def asks(plain: str) -> bool:
    """Whether a (simplified) text is a question."""
    return _QUESTION.search(plain) is not None
