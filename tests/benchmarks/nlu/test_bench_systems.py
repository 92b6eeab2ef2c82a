from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.nlu import nodejs, systems
from benchmarks.nlu.sets import Examples, IntentSet, Message
from benchmarks.nlu.systems import JIEBA, NLPJS, OURS, WHITESPACE, Setup, chosen, setups

ROOT = Path(__file__).parent.parent.parent.parent
HERE = Path(systems.__file__).parent

ENGLISH = Examples((Message("hi", "greet", "en"),), (Message("hello", "greet", "en"),))
MIXED = Examples((Message("hi", "greet", "en"),), (Message("你 good", "greet", "mixed"),))

QUICK = IntentSet("quick", "", (), "")
LARGER = IntentSet("larger", "", (), "", shares_messages_with="quick")
SLOW = IntentSet("slow", "", (), "", slow=True)


@pytest.mark.parametrize(
    ("system", "intent_set", "examples", "full", "planned", "note"),
    [
        ("ours", SLOW, MIXED, False, (OURS,), False),
        ("nlpjs", SLOW, MIXED, False, (NLPJS,), False),
        ("stock", QUICK, MIXED, False, (WHITESPACE, JIEBA), False),
        ("stock", QUICK, ENGLISH, False, (WHITESPACE,), True),
        ("stock", QUICK, ENGLISH, True, (WHITESPACE,), True),
        ("stock", LARGER, MIXED, False, (JIEBA,), True),
        ("stock", LARGER, MIXED, True, (WHITESPACE, JIEBA), False),
        ("stock", SLOW, ENGLISH, False, (), True),
        ("stock", SLOW, ENGLISH, True, (WHITESPACE,), True),
    ],
)
def test_what_runs_and_whether_something_is_said(
    system: str, intent_set: IntentSet, examples: Examples, full: bool, planned: tuple[Setup, ...], note: bool
) -> None:
    found, said = setups(system, intent_set, examples, {"quick": JIEBA}, full=full)
    assert found == planned
    assert bool(said) is note


def test_both_tokenizers_run_where_none_is_known_to_be_better() -> None:
    assert setups("stock", LARGER, MIXED, {}, full=False) == ((WHITESPACE, JIEBA), "")


def test_systems_are_chosen_by_name_in_their_own_order() -> None:
    assert chosen([]) == ("ours", "stock", "nlpjs")
    assert chosen(["nlpjs", "ours"]) == ("ours", "nlpjs")
    with pytest.raises(ValueError, match="no system luis; there are ours, stock, nlpjs"):
        chosen(["luis"])


LEFT_OUT = (
    "nlu.conversation.InConversation",
    "nlu.readings.QuestionSplitter",
    "nlu.identifier.LanguageIdentifier",
    "nlu.matcher.ServiceMatcher",
    "nlu.entities.EntityMatcher",
    "nlu.classifiers.ServiceClassifier",
    "nlu.agreement.Agreement",
    "nlu.readings.QuestionReader",
    "nlu.fallback.Fallback",
)


def pipeline(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["pipeline"])


def test_ours_is_the_pipeline_of_the_assistant_that_concerns_the_intent() -> None:
    ours, assistant = pipeline(HERE / OURS.config), pipeline(ROOT / "config.yml")
    assert [c["name"] for c in assistant if c["name"] not in LEFT_OUT] == [c["name"] for c in ours]


def test_the_setups_of_stock_rasa_differ_in_the_tokenizer_alone() -> None:
    first, second = (pipeline(HERE / setup.config) for setup in (WHITESPACE, JIEBA))
    assert [c for c in first if c not in second] == [{"name": "WhitespaceTokenizer"}]
    assert [c for c in second if c not in first] == [{"name": "JiebaTokenizer"}]
    assert first[1:] == second[1:]


def test_nlpjs_is_pinned_by_version_and_hash_and_names_no_registry() -> None:
    wanted = json.loads((nodejs.MANIFEST / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((nodejs.MANIFEST / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    own = packages.pop("")
    assert own["dependencies"] == wanted
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not [name for name, package in packages.items() if "resolved" in package]
