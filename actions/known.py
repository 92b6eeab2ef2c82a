"""What is known of a person, in words for staff. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from actions.audience import audiences, people, people_name
from actions.interview import State
from actions.interview_replies import value_text
from catalog.interview import UNSURE, Question
from catalog.render import pick
from catalog.store import Catalog
from dialogue.profile import WHO

LAST = "last_interview"
"""Name in the profile of the interview that ended last: its service and answers."""

Rows = tuple[tuple[str, str], ...]
"""Names and values."""


def finished(profile: Mapping[str, Any], state: State) -> dict[str, Any]:
    """The profile with the interview that has ended."""
    answers = {name: str(value) for name, value in state.answers.items()}
    return {**profile, LAST: {"service": state.service, "answers": answers}}


def known(catalog: Catalog, profile: Mapping[str, Any] | None, language: str) -> Rows:
    """Who the person is, and what interviews asked that holds beyond one of them."""
    profile = profile or {}
    who = people(audiences(profile.get(WHO, ())))
    rows = [(pick(language, "身份", "Who"), people_name(who, language))] if who else []
    for name, value in profile.items():
        asked = _question(catalog, name, value)
        if asked:
            rows.append((pick(language, asked.zh, asked.en), value_text(asked, value, language)))
    return tuple(rows)


def interview(catalog: Catalog, profile: Mapping[str, Any] | None, language: str) -> Rows:
    """The interview that ended last: its service, then questions and answers. Empty if there was none, or the catalog has changed since."""
    last = (profile or {}).get(LAST)
    service = catalog.service(last["service"]) if last else None
    if not last or service is None or service.interview is None:
        return ()
    asked = {question.id: question for question in service.interview.questions}
    rows = [(pick(language, "事项", "Service"), pick(language, service.short.zh, service.short.en))]
    for name, value in last["answers"].items():
        if name in asked and _fits(asked[name], value):
            rows.append((pick(language, asked[name].zh, asked[name].en), value_text(asked[name], value, language)))
    return tuple(rows)


def _question(catalog: Catalog, name: str, value: Any) -> Question | None:
    """The first question that this is an answer to, of those whose answers are kept under a name; they need not have the same choices."""
    interviews = (service.interview for service in catalog.services.values() if service.interview)
    return next(
        (
            question
            for each in interviews
            for question in each.questions
            if question.profile == name and _fits(question, value)
        ),
        None,
    )


def _fits(asked: Question, value: Any) -> bool:
    """Whether it is an answer to this question, as the catalog has it now."""
    if not isinstance(value, str):
        return False
    if asked.kind == "choice":
        return value == UNSURE or value in {choice.id for choice in asked.choices}
    if asked.kind == "yes_no":
        return value in (UNSURE, "yes", "no")
    try:
        return value == UNSURE or Decimal(value).is_finite()
    except InvalidOperation:
        return False
