from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.desk.cases import (
    COMMENT,
    REOPEN,
    TABLE,
    Case,
    IllegalMove,
    Move,
    Outcome,
    Owner,
    Reason,
    State,
    moved,
    opened,
    reached_out,
)

NOW = 1_795_000_000.0

GIVEN: dict[Move, dict[str, Any]] = {
    Move.claim: {"staff": "li"},
    Move.assign: {"staff": "wang"},
    Move.transfer: {"team": "tax"},
    Move.contact: {"contact": "li@example.com"},
    Move.close: {"outcome": Outcome.answered},
    Move.reopen: {"opened_by": "m2"},
    Move.reach_out: {"staff": "li"},
    Move.rate: {"rating": 4},
    Move.comment: {"comment": "good"},
}


def new(**given: Any) -> Case:
    return Case("1", "web", "web:a", Reason.asked, "en", NOW, "m1", **given)


def waiting(**given: Any) -> Case:
    return opened(new(**given))


def active(**given: Any) -> Case:
    return moved(waiting(**given), Move.claim, NOW + 10, staff="li")


def closed(**given: Any) -> Case:
    return moved(active(**given), Move.close, NOW + 20, outcome=Outcome.answered)


def rated(**given: Any) -> Case:
    return moved(closed(**given), Move.rate, NOW + 30, rating=4)


LEGAL = {
    State.waiting: {Move.claim, Move.assign, Move.transfer, Move.overdue, Move.contact, Move.close, Move.leave},
    State.active: {Move.say, Move.assign, Move.transfer, Move.lapse, Move.contact, Move.close, Move.leave},
    State.closed: {Move.reopen, Move.reach_out, Move.contact, Move.rate, Move.comment},
}
IN = {State.waiting: waiting(), State.active: active(), State.closed: rated()}


def test_the_table_has_these_moves_and_no_others() -> None:
    found = {state: {move for of, move in TABLE if of is state} for state in State}
    assert found == LEGAL
    assert {move for of, move in TABLE if of is None} == {Move.open, Move.reach_out}


@pytest.mark.parametrize(("state", "move"), [(state, move) for state in State for move in Move])
def test_a_move_is_in_the_table_or_illegal(state: State, move: Move) -> None:
    case = IN[state]
    if move is Move.rate:
        case = replace(case, rating=None)
    before = json.dumps(case.to_json())
    if move in LEGAL[state]:
        after = moved(case, move, NOW + 40, **GIVEN.get(move, {}))
        assert after.state is TABLE[state, move][0]
        assert after.owner is (TABLE[state, move][1] or case.owner)
    else:
        with pytest.raises(IllegalMove) as error:
            moved(case, move, NOW + 40, **GIVEN.get(move, {}))
        assert (error.value.state, error.value.move) == (state, move)
    assert json.dumps(case.to_json()) == before


def test_a_new_case_waits_from_its_beginning() -> None:
    case = waiting()
    assert (case.state, case.owner, case.waiting_since) == (State.waiting, Owner.waiting, NOW)


def test_a_case_that_staff_begin_is_theirs_at_once() -> None:
    case = reached_out(new(), "li", NOW + 1)
    assert (case.state, case.owner, case.staff, case.claimed_at) == (State.active, Owner.staff, "li", NOW + 1)


def test_a_case_on_the_due_list_asks_for_a_contact_once() -> None:
    case = moved(waiting(), Move.overdue, NOW + 900)
    assert case.due and case.asks == "contact" and case.asked_at == NOW + 900
    with pytest.raises(IllegalMove):
        moved(case, Move.overdue, NOW + 1800)
    skipped = moved(case, Move.contact, NOW + 901, contact=None)
    assert (skipped.contact, skipped.asks, skipped.due) == (None, None, True)
    again = moved(moved(skipped, Move.claim, NOW + 910, staff="li"), Move.transfer, NOW + 920, team=None)
    assert moved(again, Move.overdue, NOW + 2000).asks is None


def test_nobody_is_asked_for_a_contact_they_gave() -> None:
    case = moved(waiting(contact="13800138000"), Move.overdue, NOW + 900)
    assert case.due and case.asks is None
    assert moved(case, Move.contact, NOW + 901, contact=None).contact == "13800138000"


def test_who_waits_goes_on_waiting_when_another_team_is_to_answer() -> None:
    case = moved(waiting(), Move.overdue, NOW + 900)
    after = moved(case, Move.transfer, NOW + 1000, team="tax")
    assert (after.due, after.waiting_since, after.team, after.staff) == (True, NOW, "tax", None)


def test_a_case_that_staff_pass_on_waits_anew_and_stays_theirs() -> None:
    after = moved(active(), Move.transfer, NOW + 1000, team="tax")
    assert (after.state, after.owner, after.waiting_since) == (State.waiting, Owner.staff, NOW + 1000)
    late = moved(after, Move.overdue, NOW + 2000)
    assert (late.owner, late.due) == (Owner.waiting, True)


def test_a_claim_ends_that_a_case_is_due() -> None:
    case = moved(moved(waiting(), Move.overdue, NOW + 900), Move.claim, NOW + 1000, staff="li")
    assert case.overdue_at is None and not case.due


def test_the_first_word_of_staff_is_remembered() -> None:
    case = moved(moved(active(), Move.say, NOW + 11), Move.say, NOW + 12)
    assert case.replied_at == NOW + 11 and case.spoke
    again = moved(moved(case, Move.close, NOW + 13, outcome=Outcome.answered), Move.reopen, NOW + 14, opened_by="m2")
    assert again.replied_at == NOW + 11 and not again.spoke


@pytest.mark.parametrize(("later", "possible"), [(0, True), (REOPEN, True), (REOPEN + 1, False)])
def test_a_case_is_reopened_within_a_day_for_whoever_had_it(later: float, possible: bool) -> None:
    case = rated(contact="x@example.com")
    assert case.closed_at is not None
    for move in (Move.reopen, Move.reach_out):
        if not possible:
            with pytest.raises(IllegalMove) as error:
                moved(case, move, case.closed_at + later, **GIVEN[move])
            assert error.value.move is move
            continue
        again = moved(case, move, case.closed_at + later, **GIVEN[move])
        assert (again.staff, again.reopened, again.contact) == ("li", 1, "x@example.com")
        assert (again.outcome, again.closed_at, again.rating, again.comment, again.asks) == (None,) * 5
        assert again.waiting_since == case.closed_at + later


@pytest.mark.parametrize("rating", [0, 6, -1, 2.5])
def test_a_rating_is_one_to_five(rating: float) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        moved(closed(), Move.rate, NOW + 30, rating=rating)


def test_a_case_is_rated_once() -> None:
    with pytest.raises(IllegalMove):
        moved(rated(), Move.rate, NOW + 31, rating=1)


def test_a_comment_follows_its_rating_soon() -> None:
    with pytest.raises(IllegalMove):
        moved(closed(), Move.comment, NOW + 30, comment="x")
    case = rated()
    assert case.wants_comment(NOW + 30 + COMMENT) and not case.wants_comment(NOW + 31 + COMMENT)
    after = moved(case, Move.comment, NOW + 31, comment="x")
    assert after.comment == "x" and after.asks is None and not after.wants_comment(NOW + 31)


def test_a_contact_that_comes_after_the_end_leaves_a_comment_asked_for() -> None:
    after = moved(rated(), Move.contact, NOW + 31, contact="x@example.com")
    assert (after.contact, after.asks) == ("x@example.com", "comment")


def test_what_a_later_version_wrote_can_be_read() -> None:
    case = rated(profile=(("身份", "香港居民"),), interview=(("q", "a"),), name="陳大文 😀")
    data = json.loads(json.dumps(case.to_json()))
    assert Case.from_json({**data, "mood": "fine", "tags": [1]}) == case


def test_what_an_earlier_version_wrote_can_be_read() -> None:
    data = new().to_json()
    for name in ("asked_at", "spoke", "comment", "said_place"):
        del data[name]
    assert Case.from_json(data) == new()


class Life(RuleBasedStateMachine):
    """Anything may be tried with a case at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.case = waiting()
        self.ratings = 0

    def tries(self, move: Move, **given: Any) -> bool:
        """Whether it was done. What is not leaves the case."""
        before = self.case
        refused = None
        try:
            self.case = moved(before, move, self.now, **given)
        except IllegalMove as error:
            refused = error
        if refused:
            assert self.case is before and refused.state is before.state
            if (before.state, move) in TABLE:  # has conditions besides
                assert move in (Move.overdue, Move.rate, Move.comment, Move.reopen, Move.reach_out)
            return False
        assert (before.state, move) in TABLE
        return True

    @rule(seconds=st.sampled_from([0.001, 5.0, 900.0, REOPEN / 2, REOPEN + 1]))
    def waits(self, seconds: float) -> None:
        self.now += seconds

    @rule(move=st.sampled_from([Move.open, Move.overdue, Move.lapse, Move.say, Move.leave]))
    def plain(self, move: Move) -> None:
        due = self.case.overdue_at
        done = self.tries(move)
        if move is Move.overdue and done:
            assert due is None and self.case.due

    @rule(move=st.sampled_from([Move.claim, Move.assign]), staff=st.sampled_from(["li", "wang"]))
    def somebody(self, move: Move, staff: str) -> None:
        if self.tries(move, staff=staff):
            assert self.case.staff == staff

    @rule(team=st.sampled_from([None, "tax"]))
    def passes_on(self, team: str | None) -> None:
        due = self.case.due
        if self.tries(Move.transfer, team=team):
            assert (self.case.team, self.case.staff, self.case.due) == (team, None, due)

    @rule(contact=st.sampled_from([None, "a@example.com"]))
    def contact(self, contact: str | None) -> None:
        before = self.case.contact
        if self.tries(Move.contact, contact=contact):
            assert self.case.contact == (contact or before) and self.case.asks != "contact"

    @rule(outcome=st.sampled_from(Outcome))
    def closes(self, outcome: Outcome) -> None:
        if self.tries(Move.close, outcome=outcome):
            assert self.case.outcome is outcome and self.case.closed_at == self.now

    @rule()
    def comes_back(self) -> None:
        self.again(Move.reopen, opened_by="m2")

    @rule()
    def is_written_to(self) -> None:
        self.again(Move.reach_out, staff="li")

    def again(self, move: Move, **given: Any) -> None:
        before = self.case
        if self.tries(move, **given):
            assert before.closed_at is not None and self.now - before.closed_at <= REOPEN
            assert self.case.reopened == before.reopened + 1
            self.ratings = 0
        elif before.state is State.closed:
            assert before.closed_at is not None and self.now - before.closed_at > REOPEN

    @rule(rating=st.integers(1, 5))
    def rates(self, rating: int) -> None:
        if self.tries(Move.rate, rating=rating):
            self.ratings += 1
            assert self.ratings == 1 and self.case.rating == rating

    @precondition(lambda self: self.case.state is State.closed)
    @rule(comment=st.sampled_from([None, "good"]))
    def comments(self, comment: str | None) -> None:
        asked = self.case.asks == "comment"
        assert self.tries(Move.comment, comment=comment) == asked

    @invariant()
    def is_sound(self) -> None:
        case = self.case
        assert (case.state is State.closed) == (case.owner is Owner.assistant)
        assert (case.state is State.active) <= (case.owner is Owner.staff)
        assert (case.state is State.closed) == (case.outcome is not None) == (case.closed_at is not None)
        assert case.due <= (case.state is State.waiting)
        assert (case.rating is not None) <= (case.state is State.closed)
        assert (case.state is State.active) <= (case.staff is not None)
        if case.asks == "contact":
            assert case.state is not State.closed and case.asked_contact and case.contact is None
        if case.asks == "comment":
            assert case.state is State.closed and case.rating is not None and case.comment is None
        assert case.spoke <= (case.replied_at is not None)
        assert Case.from_json(json.loads(json.dumps(case.to_json()))) == case


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
