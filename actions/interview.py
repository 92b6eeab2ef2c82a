"""An eligibility interview as a conversation: what state it is in and what a message does to it. Pure.

What is asked and what the answers mean stands in the catalog (`catalog.interview`); this module asks one question at a time, reads
answers in any form, goes back, corrects, and knows when it is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from actions.interview_answers import choice, read
from catalog.interview import UNSURE, Interview, Question, Value, needed
from entities import find
from language.script import simplify

TRIES = 3
"""Unusable answers to a question after which skipping it, stopping and a person are offered."""

STOP = re.compile(
    r"(?:stop|quit|cancel|exit|never ?mind|forget it|停止?|取消|退出|算了|不查了|唔查喇?|唔使喇|唔做喇?)[.。!！]*",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?:(?:go )?back|previous(?: question)?|上一(?:步|题|个问题)|返回|返上一(?:步|题)|退回)[.。!！]*", re.IGNORECASE
)
EXPLAIN = re.compile(
    r"what do you mean|(?:don't|dont|do not) (?:quite )?(?:understand|get it)|\bexplain\b|what counts|which (?:kind|one)s? count"
    r"|什么意思|咩意思|乜意思|不明白|不太明白|唔明|没看懂|看不懂|睇唔明|解释|怎么算|点计",
    re.IGNORECASE,
)
CORRECTION = re.compile(
    r"\b(?:actually|typo|sorry|i mean|i meant|correction|wrong|mistake|no wait|wait)\b|其实|不对|不是|唔系|唔啱|说错|讲错|搞错|更正|改成|改为|应该是|应该系",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class State:
    """Where an interview stands.

    kind: `check` of eligibility, or questions for an `estimate`. answers: by question, in the order given. known: questions answered by what was known before. question: the one being asked.
    stage: `ask` a question, `confirm` the summary, `correct` (which answer is wrong?), `done`. tries: unusable answers to the question.
    """

    service: str
    answers: Mapping[str, Value]
    known: tuple[str, ...] = ()
    question: str | None = None
    stage: Literal["ask", "confirm", "correct", "done"] = "ask"
    tries: int = 0
    kind: Literal["check", "estimate"] = "check"

    def to_json(self) -> dict[str, Any]:
        answers = {
            name: value if isinstance(value, str) else {"number": str(value)} for name, value in self.answers.items()
        }
        return {**vars(self), "answers": answers, "known": list(self.known)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        answers = {
            name: value if isinstance(value, str) else Decimal(value["number"])
            for name, value in data["answers"].items()
        }
        return cls(**{**data, "answers": answers, "known": tuple(data["known"])})


Note = Literal[
    "asked",
    "answered",
    "noted",
    "corrected",
    "explained",
    "invalid",
    "stuck",
    "confirm",
    "which",
    "back",
    "stopped",
    "done",
    "elsewhere",
]
"""What a message did: `elsewhere` means that it was no answer but a matter of its own."""


@dataclass(frozen=True)
class Step:
    """The state after a message, and what the message did."""

    state: State
    note: Note


def begin_estimate(interview: Interview, service: str, given: Mapping[str, Decimal]) -> State:
    """Questions for an estimate at their start, with the amounts given already."""
    answers = {question.id: given[question.id] for question in interview.questions if question.id in given}
    return _advance(interview, State(service, answers, kind="estimate"))


def begin(interview: Interview, service: str, profile: Mapping[str, Any]) -> State:
    """The interview at its start, with what the profile already answers."""
    answers = {
        question.id: value
        for question in interview.questions
        if (value := _from_profile(question, profile)) is not None
    }
    return _advance(interview, State(service, answers, known=tuple(answers)))


def _from_profile(question: Question, profile: Mapping[str, Any]) -> Value | None:
    value = profile.get(question.profile) if question.profile else None
    if question.kind == "choice":
        return str(value) if value in _values(question) else None
    if question.kind == "yes_no":
        return str(value) if value in ("yes", "no") else None
    return Decimal(str(value)) if value is not None and value != UNSURE else None


def to_profile(interview: Interview, state: State) -> dict[str, str]:
    """What the answers say about the person, for later interviews; numbers as text."""
    return {
        question.profile: str(state.answers[question.id])
        for question in interview.questions
        if question.profile and state.answers.get(question.id, UNSURE) != UNSURE
    }


def _advance(interview: Interview, state: State) -> State:
    """The state with the next question, or with the summary to confirm."""
    following = needed(interview, state.answers)
    if following is None:
        return replace(state, question=None, stage="done" if state.kind == "estimate" else "confirm", tries=0)
    return replace(state, question=following, stage="ask", tries=0)


def pressed(interview: Interview, state: State, said: str) -> Step:
    """What a button does: `answer:<value>`, `unsure`, `back`, `stop`, `yes`, `change`, `change:<question>`."""
    verb, _, value = said.partition(":")
    if verb == "stop":
        return Step(replace(state, stage="done", question=None), "stopped")
    if verb == "back":
        return _back(interview, state)
    if verb == "yes":
        return Step(replace(state, stage="done"), "done")
    if verb == "change":
        return _change(interview, state, value)
    if verb == "unsure" and state.question:
        return _answered(interview, state, UNSURE)
    if verb == "answer" and state.question and value in _values(interview.question(state.question)):
        return _answered(interview, state, value)
    return Step(state, "invalid")


def typed(interview: Interview, state: State, text: str, intent: str, confidence: float) -> Step:
    """What a typed message does. intent, confidence: how the message was understood by itself."""
    plain = simplify(text).strip()
    if STOP.fullmatch(plain) or (intent == "cancel" and confidence >= 0.6):
        return Step(replace(state, stage="done", question=None), "stopped")
    if BACK.fullmatch(plain):
        return _back(interview, state)
    if state.stage == "confirm":
        return _confirming(interview, state, text, intent)
    if state.stage == "correct":
        return _correcting(interview, state, text)
    assert state.question is not None
    question = interview.question(state.question)
    if EXPLAIN.search(plain) or intent == "help":
        return Step(state, "explained")
    value = read(question, text)
    if value is not None and not (asks(plain) and intent.startswith("ask_")):
        return _answered(interview, state, value)
    corrected = _corrected(interview, state, text) if CORRECTION.search(plain) else None
    told = corrected or _told(interview, state, text)
    if told:
        return told
    if _elsewhere(plain, intent, confidence):
        return Step(state, "elsewhere")
    tries = state.tries + 1
    return Step(replace(state, tries=tries), "stuck" if tries >= TRIES else "invalid")


_ACTS = frozenset(
    [
        "ask_human",
        "change_language",
        "check_eligibility",
        "complain",
        "delete_my_data",
        "estimate_tax",
        "list_services",
        "subscribe",
        "track_application",
        "unsubscribe",
    ]
)


def _elsewhere(plain: str, intent: str, confidence: float) -> bool:
    """Whether a message is a matter of its own: a question, or surely an act. Small talk in an interview is no answer either."""
    if intent in ("nlu_fallback", "affirm", "deny"):
        return False
    if intent == "out_of_scope":
        return asks(plain)
    return (
        asks(plain) or (intent in _ACTS and confidence >= 0.6) or (not intent.startswith("ask_") and confidence >= 0.9)
    )


_QUESTION = re.compile(
    r"[?？]|(?:吗|嘛|呢|咩|㗎)\W*$|什么|怎么|怎样|如何|哪|多久|多少|几时|几耐|几多|几钱|点样|点解|边度|边个|乜嘢|为何|是不是|系咪|能不能|可不可以|可唔可以|有没有|有冇"
    r"|^\s*(?:and |but |so )?(?:what|how|where|when|which|who|why|can|could|do|does|is|are|should|may|will|would)\b",
    re.IGNORECASE,
)


def asks(plain: str) -> bool:
    """Whether a (simplified) text is a question."""
    return _QUESTION.search(plain) is not None


def _answered(interview: Interview, state: State, value: Value) -> Step:
    assert state.question is not None
    answers = {name: each for name, each in state.answers.items() if name != state.question}
    return Step(_advance(interview, replace(state, answers={**answers, state.question: value})), "answered")


def _back(interview: Interview, state: State) -> Step:
    given = [name for name in state.answers if name not in state.known]
    if not given:
        return Step(state, "asked")
    answers = {name: value for name, value in state.answers.items() if name != given[-1]}
    return Step(replace(state, answers=answers, question=given[-1], stage="ask", tries=0), "back")


def _change(interview: Interview, state: State, question: str) -> Step:
    if question not in state.answers:
        return Step(replace(state, stage="correct", question=None), "which")
    answers = {name: value for name, value in state.answers.items() if name != question}
    known = tuple(name for name in state.known if name != question)
    return Step(replace(state, answers=answers, known=known, question=question, stage="ask", tries=0), "back")


def _confirming(interview: Interview, state: State, text: str, intent: str) -> Step:
    answer = next((f.value.meaning for f in find(text, ("answer",))), None)
    corrected = _corrected(interview, state, text)
    if corrected and answer != "yes":
        return corrected
    if answer == "yes" or intent == "affirm":
        return Step(replace(state, stage="done"), "done")
    if answer in ("no", "neither") or intent == "deny" or CORRECTION.search(simplify(text)):
        return Step(replace(state, stage="correct"), "which")
    if intent.startswith("ask_") or asks(simplify(text)):
        return Step(state, "elsewhere")
    return Step(state, "confirm")


def _correcting(interview: Interview, state: State, text: str) -> Step:
    names = list(state.answers)
    for found in find(text, ("choice",)):
        position = found.value.position
        if -len(names) <= position <= len(names) and position:
            return _change(interview, state, names[position - 1 if position > 0 else position])
    return _corrected(interview, state, text) or Step(state, "which")


def _corrected(interview: Interview, state: State, text: str) -> Step | None:
    """The state with an earlier answer replaced, if the text names another choice for exactly one question, or a number with its unit."""
    found: list[tuple[str, Value]] = []
    for name, before in state.answers.items():
        question = interview.question(name)
        value = choice(question.choices, text) if question.kind == "choice" else _measured(question, text)
        if value is not None and value != before:
            found.append((name, value))
    if len(found) != 1:
        return None
    name, value = found[0]
    known = tuple(each for each in state.known if each != name)
    return Step(_advance(interview, replace(state, answers={**state.answers, name: value}, known=known)), "corrected")


def _measured(question: Question, text: str) -> Value | None:
    """A number that a text gives in the unit of the question; a bare number may belong to any."""
    kind = {"days": "duration", "years": "duration", "age": "age", "money": "money"}.get(question.kind)
    return read(question, text) if kind and find(text, (kind,)) else None


def _told(interview: Interview, state: State, text: str) -> Step | None:
    """The state with a question answered before it was asked, if the text answers exactly one, by a choice or a number with its unit."""
    if asks(simplify(text)):
        return None
    found = []
    for question in interview.questions:
        if question.id not in state.answers and question.id != state.question:
            value = choice(question.choices, text) if question.kind == "choice" else _measured(question, text)
            if value is not None:
                found.append((question.id, value))
    if len(found) != 1:
        return None
    return Step(_advance(interview, replace(state, answers={**state.answers, found[0][0]: found[0][1]})), "noted")


def _values(question: Question) -> set[str]:
    return {choice.id for choice in question.choices} if question.kind == "choice" else {"yes", "no"}
