from __future__ import annotations

import pytest

from entities.mask import CODES, masked


@pytest.mark.parametrize(
    ("form", "seen"),
    [
        ("85", "0"),
        ("850k", "0k"),
        ("1,200.50", "0"),
        ("85万", "0万"),
        ("a4", "a0"),
        ("3.5", "0"),
        ("2026", "0"),
        ("2026-03", "0-0"),
        ("工作", "工作"),
        ("", ""),
        ("1831", "0"),
        ("12345", "12345"),
        ("183", "183"),
        ("15", "15"),
    ],
)
def test_digits_become_one_zero_but_codes_stay(form: str, seen: str) -> None:
    assert masked(form) == seen


def test_masking_twice_changes_nothing_more() -> None:
    for form in ("99 and 183", "7.5", *CODES):
        assert masked(masked(form)) == masked(form)
