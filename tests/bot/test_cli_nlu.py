from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.mark.parametrize("command", ["eval", "curve"])
@pytest.mark.parametrize("content", [None, "", "\n\n", '{"text": "hi"}'], ids=["absent", "empty", "blank", "bad"])
def test_files_without_labelled_messages_are_refused_at_once(tmp_path: Path, command: str, content: str | None) -> None:
    path = tmp_path / "messages.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert CliRunner().invoke(app, ["nlu", command, str(path)]).exit_code == 1


@pytest.mark.parametrize("command", ["eval", "curve"])
def test_a_page_that_could_not_be_written_is_refused_at_once(tmp_path: Path, command: str) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text('{"text": "hi", "accept": [[null, "greet"]]}', encoding="utf-8")
    page = tmp_path / "nowhere" / "page.html"
    assert CliRunner().invoke(app, ["nlu", command, str(path), "--html", str(page)]).exit_code == 2
