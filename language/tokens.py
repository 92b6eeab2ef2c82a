"""Cut a message of Chinese, English or both into words whose offsets refer to what the person typed.

Stock tokenizers cannot: Rasa's WhitespaceTokenizer deletes Han next to Latin, its JiebaTokenizer emits spaces as words.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from language.cantonese import WORDS
from language.normalise import INVISIBLE, normalise
from language.script import HAN, simplify

_LETTER = rf"(?:(?!{HAN.pattern})[^\W\d_])"
_PIECES = re.compile(
    rf"(?P<han>(?:{HAN.pattern})+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>{_LETTER}+(?:['’]{_LETTER}+)*)|(?P<mark>\S)"
)


@dataclass(frozen=True)
class Token:
    """A word: `text` is `message[start:end]`; `form` is how features see it (NFKC, lower case, Simplified)."""

    text: str
    start: int
    end: int
    form: str


class Segmenter:
    """Cuts runs of Han into words by jieba's dictionary plus names of ours."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """names: words that jieba should know, in any script."""
        import jieba

        jieba.setLogLevel(logging.WARNING)
        self._jieba: Any = jieba.Tokenizer()
        for name in (*WORDS, *names):
            word = simplify(name)
            if len(word) > 1:
                self._jieba.add_word(word)

    def cut(self, run: str) -> list[str]:
        """The words of a run of simplified Han, which together are the run again."""
        return list(self._jieba.lcut(run, HMM=False))


def tokenize(text: str, segmenter: Segmenter) -> list[Token]:
    """The words of `text` in order: Han words, Latin words, numbers, single marks; never empty, never white space."""
    flat, origin = _flatten(text)
    tokens: list[Token] = []
    for match in _PIECES.finditer(flat):
        pieces = segmenter.cut(match.group()) if match.lastgroup == "han" else [match.group()]
        start = match.start()
        for piece in pieces:
            end = start + len(piece)
            left, right, form = origin[start], origin[end - 1] + 1, WORDS.get(piece, piece)
            if tokens and left < tokens[-1].end:  # one typed character that stands for several words (㎡)
                last = tokens.pop()
                left, right, form = last.start, max(last.end, right), last.form + form
            tokens.append(Token(text[left:right], left, right, form))
            start = end
    return tokens


def _flatten(text: str) -> tuple[str, list[int]]:
    """The text normalised and simplified, invisible characters gone, and for each character where it came from."""
    chars: list[str] = []
    origin: list[int] = []
    for position, char in enumerate(text):
        if INVISIBLE.match(char):
            continue
        for normal in normalise(char):
            chars.append(normal)
            origin.append(position)
    return simplify("".join(chars)), origin
