from __future__ import annotations

import asyncio
import datetime as dt
import os
import pty
import re
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from redis.asyncio import Redis
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.desk.cases import Reason
from bot.desk.desk import Desk
from bot.desk.hours import load
from bot.desk.staff import Staff, StaffBook, WrongLogin
from bot.engine.protocol import Answer
from bot.messages import Incoming
from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer

PASSWORD = "correct horse battery"
ROOT = Path(__file__).parents[3]
LI = ("li.na", "--name-zh", "李娜", "--name-en", "Li Na")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedServer(tmp_path_factory.mktemp("redis"))
    yield socket_url(server.start())
    server.stop()


@pytest.fixture(autouse=True)
def place(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without .env, and an empty Redis."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.delenv("DESK_HOURS", raising=False)

    async def empty(redis: Redis) -> None:
        await redis.flushall()

    with_redis(url, empty)
    return tmp_path


def with_redis(url: str, work):  # type: ignore[no-untyped-def]
    async def act():  # type: ignore[no-untyped-def]
        redis = connect(url)
        try:
            return await work(redis)
        finally:
            await redis.close(close_connection_pool=True)

    return asyncio.run(act())


def desk(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["desk", *arguments], input=typed)


def staff(url: str, login: str = "li.na") -> Staff | None:
    return with_redis(url, lambda redis: StaffBook(redis).get(login))


def signed_in(url: str, password: str, code: str | None = None) -> Staff:
    return with_redis(url, lambda redis: StaffBook(redis).check("li.na", password, code, "test"))


def added(*more: str) -> None:
    result = desk("add-user", *LI, *more, "--password-stdin", typed=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output


def test_adding_somebody(url: str) -> None:
    added("--role", "supervisor", "--telegram", "4711", "--team", "permits", "--team", "tax", "--language", "zh")
    expected = Staff("li.na", "李娜", "Li Na", "supervisor", 4711, ("permits", "tax"), ("zh",))
    assert staff(url) == expected
    assert signed_in(url, PASSWORD) == expected


def test_somebody_who_is_in_telegram_only(url: str) -> None:
    assert desk("add-user", *LI, "--no-password", "--telegram", "4711").exit_code == 0
    assert staff(url) == Staff("li.na", "李娜", "Li Na", telegram=4711)
    with pytest.raises(WrongLogin):
        signed_in(url, "")


def test_the_list() -> None:
    assert "There is nobody" in desk("users").output
    added("--team", "[red]permits", "--telegram", "4711")
    assert (
        desk("add-user", "ann", "--name-zh", "安", "--name-en", "Ann", "--no-password", "--telegram", "5").exit_code
        == 0
    )
    assert desk("set-user", "ann", "--no-available").exit_code == 0
    lines = desk("users").stdout.splitlines()
    assert [re.split(r" {2,}", line.strip()) for line in lines[1:]] == [
        ["ann", "安", "Ann", "agent", "yes", "en, zh", "no", "no"],
        ["li.na", "李娜", "Li Na", "agent", "yes", "[red]permits", "en, zh", "yes", "no"],
    ]


def test_changing_somebody(url: str) -> None:
    added("--team", "permits", "--telegram", "4711")
    changed = desk("set-user", "li.na", "--role", "supervisor", "--telegram", "0", "--team", "", "--no-available")
    assert (changed.exit_code, staff(url)) == (0, Staff("li.na", "李娜", "Li Na", "supervisor", available=False))
    assert desk("set-user", "li.na", "--name-en", "Lina", "--available", "--language", "en").exit_code == 0
    assert staff(url) == Staff("li.na", "李娜", "Lina", "supervisor", languages=("en",))


def test_removing_somebody(url: str) -> None:
    added()
    assert desk("remove-user", "li.na").exit_code == 0
    assert staff(url) is None


def test_a_new_password(url: str) -> None:
    added()
    assert desk("set-password", "li.na", "--password-stdin", typed="another good one\r\n").exit_code == 0
    assert signed_in(url, "another good one")
    assert desk("set-password", "li.na", "--no-password").exit_code == 0
    with pytest.raises(WrongLogin):
        signed_in(url, "another good one")


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "said"),
    [
        (("add-user", *LI, "--password-stdin"), "short\n", 1, "A password has at least 12 characters."),
        (("add-user", *LI, "--password-stdin"), "", 1, "A password has at least 12 characters."),
        (("add-user", *LI), "", 2, "use --password-stdin"),
        (("add-user", *LI, "--no-password"), "", 2, "they need --telegram"),
        (("add-user", *LI, "--no-password", "--password-stdin", "--telegram", "5"), "", 2, "exclude each other"),
        (("add-user", *LI, "--role", "boss", "--password-stdin"), f"{PASSWORD}\n", 2, "--role"),
        (("add-user", "li.na"), "", 2, "--name-zh"),
        (("add-user", "Li Na", *LI[1:], "--password-stdin"), f"{PASSWORD}\n", 1, "A login has 2 to 32 of"),
        (("add-user", *LI, "--language", "fr", "--password-stdin"), f"{PASSWORD}\n", 1, "Languages are en, zh or both."),
        (("add-user", *LI, "--telegram", "-100", "--password-stdin"), f"{PASSWORD}\n", 1, "A Telegram id of a person"),
        (("set-user", "li.na"), "", 2, "Nothing to change"),
        (("set-user", "li.na", "--available"), "", 1, "There is no account li.na."),
        (("remove-user", "li.na"), "", 1, "There is no account li.na."),
        (("set-password", "li.na", "--password-stdin"), "x\n", 1, "There is no account li.na."),
        (("totp", "li.na"), "", 1, "There is no account li.na."),
        (("totp", "li.na", "--off"), "", 1, "There is no account li.na."),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_a_line(
    url: str, arguments: tuple[str, ...], typed: str, code: int, said: str
) -> None:
    result = desk(*arguments, typed=typed)
    assert result.exit_code == code
    assert said in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert staff(url) is None


def test_a_login_or_a_telegram_id_that_is_taken(url: str) -> None:
    added("--telegram", "5")
    again = desk("add-user", *LI, "--password-stdin", typed=f"{PASSWORD}\n")
    assert (again.exit_code, "There is an account li.na already." in again.stderr) == (1, True)
    ann = desk("add-user", "ann", *LI[1:], "--no-password", "--telegram", "5")
    assert (ann.exit_code, "This Telegram id belongs to li.na." in ann.stderr) == (1, True)


def test_redis_away(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", socket_url(place / "none"))
    result = desk("users")
    assert (result.exit_code, result.stderr.startswith("No Redis at unix://")) == (1, True)


def test_two_steps(url: str) -> None:
    added()
    begun = desk("totp", "li.na")
    assert begun.exit_code == 0
    uri, *rest = begun.stdout.splitlines()
    assert len(rest) > 10  # the QR code
    code = pyotp.parse_uri(uri).now()  # type: ignore[union-attr]
    wrong = desk("totp", "li.na", "--code", "000000" if code != "000000" else "111111")
    assert (wrong.exit_code, "wrong" in wrong.stderr, staff(url).totp) == (1, True, False)  # type: ignore[union-attr]
    assert desk("totp", "li.na", "--code", code).exit_code == 0
    assert staff(url).totp  # type: ignore[union-attr]
    assert desk("totp", "li.na", "--off").exit_code == 0
    assert not staff(url).totp  # type: ignore[union-attr]


def terminal(*arguments: str, answers: tuple[str, ...]) -> tuple[int, str]:
    """A command in a terminal, where each answer is typed once the next question stands there; exit code and what was seen."""
    process, master = pty.fork()
    if not process:
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "bot", "desk", *arguments])
    seen, asked, left = "", 0, list(answers)
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if select.select([master], [], [], 0.1)[0]:
            try:
                seen += os.read(master, 4096).decode("utf-8", "replace")
            except OSError:
                break
        if left and seen.endswith(": ") and len(seen) > asked:  # the blank comes when nothing is shown any more
            asked = len(seen)
            os.write(master, f"{left.pop(0)}\n".encode())
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), seen


def test_a_password_is_asked_for_twice_and_never_shown(url: str) -> None:
    code, seen = terminal("add-user", *LI, answers=(PASSWORD, "something else", PASSWORD, PASSWORD))
    assert code == 0, seen
    assert ("horse" in seen, "else" in seen, seen.count("Password:")) == (False, False, 2)
    assert signed_in(url, PASSWORD)


# Hours


def test_the_shipped_hours() -> None:
    result = desk("hours")
    assert result.exit_code == 0
    assert "all well" in result.stdout
    days = re.findall(r"^\d{4}-\d\d-\d\d \w{3}  (.+)$", result.stdout, re.MULTILINE)
    assert len(days) == 14
    assert any(day.startswith("closed") for day in days)


def test_hours_of_ones_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = place / "own.yml"
    monkeypatch.setenv("DESK_HOURS", str(own))
    own.write_text("weekly: {}\nopen: yes\nholidays: 5\n", encoding="utf-8")
    result = desk("hours")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["own.yml:2: open: no such key", "own.yml:3: holidays: must be true or false"]
    always = "".join(f"  {day}: ['00:00-24:00']\n" for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
    own.write_text(
        f"holidays: false\nweekly:\n{always}  saturday: ['00:00-24:00']\n  sunday: ['00:00-24:00']\n", "utf-8"
    )
    assert "Open now, without a break" in desk("hours").stdout


def test_holidays_exceptions_and_years_that_nobody_knows(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.cli import desk as module

    own = place / "own.yml"
    own.write_text(
        "weekly: {thursday: ['09:00-12:00'], friday: ['10:00-11:00']}\n"
        "exceptions: {2026-10-08: {open: closed, note: {zh: 搬迁, en: Moving}}}\n"
        "notices: [{from: 2026-10-01, until: 2026-10-01, zh: 国庆快乐, en: Happy National Day}]\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("DESK_HOURS", str(own))
    monday = 1_790_784_000.0  # 2026-10-01 00:00 in Shenzhen
    monkeypatch.setattr(module.time, "time", lambda: monday)
    monkeypatch.setattr(module, "today", lambda: dt.date(2026, 10, 1))
    shown = desk("hours").stdout
    assert "Closed now. Opens on Fri 9 Oct at 10:00." in shown
    assert "2026-10-01 Thu  closed  (holiday: National Day / 国庆节)" in shown
    assert "2026-10-08 Thu  closed  (exception: Moving / 搬迁)" in shown
    assert "2026-10-10 Sat  10:00-11:00  (make-up workday: National Day / 国庆节)" in shown
    assert "Notice now: Happy National Day / 国庆快乐" in shown
    monkeypatch.setattr(module.time, "time", lambda: monday + 60 * 86400)
    assert "The public holidays of 2027 are not known yet" in desk("hours").stderr


def test_a_ban_is_lifted_by_the_number_of_a_case(url: str) -> None:
    added()

    async def asks(redis: Redis, number: str) -> str:
        office = Desk(redis, StaffBook(redis), load())
        message = Incoming("web", "web:a", number, time.time(), "a person, please")
        return (await office.ask(message, Answer("en", "ask_human", None, 1.0, ""), Reason.asked)).text

    async def banned(redis: Redis) -> str:
        office = Desk(redis, StaffBook(redis), load())
        li = await office.staff.get("li.na")
        assert li
        await office.ban("1", li, "web")
        return await asks(redis, "m2")

    with_redis(url, lambda redis: asks(redis, "m1"))
    assert "cannot be reached" in with_redis(url, banned)
    assert (desk("unban", "#1").exit_code, desk("unban", "7").exit_code) == (0, 1)
    assert "not banned" in desk("unban", "1").output
    assert "cannot be reached" not in with_redis(url, lambda redis: asks(redis, "m3"))
