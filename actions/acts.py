"""What somebody can do who wants more than an answer: be checked, track, complain, subscribe, be forgotten. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.answer import CITY_LINE, answer
from actions.reply import Button, Reply, human_button
from actions.talk import CENTER
from catalog.models import Aspect, Contact, Service
from catalog.render import contact_line, pick
from catalog.store import Catalog
from language.script import simplify

ALL = "all"
"""What the button says that cancels all subscriptions."""

_ALL = re.compile(r"\b(?:all|every(?:thing)?)\b|全[部数數]|所有|都|晒", re.IGNORECASE)


def track(catalog: Catalog, service_id: str | None, language: str) -> Reply:
    """Where to look up the progress of an application: the sites and offices where the service is applied for."""
    service = catalog.service(service_id or "")
    if service is None:
        text = pick(
            language,
            "您办理的是哪项服务？告诉我名称，我告诉您去哪里查进度。我看不到个人的申请。",
            "Which service did you apply for? Name it, and I tell you where to look up the progress. I cannot see individual applications.",
        )
        return Reply(text, buttons=(human_button(language),), intent="track_application", asks="track_application")
    rows = [f"• {contact_line(contact, language)}" for contact in _where_applied(catalog, service)]
    text = pick(
        language,
        f"“{service.short.zh}”的进度，请向受理机关查询，带上受理回执或申请编号；由单位申报的，请先问单位经办人。我看不到个人的申请。",
        f"Ask the office that took your application about the progress: {service.short.en}. Have your receipt or application number ready. If your employer filed it, ask there first. I cannot see individual applications.",
    )
    time = Button(pick(language, "一般要多久", "How long it takes"), "ask_time", {"service": service.id})
    return Reply(
        "\n".join([text, pick(language, "可以查询的地方：", "Where to ask:"), *rows]),
        buttons=(time, human_button(language)),
        intent="track_application",
    )


def _where_applied(catalog: Catalog, service: Service) -> list[Contact]:
    """Contacts that the service's own statements on steps and places name, and those to ask; sites first."""
    stated = [
        statement.contact
        for aspect in (Aspect.steps, Aspect.location, Aspect.contact)
        for statement in service.aspects.get(aspect, ())
        if statement.contact
    ]
    ids = [each for each in dict.fromkeys([*stated, *service.ask, CITY_LINE]) if each != CENTER]
    order = {"portal": 0, "place": 1, "hotline": 2}
    found = [catalog.contacts[each] for each in ids]
    reachable = [contact for contact in found if contact.phone or contact.url]
    return sorted(reachable, key=lambda contact: order[contact.kind])[:5]


def complain(catalog: Catalog, service_id: str | None, language: str) -> Reply:
    """The Center, the city's line, and the office of the service; a person is needed."""
    service = catalog.service(service_id or "")
    ids = dict.fromkeys([CITY_LINE, *(service.ask if service else ()), CENTER])
    rows = [f"• {contact_line(catalog.contacts[each], language)}" for each in ids]
    text = pick(
        language,
        "很抱歉给您带来不便。投诉和监督可以找：",
        "I am sorry about the trouble. You can complain here:",
    )
    more = pick(
        language,
        "也可以点“转人工”，请工作人员跟进；请说明是哪项服务、哪一天、发生了什么。",
        "Or choose “Talk to a person” and staff will follow it up. Say which service it was, on which day, and what happened.",
    )
    return Reply("\n".join([text, *rows, more]), buttons=(human_button(language),), intent="complain", handoff=True)


def subscribed(before: Sequence[str], service_id: str | None) -> list[str]:
    """The subscriptions after one more."""
    return list(dict.fromkeys([*before, *([service_id] if service_id else [])]))


def unsubscribed(before: Sequence[str], service_id: str | None, text: str) -> list[str]:
    """The subscriptions after one less: the service named, all on request, or the only one."""
    if _ALL.search(text) or (len(before) == 1 and service_id not in before):
        return []
    return [each for each in before if each != service_id]


_LISTS = re.compile(
    r"\b(?:which|what|list|show|any|am i)\b.{0,40}subscri|subscri\w* (?:do i|have i|list)|my subscriptions"
    r"|(?:哪些|什么|乜|咩|有冇|有没有|查看|看看|列出|睇下).{0,8}订|订(?:阅|咗|了)(?:了|咗)?(?:哪些|什么|乜|咩|啲乜)|我的订阅|已订阅",
    re.IGNORECASE,
)


def lists_subscriptions(text: str) -> bool:
    """Whether somebody asks what they are subscribed to."""
    return _LISTS.search(simplify(text)) is not None


def subscribe(
    catalog: Catalog, service_id: str | None, after: Sequence[str], language: str, listing: bool = False
) -> Reply:
    """Confirms a subscription, asks for what, or only lists them."""
    if service_id is None:
        listed = _listed(catalog, after, language)
        text = pick(
            language,
            "您想订阅哪项服务的通知？请打出名称，例如“订阅个税补贴通知”。",
            "Which service would you like notices about? Name it, for example “subscribe to the tax subsidy”.",
        )
        lines = [listed] if listing else [text, listed]
        return Reply(
            "\n".join(lines),
            buttons=(human_button(language),),
            intent="subscribe",
            asks=None if listing else "subscribe",
        )
    name = getattr(catalog.services[service_id].short, language)
    text = pick(
        language,
        f"好的，已为您登记“{name}”的通知。通知功能开通后，会在这个对话里告诉您；目前还不会主动发消息。",
        f"Done: you are down for notices about “{name}”. Once notices begin, they come in this chat. For now nothing is sent.",
    )
    cancel = Button(pick(language, "取消订阅", "Unsubscribe"), "unsubscribe", {"service": service_id})
    return Reply(
        "\n".join([text, _listed(catalog, after, language)]),
        buttons=(cancel, human_button(language)),
        intent="subscribe",
    )


def unsubscribe(catalog: Catalog, before: Sequence[str], after: Sequence[str], language: str) -> Reply:
    """Confirms, or asks which one of several."""
    if not before:
        text = pick(language, "您没有订阅任何通知。", "You are not subscribed to anything.")
        return Reply(text, buttons=(human_button(language),), intent="unsubscribe")
    if len(after) == len(before):
        buttons = [
            Button(getattr(catalog.services[each].short, language), "unsubscribe", {"service": each}) for each in before
        ]
        everything = Button(pick(language, "全部取消", "All of them"), "unsubscribe", {"says": ALL})
        text = pick(language, "要取消哪一项？", "Which one shall I cancel?")
        return Reply(text, buttons=(*buttons, everything, human_button(language)), intent="unsubscribe", asks="which")
    text = pick(language, "好的，已取消。", "Done, it is cancelled.")
    return Reply(
        "\n".join([text, _listed(catalog, after, language)]), buttons=(human_button(language),), intent="unsubscribe"
    )


def _listed(catalog: Catalog, subscriptions: Sequence[str], language: str) -> str:
    names = [getattr(catalog.services[each].short, language) for each in subscriptions if each in catalog.services]
    if not names:
        return pick(language, "目前没有订阅。", "You have no subscriptions now.")
    return pick(language, "您的订阅：", "Your subscriptions: ") + pick(language, "、", ", ").join(names)


def delete_my_data(confirmed: bool, language: str) -> Reply:
    """Asks first, then has everything deleted."""
    if confirmed:
        return Reply(
            pick(
                language,
                "您在这个对话里的内容已全部删除：消息、您的情况、核对条件的回答、订阅和评价。",
                "Everything of this conversation is deleted: messages, what you told me about yourself, answers in checks, subscriptions and ratings.",
            ),
            intent="delete_my_data",
            forget=True,
        )
    return Reply(
        pick(
            language,
            "要删除您在这个对话里的全部内容吗？包括消息、您的情况、核对条件的回答、订阅和评价。删除后无法恢复。",
            "Shall I delete everything of this conversation? That is your messages, what you told me about yourself, answers in checks, subscriptions and ratings. It cannot be undone.",
        ),
        buttons=(
            Button(pick(language, "确认删除", "Yes, delete"), "delete_my_data", {"says": "yes"}),
            Button(pick(language, "保留", "No, keep it"), "deny", {"says": "keep"}),
            human_button(language),
        ),
        intent="delete_my_data",
        asks="yes_no",
    )


def check(catalog: Catalog, service_id: str | None, language: str) -> Reply:
    """To somebody who wants to be checked for a service that has no interview: its conditions; for none: which one."""
    intent = "check_eligibility"
    if service_id is None:
        checked = [each for each in catalog.services.values() if each.interview]
        return Reply(
            pick(language, "您想核对哪项服务的条件？", "Which service shall I check you for?"),
            buttons=(
                *(Button(getattr(each.short, language), intent, {"service": each.id}) for each in checked),
                human_button(language),
            ),
            intent=intent,
            asks="which",
        )
    reply = answer(catalog, service_id, Aspect.eligibility, language)
    lead = pick(
        language,
        "这项服务我还不能逐条替您核对，下面是条件；是否符合由主管部门决定。",
        "I cannot check your case point by point for this service yet. These are the conditions; the office in charge decides.",
    )
    related = [catalog.services[each] for each in catalog.services[service_id].related]
    checks = [
        Button(pick(language, f"核对：{each.short.zh}", f"Check: {each.short.en}"), intent, {"service": each.id})
        for each in related
        if each.interview
    ]
    return Reply(f"{lead}\n\n{reply.text}", (*checks[:2], *reply.buttons), reply.sources, intent)
