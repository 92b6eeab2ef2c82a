from __future__ import annotations

import pytest

from catalog.store import Catalog
from nlu.evaluation.lint import Example, examples, lint, near_copies

INTENTS = ["ask_fee", "ask_time"]


def example(text: str, intent: str = "ask_fee", service: str = "work-permit", language: str = "en") -> Example:
    return Example(text, intent, service, language, "here.yml")


WELL = [
    example("how much"),
    example("多少钱", language="zh"),
    example("how long", "ask_time", "none"),
    example("多久", "ask_time", language="zh"),
]


def test_good_messages_have_no_problems() -> None:
    assert lint(WELL, ["work-permit"], INTENTS) == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (example("what price", service="work-permits"), "no service `work-permits`"),
        (example("what price", intent="ask_price"), "no intent `ask_price`"),
        (example("what [price](money)"), "brackets"),
        (example("How  MUCH"), "stands twice (here.yml)"),
        (example("how-much", "ask_time"), "stands also under `ask_fee` (here.yml)"),
    ],
)
def test_a_bad_message_is_named(bad: Example, said: str) -> None:
    problems = lint([*WELL, bad], ["work-permit"], INTENTS)
    assert len(problems) == 1
    assert bad.text in problems[0]
    assert said in problems[0]


def test_an_intent_needs_both_languages() -> None:
    assert lint(WELL[:3], ["work-permit"], INTENTS) == ["ask_time: no messages in `zh`"]


@pytest.mark.parametrize(
    ("trained", "measured", "copies"),
    [
        ("我太太可以跟我一起来深圳住吗，要什么签证", "我太太可以跟我一起來深圳住嗎，要什麼簽證？", 1),
        (
            "my wife would like to come to Shenzhen with me next year",
            "My wife would like to come to Shenzhen with me!",
            1,
        ),
        ("how does this work", "I'm lost, how does this work?", 0),
        ("deadline?", "Deadline", 1),
        ("工作许可要多久", "居住证要多久", 0),
    ],
)
def test_near_copies_of_measured_messages_are_found(trained: str, measured: str, copies: int) -> None:
    assert len(near_copies([example(trained)], [measured])) == copies


def test_the_real_messages_are_well(catalog: Catalog) -> None:
    found = examples(catalog)
    assert len(found) > 10_000
    assert lint(found, catalog.services, {e.intent for e in found}) == []
