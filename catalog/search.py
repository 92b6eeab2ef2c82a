"""Search all statements of the catalog in both languages, for messages that no intent fits.

BM25 (bm25s) over our own tokens: Traditional and Cantonese meet Simplified, mixed text is cut at the script borders, and a
Latin word the catalog does not know is read as the nearest one it does.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace

import bm25s
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.models import Aspect
from catalog.render import ASPECT_NAMES
from catalog.store import Catalog
from language.script import has_han
from language.tokens import Segmenter, tokenize

K1 = 1.5
SURE = 0.3
"""Score from which a passage is offered instead of a shrug (measured, docs/catalog.md)."""

CLOSE = 0.3
"""Score from which a statement of another aspect is shown beside the answer (measured, docs/catalog.md)."""

CANDIDATES = 200
"""Passages that BM25 likes best and that are ordered by what they cover."""

TYPO_LENGTH = 5
TYPO_SIMILARITY = 0.75

_STOP = frozenset(
    re.findall(
        r"\S+",
        """的 了 吗 呢 吧 啊 我 你 您 他 是 在 有 和 也 都 就 不 要 请问 一个 这 那
        多久 多少 什么 怎么 怎样 哪里 哪个 谁 几 要 需要 可以 能 吗 如果 还 会 给 到 从 把 被 去 来 想 有没有 是不是 能不能 可不可以
        the a an i my me is are am do does to of for and in on it you we they he she this that be been by as at or if so
        how long take takes what which many much when where who can could may need get have has had will would with from not no""",
    )
)
"""Words that say nothing of what is looked for, question words among them."""


@dataclass(frozen=True)
class Passage:
    """A statement found. score: 0–1, the share of the query's weight that the passage covers; position: in its aspect."""

    service: str
    aspect: Aspect
    position: int
    language: str
    text: str
    score: float


class Search:
    """An index over one catalog. Building it takes about a second; a query some milliseconds."""

    def __init__(self, catalog: Catalog) -> None:
        names = [name for s in catalog.services.values() for name in (*s.aliases.zh, s.name.zh) if has_han(name)]
        self._segmenter = Segmenter(names)
        self._passages: list[Passage] = []
        self._said: list[frozenset[str]] = []
        corpus: list[list[str]] = []
        for service in catalog.services.values():
            for language in ("zh", "en"):
                name = f"{getattr(service.name, language)} {' '.join(getattr(service.aliases, language))}"
                name_words = self._words(name)
                for aspect, statements in service.aspects.items():
                    aspect_words = self._words(ASPECT_NAMES[aspect][0 if language == "zh" else 1])
                    for position, statement in enumerate(statements):
                        text: str = getattr(statement, language)
                        words = self._words(text)
                        self._passages.append(Passage(service.id, aspect, position, language, text, 0.0))
                        self._said.append(frozenset(words) - frozenset(name_words))
                        corpus.append([*words, *dict.fromkeys([*name_words, *aspect_words])])
        self._of: dict[tuple[str, str], list[int]] = {}
        for index, passage in enumerate(self._passages):
            self._of.setdefault((passage.service, passage.language), []).append(index)
        self._retriever = bm25s.BM25(k1=K1)
        self._retriever.index(corpus, show_progress=False)
        self._vocabulary = [frozenset(words) for words in corpus]
        counts = Counter(word for words in self._vocabulary for word in words)
        total = len(corpus)
        self._idf = {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}
        self._unknown = math.log(1 + (total + 0.5) / 0.5)
        self._latin = [word for word in counts if word.isascii() and word.isalpha() and len(word) >= TYPO_LENGTH]

    def find(self, query: str, limit: int = 5) -> list[Passage]:
        """The best passage of each of the `limit` best (service, aspect) pairs, best first; empty when nothing fits."""
        words = [self._known(word) for word in self._words(query)]
        weight = {word: self._idf.get(word, self._unknown) for word in words}
        known = [word for word in words if word in self._idf]
        if not known:
            return []
        scores = self._retriever.get_scores(known)
        likely = [i for i in np.argsort(-scores)[:CANDIDATES] if scores[i] > 0]
        total = sum(weight.values())
        covered = {i: sum(v for word, v in weight.items() if word in self._vocabulary[i]) / total for i in likely}
        found: dict[tuple[str, Aspect], Passage] = {}
        for index in sorted(likely, key=lambda i: -(covered[i] + scores[i] / scores[likely[0]])):
            passage = replace(self._passages[index], score=round(covered[index], 4))
            found.setdefault((passage.service, passage.aspect), passage)
        return list(found.values())[:limit]

    def within(self, query: str, service: str, language: str) -> Passage | None:
        """The statement of a service, in `language`, that says most of what a question about it asks, or None.

        Names of the service itself do not count. score: the share of the query's weight that the statement covers.
        """
        words = {self._known(word) for word in self._words(query)}
        mine = self._of.get((service, language), [])
        asked = words & frozenset().union(*(self._said[i] for i in mine))
        weight = sum(self._idf.get(word, self._unknown) for word in words)
        best = max(mine, key=lambda i: sum(self._idf[word] for word in asked & self._said[i]), default=None)
        if best is None or not asked & self._said[best]:
            return None
        score = sum(self._idf[word] for word in asked & self._said[best]) / weight
        return replace(self._passages[best], score=round(score, 4))

    def _words(self, text: str) -> list[str]:
        return [
            t.form for t in tokenize(text, self._segmenter) if t.form not in _STOP and any(map(str.isalnum, t.form))
        ]

    def _known(self, word: str) -> str:
        """The word, or the catalog's word it was probably meant to be."""
        if word in self._idf or len(word) < TYPO_LENGTH or not word.isascii():
            return word
        best = process.extractOne(word, self._latin, scorer=OSA.normalized_similarity, score_cutoff=TYPO_SIMILARITY)
        return best[0] if best else word
