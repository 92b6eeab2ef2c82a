"""What all custom actions need: the catalog of the running process, the context of a conversation, and a voice."""

from __future__ import annotations

from functools import lru_cache

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import Reply
from catalog.search import Search
from catalog.store import Catalog, shared
from dialogue.context import Context


def catalog() -> Catalog:
    """The catalog the running process answers from."""
    return shared()


@lru_cache(maxsize=1)
def search() -> Search:
    """The index over that catalog."""
    return Search(catalog())


def context_of(tracker: Tracker) -> Context:
    return Context(**{slot: tracker.get_slot(slot) for slot in ("language", "script", "service", "aspect")})


def say(dispatcher: CollectingDispatcher, reply: Reply, language: str) -> None:
    """Hand a reply to Rasa."""
    dispatcher.utter_message(
        text=reply.text,
        buttons=[{"title": b.title, "payload": b.payload} for b in reply.buttons],
        json_message=reply.custom(language),
    )
