from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import project
from catalog.models import Aspect, Service, Text
from catalog.store import Catalog

FILES = (
    "config.yml",
    "domain/intents.yml",
    "stories/talk.yml",
    "nlu/data/en/greet.yml",
    "nlu/linear.py",
    "language/tokens.py",
    "requirements.lock",
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of its own."""
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.setattr(project, "ROOT", tmp_path)
    return tmp_path


def changed(catalog: Catalog, **update: Any) -> Catalog:
    service = catalog.services["work-permit"]
    return replace(catalog, services={**catalog.services, service.id: service.copy(update=update)})


def test_the_model_is_named_by_the_fingerprint(catalog: Catalog) -> None:
    fingerprint = project.fingerprint(catalog)
    assert re.fullmatch("[0-9a-f]{12}", fingerprint)
    assert project.model_path(catalog) == project.MODELS / f"assistant-{fingerprint}.tar.gz"
    assert project.model_path() == project.model_path(catalog)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_of_the_training_changes_it(catalog: Catalog, root: Path, name: str) -> None:
    before = project.fingerprint(catalog)
    (root / name).write_text("changed")
    assert project.fingerprint(catalog) != before
    (root / name).write_text(name)
    assert project.fingerprint(catalog) == before


def test_a_new_and_a_renamed_training_file_change_it(catalog: Catalog, root: Path) -> None:
    before = project.fingerprint(catalog)
    (root / "nlu/data/en/new.yml").touch()
    new = project.fingerprint(catalog)
    (root / "nlu/data/en/new.yml").rename(root / "nlu/data/en/newer.yml")
    assert len({before, new, project.fingerprint(catalog)}) == 3


def test_other_files_do_not_change_it(catalog: Catalog, root: Path) -> None:
    before = project.fingerprint(catalog)
    for name in ("README.md", "bot/cli.py", "actions/answer.py", "language/glossary.yml", "nlu/data/notes.txt"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("new")
    assert project.fingerprint(catalog) == before


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("name", lambda s: Text(zh=s.name.zh, en="Another name")),
        ("short", lambda s: Text(zh="新名", en=s.short.en)),
        ("aliases", lambda s: s.aliases.copy(update={"en": (*s.aliases.en, "one more")})),
        ("examples", lambda s: s.examples.copy(update={"mixed": {"ask_fee": ("work permit要几钱",)}})),
    ],
)
def test_names_and_examples_of_the_catalog_change_it(
    catalog: Catalog, field: str, new: Callable[[Service], object]
) -> None:
    other = changed(catalog, **{field: new(catalog.services["work-permit"])})
    assert project.fingerprint(other) != project.fingerprint(catalog)


def test_statements_of_the_catalog_do_not_change_it(catalog: Catalog) -> None:
    aspects = catalog.services["work-permit"].aspects
    shorter = changed(catalog, aspects={Aspect.overview: aspects[Aspect.overview]}, audiences=(), ask=())
    assert project.fingerprint(shorter) == project.fingerprint(catalog)
