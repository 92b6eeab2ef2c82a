"""An answer as the person gets it: in their script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.engine.protocol import Answer
from language.choice import HANT
from language.traditional import traditional


def delivered(answer: Answer) -> Answer:
    """The answer in the person's script; Traditional Chinese is made here and nowhere before."""
    if answer.language != HANT:
        return answer
    to: Callable[[str], str] = traditional
    return replace(
        answer,
        text=to(answer.text),
        buttons=tuple(replace(button, title=to(button.title)) for button in answer.buttons),
        sources=tuple(replace(s, title=to(s.title), issuer=to(s.issuer)) for s in answer.sources),
    )
