"""The custom actions that Rasa calls: each reads the tracker, calls a plain function, and says what it returns."""

from __future__ import annotations

import abc
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import acts, day_count, days, estimate, feedback, interview_form, interview_replies, ladder, menu, talk
from actions.answer import answer, together
from actions.audience import Who, audiences
from actions.reply import Reply
from actions.shared import catalog, context_of, say, search
from catalog.models import Aspect, Statement
from catalog.neighbours import neighbour_of, neighbours
from catalog.render import SHENZHEN
from catalog.search import CLOSE, SURE
from dialogue.context import (
    INTERVIEW_SWITCH,
    NONE,
    Context,
    about_a_service,
    next_context,
    questions,
    wanted_language,
)
from dialogue.ellipsis import asks_something
from dialogue.memory import left_behind
from dialogue.profile import THIRD_PERSON, WHO, groups, said_of_oneself
from dialogue.references import NONE_OF_THESE
from dialogue.understanding import LIKELY
from language.script import simplify

NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope", NONE_OF_THESE)
"""Intents that count as a miss."""


class _Speaking(Action, abc.ABC):
    """An action that says one reply."""

    @abc.abstractmethod
    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        """What to say in `language` (`en` or `zh`)."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        context = context_of(tracker)
        language = context.language or "en"
        say(dispatcher, self.reply(tracker, context, language), language)
        return []


class ActionSetContext(Action):
    """Runs first in each turn (custom slot mappings): language, service and aspect after the message, and who the person is."""

    def name(self) -> str:
        return "action_set_context"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        before = context_of(tracker)
        message = tracker.latest_message
        if not interview_form.active(tracker):
            after = next_context(before, message)
        else:
            step = interview_form.step(tracker)
            heard = message if step.note == "elsewhere" else {**message, "intent": {"name": interview_replies.INTENT}}
            after = next_context(replace(before, service=step.state.service), heard, INTERVIEW_SWITCH)
            if step.note != "elsewhere":  # an answer changes the language at most
                after = replace(after, service=step.state.service, aspect=before.aspect)
        values: dict[str, Any] = {
            **vars(after),
            "earlier": left_behind(tracker.get_slot("earlier") or (), before.service, after.service) or None,
            "profile": _profile(tracker.get_slot("profile"), message),
            "subject": _subject(tracker.get_slot("subject"), message),
        }
        intent = message["intent"].get("name")
        if intent not in NOT_UNDERSTOOD and (after.service or not about_a_service(intent)):
            values |= {"misses": None, "guesses": None}
        return [SlotSet(slot, value) for slot, value in values.items() if value != tracker.get_slot(slot)]


def _profile(before: dict[str, Any] | None, message: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is known of the person, with what they now say of themselves."""
    who = said_of_oneself(str(message.get("text") or ""), message.get("entities") or [])
    return {**(before or {}), WHO: who} if who else before


def _subject(before: list[str] | None, message: Mapping[str, Any]) -> list[str] | None:
    """Groups of somebody else who was spoken of last ("my husband is American"), for "how long does his take?"."""
    entities = message.get("entities") or []
    own = said_of_oneself(str(message.get("text") or ""), entities)
    others = [group for group in groups(entities) if group not in own]
    return others or (None if own else before)


def whom(tracker: Tracker) -> tuple[Who, bool]:
    """Whom the latest message is about: those it names, else the person as far as known; and whether that is the person."""
    own = (tracker.get_slot("profile") or {}).get(WHO, [])
    named = groups(tracker.latest_message.get("entities") or ())
    if not named and THIRD_PERSON.search(simplify(_typed(tracker))):
        named = tracker.get_slot("subject") or []
    return audiences(named or own), not named or named == own


class ActionAnswer(_Speaking):
    """A question about a service: answered, or asked which service."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        events = super().run(dispatcher, tracker, domain)
        if _about(tracker) is None:  # it was asked which service, so the question is still open
            events.append(SlotSet("misses", _misses(tracker) + 1))
        return events

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        aspect = Aspect(context.aspect or "overview")
        if context.service not in catalog().services:
            if _misses(tracker) >= ladder.LAST:
                return ladder.person(catalog(), None, language)
            return menu.which_service(catalog(), aspect, likeliest(tracker), language)
        counted = day_count.days(_typed(tracker)) if context.service in days.SERVICES else None
        if counted:
            return days.reply(catalog(), context.service, counted, language)
        given = estimate.amounts(_typed(tracker)) if context.service in (estimate.SERVICE, estimate.CEILING) else {}
        if {"income", "tax"} <= set(given):
            return estimate.reply(catalog(), given, language)
        several = questions(context, tracker.latest_message)
        if several and all(question.service in catalog().services for question in several):
            return together([_answer(tracker, str(q.service), Aspect(q.aspect), language) for q in several], language)
        return _answer(tracker, context.service, aspect, language)


def _answer(tracker: Tracker, service: str, aspect: Aspect, language: str) -> Reply:
    close = closest(tracker, service, aspect, language)
    who, person = whom(tracker)
    elsewhere = neighbour_of(_typed(tracker), ())
    reply = answer(catalog(), service, aspect, language, close=close, who=who, person=person)
    return talk.with_caution(reply, elsewhere, language) if elsewhere and elsewhere.place else reply


def _typed(tracker: Tracker) -> str:
    """What was typed; empty for a button."""
    text = str(tracker.latest_message.get("text") or "")
    return "" if text.startswith("/") else text


def _misses(tracker: Tracker) -> int:
    """How many messages in a row were not understood before this one."""
    return int(tracker.get_slot("misses") or 0)


def _says(tracker: Tracker) -> str:
    """What a button says beside its intent."""
    return next((str(e["value"]) for e in tracker.latest_message["entities"] if e["entity"] == "says"), "")


class ActionListServices(_Speaking):
    def name(self) -> str:
        return "action_list_services"

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        if _says(tracker) == "noted":
            return talk.noted(catalog(), whom(tracker)[0], language)
        chosen = next((e["value"] for e in tracker.latest_message["entities"] if e["entity"] == "category"), None)
        if chosen in catalog().categories:
            pending = context.aspect if context.service is None else None
            return menu.category(catalog(), chosen, Aspect(pending or "overview"), language)
        return menu.categories(catalog(), language)


class ActionChangeLanguage(_Speaking):
    def name(self) -> str:
        return "action_change_language"

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        message = tracker.latest_message
        by_button = any(e["entity"] == "language" for e in message["entities"])
        return talk.language_changed(language, by_button or wanted_language(message.get("text") or "") is not None)


class ActionHuman(_Speaking):
    def name(self) -> str:
        return "action_human"

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        return talk.human(catalog(), context.service, language)


class ActionAct(_Speaking):
    """Acts that are no question: check, estimate, track, complain, subscribe, delete."""

    def name(self) -> str:
        return "action_act"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        service = catalog().service(_about(tracker) or "")
        intent = tracker.latest_message["intent"]["name"]
        if intent == "check_eligibility" and service and service.interview:
            return interview_form.start(tracker, service.id)
        if intent == "estimate_tax":
            return self._estimate(dispatcher, tracker)
        events = super().run(dispatcher, tracker, domain)
        if intent in ("subscribe", "unsubscribe"):
            events.append(SlotSet("subscriptions", _subscriptions(tracker) or None))
        if intent == "delete_my_data":  # an interview under way waits for the answer
            events += [SlotSet("requested_slot", None), ActiveLoop(None)]
        return events

    def _estimate(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        given = estimate.amounts(_typed(tracker))
        if list(given) == ["hong_kong_tax"]:  # to compare with the estimate made before
            given = {**estimate.from_json((tracker.get_slot("profile") or {}).get(estimate.LAST)), **given}
        if "income" not in given or "tax" not in given:
            return interview_form.start_estimate(tracker, {name: value for name, value in given.items() if value >= 0})
        language = context_of(tracker).language or "en"
        say(dispatcher, estimate.reply(catalog(), given, language), language)
        return [SlotSet("profile", estimate.remembered(tracker.get_slot("profile"), given))]

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        intent = tracker.latest_message["intent"]["name"]
        service = _about(tracker)
        if intent == "check_eligibility":
            return acts.check(catalog(), service, language)
        if intent == "track_application":
            return acts.track(catalog(), service, language)
        if intent == "complain":
            return acts.complain(catalog(), service, language)
        if intent == "delete_my_data":
            return acts.delete_my_data(_says(tracker) == "yes", language)
        before = tracker.get_slot("subscriptions") or []
        if intent == "subscribe":
            listing = acts.lists_subscriptions(_typed(tracker))
            about = None if listing else service
            return acts.subscribe(catalog(), about, _subscriptions(tracker), language, listing)
        return acts.unsubscribe(catalog(), before, _subscriptions(tracker), language)


def _about(tracker: Tracker) -> str | None:
    """The service under discussion, if the catalog has it."""
    service = context_of(tracker).service
    return service if service in catalog().services else None


def _subscriptions(tracker: Tracker) -> list[str]:
    """The subscriptions after the latest message."""
    before = tracker.get_slot("subscriptions") or []
    if tracker.latest_message["intent"]["name"] == "subscribe":
        listing = acts.lists_subscriptions(_typed(tracker))
        return list(before) if listing else acts.subscribed(before, _about(tracker))
    named = next((e["value"] for e in tracker.latest_message["entities"] if e["entity"] == "service"), None)
    named = named or next((s for s in likeliest(tracker, LIKELY) if s in before), None)
    return acts.unsubscribed(before, named, _says(tracker) or _typed(tracker))


class ActionFeedback(_Speaking):
    """👍 and 👎 under an answer, and the reason."""

    def name(self) -> str:
        return "action_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        context = context_of(tracker)
        now = dt.datetime.now(SHENZHEN)
        before = tracker.get_slot("feedback") or []
        after = feedback.recorded(before, _says(tracker), context.service, context.aspect, now)
        return [*super().run(dispatcher, tracker, domain), SlotSet("feedback", after)]

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        return feedback.reply(_says(tracker), language)


class ActionDeny(_Speaking):
    """No: to a question of ours, or to nothing in particular."""

    def name(self) -> str:
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        if _says(tracker) == "keep":
            events = super().run(dispatcher, tracker, domain)
            return [*events, *interview_form.resume(tracker)]
        dispatcher.utter_message(response="utter_deny")
        return []

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        return talk.kept(language)


class ActionFallback(_Speaking):
    """Out of scope, somebody else's matter, another language, or not understood (the ladder)."""

    def name(self) -> str:
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        misses = _misses(tracker)
        kept = [{"service": g.service, "aspect": g.aspect.value} for g in _guesses(tracker)]
        events = super().run(dispatcher, tracker, domain)
        return [*events, SlotSet("misses", misses + 1), SlotSet("guesses", kept or None)]

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        message = tracker.latest_message
        intent = message["intent"].get("name")
        if (message.get("language") or {}).get("foreign"):
            return talk.other_language()
        if intent == "out_of_scope":
            named = next((e["value"] for e in message["entities"] if e["entity"] == "neighbour"), "")
            found = neighbours().get(named)
            if found:
                return talk.neighbour(catalog(), found, next(iter(likeliest(tracker)), None), language)
            return talk.out_of_scope(catalog(), language)
        return ladder.reply(catalog(), _misses(tracker), _guesses(tracker), _about(tracker), language)


def _guesses(tracker: Tracker) -> list[ladder.Guess]:
    """What a message may have meant; after "none of these" what was left of the guesses before."""
    message = tracker.latest_message
    if message["intent"].get("name") == NONE_OF_THESE:
        before = [ladder.Guess(g["service"], Aspect(g["aspect"])) for g in tracker.get_slot("guesses") or ()]
        return before[1:] if _misses(tracker) == 1 else []
    passages = [p for p in search().find(_typed(tracker), ladder.OFFERS) if p.score >= SURE]
    found = [ladder.Guess(p.service, p.aspect) for p in passages]
    return ladder.guesses(catalog(), message, found, _about(tracker))


def closest(tracker: Tracker, service: str, aspect: Aspect, language: str) -> Statement | None:
    """A statement of another aspect that says what a typed question asks, if one clearly does."""
    text = _typed(tracker)
    if not asks_something(text):
        return None
    found = search().within(text, service, language)
    if found is None or found.score < CLOSE or found.aspect is aspect:
        return None
    statement = catalog().services[service].aspects[found.aspect][found.position]
    shown = any(statement is each for each in catalog().statements(service, aspect))
    return None if statement.document or shown else statement


def likeliest(tracker: Tracker, bar: float = 0.0) -> list[str]:
    """Services the latest message may be about with a confidence of `bar` or more, best first."""
    ranking = tracker.latest_message.get("service_ranking") or []
    return [reading["name"] for reading in ranking if reading["name"] != NONE and reading["confidence"] >= bar]
