"""Whether an employer asks: "we are a company", 我们公司想请."""

from __future__ import annotations

import re

_HINTS = ("compan", "employ", "hir", "recruit", "boss", "firm", "startup", "start-up", "business", " hr", "公司", "司", "单位", "雇", "聘", "招", "请", "企业", "老板", "hr")  # fmt: skip
_SPEAKS = re.compile(
    r"(?:我|本|敝)(?:公司|单位|企业)|(?<![公上])我司|本司|敝司"
    r"|(?:我们|我哋|我|咱们?|咱)(?:的|嘅|呢)?(?:公司|单位|企业|机构|厂|间公司)?(?:都)?(?:想|要|打算|准备"
    r"|计划|需要|希望|可以|能|可唔可以|能不能|可不可以){1,2}(?:新)?(?:请|聘|招|雇)(?!问|教|假|客|帮|你|您)"
    r"|(?:我们|我哋)(?:是|系)(?:一?[家间個个])?[^,.;，。；]{0,10}(?:公司|企业|单位|机构|雇主)"
    r"|(?:我|本人)(?:是|系)(?:公司|企业|单位)?(?:的|嘅)?(?:hr|人事|人力资源|老板|雇主|企业主|用人单位|老细"
    r"|招聘)|作为(?:雇主|企业|公司|用人单位)"
    r"|(?<![a-z])(?:we are|we're|i represent|this is) (?:an? "
    r"|the )?(?:[a-z-]+ ){0,4}?(?:company|firm|startup|start-up|business|enterprise|employer|school"
    r"|hospital|organi[sz]ation|university)(?![a-z])"
    r"|(?<![a-z])(?:i am|i'm|im) (?:an? |the )?(?:employer|hr(?![a-z])|hr (?:manager|person)|recruiter"
    r"|boss|business owner|human resources)"
    r"|(?<![a-z])(?:my|our|the) (?:company|firm|business|boss|employer) (?:wants?|would like|is|plans?"
    r"|needs?|wishes|intends|is going|is planning|is looking|hopes)(?: to)? (?:to )?(?:hire|hiring|employ"
    r"|employing|recruit|recruiting|bring in|sponsor)"
    r"|(?<![a-z])we(?:'d| would| want| are|'re| plan| need| wish| intend| hope)(?: like| going| planning"
    r"| looking)?(?: to)? (?:hire|hiring|employ|employing|recruit|recruiting)"
    r"|(?<![a-z])as (?:an? |the )?(?:employer|company|hr)(?![a-z])|(?<![a-z])employer here"
    r"|(?<![a-z])asking for (?:my|our|a) (?:company|firm|boss|employer)"
    r"|(?<![a-z])i (?:run|own|have|founded) (?:an? |my own )?(?:small |little )?(?:company|firm|business"
    r"|startup|start-up)(?![a-z])|(?<![a-z])(?:our|my) (?:company|firm) (?:has )?hired"
    r"|代表(?:我们?)?(?:公司|单位|企业)|我(?:们|哋)?(?:公司|单位|企业|司)?(?:新)?(?:招|请|聘|雇)(?:了|咗)"
    r"|我(?:是|系)?开(?:公司|厂)"
    r"|(?<![a-z])on behalf of (?:my|our|the|a) (?:company|firm|employer)"
)
_ALONE = re.compile(
    r"[ .]*(?:an? |the |我是|我系|是|系)?(?:employer|company|雇主|用人单位|公司|企业|单位|老板|hr)[ .!。]*"
)


def find(flat: str) -> tuple[int, int] | None:
    """Start and end of what shows that an employer asks, in a folded text, or None."""
    if not any(hint in flat for hint in _HINTS):
        return None
    match = _ALONE.fullmatch(flat) or _SPEAKS.search(flat)
    return match.span() if match else None
