"""`bot serve` as people meet it: a real process with real engines, Redis and HTTP, and a Bot API server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Any

from bot.gateway.app import WAKING

AWAKE = 120.0
"""Seconds until engines are loaded, on a busy machine."""

CHATS = 12

TALK = (
    ("how long does a work permit take", "How long it takes"),
    ("what does it cost", "Fees"),
    ("which documents do I need", "Documents"),
    ("and the residence permit?", "Work residence permit"),
)
"""What each person says, and what the heading of the answer must hold."""


def answers(api: Any, user: int) -> list[str]:
    """What somebody was sent, without the word that we are waking up."""
    return [text for text in api.texts(user) if text != WAKING["en"]]


async def test_a_gateway_from_its_first_second_to_its_last(served: Any, api: Any) -> None:
    await served.until("/healthz", 200, 20)
    waking = await served.get("/readyz")
    assert waking is not None
    assert waking.status_code == 503
    api.say(TALK[0][0], user=1)  # before anybody is awake
    page = await served.get("/")
    assert page is not None
    assert page.status_code == 200
    await served.until("/readyz", 200, AWAKE)
    await api.until(lambda: answers(api, 1), seconds=30)
    [first] = answers(api, 1)
    assert TALK[0][1] in first
    assert api.texts(1)[0] == WAKING["en"]

    killer = asyncio.create_task(_trouble(served))
    await asyncio.gather(*(_talk(api, user) for user in range(10, 10 + CHATS)))
    await killer
    await asyncio.sleep(3)  # what would come twice had time to come
    for user in range(10, 10 + CHATS):
        texts = answers(api, user)
        assert len(texts) == len(TALK), texts
        assert [heading for (_, heading), text in zip(TALK, texts) if heading not in text] == []
    assert await served.stop() == 0
    assert "Traceback" not in served.log()
    assert TALK[0][0] not in served.log()


async def _trouble(served: Any) -> None:
    """An engine is killed, later the whole gateway, which is started again."""
    await asyncio.sleep(1.5)
    for pid in served.engines():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(6)
    await served.kill()
    await asyncio.sleep(0.5)
    await served.start()
    await served.until("/readyz", 200, AWAKE)


async def _talk(api: Any, user: int) -> None:
    """Somebody asks one thing after another, each after the answer to the last."""
    for number, (text, _) in enumerate(TALK, 1):
        await asyncio.sleep((user % 7) * 0.3)
        api.say(text, user=user)
        await api.until(lambda number=number: len(answers(api, user)) >= number, seconds=AWAKE)
