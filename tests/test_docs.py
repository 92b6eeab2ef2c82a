"""What exists is documented: commands, catalog fields, and no path or address that does not belong into the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from bot.cli import app
from catalog.models import Aspect, Contact, Service, Source, Statement

ROOT = Path(__file__).parent.parent
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
CATALOG = (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    root = typer.main.get_command(app)
    found = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        if not command.hidden:
            found += [f"bot {name} {sub}" for sub in getattr(command, "commands", {})] or [f"bot {name}"]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    assert f"`{command}" in CLI


@pytest.mark.parametrize("model", [Service, Statement, Source, Contact])
def test_every_field_of_the_catalog_is_documented(model: type) -> None:
    missing = [name for name in model.__fields__ if f"`{name}`" not in CATALOG]  # type: ignore[attr-defined]
    assert missing == []


def test_every_aspect_is_documented() -> None:
    assert [aspect.value for aspect in Aspect if f"`{aspect.value}`" not in CATALOG] == []


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
