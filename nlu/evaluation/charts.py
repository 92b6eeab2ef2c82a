"""Charts of a report as inline SVG; colours come from the page (`s0`, `s1`, `s2` and the like), so they follow light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlu.evaluation.markup import Child, Tree, tag
from nlu.evaluation.scores import BINS, Bin

WIDTH = 400
"""Units across every chart. So few that texts stay readable when a phone shrinks it."""

LEFT, RIGHT, TOP, BOTTOM = 46, 20, 12, 40


def bars(groups: Mapping[str, Sequence[float]]) -> Tree:
    """Lying bars: for each named group a bar per share (0–1), one colour per position."""
    parts: list[Tree] = []
    y = 0
    for name, shares in groups.items():
        parts.append(_text(0, y + 13, name, class_="name"))
        y += 19
        for series, share in enumerate(shares):
            length = share * (WIDTH - 52)
            parts.append(tag("rect", x=0, y=y, width=f"{length:.1f}", height=11, rx=2, class_=f"s{series}"))
            parts.append(_text(length + 6, y + 10, f"{share:.1%}"))
            y += 14
        y += 9
    return _svg(y, *parts, label="Shares of each group")


def reliability(bins: Sequence[Bin]) -> Tree:
    """Accuracy against mean confidence: a bar per bin with its number of messages, the dashed line is where both agree."""
    height = 300
    frame = _Frame(height, 0.0, 1.0)
    parts = [*frame.shares(), *(frame.below(tenth / 10, f"{tenth * 10} %") for tenth in range(0, 11, 2))]
    for bin_ in bins:
        low = _tenth(bin_)
        left, right, top = frame.x(low) + 1, frame.x(low + 0.1) - 1, frame.y(bin_.accuracy)
        hint = f"{bin_.messages} messages: confidence {bin_.confidence:.1%}, right {bin_.accuracy:.1%}"
        size = {"x": f"{left:.1f}", "y": f"{top:.1f}", "width": f"{right - left:.1f}"}
        parts.append(tag("rect", tag("title", hint), **size, height=f"{frame.y(0) - top:.1f}", class_="s0"))
    parts.append(tag("line", x1=frame.x(0), y1=frame.y(0), x2=frame.x(1), y2=frame.y(1), class_="ideal"))
    parts += [
        tag("circle", cx=f"{frame.x(b.confidence):.1f}", cy=f"{frame.y(b.accuracy):.1f}", r=3.5, class_="mean")
        for b in bins
    ]
    for bin_ in bins:
        middle = frame.x(_tenth(bin_) + 0.05)
        parts.append(_text(middle, frame.y(0) - 6, str(bin_.messages), text_anchor="middle", class_="count"))
    parts.append(_text(frame.x(0.5), height - 4, "confidence", text_anchor="middle"))
    return _svg(height, *parts, label="Accuracy against confidence")


def lines(ticks: Sequence[str], series: Sequence[Sequence[float]]) -> Tree:
    """A line per series of shares (0–1), a point per tick, evenly spaced; the axis begins below the lowest point."""
    height = 260
    lowest = min((share for shares in series for share in shares), default=0.0)
    frame = _Frame(height, max(0.0, int(lowest * 10 - 0.5) / 10), 1.0)
    places = [(position + 0.5) / len(ticks) for position in range(len(ticks))]
    parts = [*frame.shares(), *(frame.below(place, tick) for place, tick in zip(places, ticks))]
    for number, shares in enumerate(series):
        points = [(frame.x(place), frame.y(share)) for place, share in zip(places, shares)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(tag("polyline", points=path, class_=f"line s{number}"))
        for (x, y), share in zip(points, shares):
            dot = tag("circle", tag("title", f"{share:.1%}"), cx=f"{x:.1f}", cy=f"{y:.1f}", r=4, class_=f"s{number}")
            parts.append(dot)
    parts.append(_text(frame.x(0.5), height - 4, "training messages", text_anchor="middle"))
    return _svg(height, *parts, label="Learning curve")


def _tenth(bin_: Bin) -> float:
    """Where the bin begins."""
    return min(int(bin_.confidence * BINS), BINS - 1) / BINS


class _Frame:
    """Where shares stand in a chart: x from 0 to 1, y from `low` to `high`."""

    def __init__(self, height: int, low: float, high: float) -> None:
        self._height, self._low, self._high = height, low, high

    def x(self, share: float) -> float:
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, share: float) -> float:
        floor = self._height - BOTTOM
        return floor - (share - self._low) / (self._high - self._low) * (floor - TOP)

    def shares(self) -> list[Tree]:
        """Lines across at every tenth or fifth of the axis, named in percent."""
        tenths = range(round(self._low * 10), round(self._high * 10) + 1)
        found = []
        for tenth in tenths[:: -2 if len(tenths) > 7 else -1]:
            y = self.y(tenth / 10)
            found.append(tag("line", x1=LEFT, y1=f"{y:.1f}", x2=WIDTH - RIGHT, y2=f"{y:.1f}", class_="grid"))
            found.append(_text(LEFT - 6, y + 4, f"{tenth * 10} %", text_anchor="end"))
        return found

    def below(self, share: float, label: str) -> Tree:
        return _text(self.x(share), self._height - BOTTOM + 15, label, text_anchor="middle")


def _text(x: float, y: float, text: str, **attributes: object) -> Tree:
    return tag("text", text, x=f"{x:.1f}", y=f"{y:.1f}", **attributes)


def _svg(height: int, *parts: Child, label: str) -> Tree:
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=label)
