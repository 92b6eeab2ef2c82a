"""Charts as SVG: no scripts and no styles of their own, colours by class (`insights.css`). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.web.markup import Markup, tag

HEIGHT = 170
AXIS = 24
ROW = 30
WIDE = 360
NAME_WIDTH = 146


@dataclass(frozen=True)
class Chart:
    """What is shown. names: of the bars. series: names and a value for each bar."""

    id: str
    title: str
    about: str
    names: Sequence[str]
    series: Sequence[tuple[str, Sequence[int]]]


def columns(chart: Chart, labels: Sequence[str]) -> Markup:
    """Columns beside each other, such as days. labels: below them, as many as fit."""
    count = max(1, len(chart.names))
    step = max(10.0, min(40.0, 680 / count))
    width = round(40 + step * count)
    top = ceiling(chart)
    every = max(1, round(64 / step + 0.49))
    parts = _grid(top, width)
    thick = step * 0.8 / max(1, len(chart.series))
    for place in range(len(chart.names)):
        left = 36 + step * place + step * 0.1
        for number, (name, values) in enumerate(chart.series):
            if values[place]:
                high = HEIGHT * values[place] / top
                title = tag("title", None, f"{chart.names[place]} {name}: {values[place]}")
                parts.append(_bar(left + thick * number, 10 + HEIGHT - high, thick, high, number, title))
        if place % every == 0:
            parts.append(_words(left + step * 0.4, HEIGHT + 10 + 16, labels[place], "middle"))
    return _svg(chart, width, HEIGHT + 10 + AXIS, parts)


def rows(chart: Chart) -> Markup:
    """Bars below each other, each with its name and figures."""
    top = ceiling(chart)
    room = WIDE - NAME_WIDTH - 52
    parts: list[Markup] = []
    thick = (ROW - 10) / max(1, len(chart.series))
    for place, label in enumerate(chart.names):
        above = ROW * place + 4
        parts.append(_words(NAME_WIDTH - 8, above + ROW / 2, shortened(label), "end", tag("title", None, label)))
        for number, (name, values) in enumerate(chart.series):
            long = room * values[place] / top
            title = tag("title", None, f"{label} {name}: {values[place]}")
            parts.append(_bar(NAME_WIDTH, above + thick * number, max(long, 0.5), thick - 1, number, title))
        longest = max((values[place] for _, values in chart.series), default=0)
        figures = " / ".join(str(values[place]) for _, values in chart.series)
        parts.append(_words(NAME_WIDTH + room * longest / top + 6, above + ROW / 2, figures, "start"))
    return _svg(chart, WIDE, ROW * len(chart.names) + 8, parts)


def ceiling(chart: Chart) -> int:
    """A round figure that no bar exceeds, at least 1."""
    most = max((value for _, values in chart.series for value in values), default=0)
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= factor * size:
                return factor * size
        size *= 10


def shortened(name: str) -> str:
    """A name that fits before its bar; Chinese takes twice the room."""
    room = 21
    for place, char in enumerate(name):
        room -= 2 if char > "\u2e7f" else 1
        if room < 0:
            return f"{name[: place - 1].rstrip()}…"
    return name


def _grid(top: int, width: int) -> list[Markup]:
    parts = []
    for value in sorted({0, top // 2, top}):
        height = f"{10 + HEIGHT - HEIGHT * value / top:.1f}"
        parts.append(tag("line", {"class": "grid", "x1": "34", "x2": str(width), "y1": height, "y2": height}))
        parts.append(_words(30, float(height) + 4, str(value), "end"))
    return parts


def _bar(left: float, top: float, width: float, height: float, number: int, title: Markup) -> Markup:
    place = {"x": f"{left:.1f}", "y": f"{top:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}
    return tag("rect", {"class": f"s{number}", **place, "rx": "1.5"}, title)


def _words(left: float, top: float, words: str, anchor: str, title: Markup | None = None) -> Markup:
    return tag("text", {"x": f"{left:.1f}", "y": f"{top:.1f}", "text-anchor": anchor}, title, words)


def _svg(chart: Chart, width: int, height: int, parts: Sequence[Markup]) -> Markup:
    names = f"{chart.id}-title", f"{chart.id}-about"
    attributes = {
        "class": "chart", "role": "img", "width": str(width), "height": str(height), "viewBox": f"0 0 {width} {height}",
        "aria-labelledby": names[0], "aria-describedby": names[1],
    }  # fmt: skip
    return tag(
        "svg",
        attributes,
        tag("title", {"id": names[0]}, chart.title),
        tag("desc", {"id": names[1]}, chart.about),
        *parts,
    )
