"""What is said in an interview: the question, the summary, the verdict. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from actions.answer import sources_text
from actions.interview import Note, State
from actions.reply import Button, Reply, human_button
from catalog.interview import UNSURE, Interview, Question, Reason, Value, verdict
from catalog.models import Aspect, Service
from catalog.render import aspect_name, pick
from catalog.store import Catalog

INTENT = "interview"
"""Intent of the buttons of an interview; nobody can type it."""


def button(title: str, says: str) -> Button:
    return Button(title, INTENT, {"says": says})


def question(interview: Interview, state: State, note: Note, language: str, changed: Sequence[str] = ()) -> Reply:
    """What to say now: the question being asked, or the summary, led by a word about what the last message did.

    changed: answers that were noted or corrected, said back.
    """
    if state.stage == "confirm":
        return _summary(interview, state, note, language)
    if state.stage == "correct":
        return _which(interview, state, language)
    assert state.question is not None
    asked = interview.question(state.question)
    lead = {
        "noted": _said_back(pick(language, "好的，记下了：", "Thanks, noted:"), interview, state, changed, language),
        "corrected": _said_back(
            pick(language, "好的，已改：", "All right, changed:"), interview, state, changed, language
        ),
        "back": pick(language, "好的，我们回到这一题。", "All right, back to this one."),
        "explained": pick(language, asked.help.zh, asked.help.en),
        "invalid": pick(language, "这个回答我没看懂。", "I could not make sense of that answer. ")
        + pick(language, asked.help.zh, asked.help.en),
        "stuck": pick(
            language,
            "我还是没看懂。您可以选“不清楚”，这一点就留给工作人员判断；也可以停止，或者转人工。",
            "I still cannot make sense of it. Choose “I don't know” and staff will decide this point, or stop, or talk to a person.",
        ),
        "elsewhere": pick(language, "接着刚才的核对：", "Back to our check:"),
    }.get(note, "")
    parts = [_opening(interview, state, language) if note == "asked" else "", lead, _text(asked, language)]
    return Reply(
        "\n\n".join(part for part in parts if part),
        buttons=(*_answers(asked, language), *_controls(state, language)),
        intent="check_eligibility" if state.kind == "check" else "estimate_tax",
        numbered=asked.kind in ("choice", "yes_no"),
    )


def _said_back(lead: str, interview: Interview, state: State, changed: Sequence[str], language: str) -> str:
    rows = [f"• {_row(interview, name, state.answers[name], language)}" for name in changed if name in state.answers]
    return "\n".join([lead, *rows])


def _interview(service: Service) -> Interview:
    assert service.interview is not None
    return service.interview


def _text(asked: Question, language: str) -> str:
    return pick(language, asked.zh, asked.en)


def _opening(interview: Interview, state: State, language: str) -> str:
    intro = pick(language, interview.intro.zh, interview.intro.en)
    if not state.known:
        return intro
    rows = [_row(interview, name, state.answers[name], language) for name in state.known]
    said = pick(language, "您已经告诉过我（不对请说一声）：", "You have told me already (tell me if it is wrong):")
    return "\n".join([intro, "", said, *(f"• {row}" for row in rows)])


def _answers(asked: Question, language: str) -> list[Button]:
    if asked.kind == "choice":
        return [button(pick(language, choice.zh, choice.en), f"answer:{choice.id}") for choice in asked.choices]
    if asked.kind == "yes_no":
        return [button(pick(language, "是", "Yes"), "answer:yes"), button(pick(language, "否", "No"), "answer:no")]
    return []


def _controls(state: State, language: str) -> list[Button]:
    given = any(name not in state.known for name in state.answers)
    back = [button(pick(language, "上一题", "Back"), "back")] if given else []
    return [
        button(pick(language, "不清楚", "I don't know"), "unsure"),
        *back,
        button(pick(language, "停止", "Stop"), "stop"),
        human_button(language),
    ]


def value_text(asked: Question, value: Value, language: str) -> str:
    """An answer as people read it, units said."""
    if value == UNSURE:
        return pick(language, "不清楚", "I don't know")
    if asked.kind == "choice":
        choice = next(choice for choice in asked.choices if choice.id == value)
        return pick(language, choice.zh, choice.en)
    if asked.kind == "yes_no":
        return pick(language, *{"yes": ("是", "Yes"), "no": ("否", "No")}[str(value)])
    return number_text(Decimal(value), asked.kind, language)


def number_text(value: Decimal, kind: str, language: str) -> str:
    """A number with its unit: `人民币850,000元`, `RMB 850,000`, `90天`, `90 days`."""
    rounded = value.quantize(Decimal("0.01")).normalize()
    figure = f"{rounded:,f}"
    one = rounded == 1
    return {
        "money": pick(language, f"人民币{figure}元", f"RMB {figure}"),
        "days": pick(language, f"{figure}天", f"{figure} day{'' if one else 's'}"),
        "years": pick(language, f"{figure}年", f"{figure} year{'' if one else 's'}"),
        "age": pick(language, f"{figure}岁", f"{figure} years old"),
    }.get(kind, figure)


def _row(interview: Interview, name: str, value: Value, language: str) -> str:
    asked = interview.question(name)
    return f"{_text(asked, language)} {value_text(asked, value, language)}"


def _summary(interview: Interview, state: State, note: Note, language: str) -> Reply:
    rows = [
        f"{number}. {_row(interview, name, value, language)}"
        for number, (name, value) in enumerate(state.answers.items(), 1)
    ]
    lead = pick(language, "好的，已改。\n\n", "All right, I have changed that.\n\n") if note == "corrected" else ""
    text = pick(language, "我记下的是：", "This is what I noted:")
    ask = pick(language, "都对吗？", "Is that right?")
    return Reply(
        lead + "\n".join([text, *rows, "", ask]),
        buttons=(
            button(pick(language, "对，看结果", "Yes, show the result"), "yes"),
            button(pick(language, "改一个回答", "Change an answer"), "change"),
            button(pick(language, "停止", "Stop"), "stop"),
        ),
        intent="check_eligibility",
    )


def _which(interview: Interview, state: State, language: str) -> Reply:
    return Reply(
        pick(language, "要改哪一个？", "Which one shall I change?"),
        buttons=tuple(
            button(_row(interview, name, value, language), f"change:{name}") for name, value in state.answers.items()
        ),
        intent="check_eligibility",
    )


def stopped(language: str, service: Service) -> Reply:
    return Reply(
        pick(
            language,
            "好的，核对已停止。您的回答没有用于别处。",
            "All right, I have stopped the check. Your answers were used for nothing else.",
        ),
        buttons=(
            Button(aspect_name(Aspect.eligibility, language), "ask_eligibility", {"service": service.id}),
            human_button(language),
        ),
        intent="cancel",
    )


def over(language: str) -> Reply:
    return Reply(
        pick(
            language,
            "这次核对已经结束。想重新核对，就说“帮我看看我符不符合”。",
            "That check is over. To start again, say “check whether I qualify”.",
        ),
        buttons=(human_button(language),),
        intent=INTENT,
    )


def result(catalog: Catalog, state: State, language: str) -> Reply:
    """The verdict with its reasons, what speaks for the person, sources, and that it is no official decision."""
    service = catalog.services[state.service]
    interview = _interview(service)
    found = verdict(interview, state.answers)
    name = getattr(service.short, language)
    head = {
        "likely_eligible": pick(
            language,
            f"从您的回答看，您很可能符合“{name}”的条件。",
            f"From your answers you are likely eligible: {name}.",
        ),
        "not_eligible": pick(
            language,
            f"从您的回答看，您目前不符合“{name}”的条件。",
            f"From your answers you are not eligible at present: {name}.",
        ),
        "staff_must_decide": pick(
            language,
            f"“{name}”：有些地方我不能判断，要由工作人员决定。",
            f"{name}: some points I cannot judge; staff must decide.",
        ),
    }[found.verdict]
    reasons = [] if found.verdict == "likely_eligible" else found.reasons
    parts = [
        head,
        _list("", reasons, language),
        _list(pick(language, "对您有利的是：", "What speaks for you:"), found.met, language),
        _list("", found.extra, language),
        pick(language, f"积分表合计：{found.points}分。", f"Points table: {found.points} points.")
        if found.points
        else "",
        pick(
            language,
            "这只是根据您的回答作的初步判断，不是官方决定，最终以主管部门审核为准。",
            "This is a first assessment from your answers, not an official decision. The office in charge decides.",
        ),
    ]
    cited = [source for reason in (*reasons, *found.met, *found.extra) for source in reason.sources]
    sources = [catalog.sources[source] for source in dict.fromkeys(cited)]
    parts.append(sources_text(sources, language))
    following = [Aspect(name) for name in interview.next if Aspect(name) in service.aspects]
    return Reply(
        "\n\n".join(part for part in parts if part),
        buttons=(
            *(
                Button(aspect_name(aspect, language), f"ask_{aspect.value}", {"service": service.id})
                for aspect in following
            ),
            Button(pick(language, "重新核对", "Check again"), "check_eligibility", {"service": service.id}),
            human_button(language),
        ),
        sources=tuple(sources),
        intent="check_eligibility",
        verdict=found.verdict,
    )


def _list(title: str, reasons: Sequence[Reason], language: str) -> str:
    rows = [f"• {pick(language, reason.zh, reason.en)}" for reason in reasons]
    return "\n".join([*([title] if title else []), *rows]) if rows else ""


def payload(entities: Sequence[dict[str, Any]]) -> str | None:
    """What a button of an interview says, from the entities of its message."""
    return next((str(entity["value"]) for entity in entities if entity["entity"] == "says"), None)
