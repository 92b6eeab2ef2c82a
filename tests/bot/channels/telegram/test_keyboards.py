from __future__ import annotations

import pytest

from bot.channels.telegram.keyboards import MOST, columns, data, identifier, keyboard, layout


@pytest.mark.parametrize(
    ("titles", "rows"),
    [
        ([], []),
        (["👍", "👎"], [[0, 1]]),
        (["Documents", "Fees", "Where"], [[0, 1], [2]]),
        (["申请条件", "所需材料", "费用", "转人工"], [[0, 1], [2, 3]]),
        (["费用", "材料", "流程"], [[0, 1, 2]]),
        (["Limits and warnings", "Fees"], [[0], [1]]),
        (["Fees", "Work permits for foreigners in Qianhai", "Where"], [[0], [1], [2]]),
    ],
)
def test_rows_can_be_read_on_a_phone(titles: list[str], rows: list[list[int]]) -> None:
    assert layout(titles) == rows


def test_order_is_kept_and_nothing_is_lost() -> None:
    titles = ["Fees", "所需材料", "A very long title of a button indeed", "👍", "👎"] * 10
    assert [at for row in layout(titles) for at in row] == list(range(50))


def test_chinese_takes_two_columns() -> None:
    assert columns("费用 A") == 6


def test_a_keyboard_carries_opaque_ids() -> None:
    found = keyboard(["Fees", "x" * 100], ["id1", "id2"])
    assert found is not None
    assert [[b.callback_data for b in row] for row in found.inline_keyboard] == [["b:id1"], ["b:id2"]]
    assert len(found.inline_keyboard[1][0].text) == 64
    assert keyboard([], []) is None
    many = keyboard(["x"] * 150, [str(n) for n in range(150)])
    assert many is not None
    assert sum(map(len, many.inline_keyboard)) == MOST


@pytest.mark.parametrize(
    ("text", "expected"), [("b:abc", "abc"), ("b:", None), ("/ask_fee", None), ("", None), (None, None)]
)
def test_only_our_data_is_an_id(text: str | None, expected: str | None) -> None:
    assert identifier(text) == expected


def test_ids_that_telegram_would_refuse_are_an_error() -> None:
    assert len(data("x" * 62).encode()) == 64
    with pytest.raises(ValueError, match="too long"):
        data("x" * 63)
