"""An eligibility interview as a conversation: what state it is in and what a message does to it. Pure.

What is asked and what the answers mean stands in the catalog (`catalog.interview`); this module asks one question at a time, reads
answers in any form, goes back, corrects, and knows when it is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from actions.interview_answers import by_identity, choice, read
from catalog.interview import UNSURE, Interview, Question, Value, needed
from dialogue.asking import asks
from dialogue.context import wanted_language
from dialogue.profile import WHO
from entities import find
from language.script import simplify

TRIES = 3
"""Unusable answers to a question after which skipping it, stopping and a person are offered."""

STOP = re.compile(
    r"(?:please )?(?:stop|quit|cancel|exit|never ?mind|forget it|enough|no more)(?: (?:it|this|the check|now|please))*[.。!！]*"
    r"|(?:停止?|取消|退出|算了|算啦|罢了|够了|够喇|不(?:查|做|问|玩|核对|想)(?:了|下去)?|别问了|唔(?:查|使|做|玩|问|想做)(?:喇|啦|了)?|咪(?:搞|问)(?:喇|啦)?)(?:吧|啦|喇|了)?[.。!！]*",
    re.IGNORECASE,
)
STOP_WORD = re.compile(
    r"\b(?:stop|quit|cancel|exit|end|never ?mind|forget|enough|done with)\b|停|取消|退出|结束|算了|不(?:查|做|问|玩|想)|唔(?:查|使|做|玩|问|想)",
    re.IGNORECASE,
)
"""A longer message that the classifier takes for "cancel" is believed with one of these in it."""

BACK = re.compile(
    r"(?:(?:please )?(?:go )?back(?: one)?(?: please)?|(?:the )?(?:previous|last)(?: (?:question|one))?|上一(?:步|题|个问题|条)|返回|返上?(?:去)?(?:上)?一?(?:步|题|条)|返转头|退回(?:上一(?:步|题))?)[.。!！]*",
    re.IGNORECASE,
)
EXPLAIN = re.compile(
    r"what do you mean|(?:don't|dont|do not) (?:quite )?(?:understand|get it)|\bexplain\b|what counts|which (?:kind|one)s? count"
    r"|什么意思|咩意思|乜意思|不明白|不太明白|唔明|没看懂|看不懂|睇唔明|解释|怎么算|点计",
    re.IGNORECASE,
)
CORRECTION = re.compile(
    r"\b(?:actually|typo|sorry|i mean|i meant|correct(?:ion)?|wrong|mistake|no wait|wait|change|should be|instead)\b|\bnot \d"
    r"|其实|不对|不是|唔系|唔啱|说错|讲错|搞错|写错|更正|改(?:成|为|做|一下)?|应该是|应该系",
    re.IGNORECASE,
)
_NOT_THAT = re.compile(r"\bnot (?:rmb |about )?[\d.,]+\w*|(?:不是|唔系)[\d.,]+[万千百岁天年个元]*", re.IGNORECASE)
"""The part of a correction that is taken back: "26, not 62"."""

RIGHT = re.compile(
    r"show (?:me )?(?:the )?results?|\b(?:looks?|all|that'?s|it'?s|everything(?:'s| is)?)(?: all)? (?:good|right|fine|correct|ok(?:ay)?)\b|^\W*(?:correct|right|nothing(?: to change)?|no changes?|go on|continue)\b"
    r"|看结果|出结果|睇结果|啱晒|冇错|没错|无误|正确|冇问题|没问题|不用改|唔使改|没有要改|都对|都啱|继续",
    re.IGNORECASE,
)
"""The summary is right."""


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
    """The state after a message, and what the message did. changed: the answers that were noted unasked or corrected."""

    state: State
    note: Note
    changed: tuple[str, ...] = ()


def begin_estimate(interview: Interview, service: str, given: Mapping[str, Decimal]) -> State:
    """Questions for an estimate at their start, with the amounts given already."""
    answers = {question.id: given[question.id] for question in interview.questions if question.id in given}
    return _advance(interview, State(service, answers, kind="estimate"))


def begin(interview: Interview, service: str, profile: Mapping[str, Any], text: str = "") -> State:
    """The interview at its start, with what the profile and the message that asked for it already answer."""
    answers = {
        question.id: value
        for question in interview.questions
        if (value := _from_profile(question, profile)) is not None
    }
    answers |= _answers_in([question for question in interview.questions if question.id not in answers], text)
    return _advance(interview, State(service, answers, known=tuple(answers)))


def _from_profile(question: Question, profile: Mapping[str, Any]) -> Value | None:
    value = profile.get(question.profile) if question.profile else None
    if question.kind == "choice":
        if value in _values(question):
            return str(value)
        fits = [choice.id for choice in question.choices if [choice.identity] == profile.get(WHO)]
        return fits[0] if len(fits) == 1 else None
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
    if BACK.fullmatch(plain):
        return _back(interview, state)
    if STOP.fullmatch(plain) or (intent == "cancel" and confidence >= 0.6 and STOP_WORD.search(plain)):
        return Step(replace(state, stage="done", question=None), "stopped")
    if state.stage == "confirm":
        return _confirming(interview, state, text, intent)
    if state.stage == "correct":
        return _correcting(interview, state, text)
    assert state.question is not None
    question = interview.question(state.question)
    if EXPLAIN.search(plain) or intent == "help":
        return Step(state, "explained")
    corrected = _corrected(interview, state, text) if CORRECTION.search(plain) and not asks(plain) else None
    value = read(question, text)
    if value is not None and not corrected and not (asks(plain) and intent.startswith("ask_")):
        more = _answers_in(_unasked(interview, state), text)
        return _answered(interview, replace(state, answers={**state.answers, **more}), value)
    told = corrected or _told(interview, state, text)
    if told:
        return told
    if _elsewhere(plain, intent, confidence):
        return Step(state, "elsewhere")
    tries = state.tries + 1
    return Step(replace(state, tries=tries), "stuck" if tries >= TRIES else "invalid")


_ACTS = frozenset(
    ["ask_human", "complain", "delete_my_data", "list_services", "subscribe", "track_application", "unsubscribe"]
)

_CHECKS = re.compile(
    r"\b(?:check|estimate|calculate|work out|assess)\b|核对|核查|估算|计算|算一下|帮我算|自测|评估", re.IGNORECASE
)
"""Without one of these a figure or a statement in an interview begins no other check."""

_TALK = frozenset(["greet", "goodbye", "thank", "bot_challenge"])


def _elsewhere(plain: str, intent: str, confidence: float) -> bool:
    """Whether a message is a matter of its own: a question, or surely an act. What only might be an answer is none."""
    if intent in ("nlu_fallback", "affirm", "deny"):
        return False
    if intent in ("check_eligibility", "estimate_tax"):
        return _CHECKS.search(plain) is not None
    if intent == "change_language":
        return wanted_language(plain) is not None or asks(plain)
    if intent == "out_of_scope" or (intent.startswith("ask_") and intent != "ask_human"):
        return asks(plain)
    if intent in _TALK:
        return confidence >= 0.9 and not find(plain, _ANSWERS)
    return asks(plain) or (intent in _ACTS and confidence >= 0.6)


_ANSWERS = ("money", "number", "percent", "age", "duration", "date", "identity")
"""Kinds of entities that make a message an answer rather than small talk."""


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
    plain = simplify(text)
    answer = next((f.value.meaning for f in find(text, ("answer",))), None)
    pointed = _pointed(interview, state, text)
    if pointed:
        return pointed
    corrected = _corrected(interview, state, text)
    if corrected and answer != "yes":
        return corrected
    if answer == "yes" or intent == "affirm" or (RIGHT.search(plain) and not _WRONG.search(plain)):
        return Step(replace(state, stage="done"), "done")
    if answer in ("no", "neither") or intent == "deny" or CORRECTION.search(plain):
        return _wording(interview, state, text) or Step(replace(state, stage="correct"), "which")
    if intent.startswith("ask_") or asks(plain):
        return Step(state, "elsewhere")
    return Step(state, "confirm")


_WRONG = re.compile(r"\b(?:wrong|not|isn'?t|change)\b|不(?!用改)|错(?<!没错)|唔(?!使改)|改", re.IGNORECASE)


def _correcting(interview: Interview, state: State, text: str) -> Step:
    if RIGHT.search(simplify(text)) or any(f.value.meaning == "yes" and f.value.exact for f in find(text, ("answer",))):
        return Step(replace(state, stage="done"), "done")
    return (
        _pointed(interview, state, text)
        or _corrected(interview, state, text)
        or _wording(interview, state, text)
        or Step(state, "which")
    )


def _pointed(interview: Interview, state: State, text: str) -> Step | None:
    """The answer that a message names by its number, replaced if the rest of the message says by what, else asked anew."""
    names = list(state.answers)
    bare = text.strip(" .。")
    for found in find(text, ("choice", "number")):
        if found.kind == "number" and bare != found.text:
            continue
        position = int(found.value.value) if found.kind == "number" else found.value.position
        if position and -len(names) <= position <= len(names):
            name = names[position - 1 if position > 0 else position]
            return _replaced(interview, state, name, text[: found.start] + " " + text[found.end :])
    return None


def _wording(interview: Interview, state: State, text: str) -> Step | None:
    """The answer whose question a message speaks of in its words ("the share is wrong", 学历不对)."""
    said = _words(text)
    scores = {}
    for name in state.answers:
        question = interview.question(name)
        asked = _words(f"{question.zh} {question.en} {name.replace('_', ' ')}")
        scores[name] = len(said & asked) / (1 + len(asked) ** 0.5)
    best = sorted(scores.values(), reverse=True)
    if not best or best[0] == 0 or (len(best) > 1 and best[0] == best[1]):
        return None
    return _replaced(interview, state, max(scores, key=lambda name: scores[name]), text)


_COMMON = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "of",
        "in",
        "on",
        "your",
        "you",
        "my",
        "me",
        "i",
        "it",
        "to",
        "for",
        "do",
        "does",
        "did",
        "have",
        "has",
        "what",
        "which",
        "how",
        "many",
        "much",
        "that",
        "this",
        "and",
        "or",
        "not",
        "wrong",
        "change",
        "with",
        "at",
    ]
)


def _words(text: str) -> set[str]:
    """Words by which a question is known: Latin words and pairs of Han."""
    plain = simplify(text).casefold()
    latin = {word for word in re.findall(r"[a-z]{3,}", plain) if word not in _COMMON}
    return latin | {run[i : i + 2] for run in re.findall(r"[\u4e00-\u9fff]+", plain) for i in range(len(run) - 1)}


def _replaced(interview: Interview, state: State, name: str, text: str) -> Step:
    """The state with an answer replaced by what the text says, or asked anew."""
    question = interview.question(name)
    plain = CORRECTION.sub(" ", _NOT_THAT.sub(" ", simplify(text)))
    value = choice(question.choices, text, generic=False) if question.kind == "choice" else read(question, plain)
    if value is None or value in (UNSURE, state.answers[name]):
        return _change(interview, state, name)
    return _with(interview, state, {name: value}, "corrected")


def _with(interview: Interview, state: State, answers: Mapping[str, Value], note: Note) -> Step:
    """The state with some answers more or other."""
    known = tuple(each for each in state.known if each not in answers)
    after = replace(state, answers={**state.answers, **answers}, known=known)
    return Step(_advance(interview, after), note, tuple(answers))


def _corrected(interview: Interview, state: State, text: str) -> Step | None:
    """The state with an earlier answer replaced, if the text names another choice for exactly one question, or another number."""
    kept = _NOT_THAT.sub(" ", simplify(text))
    found: dict[str, Value] = {}
    for name, before in state.answers.items():
        question = interview.question(name)
        value = (
            choice(question.choices, kept, generic=False) if question.kind == "choice" else _measured(question, kept)
        )
        if value is not None and value != before:
            found[name] = value
    if len(found) > 1:
        numeric = {name: value for name, value in found.items() if interview.question(name).kind != "choice"}
        found = {} if len(numeric) != 1 else numeric
    if not found:
        found = _last_number(interview, state, kept)
    return _with(interview, state, found, "corrected") if len(found) == 1 else None


def _last_number(interview: Interview, state: State, text: str) -> dict[str, Value]:
    """The last answer that is a number, corrected by a bare number; not where the question being asked wants one of another kind."""
    numeric = [name for name in state.answers if interview.question(name).kind in _NUMERIC]
    if not numeric:
        return {}
    last = interview.question(numeric[-1])
    asked = interview.question(state.question) if state.question else None
    if asked and asked.kind in _NUMERIC and asked.kind != last.kind:
        return {}
    value = read(last, CORRECTION.sub(" ", text))
    return {last.id: value} if value not in (None, UNSURE, state.answers[last.id]) else {}


_NUMERIC = ("number", "money", "days", "years", "age")


def _measured(question: Question, text: str) -> Value | None:
    """A number that a text gives in the unit of the question; a bare number may belong to any."""
    kind = {"days": "duration", "years": "duration", "age": "age", "money": "money", "number": "percent"}.get(
        question.kind
    )
    return read(question, text) if kind and find(text, (kind,)) else None


def told(interview: Interview, state: State, answers: Mapping[str, Value]) -> Step:
    """The state with several answers given at once."""
    return _with(interview, state, answers, "answered")


def _told(interview: Interview, state: State, text: str) -> Step | None:
    """The state with questions answered that were not asked yet."""
    if asks(simplify(text)):
        return None
    found = _answers_in(_unasked(interview, state), text)
    return _with(interview, state, found, "noted") if found else None


def _unasked(interview: Interview, state: State) -> list[Question]:
    return [q for q in interview.questions if q.id not in state.answers and q.id != state.question]


def _answers_in(questions: Sequence[Question], text: str) -> dict[str, Value]:
    """What a text says unasked about the person: who they are, a degree, an age, or days with their unit.

    Only questions of a profile are answered by words, since words like "Qianhai" or "bachelor" fit other questions by chance.
    """
    found: dict[str, Value] = {}
    for question in questions:
        value: Value | None
        if question.kind == "choice" and question.profile:
            value = choice(question.choices, text, generic=False) or by_identity(question.choices, text)
        elif (question.kind == "age" and find(text, ("age",))) or (
            question.kind == "days" and _DAYS.search(simplify(text))
        ):
            value = read(question, text)
        else:
            continue
        if value is not None:
            found[question.id] = value
    return found


_DAYS = re.compile(r"\d\s*(?:full |whole )?(?:days?\b|天)", re.IGNORECASE)


def _values(question: Question) -> set[str]:
    return {choice.id for choice in question.choices} if question.kind == "choice" else {"yes", "no"}
