"""Conversations with the assistant: each message in, each answer out, for any channel."""

from __future__ import annotations

from bot.conversation import TooLong, typed
from bot.delivery import delivered
from bot.engine.client import EngineClient
from bot.engine.protocol import Answer, Button, Turn
from bot.typed import MAX_CHARACTERS
from language.choice import reply_language

TOO_LONG = {
    "en": f"That is too long for me: please ask in at most {MAX_CHARACTERS:,} characters, one question at a time.",
    "zh-Hans": f"这段话太长了：请控制在{MAX_CHARACTERS}字以内，一次问一个问题。",
}

REMEMBERED = 10_000
"""Conversations whose language is kept, for what is answered without the engine."""


class Assistant:
    """Answers messages of many conversations through one engine."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._languages: dict[str, str] = {}

    async def reply(self, conversation: str, text: str) -> Answer:
        """The answer as the person reads it. Raises EngineError when the engine cannot answer."""
        message = typed(text)
        if isinstance(message, TooLong):
            return delivered(self._too_long(conversation, text))
        answer = await self._engine.turn(Turn(conversation, text=message.text))
        self._remember(conversation, answer)
        return delivered(answer)

    async def press(self, conversation: str, button: Button) -> Answer:
        """The answer to a button of an earlier answer. Raises EngineError when the engine cannot answer."""
        answer = await self._engine.turn(Turn(conversation, payload=button.payload))
        self._remember(conversation, answer)
        return delivered(answer)

    def _too_long(self, conversation: str, text: str) -> Answer:
        language = reply_language(text[:200], self._languages.get(conversation))
        said = TOO_LONG["en" if language == "en" else "zh-Hans"]
        return Answer(language, "nlu_fallback", None, 0.0, said)

    def _remember(self, conversation: str, answer: Answer) -> None:
        self._languages.pop(conversation, None)
        if answer.forgotten:
            return
        self._languages[conversation] = answer.language
        while len(self._languages) > REMEMBERED:
            del self._languages[next(iter(self._languages))]
