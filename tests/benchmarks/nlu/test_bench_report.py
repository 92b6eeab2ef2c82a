from __future__ import annotations

import json

import pytest

from benchmarks.nlu.report import (
    Circumstances,
    Costs,
    Row,
    Run,
    SetResult,
    as_json,
    as_markdown,
    in_short,
    measured,
    ratios,
    remarks,
    rows,
    summary,
)
from benchmarks.nlu.runner import Outcome
from benchmarks.nlu.scores import Reading, Scores
from benchmarks.nlu.sets import Examples, IntentSet, Message
from benchmarks.nlu.systems import JIEBA, NLPJS, OURS, WHITESPACE

SET = IntentSet("small", "A small set", (), "", out_of_scope="oos")
RUNS = (
    Run(OURS, Scores({"en": 1.0, "all": 0.9}, oos_auroc=0.8), Costs(5.0, 6.0, 10.0, 800.0)),
    Run(WHITESPACE, Scores({"en": 0.7, "all": 0.5}, oos_auroc=0.6), Costs(100.0, 10.0, 12.0, 1000.0)),
    Run(JIEBA, Scores({"en": 0.5, "all": 0.6}, oos_auroc=0.6), Costs(200.0, 12.0, 20.0, 1600.0)),
    Run(NLPJS, failed="ended with code 1\nno memory"),
)
RESULT = SetResult(SET, 1200, 20, 3, RUNS, ("Something was left out.",))
SYSTEMS = ("ours", "stock", "nlpjs")
WHERE = Circumstances(
    {"date": "2026-11-24", "commit": "abc", "processor": "CPU", "cores": 2, "system": "Linux", "python": "3.10"},
    {"rasa": "3.6"},
    ("A note.",),
)


def test_the_more_accurate_setup_stands_for_its_system() -> None:
    assert RESULT.of("stock") == RUNS[2]
    assert RESULT.of("nlpjs") is None


def test_rows() -> None:
    assert rows(RESULT, SYSTEMS) == [
        Row("accuracy in scope, en", ("100.0 %", "50.0 %", "–"), "+50.0 points"),
        Row("accuracy in scope", ("90.0 %", "60.0 %", "–"), "+30.0 points"),
        Row("out of scope, AUROC", ("80.0 %", "60.0 %", "–"), "+20.0 points"),
        Row("training, s", ("5.0", "200", "–"), "0.025 ×"),
        Row("a message, median, ms", ("6.0", "12.0", "–"), "0.5 ×"),
        Row("a message, 95th percentile, ms", ("10.0", "20.0", "–"), "0.5 ×"),
        Row("peak memory, MiB", ("800", "1,600", "–"), "0.5 ×"),
    ]


def test_ratios_are_ours_divided_by_stock() -> None:
    assert ratios(RESULT) == pytest.approx(
        {
            "accuracy en": 2.0,
            "accuracy all": 1.5,
            "oos_auroc": 0.8 / 0.6,
            "train_seconds": 0.025,
            "parse_ms_median": 0.5,
            "parse_ms_95th": 0.5,
            "peak_mb": 0.5,
        }
    )


@pytest.mark.parametrize("runs", [RUNS[:1], RUNS[1:], ()])
def test_without_both_systems_nothing_is_compared(runs: tuple[Run, ...]) -> None:
    result = SetResult(SET, 1, 1, 1, runs)
    assert ratios(result) == {}
    assert {row.against for row in rows(result, SYSTEMS)} <= {"–"}


def test_remarks_name_the_tokenizers_what_is_left_out_and_what_failed() -> None:
    assert remarks(RESULT) == [
        "Stock Rasa here with JiebaTokenizer, the better one (WhitespaceTokenizer: 50.0 %).",
        "Something was left out.",
        "nlp.js failed: ended with code 1",
    ]
    assert remarks(SetResult(SET, 1, 1, 1, RUNS[:2])) == ["Stock Rasa here with WhitespaceTokenizer."]


def test_summary() -> None:
    assert summary([RESULT], SYSTEMS) == [Row("small", ("90.0 %", "60.0 %", "–"), "+30.0 points")]


def test_in_short() -> None:
    assert in_short(RUNS[1]) == "50.0 %, trained in 100 s, 10.0 ms a message"


def test_json_holds_every_run() -> None:
    data = json.loads(json.dumps(as_json([RESULT], WHERE)))
    assert data["machine"]["cores"] == 2
    assert data["notes"] == ["A note."]
    (small,) = data["sets"]
    assert [run["detail"] for run in small["runs"]] == ["", "WhitespaceTokenizer", "JiebaTokenizer", ""]
    assert small["runs"][0]["scores"]["accuracy"] == {"en": 1.0, "all": 0.9}
    assert small["runs"][3] == {
        "system": "nlpjs",
        "detail": "",
        "scores": None,
        "costs": None,
        "failed": "ended with code 1\nno memory",
    }
    assert (small["stock"], small["ours_to_stock"]["train_seconds"]) == ("JiebaTokenizer", 0.025)


def test_markdown_holds_every_table_row() -> None:
    page = as_markdown([RESULT], SYSTEMS, WHERE)
    assert "| small | 90.0 % | 60.0 % | – | +30.0 points |" in page
    assert "## small\n\nA small set. 1,200 training messages, 3 intents, 20 test messages." in page
    assert "| training, s | 5.0 | 200 | – | 0.025 × |" in page
    assert "CPU, 2 cores, Linux; Python 3.10, rasa 3.6. A note." in page
    widths = {line.count("|") for line in page.splitlines() if line.startswith("|")}
    assert widths == {6}


def test_what_a_worker_measured_becomes_figures() -> None:
    examples = Examples(
        (Message("hi", "greet", "en"),), (Message("hello", "greet", "en"), Message("pizza", "oos", "en"))
    )
    outcome = Outcome(3.0, (4.0, 2.0), 100.0, (Reading("greet", 0.9), Reading("greet", 0.2)), {})
    assert measured(OURS, SET, examples, outcome) == Run(
        OURS, Scores({"all": 1.0}, oos_auroc=1.0), Costs(3.0, 2.0, 4.0, 100.0)
    )
