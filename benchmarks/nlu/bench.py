"""Measure systems on sets, one run after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.nlu.report import Run, SetResult, in_short, measured
from benchmarks.nlu.runner import RunFailed, run
from benchmarks.nlu.sets import Examples, IntentSet
from benchmarks.nlu.systems import Setup, setups


class Bench:
    """Keeps what later sets need of earlier ones: which setup of stock Rasa was better, and versions seen."""

    def __init__(
        self,
        systems: Sequence[str],
        node_modules: Path | None,
        *,
        full: bool,
        now: Callable[[str], None] = lambda words: None,
        done: Callable[[str], None] = lambda words: None,
    ) -> None:
        """now: called with what is done at the moment; done: called with each run's figures in a line."""
        self.versions: dict[str, str] = {}
        self._systems = systems
        self._node_modules = node_modules
        self._full = full
        self._now = now
        self._done = done
        self._better: dict[str, Setup] = {}

    def measure(self, intent_set: IntentSet, examples: Examples) -> SetResult:
        """Run all systems on a set. A run that fails is part of the result, no error."""
        runs, notes = [], []
        for system in self._systems:
            planned, note = setups(system, intent_set, examples, self._better, full=self._full)
            runs += [self._run(setup, intent_set, examples) for setup in planned]
            notes += [note] if note else []
        counts = len(examples.train), len(examples.test), len(examples.intents)
        result = SetResult(intent_set, *counts, tuple(runs), tuple(notes))
        if best := result.of("stock"):
            self._better[intent_set.name] = best.setup
        return result

    def _run(self, setup: Setup, intent_set: IntentSet, examples: Examples) -> Run:
        name = f"{intent_set.name} · {setup.title}"
        try:
            outcome = run(setup, examples, self._node_modules, lambda stage: self._now(f"{name} · {stage}"))
        except RunFailed as error:
            self._done(f"{name}: failed")
            return Run(setup, failed=str(error))
        self.versions.update(outcome.versions)
        result = measured(setup, intent_set, examples, outcome)
        self._done(f"{name}: {in_short(result)}")
        return result
