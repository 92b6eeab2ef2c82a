from __future__ import annotations

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from actions.reply import Button, Reply, human_button
from catalog.models import Source, SourceStatus, Text


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), min_size=1, max_size=3))
def test_a_payload_is_the_intent_and_valid_json(entities: dict[str, str]) -> None:
    payload = Button("Fees", "ask_fee", entities).payload
    assert payload.startswith("/ask_fee{")
    assert json.loads(payload.removeprefix("/ask_fee")) == entities


def test_without_entities_a_payload_is_only_the_intent() -> None:
    assert Button("Help", "help").payload == "/help"


def test_the_way_to_a_person_in_both_languages() -> None:
    assert human_button("zh") == Button("转人工", "ask_human")
    assert human_button("en") == Button("Talk to a person", "ask_human")


def test_what_goes_to_the_gateway_beside_the_text() -> None:
    notice = Source(
        title=Text(zh="通知", en="Notice"),
        issuer=Text(zh="前海管理局", en="Qianhai Authority"),
        url="https://qh.sz.gov.cn/1",
        read_on=dt.date(2026, 11, 24),
        status=SourceStatus.read_on_page,
    )
    rule = Source(
        title=Text(zh="规定", en="Rule"),
        issuer=Text(zh="国务院", en="State Council"),
        status=SourceStatus.general_knowledge,
    )
    reply = Reply("text", sources=(notice, rule), intent="ask_fee", handoff=True, asks="which", forget=True)
    assert reply.custom("en") == {
        "intent": "ask_fee",
        "handoff": True,
        "verdict": None,
        "numbered": True,
        "asks": "which",
        "forget": True,
        "sources": [
            {
                "title": "Notice",
                "issuer": "Qianhai Authority",
                "url": "https://qh.sz.gov.cn/1",
                "read_on": "2026-11-24",
            },
            {"title": "Rule", "issuer": "State Council", "url": None, "read_on": None},
        ],
    }
    assert [source["issuer"] for source in reply.custom("zh")["sources"]] == ["前海管理局", "国务院"]
    assert json.loads(json.dumps(reply.custom("zh"))) == reply.custom("zh")
