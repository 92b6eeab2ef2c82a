from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.interview import State, Step, begin, pressed, to_profile, typed
from actions.interview_answers import read
from actions.interview_replies import question, result, stopped
from catalog.interview import Interview, Question
from catalog.store import Catalog

SERVICE = "youth-subsidies"


@pytest.fixture(scope="module")
def interview(catalog: Catalog) -> Interview:
    found = catalog.services[SERVICE].interview
    assert found is not None
    return found


def say(interview: Interview, state: State, text: str, intent: str = "nlu_fallback", confidence: float = 0.3) -> Step:
    return typed(interview, state, text, intent, confidence)


def asked(kind: str, **more: Any) -> Question:
    said = {"zh": "问", "en": "asks"}
    return Question.parse_obj({"id": "q", **said, "help": said, "kind": kind, **more})


STATUS = [
    {
        "id": "hk",
        "zh": "香港永久性居民",
        "en": "HK permanent resident",
        "words": ["HKPR", "香港永居"],
        "identity": "hong_kong",
    },
    {"id": "foreign", "zh": "外国人", "en": "Foreigner", "words": ["expat"], "identity": "foreign"},
    {"id": "intern", "zh": "实习生", "en": "Intern", "words": ["intern"]},
    {"id": "associate", "zh": "副学士", "en": "Associate", "words": []},
    {"id": "bachelor", "zh": "学士", "en": "Bachelor", "words": ["bachelor"]},
]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("money", "大概八十五万", "850000"),
        ("money", "850k", "850000"),
        ("money", "RMB 1.2 million", "1200000"),
        ("money", "港幣三十萬", None),
        ("money", "rather a lot", None),
        ("days", "三个月", "90"),
        ("days", "about 100 days", "100"),
        ("days", "more than 90 days", "91"),
        ("days", "不到90天", "89"),
        ("days", "１２０", "120"),
        ("days", "half a year", "182.5"),
        ("age", "我今年35岁", "35"),
        ("age", "twenty-six", "26"),
        ("age", "35", "35"),
        ("years", "两年", "2"),
        ("years", "18 months", "1.5"),
        ("number", "-3", None),
        ("money", "负十万", None),
        ("money", "minus 5000 RMB", None),
        ("money", "80-90万", "800000"),
        ("yes_no", "係呀", "yes"),
        ("yes_no", "冇", "no"),
        ("yes_no", "not yet", "no"),
        ("yes_no", "香港", None),
        ("choice", "HKPR", "hk"),
        ("choice", "I'm an expat", "foreign"),
        ("choice", "我係香港人", "hk"),
        ("choice", "副学士", "associate"),
        ("choice", "学士", "bachelor"),
        ("choice", "international company", None),
        ("choice", "第二个", "foreign"),
        ("choice", "the last one", "bachelor"),
        ("choice", "唔知", "unsure"),
        ("days", "I don't know", "unsure"),
    ],
)
def test_answers_are_read_in_any_form(kind: str, text: str, expected: str | None) -> None:
    found = read(asked(kind, **({"choices": STATUS} if kind == "choice" else {})), text)
    if expected is None or found is None:
        assert found is expected
    else:
        assert (
            abs(Decimal(found) - Decimal(expected)) < Decimal("0.01")
            if isinstance(found, Decimal)
            else found == expected
        )


def test_numbers_outside_the_bounds_are_no_answer() -> None:
    assert read(asked("age", least=16, most=100), "300") is None
    assert read(asked("age", least=16, most=100), "16") == 16


def test_an_answer_leads_to_the_next_question(interview: Interview) -> None:
    state = begin(interview, SERVICE, {})
    assert state.question == "role"
    step = say(interview, state, "I have a job there")
    assert (step.note, step.state.question) == ("answered", "status")


def test_three_answers_that_cannot_be_used_lead_to_help(interview: Interview) -> None:
    state = begin(interview, SERVICE, {})
    notes = []
    for _ in range(3):
        step = say(interview, state, "purple")
        notes.append(step.note)
        state = step.state
    assert notes == ["invalid", "invalid", "stuck"]
    assert pressed(interview, state, "unsure").state.answers == {"role": "unsure"}


def test_back_takes_the_last_answer_away(interview: Interview) -> None:
    state = say(interview, begin(interview, SERVICE, {}), "I have a job there").state
    step = say(interview, state, "上一題")
    assert (step.note, step.state.question, dict(step.state.answers)) == ("back", "role", {})
    assert say(interview, step.state, "back").note == "asked"


@pytest.mark.parametrize("text", ["stop", "取消", "算了", "Cancel.", "唔查喇"])
def test_stop_ends_it_anywhere(interview: Interview, text: str) -> None:
    step = say(interview, begin(interview, SERVICE, {}), text)
    assert (step.note, step.state.stage) == ("stopped", "done")


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("what documents do I need?", "ask_documents", 0.9),
        ("要多久？", "ask_time", 0.9),
        ("转人工", "ask_human", 0.95),
        ("speak English please", "change_language", 0.9),
    ],
)
def test_a_matter_of_its_own_is_left_to_the_rules(
    interview: Interview, text: str, intent: str, confidence: float
) -> None:
    state = begin(interview, SERVICE, {})
    step = typed(interview, state, text, intent, confidence)
    assert step == Step(state, "elsewhere")


def test_what_is_told_before_it_is_asked_is_noted(catalog: Catalog) -> None:
    tax = catalog.services["gba-tax-subsidy"].interview
    assert tax is not None
    state = say(tax, begin(tax, "gba-tax-subsidy", {}), "HK permanent resident").state
    assert state.question != "days"
    step = say(tax, state, "I worked in the city for 80 days last year")
    assert (step.note, step.state.answers["days"]) == ("noted", 80)
    again = say(tax, step.state, "Sorry, typo: 180 days, not 80")
    assert (again.note, again.state.answers["days"]) == ("corrected", 180)


def test_what_counts_is_explained(interview: Interview) -> None:
    step = say(interview, begin(interview, SERVICE, {}), "什么意思？", "ask_overview", 0.9)
    assert (step.note, step.state.tries) == ("explained", 0)


def finished(interview: Interview, answers: dict[str, str]) -> State:
    state = begin(interview, SERVICE, {})
    while state.stage == "ask":
        assert state.question is not None
        step = say(interview, state, answers[state.question])
        assert step.note == "answered", state.question
        state = step.state
    return state


ANSWERS = {"role": "none of these"}


def test_the_summary_comes_before_the_verdict_and_can_be_corrected(interview: Interview, catalog: Catalog) -> None:
    state = say(interview, begin(interview, SERVICE, {}), "5").state
    assert state.stage == "confirm"
    assert "What do you do in Qianhai?" in question(interview, state, "answered", "en").text
    changed = pressed(interview, state, "change")
    assert changed.note == "which"
    again = say(interview, changed.state, "the first one")
    assert (again.note, again.state.question) == ("back", "role")
    corrected = say(interview, state, "no, actually I have a job there")
    assert (corrected.note, corrected.state.answers["role"]) == ("corrected", "employee")
    assert say(interview, state, "对").note == "done"
    assert result(catalog, state, "zh").verdict == "not_eligible"


def test_what_is_known_is_not_asked_and_said(interview: Interview, catalog: Catalog) -> None:
    state = begin(interview, SERVICE, {"status": "hk-permanent", "age": "26", "degree": "unknown"})
    state = say(interview, state, "I have a job there").state
    assert state.question not in ("status", "age")
    assert {"status", "age"} <= set(to_profile(interview, state)) & set(state.known)


def test_a_value_of_the_profile_that_is_no_choice_is_asked_again(interview: Interview) -> None:
    state = begin(interview, SERVICE, {"status": "elsewhere"})
    assert "status" not in state.answers


def test_the_state_survives_as_json(interview: Interview) -> None:
    state = State(SERVICE, {"role": "job", "age": Decimal("26.5"), "degree": "unsure"}, ("role",), "days", "ask", 2)
    assert State.from_json(state.to_json()) == state


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_of_every_interview_can_be_said(catalog: Catalog, language: str) -> None:
    for service in catalog.services.values():
        for asked_ in service.interview.questions if service.interview else ():
            reply = question(service.interview, State(service.id, {}, (), asked_.id), "invalid", language)
            assert getattr(asked_, language) in reply.text
            assert len({button.title for button in reply.buttons}) == len(reply.buttons), (service.id, asked_.id)
    assert stopped(language, catalog.services[SERVICE]).text


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(
        st.sampled_from(
            [
                "1",
                "2",
                "yes",
                "no",
                "26",
                "三年",
                "back",
                "上一題",
                "blah",
                "?",
                "change",
                "对",
                "不知道",
                "master",
                "stop it",
            ]
        ),
        max_size=25,
    )
)
def test_whatever_is_said_the_interview_goes_on_or_ends(
    interview: Interview, catalog: Catalog, texts: list[str]
) -> None:
    state = begin(interview, SERVICE, {})
    for text in texts:
        step = say(interview, state, text)
        state = State.from_json(step.state.to_json())
        if state.stage == "done":
            assert result(catalog, state, "en").text
            return
        assert question(interview, state, step.note, "zh").text
