"""Interviews: questions and conditions of a service as data, and what the answers so far mean.

A test is a mapping of question ids to what the answer must be; all must hold. What an answer must be is a value, a list of which
any will do, or bounds (`over`, `at_least`, `under`, `at_most`). `any`, `all` and `not` combine tests; `points` is the sum of
the points table.

    {status: [hong-kong, macao], days: {over: 90}}
    {any: [{degree: master}, {income: {at_least: 300000}}]}

Tests know three answers: yes, no, and not known yet. A question is asked only when a condition needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Union

from pydantic import BaseModel, Field, root_validator, validator

UNSURE = "unsure"
"""Answer of somebody who does not know."""

POINTS = "points"

_BOUNDS = ("over", "at_least", "under", "at_most")

Value = Union[str, Decimal]
"""An answer: a choice's id, `yes`, `no` or `unsure`, or a number."""

Answers = Mapping[str, Value]

Test = dict[str, Any]


class _Model(BaseModel):
    class Config:
        extra = "forbid"
        allow_mutation = False
        frozen = True
        anystr_strip_whitespace = True


class Said(_Model):
    """One text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Choice(_Model):
    """An answer to choose. words: how else people say it, in any language and script. identity: who this is, for “I'm from Hong Kong”."""

    id: str
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    words: tuple[str, ...] = ()
    identity: Literal["hong_kong", "macao", "taiwan", "mainland", "foreign"] | None = None


class Question(_Model):
    """One question of an interview.

    kind: how the answer is read. `days` may be typed in weeks, months or years; `money` is RMB a year unless the question
    says otherwise. least, most: bounds of a sensible number. profile: the answer is kept under this name, and not asked again in
    other interviews. help: what the question means, for those who ask or give an unusable answer.
    """

    id: str = Field(regex=r"^[a-z][a-z0-9_]*$")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    help: Said
    kind: Literal["choice", "yes_no", "number", "money", "days", "years", "age"]
    choices: tuple[Choice, ...] = ()
    least: Decimal = Decimal(0)
    most: Decimal | None = None
    profile: str | None = None

    @root_validator(skip_on_failure=True)
    def _choices(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["kind"] == "choice") != (len(values["choices"]) > 1):
            raise ValueError("a question of kind choice needs at least two `choices`, and only such a question")
        return values


class Outcome(_Model):
    """What it means when a condition is not met: the reason, and whether it decides."""

    verdict: Literal["not_eligible", "staff_must_decide"] = "not_eligible"
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Condition(_Model):
    """One condition, in the order in which they are looked at.

    applies: looked at only if this test holds. test: must hold; a condition without `test` is never met (use with `applies`).
    met: the reason to give when it holds. fail: what it means when it does not. unsure: the reason for leaving it to staff when
    the person does not know.
    """

    id: str
    applies: Test = {}
    test: Test | None = None
    met: Said | None = None
    fail: Outcome
    unsure: Said
    sources: tuple[str, ...] = ()
    facts: tuple[str, ...]

    @validator("facts")
    def _facts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("a condition needs the fact behind it")
        return value


class Row(_Model):
    """A row of a points table: the points if the test holds."""

    test: Test
    points: Decimal


class Score(_Model):
    """One item of a points table: the first row whose test holds counts, none counts 0."""

    zh: str
    en: str
    rows: tuple[Row, ...]


class Result(_Model):
    """What else to say to somebody likely eligible, if the test holds (the first that does)."""

    test: Test = {}
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    sources: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


class Interview(_Model):
    """An eligibility interview. intro: what will be checked, in a sentence. next: aspects to offer afterwards."""

    intro: Said
    questions: tuple[Question, ...]
    conditions: tuple[Condition, ...]
    points: tuple[Score, ...] = ()
    results: tuple[Result, ...] = ()
    next: tuple[str, ...] = ("documents", "steps")

    @root_validator(skip_on_failure=True)
    def _known(cls, values: dict[str, Any]) -> dict[str, Any]:
        questions = {question.id: question for question in values["questions"]}
        if len(questions) < len(values["questions"]):
            raise ValueError("two questions have the same id")
        tests = [
            *(c.applies for c in values["conditions"]),
            *(c.test for c in values["conditions"] if c.test is not None),
            *(row.test for score in values["points"] for row in score.rows),
            *(result.test for result in values["results"]),
        ]
        used = set()
        for test in tests:
            for name, wanted in _leaves(test):
                used.add(name)
                if name != POINTS:
                    _check(name, wanted, questions)
        unused = set(questions) - used
        if unused:
            raise ValueError(f"no condition needs the question {', '.join(sorted(unused))}")
        return values

    def question(self, question_id: str) -> Question:
        return next(question for question in self.questions if question.id == question_id)


def _leaves(test: Test) -> Iterator[tuple[str, Any]]:
    for name, wanted in test.items():
        if name in ("any", "all"):
            for each in wanted:
                yield from _leaves(each)
        elif name == "not":
            yield from _leaves(wanted)
        else:
            yield name, wanted


def _check(name: str, wanted: Any, questions: Mapping[str, Question]) -> None:
    """Raises ValueError for a test that could never hold."""
    question = questions.get(name)
    if question is None:
        raise ValueError(f"a test asks for `{name}`, which is no question")
    if isinstance(wanted, dict):
        if question.kind in ("choice", "yes_no") or not wanted or not set(wanted) <= set(_BOUNDS):
            raise ValueError(f"bounds for `{name}` are {', '.join(_BOUNDS)}, and only numbers have them")
        return
    allowed = {choice.id for choice in question.choices} if question.kind == "choice" else {"yes", "no"}
    values = set(wanted) if isinstance(wanted, list) else {wanted}
    if question.kind not in ("choice", "yes_no") or not values <= allowed:
        raise ValueError(
            f"`{name}` cannot be {', '.join(map(str, sorted(map(str, values - allowed))))} (quote yes and no)"
        )


def holds(interview: Interview, test: Test, answers: Answers) -> bool | None:
    """Whether a test holds; None when the answers do not tell."""
    return _every(_one(interview, name, wanted, answers) for name, wanted in test.items())


def _every(results: Iterator[bool | None]) -> bool | None:
    found = list(results)
    return False if False in found else None if None in found else True


def _one(interview: Interview, name: str, wanted: Any, answers: Answers) -> bool | None:
    if name == "all":
        return _every(holds(interview, each, answers) for each in wanted)
    if name == "any":
        found = [holds(interview, each, answers) for each in wanted]
        return True if True in found else None if None in found else False
    if name == "not":
        inner = holds(interview, wanted, answers)
        return None if inner is None else not inner
    value: Value | None = points(interview, answers) if name == POINTS else answers.get(name)
    if value is None or value == UNSURE:
        return None
    if isinstance(wanted, dict):
        return all(_within(Decimal(value), bound, Decimal(str(limit))) for bound, limit in wanted.items())
    return value in wanted if isinstance(wanted, list) else value == wanted


def _within(value: Decimal, bound: str, limit: Decimal) -> bool:
    if bound == "over":
        return value > limit
    if bound == "at_least":
        return value >= limit
    return value < limit if bound == "under" else value <= limit


def points(interview: Interview, answers: Answers) -> Decimal | None:
    """The sum of the points table; None while an answer it needs is missing. Who does not know an answer gets no points for it."""
    total = Decimal(0)
    for score in interview.points:
        for row in score.rows:
            held = holds(interview, row.test, answers)
            if held:
                total += row.points
                break
            if held is None and any(name not in answers for name, _ in _leaves(row.test)):
                return None
    return total


@dataclass(frozen=True)
class Reason:
    """Why: a text in both languages and what is behind it."""

    zh: str
    en: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What the answers come to. reasons: of the verdict; met: what speaks for the person; extra: what else to know."""

    verdict: Literal["likely_eligible", "not_eligible", "staff_must_decide"]
    reasons: tuple[Reason, ...]
    met: tuple[Reason, ...]
    extra: tuple[Reason, ...] = ()
    points: Decimal | None = None


def needed(interview: Interview, answers: Answers) -> str | None:
    """The id of the next question to ask; None when the answers decide."""
    open_points = False
    for condition in interview.conditions:
        applies = _ask(interview, condition.applies, answers)
        if isinstance(applies, str):
            return applies
        if applies is None:  # nobody can tell whether it matters: a point for staff
            open_points = True
        if not applies:
            continue
        held = False if condition.test is None else _ask(interview, condition.test, answers)
        if isinstance(held, str):
            return held
        if held is False and condition.fail.verdict == "not_eligible":
            return None
        open_points = open_points or not held
    if open_points:
        return None
    for result in interview.results:
        held = _ask(interview, result.test, answers)
        if held:
            return held if isinstance(held, str) else None
    return None


def _ask(interview: Interview, test: Test, answers: Answers) -> bool | str | None:
    """Whether a test holds, or the question that could still tell; None when nobody can tell."""
    held = holds(interview, test, answers)
    if held is None and (missing := _missing(interview, test, answers)):
        return missing
    return held


def _missing(interview: Interview, test: Test, answers: Answers) -> str | None:
    """The first unanswered question that could still decide a test, in the order in which the test names them.

    None where somebody does not know one of several answers that all are needed: the others would not help.
    """
    open_parts = [(name, wanted) for name, wanted in test.items() if _one(interview, name, wanted, answers) is None]
    found = [_missing_in(interview, name, wanted, answers) for name, wanted in open_parts]
    return None if None in found else found[0] if found else None


def _missing_in(interview: Interview, name: str, wanted: Any, answers: Answers) -> str | None:
    if name == "not":
        return _missing(interview, wanted, answers)
    if name == "all":
        found = [_missing(interview, each, answers) for each in wanted if holds(interview, each, answers) is None]
        return None if None in found else found[0]
    if name in ("any", POINTS):
        tests = wanted if name == "any" else [row.test for score in interview.points for row in score.rows]
        found = [_missing(interview, each, answers) for each in tests if holds(interview, each, answers) is None]
        return next((each for each in found if each), None)
    return None if name in answers else name


def verdict(interview: Interview, answers: Answers) -> Verdict:
    """What the answers come to; meant for answers that need nothing more (`needed` is None)."""
    met: list[Reason] = []
    staff: list[Reason] = []
    for condition in interview.conditions:
        applies = holds(interview, condition.applies, answers)
        held = False if condition.test is None else holds(interview, condition.test, answers)
        if applies is False or (applies is None and (held or staff)):
            continue
        if applies is None or held is None:
            _add(staff, condition.unsure, condition)
        elif held:
            if condition.met:
                _add(met, condition.met, condition)
        elif condition.fail.verdict == "not_eligible":
            return Verdict("not_eligible", (_reason(condition.fail, condition),), tuple(met))
        else:
            _add(staff, condition.fail, condition)
    total = points(interview, answers) if interview.points else None
    if staff:
        return Verdict("staff_must_decide", tuple(staff), tuple(met), points=total)
    extra = next((r for r in interview.results if holds(interview, r.test, answers)), None)
    found = (Reason(extra.zh, extra.en, extra.sources),) if extra else ()
    return Verdict("likely_eligible", tuple(met), tuple(met), found, total)


def _add(reasons: list[Reason], text: Said | Outcome, condition: Condition) -> None:
    reason = _reason(text, condition)
    if reason not in reasons:
        reasons.append(reason)


def _reason(text: Said | Outcome, condition: Condition) -> Reason:
    return Reason(text.zh, text.en, condition.sources)
