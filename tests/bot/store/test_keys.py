from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.store.keys import LONGEST, Keys

KEYS = Keys()
IDS = [
    "telegram:12345", "", "*", "a:log:b", "a?b[c]\\", "中文编号", "%", "%3A", "=", "\x00\r\n", "\ud800", "a b", "x" * LONGEST, "x" * 5000,
    "=" + "a" * 64,
]  # fmt: skip
TEXT = st.text(st.characters(), max_size=200)


@pytest.mark.parametrize("conversation", IDS)
@pytest.mark.parametrize("of", [KEYS.state, KEYS.log, KEYS.outbox, KEYS.sending, KEYS.buttons, KEYS.living])
def test_an_id_cannot_break_out_of_its_key(of: object, conversation: str) -> None:
    key = of(conversation)  # type: ignore[operator]
    prefix = of("")  # type: ignore[operator]
    assert key.startswith(prefix)
    assert re.fullmatch(r"[A-Za-z0-9_.~%=-]*", key.removeprefix(prefix))
    assert len(key) <= len(prefix) + LONGEST


@pytest.mark.parametrize("conversation", [c for c in IDS if len(c) <= LONGEST])
def test_an_id_is_found_in_its_key(conversation: str) -> None:
    assert KEYS.conversation(KEYS.state(conversation)) == conversation


def test_a_long_id_is_not_in_its_key() -> None:
    assert KEYS.conversation(KEYS.state("中" * 100)) is None


@given(TEXT, TEXT)
def test_two_ids_never_share_a_key(one: str, other: str) -> None:
    assert (KEYS.state(one) == KEYS.state(other)) == (one == other)


@given(TEXT)
def test_keys_of_all_kinds_differ(conversation: str) -> None:
    keys = [
        KEYS.schema, KEYS.dead_letters, KEYS.inbox(1), KEYS.begun(1), KEYS.seen("", conversation, ""),
        *(of(conversation) for of in (KEYS.state, KEYS.log, KEYS.outbox, KEYS.sending, KEYS.buttons, KEYS.living)),
        KEYS.lease(conversation, 1), KEYS.lease(conversation, 2),
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)


@given(st.tuples(TEXT, TEXT, TEXT), st.tuples(TEXT, TEXT, TEXT))
def test_a_message_is_seen_under_a_name_of_its_own_that_tells_nothing(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (KEYS.seen(*one) == KEYS.seen(*other)) == (one == other)
    assert re.fullmatch(r"qta:seen:[0-9a-f]{32}", KEYS.seen(*one))


@pytest.mark.parametrize("prefix", ["", "qta", "q*:", "qta: ", ":", "a::", "中:", "qta:\n"])
def test_a_wrong_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        Keys(prefix)


async def test_the_pattern_finds_states_of_its_prefix_only(redis: Redis) -> None:
    other = Keys("other:qta:")
    expected = {KEYS.state(conversation) for conversation in IDS}
    for key in [*expected, KEYS.schema, *map(KEYS.log, IDS), *map(other.state, IDS)]:
        await redis.set(key, 1)
    assert {key async for key in redis.scan_iter(match=KEYS.every_state)} == expected
