"""Let one system meet one set, in a fresh process that is alone: nothing shares memory, caches or a warm processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.nlu.nodejs import environment
from benchmarks.nlu.scores import Reading
from benchmarks.nlu.sets import Examples
from benchmarks.nlu.systems import Setup

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

MARK = "@ "
"""Begins a worker's line that says what it does now."""


class RunFailed(Exception):
    """A worker ended without a result; the message is the end of what it said."""


@dataclass(frozen=True)
class Outcome:
    """What a worker measured. parse_ms: each test message, in order; peak_mb: MiB of its process, None if unknown."""

    train_seconds: float
    parse_ms: tuple[float, ...]
    peak_mb: float | None
    readings: tuple[Reading, ...]
    versions: Mapping[str, str]


def run(setup: Setup, examples: Examples, node_modules: Path | None, stage: Callable[[str], None]) -> Outcome:
    """Train and test `setup` on `examples`. stage: called with what is done now. Raises RunFailed."""
    if setup.system == "nlpjs":
        assert node_modules is not None
        command, variables = ["node", str(HERE / setup.config)], environment(node_modules)
    else:
        command = [sys.executable, "-m", "benchmarks.nlu.rasa_worker", str(HERE / setup.config)]
        variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    return read_result(work(command, variables, make_job(examples), stage), len(examples.test))


def work(
    command: Sequence[str], variables: Mapping[str, str], job: Mapping[str, Any], stage: Callable[[str], None]
) -> Any:
    """Run `command JOB RESULT` in an empty folder; what it wrote to the file RESULT. Raises RunFailed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        job_file, result, errors = directory / "job.json", directory / "result.json", directory / "errors.log"
        job_file.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
        said: deque[str] = deque(maxlen=20)
        stage("starting")
        with errors.open("wb") as log, subprocess.Popen(  # noqa: S603
            [*command, str(job_file), str(result)], cwd=directory, env=variables,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    if line.startswith(MARK):
                        stage(line.removeprefix(MARK).strip())
                    else:
                        said.append(line)
            except BaseException:
                process.kill()
                raise
        if process.returncode or not result.exists():
            log_end = errors.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise RunFailed(f"ended with code {process.returncode}\n{''.join(said)[-500:]}{log_end}".strip())
        return json.loads(result.read_text(encoding="utf-8"))


def make_job(examples: Examples) -> dict[str, Any]:
    """What a worker gets: the training messages, and the test messages without their intents.

    lang: the language nlp.js is told, `en` or `zh`. A test message in a language that was not trained is given as the one that
    was, for nlp.js keeps a classifier for each and would answer nothing.
    """
    train = [{"text": m.text, "intent": m.intent, "lang": _language(m.lang)} for m in examples.train]
    trained = sorted({message["lang"] for message in train})
    test = [(message.text, _language(message.lang)) for message in examples.test]
    return {
        "train": train,
        "test": [{"text": text, "lang": lang if lang in trained else trained[0]} for text, lang in test],
    }


def _language(lang: str) -> str:
    """`mixed` is Chinese to nlp.js: Chinese sentences with English words."""
    return "en" if lang.startswith("en") else "zh"


def read_result(data: Mapping[str, Any], messages: int) -> Outcome:
    """A worker's result. Raises RunFailed unless it has a reading and a time for each of `messages`."""
    outcome = Outcome(
        train_seconds=data["train_seconds"],
        parse_ms=tuple(data["parse_ms"]),
        peak_mb=data["peak_mb"],
        readings=tuple(Reading(intent, confidence) for intent, confidence in data["readings"]),
        versions=data["versions"],
    )
    if not len(outcome.readings) == len(outcome.parse_ms) == messages:
        raise RunFailed(f"{len(outcome.readings)} readings of {messages} messages")
    return outcome
