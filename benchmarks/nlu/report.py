"""Figures as tables, Markdown and JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.nlu.runner import Outcome
from benchmarks.nlu.scores import Scores, percentile, score
from benchmarks.nlu.sets import Examples, IntentSet
from benchmarks.nlu.systems import TITLES, Setup

NONE = "–"


@dataclass(frozen=True)
class Costs:
    """Training in seconds, time per message in milliseconds, memory of the process in MiB (None if unknown)."""

    train_seconds: float
    parse_ms_median: float
    parse_ms_95th: float
    peak_mb: float | None


@dataclass(frozen=True)
class Run:
    """One setup on one set: scores and costs, or why it failed."""

    setup: Setup
    scores: Scores | None = None
    costs: Costs | None = None
    failed: str = ""


@dataclass(frozen=True)
class SetResult:
    """All runs on one set. notes: sentences on what was left out."""

    intent_set: IntentSet
    train: int
    test: int
    intents: int
    runs: tuple[Run, ...]
    notes: tuple[str, ...] = ()

    def of(self, system: str) -> Run | None:
        """The run of a system, the most accurate one if it ran in several setups; None if none succeeded."""
        done = [run for run in self.runs if run.setup.system == system and run.scores]
        return max(done, key=_accuracy, default=None)


@dataclass(frozen=True)
class Circumstances:
    """What holds for all sets. machine: as `machine.describe` gives it; notes: sentences on systems that were left out."""

    machine: Mapping[str, str | int]
    versions: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def in_words(self) -> str:
        machine = self.machine
        packages = "".join(f", {name} {version}" for name, version in self.versions.items())
        return (
            f"{machine['date']}, commit `{machine['commit']}`. {machine['processor']}, {machine['cores']} cores, "
            f"{machine['system']}; Python {machine['python']}{packages}."
        )


@dataclass(frozen=True)
class Row:
    """A line of a table: a figure of each system in the order asked for, and ours against stock Rasa."""

    label: str
    cells: tuple[str, ...]
    against: str


def measured(setup: Setup, intent_set: IntentSet, examples: Examples, outcome: Outcome) -> Run:
    """The figures of what a worker measured."""
    costs = Costs(
        outcome.train_seconds,
        percentile(outcome.parse_ms, 0.5),
        percentile(outcome.parse_ms, 0.95),
        outcome.peak_mb,
    )
    return Run(setup, score(examples, outcome.readings, intent_set.out_of_scope), costs)


def figures(run: Run) -> dict[str, float | None]:
    """All figures of a successful run by name: shares 0–1 first, then costs."""
    assert run.scores
    assert run.costs
    shares = {f"accuracy {lang}": share for lang, share in run.scores.accuracy.items()}
    oos = {key: value for key, value in vars(run.scores).items() if key != "accuracy"}
    return {**shares, **oos, **vars(run.costs)}


def ratios(result: SetResult) -> dict[str, float]:
    """Ours divided by stock Rasa, for each figure that both have; empty where one of them did not run."""
    ours, stock = result.of("ours"), result.of("stock")
    if not ours or not stock:
        return {}
    mine, theirs = figures(ours), figures(stock)
    both = {name: (value, theirs[name]) for name, value in mine.items()}
    return {name: a / b for name, (a, b) in both.items() if a is not None and b}


COST_LABELS = {
    "train_seconds": "training, s",
    "parse_ms_median": "a message, median, ms",
    "parse_ms_95th": "a message, 95th percentile, ms",
    "peak_mb": "peak memory, MiB",
}
SHARE_LABELS = {
    "oos_recall": "out of scope, recall",
    "oos_precision": "out of scope, precision",
    "oos_auroc": "out of scope, AUROC",
}


def in_short(run: Run) -> str:
    """The main figures of a successful run in a line."""
    assert run.costs
    costs = run.costs
    return f"{_percent(_accuracy(run))}, trained in {_cost(costs.train_seconds)} s, {_cost(costs.parse_ms_median)} ms a message"


def rows(result: SetResult, systems: Sequence[str]) -> list[Row]:
    """The table of a set: shares as percent with the gap in points, costs with the ratio."""
    found = {system: figures(run) for system in systems if (run := result.of(system))}
    names = list(dict.fromkeys(name for values in found.values() for name in values))
    table = []
    for name in names:
        values = [found.get(system, {}).get(name) for system in systems]
        if any(value is not None for value in values):
            show = _cost if name in COST_LABELS else _percent
            table.append(Row(_label(name, result), tuple(show(v) for v in values), _against(name, found)))
    return table


def summary(results: Sequence[SetResult], systems: Sequence[str]) -> list[Row]:
    """Accuracy on each set, all languages together."""
    return [
        Row(
            result.intent_set.name,
            tuple(_percent(_accuracy(run) if (run := result.of(system)) else None) for system in systems),
            _against("accuracy all", {s: figures(run) for s in systems if (run := result.of(s))}),
        )
        for result in results
    ]


def remarks(result: SetResult) -> list[str]:
    """Sentences below the table of a set: which setup of a system is shown, the other one, and what is missing."""
    said = []
    shown = result.of("stock")
    if shown and shown.setup.detail:
        others = [
            f"{run.setup.detail}: {_percent(_accuracy(run))}"
            for run in result.runs
            if run.scores and run != shown and run.setup.system == "stock"
        ]
        said.append(
            f"Stock Rasa here with {shown.setup.detail}{', the better one (' + '; '.join(others) + ')' if others else ''}."
        )
    said += result.notes
    said += [f"{run.setup.title} failed: {run.failed.splitlines()[0]}" for run in result.runs if run.failed]
    return said


def heading(result: SetResult) -> str:
    """What a set is, and how large."""
    return (
        f"{result.intent_set.about}. {result.train:,} training messages, {result.intents} intents, "
        f"{result.test:,} test messages."
    )


def columns(systems: Sequence[str]) -> list[str]:
    """The head of a table."""
    return ["", *(TITLES[system] for system in systems), "ours against stock"]


def as_json(results: Sequence[SetResult], circumstances: Circumstances) -> dict[str, Any]:
    """Everything measured, ready for `json.dumps`."""
    return {
        **asdict(circumstances),
        "sets": [
            {
                "name": result.intent_set.name,
                "train": result.train,
                "test": result.test,
                "intents": result.intents,
                "notes": list(result.notes),
                "runs": [_run_as_json(run) for run in result.runs],
                "stock": stock.setup.detail if (stock := result.of("stock")) else None,
                "ours_to_stock": ratios(result),
            }
            for result in results
        ],
    }


def as_markdown(results: Sequence[SetResult], systems: Sequence[str], circumstances: Circumstances) -> str:
    """The report as a page."""
    lines = [
        "# Intent recognition on public sets",
        "",
        "Made by `python -m benchmarks.nlu`. " + METHOD,
        "",
        " ".join([circumstances.in_words, *circumstances.notes]),
        "",
        "Accuracy, all languages of a set together:",
        "",
        *_markdown_table(summary(results, systems), systems),
    ]
    for result in results:
        lines += ["", f"## {result.intent_set.name}", "", heading(result), ""]
        lines += _markdown_table(rows(result, systems), systems)
        lines += ["", *(f"- {remark}" for remark in remarks(result))] if remarks(result) else []
    return "\n".join(lines) + "\n"


METHOD = (
    "Each system trains on the same messages and reads the test messages one at a time, in a fresh process that runs alone. "
    "None refuses a message for low confidence. Ours and stock Rasa are both trained and asked through Rasa; training includes "
    "writing the model, not the import of Rasa. Of stock Rasa's two tokenizers the one that does better on the test messages is "
    "shown. nlp.js is told the language of each message. Accuracy counts messages in scope. AUROC: how often a message in "
    "scope is read with more confidence than one out of scope."
)


def _run_as_json(run: Run) -> dict[str, Any]:
    return {
        "system": run.setup.system,
        "detail": run.setup.detail,
        "scores": asdict(run.scores) if run.scores else None,
        "costs": asdict(run.costs) if run.costs else None,
        "failed": run.failed,
    }


def _markdown_table(table: Sequence[Row], systems: Sequence[str]) -> list[str]:
    head = columns(systems)
    return [
        f"| {' | '.join(head)} |",
        f"|{'|'.join(['---', *['---:'] * (len(head) - 1)])}|",
        *(f"| {' | '.join((row.label, *row.cells, row.against))} |" for row in table),
    ]


def _label(name: str, result: SetResult) -> str:
    if name in COST_LABELS:
        return COST_LABELS[name]
    if name in SHARE_LABELS:
        return SHARE_LABELS[name]
    lang = name.removeprefix("accuracy ")
    scope = " in scope" if result.intent_set.out_of_scope else ""
    return f"accuracy{scope}" if lang == "all" else f"accuracy{scope}, {lang}"


def _against(name: str, found: Mapping[str, Mapping[str, float | None]]) -> str:
    ours, stock = (found.get(system, {}).get(name) for system in ("ours", "stock"))
    if ours is None or stock is None:
        return NONE
    if name in COST_LABELS:
        return f"{ours / stock:.2g} ×" if stock else NONE
    return f"{(ours - stock) * 100:+.1f} points"


def _accuracy(run: Run) -> float:
    assert run.scores
    return run.scores.accuracy["all"]


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{value * 100:.1f} %"


def _cost(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
