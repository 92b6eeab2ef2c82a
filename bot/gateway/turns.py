"""A message becomes an answer, or goes to the staff who own the conversation: what the worker calls for each turn."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Protocol

from bot.conversation import Files, ForDesk, ForStaff, Payload, Stale, TooLong, Typed, fate, needs_staff
from bot.delivery import delivered
from bot.desk.cases import Owner
from bot.desk.desk import Desk
from bot.desk.insights.records import Records
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

KEPT = {
    "en": "I have added it to your request; staff will see it. I cannot read files myself: ask me in a message of its own.",
    "zh": "已附在您的咨询里，工作人员会看到。我自己看不了文件，想问我的话请另发一条消息。",
}

UNREAD = {
    "en": "I cannot read files. Please write what it is about, or ask for a person and send it again.",
    "zh": "我看不了文件。请用文字说明，或者先转人工再发一次。",
}


class Engines(Protocol):
    """Who answers turns: one engine or several."""

    async def turn(self, turn: Turn) -> Answer: ...


Typing = Callable[[str], AbstractAsyncContextManager[None]]
"""Shows in a conversation that an answer is being written."""


class Turns:
    """Answers messages of all channels. forget: called with a conversation whose data was deleted, to delete the rest of it.

    records: where turns are counted.
    """

    def __init__(
        self,
        engines: Engines,
        buttons: Buttons,
        desk: Desk,
        forget: Callable[[str], Awaitable[None]],
        typing: Typing | None = None,
        records: Records | None = None,
    ) -> None:
        self._engines, self._buttons, self._desk, self._records, self._forget = engines, buttons, desk, records, forget
        self._typing = typing

    async def __call__(self, message: Incoming) -> Answer | None:
        """The answer as the person reads it; None where the desk has the message. Raises EngineError, StoreUnavailable."""
        payload, message = await self._meant(message)
        while True:
            owned = await self._desk.ownership(message.conversation)
            what = fate(message, owned, payload)
            if not isinstance(what, ForStaff):
                break
            if await self._desk.hear(what.case, message, payload):
                return None
        if isinstance(what, ForDesk):
            await self._desk.pressed(message, what.payload)
            return None
        if isinstance(what, Files):
            if what.case:
                await self._desk.overhear(what.case, message)
            return delivered(_said(KEPT if what.case else UNREAD, message))
        if isinstance(what, TooLong):
            if owned:
                await self._desk.overhear(owned.case, message)
            return delivered(_said(TOO_LONG, message))
        if isinstance(what, Stale):
            return delivered(_said(STALE, message))
        if isinstance(what, Typed) and await self._desk.wished(message):
            return None
        case = owned.case if owned and owned.owner is Owner.waiting else None
        if case:
            await self._desk.overhear(case, message)
        return await self._answer(message, what, case)

    async def answered(self, message: Incoming, answer: Answer | None) -> None:
        """After the turn: what is kept for staff, and what is counted. Raises StoreUnavailable."""
        payload, message = await self._meant(message)
        if answer and not answer.forgotten:
            await self._desk.answered(message, answer)
        if self._records:
            await self._records.turn(message, answer, payload)

    async def _answer(self, message: Incoming, what: Typed | Payload, case: str | None) -> Answer:
        turn = (
            Turn(message.conversation, text=what.text, message=message.message_id)
            if isinstance(what, Typed)
            else Turn(message.conversation, payload=what.payload, message=message.message_id, language=message.language)
        )
        showing = self._typing(message.conversation) if self._typing else contextlib.nullcontext()
        async with showing:
            answer = await self._engines.turn(turn)
        if answer.forgotten:
            await self._forget(message.conversation)
            return delivered(answer)
        answer = delivered(answer)
        reason = needs_staff(answer)
        if reason:
            return await self._desk.ask(message, answer, reason)
        return await self._desk.place(case, answer) if case else answer

    async def _meant(self, message: Incoming) -> tuple[str | None, Incoming]:
        """The payload of a message, None if it has none or an unknown button; and the message with the words of its button."""
        if message.button is None:
            return message.payload, message
        button = await self._buttons.find(message.conversation, message.button)
        return (button.payload, replace(message, shown=button.title)) if button else (None, message)


def _said(texts: dict[str, str], message: Incoming) -> Answer:
    language = reply_language((message.text or "")[:200], message.language)
    return Answer(language, "nlu_fallback", None, 0.0, texts["en" if language == "en" else "zh"])
