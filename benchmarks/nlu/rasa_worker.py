"""Train a Rasa model on one set and read the test messages: `python -m benchmarks.nlu.rasa_worker CONFIG JOB RESULT`.

Our components and Rasa's own go through the same calls. The working folder is thrown away by the caller, Rasa's cache in it
too. Imports Rasa; run in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.nlu.machine import peak_memory_mb
from bot.engine.quiet import quiet

WARM_UP = 5
"""Training messages read before the clock runs, for what is loaded at the first message."""

REPORT_EVERY = 100


def work(config: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Train on `job["train"]`, read `job["test"]` one message at a time; the result as `runner` wants it."""
    import rasa
    import rasa.engine.recipes.default_components  # TensorFlow and all components, so that their import is not timed
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.model_training import train_nlu

    Path("nlu.json").write_text(json.dumps(_training_data(job["train"]), ensure_ascii=False), encoding="utf-8")
    print("@ training", flush=True)
    started = time.perf_counter()
    model = train_nlu(str(config), "nlu.json", output="model")
    train_seconds = time.perf_counter() - started
    if not model:
        raise SystemExit("Rasa trained no model")
    processor = Agent.load(model).processor

    async def read() -> tuple[list[list[Any]], list[float]]:
        readings, times = [], []
        for message in job["train"][:WARM_UP]:
            await processor.parse_message(UserMessage(message["text"]))
        for number, message in enumerate(job["test"]):
            if number % REPORT_EVERY == 0:
                print(f"@ reading {number} of {len(job['test'])}", flush=True)
            before = time.perf_counter()
            parsed = await processor.parse_message(UserMessage(message["text"]))
            times.append((time.perf_counter() - before) * 1000)
            readings.append([parsed["intent"]["name"], float(parsed["intent"]["confidence"] or 0.0)])
        return readings, times

    readings, times = asyncio.run(read())
    return {
        "train_seconds": train_seconds,
        "parse_ms": times,
        "peak_mb": peak_memory_mb(),
        "readings": readings,
        "versions": {"rasa": rasa.__version__},
    }


def _training_data(messages: list[dict[str, str]]) -> dict[str, Any]:
    """Rasa's JSON format: unlike its YAML, it takes every text as it is, brackets and dashes too."""
    return {"rasa_nlu_data": {"common_examples": [{"text": m["text"], "intent": m["intent"]} for m in messages]}}


if __name__ == "__main__":
    quiet()
    _config, _job, _result = (Path(argument) for argument in sys.argv[1:])
    _found = work(_config, json.loads(_job.read_text(encoding="utf-8")))
    _result.write_text(json.dumps(_found), encoding="utf-8")
