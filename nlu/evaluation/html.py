"""A report as one HTML page that needs nothing else: no scripts, no requests, for light and dark, for desk and phone. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.evaluation import charts
from nlu.evaluation.curve import Gain, Point, gains
from nlu.evaluation.markup import Child, Tree, html, table, tag
from nlu.evaluation.scores import Report

STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1c2430; --faint: #5c6675; --line: #d9dee6; --panel: #f5f7fa;
  --a: #2f6fd0; --b: #d17a14; --c: #16876f; --shade: 208, 60, 47; }
@media (prefers-color-scheme: dark) { :root { --page: #14181f; --ink: #e4e8ee; --faint: #9aa5b4; --line: #333c49;
  --panel: #1c222c; --a: #6aa2f5; --b: #eda24a; --c: #45c3a5; --shade: 235, 98, 84; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 68rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .25rem; }
p { margin: .25rem 0 .75rem; color: var(--faint); max-width: 46rem; } p span { display: block; }
.scroll { overflow-x: auto; margin-bottom: 1rem; } figure { margin: .5rem 0; max-width: 34rem; } svg { width: 100%; height: auto; display: block; }
table { border-collapse: collapse; font-size: .875rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
th { color: var(--faint); font-weight: 600; vertical-align: bottom; } th small { display: block; font-weight: 400; }
th:first-child, td:first-child, .texts td, .texts th { text-align: left; } .texts td:first-child { min-width: 15rem; white-space: normal;
  overflow-wrap: anywhere; } .texts td { vertical-align: top; }
.matrix thead th:not(:first-child) { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: .6rem .3rem; }
.matrix td:not(:first-child) { text-align: center; min-width: 2rem; } .matrix .own { color: var(--faint); background: var(--panel); }
.key { display: inline-block; margin-right: 1rem; } .key i { display: inline-block; width: .8em; height: .8em; margin-right: .4em;
  border-radius: 2px; } i.s0 { background: var(--a); } i.s1 { background: var(--b); } i.s2 { background: var(--c); }
svg text { font-size: 12px; fill: var(--faint); } svg .count { fill: var(--ink); stroke: var(--page); stroke-width: 4; paint-order: stroke; }
svg .name { fill: var(--ink); font-weight: 600; }
.s0 { fill: var(--a); } .s1 { fill: var(--b); } .s2 { fill: var(--c); } .grid { stroke: var(--line); }
.line { fill: none; stroke-width: 2.5; } .line.s0 { stroke: var(--a); } .line.s1 { stroke: var(--b); } .line.s2 { stroke: var(--c); }
.ideal { stroke: var(--ink); stroke-dasharray: 4 4; } .mean { fill: var(--b); stroke: var(--page); stroke-width: 1.5; }
"""

SERIES = ("service", "intent", "both")
KEYS = (("service", "事项"), ("intent", "意图"), ("both", "两者"))


def page(
    report: Report,
    *,
    title: str,
    about: str = "",
    times: Sequence[float] = (),
    curve: Sequence[Point] = (),
) -> str:
    """The page. about: what was measured and when; times: milliseconds of each turn; curve: points of a learning curve."""
    body = [
        tag("h1", title),
        tag("p", about) if about else None,
        *_figures(report),
        *(_times(sorted(times)) if times else ()),
        *(_curve(curve) if len(curve) > 1 else ()),
        *_reliability(report),
        *_intents(report),
        *_confusion(report),
        *_misread(report),
    ]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", STYLE),
    )
    return html(tag("html", head, tag("body", *body), lang="en"))


def percent(share: float | None) -> str:
    """A share as people read it, `–` where there is none."""
    return "–" if share is None else f"{share:.1%}"


def _figures(report: Report) -> list[Tree]:
    columns = (
        ("group", "组"), ("messages", "消息数"), ("service", "事项"), ("intent", "意图"), ("both", "两者"),
        ("out of scope: recall", "范围外：召回率"), ("precision", "精确率"), ("refused", "误拒"), ("fallback", "未听懂"), ("ECE", "校准误差"),
    )  # fmt: skip
    rows = [
        [name, str(f.messages), percent(f.service), percent(f.intent), percent(f.both), percent(f.oos_recall),
         percent(f.oos_precision), percent(f.refused), percent(f.fallback), f"{f.ece:.3f}"]
        for name, f in report.groups.items()
    ]  # fmt: skip
    chart = charts.bars(
        {f"{name} ({f.messages})": (f.service, f.intent, f.both) for name, f in report.groups.items() if f.messages}
    )
    return [
        *_section(
            "Figures per group",
            "各组指标",
            "Shares of messages read with an accepted service, intent, and pair of both. Refusing what is out of scope is right in all three.",
            "事项、意图以及两者组合被判为可接受的消息所占比例。对范围外的消息予以拒答，三项均算正确。",
        ),
        _table(columns, rows),
        _legend(),
        tag("figure", chart),
    ]


def _times(times: Sequence[float]) -> list[Tree]:
    median, high, worst = times[len(times) // 2], times[int(len(times) * 0.95)], times[-1]
    return _section(
        "Time per turn",
        "每轮用时",
        f"Median {median:.1f} ms, 95th percentile {high:.1f} ms, longest {worst:.1f} ms.",
        f"中位数 {median:.1f} 毫秒，第 95 百分位 {high:.1f} 毫秒，最长 {worst:.1f} 毫秒。",
    )


def _curve(curve: Sequence[Point]) -> list[Tree]:
    overall = [point.report.groups["all"] for point in curve]
    intents, groups = gains(curve)
    more = [gain.name for gain in intents if gain.helps]
    columns = (("messages", "消息数"), ("right after half", "半数语料"), ("after all", "全部语料"), ("gain", "提升"))
    return [
        *_section(
            "Learning curve",
            "学习曲线",
            "The same messages, read after a training on ever more of the training messages.",
            "用越来越多的训练语料训练后，对同一批消息的识别效果。",
        ),
        _legend(),
        tag(
            "figure",
            charts.lines(
                [f"{point.messages:,}" for point in curve],
                [[getattr(figures, series) for figures in overall] for series in SERIES],
            ),
        ),
        _texts(
            "More data helps most: " + (", ".join(more) or "nothing stands out") + ".",
            "最需要更多语料：" + ("、".join(more) or "无明显者") + "。",
        ),
        _table((("group", "组"), *columns), [_gain(gain) for gain in groups]),
        _table((("intent", "意图"), *columns), [_gain(gain) for gain in intents]),
    ]


def _gain(gain: Gain) -> list[Child]:
    verdict = {"enough": "enough · 足够", "unclear": "unclear · 不确定"}.get(gain.verdict, gain.verdict)
    return [gain.name, str(gain.messages), str(gain.half), str(gain.full), verdict]


def _reliability(report: Report) -> list[Tree]:
    if not report.reliability:
        return []
    error = report.groups["all"].ece
    return [
        *_section(
            "Reliability of the confidence",
            "置信度是否可靠",
            "Bars: share of rightly read intents for each tenth of confidence, with the number of messages. Dots: mean confidence. "
            f"Bars below the dashed line mean too much confidence. Expected calibration error (ECE) {error:.3f}.",
            f"柱：各置信度区间内意图识别正确的比例，并注明消息数。点：平均置信度。柱低于虚线表示过于自信。预期校准误差（ECE）{error:.3f}。",
        ),
        tag("figure", charts.reliability(report.reliability)),
    ]


def _intents(report: Report) -> list[Tree]:
    columns = (("intent", "意图"), ("messages", "消息数"), ("precision", "精确率"), ("recall", "召回率"), ("F1", "F1"))
    rows = [
        [name, str(f.messages), percent(f.precision), percent(f.recall), percent(f.f1)]
        for name, f in report.intents.items()
    ]
    return [
        *_section(
            "Intents",
            "各意图",
            "A message counts for its first accepted intent, also when it is read as another accepted one.",
            "消息计入其首个可接受的意图；若识别为另一可接受的意图，亦按首个计算。",
        ),
        _table(columns, rows),
    ]


def _confusion(report: Report) -> list[Tree]:
    times = {(wanted, got): count for wanted, got, count in report.confusion if wanted in report.intents}
    if not times:
        return []
    rows, columns = sorted({wanted for wanted, _ in times}), sorted({got for _, got in times})
    most = max(times.values())

    def cell(wanted: str, got: str) -> Tree:
        if wanted == got:
            return tag("td", str(report.intents[wanted].right), class_="own")
        count = times.get((wanted, got), 0)
        shade = f"background: rgba(var(--shade), {0.15 + 0.55 * count / most:.2f})"
        return tag("td", str(count), style=shade) if count else tag("td")

    return [
        *_section(
            "Confused intents",
            "混淆的意图",
            "Rows: wanted. Columns: read as. Grey: rightly read. Intents that are never confused are left out.",
            "行：应为。列：识别为。灰色：识别正确。未发生混淆的意图不列出。",
        ),
        table(["", *columns], [[wanted, *(cell(wanted, got) for got in columns)] for wanted in rows], kind="matrix"),
    ]


def _misread(report: Report) -> list[Tree]:
    columns = (
        ("message", "消息"),
        ("group", "组"),
        ("accepted", "可接受"),
        ("read as", "识别为"),
        ("confidence", "置信度"),
    )
    rows = [
        [
            row["text"],
            row["group"],
            tag("td", *(tag("div", _pair(service, intent)) for service, intent in row["accept"])),
            _pair(row["service"], row["intent"]),
            f"{row['confidence']:.2f}",
        ]
        for row in report.misread
    ]
    return [
        *_section(
            f"Misread messages ({len(rows)})",
            f"误读的消息（{len(rows)}）",
            "Messages whose service and intent together are no accepted pair.",
            "事项与意图的组合不可接受的消息。",
        ),
        _table(columns, rows, kind="texts"),
    ]


def _pair(service: str | None, intent: str) -> str:
    return f"{service or '–'} · {intent}"


def _section(english: str, chinese: str, text: str, chinese_text: str) -> list[Tree]:
    return [tag("h2", f"{english} · ", tag("span", chinese, lang="zh-Hans")), _texts(text, chinese_text)]


def _texts(english: str, chinese: str) -> Tree:
    return tag("p", english, tag("span", chinese, lang="zh-Hans"))


def _legend() -> Tree:
    return tag(
        "p", *(tag("span", tag("i", class_=f"s{n}"), f"{en} · {zh}", class_="key") for n, (en, zh) in enumerate(KEYS))
    )


def _table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Child]], kind: str = "") -> Tree:
    header = [
        tag("th", english, tag("small", chinese, lang="zh-Hans") if chinese not in ("", english) else None)
        for english, chinese in columns
    ]
    return table(header, rows, kind=kind)
