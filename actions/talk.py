"""Answers that are not about one aspect of a service: staff, language, acts, and what was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answer import answer
from actions.menu import category_buttons, service_buttons
from actions.reply import Button, Reply, human_button
from catalog.models import Aspect
from catalog.render import aspect_name, contact_line, pick
from catalog.search import Passage
from catalog.store import Catalog

CENTER = "talent-service-center"
CITY_LINE = "city-12345"
IMMIGRATION_LINE = "nia-12367"

OFFERS = 3
"""Readings offered as buttons when a message was not understood."""


def human(catalog: Catalog, service: str | None, language: str) -> Reply:
    """What is possible so far for somebody who wants a person: whom to call, said plainly."""
    asked = list(catalog.services[service].ask) if service else []
    contacts = list(dict.fromkeys([*asked, CITY_LINE, IMMIGRATION_LINE]))
    rows = [f"• {contact_line(catalog.contacts[c], language)}" for c in contacts if c != CENTER]
    text = pick(
        language,
        "目前还不能在这里接通工作人员，您可以这样联系真人：",
        "I cannot connect you to staff in this chat yet. You can reach people here:",
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


def not_understood(catalog: Catalog, passages: Sequence[Passage], likeliest: Sequence[str], language: str) -> Reply:
    """Says so, and offers what was probably meant: passages found, else likely services; and all groups and a person."""
    text = pick(
        language,
        "抱歉，我没听懂。请换个说法，或者从下面选择。",
        "Sorry, I did not understand. Please put it another way, or choose below.",
    )
    offers = [
        Button(
            f"{getattr(catalog.services[p.service].short, language)} · {aspect_name(p.aspect, language)}",
            f"ask_{p.aspect.value}",
            {"service": p.service},
        )
        for p in passages[:OFFERS]
    ] or service_buttons(likeliest[:OFFERS], Aspect.overview, catalog, language)
    return Reply(
        text,
        buttons=(*offers, *category_buttons(catalog, language), human_button(language)),
        intent="nlu_fallback",
    )


def out_of_scope(catalog: Catalog, language: str) -> Reply:
    """An honest no, and what the assistant is for."""
    text = pick(
        language,
        "这个问题不在我的服务范围内。我只回答在前海（深圳）工作、居留、税收优惠、专业执业、补贴和生活方面的问题。"
        "其他政务问题可拨打12345。",
        "That is outside what I can help with. I only answer questions about working, residence, tax, professional practice, "
        "subsidies and living in Qianhai, Shenzhen. For other government matters in Shenzhen, call 12345.",
    )
    return Reply(text, buttons=(*category_buttons(catalog, language), human_button(language)), intent="out_of_scope")


def act(catalog: Catalog, intent: str, service: str | None, language: str) -> Reply:
    """What somebody can do now who wants more than an answer: check, calculate, track, complain, subscribe, be forgotten."""
    if intent == "check_eligibility":
        return _conditions(catalog, service, language)
    asked = list(catalog.services[service].ask) if service else []
    contacts = [contact_line(catalog.contacts[c], language) for c in dict.fromkeys([*asked, CITY_LINE]) if c != CENTER]
    where = pick(language, "；", "; ").join(contacts)
    texts = {
        "track_application": (
            f"我看不到个人的办理进度。请带上受理回执或申请编号，向受理机关查询：{where}。",
            f"I cannot see individual applications. Have your receipt or application number ready and ask the office: {where}.",
        ),
        "complain": (
            f"很抱歉给您带来不便。投诉和监督请联系：{where}。也可以告诉我具体是哪项服务，我先帮您查规定。",
            f"I am sorry about the trouble. For complaints, contact: {where}. You can also tell me which service it is, and I will look up the rules.",
        ),
        "subscribe": (
            "目前还不能订阅通知。您可以随时来问最新的申请时间。",
            "You cannot subscribe to notices yet. You are welcome to ask me for the latest dates at any time.",
        ),
        "unsubscribe": (
            "您没有订阅任何通知，我不会主动给您发消息。",
            "You are not subscribed to anything, and I never write first.",
        ),
        "delete_my_data": (
            "好的，您在这次对话里告诉我的都已删除，包括核对条件时的回答。我没有保存其他个人资料。",
            "Done. What you told me in this conversation is deleted, the answers in checks included. I keep no other personal data.",
        ),
    }
    return Reply(pick(language, *texts[intent]), buttons=(human_button(language),), intent=intent)


def _conditions(catalog: Catalog, service: str | None, language: str) -> Reply:
    """To somebody who wants to be checked for a service that has no interview: its conditions."""
    intent = "check_eligibility"
    if service is None:
        checked = [each.id for each in catalog.services.values() if each.interview]
        return Reply(
            pick(language, "您想核对哪项服务的条件？", "Which service shall I check you for?"),
            buttons=(
                *(
                    Button(getattr(catalog.services[each].short, language), intent, {"service": each})
                    for each in checked
                ),
                human_button(language),
            ),
            intent=intent,
        )
    reply = answer(catalog, service, Aspect.eligibility, language)
    lead = pick(
        language,
        "这项服务我还不能逐条替您核对，下面是条件；是否符合由主管部门决定。",
        "I cannot check your case point by point for this service yet. These are the conditions; the office in charge decides.",
    )
    return Reply(f"{lead}\n\n{reply.text}", reply.buttons, reply.sources, intent)
