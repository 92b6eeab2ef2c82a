from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.review import Stale, expiring, stale

POOL = "services/pool-pass.yml"
READ = dt.date(2026, 11, 24)
NEVER = [Stale("card-rules", None, ["pool-pass"]), Stale("pool-notice", None, ["pool-pass"])]


@pytest.mark.parametrize(("days", "due"), [(180, False), (181, True)])
def test_a_source_is_stale_when_it_is_older_than_the_age(small: Any, days: int, due: bool) -> None:
    rows = stale(small.load(), READ + dt.timedelta(days=days), dt.timedelta(days=180))
    assert rows == NEVER + [Stale("town-website", READ, ["pool-pass", "library-card"])] * due


def test_the_oldest_source_comes_first(small: Any) -> None:
    read = "    status: read-on-page\n    read_on: 2026-01-02"
    small.edit(POOL, "    status: general-knowledge", read)
    rows = stale(small.load(), dt.date(2028, 1, 1), dt.timedelta(days=180))
    assert [row.source for row in rows] == ["card-rules", "pool-notice", "town-website"]


@pytest.mark.parametrize(
    ("on", "state"),
    [("2025-12-31", "soon"), ("2026-01-01", "open"), ("2026-03-31", "open"), ("2026-04-01", "over")],
)
def test_a_window_is_listed_with_its_state(small: Any, on: str, state: str) -> None:
    rows = expiring(small.load(), dt.date.fromisoformat(on))
    assert rows == [("pool-pass", "Apply from 1 January to 31 March 2026.", dt.date(2026, 3, 31), state)]


def test_the_first_window_to_close_comes_first(small: Any) -> None:
    small.edit(
        POOL,
        "  deadline:\n",
        "  deadline:\n    - zh: 2月5日至12月9日。\n      en: From 5 February to 9 December.\n"
        "      window: {opens: 2026-02-05, closes: 2026-12-09}\n      sources: [pool-notice]\n",
    )
    assert [closes.month for _, _, closes, _ in expiring(small.load(), READ)] == [3, 12]
