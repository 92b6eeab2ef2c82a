from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from actions.estimate import remembered
from actions.interview import State
from actions.known import LAST, finished, interview, known
from catalog.interview import UNSURE, Question
from catalog.store import Catalog
from dialogue.profile import WHO

both_languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.mark.parametrize("profile", [None, {}, {"unheard of": "x"}, {WHO: []}, {WHO: ["mainland"]}, {LAST: None}])
def test_nothing_is_known_of_a_stranger(catalog: Catalog, profile: dict[str, Any] | None) -> None:
    assert known(catalog, profile, "en") == () and interview(catalog, profile, "en") == ()


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("en", (("Who", "a Hong Kong resident"), ("How old are you?", "34 years old"))),
        ("zh", (("身份", "香港居民"), ("您多大了？", "34岁"))),
    ],
)
def test_what_is_known_in_words(catalog: Catalog, language: str, rows: tuple[tuple[str, str], ...]) -> None:
    found = known(catalog, {WHO: ["employer", "hong_kong"], "age": "34"}, language)
    assert found[0] == rows[0]
    assert found[1][1] == rows[1][1] and len(found) == 2
    asked = next(q for q in catalog.services["work-permit"].interview.questions if q.profile == "age")  # type: ignore[union-attr]
    assert found[1][0] == getattr(asked, language)


def answers_of(asked: Question) -> list[str]:
    if asked.kind == "choice":
        return [choice.id for choice in asked.choices]
    return ["yes", "no"] if asked.kind == "yes_no" else ["0", "1", "34", "850000.50"]


@both_languages
def test_every_answer_that_is_kept_can_be_said(catalog: Catalog, language: str) -> None:
    count = 0
    for service in catalog.services.values():
        for asked in service.interview.questions if service.interview else ():
            for value in answers_of(asked) if asked.profile else ():
                ((name, said),) = known(catalog, {str(asked.profile): value}, language)
                assert name and said
                count += 1
    assert count > 40


@both_languages
def test_every_interview_that_ended_can_be_said(catalog: Catalog, language: str) -> None:
    for service in catalog.services.values():
        if service.interview is None:
            continue
        for pick in (0, -1):
            answers: dict[str, Any] = {q.id: answers_of(q)[pick] for q in service.interview.questions}
            numbers = {q.id for q in service.interview.questions if q.kind not in ("choice", "yes_no")}
            state = State(service.id, {name: Decimal(a) if name in numbers else a for name, a in answers.items()})
            profile = json.loads(json.dumps(finished({"age": "34"}, state)))
            rows = interview(catalog, profile, language)
            assert rows[0][1] == getattr(service.short, language)
            assert [name for name, _ in rows[1:]] == [getattr(q, language) for q in service.interview.questions]
            assert all(said for _, said in rows) and known(catalog, profile, language)


def test_what_somebody_was_not_sure_of(catalog: Catalog) -> None:
    profile = finished({}, State("work-permit", {"who": UNSURE, "salary": UNSURE}))
    assert [said for _, said in interview(catalog, profile, "en")][1:] == ["I don't know"] * 2


def test_only_the_last_interview_is_kept_beside_what_was_known() -> None:
    first = finished({"age": "34"}, State("work-permit", {"who": "foreign"}))
    second = finished(first, State("youth-subsidies", {"settled": "yes"}))
    assert second == {"age": "34", LAST: {"service": "youth-subsidies", "answers": {"settled": "yes"}}}
    assert remembered(second, {"income": Decimal(1)})[LAST] == second[LAST]


@pytest.mark.parametrize(
    "last",
    [
        {"service": "gone", "answers": {"who": "foreign"}},
        {"service": "service-center", "answers": {"who": "foreign"}},
    ],
)
def test_an_interview_that_is_no_more_is_left_out(catalog: Catalog, last: dict[str, Any]) -> None:
    assert interview(catalog, {LAST: last}, "en") == ()


def test_answers_that_the_catalog_no_longer_has_are_left_out(catalog: Catalog) -> None:
    answers = {"who": "martian", "gone": "x", "employer": "perhaps", "age": "old", "salary": "NaN", "degree": "master"}
    rows = interview(catalog, {LAST: {"service": "work-permit", "answers": answers}}, "en")
    assert len(rows) == 2
    profile = {
        "nationality": "martian",
        "age": "old",
        "chinese_citizen": 1,
        "degree": None,
        "qianhai_employer": ["yes"],
    }
    assert known(catalog, profile, "en") == ()
