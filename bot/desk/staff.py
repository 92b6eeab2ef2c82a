"""Who may answer people: staff accounts, their passwords and second factors, and their sessions at the web desk. All in Redis.

Nothing is remembered between calls, so whoever is removed or demoted is so at their next action.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import time
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from redis.asyncio import Redis
from redis.exceptions import WatchError

from bot.store.connection import store_errors
from bot.store.keys import Keys

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""

FAILURES, FAILURES_OF_ADDRESS = 5, 20
"""Failed sign-ins in WINDOW after which an account, or an address, is locked."""

WINDOW = 15 * 60
"""Seconds in which failures count, and for which a lock lasts."""

IDLE, LONGEST_SESSION = 30 * 60, 12 * 60 * 60
"""Seconds after which a session ends: without use, and in any case."""

STEP = 30
"""Seconds a code is shown; the one before and the one after are taken too."""

ISSUER = "Qianhai Talent Desk"
"""How authenticator apps name the account."""

_AT_A_TIME = 2
"""Passwords that are hashed at once: each takes 64 MiB and four threads."""

_LOGIN = re.compile(r"[a-z0-9._-]{2,32}", re.ASCII)
_LANGUAGES = ("en", "zh")


class StaffError(Exception):
    """Something about an account cannot be done; the message says what, and quotes no password."""


class BadAccount(StaffError):
    """What is to be kept of a member of staff is not right: login, names, role, teams, languages or Telegram id."""


class BadPassword(StaffError):
    """A new password is too short, too long, or the login."""


class UnknownStaff(StaffError):
    """There is no account with this login."""


class LoginTaken(StaffError):
    """There is an account with this login already."""


class TelegramTaken(StaffError):
    """Another account has this Telegram id. `by` is its login."""

    def __init__(self, by: str) -> None:
        super().__init__(f"this Telegram id belongs to {by}")
        self.by = by


class WrongLogin(StaffError):
    """No such account, or a wrong password, or a wrong or used code: it is not said which."""

    def __init__(self) -> None:
        super().__init__("login, password or code is wrong")


class NeedsCode(StaffError):
    """The password is right; a code of the second factor is needed too."""

    def __init__(self) -> None:
        super().__init__("a code is needed")


class LockedOut(StaffError):
    """Too many failures of this account or from this address. `seconds` until the next attempt is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many failed attempts: locked for {round(seconds)} seconds")
        self.seconds = seconds


@dataclass(frozen=True)
class Staff:
    """A member of staff. Raises BadAccount.

    id: the login. name_zh, name_en: what people see. telegram: their id there; None: they do not act there. languages: those they
    answer in, `en` and `zh`. available: whether they take cases now. totp: whether signing in takes a code.
    """

    id: str
    name_zh: str
    name_en: str
    role: Literal["agent", "supervisor"] = "agent"
    telegram: int | None = None
    teams: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en", "zh")
    available: bool = True
    totp: bool = False

    def __post_init__(self) -> None:
        if not _LOGIN.fullmatch(self.id):
            raise BadAccount("a login has 2 to 32 of: a to z, 0 to 9, . _ -")
        if not all(_is_name(name, 40) for name in (self.name_zh, self.name_en)):
            raise BadAccount("a name has 1 to 40 characters on one line")
        if self.role not in ("agent", "supervisor"):
            raise BadAccount("a role is agent or supervisor")
        if self.telegram is not None and not 0 < self.telegram < 2**52:
            raise BadAccount("a Telegram id of a person is a positive number")
        if not all(_is_name(team, 32) for team in self.teams) or len(set(self.teams)) < len(self.teams):
            raise BadAccount("a team has 1 to 32 characters on one line and is named once")
        if not self.languages or not set(self.languages) <= set(_LANGUAGES):
            raise BadAccount("languages are en, zh or both")

    def display(self, language: str) -> str:
        """The name that people see. language: `en`, or anything Chinese."""
        return self.name_en if language == "en" else self.name_zh


@dataclass(frozen=True)
class _Record:
    """What is kept. password: its argon2 hash. secret: of the second factor; pending: one not confirmed yet; step: of the last
    code taken. epoch: sessions hold it too, and end when it changes."""

    staff: Staff
    epoch: str
    password: str | None = None
    secret: str | None = None
    pending: str | None = None
    step: int = 0

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "staff": asdict(replace(self.staff, totp=False))})

    @classmethod
    def from_json(cls, written: str) -> _Record:
        data: dict[str, Any] = json.loads(written)
        about = data.pop("staff")
        for name in ("teams", "languages"):
            about[name] = tuple(about[name])
        return cls(Staff(**{**about, "totp": data.get("secret") is not None}), **data)


_ATTEMPT = """
-- KEYS: failures, lock … of the account, then of the address. ARGV: now (ms), window (ms), token, most …
-- Counts an attempt as failed until it is known to be none. Returns for how long it is locked (ms), 0 if it is not.
local now, window, token = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local wait = 0
for i = 2, #KEYS, 2 do
  local lock = redis.call('HGET', KEYS[i], 'until')
  if lock and tonumber(lock) - now > wait then wait = tonumber(lock) - now end
end
if wait > 0 then return wait end
for i = 1, #KEYS, 2 do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
  redis.call('ZADD', KEYS[i], now, token)
  redis.call('PEXPIRE', KEYS[i], window)
  if redis.call('ZCARD', KEYS[i]) >= tonumber(ARGV[3 + (i + 1) / 2]) then
    redis.call('HSET', KEYS[i + 1], 'until', string.format('%.0f', now + window), 'by', token)
    redis.call('PEXPIRE', KEYS[i + 1], window)
  end
end
return 0
"""

_NO_FAILURE = """
-- KEYS as above. ARGV: token, '1' if the account begins to count anew
for i = 1, #KEYS, 2 do
  redis.call('ZREM', KEYS[i], ARGV[1])
  if redis.call('HGET', KEYS[i + 1], 'by') == ARGV[1] then redis.call('DEL', KEYS[i + 1]) end
end
if ARGV[2] == '1' then redis.call('DEL', KEYS[1], KEYS[2]) end
"""

_SESSION = """
-- KEYS: session. ARGV: now (s), idle (s), longest (s). Returns id and epoch, having noted that it was used; nothing if it is over.
local found = redis.call('HMGET', KEYS[1], 'id', 'epoch', 'opened', 'used')
if not found[1] then return {} end
local now, idle = tonumber(ARGV[1]), tonumber(ARGV[2])
local left = tonumber(found[3]) + tonumber(ARGV[3]) - now
if left <= 0 or now - tonumber(found[4]) >= idle then
  redis.call('DEL', KEYS[1])
  return {}
end
redis.call('HSET', KEYS[1], 'used', ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(math.min(left, idle) * 1000))
return {found[1], found[2]}
"""


class StaffBook:
    """All accounts. Every method raises StoreUnavailable when Redis does not answer.

    Keys of the desk: `staff` (hash: id → record), `staff-telegram` (hash: Telegram id → id), `staff-session` (hash, by a digest
    of its token), `staff-failures` and `staff-lock` (by account, and by a digest of an address).
    """

    def __init__(
        self,
        redis: Redis,
        keys: Keys = Keys(),  # noqa: B008
        *,
        hasher: PasswordHasher | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """hasher: how passwords are hashed, else argon2's own advice. clock: seconds since 1970."""
        self._redis, self._keys, self._clock = redis, keys, clock
        self._hasher = hasher or PasswordHasher()
        self._hashing = asyncio.Semaphore(_AT_A_TIME)
        self._staff, self._telegram = keys.desk("staff"), keys.desk("staff-telegram")
        self._attempt = redis.register_script(_ATTEMPT)
        self._no_failure = redis.register_script(_NO_FAILURE)
        self._used = redis.register_script(_SESSION)

    async def get(self, id: str) -> Staff | None:  # noqa: A002
        record = await self._record(id)
        return record.staff if record else None

    async def by_telegram(self, number: int) -> Staff | None:
        """Whoever has this id of a Telegram user."""
        with store_errors():
            found = await self._redis.hget(self._telegram, str(number))
        staff = await self.get(found) if found else None
        return staff if staff and staff.telegram == number else None

    async def all(self) -> list[Staff]:
        """Everybody, by login."""
        with store_errors():
            found = await self._redis.hvals(self._staff)
        return sorted((_Record.from_json(each).staff for each in found), key=lambda staff: staff.id)

    async def any(self) -> bool:
        """Whether there is any account."""
        with store_errors():
            return bool(await self._redis.hlen(self._staff))

    async def add(self, staff: Staff, password: str | None) -> None:
        """A new account. password: None if they cannot sign in at the web desk; `staff.totp` does not count.

        Raises LoginTaken, TelegramTaken, BadPassword.
        """
        hashed = await self._hashed(staff.id, password) if password is not None else None
        await self._write(staff.id, lambda before: _new(before, _Record(staff, secrets.token_hex(8), hashed)))

    async def replace(self, staff: Staff) -> None:
        """New names, role, Telegram id, teams and languages; `available` and `totp` stay. A new role ends their sessions.

        Raises UnknownStaff, TelegramTaken.
        """

        def changed(before: _Record) -> _Record:
            after = replace(staff, available=before.staff.available, totp=before.staff.totp)
            epoch = before.epoch if before.staff.role == staff.role else secrets.token_hex(8)
            return replace(before, staff=after, epoch=epoch)

        await self._change(staff.id, changed)

    async def remove(self, id: str) -> None:  # noqa: A002
        """Delete an account; its sessions end. Raises UnknownStaff."""
        await self._write(id, lambda before: _gone(before, id))

    async def set_password(self, id: str, password: str | None) -> None:  # noqa: A002
        """A new password, or None for none; sessions and a lock end. Raises UnknownStaff, BadPassword."""
        hashed = await self._hashed(id, password) if password is not None else None
        await self._change(id, lambda before: replace(before, password=hashed, epoch=secrets.token_hex(8)))
        with store_errors():
            await self._redis.delete(*self._counts(id))

    async def set_available(self, id: str, available: bool) -> None:  # noqa: A002
        """Whether they take cases now. Raises UnknownStaff."""
        await self._change(id, lambda before: replace(before, staff=replace(before.staff, available=available)))

    async def check(self, id: str, password: str, code: str | None, address: str) -> Staff:  # noqa: A002
        """Who signs in. code: of the second factor, None or empty if none was given. address: where they come from, any name of it.

        Raises WrongLogin, NeedsCode, LockedOut.
        """
        id = _folded(id)  # noqa: A001
        counts = [*self._counts(id), *self._counts(f"from {address}")]
        token = secrets.token_hex(8)
        with store_errors():
            limits = [FAILURES, FAILURES_OF_ADDRESS]
            wait = await self._attempt(keys=counts, args=[round(self._clock() * 1000), WINDOW * 1000, token, *limits])
        if wait:
            raise LockedOut(float(wait) / 1000)
        record = await self._record(id)
        if not await self._fits(record, password):
            raise WrongLogin
        assert record is not None
        if record.secret is not None and not (code or "").strip():
            with store_errors():
                await self._no_failure(keys=counts, args=[token, "0"])
            raise NeedsCode
        staff = await self._admitted(id, record, password, code or "")
        with store_errors():
            await self._no_failure(keys=counts, args=[token, "1"])
        return staff

    async def begin_totp(self, id: str) -> str:  # noqa: A002
        """A new second factor, which counts once it is confirmed: its otpauth:// URI for the app. Raises UnknownStaff."""
        secret = pyotp.random_base32()
        await self._change(id, lambda before: replace(before, pending=secret))
        return pyotp.TOTP(secret).provisioning_uri(name=id, issuer_name=ISSUER)

    async def confirm_totp(self, id: str, code: str) -> bool:  # noqa: A002
        """Whether the code is one of the second factor that was begun; from then on signing in takes one. Raises UnknownStaff."""
        right = False

        def changed(before: _Record) -> _Record:
            nonlocal right
            step = _step(before.pending, code, self._clock()) if before.pending else None
            right = step is not None
            if step is None:
                return before
            return replace(before, secret=before.pending, pending=None, step=step)

        await self._change(id, changed)
        return right

    async def end_totp(self, id: str) -> None:  # noqa: A002
        """No second factor any more. Raises UnknownStaff."""
        await self._change(id, lambda before: replace(before, secret=None, pending=None))

    async def open_session(self, id: str) -> str:  # noqa: A002
        """The token of a new session of somebody who signed in: 43 characters. Raises UnknownStaff."""
        record = await self._record(id)
        if record is None:
            raise UnknownStaff(id)
        token = secrets.token_urlsafe(32)
        now = self._clock()
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                key = self._session_key(token)
                pipe.hset(key, mapping={"id": id, "epoch": record.epoch, "opened": repr(now), "used": repr(now)})
                pipe.expire(key, IDLE)
                await pipe.execute()
        return token

    async def session(self, token: str) -> Staff | None:
        """Whose session it is, which goes on for IDLE from now; None: it is over, or was never one."""
        with store_errors():
            found = await self._used(keys=[self._session_key(token)], args=[repr(self._clock()), IDLE, LONGEST_SESSION])
        if not found:
            return None
        record = await self._record(found[0])
        if record is None or record.epoch != found[1]:
            await self.close_session(token)
            return None
        return record.staff

    async def close_session(self, token: str) -> None:
        """End a session, if it is one."""
        with store_errors():
            await self._redis.delete(self._session_key(token))

    async def _record(self, id: str) -> _Record | None:  # noqa: A002
        if not _LOGIN.fullmatch(id):
            return None
        with store_errors():
            found = await self._redis.hget(self._staff, id)
        return _Record.from_json(found) if found else None

    async def _change(self, id: str, change: Callable[[_Record], _Record]) -> None:  # noqa: A002
        def changed(before: _Record | None) -> _Record:
            if before is None:
                raise UnknownStaff(f"there is no account {id}")
            return change(before)

        await self._write(id, changed)

    async def _write(self, id: str, change: Callable[[_Record | None], _Record | None]) -> None:  # noqa: A002
        """Put `change` of a record in its place; None deletes it. `change` is asked again when another was quicker."""
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                while True:
                    await pipe.watch(self._staff, self._telegram)
                    written = await pipe.hget(self._staff, id)
                    before = _Record.from_json(written) if written else None
                    after = change(before)
                    if after == before:
                        return
                    number = after.staff.telegram if after else None
                    holder = await pipe.hget(self._telegram, str(number)) if number is not None else None
                    if holder not in (None, id):
                        raise TelegramTaken(holder)
                    pipe.multi()
                    if before and before.staff.telegram not in (None, number):
                        pipe.hdel(self._telegram, str(before.staff.telegram))
                    if after is None:
                        pipe.hdel(self._staff, id)
                    else:
                        pipe.hset(self._staff, id, after.to_json())
                    if number is not None:
                        pipe.hset(self._telegram, str(number), id)
                    try:
                        await pipe.execute()
                    except WatchError:
                        continue
                    return

    async def _admitted(self, id: str, seen: _Record, password: str, code: str) -> Staff:  # noqa: A002
        """Take a code, so that it is not taken again, and hash the password anew if it was hashed by older rules."""
        assert seen.password is not None
        old = self._hasher.check_needs_rehash(seen.password)
        hashed = await self._hash(password) if old else seen.password
        admitted = seen.staff

        def changed(before: _Record) -> _Record:
            nonlocal admitted
            if before.password != seen.password:  # changed since it was compared
                raise WrongLogin
            admitted, after = before.staff, replace(before, password=hashed)
            if before.secret is None:
                return after
            step = _step(before.secret, code, self._clock())
            if step is None or step <= before.step:
                raise WrongLogin
            return replace(after, step=step)

        try:
            await self._change(id, changed)
        except UnknownStaff:
            raise WrongLogin from None
        return admitted

    async def _fits(self, record: _Record | None, password: str) -> bool:
        if record is None or record.password is None or len(password) > LONGEST:
            await self._hash(password[:LONGEST])  # takes as long, so that it does not tell which logins there are
            return False
        hashed = record.password

        def verify() -> bool:
            try:
                return self._hasher.verify(hashed, _bytes(password))
            except (Argon2Error, InvalidHashError):
                return False

        async with self._hashing:
            return await asyncio.to_thread(verify)

    async def _hashed(self, id: str, password: str) -> str:  # noqa: A002
        if len(password) < SHORTEST:
            raise BadPassword(f"a password has at least {SHORTEST} characters")
        if len(password) > LONGEST:
            raise BadPassword(f"a password has at most {LONGEST} characters")
        if _folded(password) == id:
            raise BadPassword("a password is not the login")
        return await self._hash(password)

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, _bytes(password))

    def _counts(self, who: str) -> tuple[str, str]:
        digest = hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return self._keys.desk("staff-failures", digest), self._keys.desk("staff-lock", digest)

    def _session_key(self, token: str) -> str:
        return self._keys.desk("staff-session", hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest())


def _new(before: _Record | None, record: _Record) -> _Record:
    if before is not None:
        raise LoginTaken(f"there is an account {record.staff.id} already")
    return record


def _gone(before: _Record | None, id: str) -> None:  # noqa: A002
    if before is None:
        raise UnknownStaff(f"there is no account {id}")


def _is_name(text: str, most: int) -> bool:
    return 0 < len(text) <= most and text == text.strip() and text.isprintable()


def _folded(login: str) -> str:
    """A login as it is meant: keyboards put in capitals, full-width letters and blanks."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def _bytes(password: str) -> bytes:
    """The same for one password, however a keyboard composes its characters."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _step(secret: str, code: str, now: float) -> int | None:
    """Which time step a code belongs to: this one, the one before or the one after; None: to none of them."""
    digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", code))
    if not re.fullmatch(r"\d{6}", digits, re.ASCII):
        return None
    totp = pyotp.TOTP(secret, interval=STEP)
    this = int(now) // STEP
    fits = [step for step in (this - 1, this, this + 1) if secrets.compare_digest(totp.generate_otp(step), digits)]
    return fits[-1] if fits else None
