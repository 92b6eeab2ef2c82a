from __future__ import annotations

import numpy as np
import pytest

from nlu import embedding
from nlu.embedding import SIZE, embed


def test_vectors_have_length_one_and_translations_are_near() -> None:
    permit, chinese, weather = embed(["how do I get a work permit", "怎样办理工作许可", "it will rain tomorrow"])
    assert permit.shape == (SIZE,)
    np.testing.assert_allclose(np.linalg.norm(permit), 1, atol=1e-4)
    assert permit @ chinese > permit @ weather + 0.2


def test_traditional_is_embedded_as_simplified() -> None:
    one, other = embed(["港澳居民居住證怎麼辦", "港澳居民居住证怎么办"])
    np.testing.assert_allclose(one @ other, 1, atol=0.05)


def test_nothing_typed_has_a_vector_too() -> None:
    assert embed([""]).shape == (1, SIZE)


def test_several_processes_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"message {number} 第{number}条" for number in range(30)]
    one = embed(texts)
    monkeypatch.setattr(embedding, "MANY", 10)
    np.testing.assert_allclose(embed(texts), one, atol=1e-5)
