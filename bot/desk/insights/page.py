"""The supervisors' pages as HTML: figures, and questions asked in vain. Pure; only what stands inside <main>."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

from bot.channels.web.markup import Markup, tag, together
from bot.desk.insights import charts
from bot.desk.insights.charts import Chart
from bot.desk.insights.report import NO_SERVICE, Figures, Report, Spread, day_of, duration
from bot.desk.insights.vain import NEVER_TYPED, Group, Groups
from bot.desk.web.texts import named
from catalog.models import Aspect
from catalog.render import ASPECT_NAMES
from language.choice import HANS, HANT
from language.traditional import traditional

MOST = 50
"""Groups shown of each state."""

MOST_ROWS = 15
"""Bars of a chart; its table has all."""

_TEXTS: dict[str, tuple[str, str]] = {
    "insights": ("数据概览", "Insights"),
    "questions": ("未答好的问题", "Questions asked in vain"),
    "from": ("从", "From"),
    "to": ("到", "To"),
    "show": ("查看", "Show"),
    "csv": ("下载CSV", "Download CSV"),
    "period": ("统计时段", "Period"),
    "none": ("这段时间没有数据。", "There is no data for this period."),
    "no_data": ("暂无数据", "no data"),
    "conversations": ("会话", "Conversations"),
    "messages": ("共{0}条消息，{1}条没听懂，{2}条超出范围", "{0} messages, {1} not understood, {2} out of scope"),
    "resolved": ("未转人工即解决", "Resolved without staff"),
    "resolved_of": (
        "以结果已知的{0}次会话计；另有{1}次未满7天，结果待定",
        "of {0} that are known; {1} are less than 7 days old",
    ),
    "handed": ("转人工", "Handed over"),
    "closed_of": ("其中{0}条已结束", "{0} of them closed"),
    "response": ("首次回复时间", "First response"),
    "resolution": ("处理时长", "Time to close"),
    "median": ("中位数；90%在{0}以内", "median; 90% within {0}"),
    "working": ("按工作时间：{0}，90%在{1}以内", "in working hours {0}, 90% within {1}"),
    "rating": ("满意度", "Rating"),
    "rated": ("{0}条评价，占已结束咨询的{1}", "{0} ratings, {1} of closed cases"),
    "thumbs": ("对助手回答的评价", "Answers of the assistant"),
    "thumbs_about": ("👍和👎的次数", "how often 👍 and 👎 were pressed"),
    "by_day": ("每天", "By day"),
    "by_reason": ("转人工原因", "Why staff were needed"),
    "by_outcome": ("咨询结果", "How cases ended"),
    "by_rating": ("评分分布", "Ratings"),
    "by_language": ("按语言", "By language"),
    "by_service": ("按事项", "By service"),
    "by_channel": ("按渠道", "By channel"),
    "stars": ("{0}分", "{0} of 5"),
    "cases": ("咨询数", "cases"),
    "figures": ("查看数据表", "Figures"),
    "about": ("{0}：最多的是{1}（{2}）", "{0}; most: {1} ({2})"),
    "more_rows": ("图中只显示最多的{0}项，数据表中有全部。", "The chart shows the top {0}; the table has all."),
    "and": ("、", " and "),
    "no_service": ("不针对具体事项", "no particular service"),
    "formula": (
        "“未转人工即解决”：会话期间没有人工咨询，结束后7天内也没有再来。怎样计算，见文档docs/insights.md。",
        "“Resolved without staff” means: no case during the conversation, and no return within 7 days. See docs/insights.md for the formulas.",
    ),
    "intro": (
        "助手没听懂、认为超出范围，或被点👎的问题，相近的归为一组。标注后可用 bot inbox export 转为训练语料和测试。",
        "Questions that the assistant did not understand or took for out of scope, and those whose answer got 👎. Similar ones are grouped. Once they are labelled, bot inbox export makes training data and tests of them.",
    ),
    "open": ("待处理", "Open"),
    "labelled": ("已标注", "Labelled"),
    "dismissed": ("已忽略", "Dismissed"),
    "of_state": ("{0}（{1}）", "{0} ({1})"),
    "no_open": ("没有待处理的问题。", "Nothing is waiting."),
    "shown": ("共{1}组，显示问得最多的{0}组。", "The {0} most asked of {1} groups."),
    "count": ("问过{0}次", "asked {0}×"),
    "people": ("{0}个会话", "conversations: {0}"),
    "last": ("最近：{0}", "last on {0}"),
    "kind_fallback": ("没听懂", "not understood"),
    "kind_out_of_scope": ("超出范围", "out of scope"),
    "kind_down": ("👎 回答没帮上忙", "👎 did not help"),
    "wordings": ("全部{0}种问法", "{0} wordings"),
    "applies": ("适用于", "Applies to"),
    "all_of": ("整组（{0}个问题）", "the whole group ({0})"),
    "service": ("事项", "Service"),
    "intent": ("想问什么", "What it asks"),
    "choose": ("请选择", "Choose"),
    "label": ("标注", "Label"),
    "dismiss": ("忽略", "Dismiss"),
    "undo": ("撤销", "Undo"),
    "suggested": ("组内其他问题的标注：{0}", "others of the group are labelled {0}"),
    "exported": ("已导出", "exported"),
    "by": ("{0}，{1}", "{0}, {1}"),
}

_INTENTS: dict[str, tuple[str, str]] = {
    "check_eligibility": ("想核对自己是否符合条件", "Wants to check eligibility"),
    "estimate_tax": ("想估算税额", "Wants an estimate"),
    "list_services": ("有哪些服务", "Which services there are"),
    "ask_human": ("要求转人工", "Wants a person"),
    "change_language": ("换语言", "Change the language"),
    "track_application": ("查询办理进度", "Track an application"),
    "complain": ("投诉", "Complaint"),
    "subscribe": ("订阅", "Subscribe"),
    "unsubscribe": ("退订", "Unsubscribe"),
    "delete_my_data": ("删除个人数据", "Delete one's data"),
    "cancel": ("取消", "Cancel"),
    "greet": ("打招呼", "Greeting"),
    "goodbye": ("告别", "Goodbye"),
    "thank": ("道谢", "Thanks"),
    "affirm": ("肯定", "Yes"),
    "deny": ("否定", "No"),
    "help": ("求助", "Help"),
    "bot_challenge": ("问是不是机器人", "Is this a robot?"),
    "out_of_scope": ("超出范围", "Out of scope"),
}

_LANGUAGES = {
    "en": ("英文", "English"),
    HANS: ("简体中文", "Simplified Chinese"),
    HANT: ("繁体中文", "Traditional Chinese"),
}


def insights(report: Report, language: str, services: Mapping[str, str] | None = None) -> Markup:
    """The figures of a period. language: `zh`, `en`, or as people read it (`zh-Hant`). services: names by id."""
    all_ = report.all
    head = tag(
        "div", {"class": "insights-head"}, tag("h1", None, _say("insights", language)), _period(report, language)
    )
    if all_.empty:
        return tag("div", {"class": "insights"}, head, tag("p", {"class": "paper none"}, _say("none", language)))
    return tag(
        "div",
        {"class": "insights"},
        head,
        _tiles(all_, language),
        tag("p", {"class": "muted"}, _say("formula", language)),
        _days(report, language),
        tag(
            "div",
            {"class": "charts"},
            _counts("by_reason", _named("reason", all_.by_reason, language), language),
            _counts("by_outcome", _named("outcome", all_.by_outcome, language), language),
            _counts("by_rating", {_say("stars", language, n): all_.by_rating.get(n, 0) for n in range(5, 0, -1)} if all_.rated else {}, language),
            _dimension(report, "language", language, {key: _pick(names, language) for key, names in _LANGUAGES.items()}),
            _dimension(report, "channel", language, {each: named("channel", each, _two(language)) for each in report.by["channel"]}),
            _dimension(report, "service", language, {**(services or {}), NO_SERVICE: _say("no_service", language)}),
        ),
    )  # fmt: skip


def questions(
    groups: Groups, services: Mapping[str, str], intents: Collection[str], language: str, csrf: str
) -> Markup:
    """Questions asked in vain, with forms to decide on them. services: names by id. intents: of the domain."""
    options = _Options(services, [each for each in intents if each not in NEVER_TYPED], language)
    return tag(
        "div",
        {"class": "insights"},
        tag("h1", None, _say("questions", language)),
        tag("p", {"class": "muted"}, _say("intro", language)),
        tag(
            "section",
            {"aria-labelledby": "open"},
            tag("h2", {"id": "open"}, _say("of_state", language, _say("open", language), len(groups.open))),
            _limited(groups.open, language),
            *(_open(group, options, csrf) for group in groups.open[:MOST]),
            None if groups.open else tag("p", {"class": "paper none"}, _say("no_open", language)),
        ),
        _decided("labelled", groups.labelled, options, csrf),
        _decided("dismissed", groups.dismissed, options, csrf),
    )


class _Options:
    """What selects offer."""

    def __init__(self, services: Mapping[str, str], intents: Sequence[str], language: str) -> None:
        self.services, self.language = services, language
        self.intents = {each: intent_name(each, language) for each in intents}

    def service(self, chosen: str | None) -> Markup:
        none = tag("option", {"value": ""}, _say("no_service", self.language))
        return together(none, *(_option(id_, name, chosen) for id_, name in self.services.items()))

    def intent(self, chosen: str | None) -> Markup:
        first = tag(
            "option", {"value": "", "disabled": True, "selected": chosen is None}, _say("choose", self.language)
        )
        return together(first, *(_option(id_, name, chosen) for id_, name in self.intents.items()))

    def shown(self, group: Group) -> str | None:
        """The label of a group, or the suggested one."""
        label = (group.mark.label if group.mark else None) or group.suggested
        if label is None:
            return None
        service = (
            self.services.get(label.service, label.service) if label.service else _say("no_service", self.language)
        )
        return f"{service} · {self.intents.get(label.intent, label.intent)}"


def intent_name(intent: str, language: str) -> str:
    """What an intent is, in words; of an unknown one its id."""
    aspect = intent.removeprefix("ask_")
    names = _INTENTS.get(intent)
    if names is None and aspect != intent and aspect in {each.value for each in Aspect}:
        names = ASPECT_NAMES[Aspect(aspect)]
    return _pick(names, language) if names else intent


def _period(report: Report, language: str) -> Markup:
    first, last = day_of(report.start), day_of(report.end - 1)
    fields = [
        tag(
            "div",
            {"class": "field"},
            tag("label", {"for": name}, _say(name, language)),
            tag("input", {"type": "date", "id": name, "name": name, "value": value, "required": True}),
        )
        for name, value in (("from", first), ("to", last))
    ]
    query = urlencode({"from": first, "to": last})
    return tag(
        "form",
        {"class": "period", "method": "get", "action": "/desk/insights", "aria-label": _say("period", language)},
        *fields,
        tag("button", {"class": "button primary", "type": "submit"}, _say("show", language)),
        tag("a", {"class": "button", "href": f"/desk/insights.csv?{query}", "download": True}, _say("csv", language)),
    )


def _tiles(figures: Figures, language: str) -> Markup:
    nothing = _say("no_data", language)
    share = f"{figures.resolved_share:.0%}" if figures.resolved_share is not None else nothing
    rating = f"{figures.rating:.1f}" if figures.rating is not None else nothing
    rated = (
        [_say("rated", language, figures.rated, f"{figures.rated_share:.0%}")]
        if figures.rated_share is not None
        else []
    )
    tiles = [
        ("conversations", str(figures.conversations), [_say("messages", language, figures.messages, figures.missed, figures.out_of_scope)]),
        ("resolved", share, [_say("resolved_of", language, figures.known, figures.unknown)]),
        ("handed", str(figures.cases), [_say("closed_of", language, figures.closed)]),
        ("response", *_spread(figures.response, figures.response_working, language)),
        ("resolution", *_spread(figures.resolution, figures.resolution_working, language)),
        ("rating", rating, rated),
        ("thumbs", f"👍 {figures.up} · 👎 {figures.down}", [_say("thumbs_about", language)]),
    ]  # fmt: skip
    return tag(
        "dl",
        {"class": "tiles"},
        *(
            tag(
                "div",
                {"class": "paper"},
                tag("dt", None, _say(name, language)),
                tag("dd", {"class": "figure"}, figure),
                *(tag("dd", {"class": "muted"}, line) for line in lines),
            )
            for name, figure, lines in tiles
        ),
    )


def _spread(wall: Spread, working: Spread, language: str) -> tuple[str, list[str]]:
    if not wall.count:
        return _say("no_data", language), []
    short = _two(language)
    return duration(wall.median, short), [
        _say("median", language, duration(wall.p90, short)),
        _say("working", language, duration(working.median, short), duration(working.p90, short)),
    ]


def _days(report: Report, language: str) -> Markup:
    days = report.by["day"]
    series = _series(days, language)
    chart = _chart("by_day", list(days), series, language)
    labels = [f"{int(day[5:7])}/{int(day[8:])}" for day in days]
    scroll = {"class": "scroll newest", "tabindex": "0", "role": "group", "aria-label": chart.title}
    return _figure(
        chart,
        tag("div", scroll, charts.columns(chart, labels)),
        _table(days, dict.fromkeys(days, ""), language),
        language,
    )


def _dimension(report: Report, dimension: str, language: str, names: Mapping[str, str]) -> Markup | None:
    found = sorted(report.by[dimension].items(), key=lambda each: (-each[1].conversations, -each[1].cases, each[0]))
    shown = dict(found[:MOST_ROWS])
    chart = _chart(f"by_{dimension}", [names.get(value, value) for value in shown], _series(shown, language), language)
    note = tag("p", {"class": "muted"}, _say("more_rows", language, MOST_ROWS)) if len(found) > MOST_ROWS else None
    return _figure(chart, charts.rows(chart), together(note, _table(dict(found), names, language)), language)


def _counts(name: str, counts: Mapping[str, int], language: str) -> Markup | None:
    if not counts:
        return None
    title = _say("cases", language)
    chart = _chart(name, list(counts), [(title, list(counts.values()))], language)
    table = _rows(("", title), [(label, str(count)) for label, count in counts.items()])
    return _figure(chart, charts.rows(chart), table, language)


def _series(values: Mapping[str, Figures], language: str) -> list[tuple[str, list[int]]]:
    return [
        (_say("conversations", language), [each.conversations for each in values.values()]),
        (_say("handed", language), [each.cases for each in values.values()]),
    ]


def _chart(name: str, names: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], language: str) -> Chart:
    title = _say(name, language)
    values = series[0][1]
    most = max(range(len(values)), key=lambda place: values[place], default=None)
    legend = _say("and", language).join(each for each, _ in series)
    about = legend if most is None else _say("about", language, legend, names[most], values[most])
    return Chart(name.replace("_", "-"), title, about, names, series)


def _figure(chart: Chart, drawing: Markup, table: Markup, language: str) -> Markup:
    legend = (
        tag(
            "p",
            {"class": "legend"},
            *(tag("span", {"class": f"key s{n}"}, name) for n, (name, _) in enumerate(chart.series)),
        )
        if len(chart.series) > 1
        else None
    )
    return tag(
        "figure",
        {"class": "paper"},
        tag("figcaption", None, tag("h2", None, chart.title), legend),
        drawing,
        tag(
            "details",
            None,
            tag("summary", None, _say("figures", language)),
            tag("div", {"class": "scroll", "tabindex": "0"}, table),
        ),
    )


def _table(values: Mapping[str, Figures], names: Mapping[str, str], language: str) -> Markup:
    short = _two(language)
    head = [
        "",
        *(_say(name, language) for name in ("conversations", "resolved", "handed", "response", "resolution", "rating")),
    ]
    return _rows(
        head,
        [
            (
                names.get(value) or value,
                str(each.conversations),
                "–" if each.resolved_share is None else f"{each.resolved_share:.0%}",
                str(each.cases),
                duration(each.response.median, short),
                duration(each.resolution.median, short),
                "–" if each.rating is None else f"{each.rating:.1f}",
            )
            for value, each in values.items()
        ],
    )


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    first, *others = head
    return tag(
        "table",
        None,
        tag(
            "thead",
            None,
            tag("tr", None, tag("td", None, first), *(tag("th", {"scope": "col"}, each) for each in others)),
        ),
        tag(
            "tbody",
            None,
            *(
                tag("tr", None, tag("th", {"scope": "row"}, row[0]), *(tag("td", None, each) for each in row[1:]))
                for row in rows
            ),
        ),
    )


def _open(group: Group, options: _Options, csrf: str) -> Markup:
    language = options.language
    suggested = group.suggested
    shown = options.shown(group)
    prefix = f"q-{group.id}"
    label = tag(
        "form",
        {"method": "post", "action": "/desk/insights/questions", "class": "decide"},
        tag("input", {"type": "hidden", "name": "csrf", "value": csrf}),
        _which(group, prefix, language),
        _select(f"{prefix}-service", "service", _say("service", language), options.service(suggested.service if suggested else None)),
        _select(f"{prefix}-intent", "intent", _say("intent", language), options.intent(suggested.intent if suggested else None), required=True),
        tag(
            "div",
            {"class": "actions"},
            tag("button", {"class": "button primary", "name": "do", "value": "label"}, _say("label", language)),
            tag("button", {"class": "button quiet", "name": "do", "value": "dismiss", "formnovalidate": True}, _say("dismiss", language)),
        ),
    )  # fmt: skip
    hint = tag("p", {"class": "muted"}, _say("suggested", language, shown)) if shown else None
    return tag(
        "article", {"class": "paper question", "aria-labelledby": prefix}, *_about(group, prefix, language), hint, label
    )


def _decided(state: str, groups: Sequence[Group], options: _Options, csrf: str) -> Markup | None:
    language = options.language
    if not groups:
        return None
    return tag(
        "details",
        {"class": "decided"},
        tag("summary", None, _say("of_state", language, _say(state, language), len(groups))),
        _limited(groups, language),
        *(
            tag(
                "article",
                {"class": "paper question", "aria-labelledby": f"{state}-{number}"},
                *_about(group, f"{state}-{number}", language),
                tag("p", {"class": "muted"}, _decision(group, options)),
                tag(
                    "form",
                    {"method": "post", "action": "/desk/insights/questions"},
                    *(
                        tag("input", {"type": "hidden", "name": name, "value": value})
                        for name, value in (("csrf", csrf), ("id", group.id), ("do", "undo"))
                    ),
                    tag("button", {"class": "button quiet"}, _say("undo", language)),
                ),
            )
            for number, group in enumerate(groups[:MOST])
        ),
    )


def _decision(group: Group, options: _Options) -> str:
    """Label, by whom, when."""
    language, mark = options.language, group.mark
    parts = [options.shown(group) if group.state == "labelled" else None]
    if mark:
        parts += [_say("by", language, mark.by, day_of(mark.at)), _say("exported", language) if mark.exported else None]
    return " · ".join(part for part in parts if part)


def _about(group: Group, name: str, language: str) -> list[Markup]:
    kinds = [
        tag("span", {"class": "badge"}, f"{_say(f'kind_{kind}', language)} {count}")
        for kind, count in group.kinds.items()
    ]
    facts = [
        _say("count", language, group.count),
        _say("people", language, group.people),
        _say("last", language, day_of(group.last)),
    ]
    found = [
        tag("h3", {"id": name, "lang": group.questions[0].language}, group.text),
        tag("p", {"class": "facts"}, *kinds, tag("span", {"class": "muted"}, " · ".join(facts))),
    ]
    if len(group.texts) > 1:
        wordings = tag("ul", None, *(tag("li", None, text) for text in group.texts))
        found.append(tag("details", None, tag("summary", None, _say("wordings", language, len(group.texts))), wordings))
    return found


def _which(group: Group, prefix: str, language: str) -> Markup:
    """The whole group, or one of its questions."""
    if group.count == 1:
        return tag("input", {"type": "hidden", "name": "id", "value": group.id})
    whole = tag("option", {"value": group.id}, _say("all_of", language, group.count))
    single = (tag("option", {"value": each.id}, each.text) for each in group.questions)
    return _select(f"{prefix}-which", "id", _say("applies", language), together(whole, *single))


def _select(id_: str, name: str, label: str, options: Markup, *, required: bool = False) -> Markup:
    return tag(
        "div",
        {"class": "field"},
        tag("label", {"for": id_}, label),
        tag("select", {"id": id_, "name": name, "required": required}, options),
    )


def _option(value: str, name: str, chosen: str | None) -> Markup:
    return tag("option", {"value": value, "selected": value == chosen}, name)


def _limited(groups: Sequence[Group], language: str) -> Markup | None:
    return tag("p", {"class": "muted"}, _say("shown", language, MOST, len(groups))) if len(groups) > MOST else None


def _named(kind: str, counts: Mapping[str, int], language: str) -> dict[str, int]:
    found = {named(kind, value, _two(language)): count for value, count in counts.items()}
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def _two(language: str) -> str:
    return "en" if language == "en" else "zh"


def _say(name: str, language: str, *given: object) -> str:
    return _pick(_TEXTS[name], language).format(*given)


def _pick(names: tuple[str, str], language: str) -> str:
    if language == "en":
        return names[1]
    return traditional(names[0]) if language == HANT else names[0]
