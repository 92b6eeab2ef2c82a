"""What the channel itself answers to commands and to what it cannot read. Pure."""

from __future__ import annotations

from bot.channels.telegram.menus import Page, category_buttons, human, payload, rating, root
from bot.channels.telegram.texts import said
from catalog.store import Catalog

ENGINE = {
    "language": payload("change_language"),
    "human": payload("ask_human"),
    "forget": payload("delete_my_data"),
}
"""Commands that the engine answers."""

TYPED = ("end", "transcript")
"""Commands that mean the same as the word, typed."""


def engine_payload(command: str, argument: str, catalog: Catalog) -> str | None:
    """What a command asks of the engine; None where `page_for` answers. `/start work-permit` is a deep link to a service."""
    if command == "start" and argument in catalog.services:
        return payload("ask_overview", service=argument)
    return ENGINE.get(command)


def page_for(command: str, catalog: Catalog, language: str) -> Page | None:
    """The channel's own answer to a command; None for a command that is none."""
    if command == "start":
        return Page(said("welcome", language), (*category_buttons(catalog, language), human(language)))
    if command == "services":
        return root(catalog, language)
    if command in ("help", "privacy"):
        return Page(said(command, language), (human(language),))
    if command == "feedback":
        return Page(said(command, language), (*rating(), human(language)))
    return None


def unreadable(kind: str, language: str) -> Page:
    """To a photo, a voice message …: what to do instead."""
    return Page(said(kind, language), ())
