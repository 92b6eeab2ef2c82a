"""Estimate the Greater Bay Area income-tax subsidy, and compare it with the Hong Kong tax ceiling. Pure, in Decimal.

Rule: individual income tax paid minus 15 % of taxable income, at least 0, at most RMB 5 million a year (fact E-02, source
`gba-subsidy-guide-2024`). A Hong Kong resident in Qianhai may take the tax ceiling instead, not both for one year (E-26).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from actions.interview_answers import NEGATIVE
from actions.reply import Button, Reply, human_button
from catalog.interview import Interview
from catalog.render import pick, source_line
from catalog.store import Catalog
from entities import find

SERVICE = "gba-tax-subsidy"
CEILING = "hk-tax-ceiling"
RATE = Decimal("0.15")
CAP = Decimal(5_000_000)
SOURCE = "gba-subsidy-guide-2024"
CEILING_SOURCE = "qh-hk-iit-measures"
CENT = Decimal("0.01")

MOST = Decimal(10) ** 12
"""RMB from which an amount is no income but a slip."""

QUESTIONS = Interview.parse_obj(
    {
        "intro": {
            "zh": "我来估算一下大湾区个税补贴，只需要两个数，都按人民币算。",
            "en": "Let me estimate the Greater Bay Area tax subsidy. I need two amounts, both in RMB.",
        },
        "questions": [
            {
                "id": "income",
                "zh": "这一年在深圳的应纳税所得额是多少？",
                "en": "What was your taxable income in Shenzhen for the year?",
                "help": {
                    "zh": "指扣除免税收入和各项扣除之后的金额，在年度汇算清缴表上能查到。例如“85万”。",
                    "en": "That is the amount after deductions, as on your annual tax settlement. For example “850k”. Please give it in RMB.",
                },
                "kind": "money",
                "most": MOST,
            },
            {
                "id": "tax",
                "zh": "这一年在深圳实际缴了多少个人所得税？",
                "en": "How much individual income tax did you pay in Shenzhen for it?",
                "help": {
                    "zh": "指已缴的税款，不超过应纳税所得额。例如“20万”。",
                    "en": "The tax actually paid, which cannot exceed the taxable income. For example “200k”. Please give it in RMB.",
                },
                "kind": "money",
                "most": MOST,
            },
        ],
        "conditions": [
            {
                "id": "amounts",
                "test": {"income": {"at_least": 0}, "tax": {"at_least": 0}},
                "fail": {"zh": "金额不对", "en": "the amounts cannot be right"},
                "unsure": {"zh": "金额不清楚", "en": "the amounts are not known"},
                "facts": ["E-02"],
            }
        ],
    }
)
"""What is asked, as an interview, so that answers are read, corrected and repeated in the same way."""


LAST = "estimate"
"""Name in the profile under which the amounts of the last estimate stand, to compare the Hong Kong tax with."""


def remembered(profile: Mapping[str, Any] | None, given: Mapping[str, Decimal]) -> dict[str, Any]:
    """The profile with the amounts of an estimate."""
    return {**(profile or {}), LAST: {name: str(value) for name, value in given.items()}}


def from_json(kept: Mapping[str, str] | None) -> dict[str, Decimal]:
    """Amounts as they were remembered."""
    return {name: Decimal(value) for name, value in (kept or {}).items()}


@dataclass(frozen=True)
class Estimate:
    """Amounts in RMB. before_cap: the subsidy if there were no cap. saving: what the Hong Kong ceiling would save, if known."""

    income: Decimal
    tax: Decimal
    subsidy: Decimal
    before_cap: Decimal
    saving: Decimal | None = None


def estimate(income: Decimal, tax: Decimal, hong_kong_tax: Decimal | None = None) -> Estimate:
    """The subsidy for a year. Raises ValueError for amounts that cannot be right (negative, or more tax than income)."""
    if income < 0 or tax < 0 or (hong_kong_tax is not None and hong_kong_tax < 0):
        raise ValueError("an amount is negative")
    if tax > income:
        raise ValueError("more tax than income")
    before_cap = max(Decimal(0), tax - RATE * income).quantize(CENT, ROUND_HALF_UP)
    saving = None if hong_kong_tax is None else max(Decimal(0), tax - hong_kong_tax).quantize(CENT, ROUND_HALF_UP)
    return Estimate(income, tax, min(before_cap, CAP), before_cap, saving)


_WORDS = (
    (
        "hong_kong_tax",
        r"(?:香港|港|hong kong|\bhk)[^,，。;；]{0,12}?(?:税|稅|tax|交|缴|繳|pay)|(?:tax|税|稅)[^,，。;；]{0,6}?(?:in hong kong|in hk|香港)",
    ),
    (
        "income",
        r"应纳税所得额?|應納稅所得額?|taxable(?: income)?|所得|收入|入息|income|salary|earn(?:ed|ings)?|年薪|人工|工资|工資|赚|賺|搵|made",
    ),
    ("tax", r"税|稅|\btax(?:es)?\b|\bIIT\b|paid|pay\b|缴|繳|交"),
)
_WORD = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _WORDS), re.IGNORECASE)


def amounts(text: str) -> dict[str, Decimal]:
    """Amounts named in a message: `income`, `tax`, `hong_kong_tax`, in RMB; negative as typed.

    An amount is what the nearest word before it says, else after it; of two without words the larger is the income.
    """
    found: dict[str, Decimal] = {}
    nameless = []
    end = 0
    sums = [f for f in find(text, ("money", "number", "percent", "date", "duration")) if f.kind in ("money", "number")]
    sums = [f for f in sums if f.kind == "money" or f.value.value >= 1000 or NEGATIVE.search(text[: f.start])]
    for position, each in enumerate(sums):
        if getattr(each.value, "currency", None) not in (None, "CNY"):
            continue
        value: Decimal = -each.value.value if NEGATIVE.search(text[: each.start]) else each.value.value
        before = list(_WORD.finditer(text, end, each.end))
        following = sums[position + 1].start if position + 1 < len(sums) else len(text)
        after = _WORD.search(text, each.end, following)
        name = before[-1].lastgroup if before else after.lastgroup if after and position == len(sums) - 1 else None
        if name and name not in found:
            found[name] = value
        else:
            nameless.append(value)
        end = each.end
    for value in sorted(nameless, reverse=True):
        missing = next((name for name in ("income", "tax") if name not in found), None)
        if missing:
            found[missing] = value
    return found


def money(value: Decimal, language: str) -> str:
    """`人民币130,000元`, `RMB 130,000`, with cents only where there are any."""
    figure = f"{value.quantize(CENT, ROUND_HALF_UP):,.2f}".removesuffix(".00")
    return pick(language, f"人民币{figure}元", f"RMB {figure}")


def reply(catalog: Catalog, given: Mapping[str, Decimal], language: str) -> Reply:
    """The estimate with its formula and source, or why there is none."""
    if not {"income", "tax"} <= set(given):
        return _refused("an amount is missing", language)
    try:
        found = estimate(given["income"], given["tax"], given.get("hong_kong_tax"))
    except ValueError as error:
        return _refused(str(error), language)
    source = catalog.sources[SOURCE]
    income, tax = money(found.income, language), money(found.tax, language)
    share = money((RATE * found.income).quantize(CENT, ROUND_HALF_UP), language)
    lines = [
        pick(
            language,
            f"估算的补贴是{money(found.subsidy, language)}。",
            f"The estimated subsidy is {money(found.subsidy, language)}.",
        ),
        pick(
            language,
            f"算法：已缴个税{tax} − 应纳税所得额{income} × 15%（即{share}）= {money(found.tax - RATE * found.income, language)}。",
            f"How: tax paid {tax} − 15% of taxable income {income} (that is {share}) = {money(found.tax - RATE * found.income, language)}.",
        ),
    ]
    if found.subsidy < found.before_cap:
        lines.append(
            pick(
                language,
                f"每人每年最多{money(CAP, language)}，因此按上限计。",
                f"The most for one person and year is {money(CAP, language)}, so the cap applies.",
            )
        )
    if found.before_cap == 0:
        lines.append(
            pick(
                language,
                "税负没有超过15%，所以没有可补的部分。",
                "The tax is not above 15%, so there is nothing to give back.",
            )
        )
    sources = [source]
    if found.saving is not None:
        sources.append(catalog.sources[CEILING_SOURCE])
        lines.append(
            pick(
                language,
                f"若改用香港税负上限，约可少缴{money(found.saving, language)}。同一年度只能二选一，按这些数字{_better(found, language)}。",
                f"With the Hong Kong tax ceiling instead you would save about {money(found.saving, language)}. For one year you take one or the other; by these figures {_better(found, language)}.",
            )
        )
    else:
        lines.append(
            pick(
                language,
                "在前海工作的香港居民也可选择“税负不高于香港”，同一年度只能二选一。告诉我这笔收入按香港税制要缴多少，我可以比较。",
                "Hong Kong residents who work in Qianhai may choose the Hong Kong tax ceiling instead, one of the two for a year. Tell me the Hong Kong tax on that income, and I compare.",
            )
        )
    lines.append(
        pick(
            language,
            "这只是估算，实际按所得项目分别计算，并扣减同年度其他人才补贴，以主管部门核定为准。",
            "This is only an estimate. The office works it out for each kind of income, deducts other talent money of the year, and decides.",
        )
    )
    label = pick(language, "来源：", "Source: ")
    lines.append(
        label + "；".join(source_line(each, language) for each in sources)
        if language == "zh"
        else label + "; ".join(source_line(each, language) for each in sources)
    )
    return Reply(
        "\n\n".join(lines),
        buttons=(
            Button(
                pick(language, "看看我符不符合", "Check whether I qualify"), "check_eligibility", {"service": SERVICE}
            ),
            Button(pick(language, "再算一次", "Estimate again"), "estimate_tax", {"service": SERVICE}),
            human_button(language),
        ),
        sources=tuple(sources),
        intent="estimate_tax",
    )


def _better(found: Estimate, language: str) -> str:
    """Which of the two gives more."""
    if found.saving is None or found.saving == found.subsidy:
        return pick(language, "两者一样多", "both give the same")
    if found.saving > found.subsidy:
        return pick(language, "香港税负上限更多", "the Hong Kong tax ceiling gives more")
    return pick(language, "15%补贴更多", "the 15% subsidy gives more")


def _refused(why: str, language: str) -> Reply:
    text = {
        "an amount is missing": pick(
            language, "没有应纳税所得额和已缴税额这两个数，我没法估算。查到后再告诉我就行。",
            "Without both the taxable income and the tax paid I cannot estimate. Tell me once you have found them.",
        ),
        "an amount is negative": pick(
            language, "金额不能是负数，我没法估算。请再告诉我应纳税所得额和已缴税额。",
            "An amount cannot be negative, so I cannot estimate. Please tell me the taxable income and the tax paid again.",
        ),
        "more tax than income": pick(
            language, "已缴税额不会超过应纳税所得额，请核对这两个数再告诉我。",
            "The tax paid cannot exceed the taxable income. Please check the two amounts and tell me again.",
        ),
    }[why]  # fmt: skip
    again = Button(pick(language, "再算一次", "Estimate again"), "estimate_tax", {"service": SERVICE})
    return Reply(text, buttons=(again, human_button(language)), intent="estimate_tax")
