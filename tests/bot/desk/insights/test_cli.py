"""`bot report` and `bot inbox` on a real Redis."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import Result
from redis.asyncio import Redis
from typer.testing import CliRunner

from bot.cli import app
from bot.desk.insights.records import Records
from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.store.connection import socket_url

Bot = Callable[..., Awaitable[Result]]


@pytest.fixture
def bot(redis: Redis, server: Path, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """Runs a command on the Redis of the test; an exit that was not meant fails it."""
    monkeypatch.setenv("REDIS_URL", socket_url(server))
    monkeypatch.setenv("COLUMNS", "200")

    async def run(*arguments: str, code: int = 0) -> Result:
        result = await asyncio.to_thread(CliRunner().invoke, app, list(arguments))
        assert (result.exit_code, type(result.exception)) in [(code, type(None)), (code, SystemExit)], result.output
        return result

    return run


async def ask(redis: Redis, text: str, conversation: str, intent: str = "out_of_scope") -> None:
    message = Incoming("web", conversation, text, time.time() - 600, text)
    await Records(redis).turn(message, Answer("en", intent, None, 0.9, "…"))


async def test_a_report_on_nothing_and_on_something(bot: Bot, redis: Redis, tmp_path: Path) -> None:
    assert "no data" in (await bot("report")).stdout
    await ask(redis, "how much is it", "web:1", "ask_fee")
    shown = (await bot("report")).stdout
    assert "1 with 1 messages" in shown
    assert "1 not yet known" in shown
    found = json.loads((await bot("report", "--json", "--days", "2")).stdout)
    assert (found["all"]["conversations"], found["all"]["resolved_share"], len(found["day"])) == (1, None, 2)
    rows = list(csv.reader(io.StringIO((await bot("report", "--csv", "-")).stdout)))
    assert ["channel", "web", "conversations", "1"] in rows
    path = tmp_path / "figures.csv"
    await bot("report", "--csv", str(path))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdimension,value,measure,figure\r\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--from", "2026-02-02", "--to", "2026-02-01"), 2),
        (("--days", "0"), 2),
        (("--from", "yesterday"), 2),
        (("--json", "--csv", "-"), 2),
        (("--csv", "/nowhere/at/all.csv"), 1),
    ],
)
async def test_what_cannot_be_reported_is_said(bot: Bot, arguments: tuple[str, ...], code: int) -> None:
    result = await bot("report", *arguments, code=code)
    assert result.output.strip()
    assert "Traceback" not in result.output


async def test_questions_are_listed_labelled_dismissed_and_put_back(bot: Bot, redis: Redis) -> None:
    assert "no questions" in (await bot("inbox", "list")).output
    for number, text in enumerate(
        ("bring my dog to Shenzhen", "can I bring a dog to Shenzhen", "where is a mosque\x1b[2J")
    ):
        await ask(redis, text, f"web:{number}")
    listed = (await bot("inbox", "list", "--texts")).stdout
    assert "\x1b[2J" not in listed
    assert "can I bring a dog to Shenzhen" in listed
    dogs, mosque = [line.split()[0] for line in listed.splitlines() if line.strip().startswith("g-")]
    assert (
        "2 questions" in (await bot("inbox", "label", dogs, "--intent", "ask_fee", "--service", "work-permit")).output
    )
    assert "1 question" in (await bot("inbox", "dismiss", mosque)).output
    assert "no questions" in (await bot("inbox", "list")).output
    assert "work-permit ask_fee" in (await bot("inbox", "list", "--state", "labelled")).stdout
    assert mosque in (await bot("inbox", "list", "--state", "dismissed")).stdout
    await bot("inbox", "undo", dogs)
    assert dogs in (await bot("inbox", "list")).stdout


async def test_what_cannot_be_labelled_is_said(bot: Bot, redis: Redis) -> None:
    await ask(redis, "bring my dog to Shenzhen", "web:1")
    [question] = await Records(redis).vain(9)
    shown = (await bot("inbox", "label", question.id, "--intent", "ask_fee", "--service", "dogs", code=1)).output
    assert "no service `dogs`" in shown
    assert "no question" in (await bot("inbox", "dismiss", "g-nothing", code=1)).output
    await bot("inbox", "list", "--state", "lost", code=2)
