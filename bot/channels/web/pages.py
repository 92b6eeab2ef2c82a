"""The pages as HTML: the chat, the services, the example of the widget. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from bot.channels.web.markup import Markup, data_block, document, tag, together
from bot.channels.web.settings import FILES_AT_ONCE
from bot.channels.web.static import address
from bot.channels.web.texts import EXAMPLES, LANGUAGE_NAMES, SHORT_NAMES, say, texts
from bot.store.files import MOST_BYTES
from bot.typed import MAX_CHARACTERS
from language.choice import REPLY_LANGUAGES

MODULES = (
    "main.js",
    "connection.js",
    "view.js",
    "blocks.js",
    "card.js",
    "files.js",
    "standing.js",
    "store.js",
    "dom.js",
)
"""Loaded together: none waits for another to name it."""


def chat(
    language: str, topics: list[dict[str, Any]], *, root: str, service: str | None = None, embedded: bool = False
) -> str:
    """The page with the chat. root: of the site, for links from outside. service: shown as a card at once."""
    said = texts(language)
    boot = {
        "language": language,
        "texts": said,
        "longest": MAX_CHARACTERS,
        "most_bytes": MOST_BYTES,
        "most_files": FILES_AT_ONCE,
        "embedded": embedded,
        "service": service,
    }
    head = together(
        _head(language, said["title"], said["description"], root, "/", robots="noindex" if embedded else None),
        *(tag("link", {"rel": "modulepreload", "href": address(name)}) for name in MODULES),
        tag("script", {"type": "module", "src": address("main.js")}),
        data_block(boot, name="boot"),
    )
    body = tag(
        "body",
        {"class": "chat embedded" if embedded else "chat"},
        tag("a", {"class": "skip", "href": "#question"}, said["skip"]),
        _header(language, "/embed" if embedded else "/", said, chat=True, embedded=embedded),
        tag(
            "main",
            {"id": "main"},
            tag("div", {"class": "page"}, _topics(topics, language, said), _talk(language, said), _privacy(said)),
        ),
        _composer(said),
        tag("div", {"id": "announcer", "class": "unseen", "aria-live": "polite"}),
    )
    return document(language, head, body)


def services(language: str, topics: list[dict[str, Any]], *, root: str) -> str:
    """All services by category."""
    said = texts(language)
    head = _head(language, f"{said['all_services']} · {said['name']}", said["services_intro"], root, "/services")
    groups = [
        tag(
            "section",
            {"aria-labelledby": f"c-{group['id']}"},
            tag("h2", {"id": f"c-{group['id']}"}, group["name"]),
            tag("ul", {"class": "links"}, *(tag("li", None, _service_link(s, language)) for s in group["services"])),
        )
        for group in topics
    ]
    return document(
        language, head, _plain(language, "/services", said, tag("h1", None, said["all_services"]), tag("p", None, said["services_intro"]), *groups)
    )  # fmt: skip


def service(language: str, card: dict[str, Any], *, root: str) -> str:
    """One service, everything known of it, with sources; for people, printers and search engines."""
    said = texts(language)
    path = f"/services/{card['id']}"
    about = card["sections"][0]["items"][0]["text"]
    head = together(
        _head(language, f"{card['name']} · {said['name']}", about, root, path),
        data_block(structured(language, card, root), "application/ld+json"),
        tag("script", {"type": "module", "src": address("page.js")}),
    )
    separator = say(language, "、", ", ")
    body = (
        tag("p", {"class": "kicker"}, card["category"]),
        tag("h1", None, card["name"]),
        tag("p", {"class": "muted"}, f"{said['for_whom']}{say(language, '：', ': ')}{separator.join(card['audiences'])}"),
        tag(
            "p",
            {"class": "actions no-print"},
            tag("a", {"class": "button primary", "href": f"/?service={quote(card['id'])}&lang={language}"}, said["ask_about"]),
            tag("button", {"class": "button", "type": "button", "id": "print", "hidden": True}, said["print"]),
        ),
        *(_section(section) for section in card["sections"]),
        tag(
            "section",
            {"aria-labelledby": "sources", "class": "sources"},
            tag("h2", {"id": "sources"}, said["sources"]),
            tag("ol", None, *(_source(source, said, language) for source in card["sources"])),
        ),
        tag("p", {"class": "muted"}, said["disclaimer"]),
        tag(
            "section",
            {"class": "no-print", "aria-labelledby": "related"},
            tag("h2", {"id": "related"}, said["related"]),
            tag("ul", {"class": "links"}, *(tag("li", None, tag("a", {"href": f"/services/{s['id']}?lang={language}"}, s["short"])) for s in card["related"])),
        )
        if card["related"]
        else None,
    )  # fmt: skip
    return document(language, head, _plain(language, path, said, *body))


def structured(language: str, card: dict[str, Any], root: str) -> dict[str, Any]:
    """The service in the words of schema.org."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "name": card["name"],
        "alternateName": card["short"],
        "description": card["sections"][0]["items"][0]["text"],
        "serviceType": card["category"],
        "inLanguage": language,
        "url": f"{root}/services/{card['id']}?lang={language}",
        "audience": [{"@type": "Audience", "audienceType": name} for name in card["audiences"]],
        "areaServed": {"@type": "City", "name": say(language, "深圳", "Shenzhen")},
        "serviceOperator": {
            "@type": "GovernmentOrganization",
            "name": say(language, "前海人才服务中心", "Qianhai Talent Service Center"),
        },
        "availableChannel": {
            "@type": "ServiceChannel",
            "serviceUrl": f"{root}/?service={card['id']}&lang={language}",
            "availableLanguage": list(REPLY_LANGUAGES),
        },
    }
    return found


def widget_example(language: str, root: str) -> str:
    """How another site shows the chat, with the chat shown so."""
    said = texts(language)
    line = f'<script src="{root}/widget.js" data-lang="{language}" async></script>'
    head = together(
        _head(
            language, f"{said['widget_title']} · {said['name']}", said["widget_text"], root, "/widget", robots="noindex"
        ),
        tag("script", {"src": "/widget.js", "data-lang": language, "async": True}),
    )
    body = _plain(
        language, "/widget", said, tag("h1", None, said["widget_title"]), tag("p", None, said["widget_text"]), tag("pre", {"tabindex": "0"}, tag("code", None, line)),
    )  # fmt: skip
    return document(language, head, body)


def not_found(language: str) -> str:
    said = texts(language)
    head = _head(language, said["not_found"], said["not_found"], "", "/", robots="noindex")
    return document(
        language,
        head,
        _plain(
            language, "/", said, tag("h1", None, said["not_found"]), tag("p", None, tag("a", {"class": "button", "href": f"/?lang={language}"}, said["to_chat"])),
        ),
    )  # fmt: skip


def sitemap(ids: list[str], root: str) -> str:
    """All pages for search engines, as XML."""
    paths = ["/", "/services", *(f"/services/{each}" for each in ids)]
    urls = (
        tag("url", None, tag("loc", None, f"{root}{path}?lang={language}"))
        for path in paths
        for language in REPLY_LANGUAGES
    )
    return '<?xml version="1.0" encoding="UTF-8"?>' + tag(
        "urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}, *urls
    )


def _head(language: str, title: str, description: str, root: str, path: str, robots: str | None = None) -> Markup:
    return together(
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1, interactive-widget=resizes-content"}),
        tag("title", None, title),
        tag("meta", {"name": "description", "content": description}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("meta", {"name": "theme-color", "content": "#0b5560", "media": "(prefers-color-scheme: light)"}),
        tag("meta", {"name": "theme-color", "content": "#101a1d", "media": "(prefers-color-scheme: dark)"}),
        tag("meta", {"name": "robots", "content": robots}) if robots else None,
        tag("link", {"rel": "icon", "href": address("icon.svg"), "type": "image/svg+xml"}),
        tag("link", {"rel": "stylesheet", "href": address("style.css")}),
        *([] if robots else _alternates(language, root, path)),
    )  # fmt: skip


def _alternates(language: str, root: str, path: str) -> list[Markup]:
    return [
        tag("link", {"rel": "canonical", "href": f"{root}{path}?lang={language}"}),
        *(
            tag("link", {"rel": "alternate", "hreflang": each, "href": f"{root}{path}?lang={each}"})
            for each in REPLY_LANGUAGES
        ),
        tag("link", {"rel": "alternate", "hreflang": "x-default", "href": f"{root}{path}"}),
    ]


def _header(language: str, path: str, said: dict[str, str], *, chat: bool, embedded: bool = False) -> Markup:
    outside: dict[str, str | bool | None] = {"target": "_blank", "rel": "noopener"} if embedded else {}
    name = together(
        tag("img", {"src": address("icon.svg"), "alt": "", "width": "32", "height": "32"}),
        tag("span", None, said["name"]),
    )
    return tag(
        "header",
        {"class": "top"},
        tag(
            "div",
            {"class": "bar"},
            tag("span", {"class": "brand"}, name)
            if embedded
            else tag("a", {"class": "brand", "href": f"/?lang={language}"}, name),
            tag(
                "p",
                {"id": "connection", "class": "connection", "role": "status", "data-state": "connecting"},
                tag("span", {"class": "dot", "aria-hidden": "true"}),
                tag("span", {"class": "words"}, said["connecting"]),
            )
            if chat
            else None,
            tag(
                "nav",
                {"aria-label": said["language"], "class": "languages"},
                *(
                    tag(
                        "a",
                        {
                            "href": f"{path}?lang={each}",
                            "lang": each,
                            "hreflang": each,
                            "data-language": each,
                            "aria-label": name,
                            "aria-current": "true" if each == language else None,
                        },
                        SHORT_NAMES[each],
                    )
                    for each, name in LANGUAGE_NAMES.items()
                ),
            ),
            tag("a", {"class": "services", "href": f"/services?lang={language}", **outside}, said["services"]),
            tag("button", {"id": "close", "type": "button", "aria-label": said["close"]}, "✕") if embedded else None,
        ),
        tag(
            "div",
            {"id": "standing", "class": "standing", "hidden": True},
            tag("p", {"id": "with", "class": "with"}),
            tag("button", {"id": "transcript", "type": "button", "class": "tool"}, said["transcript"]),
            tag("button", {"id": "leave", "type": "button", "class": "tool"}, said["leave"]),
        )
        if chat
        else None,
    )


def _topics(topics: list[dict[str, Any]], language: str, said: dict[str, str]) -> Markup:
    groups = [
        tag(
            "details",
            {"name": "topics"},
            tag("summary", None, group["name"]),
            tag(
                "ul",
                {"class": "links"},
                *(tag("li", None, _service_link(s, language, short=True)) for s in group["services"]),
            ),
        )
        for group in topics
    ]
    return tag("nav", {"class": "topics", "aria-label": said["topics"]}, tag("h2", None, said["topics"]), *groups)


def _talk(language: str, said: dict[str, str]) -> Markup:
    examples = [
        tag("li", None, tag("button", {"type": "button", "class": "chip", "data-ask": say(language, *pair)}, say(language, *pair)))
        for pair in EXAMPLES
    ]  # fmt: skip
    return tag(
        "div",
        {"class": "talk"},
        tag(
            "section",
            {"class": "welcome", "aria-labelledby": "hello"},
            tag("h1", {"id": "hello"}, said["hello"]),
            tag("p", None, said["greeting"]),
            tag("h2", None, said["examples"]),
            tag("ul", {"class": "chips"}, *examples),
            tag(
                "noscript",
                None,
                tag(
                    "p", None, said["noscript"], tag("a", {"href": f"/services?lang={language}"}, said["all_services"])
                ),
            ),
        ),
        tag(
            "section",
            {"aria-labelledby": "talk"},
            tag("h2", {"id": "talk", "class": "unseen"}, said["conversation"]),
            tag("div", {"id": "linked"}),
            tag("ol", {"id": "log"}),
        ),
        tag(
            "p",
            {"id": "typing", "class": "typing", "hidden": True},
            tag("span", {"class": "dots", "aria-hidden": "true"}, tag("i"), tag("i"), tag("i")),
            tag("span", {"class": "words"}, said["typing"]),
        ),
    )


def _privacy(said: dict[str, str]) -> Markup:
    return tag(
        "p",
        {"class": "privacy muted"},
        said["privacy"],
        " ",
        tag("button", {"type": "button", "id": "forget", "class": "link"}, said["forget"]),
    )


def _composer(said: dict[str, str]) -> Markup:
    return tag(
        "footer",
        {"class": "bottom"},
        tag(
            "form",
            {"id": "ask", "class": "ask", "autocomplete": "off"},
            tag(
                "div",
                {"class": "above"},
                tag("button", {"type": "button", "id": "human", "class": "human"}, said["human"]),
                tag("p", {"id": "hint", "class": "hint", "role": "status"}),
                tag("button", {"type": "button", "id": "latest", "class": "link", "hidden": True}, said["to_bottom"]),
            ),
            tag("ul", {"id": "tray", "class": "tray", "aria-label": said["files"], "hidden": True}),
            tag("label", {"for": "question", "class": "unseen"}, said["question"]),
            tag(
                "div",
                {"class": "line"},
                tag(
                    "input",
                    {"type": "file", "id": "files", "multiple": True, "hidden": True, "aria-label": said["attach"]},
                ),
                tag(
                    "button",
                    {
                        "type": "button",
                        "id": "attach",
                        "class": "attach",
                        "hidden": True,
                        "aria-label": said["attach"],
                        "title": said["attach"],
                    },
                ),
                tag(
                    "textarea",
                    {
                        "id": "question",
                        "name": "question",
                        "rows": "1",
                        "placeholder": said["placeholder"],
                        "enterkeyhint": "send",
                        "aria-describedby": "hint",
                    },
                ),
                tag("button", {"type": "submit", "id": "send", "class": "send"}, said["send"]),
            ),
        ),
    )


def _plain(language: str, path: str, said: dict[str, str], *parts: Markup | None) -> Markup:
    return tag(
        "body",
        {"class": "plain"},
        tag("a", {"class": "skip", "href": "#main"}, said["skip_to_text"]),
        _header(language, path, said, chat=False),
        tag("main", {"id": "main"}, tag("article", {"class": "paper"}, *parts)),
    )


def _service_link(service: dict[str, Any], language: str, short: bool = False) -> Markup:
    link = {"href": f"/services/{service['id']}?lang={language}", "data-service": service["id"] if short else None}
    return tag("a", link, service["short" if short else "name"])


def _section(section: dict[str, Any]) -> Markup:
    groups: list[tuple[str, list[Markup]]] = []
    for position, item in enumerate(section["items"]):
        number = f"{section['aspect']}-{position}"
        notes = [
            tag("a", {"class": "note", "href": f"#source-{n}", "aria-label": f"[{n}]"}, f"[{n}]")
            for n in item["sources"]
        ]
        if item["kind"] == "document":
            box = tag("input", {"type": "checkbox", "id": number})
            built = tag("li", None, box, tag("label", {"for": number}, item["text"]), " ", *notes)
        else:
            built = tag("li" if item["kind"] == "step" or position else "p", None, item["text"], " ", *notes)
        kind = item["kind"] if item["kind"] != "text" else "text" if position else "first"
        if not groups or groups[-1][0] != kind:
            groups.append((kind, []))
        groups[-1][1].append(built)
    lists = {"document": ("ul", "checklist"), "step": ("ol", "steps"), "text": ("ul", "points")}
    built_groups = [
        together(*items) if kind == "first" else tag(lists[kind][0], {"class": lists[kind][1]}, *items)
        for kind, items in groups
    ]
    name = f"s-{section['aspect']}"
    return tag("section", {"aria-labelledby": name}, tag("h2", {"id": name}, section["title"]), *built_groups)


def _source(source: dict[str, Any], said: dict[str, str], language: str) -> Markup:
    read = (
        f"{said['read_on']}{source['read_on']}"
        if source["read_on"]
        else said["not_read"]
        if source["general"]
        else None
    )
    details = say(language, "，", ", ").join(each for each in (source["issuer"], *source["details"], read) if each)
    title = (
        tag("a", {"href": source["url"], "rel": "noopener noreferrer"}, source["title"])
        if source["url"]
        else source["title"]
    )
    return tag("li", {"id": f"source-{source['number']}"}, title, say(language, "，", ", "), details)
