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

from actions import estimate, interview, interview_replies, known
from actions.interview import Note, State, Step
from actions.shared import catalog, context_of, say
from catalog.interview import UNSURE, Interview

FORM = "interview_form"
REQUESTED = "requested_slot"


def start(tracker: Tracker, service: str) -> list[EventType]:
    """Events that begin the interview of a service."""
    found = catalog().services[service].interview
    assert found is not None
    state = interview.begin(found, service, tracker.get_slot("profile") or {}, _besides_names(tracker.latest_message))
    return [_begun(tracker, state), FollowupAction(FORM)]


def _besides_names(message: Mapping[str, Any]) -> str:
    """What was typed without the names of services, which say nothing of the person ("check me for the five-star card")."""
    text = str(message.get("text") or "")
    if text.startswith("/"):
        return ""
    chars = list(text)
    for entity in message.get("entities") or ():
        if entity["entity"] == "service" and "end" in entity:
            chars[entity["start"] : entity["end"]] = " " * (entity["end"] - entity["start"])
    return "".join(chars)


def start_estimate(tracker: Tracker, given: Mapping[str, Decimal]) -> list[EventType]:
    """Events that begin the questions for an estimate, with the amounts given already."""
    return [
        _begun(tracker, interview.begin_estimate(estimate.QUESTIONS, estimate.SERVICE, given)),
        FollowupAction(FORM),
    ]


def _begun(tracker: Tracker, state: State) -> EventType:
    """The slot of an interview that the latest message begins; that message is no answer to its first question."""
    return SlotSet("interview", {"state": state.to_json(), "note": "asked", "begun_at": _heard_at(tracker)})


def _heard_at(tracker: Tracker) -> float | None:
    """When the latest message was heard."""
    return next((event["timestamp"] for event in reversed(tracker.events) if event["event"] == "user"), None)


def resume(tracker: Tracker) -> list[EventType]:
    """Events that go on with an interview that was left in the middle, if there is one."""
    kept = tracker.get_slot("interview")
    if not kept:
        return []
    return [SlotSet("interview", {**kept, "note": "elsewhere", "begun_at": _heard_at(tracker)}), FollowupAction(FORM)]


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
    given = estimate.amounts(text) if state.kind == "estimate" else {}
    if len(given) > 1:  # several amounts at once, each named
        return interview.told(asked, state, {name: value for name, value in given.items() if value >= 0})
    return interview.typed(asked, state, text, str(intent.get("name")), float(intent.get("confidence") or 0.0))


def _interview(state: State) -> Interview:
    found = estimate.QUESTIONS if state.kind == "estimate" else catalog().services[state.service].interview
    assert found is not None
    return found


def _stored(step: Step) -> EventType:
    return SlotSet("interview", {"state": step.state.to_json(), "note": step.note, "changed": list(step.changed)})


class ValidateInterviewForm(FormValidationAction):
    """Takes the latest message as an answer; rejects it when it is a matter of its own, which the rules then handle."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        kept = tracker.get_slot("interview")
        if not kept:
            return [SlotSet(REQUESTED, None)]
        if kept.get("begun_at") == _heard_at(tracker):
            return []
        taken = step(tracker)
        if taken.note == "elsewhere":
            return []
        events: list[EventType] = [_stored(taken)]
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
        changed = kept.get("changed") or ()
        say(dispatcher, interview_replies.question(_interview(state), state, note, language, changed), language)
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
        if state.stage != "done":  # left in the middle
            say(dispatcher, interview_replies.over(language), language)
            return [SlotSet("interview", None)]
        if kept["note"] == "stopped":
            say(dispatcher, interview_replies.stopped(language, catalog().services[state.service]), language)
        elif state.kind == "estimate":
            given = {name: Decimal(value) for name, value in state.answers.items() if value != UNSURE}
            say(dispatcher, estimate.reply(catalog(), given, language), language)
        else:
            say(dispatcher, interview_replies.result(catalog(), state, language), language)
        profile = {**(tracker.get_slot("profile") or {}), **interview.to_profile(asked, state)}
        if state.kind == "estimate" and kept["note"] != "stopped":
            profile = estimate.remembered(profile, given)
        elif kept["note"] != "stopped":
            profile = known.finished(profile, state)
        return [SlotSet("interview", None), SlotSet("profile", profile)]
