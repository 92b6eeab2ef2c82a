"""The catalog's statements as plain text a person reads, in Chinese (Simplified) or English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from catalog.models import Aspect, Contact, Document, Hours, Source, SourceStatus, Statement
from catalog.store import Catalog

SHENZHEN = ZoneInfo("Asia/Shanghai")

ASPECT_NAMES: dict[Aspect, tuple[str, str]] = {
    Aspect.overview: ("简介", "Overview"),
    Aspect.eligibility: ("申请条件", "Who qualifies"),
    Aspect.documents: ("所需材料", "Documents"),
    Aspect.steps: ("办理流程", "How to apply"),
    Aspect.time: ("办理时间", "How long it takes"),
    Aspect.fee: ("费用", "Fees"),
    Aspect.location: ("办理地点", "Where"),
    Aspect.contact: ("咨询方式", "Contact"),
    Aspect.validity: ("有效期与续办", "Validity and renewal"),
    Aspect.benefit: ("待遇与金额", "What you get"),
    Aspect.deadline: ("时限", "Deadlines"),
    Aspect.basis: ("政策依据", "Legal basis"),
    Aspect.restriction: ("限制与注意事项", "Limits and warnings"),
}
"""Headings and button titles of the aspects: Chinese, English."""

_ACTORS = {
    "applicant": ("本人", "You"),
    "employer": ("用人单位", "Your employer"),
    "authority": ("受理机关", "The office"),
}
_FORMS = {
    "original": ("原件", "original"),
    "copy": ("复印件", "copy"),
    "original-and-copy": ("原件和复印件", "original and copy"),
    "electronic": ("电子件", "electronic copy"),
}
_WINDOW = {
    "soon": ("尚未开始", "not open yet"),
    "open": ("正在受理", "open now"),
    "over": ("已经结束", "over"),
}
_DAYS = ("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


def today() -> dt.date:
    """The date in Shenzhen."""
    return dt.datetime.now(SHENZHEN).date()


def pick(language: str, chinese: str, english: str) -> str:
    """The one of two texts that is in `language` (`zh` or `en`)."""
    return chinese if language == "zh" else english


def aspect_name(aspect: Aspect, language: str) -> str:
    return pick(language, *ASPECT_NAMES[aspect])


def render(catalog: Catalog, statements: Sequence[Statement], language: str, on: dt.date | None = None) -> str:
    """The statements as text: the answer first, then the rest as a list; documents as a checklist, steps numbered.

    on: the day for which application windows are open or over; today in Shenzhen where not given.
    """
    on = on or today()
    lines = []
    step = 0
    for position, statement in enumerate(statements):
        text = _line(catalog, statement, language, on)
        if statement.document:
            lines.append(f"☐ {text}")
        elif statement.step:
            step += 1
            colon = pick(language, "：", ": ")
            lines.append(f"{step}. {pick(language, *_ACTORS[statement.step.by])}{colon}{text}")
        elif position == 0:
            lines.append(text)
        else:
            lines.append(f"• {text}")
    return "\n".join(lines)


def _line(catalog: Catalog, statement: Statement, language: str, on: dt.date) -> str:
    text: str = getattr(statement, language)
    extras = []
    if statement.document:
        extras += _document(statement.document, language)
    if statement.window:
        extras.append(pick(language, *_WINDOW[statement.window.state(on)]))
    if extras:
        text = _append(text, pick(language, "；", "; ").join(extras), language)
    if statement.contact:
        text += "\n" + _indent(contact_card(catalog.contacts[statement.contact], language))
    if statement.unconfirmed:
        label = pick(language, "待确认：", "To be confirmed: ")
        places = pick(language, "；", "; ").join(contact_line(catalog.contacts[c], language) for c in statement.ask)
        text = f"{label}{text}{pick(language, '请咨询：', ' Ask: ')}{places}{pick(language, '。', '.')}"
    return text


def _append(text: str, extra: str, language: str) -> str:
    """The sentence with something in brackets before its full stop."""
    stop = pick(language, "。", ".")
    body, end = (text[:-1], stop) if text.endswith(stop) else (text, "")
    return body + pick(language, f"（{extra}）", f" ({extra})") + end


def _document(document: Document, language: str) -> list[str]:
    extras = []
    if document.form:
        extras.append(pick(language, *_FORMS[document.form]))
    if document.issuer:
        extras.append(pick(language, "出具：", "from: ") + getattr(document.issuer, language))
    if document.when:
        extras.append(pick(language, "适用：", "only for ") + getattr(document.when, language))
    return extras


def _indent(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.split("\n"))


def contact_line(contact: Contact, language: str) -> str:
    """Name and the one way to reach it, in a line."""
    name: str = getattr(contact.name, language)
    reach = contact.phone or contact.url
    return f"{name} {reach}" if reach else name


def contact_card(contact: Contact, language: str) -> str:
    """Everything known of a contact, a line each."""
    label = pick(language, "：", ": ")
    rows = [getattr(contact.name, language)]
    if contact.address:
        rows.append(pick(language, "地址", "Address") + label + getattr(contact.address, language))
    if contact.phone:
        rows.append(pick(language, "电话", "Phone") + label + contact.phone)
    if contact.hours:
        rows.append(pick(language, "时间", "Hours") + label + hours_line(contact.hours, language))
    if contact.url:
        rows.append(pick(language, "网址", "Website") + label + contact.url)
    if contact.note:
        note: str = getattr(contact.note, language)
        rows.append(note[0].upper() + note[1:])
    return "\n".join(rows)


def hours_line(hours: Sequence[Hours], language: str) -> str:
    """Opening hours in a line, spans of the same days together."""
    if all(h.opens == "00:00" and h.closes == "24:00" and len(h.days) == 7 for h in hours):
        return pick(language, "每天24小时", "24 hours, every day")
    by_days: dict[tuple[int, ...], list[str]] = {}
    for h in hours:
        by_days.setdefault(h.days, []).append(f"{h.opens}–{h.closes}")
    return pick(language, "；", "; ").join(
        f"{_days(days, language)} {pick(language, '、', ', ').join(spans)}" for days, spans in by_days.items()
    )


def _days(days: tuple[int, ...], language: str) -> str:
    names = [pick(language, "周" + _DAYS[0][d - 1], _DAYS[1][d - 1]) for d in days]
    in_row = len(days) > 2 and days == tuple(range(days[0], days[-1] + 1))
    return f"{names[0]}{pick(language, '至', '–')}{names[-1]}" if in_row else pick(language, "、", ", ").join(names)


def source_line(source: Source, language: str) -> str:
    """Who said it, where, when, and the day it was read."""
    title: str = getattr(source.title, language)
    issuer: str = getattr(source.issuer, language)
    details = [d for d in (source.number, date_text(source.date, language) if source.date else None) if d]
    if source.status is SourceStatus.general_knowledge:
        details.append(pick(language, "通行规定，原文待复核", "established rule, text still to be re-read"))
    elif source.read_on:
        day = date_text(source.read_on.isoformat(), language)
        details.append(pick(language, f"{day}查阅", f"read {day}"))
    named = pick(language, f"{issuer}《{title}》", f"{issuer}, “{title}”")
    about = pick(language, f"（{'，'.join(details)}）", f" ({', '.join(details)})") if details else ""
    return f"{named}{about} {source.url}" if source.url else f"{named}{about}"


def date_text(date: str, language: str) -> str:
    """`2024-04-17`, `2024-04` or `2024` as people write it: `2024年4月17日`, `17 April 2024`."""
    parts = [int(part) for part in date.split("-")]
    if language == "zh":
        return "".join(f"{number}{unit}" for number, unit in zip(parts, "年月日"))
    if len(parts) == 1:
        return str(parts[0])
    month = dt.date(2000, parts[1], 1).strftime("%B")
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{parts[2]} {month} {parts[0]}"
