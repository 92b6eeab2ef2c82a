"""Labelled questions become training examples and tests, and nothing that the linter would refuse."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from redis.asyncio import Redis
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.nlu import NEVER_TYPED as LINT_KNOWS
from bot.cli.nlu import _intents
from bot.cli.report import domain_intents
from bot.desk.hours import load
from bot.desk.insights.service import Insights
from bot.desk.insights.training import (
    Addition,
    Plan,
    conversations_in,
    example_text,
    folder,
    planned,
    with_examples,
    with_tests,
    written,
)
from bot.desk.insights.vain import NEVER_TYPED, Label, Question
from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.project import ROOT
from bot.store.connection import socket_url
from bot.store.keys import Keys
from catalog.store import Catalog
from nlu.evaluation.lint import Example, examples, lint

SERVICES = ("work-permit", "health-check")
INTENTS = ("ask_fee", "ask_time", "out_of_scope")
FEE, TIME = Label("work-permit", "ask_fee"), Label(None, "ask_time")


def asked(text: str, id_: str | None = None) -> Question:
    return Question(id_ or text, text, "fallback", "en", "web", None, (), 0.0, "w")


def plan(*labelled: tuple[str, Label], examples: tuple[Example, ...] = (), tests: tuple[Any, ...] = ()) -> Plan:
    return planned([(asked(text), label) for text, label in labelled], examples, SERVICES, INTENTS, tests)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/restart the permit", "restart the permit"),
        ("- 1. what is [this] {thing}", "1. what is (this) (thing)"),
        ("** fee?", "fee?"),
        ("a\n- b\u2028c\u200b\ufffe\ue000", "a - b c"),
        ("///", ""),
    ],
)
def test_an_example_is_one_harmless_line(text: str, expected: str) -> None:
    assert example_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how much", "en"),
        ("多少钱", "zh"),
        ("A类和B类怎么分", "zh"),
        ("做IT五年", "zh"),
        ("我的 work permit 呢", "mixed"),
    ],
)
def test_each_language_has_its_folder(text: str, expected: str) -> None:
    assert folder(text) == expected


def test_a_question_becomes_an_example_and_a_test() -> None:
    found = plan(("permit price?", FEE), ("要幾耐㗎", TIME))
    assert found.additions == (
        Addition("permit price?", "en", FEE, "permit price?"),
        Addition("要幾耐㗎", "zh", TIME, "要幾耐㗎"),
    )
    assert len(found.done) == 2
    assert found.refused == ()


def test_what_stands_there_already_with_that_label_is_done() -> None:
    there = Example("Permit  price？", "ask_fee", "work-permit", "en", "nlu/data/en/ask_fee.yml")
    also = Example("how long?", "ask_fee", "health-check", "en", "x", ("ask_time",), ("none",))
    found = plan(("permit price?", FEE), ("How long?", TIME), examples=(there, also))
    assert (found.additions, found.there, len(found.done)) == ((), ("permit price?", "How long?"), 2)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (Label("health-check", "ask_fee"), "`ask_fee` of `work-permit` in nlu/data/en/ask_fee.yml"),
        (Label("work-permit", "ask_time"), "not as `ask_time`"),
    ],
)
def test_what_contradicts_the_training_data_is_refused_by_name(label: Label, words: str) -> None:
    there = Example("permit price?", "ask_fee", "work-permit", "en", "nlu/data/en/ask_fee.yml")
    found = plan(("Permit price?", label), examples=(there,))
    assert (found.additions, found.done) == ((), ())
    assert words in found.refused[0][1]


def test_two_labels_for_one_text_are_refused() -> None:
    found = plan(("permit price?", FEE), ("PERMIT price?", TIME))
    assert len(found.additions) == 1
    assert "elsewhere" in found.refused[0][1]


def test_near_copies_are_left_out_but_not_under_another_label() -> None:
    found = plan(("what is the price of the permit", FEE), ("whats the price of the permit??", FEE))
    assert (len(found.additions), len(found.left_out), len(found.done)) == (1, 1, 2)
    found = plan(("price of permit A please", FEE), ("price of permit B please", TIME))
    assert len(found.additions) == 2


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("combien coûte le permis de travail pour un étranger", FEE, "another language"),
        ("сколько стоит разрешение", FEE, "another language"),
        ("price", Label("gone", "ask_fee"), "no service `gone`"),
        ("price", Label(None, "gone"), "no intent `gone`"),
        ("///", FEE, "nothing is left"),
    ],
)
def test_what_cannot_be_trained_is_refused(text: str, label: Label, words: str) -> None:
    found = plan((text, label))
    assert words in found.refused[0][1]
    assert found.additions == ()


def test_names_of_tests_are_unlike_all_others_and_no_test_is_written_twice() -> None:
    tests = (("permit price?", ("something else",)), ("x", ("Permit cost?",)))
    found = plan(("permit price?", FEE), ("permit cost?", FEE), tests=tests)
    assert [each.name for each in found.additions] == ["permit price? (2)", None]


def test_examples_join_the_block_of_their_label_and_leave_the_rest_alone() -> None:
    source = (
        '# mine\nversion: "3.1"\nnlu:\n- intent: ask_fee  # kept\n  metadata: {service: work-permit}\n  examples: |\n    - old\n'
        "- intent: ask_fee\n  metadata: {service: work-permit}\n  examples: |\n    - one\n# a note\n"
        "- intent: ask_time\n  metadata: {service: none}\n  examples: |\n    - two"
    )
    additions = [
        Addition("three", "en", FEE, None), Addition("four: #5", "en", TIME, None), Addition("six", "en", Label(None, "out_of_scope"), None),
    ]  # fmt: skip
    found = with_examples(source, additions)
    assert found.splitlines()[10:] == [
        "    - one", "    - three", "# a note", "- intent: ask_time", "  metadata: {service: none}", "  examples: |", "    - two",
        "    - four: #5", "- intent: out_of_scope", "  metadata: {service: none}", "  examples: |", "    - six",
    ]  # fmt: skip
    assert found.splitlines()[:10] == source.splitlines()[:10]
    assert [block["examples"].split("\n")[:-1] for block in yaml.safe_load(found)["nlu"]] == [
        ["- old"], ["- one", "- three"], ["- two", "- four: #5"], ["- six"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['say "hi": {a}', "a # b", "是：否", "null", "it's \\n", "🐶?", "- x", "1e3", "yes"])
def test_tests_say_exactly_what_was_asked(text: str) -> None:
    found = yaml.safe_load(with_tests("# head\n", [Addition(text, "en", FEE, text)]))
    assert found == [{"name": text, "turns": [{"say": text, "service": "work-permit", "intent": "ask_fee"}]}]
    refused = yaml.safe_load(with_tests("", [Addition(text, "en", Label(None, "out_of_scope"), "n")]))
    assert refused[0]["turns"] == [{"say": text, "refused": True}]
    bare = yaml.safe_load(with_tests("", [Addition(text, "en", TIME, "n")]))
    assert bare[0]["turns"] == [{"say": text, "service": None, "intent": "ask_time"}]


def test_nothing_is_written_if_one_file_cannot_be_read_back(tmp_path: Path) -> None:
    for name in ("nlu/data/en", "tests/conversations"):
        (tmp_path / name).mkdir(parents=True)
    broken = tmp_path / "tests/conversations/inbox.yml"
    broken.write_text("- name: [", encoding="utf-8")
    with pytest.raises(yaml.YAMLError):
        written(plan(("permit price?", FEE)), tmp_path)
    assert broken.read_text(encoding="utf-8") == "- name: ["
    assert list((tmp_path / "nlu/data/en").iterdir()) == []


def test_the_desk_and_the_linter_know_the_same_intents() -> None:
    assert set(LINT_KNOWS) == NEVER_TYPED


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what an export reads and writes; of the training data the beginning of each file, to be quick."""
    for name in ("nlu/data", "tests/conversations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for path in (tmp_path / "nlu/data").rglob("*.yml"):
        head, block = path.read_text(encoding="utf-8").split("- intent:")[:2]
        lines = f"{head}- intent:{block}".splitlines(keepends=True)
        path.write_text("".join(lines[:12]), encoding="utf-8")
    return tmp_path


async def test_an_export_is_what_the_checks_accept_and_is_made_once(
    redis: Redis, server: Path, project: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    intents = domain_intents()
    insights = Insights(redis, load(), tuple(catalog.services), intents)
    chinese, english = (first_of(project / f"nlu/data/{language}/ask_fee.yml") for language in ("zh", "en"))
    questions: dict[str, tuple[str | None, str] | None] = {
        "is there a wolfram surcharge on the [blue] permit card": ("work-permit", "ask_fee"),
        "办蓝色许可卡要不要交钨矿附加费呀": ("work-permit", "ask_fee"),
        "个 driving licence 嘅 hologram 要幾錢補返": ("driving-licence", "ask_fee"),
        "who painted the ceiling of the service hall": (None, "out_of_scope"),
        chinese: (None, "ask_fee"),  # stands there
        english: ("work-permit", "ask_time"),  # stands there otherwise
        "nobody labelled this zebra question": None,
    }
    for number, (text, pair) in enumerate(questions.items()):
        message = Incoming("web", f"web:{number}", "m", 1e9 + number, text)
        await insights.records.turn(message, Answer("en", "nlu_fallback", None, 0.1, "…"))
        if pair:
            question = next(each for each in await insights.records.vain(99) if each.text == text)
            await insights.label(question.id, *pair, "li")

    monkeypatch.setattr("bot.cli.inbox.ROOT", project)
    monkeypatch.setenv("REDIS_URL", socket_url(server))

    async def export(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["inbox", "export", *arguments])

    before = snapshot(project)
    dry = await export("--check")
    assert dry.exit_code == 1, dry.output
    assert snapshot(project) == before

    done = await export()
    assert done.exit_code == 1
    assert done.stdout == dry.stdout
    assert f"refused\t{english}\tit stands already as `ask_fee`" in done.stdout
    assert f"there already\t{chinese}" in done.stdout
    after = snapshot(project)
    new = {path: text for path, text in after.items() if before.get(path) != text}
    assert set(new) == {
        *(f"nlu/data/{each}/inbox.yml" for each in ("en", "zh", "mixed")),
        "tests/conversations/inbox.yml",
    }
    assert "    - is there a wolfram surcharge on the (blue) permit card\n" in new["nlu/data/en/inbox.yml"]
    assert "zebra" not in str(new)
    assert (
        len(
            [
                name
                for name, _ in conversations_in(project / "tests/conversations")
                if name in new["tests/conversations/inbox.yml"]
            ]
        )
        == 4
    )

    again = await export()
    assert snapshot(project) == after
    assert [line.partition("\t")[0] for line in again.stdout.splitlines()] == ["refused"]

    assert await redis.delete(Keys().desk("vain-marks"))
    for question in await insights.records.vain(99):
        pair = questions[question.text]
        if pair:
            await insights.label(question.id, *pair, "li")
    await export()  # as if nothing had been noted
    assert snapshot(project) == after

    found = examples(catalog, project / "nlu/data")
    assert lint(found, catalog.services, _intents()) == []
    texts = {example.text for example in found if example.where.endswith("/inbox.yml")}
    assert len(texts) == 4


def first_of(path: Path) -> str:
    """The first example of a file of training messages."""
    return str(
        yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"][0]["examples"].splitlines()[0].removeprefix("- ")
    )


def snapshot(project: Path) -> dict[str, str]:
    return {
        path.relative_to(project).as_posix(): path.read_text("utf-8")
        for folder in ("nlu/data", "tests/conversations")
        for path in (project / folder).rglob("*")
        if path.is_file()
    }
