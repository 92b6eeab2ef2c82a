"""How a case looks in the group: the title of its topic, its card and buttons, and the lines of its log. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.telegram.keyboards import DATA, LONGEST, layout
from bot.channels.telegram.markup import escaped, sendable
from bot.channels.telegram.splitting import LIMIT, clusters, utf16_length
from bot.desk.canned import Canned
from bot.desk.cases import Case, Move, Outcome, Reason, State
from bot.desk.entries import Entry
from bot.desk.staff import Staff
from bot.desk.telegram.texts import CHANNELS, CHOSEN, LANGUAGES, OUTCOMES, REASONS, STATES, said
from catalog.render import SHENZHEN

TITLE = 128
"""Characters of the title of a topic."""

ASSISTANT = 300
"""Characters that are shown of an answer of the assistant."""

LAST, LAST_LENGTH = 4, 160
"""Lines of the talk on a card, and characters of each."""

FACT, FACTS = 80, 12
"""Characters of one fact on a card, and lines of facts of a kind."""

CHOICES = 40
"""Colleagues, teams and canned replies that can be chosen from, of each kind."""

Keyboard = InlineKeyboardMarkup

_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn what comes after them around."""


@dataclass(frozen=True)
class Names:
    """What ids are called in the group. service: of the case."""

    staff: Mapping[str, str]
    service: str | None = None

    def of(self, staff: str | None) -> str:
        if staff is None:
            return said("system")
        return self.staff.get(staff, staff)


def title(case: Case, names: Names) -> str:
    """The title of its topic, with its state as a sign."""
    parts = [names.service, names.of(case.staff) if case.state is State.active and case.staff else None]
    rest = [cut(each, 40) for each in parts if each]
    return " ".join(
        f"{sign(case)} #{case.id} {' · '.join([cut(case.name or '', 40) or said('person'), *rest])}".split()
    )[:TITLE]


def sign(case: Case) -> str:
    """Its state: waiting, promised an answer, active, closed."""
    if case.state is State.waiting:
        return "🔴" if case.due else "🟡"
    return "🟢" if case.state is State.active else "⚪"


def facts(case: Case, names: Names) -> str:
    """The card without the last messages, as HTML."""
    state = " ".join(STATES[case.state])
    if case.due:
        state = f"{state} · {said('due')}"
    lines = [
        f"{sign(case)} <b>#{escaped(case.id)}</b> {escaped(state)}",
        f"👤 <b>{_short(case.name or '') or said('person')}</b>",
    ]
    waits_for = case.staff if case.state is State.waiting else None
    known: list[tuple[str, str | None]] = [
        ("reason", REASONS.get(case.reason, case.reason.value)),
        ("service", names.service),
        ("language", LANGUAGES.get(case.language, case.language)),
        ("channel", CHANNELS.get(case.channel, case.channel)),
        ("since", moment(case.waiting_since or case.opened_at)),
        ("for", names.of(waits_for) if waits_for else None),
        ("team", case.team),
        ("claimed", names.of(case.staff) if case.state is State.active else None),
        ("contact", case.contact),
        ("outcome", OUTCOMES.get(case.outcome, case.outcome.value) if case.outcome else None),
        ("rating", f"{case.rating}/5" if case.rating else None),
        ("reopened", f"{case.reopened}×" if case.reopened else None),
    ]
    lines += [f"{escaped(said(name))}：{_short(value)}" for name, value in known if value]
    for name, pairs in (("profile", case.profile), ("interview", case.interview)):
        if pairs:
            lines.append(f"<b>{escaped(said(name))}</b>")
            lines += [f"• {_short(key)}：{_short(value)}" for key, value in pairs[:FACTS]]
    return "\n".join(lines)


def card(case: Case, names: Names, entries: Sequence[Entry]) -> str:
    """The card as HTML, at most one message long. entries: the log."""
    now = texts(entries)
    talk = [each for each in entries if each.kind in ("person", "assistant", "staff") and not each.edits]
    shown = [(each, now.get(each.key, each.text)) for each in talk]
    lines = [line(each, names, text, most=LAST_LENGTH) for each, text in [pair for pair in shown if pair[1]][-LAST:]]
    last = [f"<b>{escaped(said('last'))}</b>", *lines] if lines else []
    found = [*facts(case, names).split("\n"), *last]
    while utf16_length("\n".join(found)) > LIMIT:
        found.pop()
    return "\n".join(found)


def texts(entries: Iterable[Entry]) -> dict[str, str]:
    """By key of an entry that was edited, its text as it is now."""
    return {entry.edits: entry.text for entry in entries if entry.edits}


def moment(at: float) -> str:
    """A time in Shenzhen."""
    return dt.datetime.fromtimestamp(at, SHENZHEN).strftime("%m-%d %H:%M")


def line(entry: Entry, names: Names, text: str, most: int | None = None) -> str:
    """One entry as HTML. text: as it is now, after edits; empty: it was taken back. most: characters of the text."""
    text = sendable(text).strip()
    if entry.kind == "assistant":
        most = min(most or ASSISTANT, ASSISTANT)
    shown = escaped(cut(text, most) if most else text)
    if not text and not entry.files:
        shown = said("withdrawn")
    if entry.kind == "move":
        return escaped(_move(entry, names))
    if entry.kind in ("staff", "note"):
        who = f"{'📝' if entry.kind == 'note' else '💬'} <b>{escaped(names.of(entry.author))}</b>"
        return f"{who}: {shown}" if shown else who
    return f"{'🤖' if entry.kind in ('assistant', 'notice') else '👤'} {shown}".strip()


def shown(entry: Entry) -> bool:
    """Whether an entry is put into the group: not what the desk told the person, nor what staff wrote in the group itself."""
    if entry.kind == "notice" or (entry.kind == "move" and entry.move not in _MOVES):
        return False
    return not (entry.via == "telegram" and entry.key.startswith("s:tg"))


def loud(entries: Iterable[Entry]) -> bool:
    """Whether staff should hear a sound for these."""
    return any(each.kind == "person" or (each.kind == "move" and each.move in _LOUD) for each in entries)


_MOVES = (*(each.value for each in Move if each is not Move.say), "ban", "undelivered")
_LOUD = {Move.open.value, Move.reopen.value, Move.transfer.value, Move.overdue.value, Move.lapse.value, "undelivered"}


def _move(entry: Entry, names: Names) -> str:
    details = entry.details
    given: dict[str, object] = {"who": names.of(entry.author)}
    if entry.move == Move.open.value:
        reason = details.get("reason")
        known = reason in {each.value for each in Reason} and reason != Reason.asked.value
        return f"🆕 {REASONS[Reason(reason)]}" if known else said("m_open", who=said("person"))
    if entry.move == Move.assign.value:
        given["to"] = names.of(details.get("to"))
    elif entry.move == Move.transfer.value:
        given["to"] = details.get("team") or said("anyone")
    elif entry.move == Move.close.value:
        outcome = details.get("outcome")
        given["outcome"] = OUTCOMES[Outcome(outcome)] if outcome in {each.value for each in Outcome} else outcome
    elif entry.move == Move.rate.value:
        given["rating"] = details.get("rating")
    return said(f"m_{entry.move}", **given)


# -- buttons


def main(case: Case) -> Keyboard | None:
    """What can be done with a case."""
    if case.state is State.closed:
        return None
    first = [_button("b_claim", "claim", case)] if case.state is State.waiting else []
    return Keyboard(
        [
            [*first, _button("b_transfer", "to", case)],
            [_button("b_reply", "text", case)],
            [_button("b_close", "end", case), _button("b_ban", "ban", case)],
        ]
    )


def people(case: Case, staff: Sequence[Staff], names: Names) -> Keyboard:
    """To whom it can go: colleagues who are there first, then teams."""
    order = sorted(staff, key=lambda each: (not each.available, names.of(each.id)))[:CHOICES]
    choices = [
        (f"{'🟢' if each.available else '⚪'} {names.of(each.id)}", data("person", case, ref(each.id)))
        for each in order
    ]
    choices += [(f"👥 {team}", data("team", case, ref(team))) for team in teams(staff)[:CHOICES]]
    return _choice(case, [*choices, (said("b_anyone"), data("anyone", case))])


def teams(staff: Iterable[Staff]) -> list[str]:
    """All teams there are."""
    return sorted({team for each in staff for team in each.teams})


def replies(case: Case, canned: Sequence[Canned]) -> Keyboard:
    """Canned replies, in the language of the case."""
    name = "en" if case.language == "en" else "zh"
    return _choice(case, [(getattr(each.name, name), data("send", case, ref(each.id))) for each in canned[:CHOICES]])


def outcomes(case: Case) -> Keyboard:
    return _choice(case, [(OUTCOMES[each], data("close", case, each.value)) for each in CHOSEN])


def sure(case: Case) -> Keyboard:
    """Whether to ban the person, asked once more."""
    return _choice(case, [(said("b_ban_yes"), data("banyes", case))])


def data(do: str, case: Case, arg: str = "") -> str:
    """What a button says, see `updates.data`. Raises ValueError for more than Telegram takes."""
    found = f"d:{do}:{case.id}:{arg}" if arg else f"d:{do}:{case.id}"
    if len(found.encode()) > DATA:
        raise ValueError("the data of a button is too long for Telegram")
    return found


def ref(name: str) -> str:
    """A short name for a colleague, a team or a canned reply."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def meant(arg: str, names: Collection[str]) -> str | None:
    """The one of these names that `ref` made this of; None if it is not there (any more)."""
    return next((name for name in names if ref(name) == arg), None)


def _choice(case: Case, choices: Sequence[tuple[str, str]]) -> Keyboard:
    titles = [cut(text, LONGEST) for text, _ in choices]
    rows = [[InlineKeyboardButton(titles[at], callback_data=choices[at][1]) for at in row] for row in layout(titles)]
    return Keyboard([*rows, [_button("b_back", "back", case)]])


def _button(name: str, do: str, case: Case) -> InlineKeyboardButton:
    return InlineKeyboardButton(said(name), callback_data=data(do, case))


def cut(text: str, most: int) -> str:
    """At most so many characters on one line, never a half of what people take for one."""
    bare = " ".join(_TURNED.sub("", sendable(text)).split())
    if len(bare) <= most:
        return bare
    whole = ""
    for each in clusters(bare[: most * 2]):
        if len(whole) + len(each) > most - 1:
            break
        whole += each
    return whole.rstrip() + "…"


def _short(text: str) -> str:
    return escaped(cut(text, FACT))
