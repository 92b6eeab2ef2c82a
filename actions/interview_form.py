"""The interview as a Rasa form: `interview_form` asks one slot (`answer`) again and again until nothing more is needed.

The answers live in the slot `interview`; what is asked next comes from the catalog, so a new interview needs no new slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import estimate, interview, interview_replies
from actions.interview import Note, State, Step
from actions.shared import catalog, context_of, say
from catalog.interview import UNSURE, Interview

FORM = "interview_form"
REQUESTED = "requested_slot"


def start(tracker: Tracker, service: str) -> list[EventType]:
    """Events that begin the interview of a service."""
    found = catalog().services[service].interview
    assert found is not None
    state = interview.begin(found, service, tracker.get_slot("profile") or {})
    return [_stored(state, "asked"), FollowupAction(FORM)]


def start_estimate(given: Mapping[str, Decimal]) -> list[EventType]:
    """Events that begin the questions for an estimate, with the amounts given already."""
    return [
        _stored(interview.begin_estimate(estimate.QUESTIONS, estimate.SERVICE, given), "asked"),
        FollowupAction(FORM),
    ]


def active(tracker: Tracker) -> bool:
    """Whether an interview is under way."""
    return (tracker.active_loop or {}).get("name") == FORM and tracker.get_slot("interview") is not None


def step(tracker: Tracker) -> Step:
    """What the latest message does to the interview that is under way."""
    state = State.from_json(tracker.get_slot("interview")["state"])
    message: Mapping[str, Any] = tracker.latest_message
    asked = _interview(state)
    said = interview_replies.payload(message.get("entities") or [])
    intent = message.get("intent") or {}
    if said is not None and intent.get("name") == interview_replies.INTENT:
        return interview.pressed(asked, state, said)
    text = str(message.get("text") or "")
    if text.startswith("/"):  # another button
        return Step(state, "elsewhere")
    return interview.typed(asked, state, text, str(intent.get("name")), float(intent.get("confidence") or 0.0))


def _interview(state: State) -> Interview:
    found = estimate.QUESTIONS if state.kind == "estimate" else catalog().services[state.service].interview
    assert found is not None
    return found


def _stored(state: State, note: Note) -> EventType:
    return SlotSet("interview", {"state": state.to_json(), "note": note})


class ValidateInterviewForm(FormValidationAction):
    """Takes the latest message as an answer; rejects it when it is a matter of its own, which the rules then handle."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if not tracker.get_slot("interview"):
            return [SlotSet(REQUESTED, None)]
        taken = step(tracker)
        if taken.note == "elsewhere":
            return []
        events: list[EventType] = [_stored(taken.state, taken.note)]
        return [*events, SlotSet(REQUESTED, None)] if taken.state.stage == "done" else events


class AskAnswer(Action):
    """Says the question being asked, or the summary."""

    def name(self) -> str:
        return f"action_ask_{FORM}_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        kept = tracker.get_slot("interview")
        language = context_of(tracker).language or "en"
        note: Note = "elsewhere" if _interrupted(tracker) else kept["note"]
        state = State.from_json(kept["state"])
        say(dispatcher, interview_replies.question(catalog(), _interview(state), state, note, language), language)
        return []


def _interrupted(tracker: Tracker) -> bool:
    """Whether something else was said in this turn before the form came back."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action_execution_rejected":
            return True
    return False


class ActionInterviewResult(Action):
    """Says the verdict, or that the interview was stopped, and forgets the answers but for the profile.

    Also what an old button of an interview does.
    """

    def name(self) -> str:
        return "action_interview_result"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        kept = tracker.get_slot("interview")
        language = context_of(tracker).language or "en"
        if not kept:
            say(dispatcher, interview_replies.over(language), language)
            return []
        state = State.from_json(kept["state"])
        asked = _interview(state)
        if kept["note"] == "stopped":
            say(dispatcher, interview_replies.stopped(language, catalog().services[state.service]), language)
        elif state.kind == "estimate":
            given = {name: Decimal(value) for name, value in state.answers.items() if value != UNSURE}
            say(dispatcher, estimate.reply(catalog(), given, language), language)
        else:
            say(dispatcher, interview_replies.result(catalog(), state, language), language)
        profile = {**(tracker.get_slot("profile") or {}), **interview.to_profile(asked, state)}
        return [SlotSet("interview", None), SlotSet("profile", profile)]
