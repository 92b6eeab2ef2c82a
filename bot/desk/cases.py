"""Cases: what may happen to one, and what becomes of it. Pure; times are seconds since 1970.

A case is a conversation that staff look after. It is made by `opened` or `reached_out`, and changed by `moved` only, which
follows one table. A move that the table does not have raises IllegalMove.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from enum import Enum
from typing import Any

REOPEN = 24 * 60 * 60
"""Seconds after its end in which a case can be opened again."""

COMMENT = 15 * 60
"""Seconds after a rating in which what the person writes is taken for a comment on it. Later it is a matter of its own."""


class State(str, Enum):
    """Of a case."""

    waiting = "waiting"
    active = "active"
    closed = "closed"


class Owner(str, Enum):
    """Who answers in the conversation. While it waits, the assistant goes on answering; staff's conversations it leaves alone."""

    assistant = "assistant"
    waiting = "waiting"
    staff = "staff"


class Reason(str, Enum):
    """Why a case was opened."""

    asked = "asked"
    not_understood = "not_understood"
    complaint = "complaint"
    interview = "interview"
    staff = "staff"


class Outcome(str, Enum):
    """How a case ended."""

    answered = "answered"
    referred = "referred"
    no_answer = "no_answer"
    left = "left"
    spam = "spam"
    other = "other"


class Move(str, Enum):
    """What can happen to a case."""

    open = "open"
    reach_out = "reach_out"
    claim = "claim"
    say = "say"
    assign = "assign"
    transfer = "transfer"
    overdue = "overdue"
    lapse = "lapse"
    contact = "contact"
    close = "close"
    leave = "leave"
    reopen = "reopen"
    rate = "rate"
    comment = "comment"


_KEEP = None

TABLE: dict[tuple[State | None, Move], tuple[State, Owner | None]] = {
    (None, Move.open): (State.waiting, Owner.waiting),
    (None, Move.reach_out): (State.active, Owner.staff),
    (State.waiting, Move.claim): (State.active, Owner.staff),
    (State.waiting, Move.assign): (State.waiting, _KEEP),
    (State.waiting, Move.transfer): (State.waiting, _KEEP),
    (State.waiting, Move.overdue): (State.waiting, Owner.waiting),
    (State.waiting, Move.contact): (State.waiting, _KEEP),
    (State.waiting, Move.close): (State.closed, Owner.assistant),
    (State.waiting, Move.leave): (State.closed, Owner.assistant),
    (State.active, Move.say): (State.active, Owner.staff),
    (State.active, Move.assign): (State.active, Owner.staff),
    (State.active, Move.transfer): (State.waiting, Owner.staff),
    (State.active, Move.lapse): (State.waiting, Owner.waiting),
    (State.active, Move.contact): (State.active, _KEEP),
    (State.active, Move.close): (State.closed, Owner.assistant),
    (State.active, Move.leave): (State.closed, Owner.assistant),
    (State.closed, Move.reopen): (State.waiting, Owner.waiting),
    (State.closed, Move.reach_out): (State.active, Owner.staff),
    (State.closed, Move.contact): (State.closed, _KEEP),
    (State.closed, Move.rate): (State.closed, _KEEP),
    (State.closed, Move.comment): (State.closed, _KEEP),
}
"""Every move there is: from which state, to which state and owner; _KEEP: the owner stays. An active case that goes to another
team stays with staff, so that the assistant does not cut in; if nobody takes it in time (`overdue`), the assistant does. So it
does if whoever has the case leaves the person without an answer (`lapse`): nobody is left to silence."""


class IllegalMove(Exception):
    """The case is in no state for this. `state` is the one it is in."""

    def __init__(self, state: State | None, move: Move, why: str = "") -> None:
        super().__init__(
            f"{move.value} is not possible for a case that is {state.value if state else 'not there'}{why and ': '}{why}"
        )
        self.state, self.move = state, move


@dataclass(frozen=True)
class Case:
    """One case. id: a number, as text. opened_by: the message that opened it (last).
    waiting_since: when it began to wait (last).

    staff: who looks after it; while it waits, for whom it waits (None: for anybody of the team). team: None for any.
    language: `en`, `zh-Hans`, `zh-Hant`. service: an id of the catalog. profile, interview: what the assistant knows, in the
    person's words or the catalog's, name and value. replied_at: of the first message of staff; claimed_at: of the last claim.
    overdue_at: when the person was told that nobody came in time; the case is then on the due list. said_place: the place in
    the queue that the person was told last. asks: what the person was asked for and has not answered: `contact` or `comment`;
    asked_at: when. spoke: whether staff wrote to the person since the case was opened last.
    """

    id: str
    channel: str
    conversation: str
    reason: Reason
    language: str
    opened_at: float
    opened_by: str
    waiting_since: float = 0.0
    state: State = State.waiting
    owner: Owner = Owner.waiting
    service: str | None = None
    name: str | None = None
    profile: tuple[tuple[str, str], ...] = ()
    interview: tuple[tuple[str, str], ...] = ()
    staff: str | None = None
    team: str | None = None
    claimed_at: float | None = None
    replied_at: float | None = None
    overdue_at: float | None = None
    closed_at: float | None = None
    outcome: Outcome | None = None
    reopened: int = 0
    said_place: int | None = None
    contact: str | None = None
    asks: str | None = None
    asked_contact: bool = False
    rating: int | None = None
    comment: str | None = None
    asked_at: float | None = None
    spoke: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Case:
        known = {each.name for each in fields(cls)}
        read = {name: value for name, value in data.items() if name in known}
        for name, kind in (("reason", Reason), ("state", State), ("owner", Owner), ("outcome", Outcome)):
            if read.get(name) is not None:
                read[name] = kind(read[name])
        for name in ("profile", "interview"):
            read[name] = tuple((str(key), str(value)) for key, value in read.get(name, ()))
        return cls(**read)

    @property
    def due(self) -> bool:
        """Whether somebody was promised an answer that nobody gave yet: staff see these first."""
        return self.state is State.waiting and self.overdue_at is not None

    def wants_comment(self, now: float) -> bool:
        """Whether what the person writes now is a comment on their rating."""
        return self.asks == "comment" and self.asked_at is not None and now - self.asked_at <= COMMENT


@dataclass(frozen=True)
class Ownership:
    """The open case of a conversation, and who answers in it."""

    case: str
    owner: Owner


def opened(case: Case) -> Case:
    """A new case that waits for staff."""
    return replace(_to(case, None, Move.open), waiting_since=case.opened_at)


def reached_out(case: Case, staff: str, now: float) -> Case:
    """A new case that a member of staff begins."""
    return replace(_to(case, None, Move.reach_out), staff=staff, claimed_at=now)


def moved(case: Case, move: Move, now: float, **given: Any) -> Case:
    """The case after a move. Raises IllegalMove.

    given: `staff` with claim, assign and reach_out (who has it then); `team` with transfer; `outcome` with close; `rating`
    (1–5) with rate, once; `comment` with comment; `contact` (None: would not say) with contact; `opened_by` with reopen.
    """
    after = _to(case, case.state, move)
    if move is Move.claim:
        return replace(after, staff=given["staff"], claimed_at=now, overdue_at=None)
    if move is Move.say:
        return replace(after, replied_at=case.replied_at or now, spoke=True)
    if move is Move.assign:
        return replace(after, staff=given["staff"], team=None)
    if move is Move.transfer and case.state is State.waiting:  # the person goes on waiting, as they were told
        return replace(after, staff=None, team=given["team"])
    if move is Move.transfer:
        return replace(after, staff=None, team=given["team"], claimed_at=None, overdue_at=None, waiting_since=now)
    if move is Move.overdue:
        if case.overdue_at is not None:
            raise IllegalMove(case.state, move, "it is overdue already")
        after = replace(after, overdue_at=now, staff=None, asked_contact=True)
        return after if case.asked_contact or case.contact else replace(after, asks="contact", asked_at=now)
    if move is Move.lapse:
        return replace(after, staff=None, claimed_at=None, waiting_since=now, overdue_at=now)
    if move is Move.contact:
        asks = None if case.asks == "contact" else case.asks
        return replace(after, contact=given["contact"] or case.contact, asks=asks)
    if move is Move.close:
        return replace(after, closed_at=now, outcome=Outcome(given["outcome"]), asks=None)
    if move is Move.leave:
        return replace(after, closed_at=now, outcome=Outcome.left, asks=None)
    if move is Move.reopen:
        return _again(case, after, move, now, opened_by=given["opened_by"])
    if move is Move.reach_out:
        return replace(_again(case, after, move, now, opened_by=case.opened_by), staff=given["staff"], claimed_at=now)
    if move is Move.rate:
        if case.rating is not None:
            raise IllegalMove(case.state, move, "it was rated already")
        if given["rating"] not in range(1, 6):
            raise ValueError("a rating is 1 to 5")
        return replace(after, rating=given["rating"], asks="comment", asked_at=now)
    if move is Move.comment:
        if case.asks != "comment":
            raise IllegalMove(case.state, move, "no comment was asked for")
        return replace(after, comment=given["comment"], asks=None)
    raise IllegalMove(case.state, move)


def _to(case: Case, state: State | None, move: Move) -> Case:
    found = TABLE.get((state, move))
    if found is None:
        raise IllegalMove(state, move)
    return replace(case, state=found[0], owner=found[1] or case.owner)


def _again(before: Case, after: Case, move: Move, now: float, *, opened_by: str) -> Case:
    """A closed case begins anew, for whoever had it last."""
    if before.closed_at is None or now - before.closed_at > REOPEN:
        raise IllegalMove(before.state, move, "it ended too long ago")
    return replace(
        after, opened_by=opened_by, waiting_since=now, reopened=before.reopened + 1, closed_at=None, outcome=None, overdue_at=None, claimed_at=None,
        said_place=None, asks=None, asked_at=None, asked_contact=before.contact is not None, rating=None, comment=None, spoke=False,
    )  # fmt: skip
