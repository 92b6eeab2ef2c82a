from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from benchmarks.nlu.runner import Outcome, RunFailed, make_job, read_result, work
from benchmarks.nlu.scores import Reading
from benchmarks.nlu.sets import Examples, Message

ECHO = """
import json, pathlib, sys
job, result = map(pathlib.Path, sys.argv[1:])
print("something else")
print("@ training")
print("@ reading 0 of 1")
read = json.loads(job.read_text(encoding="utf-8"))
result.write_text(json.dumps({"job": read, "here": [path.name for path in pathlib.Path().iterdir()]}))
"""
FAILS = 'import sys; print("out of luck"); sys.exit("no memory")'


def run_python(code: str, stages: list[str]) -> Any:
    return work([sys.executable, "-c", code], os.environ, {"test": ["你好"]}, stages.append)


def test_a_worker_gets_its_job_and_says_what_it_does() -> None:
    stages: list[str] = []
    found = run_python(ECHO, stages)
    assert found["job"] == {"test": ["你好"]}
    assert set(found["here"]) <= {"job.json", "errors.log"}
    assert stages == ["starting", "training", "reading 0 of 1"]


@pytest.mark.parametrize(
    ("code", "said"), [(FAILS, "(?s)code 1.*out of luck.*no memory"), ("print('done')", "(?s)code 0.*done")]
)
def test_a_worker_without_a_result_has_failed(code: str, said: str) -> None:
    with pytest.raises(RunFailed, match=said):
        run_python(code, [])


@pytest.mark.parametrize(
    ("trained", "tested", "told"),
    [
        (["en-US", "zh-CN"], ["en-US", "zh-TW", "mixed"], ["en", "zh", "zh"]),
        (["en"], ["mixed", "en"], ["en", "en"]),
        (["zh-CN"], ["en", "zh-CN"], ["zh", "zh"]),
    ],
)
def test_a_job_tells_a_language_that_was_trained_and_no_intent_to_find(
    trained: list[str], tested: list[str], told: list[str]
) -> None:
    job = make_job(
        Examples(
            tuple(Message("a", "greet", lang) for lang in trained),
            tuple(Message("b", "greet", lang) for lang in tested),
        )
    )
    assert [message["intent"] for message in job["train"]] == ["greet"] * len(trained)
    assert job["test"] == [{"text": "b", "lang": lang} for lang in told]


RESULT = {
    "train_seconds": 1.5,
    "parse_ms": [2.0, 3.0],
    "peak_mb": None,
    "readings": [["greet", 0.5], [None, 0]],
    "versions": {"rasa": "3"},
}


def test_a_result_is_read() -> None:
    assert read_result(RESULT, 2) == Outcome(
        1.5, (2.0, 3.0), None, (Reading("greet", 0.5), Reading(None, 0)), {"rasa": "3"}
    )


@pytest.mark.parametrize("change", [{"readings": [["greet", 0.5]]}, {"parse_ms": [2.0]}])
def test_a_result_that_misses_messages_has_failed(change: dict[str, Any]) -> None:
    with pytest.raises(RunFailed, match="of 2 messages"):
        read_result({**RESULT, **change}, 2)
