from __future__ import annotations

from typing import Any

import pytest

from dialogue.plain_words import plainly


def read(text: str, intent: str, confidence: float = 0.6) -> dict[str, Any]:
    ranking = [{"name": intent, "confidence": confidence}, {"name": "ask_documents", "confidence": 0.2}]
    return {"text": text, "intent": ranking[0], "intent_ranking": ranking, "entities": []}


@pytest.mark.parametrize(
    ("text", "intent", "meant"),
    [
        ("我想核对港澳青年补贴", "subscribe", "check_eligibility"),
        ("self-check for the work permit", "ask_overview", "check_eligibility"),
        ("帮我核对材料清单", "ask_documents", None),
        ("please estimate my GBA tax subsidy", "check_eligibility", "estimate_tax"),
        ("unsubscribe me", "subscribe", "unsubscribe"),
        ("subscribe to the tax subsidy please", "unsubscribe", "subscribe"),
        ("有单位要我", "subscribe", "ask_documents"),
        ("26", "goodbye", "nlu_fallback"),
        ("好的谢谢，那材料呢", "thank", "ask_documents"),
        ("thank you", "thank", None),
        ("bye", "goodbye", None),
    ],
)
def test_words_decide_where_a_guess_may_not(text: str, intent: str, meant: str | None) -> None:
    assert plainly(read(text, intent), asked=False) == meant


def test_somebody_may_subscribe_in_words_nobody_thought_of() -> None:
    assert plainly(read("put me on it when it opens", "subscribe", 0.95), asked=False) is None
