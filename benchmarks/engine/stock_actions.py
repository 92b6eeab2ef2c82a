"""The action server of the stock side: answers from our catalog. `rasa run actions --actions benchmarks.engine.stock_actions`."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import menu
from actions.answer import answer
from actions.shared import catalog, say
from benchmarks.engine.stock_project import ANSWER, ASPECTS
from catalog.models import Aspect
from language.script import has_han


class ActionAnswer(Action):
    """The answer on the aspect that the intent names, of the service in the slot."""

    def name(self) -> str:
        return ANSWER

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        message = tracker.latest_message
        language = "zh" if has_han(message.get("text") or "") else "en"
        aspect = Aspect(ASPECTS.get(message["intent"]["name"], "overview"))
        service = tracker.get_slot("service")
        if service in catalog().services:
            reply = answer(catalog(), service, aspect, language)
        else:
            reply = menu.which_service(catalog(), aspect, (), language)
        say(dispatcher, reply, language)
        return []
