from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser

import pytest

from bot.channels.web import pages
from bot.channels.web.services import card, topics
from bot.channels.web.static import FOLDER, files
from catalog.models import Text
from catalog.store import Catalog, shared
from language.choice import EN, HANS, HANT, REPLY_LANGUAGES

ROOT = "https://chat.example"
CATALOG = shared()


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.blocks: list[tuple[str | None, str]] = []
        self._script: str | None = None
        self._in_script = False
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags[name] += 1
        self.attributes |= given.keys()
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self.links += [str(given[key]) for key in ("href", "src") if given.get(key)]
        self._in_script = name == "script" and "src" not in given
        if self._in_script:
            self._script = given.get("type")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.blocks.append((self._script, data))
        else:
            self.text += data

    def handle_endtag(self, name: str) -> None:
        self._in_script = False


def every_page(catalog: Catalog, language: str) -> dict[str, str]:
    found = {
        "/": pages.chat(language, topics(catalog, language), root=ROOT),
        "/embed": pages.chat(language, topics(catalog, language), root=ROOT, embedded=True),
        "/services": pages.services(language, topics(catalog, language), root=ROOT),
        "/widget": pages.widget_example(language, ROOT),
        "404": pages.not_found(language),
    }
    for service in catalog.services.values():
        found[f"/services/{service.id}"] = pages.service(language, card(catalog, service, language), root=ROOT)
    return found


@pytest.mark.parametrize("language", REPLY_LANGUAGES)
def test_pages_are_sound(language: str) -> None:
    for path, html in every_page(CATALOG, language).items():
        page = Page(html)
        assert html.startswith(f'<!doctype html><html lang="{language}">')
        assert page.tags["h1"] == page.tags["title"] == page.tags["main"] == 1, path
        assert not [each for each, count in Counter(page.ids).items() if count > 1], path
        anchors = {link[1:] for link in page.links if link.startswith("#")}
        assert anchors <= set(page.ids), path
        assert "style" not in page.attributes
        assert not [name for name in page.attributes if name.startswith("on")], path
        assert {kind for kind, _ in page.blocks} <= {"application/json", "application/ld+json"}, path
        for link in page.links:
            if link.startswith("/services/"):
                assert link.split("/")[2].partition("?")[0] in CATALOG.services, path


def test_a_service_page_says_all_and_cites_all() -> None:
    for service in CATALOG.services.values():
        found = card(CATALOG, service, EN)
        items = [item for section in found["sections"] for item in section["items"]]
        assert len(items) == sum(len(statements) for statements in service.aspects.values())
        assert {n for item in items for n in item["sources"]} == {source["number"] for source in found["sources"]}
        text = Page(pages.service(EN, found, root=ROOT)).text
        for statements in service.aspects.values():
            for statement in statements:
                assert statement.en.rstrip(".") in text


def test_structured_data_is_of_schema_org() -> None:
    page = Page(pages.service(HANT, card(CATALOG, CATALOG.services["work-permit"], HANT), root=ROOT))
    [(kind, block)] = page.blocks
    data = json.loads(block)
    assert kind == "application/ld+json"
    assert (data["@context"], data["@type"]) == ("https://schema.org", "GovernmentService")
    assert data["name"] == "外國人來華工作許可"
    assert data["url"] == f"{ROOT}/services/work-permit?lang=zh-Hant"


@pytest.mark.parametrize("language", REPLY_LANGUAGES)
def test_a_hostile_catalog_stays_text(language: str) -> None:
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    service = CATALOG.services["work-permit"]
    text = Text(zh=attack, en=attack)
    changed = service.copy(update={"name": text, "short": text})
    catalog = Catalog({**CATALOG.services, service.id: changed}, CATALOG.categories, CATALOG.contacts, CATALOG.sources)
    for path, html in every_page(catalog, language).items():
        page = Page(html)
        assert page.tags["img"] <= 1, path  # our own mark
        assert not [name for name in page.attributes if name.startswith("on")], path
        assert {kind for kind, _ in page.blocks} <= {"application/json", "application/ld+json"}, path


def test_the_whole_page_is_small() -> None:
    page = len(pages.chat(HANS, topics(CATALOG, HANS), root=ROOT).encode())
    assert page + sum(path.stat().st_size for path in FOLDER.iterdir()) < 100_000


def test_nothing_comes_from_elsewhere_and_html_is_never_made_of_strings() -> None:
    assert set(pages.MODULES) <= files().keys()
    for name, file in files().items():
        source = file.body.decode()
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "@import",
            "url(",
        ):
            assert word not in source, (name, word)
