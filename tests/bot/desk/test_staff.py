from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from redis.asyncio import Redis

from bot.desk.staff import (
    FAILURES,
    FAILURES_OF_ADDRESS,
    IDLE,
    LONGEST_SESSION,
    WINDOW,
    BadAccount,
    BadPassword,
    LockedOut,
    LoginTaken,
    NeedsCode,
    Staff,
    StaffBook,
    TelegramTaken,
    UnknownStaff,
    WrongLogin,
)
from bot.store.connection import connect, socket_url
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys
from bot.store.server import EmbeddedServer

LI = Staff("li.na", "李娜", "Li Na", "agent", 4711, ("permits",), ("zh", "en"))
ANN = Staff("ann", "安", "Ann", "supervisor")
PASSWORD = "correct horse battery"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    server = EmbeddedServer(tmp_path_factory.mktemp("redis"))
    yield server.start()
    server.stop()


@pytest.fixture
async def redis(socket: Path) -> AsyncIterator[Redis]:
    client = connect(socket_url(socket))
    await client.flushall()
    yield client
    await client.close(close_connection_pool=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def book(redis: Redis, clock: Clock) -> StaffBook:
    """With Li, who has a password."""
    book = StaffBook(redis, hasher=QUICK, clock=clock)
    await book.add(LI, PASSWORD)
    return book


async def everything(redis: Redis) -> str:
    """All that Redis holds, keys and values."""
    found = []
    for key in await redis.keys("*"):
        kind = await redis.type(key)
        read = {"hash": redis.hgetall, "string": redis.get, "zset": lambda k: redis.zrange(k, 0, -1)}[kind]
        found.append(f"{key} {await read(key)}")
    return "\n".join(found)


async def two_step(book: StaffBook, clock: Clock) -> pyotp.TOTP:
    """Li signs in with codes from now on; the code that confirmed it is a minute old."""
    totp = pyotp.parse_uri(await book.begin_totp("li.na"))
    assert isinstance(totp, pyotp.TOTP)
    assert await book.confirm_totp("li.na", totp.at(int(clock.now)))
    clock.now += 60
    return totp


# Accounts


async def test_accounts_come_and_go(redis: Redis) -> None:
    book = StaffBook(redis, hasher=QUICK)
    assert (await book.any(), await book.all(), await book.get("ann")) == (False, [], None)
    await book.add(LI, None)
    await book.add(ANN, None)
    assert (await book.any(), await book.all(), await book.get("ann")) == (True, [ANN, LI], ANN)
    assert (await book.by_telegram(4711), await book.by_telegram(1)) == (LI, None)
    await book.remove("li.na")
    assert (await book.all(), await book.by_telegram(4711)) == ([ANN], None)
    assert (LI.display("en"), LI.display("zh-Hans"), LI.display("zh-Hant")) == ("Li Na", "李娜", "李娜")


async def test_a_login_is_given_once(book: StaffBook) -> None:
    with pytest.raises(LoginTaken):
        await book.add(replace(ANN, id="li.na"), None)
    assert await book.all() == [LI]


async def test_of_two_who_add_the_same_login_at_once_one_wins(redis: Redis) -> None:
    book = StaffBook(redis, hasher=QUICK)
    added = await asyncio.gather(*(book.add(ANN, None) for _ in range(8)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in added) == ["LoginTaken"] * 7 + ["NoneType"]


async def test_a_telegram_id_belongs_to_one(book: StaffBook) -> None:
    with pytest.raises(TelegramTaken) as error:
        await book.add(replace(ANN, telegram=4711), None)
    assert (error.value.by, await book.get("ann")) == ("li.na", None)
    await book.add(ANN, None)
    with pytest.raises(TelegramTaken):
        await book.replace(replace(ANN, telegram=4711))
    await book.replace(replace(LI, telegram=12))
    await book.replace(replace(ANN, telegram=4711))
    found = await book.by_telegram(4711), await book.by_telegram(12)
    assert [staff and staff.id for staff in found] == ["ann", "li.na"]


async def test_changes_keep_what_they_do_not_change(book: StaffBook, clock: Clock) -> None:
    await two_step(book, clock)
    await book.set_available("li.na", False)
    await book.replace(replace(LI, name_en="Lina", telegram=None, teams=("tax", "permits")))
    expected = replace(LI, name_en="Lina", telegram=None, teams=("tax", "permits"), available=False, totp=True)
    assert await book.get("li.na") == expected
    assert await book.by_telegram(4711) is None


async def test_what_is_done_to_nobody(book: StaffBook) -> None:
    for work in (
        book.replace(ANN), book.remove("ann"), book.set_password("ann", PASSWORD), book.set_available("ann", True),
        book.begin_totp("ann"), book.confirm_totp("ann", "123456"), book.end_totp("ann"), book.open_session("ann"),
    ):  # fmt: skip
        with pytest.raises(UnknownStaff):
            await work
    assert await book.all() == [LI]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "L"}, {"id": "Li"}, {"id": "a" * 33}, {"id": "li na"}, {"id": "李娜"}, {"name_zh": ""}, {"name_en": "a\nb"},
        {"name_en": "x" * 41}, {"name_zh": "\u202e李"}, {"role": "boss"}, {"telegram": 0}, {"telegram": -100123}, {"teams": ("",)},
        {"teams": ("a", "a")}, {"languages": ()}, {"languages": ("fr",)},
    ],
    ids=str,
)  # fmt: skip
def test_accounts_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(BadAccount):
        replace(LI, **wrong)


async def test_redis_away(tmp_path: Path) -> None:
    book = StaffBook(connect(socket_url(tmp_path / "none")))
    with pytest.raises(StoreUnavailable):
        await book.any()
    with pytest.raises(StoreUnavailable):
        await book.check("li.na", PASSWORD, None, "a")


# Passwords


async def test_signing_in(book: StaffBook) -> None:
    assert await book.check("li.na", PASSWORD, None, "a") == LI
    assert await book.check(" Li.Na ", PASSWORD, "", "a") == LI


@pytest.mark.parametrize(
    ("login", "password"),
    [("li.na", "wrong horse battery"), ("nobody", PASSWORD), ("", ""), ("li.na", ""), ("li.na", "x" * 10_000),
     ("\ud800", "\ud800"), ("*", PASSWORD), ("ann", "")],
)  # fmt: skip
async def test_what_does_not_fit_is_one_error(book: StaffBook, login: str, password: str) -> None:
    await book.add(ANN, None)
    with pytest.raises(WrongLogin) as error:
        await book.check(login, password, None, "a")
    assert str(error.value) == "login, password or code is wrong"


@pytest.mark.parametrize("password", ["short", "elevenchars", "x" * 257, "twelve.chars", "TWELVE.chars"])
async def test_passwords_that_are_refused(book: StaffBook, password: str) -> None:
    with pytest.raises(BadPassword) as error:
        await book.add(replace(ANN, id="twelve.chars"), password)
    assert password not in str(error.value)
    assert await book.get("twelve.chars") is None


async def test_passwords_of_any_script_however_they_are_composed(book: StaffBook) -> None:
    await book.set_password("li.na", "caf\u00e9 \u524d\u6d77 \u5b89\u5168\u7684\u5bc6\u7801")
    assert await book.check("li.na", "cafe\u0301 \u524d\u6d77 \u5b89\u5168\u7684\u5bc6\u7801", None, "a") == LI


async def test_no_password_stands_in_redis(book: StaffBook, redis: Redis) -> None:
    await book.check("li.na", PASSWORD, None, "192.0.2.1")
    with pytest.raises(WrongLogin):
        await book.check("li.na", "wrong horse battery", None, "192.0.2.1")
    token = await book.open_session("li.na")
    kept = await everything(redis)
    assert not [word for word in ("horse", "192.0.2.1", token) if word in kept]
    assert "$argon2id$" in kept


async def test_a_password_hashed_by_older_rules_is_hashed_anew(book: StaffBook, redis: Redis, clock: Clock) -> None:
    stronger = StaffBook(redis, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1), clock=clock)
    token = await book.open_session("li.na")
    assert await stronger.check("li.na", PASSWORD, None, "a") == LI
    assert "m=16,t=2,p=1" in await everything(redis)
    assert await book.check("li.na", PASSWORD, None, "a") == LI
    assert await book.session(token) == LI


async def test_unknown_logins_take_as_long(redis: Redis) -> None:
    """They are hashed too: the slow hasher is slow for both."""
    slow = PasswordHasher(time_cost=8, memory_cost=8192, parallelism=1)
    book = StaffBook(redis, hasher=slow)
    await book.add(LI, PASSWORD)
    loop = asyncio.get_running_loop()
    took = {}
    for login in ("li.na", "nobody"):
        took[login] = []
        for _ in range(3):
            began = loop.time()
            with pytest.raises(WrongLogin):
                await book.check(login, "wrong horse battery", None, "a")
            took[login].append(loop.time() - began)
    assert min(took["nobody"]) > min(took["li.na"]) / 3


# Locks


async def test_five_failures_lock_the_account_for_a_while(book: StaffBook, clock: Clock) -> None:
    for number in range(FAILURES):
        with pytest.raises(WrongLogin):
            await book.check("li.na", "wrong horse battery", None, f"address {number}")
        clock.now += 10
    with pytest.raises(LockedOut) as error:
        await book.check("li.na", PASSWORD, None, "elsewhere")
    assert error.value.seconds == WINDOW - 10
    clock.now += WINDOW - 11
    with pytest.raises(LockedOut):
        await book.check("li.na", PASSWORD, None, "elsewhere")
    clock.now += 1
    assert await book.check("li.na", PASSWORD, None, "elsewhere") == LI


async def test_unknown_logins_are_locked_alike(book: StaffBook) -> None:
    for _ in range(FAILURES):
        with pytest.raises(WrongLogin):
            await book.check("nobody", PASSWORD, None, "a")
    with pytest.raises(LockedOut):
        await book.check("nobody", PASSWORD, None, "a")
    assert await book.check("li.na", PASSWORD, None, "a") == LI


async def test_failures_count_for_a_while_only(book: StaffBook, clock: Clock) -> None:
    for _ in range(3 * FAILURES):
        with pytest.raises(WrongLogin):
            await book.check("li.na", "wrong horse battery", None, "a")
        clock.now += WINDOW / (FAILURES - 1)
    assert await book.check("li.na", PASSWORD, None, "a") == LI


async def test_success_begins_the_count_anew(book: StaffBook) -> None:
    for _ in range(3):
        for _ in range(FAILURES - 1):
            with pytest.raises(WrongLogin):
                await book.check("li.na", "wrong horse battery", None, "a")
        assert await book.check("li.na", PASSWORD, None, "a") == LI


async def test_an_address_that_tries_many_logins_is_locked(book: StaffBook, clock: Clock) -> None:
    for number in range(FAILURES_OF_ADDRESS):
        with pytest.raises(WrongLogin):
            await book.check(f"nobody{number}", PASSWORD, None, "bad")
    with pytest.raises(LockedOut):
        await book.check("li.na", PASSWORD, None, "bad")
    assert await book.check("li.na", PASSWORD, None, "good") == LI
    clock.now += WINDOW
    assert await book.check("li.na", PASSWORD, None, "bad") == LI


async def test_success_does_not_free_an_address(book: StaffBook) -> None:
    """Else somebody with one account could try passwords of all others."""
    for number in range(FAILURES_OF_ADDRESS):
        with pytest.raises(WrongLogin):
            await book.check(f"nobody{number}", PASSWORD, None, "bad")
        if number == FAILURES_OF_ADDRESS - 2:
            assert await book.check("li.na", PASSWORD, None, "bad") == LI
    with pytest.raises(LockedOut):
        await book.check("li.na", PASSWORD, None, "bad")


async def test_many_attempts_at_once_get_no_more_than_five(book: StaffBook) -> None:
    tried = await asyncio.gather(
        *(book.check("li.na", f"wrong horse {number}", None, "a") for number in range(40)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in tried) == ["LockedOut"] * 35 + ["WrongLogin"] * 5


async def test_a_new_password_ends_a_lock(book: StaffBook) -> None:
    for _ in range(FAILURES):
        with pytest.raises(WrongLogin):
            await book.check("li.na", "wrong horse battery", None, "a")
    await book.set_password("li.na", "another good one")
    assert await book.check("li.na", "another good one", None, "a") == LI


# The second factor


async def test_a_second_factor_counts_once_it_is_confirmed(book: StaffBook, clock: Clock) -> None:
    uri = await book.begin_totp("li.na")
    assert uri.startswith("otpauth://totp/Qianhai%20Talent%20Desk:li.na?secret=")
    assert await book.check("li.na", PASSWORD, None, "a") == LI
    code = pyotp.parse_uri(uri).at(int(clock.now))  # type: ignore[union-attr]
    assert not await book.confirm_totp("li.na", "000000" if code != "000000" else "111111")
    assert not await book.confirm_totp("li.na", "")
    assert await book.confirm_totp("li.na", code)
    assert await book.get("li.na") == replace(LI, totp=True)
    assert not await book.confirm_totp("li.na", code)


async def test_signing_in_with_a_code(book: StaffBook, clock: Clock) -> None:
    totp = await two_step(book, clock)
    for missing in (None, "", "  "):
        with pytest.raises(NeedsCode):
            await book.check("li.na", PASSWORD, missing, "a")
    with pytest.raises(WrongLogin):
        await book.check("li.na", "wrong horse battery", None, "a")
    with pytest.raises(WrongLogin):
        await book.check("li.na", "wrong horse battery", totp.at(int(clock.now)), "a")
    code = totp.at(int(clock.now))
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert await book.check("li.na", PASSWORD, f" {full_width[:3]} {full_width[3:]} ", "a") == replace(LI, totp=True)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_the_code_before_and_the_one_after_are_taken_too(
    book: StaffBook, clock: Clock, steps: int, taken: bool
) -> None:
    totp = await two_step(book, clock)
    clock.now += 300
    code = totp.at(int(clock.now) + 30 * steps)
    if taken:
        assert await book.check("li.na", PASSWORD, code, "a")
    else:
        with pytest.raises(WrongLogin):
            await book.check("li.na", PASSWORD, code, "a")


async def test_a_code_is_taken_once(book: StaffBook, clock: Clock) -> None:
    totp = await two_step(book, clock)
    code = totp.at(int(clock.now))
    tried = await asyncio.gather(*(book.check("li.na", PASSWORD, code, "a") for _ in range(4)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in tried) == ["Staff"] + ["WrongLogin"] * 3
    with pytest.raises(WrongLogin):  # nor one from before it
        await book.check("li.na", PASSWORD, totp.at(int(clock.now) - 30), "a")
    clock.now += 30
    assert await book.check("li.na", PASSWORD, totp.at(int(clock.now)), "a")


async def test_the_code_that_confirmed_it_does_not_sign_in(book: StaffBook, clock: Clock) -> None:
    totp = pyotp.parse_uri(await book.begin_totp("li.na"))
    code = totp.at(int(clock.now))  # type: ignore[union-attr]
    assert await book.confirm_totp("li.na", code)
    with pytest.raises(WrongLogin):
        await book.check("li.na", PASSWORD, code, "a")


async def test_codes_cannot_be_guessed_with_the_password(book: StaffBook, clock: Clock) -> None:
    """The password alone, which is right, neither counts as a failure nor begins the count anew."""
    totp = await two_step(book, clock)
    right = {totp.at(int(clock.now) + 30 * step) for step in (-1, 0, 1)}
    wrong = [code for code in map("{:06}".format, range(10)) if code not in right]
    for code in wrong[:FAILURES]:
        with pytest.raises(NeedsCode):
            await book.check("li.na", PASSWORD, None, "a")
        with pytest.raises(WrongLogin):
            await book.check("li.na", PASSWORD, code, "a")
    with pytest.raises(LockedOut):
        await book.check("li.na", PASSWORD, totp.at(int(clock.now)), "a")


async def test_without_the_second_factor_again(book: StaffBook, clock: Clock) -> None:
    await two_step(book, clock)
    await book.end_totp("li.na")
    assert await book.check("li.na", PASSWORD, None, "a") == LI


# Sessions


async def test_a_session_lives_while_it_is_used_and_twelve_hours_at_most(book: StaffBook, clock: Clock) -> None:
    token = await book.open_session("li.na")
    assert len(token) == 43
    opened = clock.now
    while clock.now < opened + LONGEST_SESSION - IDLE:
        assert await book.session(token) == LI
        clock.now += IDLE - 1
    assert await book.session(token) == LI
    clock.now = opened + LONGEST_SESSION
    assert await book.session(token) is None


async def test_a_session_ends_when_it_is_not_used(book: StaffBook, clock: Clock, redis: Redis) -> None:
    token, other = await book.open_session("li.na"), await book.open_session("li.na")
    clock.now += IDLE - 1
    assert await book.session(token) == LI
    clock.now += 1
    assert (await book.session(token), await book.session(other)) == (LI, None)
    keys = await redis.keys(Keys().desk("staff-session") + "*")
    assert len(keys) == 1
    assert 0 < await redis.ttl(keys[0]) <= IDLE


@pytest.mark.parametrize("token", ["", "x", "*", "\ud800", "A" * 10_000])
async def test_tokens_that_are_none(book: StaffBook, token: str) -> None:
    await book.open_session("li.na")
    assert await book.session(token) is None


async def test_a_session_is_closed(book: StaffBook) -> None:
    token, other = await book.open_session("li.na"), await book.open_session("li.na")
    await book.close_session(token)
    assert (await book.session(token), await book.session(other)) == (None, LI)


async def test_sessions_end_with_the_password_the_role_and_the_account(book: StaffBook) -> None:
    token = await book.open_session("li.na")
    await book.replace(replace(LI, name_en="Lina"))
    assert await book.session(token) == replace(LI, name_en="Lina")
    await book.set_password("li.na", "another good one")
    assert await book.session(token) is None

    token = await book.open_session("li.na")
    await book.replace(replace(LI, role="supervisor"))
    assert await book.session(token) is None

    token = await book.open_session("li.na")
    await book.remove("li.na")
    assert await book.session(token) is None
    await book.add(LI, PASSWORD)  # somebody else of that name, perhaps
    assert await book.session(token) is None
