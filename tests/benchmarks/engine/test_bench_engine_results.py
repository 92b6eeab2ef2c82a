"""Figures, goals, the page and its charts."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from benchmarks.engine.charts import chart
from benchmarks.engine.goals import goals
from benchmarks.engine.report import as_markdown, charts, remarks, tables
from benchmarks.engine.results import (
    OURS,
    STOCK,
    TWO,
    Bound,
    Depth,
    Load,
    Memory,
    Results,
    Side,
    Spread,
    Training,
    from_json,
    spread,
    to_json,
)


def times(median: float) -> Spread:
    return Spread(20, median, median * 2, median * 3)


def side(name: str, turns: dict[int, float], rate: float, start: float, pss: float) -> Side:
    return Side(
        name=name,
        store="Redis",
        training=Training(100.0, 3_000),
        starts=(start, start + 1, start + 5),
        depths=tuple(Depth(turn, times(ms)) for turn, ms in turns.items()),
        stopped="",
        loads=(Load(1, 10.0, round(rate * 5), 0, times(5.0), 0.1), Load(8, 10.0, round(rate * 10), 0, times(9.0), 0.5)),
        memory=Memory(2, pss * 1.2, pss),
    )


RESULTS = Results(
    machine={
        "processor": "Abacus",
        "cores": 2,
        "system": "Linux",
        "python": "3.10",
        "commit": "abc",
        "date": "2026-11-24",
    },
    versions={"rasa": "3.6.21"},
    command="python -m benchmarks.engine --quick",
    sides=(
        side(STOCK, {1: 100.0, 10: 120.0, 500: 1_000.0}, 10.0, 40.0, 2_000.0),
        side(OURS, {1: 10.0, 10: 10.0, 500: 11.0, 5_000: 13.0}, 80.0, 19.0, 1_300.0),
        replace(side(TWO, {}, 120.0, 25.0, 2_000.0), training=None),
    ),
    bound=Bound(echo=times(0.5), parse=times(5.0), redis=times(0.5)),
)


def test_a_spread_takes_the_nearest_rank() -> None:
    assert spread([float(number) for number in range(100, 0, -1)]) == Spread(100, 50.0, 95.0, 99.0)


def test_no_times_are_no_spread() -> None:
    with pytest.raises(ValueError, match="no times"):
        spread([])


def test_json_brings_everything_back() -> None:
    assert from_json(json.loads(json.dumps(to_json(RESULTS)))) == RESULTS


def test_json_without_a_bound_and_with_a_level_that_nobody_answered() -> None:
    silent = Load(256, 10.0, 0, 7, None, 0.2)
    results = replace(RESULTS, bound=None, sides=(replace(RESULTS.sides[0], loads=(silent,)),))
    assert from_json(json.loads(json.dumps(to_json(results)))) == results
    assert "7 turns under load were not answered" in as_markdown(results)


@pytest.mark.parametrize(
    ("position", "figure", "reached"),
    [
        (0, 0.1, True),  # exactly at its limit
        (1, 0.011, False),
        (2, 1.3, False),
        (3, 10.0 / 5.5, True),  # parse holds the echo already, so it is not added
        (4, 8.0, True),
        (5, 1.5, False),
        (6, 20.0 / 41.0, True),  # medians of three starts
        (7, 0.65, False),
    ],
)
def test_goals_compare_the_figures_they_name(position: int, figure: float, reached: bool) -> None:
    goal = goals(RESULTS)[position]
    assert goal.figure == pytest.approx(figure)
    assert goal.reached is reached


def test_what_was_not_measured_is_neither_reached_nor_missed() -> None:
    alone = replace(RESULTS, sides=(RESULTS.sides[1],), bound=None)
    assert [goal.reached for goal in goals(alone)] == [None, None, False, None, None, None, None, None]


def test_the_page_has_every_table_and_shows_each_chart_it_comes_with() -> None:
    page = as_markdown(RESULTS)
    for table in tables(RESULTS):
        assert f"## {table.name}" in page
        assert all(len(row) == len(table.head) for row in table.rows)
    assert all(f"(img/{name})" in page for name in charts(RESULTS))
    assert len(charts(RESULTS)) == 2
    assert "| 500 | 1,000 / 2,000 / 3,000 | 11.0 / 22.0 / 33.0 | 0.011 × |" in page
    assert "| 5,000 | – | 13.0 / 26.0 / 39.0 | – |" in page
    assert "python -m benchmarks.engine --quick" in page


def test_shortcuts_are_said() -> None:
    stock = replace(
        RESULTS.sides[0], stopped="turn 700 took 5.3 s", silent=1_234, depths=(Depth(500, times(900.0), copied=True),)
    )
    said = " ".join(remarks(replace(RESULTS, sides=(stock,), notes=("A note.",))))
    assert "A note." in said
    assert "1,234 turns were answered with nothing" in said
    assert "turn 700 took 5.3 s" in said
    assert "before turns 500 the store was filled with copies" in said


def test_a_chart_is_well_formed_and_keeps_its_points_inside() -> None:
    root = ET.fromstring(chart({"a <b>": {1: 0.02, 5_000: 13.0}, "c": {10: 4_000.0}}, "turn", "ms"))
    circles = [c for c in root.iter("{http://www.w3.org/2000/svg}circle") if c.get("r") == "4"]
    assert len(circles) == 3
    assert all(0 <= float(str(c.get("cx"))) <= 640 and 0 <= float(str(c.get("cy"))) <= 320 for c in circles)


def test_a_chart_of_one_point_does_not_divide_by_nothing() -> None:
    assert "circle" in chart({"a": {1: 1.0}}, "x", "y")


def test_a_chart_without_points_is_refused() -> None:
    with pytest.raises(ValueError, match="points"):
        chart({"a": {}}, "x", "y")
