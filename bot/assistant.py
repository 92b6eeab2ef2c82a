"""Conversations with the assistant: each message in, each answer out, for any channel."""

from __future__ import annotations

from bot.conversation import Pressed, TooLong, Typed, incoming
from bot.delivery import delivered
from bot.engine.client import EngineClient
from bot.engine.protocol import Answer, Turn
from bot.typed import MAX_CHARACTERS
from language.choice import reply_language

TOO_LONG = {
    "en": f"That is too long for me: please ask in at most {MAX_CHARACTERS:,} characters, one question at a time.",
    "zh-Hans": f"这段话太长了：请控制在{MAX_CHARACTERS}字以内，一次问一个问题。",
}

REMEMBERED = 10_000
"""Conversations whose last answer is kept, for its buttons and language."""


class Assistant:
    """Answers messages of many conversations through one engine."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._last: dict[str, Answer] = {}

    async def reply(self, conversation: str, text: str) -> Answer:
        """The answer as the person reads it. Raises EngineError when the engine cannot answer."""
        last = self._last.get(conversation)
        message = incoming(text, last.buttons, last.numbered) if last else incoming(text)
        if isinstance(message, TooLong):
            return delivered(self._too_long(conversation, text))
        if isinstance(message, Pressed):
            turn = Turn(conversation, payload=message.button.payload)
        else:
            assert isinstance(message, Typed)
            turn = Turn(conversation, text=message.text)
        answer = delivered(await self._engine.turn(turn))
        self._remember(conversation, answer)
        return answer

    def _too_long(self, conversation: str, text: str) -> Answer:
        last = self._last.get(conversation)
        language = reply_language(text[:200], last.language if last else None)
        said = TOO_LONG["en" if language == "en" else "zh-Hans"]
        return Answer(language, "nlu_fallback", None, 0.0, said)

    def _remember(self, conversation: str, answer: Answer) -> None:
        self._last.pop(conversation, None)
        self._last[conversation] = answer
        while len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]
