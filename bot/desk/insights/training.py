"""Labelled questions as training examples and as tests: what to write, pure, and writing it.

Examples go to `nlu/data/<language>/inbox.yml`, tests to `tests/conversations/inbox.yml`. Nothing that people wrote in these files
is changed; examples are added to the block of their intent and service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.desk.insights.likeness import likeness
from bot.desk.insights.vain import CannotLabel, Label, Question, labelled
from bot.desk.insights.visits import OUT_OF_SCOPE
from bot.typed import harmless
from catalog.check import fold
from language.choice import guess
from language.script import has_han
from nlu.evaluation.lint import NO_SERVICE, Example

NEARLY = 0.9
"""Likeness from which a question adds nothing to another one of the same label."""

FILE = "inbox.yml"

DATA = "nlu/data"
CONVERSATIONS = "tests/conversations"

NAME = 60
"""Characters of the name of a test."""

HEAD = "# Questions that people asked in vain, labelled at the desk. `bot inbox export` adds to it; edit it like any other.\n"

_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_BRACKETS = str.maketrans("[]{}", "()()")
_BULLET = re.compile(r"^(?:[-*+•]\s*)+(?=\w)")


@dataclass(frozen=True)
class Addition:
    """An example to write, and its test. folder: of `nlu/data`. name: of the test; None if a test says the same already."""

    text: str
    folder: str
    label: Label
    name: str | None

    @property
    def service(self) -> str:
        return self.label.service or NO_SERVICE


@dataclass(frozen=True)
class Plan:
    """additions: to write. done: questions that are training data after it. refused: texts with the reason.

    there: texts that are training data already. left_out: texts that are nearly an addition.
    """

    additions: tuple[Addition, ...] = ()
    done: tuple[tuple[Question, Label], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    there: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def planned(
    questions: Iterable[tuple[Question, Label]],
    examples: Iterable[Example],
    services: Collection[str],
    intents: Collection[str],
    tests: Sequence[tuple[str, Sequence[str]]] = (),
) -> Plan:
    """What to write for labelled questions.

    examples: all training messages there are (`nlu.evaluation.lint.examples`). tests: name and sayings of each conversation
    there is.
    """
    there: dict[str, Example] = {}
    for example in examples:
        there.setdefault(fold(example.text), example)
    said = {fold(saying) for _, sayings in tests for saying in sayings}
    names = {name for name, _ in tests}
    new: dict[str, Addition] = {}
    done: list[tuple[Question, Label]] = []
    refused: list[tuple[str, str]] = []
    already: list[str] = []
    left_out: list[str] = []
    for question, label in questions:
        text = example_text(question.text)
        key = fold(text)
        problem = _problem(text, label, services, intents) or _contradiction(label, there.get(key), new.get(key))
        if problem:
            refused.append((text, problem))
            continue
        done.append((question, label))
        if key in there or key in new:
            already.append(text)
        elif any(each.label == label and likeness(each.text, text) >= NEARLY for each in new.values()):
            left_out.append(text)
        else:
            name = None if key in said else _unused(text, names)
            names |= {name} if name else set()
            new[key] = Addition(text, folder(text), label, name)
    return Plan(tuple(new.values()), tuple(done), tuple(refused), tuple(already), tuple(left_out))


def example_text(text: str) -> str:
    """A question as a training message: one line, without brackets (they would be annotations), bullets and commands in front."""
    printable = "".join(char for char in harmless(text).translate(_BRACKETS) if char.isprintable() or char.isspace())
    return harmless(_BULLET.sub("", " ".join(printable.split())))


def folder(text: str) -> str:
    """The folder of `nlu/data` it belongs to: `zh`, `en`, or `mixed` for Chinese with English words (not just ABC)."""
    if not has_han(text):
        return "en"
    return "mixed" if any(not word.isupper() for word in _LATIN_WORD.findall(text)) else "zh"


def conversations_in(directory: Path) -> list[tuple[str, list[str]]]:
    """Name and sayings of each conversation of `tests/conversations`."""
    return [
        (conversation["name"], [str(turn["say"]) for turn in conversation["turns"]])
        for path in sorted(directory.glob("*.yml"))
        for conversation in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or ()
    ]


def written(plan: Plan, root: Path) -> list[Path]:
    """Write a plan into the project at `root`. Returns the files that changed, relative to it. Raises OSError, yaml.YAMLError.

    All files are composed and read back before the first is replaced.
    """
    files: dict[str, str] = {}
    for language in dict.fromkeys(each.folder for each in plan.additions):
        name = f"{DATA}/{language}/{FILE}"
        mine = [each for each in plan.additions if each.folder == language]
        files[name] = with_examples(_text(root / name, f'{HEAD}version: "3.1"\nnlu:\n'), mine)
    tested = [each for each in plan.additions if each.name]
    if tested:
        name = f"{CONVERSATIONS}/{FILE}"
        files[name] = with_tests(_text(root / name, HEAD), tested)
    for text in files.values():
        yaml.load(text, yaml.CSafeLoader)
    for name, text in files.items():
        path = root / name
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    return [Path(name) for name in files]


def with_examples(source: str, additions: Iterable[Addition]) -> str:
    """A file of training messages with more of them."""
    for each in additions:
        line = f"    - {each.text}\n"
        block = f"- intent: {each.label.intent}\n  metadata: {{service: {each.service}}}\n  examples: |\n"
        found = f"\n{source}".find(f"\n{block}")
        if found < 0:
            source = f"{source.rstrip()}\n{block}{line}"
            continue
        end = found + len(block)
        while source[end:].startswith("    "):
            end = source.find("\n", end) + 1 or len(source)
        before = source[:end] if source[:end].endswith("\n") else f"{source[:end]}\n"
        source = f"{before}{line}{source[end:]}"
    return source


def with_tests(source: str, additions: Iterable[Addition]) -> str:
    """A file of conversations with one more for each."""
    parts = [source.rstrip() + "\n"]
    for each in additions:
        expected = (
            "refused: true"
            if each.label.intent == OUT_OF_SCOPE
            else f"service: {each.label.service or 'null'}, intent: {each.label.intent}"
        )
        parts.append(f"- name: {_quoted(each.name or '')}\n  turns:\n  - {{say: {_quoted(each.text)}, {expected}}}\n")
    return "".join(parts)


def _problem(text: str, label: Label, services: Collection[str], intents: Collection[str]) -> str | None:
    if not text:
        return "nothing is left of it"
    foreign = guess(text).foreign
    if foreign:
        return f"it is in another language ({foreign}), which is refused without training"
    try:
        labelled(label.service, label.intent, services, intents)
    except CannotLabel as error:
        return str(error)
    return None


def _contradiction(label: Label, before: Example | None, planned_: Addition | None) -> str | None:
    service = label.service or NO_SERVICE
    if planned_ and planned_.label != label:
        return f"it is labelled {_shown(label.intent, service)} here and {_shown(planned_.label.intent, planned_.service)} elsewhere"
    if before is None:
        return None
    fits = label.intent in (before.intent, *before.also_intents) and (
        not before.service or service in (before.service, *before.also_services)
    )
    if fits:
        return None
    was = _shown(before.intent, before.service or "any")
    return f"it stands already as {was} in {before.where}, not as {_shown(label.intent, service)}"


def _shown(intent: str, service: str) -> str:
    return f"`{intent}` of `{service}`"


def _unused(text: str, names: Collection[str]) -> str:
    name = short = text[:NAME].strip()
    number = 1
    while name in names:
        number += 1
        name = f"{short} ({number})"
    return name


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _text(path: Path, otherwise: str) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else otherwise
