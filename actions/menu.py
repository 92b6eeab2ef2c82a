"""Lists of services and the question which one is meant."""

from __future__ import annotations

from collections.abc import Sequence

from actions.reply import Button, Reply, human_button
from catalog.models import Aspect
from catalog.render import aspect_name, pick
from catalog.store import Catalog
from dialogue.references import NONE_OF_THESE

LIKELIEST = 3
"""Services offered as buttons when it is unclear which one is meant."""


def categories(catalog: Catalog, language: str) -> Reply:
    """All groups of services, as text and buttons."""
    rows = [
        f"• {getattr(category.name, language)}{pick(language, '：', ': ')}"
        + pick(language, "、", ", ").join(getattr(s.short, language) for s in catalog.in_category(category_id))
        for category_id, category in catalog.categories.items()
    ]
    text = pick(
        language,
        f"我可以回答以下{len(catalog.services)}项服务的问题。点一个类别，或者直接问。",
        f"I can answer questions about these {len(catalog.services)} services. Choose a group, or just ask.",
    )
    return Reply("\n".join([text, *rows]), buttons=(*category_buttons(catalog, language), human_button(language)))


def category(catalog: Catalog, category_id: str, aspect: Aspect, language: str) -> Reply:
    """The services of one group, as buttons that ask for `aspect`."""
    name = getattr(catalog.categories[category_id].name, language)
    services = catalog.in_category(category_id)
    text = pick(language, f"{name}：请选择一项服务。", f"{name}: which service?")
    return Reply(
        text, buttons=(*service_buttons([s.id for s in services], aspect, catalog, language), human_button(language))
    )


def which_service(catalog: Catalog, aspect: Aspect | None, likeliest: Sequence[str], language: str) -> Reply:
    """Asks which service a question is about, with the likeliest ones and all groups as buttons."""
    about = aspect_name(aspect, language) if aspect and aspect is not Aspect.overview else None
    text = (
        pick(language, f"您想了解哪项服务的“{about}”？", f"“{about}” for which service?")
        if about
        else pick(language, "您想了解哪项服务？", "Which service do you mean?")
    )
    hint = pick(language, "请选择，或者直接打出名称。", "Choose one, or type its name.")
    known = [service for service in likeliest if service in catalog.services][:LIKELIEST]
    return Reply(
        text + pick(language, "", " ") + hint,
        buttons=(
            *service_buttons(known, aspect or Aspect.overview, catalog, language),
            *([Button(pick(language, "都不是", "None of these"), NONE_OF_THESE)] if known else []),
            *category_buttons(catalog, language),
            human_button(language),
        ),
        intent=f"ask_{aspect.value}" if aspect else None,
        asks="which",
    )


def service_buttons(services: Sequence[str], aspect: Aspect, catalog: Catalog, language: str) -> list[Button]:
    """Buttons that ask for `aspect` of each service."""
    return [
        Button(getattr(catalog.services[service].short, language), f"ask_{aspect.value}", {"service": service})
        for service in services
    ]


def category_buttons(catalog: Catalog, language: str) -> list[Button]:
    return [
        Button(getattr(category.name, language), "list_services", {"category": category_id})
        for category_id, category in catalog.categories.items()
    ]
