"""Both models, trained once and kept: each in a folder named for everything that decides about it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from benchmarks.engine.results import OURS, STOCK, Training
from benchmarks.engine.sample import sample
from benchmarks.engine.stock_project import project
from bot.engine.lifeline import end_with_parent
from bot.project import ROOT, fingerprint
from catalog.store import Catalog
from nlu.evaluation.lint import examples

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "PYTHONPATH": str(ROOT),
}
"""Environment of Rasa's own commands."""


class TrainingFailed(Exception):
    """The message ends with the end of the log."""


@dataclass(frozen=True)
class Job:
    """A model to train. command: to be run in `folder` if `model` is not there."""

    name: str
    folder: Path
    model: Path
    command: tuple[str, ...]
    messages: int

    @property
    def trained(self) -> Training | None:
        """How the model that is there was trained; None if there is none."""
        noted = self.folder / "training.json"
        return Training(**json.loads(noted.read_text("utf-8"))) if noted.exists() and self.model.exists() else None


def stock_job(catalog: Catalog, cache: Path, size: int | None) -> Job:
    """Write the stock project, trained on `size` messages (all if None); its model may be there already."""
    chosen = sample(examples(catalog), size)
    domain = yaml.safe_load((ROOT / "domain" / "responses.yml").read_text("utf-8"))
    files = project(chosen, catalog.services.values(), domain["responses"])
    folder = cache / f"stock-{_digest(files)}"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    command = (
        sys.executable, "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml", "--data", "data",
        "--out", "models", "--fixed-model-name", "stock", "--force",
    )  # fmt: skip
    return Job(STOCK, folder, folder / "models" / "stock.tar.gz", command, len(chosen))


def our_job(catalog: Catalog, cache: Path) -> Job:
    """Our model, on all messages."""
    folder = cache / f"ours-{fingerprint(catalog)}"
    model = folder / "ours.tar.gz"
    return Job(
        OURS, folder, model, (sys.executable, "-m", "bot.engine.trainer", str(model)), len(list(examples(catalog)))
    )


def latest(job: Job) -> Job:
    """The job whose model was trained last on older data, or the same job if there is no such model."""
    kept = [
        Job(job.name, folder, folder / job.model.relative_to(job.folder), job.command, job.messages)
        for folder in job.folder.parent.glob(f"{job.name}-*")
    ]
    trained = [other for other in kept if other.trained]
    return max(trained, key=lambda other: other.model.stat().st_mtime, default=job)


def train(job: Job) -> Training:
    """Train and note for how long. Raises TrainingFailed."""
    job.folder.mkdir(parents=True, exist_ok=True)
    log = job.folder / "training.log"
    started = time.monotonic()
    with log.open("wb") as output:
        code = _run(job.command, ROOT if job.name == OURS else job.folder, output.fileno())
    training = Training(time.monotonic() - started, job.messages)
    if code or not job.model.exists():
        raise TrainingFailed(f"training {job.name} failed:\n{log.read_text('utf-8', 'replace')[-2000:]}")
    (job.folder / "training.json").write_text(json.dumps(asdict(training)), encoding="utf-8")
    return training


def _run(command: Sequence[str], folder: Path, output: int) -> int:
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env={**os.environ, **QUIET},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        preexec_fn=end_with_parent,  # noqa: PLW1509  (no threads here)
    ) as process:
        try:
            return process.wait()
        except BaseException:
            process.kill()
            raise


def _digest(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        digest.update(name.encode() + b"\0" + text.encode() + b"\0")
    return digest.hexdigest()[:12]
