"""Answers that are not about one aspect of a service: staff, language, who somebody is, and what is not ours."""

from __future__ import annotations

from dataclasses import replace

from actions.answer import CITY_LINE
from actions.audience import Who, people, people_name
from actions.menu import category_buttons, service_buttons
from actions.reply import Button, Reply, human_button
from catalog.models import Aspect, Audience
from catalog.neighbours import Neighbour
from catalog.render import contact_line, pick
from catalog.store import Catalog

CENTER = "talent-service-center"
IMMIGRATION_LINE = "nia-12367"


def human(catalog: Catalog, service: str | None, language: str) -> Reply:
    """Whom to call, for somebody who wants a person. That staff were told, the desk says: it alone knows."""
    asked = list(catalog.services[service].ask) if service else []
    contacts = list(dict.fromkeys([*asked, CITY_LINE, IMMIGRATION_LINE]))
    rows = [f"• {contact_line(catalog.contacts[c], language)}" for c in contacts if c != CENTER]
    text = pick(
        language,
        "您也可以这样联系工作人员：",
        "You can also reach people here:",
    )
    return Reply("\n".join([text, *rows]), intent="ask_human", handoff=True)


def language_changed(language: str, wanted: bool) -> Reply:
    """Confirms the language, or offers the three when none was named."""
    if wanted:
        return Reply(
            pick(language, "好的，我用中文回答。", "Sure, I will answer in English."), intent="change_language"
        )
    buttons = (
        Button("English", "change_language", {"language": "en"}),
        Button("简体中文", "change_language", {"language": "zh-Hans"}),
        Button("繁体中文", "change_language", {"language": "zh-Hant"}),
    )
    text = pick(language, "您想用哪种语言？", "Which language would you like?")
    return Reply(text, buttons=buttons, intent="change_language")


def other_language() -> Reply:
    """To somebody who writes neither Chinese nor English: which languages are spoken here, in both."""
    return Reply(
        "Sorry, I only understand English and Chinese. Please write in one of them.\n抱歉，我只懂中文和英文，请用其中一种提问。",
        buttons=(human_button("en"),),
        intent="out_of_scope",
    )


def out_of_scope(catalog: Catalog, language: str) -> Reply:
    """An honest no, and what the assistant is for."""
    text = pick(
        language,
        "这个问题不在我的服务范围内。我只回答在前海（深圳）工作、居留、税收优惠、专业执业、补贴和生活方面的问题。"
        "其他政务问题可拨打12345，也可以转人工。",
        "That is outside what I can help with. I only answer questions about working, residence, tax, professional practice, "
        "subsidies and living in Qianhai, Shenzhen. For other government matters in Shenzhen, call 12345, or talk to a person.",
    )
    return Reply(text, buttons=(*category_buttons(catalog, language), human_button(language)), intent="out_of_scope")


def neighbour(catalog: Catalog, found: Neighbour, service: str | None, language: str) -> Reply:
    """Tells apart what sounds like ours and is not, with whom to ask, and what of ours comes closest."""
    closest = catalog.service(found.service or service or "")
    text = pick(language, found.zh, found.en)
    offer = (
        pick(
            language,
            f"前海和深圳的“{closest.short.zh}”，我可以回答。",
            f"I can answer for Qianhai and Shenzhen: {closest.short.en}.",
        )
        if closest
        else ""
    )
    buttons = (
        service_buttons([closest.id], Aspect.overview, catalog, language)
        if closest
        else category_buttons(catalog, language)
    )
    return Reply(
        "\n".join(part for part in (text, offer) if part),
        buttons=(*buttons, human_button(language)),
        intent="out_of_scope",
    )


def noted(catalog: Catalog, who: Who, language: str) -> Reply:
    """To somebody who only says who they are: that it is kept, and what there is for them."""
    you = (
        pick(language, f"：您是{people_name(who, language)}", f": you are {people_name(who, language)}")
        if people(who)
        else pick(language, "：您代表用人单位", ": you are asking as an employer")
        if Audience.employer in who
        else ""
    )
    text = pick(language, f"好的，记下了{you}。您想了解什么？", f"Noted{you}. What would you like to know?")
    return Reply(text, buttons=(*category_buttons(catalog, language), human_button(language)), intent="list_services")


def kept(language: str) -> Reply:
    """To somebody who was asked whether to delete everything and does not want to."""
    return Reply(
        pick(language, "好的，什么都没有删除。", "All right, nothing was deleted."),
        buttons=(human_button(language),),
        intent="deny",
    )


def with_caution(reply: Reply, place: Neighbour, language: str) -> Reply:
    """An answer to a question that names another place: first that it is about Qianhai and Shenzhen."""
    return replace(reply, text=f"{pick(language, place.zh, place.en)}\n\n{reply.text}")
