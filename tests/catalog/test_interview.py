"""The interviews of the catalog: `tests/interviews/<service>.yml` holds answers and the verdict they must lead to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from catalog.interview import UNSURE, Interview, Value, holds, needed, points, verdict
from catalog.store import Catalog

CASES = Path(__file__).parent.parent / "interviews"


def cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def value(given: Any) -> Value:
    return given if isinstance(given, str) else Decimal(str(given))


@pytest.mark.parametrize(("service", "case"), cases())
def test_a_case_gets_its_verdict_and_only_needed_questions(
    service: str, case: dict[str, Any], catalog: Catalog
) -> None:
    interview = catalog.services[service].interview
    assert interview is not None
    answers: dict[str, Value] = {}
    while (question := needed(interview, answers)) is not None:
        assert question in case["answers"], f"asks {question}"
        answers[question] = value(case["answers"][question])
    found = verdict(interview, answers)
    assert found.verdict == case["verdict"]
    if "points" in case:
        assert found.points == case["points"]
    if case["verdict"] != "likely_eligible" and "because" in case:
        condition = next(c for c in interview.conditions if c.id == case["because"])
        assert found.reasons[0].en in (condition.fail.en, condition.unsure.en)


def test_every_interview_has_cases(catalog: Catalog) -> None:
    assert {s.id for s in catalog.services.values() if s.interview} == {path.stem for path in CASES.glob("*.yml")}


def test_sources_of_interviews_are_known(catalog: Catalog) -> None:
    for service in catalog.services.values():
        for part in (*service.interview.conditions, *service.interview.results) if service.interview else ():
            assert set(part.sources) <= set(catalog.sources), service.id


SAID = {"zh": "问", "en": "asks"}


def small(**changes: Any) -> dict[str, Any]:
    choices = [{"id": "hk", "zh": "香港", "en": "Hong Kong"}, {"id": "else", "zh": "其他", "en": "elsewhere"}]
    return {
        "intro": SAID,
        "questions": [
            {"id": "home", **SAID, "help": SAID, "kind": "choice", "choices": choices},
            {"id": "days", **SAID, "help": SAID, "kind": "days"},
            {"id": "post", **SAID, "help": SAID, "kind": "yes_no"},
        ],
        "conditions": [
            {"id": "home", "test": {"home": "hk"}, "fail": SAID, "unsure": SAID, "facts": ["A-1"]},
            {
                "id": "days",
                "test": {"any": [{"days": {"over": 90}}, {"post": "yes"}]},
                "fail": {**SAID, "verdict": "staff_must_decide"},
                "unsure": SAID,
                "facts": ["A-2"],
            },
        ],
        **changes,
    }


def test_questions_come_only_as_long_as_they_matter() -> None:
    interview = Interview.parse_obj(small())
    assert needed(interview, {}) == "home"
    assert needed(interview, {"home": "else"}) is None
    assert needed(interview, {"home": "hk"}) == "days"
    assert needed(interview, {"home": "hk", "days": Decimal(91)}) is None
    assert needed(interview, {"home": "hk", "days": Decimal(90)}) == "post"
    assert needed(interview, {"home": UNSURE}) == "days"


def test_a_definite_no_wins_over_what_is_for_staff() -> None:
    interview = Interview.parse_obj(small())
    assert verdict(interview, {"home": UNSURE, "days": Decimal(91)}).verdict == "staff_must_decide"
    assert verdict(interview, {"home": "hk", "days": Decimal(1), "post": "no"}).verdict == "staff_must_decide"
    assert verdict(interview, {"home": "else", "days": Decimal(1), "post": UNSURE}).verdict == "not_eligible"


@pytest.mark.parametrize(
    ("test", "days", "expected"),
    [
        ({"days": {"over": 90}}, 90, False),
        ({"days": {"at_least": 90}}, 90, True),
        ({"days": {"under": 90}}, 90, False),
        ({"days": {"at_most": 90}}, 90, True),
        ({"days": {"over": 1, "under": 3}}, 2, True),
        ({"not": {"days": {"over": 90}}}, 90, True),
        ({"all": [{"days": {"over": 1}}, {"days": {"under": 2}}]}, 3, False),
        ({"days": {"over": 90}}, UNSURE, None),
        ({"any": [{"days": {"over": 90}}, {"home": "hk"}]}, 91, True),
        ({"days": {"over": 90}, "home": "hk"}, 90, False),
        ({"days": {"over": 90}, "home": "hk"}, 91, None),
    ],
)
def test_a_test_holds_or_not_or_is_not_known_yet(test: dict[str, Any], days: Any, expected: bool | None) -> None:
    assert holds(Interview.parse_obj(small()), test, {"days": value(days)}) is expected


def test_points_are_known_when_every_row_is() -> None:
    score = {
        **SAID,
        "rows": [{"test": {"days": {"over": 9}}, "points": 5}, {"test": {"days": {"over": 1}}, "points": 2}],
    }
    interview = Interview.parse_obj(small(points=[score]))
    assert points(interview, {}) is None
    found = [points(interview, {"days": value(days)}) for days in (10, 5, 1, UNSURE)]
    assert found == [5, 2, 0, 0]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"conditions": [{**small()["conditions"][0], "test": {"house": "hk"}}]}, "which is no question"),
        ({"conditions": [{**small()["conditions"][0], "test": {"home": "mars"}}]}, "cannot be mars"),
        ({"conditions": [{**small()["conditions"][0], "test": {"home": {"over": 1}}}]}, "only numbers have them"),
        ({"conditions": [{**small()["conditions"][0], "test": {"days": {"more": 1}}}]}, "bounds for `days` are"),
        ({"conditions": [{**small()["conditions"][0], "test": {"post": True}}]}, "quote yes and no"),
        ({"conditions": [{**small()["conditions"][0], "facts": []}]}, "needs the fact behind it"),
        ({"conditions": small()["conditions"][:1]}, "no condition needs the question days, post"),
        ({"questions": small()["questions"] * 2}, "same id"),
    ],
)
def test_an_interview_that_cannot_work_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Interview.parse_obj(small(**changes))
