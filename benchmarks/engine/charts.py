"""The charts of the report as SVG files that follow light and dark. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from nlu.evaluation.markup import Tree, tag

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 44

STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#444}.grid{stroke:#ddd}.line{fill:none;stroke-width:2}"
    ".line.s0{stroke:#c2410c}.line.s1{stroke:#1d4ed8}.line.s2{stroke:#15803d}"
    ".dot.s0{fill:#c2410c}.dot.s1{fill:#1d4ed8}.dot.s2{fill:#15803d}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}.grid{stroke:#444}.line.s0{stroke:#fb923c}.line.s1{stroke:#60a5fa}"
    ".line.s2{stroke:#4ade80}.dot.s0{fill:#fb923c}.dot.s1{fill:#60a5fa}.dot.s2{fill:#4ade80}}"
)


def chart(series: Mapping[str, Mapping[int, float]], x_title: str, y_title: str) -> str:
    """A line per named series, points at x → y, both axes logarithmic. All values are above 0. Raises ValueError without any."""
    xs = sorted({x for points in series.values() for x in points})
    ys = [y for points in series.values() for y in points.values()]
    if not xs:
        raise ValueError("a chart needs points")
    low, high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    across = _Axis(math.log10(xs[0]), math.log10(xs[-1]), LEFT + 20, WIDTH - RIGHT - 20)
    up = _Axis(low, max(high, low + 1), HEIGHT - BOTTOM, TOP)
    parts: list[Tree] = [tag("style", STYLE)]
    for power in range(low, max(high, low + 1) + 1):
        y = up.at(power)
        parts.append(tag("line", x1=LEFT, y1=f"{y:.1f}", x2=WIDTH - RIGHT, y2=f"{y:.1f}", class_="grid"))
        parts.append(_text(LEFT - 8, y + 4, f"{10.0**power:,g}", "end"))
    parts += [_text(across.at(math.log10(x)), HEIGHT - BOTTOM + 18, f"{x:,}", "middle") for x in xs]
    legend = LEFT
    for number, (name, points) in enumerate(series.items()):
        places = [(across.at(math.log10(x)), up.at(math.log10(y)), y) for x, y in sorted(points.items())]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
        parts.append(tag("polyline", points=path, class_=f"line s{number}"))
        for x, y, value in places:
            hint = tag("title", f"{name}: {value:,.3g}")
            parts.append(tag("circle", hint, cx=f"{x:.1f}", cy=f"{y:.1f}", r=4, class_=f"dot s{number}"))
        parts.append(tag("circle", cx=legend + 5, cy=14, r=5, class_=f"dot s{number}"))
        parts.append(_text(legend + 15, 18, name, "start"))
        legend += 40 + 8 * len(name)
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x_title, "middle"))
    parts.append(_text(WIDTH - RIGHT, 18, y_title, "end"))
    return _svg(parts, f"{y_title} against {x_title}")


class _Axis:
    """Where values from `low` to `high` stand between two places."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._span, self._start, self._length = low, (high - low) or 1.0, start, end - start

    def at(self, value: float) -> float:
        return self._start + (value - self._low) / self._span * self._length


def _svg(parts: Sequence[Tree], label: str) -> str:
    root = tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=label)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    return ET.tostring(root, encoding="unicode") + "\n"


def _text(x: float, y: float, text: str, anchor: str) -> Tree:
    return tag("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)
