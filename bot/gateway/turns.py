"""A message becomes an answer: what the worker calls for each turn."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.conversation import TooLong, incoming
from bot.delivery import delivered
from bot.engine.protocol import Answer, Turn
from bot.messages import Incoming
from bot.store.buttons import Buttons
from bot.typed import MAX_CHARACTERS
from language.choice import reply_language

TOO_LONG = {
    "en": f"That is too long for me: please ask in at most {MAX_CHARACTERS:,} characters, one question at a time.",
    "zh": f"这段话太长了：请控制在{MAX_CHARACTERS}字以内，一次问一个问题。",
}

STALE = {
    "en": "That button is too old for me to know what it meant. Please ask again in your own words.",
    "zh": "这个按钮太旧了，我已经不知道它的意思。请直接用文字再问一次。",
}


class Engines(Protocol):
    """Who answers turns: one engine or several."""

    async def turn(self, turn: Turn) -> Answer: ...


Typing = Callable[[str], AbstractAsyncContextManager[None]]
"""Shows in a conversation that an answer is being written."""


class Turns:
    """Answers messages of all channels. forget: called with a conversation whose data was deleted, to delete the rest of it."""

    def __init__(
        self, engines: Engines, buttons: Buttons, forget: Callable[[str], Awaitable[None]], typing: Typing | None = None
    ) -> None:
        self._engines, self._buttons, self._forget = engines, buttons, forget
        self._typing = typing

    async def __call__(self, message: Incoming) -> Answer:
        """The answer as the person reads it. Raises EngineError, StoreUnavailable."""
        turn = await self._turn(message)
        if isinstance(turn, Answer):
            return delivered(turn)
        showing = self._typing(message.conversation) if self._typing else contextlib.nullcontext()
        async with showing:
            answer = await self._engines.turn(turn)
        if answer.forgotten:
            await self._forget(message.conversation)
        return delivered(answer)

    async def _turn(self, message: Incoming) -> Turn | Answer:
        if message.payload is not None:
            return Turn(
                message.conversation, payload=message.payload, message=message.message_id, language=message.language
            )
        if message.button is not None:
            button = await self._buttons.find(message.conversation, message.button)
            if button is None:
                return _said(STALE, message)
            return Turn(message.conversation, payload=button.payload, message=message.message_id)
        typed = incoming(message.text or "")
        if isinstance(typed, TooLong):
            return _said(TOO_LONG, message)
        return Turn(message.conversation, text=typed.text, message=message.message_id)


def _said(texts: dict[str, str], message: Incoming) -> Answer:
    language = reply_language((message.text or "")[:200], message.language)
    return Answer(language, "nlu_fallback", None, 0.0, texts["en" if language == "en" else "zh"])
