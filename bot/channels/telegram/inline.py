"""Inline mode: services looked up from any chat, as articles to send. Pure but for the search that is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from bot.channels.telegram.markup import sendable, to_html
from bot.channels.telegram.splitting import pieces
from bot.channels.telegram.texts import catalog_language, in_script, said
from catalog.check import fold
from catalog.models import Aspect, Service
from catalog.render import aspect_name, render, source_line
from catalog.store import Catalog

if TYPE_CHECKING:  # it takes a second to import, and only who searches needs it
    from catalog.search import Passage

MOST = 10
"""Articles of an answer."""

LOOKED_AT = 60
"""Statements of the search that are looked at."""

SHORTEST = 2
"""Characters of a name, or of the beginning of one, that count."""

CACHE = 300
"""Seconds for which Telegram keeps an answer."""

LONGEST = 200
"""Characters of a query that are looked at."""

DESCRIPTION = 120
"""Characters of the description under a title."""

TEXT = 2000
"""UTF-16 units of what an article says; the rest is one press away."""

SOURCES = 2


Found = tuple[str, Aspect, int]
"""A statement: its service, its aspect, its position there."""


class Finder:
    """Finds statements for queries, also unfinished ones. search: looks words up in all statements."""

    def __init__(self, catalog: Catalog, search: Callable[[str], Sequence[Passage]]) -> None:
        self._search = search
        self._names = {
            service.id: [name for each in _names(service) if len(name := fold(each)) >= SHORTEST]
            for service in catalog.services.values()
        }

    def find(self, text: str) -> list[Found]:
        """What a query may mean, best first: statements of the service it names, services whose names it is part of, the rest."""
        asked = fold(text)
        found = [(p.service, p.aspect, p.position) for p in self._search(text) if p.service in self._names]
        named = {
            service: max((len(name) for name in names if name in asked), default=0)
            for service, names in self._names.items()
        }
        longest = max(named.values(), default=0)
        first = [each for each in found if longest and named[each[0]] == longest]
        begun = self._begun(asked) if len(asked) >= SHORTEST else []
        best: dict[tuple[str, Aspect], Found] = {}
        for service, aspect, position in (*first, *begun, *found):
            best.setdefault((service, aspect), (service, aspect, position))
        return list(best.values())[:MOST]

    def _begun(self, asked: str) -> list[Found]:
        """Services with a name that the query is part of, those first that it is most of."""
        rest = {
            service: min((len(name) + 100 * (not name.startswith(asked)) for name in names if asked in name), default=0)
            for service, names in self._names.items()
        }
        return [(service, Aspect.overview, 0) for service in sorted(filter(rest.get, rest), key=lambda s: rest[s])]


def articles(catalog: Catalog, found: Sequence[Found], language: str, username: str) -> list[InlineQueryResultArticle]:
    """One article for each statement, in `language`."""
    return [_article(catalog, service, aspect, position, language, username) for service, aspect, position in found]


def starters(catalog: Catalog, language: str, username: str) -> list[InlineQueryResultArticle]:
    """What is shown before anything was typed: the first service of each group."""
    first = [services[0].id for category in catalog.categories if (services := catalog.in_category(category))]
    return [_article(catalog, each, Aspect.overview, 0, language, username) for each in first[:MOST]]


def _names(service: Service) -> tuple[str, ...]:
    return (
        service.short.zh,
        service.short.en,
        service.name.zh,
        service.name.en,
        *service.aliases.zh,
        *service.aliases.en,
    )


def _article(
    catalog: Catalog, service_id: str, aspect: Aspect, position: int, language: str, username: str
) -> InlineQueryResultArticle:
    service = catalog.services[service_id]
    name = catalog_language(language)
    statements = service.aspects[aspect]
    title = f"{getattr(service.short, name)} · {aspect_name(aspect, name)}"
    body = pieces(in_script(render(catalog, statements, name), language), TEXT)[0]
    cited = catalog.sources_of((statements[position], *statements))[:SOURCES]
    lines = [said("source", language) + in_script(source_line(source, name), language) for source in cited]
    text = sendable("\n\n".join([in_script(title, language), body, "\n".join(lines)]))
    urls = frozenset(source.url for source in cited if source.url)
    return InlineQueryResultArticle(
        id=f"{service_id}.{aspect.value}.{language}",
        title=in_script(title, language),
        description=in_script(getattr(statements[position], name), language).replace("\n", " ")[:DESCRIPTION],
        input_message_content=InputTextMessageContent(
            to_html(text, urls),
            parse_mode="HTML",
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=InlineKeyboardMarkup(
            [[InlineKeyboardButton(said("inline_open", language), url=deep_link(username, service_id))]]
        ),
    )


def deep_link(username: str, service: str) -> str:
    """The address that opens the bot with a service."""
    return f"https://t.me/{username}?start={service}"
