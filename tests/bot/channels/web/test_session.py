from __future__ import annotations

import pytest
from redis.asyncio import Redis

from bot.channels.web.session import COOKIE, EMBEDDED_COOKIE, Secret, cookie_header, new_session, signed, verified
from bot.store.keys import Keys

SECRET = b"s" * 32


def test_a_cookie_names_its_session() -> None:
    session = new_session()
    assert verified(signed(session, SECRET), SECRET) == session
    assert new_session() != session


@pytest.mark.parametrize(
    "cookie",
    [None, "", ".", "x", new_session(), f"{new_session()}.", signed("short", SECRET), signed(new_session(), b"other"), "é.é", f"{new_session()}.é"],
)  # fmt: skip
def test_others_are_refused(cookie: str | None) -> None:
    assert verified(cookie, SECRET) is None


def test_a_signature_belongs_to_one_session() -> None:
    _, _, signature = signed(new_session(), SECRET).partition(".")
    assert verified(f"{new_session()}.{signature}", SECRET) is None


@pytest.mark.parametrize(
    ("name", "secure", "wanted", "unwanted"),
    [
        (COOKIE, False, ["HttpOnly", "SameSite=Lax", "Path=/"], ["Secure"]),
        (COOKIE, True, ["HttpOnly", "SameSite=Lax", "Secure"], ["None"]),
        (EMBEDDED_COOKIE, True, ["HttpOnly", "SameSite=None", "Secure", "Partitioned"], ["Lax"]),
        (EMBEDDED_COOKIE, False, ["HttpOnly", "SameSite=Lax"], ["Secure", "Partitioned"]),
    ],
)
def test_attributes(name: str, secure: bool, wanted: list[str], unwanted: list[str]) -> None:
    header = cookie_header(name, "value", secure=secure)
    assert header.startswith(f"{name}=value; ")
    assert all(each in header for each in wanted)
    assert not any(each in header for each in unwanted)


async def test_all_gateways_have_one_secret(redis: Redis) -> None:
    keys = Keys("session-test:")
    one, other = await Secret(redis, keys).get(), await Secret(redis, keys).get()
    assert one == other
    assert len(one) == 32
