"""Count days under the two rules that people mix up. Pure, in Decimal.

For the Greater Bay Area tax subsidy a day of under 24 hours in Shenzhen counts as half, and more than 90 days are needed (fact
E-04). For tax residence (183 days) such a day is not counted (fact E-41).
"""

from __future__ import annotations

from decimal import Decimal

from actions.answer import check_button, sources_text
from actions.day_count import Days
from actions.reply import Button, Reply, human_button
from catalog.models import Aspect
from catalog.render import aspect_name, pick
from catalog.store import Catalog

SERVICES = ("gba-tax-subsidy", "tax-residence", "hk-tax-ceiling")
"""Services for which days are counted."""

SUBSIDY, RESIDENCE = "gba-tax-subsidy", "tax-residence"
SOURCES = ("gba-subsidy-guide-2024", "hk-gba-site")
MORE_THAN = Decimal(90)
AT_LEAST = Decimal(183)


def _days(number: Decimal, kind: str = "") -> str:
    return f"{number:f} {kind}{'day' if number == 1 else 'days'}"


def reply(catalog: Catalog, service_id: str, found: Days, language: str) -> Reply:
    """Both counts with their formulas and sources."""
    counted, enough = found.subsidy, found.subsidy > MORE_THAN
    resident = found.full >= AT_LEAST
    subsidy = pick(
        language,
        f"个税补贴：{found.full}个整天 + {found.partial}个非整天（不足24小时）× 0.5 = {counted:f}天，{'超过' if enough else '没有超过'}90天。",
        f"For the tax subsidy: {_days(found.full, 'full ')} + {_days(found.partial)} under 24 hours × 0.5 = {_days(counted)}, which is {'more than' if enough else 'not more than'} 90.",
    )
    residence = pick(
        language,
        f"税收居民：不足24小时的天不算，计{found.full}天，{'满' if resident else '不满'}183天。",
        f"For tax residence: days under 24 hours do not count, so {_days(found.full)}, which is {'at least' if resident else 'fewer than'} 183.",
    )
    parts = [subsidy, residence] if service_id != RESIDENCE else [residence, subsidy]
    note = pick(
        language,
        "这只是按您说的天数算的，天数以主管部门核定为准；补贴还有其他条件。",
        "This is worked out from the days you gave. The office in charge decides, and the subsidy has other conditions too.",
    )
    sources = [catalog.sources[source] for source in SOURCES]
    service = catalog.services[service_id]
    more = Button(aspect_name(Aspect.eligibility, language), "ask_eligibility", {"service": service_id})
    check = (check_button(service, language),) if service.interview else ()
    return Reply(
        "\n\n".join([*parts, note, sources_text(sources, language)]),
        buttons=(*check, more, human_button(language)),
        sources=tuple(sources),
        intent="ask_eligibility",
    )
