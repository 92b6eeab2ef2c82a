"""The report as rows and as a Markdown page. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.engine.charts import chart
from benchmarks.engine.goals import Goal, goals
from benchmarks.engine.results import OURS, STOCK, TWO, Results, Side, Spread

NONE = "–"

TITLES = {STOCK: "stock Rasa", OURS: "ours", TWO: "ours, two engines"}

METHOD = (
    "Both sides run on one machine, one after the other, and keep conversations in the same Redis. "
    "Stock Rasa is a project made of our intents, messages and answers with the documented default pipeline and policies: "
    "`rasa run` with the REST channel, an action server over HTTP, `RedisTrackerStore` and `RedisLockStore`. "
    "Ours is the gateway's client and an engine on a unix socket. Every window of turns holds the same twenty sentences "
    "equally often, half of them Chinese. Figures at turns 1 and 10 are of that turn in many conversations; beyond, "
    "of a window around the turn in one."
)


@dataclass(frozen=True)
class Table:
    """title: of the first column."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(results: Results) -> list[Table]:
    """Goals first, then everything that was measured."""
    return [
        _goals(results),
        *([_turns(results)] if any(side.depths for side in results.sides) else []),
        *([_loads(results)] if any(side.loads for side in results.sides) else []),
        *([_bound(results)] if results.bound else []),
        _rest(results),
    ]


def remarks(results: Results) -> list[str]:
    """Sentences on how the figures came about."""
    said = list(results.notes)
    for side in results.sides:
        title = TITLES[side.name]
        if side.stopped:
            said.append(f"{title}: not measured deeper, {side.stopped}.")
        if side.silent:
            said.append(f"{title}: {side.silent:,} turns were answered with nothing; they count.")
        if copied := [f"{depth.turn:,}" for depth in side.depths if depth.copied]:
            said.append(f"{title}: before turns {', '.join(copied)} the store was filled with copies of earlier turns.")
        if errors := sum(load.errors for load in side.loads):
            said.append(f"{title}: {errors} turns under load were not answered; they do not count.")
    stores = [f"{TITLES[side.name]}: {side.store}" for side in results.sides if side.name != TWO]
    return [*said, f"Tracker and lock stores on that Redis: {'; '.join(stores)}."]


def circumstances(results: Results) -> str:
    machine = results.machine
    packages = "".join(f", {name} {version}" for name, version in results.versions.items())
    return (
        f"{machine['date']}, commit `{machine['commit']}`. {machine['processor']}, {machine['cores']} cores, "
        f"{machine['system']}; Python {machine['python']}{packages}. Made by `{results.command}`."
    )


def charts(results: Results) -> dict[str, str]:
    """SVG files by name."""
    turns = {TITLES[s.name]: {depth.turn: depth.ms.median for depth in s.depths} for s in results.sides if s.depths}
    rates = {
        TITLES[s.name]: {load.conversations: load.per_second for load in s.loads if load.turns}
        for s in results.sides
        if s.loads
    }
    found = {}
    if any(turns.values()):
        found["performance-turns.svg"] = chart(turns, "turn of the conversation", "median time, ms")
    if any(rates.values()):
        found["performance-load.svg"] = chart(rates, "conversations at the same time", "turns per second")
    return found


def as_markdown(results: Results, images: str = "img") -> str:
    """The page. images: the folder of `charts`, from the page."""
    lines = ["# Performance", "", METHOD, "", circumstances(results), ""]
    lines += ["Run it with `make bench-engine`, which takes long the first time: both models are trained.", ""]
    lines += [f"- {remark}" for remark in remarks(results)]
    drawn = {"Time per turn": "performance-turns.svg", "Under load": "performance-load.svg"}
    there = charts(results)
    for table in tables(results):
        lines += ["", f"## {table.name}", "", *_markdown(table)]
        if drawn.get(table.name) in there:
            lines += ["", f"![{table.name}]({images}/{drawn[table.name]})"]
    return "\n".join(lines) + "\n"


def _markdown(table: Table) -> list[str]:
    return [
        f"| {' | '.join(table.head)} |",
        f"|{'|'.join(['---', *['---:'] * (len(table.head) - 1)])}|",
        *(f"| {' | '.join(row)} |" for row in table.rows),
    ]


def _goals(results: Results) -> Table:
    rows = tuple((goal.name, _limit(goal), _plain(goal.figure), _verdict(goal)) for goal in goals(results))
    return Table("Goals", ("ratio", "goal", "measured", ""), rows)


def _limit(goal: Goal) -> str:
    return f"{'≥' if goal.at_least else '≤'} {goal.limit:g}"


def _verdict(goal: Goal) -> str:
    return {True: "reached", False: "not reached", None: "not measured"}[goal.reached]


def _turns(results: Results) -> Table:
    sides = [side for side in results.sides if side.depths]
    turns = sorted({depth.turn for side in sides for depth in side.depths})
    head = ("turn", *(f"{TITLES[side.name]}, ms" for side in sides), "ours to stock")
    rows = tuple(
        (f"{turn:,}", *(_three(side.at(turn)) for side in sides), _against(results, lambda s, t=turn: _median(s, t)))  # type: ignore[misc]
        for turn in turns
    )
    return Table("Time per turn", (f"{head[0]} (median / p95 / p99)", *head[1:]), rows)


def _loads(results: Results) -> Table:
    sides = [side for side in results.sides if side.loads]
    levels = sorted({load.conversations for side in sides for load in side.loads})
    rows = []
    for level in levels:
        cells = []
        for side in sides:
            found = next((load for load in side.loads if load.conversations == level), None)
            p95 = f" (p95 {_ms(found.ms.p95)} ms, asking took {found.generator:.0%})" if found and found.ms else ""
            cells.append(f"{_plain(found.per_second if found else None)}{p95}")
        rows.append((str(level), *cells, _against(results, lambda s, n=level: _rate(s, n))))  # type: ignore[misc]
    head = ("conversations at once", *(f"{TITLES[side.name]}, turns/s" for side in sides), "ours to stock")
    return Table("Under load", head, tuple(rows))


def _bound(results: Results) -> Table:
    assert results.bound
    bound = results.bound
    rows = (
        ("HTTP there and back on the unix socket", _three(bound.echo)),
        ("reading the text, HTTP included", _three(bound.parse)),
        ("Redis: reading the state, writing it with the turn's events", _three(bound.redis)),
        ("lower bound: reading the text and Redis", _ms(bound.median)),
    )
    return Table("Lower bound of a turn", ("part alone", "median / p95 / p99, ms"), rows)


def _rest(results: Results) -> Table:
    def row(label: str, show: Callable[[Side], str], figure: Callable[[Side], float | None]) -> tuple[str, ...]:
        return (label, *(show(side) for side in results.sides), _against(results, figure))

    rows = (
        row("cold start to first answer, s", lambda s: _plain(s.start), lambda s: s.start),
        row("memory, PSS, MiB", lambda s: _plain(s.memory.pss_mb), lambda s: s.memory.pss_mb),
        row("memory, RSS, MiB", lambda s: _plain(s.memory.rss_mb), lambda s: s.memory.rss_mb),
        row("processes", lambda s: str(s.memory.processes), lambda s: None),
        row("training, s", _training, lambda s: s.training.seconds if s.training else None),
        row("trained on, messages", lambda s: f"{s.training.messages:,}" if s.training else NONE, lambda s: None),
    )
    head = ("", *(TITLES[side.name] for side in results.sides), "ours to stock")
    return Table("Start, memory, training", head, rows)


def _training(side: Side) -> str:
    return _plain(side.training.seconds) if side.training else NONE


def _against(results: Results, figure: Callable[[Side], float | None]) -> str:
    stock, ours = results.side(STOCK), results.side(OURS)
    base, own = (figure(stock) if stock else None), (figure(ours) if ours else None)
    return f"{own / base:.2g} ×" if own is not None and base else NONE


def _median(side: Side, turn: int) -> float | None:
    found = side.at(turn)
    return found.median if found else None


def _rate(side: Side, level: int) -> float | None:
    return next((load.per_second for load in side.loads if load.conversations == level), None)


def _three(times: Spread | None) -> str:
    return " / ".join(_ms(value) for value in (times.median, times.p95, times.p99)) if times else NONE


def _ms(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _plain(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
