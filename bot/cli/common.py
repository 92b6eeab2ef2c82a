"""What the commands share: saying what failed, running async work, the trained model."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer
from rich.console import Console

from bot import project
from bot.engine.errors import EngineError
from catalog.errors import CatalogError
from catalog.store import Catalog, load

T = TypeVar("T")

messages = Console(stderr=True)
"""For people who watch; standard output is for answers."""


def fail(message: str, code: int = 1) -> typer.Exit:
    """Say what went wrong; raise the result."""
    messages.print(message, style="red", markup=False, highlight=False)
    return typer.Exit(code)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work`; engine errors become words and exit code 1."""
    try:
        return asyncio.run(work)
    except EngineError as error:
        raise fail(f"The engine failed: {error}") from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def the_catalog() -> Catalog:
    """The catalog, or its problems and exit code 1."""
    try:
        return load()
    except CatalogError as error:
        raise fail(f"{error}\n{len(error.problems)} problems: the catalog cannot be used.") from error


def trained_model(catalog: Catalog | None = None) -> Path:
    """The model of the present training data, trained first if need be. catalog: if it is loaded already."""
    path = project.model_path(catalog or the_catalog())
    if not path.exists():
        train_model(path)
    return path


def train_model(path: Path) -> None:
    """Train `path`, showing for how long; older models are removed when it is there."""
    path.parent.mkdir(exist_ok=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "bot.engine.trainer", str(path)]
    with messages.status("Training the model (a minute or two) …"):
        done = subprocess.run(
            command, check=False, cwd=project.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    if done.returncode or not path.exists():
        raise fail(f"Training failed:\n{done.stdout[-3000:]}")
    for old in path.parent.glob("assistant-*.tar.gz"):
        if old != path:
            old.unlink()
    messages.print(f"Model trained in {time.monotonic() - started:.0f} s: {path.name}", highlight=False)
