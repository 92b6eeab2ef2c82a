from __future__ import annotations

import pytest

from nlu.evaluation.charts import WIDTH, bars, lines, reliability
from nlu.evaluation.markup import Tree
from nlu.evaluation.scores import Bin


def numbers(chart: Tree, name: str, attribute: str) -> list[float]:
    return [float(element.get(attribute, "nan")) for element in chart.iter(name)]


def texts(chart: Tree) -> list[str]:
    return [element.text or "" for element in chart.iter("text")]


def test_bars_are_as_long_as_their_shares() -> None:
    chart = bars({"en (2)": (1.0, 0.5), "中文": (0.25, 0.0)})
    full, half, quarter, none = numbers(chart, "rect", "width")
    assert (half, quarter, none) == (full / 2, full / 4, 0)
    assert full < WIDTH
    assert texts(chart) == ["en (2)", "100.0%", "50.0%", "中文", "25.0%", "0.0%"]


def test_bars_do_not_overlap_and_fit() -> None:
    chart = bars(dict.fromkeys("abc", (0.5, 0.5, 0.5)))
    tops, heights = numbers(chart, "rect", "y"), numbers(chart, "rect", "height")
    assert all(top + height <= following for top, height, following in zip(tops, heights, tops[1:]))
    assert tops[-1] + heights[-1] <= float(chart.get("viewBox", "").split()[3])


def test_bins_stand_at_their_tenth_with_their_count() -> None:
    chart = reliability([Bin(3, 0.05, 0.5), Bin(4, 0.55, 1.0), Bin(5, 1.0, 0.0)])
    left, middle, right = numbers(chart, "rect", "x")
    assert middle - left == pytest.approx((right - left) * 5 / 9, abs=0.2)
    half, all_, none = numbers(chart, "rect", "height")
    assert half == pytest.approx(all_ / 2, abs=0.1)
    assert none == 0
    assert [text for text in texts(chart) if text.isdigit()] == ["3", "4", "5"]
    assert "4 messages: confidence 55.0%, right 100.0%" in [title.text for title in chart.iter("title")]


def test_a_line_has_a_point_for_each_tick_and_rises_with_its_shares() -> None:
    chart = lines(["100", "200", "400"], [(0.2, 0.4, 0.4), (0.9, 0.8, 1.0)])
    assert [len(line.get("points", "").split()) for line in chart.iter("polyline")] == [3, 3]
    low, mid, same, *_, top = numbers(chart, "circle", "cy")
    assert low > mid == same > top
    assert {"100", "200", "400", "training messages"} <= set(texts(chart))


@pytest.mark.parametrize("shares", [(0.0, 0.0), (1.0, 1.0), (0.03, 0.97)])
def test_every_point_lies_within_the_chart(shares: tuple[float, float]) -> None:
    chart = lines(["1", "2"], [shares])
    height = float(chart.get("viewBox", "").split()[3])
    assert all(0 <= y <= height for y in numbers(chart, "circle", "cy"))
    assert all(0 <= x <= WIDTH for x in numbers(chart, "circle", "cx"))
