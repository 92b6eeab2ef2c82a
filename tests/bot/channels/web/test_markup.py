from __future__ import annotations

import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.markup import Markup, data_block, tag, together


class Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((name, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Read:
    parser = Read()
    parser.feed(html)
    parser.close()
    return parser


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(TEXT, TEXT)
def test_text_stays_text_and_attributes_stay_attributes(text: str, value: str) -> None:
    found = read(tag("p", {"title": value}, text))
    assert found.tags == [("p", {"title": value})]
    assert found.text == text


@given(st.recursive(TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)))
def test_nothing_in_data_ends_its_block(data: object) -> None:
    block = data_block(data, name="boot")
    found = read(block)
    assert [name for name, _ in found.tags] == ["script"]
    assert json.loads(found.text) == data


def test_parts() -> None:
    assert tag("input", {"id": "a", "hidden": True, "checked": False, "name": None}) == '<input id="a" hidden>'
    assert together("<", Markup("<b>"), None) == "&lt;<b>"
