"""The stock side's project, made of our own content."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import yaml

from benchmarks.engine.sample import sample
from benchmarks.engine.stock_project import ANSWER, endpoints, marked, project
from bot.project import ROOT
from catalog.store import load
from nlu.evaluation.lint import Example, examples

WORK_PERMIT = {"work permit": "work-permit", "permit": "work-permit", "工作许可": "work-permit"}


def example(text: str, intent: str = "ask_time", language: str = "en") -> Example:
    return Example(text, intent, "work-permit", language, "here")


def test_a_sample_keeps_the_shares_of_languages_and_intents() -> None:
    every = [example(f"{lang}{intent}{n}", intent, lang) for lang, intent, count in (
        ("zh", "a", 600), ("zh", "b", 100), ("en", "a", 250), ("en", "b", 50)) for n in range(count)]  # fmt: skip
    found = Counter((e.language, e.intent) for e in sample(every, 100))
    assert found == {("zh", "a"): 60, ("zh", "b"): 10, ("en", "a"): 25, ("en", "b"): 5}


def test_a_sample_is_the_same_in_any_order_and_has_nothing_twice() -> None:
    every = [example(f"message {n}") for n in range(500)]
    first = sample(every, 77)
    assert first == sample(every[::-1], 77)
    assert len({e.text for e in first}) == 77


@pytest.mark.parametrize("size", [None, 3, 10])
def test_all_messages_where_no_fewer_are_wanted(size: int | None) -> None:
    every = [example("one"), example("two"), example("three")]
    assert sample(every, size) == every


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "how long does a Work Permit take",
            'how long does a [Work Permit]{"entity": "service", "value": "work-permit"} take',
        ),
        ("a work permit?", 'a [work permit]{"entity": "service", "value": "work-permit"}?'),
        ("my permits", "my permits"),
        ("nonpermit", "nonpermit"),
        ("办工作许可要多久", "办工作许可要多久"),  # one word to the stock tokenizer
        ("工作许可 多久", '[工作许可]{"entity": "service", "value": "work-permit"} 多久'),
    ],
)
def test_the_longest_name_that_stands_as_words_is_the_entity(text: str, expected: str) -> None:
    assert marked(example(text), WORK_PERMIT) == expected


def test_the_project_of_our_own_content_is_complete() -> None:
    catalog = load()
    chosen = sample(examples(catalog), 3_000)
    responses = yaml.safe_load((ROOT / "domain" / "responses.yml").read_text("utf-8"))["responses"]
    files = {name: yaml.safe_load(text) for name, text in project(chosen, catalog.services.values(), responses).items()}
    domain = files["domain.yml"]
    blocks = files["data/nlu.yml"]["nlu"]
    messages = [e["text"] for block in blocks if "intent" in block for e in block["examples"]]
    assert len(messages) == 3_000
    assert sum('"entity": "service"' in message for message in messages) > 50
    assert {block["intent"] for block in blocks if "intent" in block} == set(domain["intents"])
    ruled = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in files["data/rules.yml"]["rules"]}
    assert set(ruled) == {*domain["intents"], "nlu_fallback"}
    assert set(ruled.values()) <= {ANSWER, *domain["responses"]}
    assert all(text["text"] for texts in domain["responses"].values() for text in texts)
    for story in files["data/stories.yml"]["stories"]:
        for asked, done in zip(story["steps"][::2], story["steps"][1::2]):
            assert ruled[asked["intent"]] == done["action"]  # Rasa refuses stories that contradict rules
    assert [component["name"] for component in files["config.yml"]["pipeline"]].count("CountVectorsFeaturizer") == 2


def test_endpoints_name_the_ports() -> None:
    found = yaml.safe_load(endpoints(5055, 6380))
    assert found["action_endpoint"]["url"] == "http://127.0.0.1:5055/webhook"
    assert (found["tracker_store"]["port"], found["lock_store"]["port"]) == (6380, 6380)
    assert found["tracker_store"]["db"] != found["lock_store"]["db"]


def test_messages_of_other_services_are_not_marked() -> None:
    assert marked(replace(example("work permit"), service="none"), {}) == "work permit"
