from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlu.evaluation.scores import (
    Bin,
    Figures,
    IntentFigures,
    Labelled,
    Reading,
    calibration_error,
    read_labelled,
    reliability,
    report,
    right,
)

FEE = Labelled("What does it cost?", "en", (("work-permit", "ask_fee"), ("talent-visa", "ask_time")))
GREETING = Labelled("你好", "zh", ((None, "greet"),))
STRAY = Labelled("Who won the match?", "en", ((None, "out_of_scope"),))
BORDER = Labelled(
    "How is the weather in Qianhai?", "en", ((None, "out_of_scope"), ("qianhai-background", "ask_overview"))
)


@pytest.mark.parametrize(
    ("labelled", "service", "intent", "verdict"),
    [
        (FEE, "work-permit", "ask_fee", (True, True, True)),
        (FEE, "talent-visa", "ask_time", (True, True, True)),
        (FEE, "work-permit", "ask_time", (True, True, False)),
        (FEE, "work-permit", "ask_steps", (True, False, False)),
        (FEE, "postdoc", "ask_fee", (False, True, False)),
        (FEE, None, "ask_fee", (False, True, False)),
        (FEE, None, "nlu_fallback", (False, False, False)),
        (FEE, "work-permit", "out_of_scope", (True, False, False)),
        (GREETING, None, "greet", (True, True, True)),
        (GREETING, None, "nlu_fallback", (True, False, False)),
        (GREETING, "work-permit", "greet", (False, True, False)),
        (STRAY, None, "out_of_scope", (True, True, True)),
        (STRAY, None, "nlu_fallback", (True, True, True)),
        (STRAY, "work-permit", "nlu_fallback", (True, True, True)),
        (STRAY, None, "greet", (True, False, False)),
        (STRAY, "work-permit", "ask_fee", (False, False, False)),
        (BORDER, None, "nlu_fallback", (True, True, True)),
        (BORDER, "qianhai-background", "ask_overview", (True, True, True)),
        (BORDER, None, "ask_overview", (True, True, False)),
    ],
)
def test_what_counts_as_right(
    labelled: Labelled, service: str | None, intent: str, verdict: tuple[bool, bool, bool]
) -> None:
    assert right(labelled, Reading(service, intent, 0.5)) == verdict


READ = [
    (FEE, Reading("work-permit", "ask_fee", 0.9)),
    (FEE, Reading("postdoc", "ask_fee", 0.8)),
    (FEE, Reading("work-permit", "ask_steps", 0.7)),
    (FEE, Reading(None, "nlu_fallback", 0.2)),
    (STRAY, Reading(None, "out_of_scope", 1.0)),
    (STRAY, Reading("work-permit", "ask_fee", 0.4)),
    (GREETING, Reading(None, "greet", 0.6)),
    (GREETING, Reading(None, "out_of_scope", 0.5)),
]


def test_figures_of_each_group_and_of_all() -> None:
    groups = report(*zip(*READ)).groups
    assert list(groups) == ["en", "zh", "all"]
    assert groups["en"] == Figures(
        messages=6,
        service=3 / 6,
        intent=3 / 6,
        both=2 / 6,
        oos_recall=1 / 2,
        oos_precision=1 / 2,
        refused=1 / 4,
        fallback=1 / 6,
        ece=pytest.approx((0.1 + 0.2 + 0.7 + 0.2 + 0.0 + 0.4) / 6),
    )
    assert groups["zh"] == Figures(
        messages=2,
        service=1.0,
        intent=1 / 2,
        both=1 / 2,
        oos_recall=None,
        oos_precision=0.0,
        refused=1 / 2,
        fallback=0.0,
        ece=pytest.approx((0.4 + 0.5) / 2),
    )
    assert groups["all"].messages == 8
    assert groups["all"].both == 3 / 8
    assert groups["all"].oos_precision == 1 / 3


def test_confusions_are_counted_and_misread_messages_listed() -> None:
    result = report(*zip(*READ, *READ[1:2]))
    assert result.confusion[0] == ("work-permit", "postdoc", 2)
    assert ("ask_fee", "ask_steps", 1) in result.confusion
    assert ("out_of_scope", "ask_fee", 1) in result.confusion
    assert ("None", "work-permit", 1) in result.confusion
    assert [row["intent"] for row in result.misread] == [
        "ask_fee", "ask_steps", "nlu_fallback", "ask_fee", "out_of_scope", "ask_fee",
    ]  # fmt: skip
    assert result.misread[0] == {
        "text": FEE.text,
        "group": "en",
        "accept": FEE.accept,
        "service": "postdoc",
        "intent": "ask_fee",
        "confidence": 0.8,
    }


def test_a_message_counts_for_its_first_accepted_intent() -> None:
    intents = report(*zip(*READ)).intents
    assert intents == {
        "ask_fee": IntentFigures(4, 2, precision=2 / 3, recall=2 / 4, f1=4 / 7),
        "ask_steps": IntentFigures(0, 0, precision=0.0, recall=None, f1=None),
        "greet": IntentFigures(2, 1, precision=1.0, recall=1 / 2, f1=2 / 3),
        "nlu_fallback": IntentFigures(0, 0, precision=0.0, recall=None, f1=None),
        "out_of_scope": IntentFigures(2, 1, precision=1 / 2, recall=1 / 2, f1=1 / 2),
    }


@pytest.mark.parametrize(
    ("labelled", "intent", "figures"),
    [
        (FEE, "ask_time", {"ask_fee": IntentFigures(1, 1, 1.0, 1.0, 1.0)}),
        (STRAY, "nlu_fallback", {"out_of_scope": IntentFigures(1, 1, 1.0, 1.0, 1.0)}),
        (
            GREETING,
            "thank",
            {"greet": IntentFigures(1, 0, None, 0.0, 0.0), "thank": IntentFigures(0, 0, 0.0, None, None)},
        ),
    ],
)
def test_another_accepted_intent_is_right(labelled: Labelled, intent: str, figures: dict[str, IntentFigures]) -> None:
    assert report([labelled], [Reading(None, intent, 0.5)]).intents == figures


def test_reliability_has_the_bins_that_are_not_empty_in_order() -> None:
    results = [(1.0, True), (0.95, False), (0.15, False), (0.1, True), (0.11, True)]
    assert reliability(results) == [
        Bin(3, pytest.approx(0.12), pytest.approx(2 / 3)),
        Bin(2, pytest.approx(0.975), 0.5),
    ]
    assert report(*zip(*READ)).reliability[-1].messages == 2


def test_a_report_on_nothing_has_no_shares() -> None:
    assert report([], []).groups == {"all": Figures(0, 0.0, 0.0, 0.0, None, None, None, 0.0, 0.0)}


@pytest.mark.parametrize(
    ("results", "error"),
    [
        ([], 0.0),
        ([(1.0, True), (0.0, False)], 0.0),
        ([(1.0, False)], 1.0),
        ([(0.9, True)], 0.1),
        ([(0.5, True), (0.5, False)], 0.0),
        ([(0.75, True), (0.75, True), (0.75, True), (0.75, False)], 0.0),
        ([(0.95, True), (1.0, False)], 0.475),
        ([(0.85, False), (0.15, True)], 0.85),
        ([(0.85, True), (0.25, True), (0.25, True)], (0.15 + 1.5) / 3),
        ([(0.81, False), (0.89, True)], 0.35),
    ],
)
def test_calibration_error(results: list[tuple[float, bool]], error: float) -> None:
    assert calibration_error(results) == pytest.approx(error)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_labelled_messages_are_read_from_all_files(tmp_path: Path) -> None:
    one = write(
        tmp_path / "one.jsonl", json.dumps({"text": "你好", "lang": "zh", "accept": [[None, "greet"]]}), "", "  "
    )
    other = write(
        tmp_path / "other.jsonl",
        '{"text": "fee?", "id": 7, "accept": [["work-permit", "ask_fee"], ["talent-visa", "ask_fee"]]}',
    )
    assert read_labelled([one, other]) == [
        GREETING,
        Labelled("fee?", "other", (("work-permit", "ask_fee"), ("talent-visa", "ask_fee"))),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "{",
        "5",
        '["text"]',
        "{}",
        '{"text": "hi"}',
        '{"accept": [[null, "greet"]]}',
        '{"text": "hi", "accept": null}',
        '{"text": "hi", "accept": "greet"}',
        '{"text": "hi", "accept": [null]}',
        '{"text": "hi", "accept": [["greet"]]}',
        '{"text": "hi", "accept": [[null, "greet", 1]]}',
        '{"text": "hi", "accept": []}',
    ],
)
def test_a_bad_line_is_named_with_file_and_line(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "bad.jsonl", '{"text": "hi", "accept": [[null, "greet"]]}', "", line)
    with pytest.raises(ValueError, match=r"bad\.jsonl:3: not a labelled message"):
        read_labelled([path])


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.jsonl", '{"text": "one\u2028two\u0085three", "accept": [[null, "greet"]]}')
    assert [message.text for message in read_labelled([path])] == ["one\u2028two\u0085three"]


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gbk.jsonl"
    path.write_bytes('{"text": "你好", "accept": [[null, "greet"]]}'.encode("gbk"))
    with pytest.raises(ValueError, match=r"gbk\.jsonl"):
        read_labelled([path])
