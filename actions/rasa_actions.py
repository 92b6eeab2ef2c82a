"""The custom actions that Rasa calls: each reads the tracker, calls a plain function, and says what it returns."""

from __future__ import annotations

import abc
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import estimate, interview_form, menu, talk
from actions.answer import answer, together
from actions.context import NONE, Context, next_context, questions, wanted_language
from actions.reply import Reply
from actions.shared import catalog, context_of, say, search
from catalog.models import Aspect, Statement
from catalog.search import CLOSE, SURE


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
    """Runs first in each turn (custom slot mappings): language, service and aspect after the message."""

    def name(self) -> str:
        return "action_set_context"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        before = context_of(tracker)
        after = next_context(before, tracker.latest_message)
        if interview_form.active(tracker):
            step = interview_form.step(tracker)
            if step.note != "elsewhere":  # an answer changes the language at most
                after = replace(after, service=step.state.service, aspect=before.aspect)
        return [SlotSet(slot, value) for slot, value in vars(after).items() if value != getattr(before, slot)]


class ActionAnswer(_Speaking):
    """A question about a service: answered, or asked which service."""

    def name(self) -> str:
        return "action_answer"

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        aspect = Aspect(context.aspect or "overview")
        if context.service not in catalog().services:
            return menu.which_service(catalog(), aspect, likeliest(tracker), language)
        several = questions(context, tracker.latest_message)
        if several and all(question.service in catalog().services for question in several):
            return together([_answer(tracker, str(q.service), Aspect(q.aspect), language) for q in several], language)
        return _answer(tracker, context.service, aspect, language)


def _answer(tracker: Tracker, service: str, aspect: Aspect, language: str) -> Reply:
    return answer(catalog(), service, aspect, language, close=closest(tracker, service, aspect, language))


class ActionListServices(_Speaking):
    def name(self) -> str:
        return "action_list_services"

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
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
        service = catalog().service(context_of(tracker).service or "")
        intent = tracker.latest_message["intent"]["name"]
        if intent == "check_eligibility" and service and service.interview:
            return interview_form.start(tracker, service.id)
        if intent == "estimate_tax":
            return self._estimate(dispatcher, tracker)
        events = super().run(dispatcher, tracker, domain)
        if intent == "delete_my_data":
            events += [SlotSet(slot, None) for slot in ("service", "aspect", "profile", "interview", "requested_slot")]
            events.append(ActiveLoop(None))  # an interview under way is forgotten too
        return events

    def _estimate(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        text = tracker.latest_message.get("text") or ""
        given = {} if text.startswith("/") else estimate.amounts(text)
        if "income" not in given or "tax" not in given:
            return interview_form.start_estimate({name: value for name, value in given.items() if value >= 0})
        language = context_of(tracker).language or "en"
        say(dispatcher, estimate.reply(catalog(), given, language), language)
        return []

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        return talk.act(catalog(), tracker.latest_message["intent"]["name"], context.service, language)


class ActionFallback(_Speaking):
    """Out of scope, another language, or not understood."""

    def name(self) -> str:
        return "action_fallback"

    def reply(self, tracker: Tracker, context: Context, language: str) -> Reply:
        message = tracker.latest_message
        if (message.get("language") or {}).get("foreign"):
            return talk.other_language()
        if message["intent"].get("name") == "out_of_scope":
            return talk.out_of_scope(catalog(), language)
        passages = [p for p in search().find(message.get("text") or "", talk.OFFERS) if p.score >= SURE]
        return talk.not_understood(catalog(), passages, likeliest(tracker), language)


def closest(tracker: Tracker, service: str, aspect: Aspect, language: str) -> Statement | None:
    """A statement of another aspect that says what a typed question asks, if one clearly does."""
    text = tracker.latest_message.get("text") or ""
    if not text or text.startswith("/"):
        return None
    found = search().within(text, service, language)
    if found is None or found.score < CLOSE or found.aspect is aspect:
        return None
    statement = catalog().services[service].aspects[found.aspect][found.position]
    return None if statement in catalog().statements(service, aspect) else statement


def likeliest(tracker: Tracker) -> list[str]:
    """Services the latest message may be about, best first."""
    ranking = tracker.latest_message.get("service_ranking") or []
    return [reading["name"] for reading in ranking if reading["name"] != NONE]
