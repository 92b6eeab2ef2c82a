"""`bot desk`: staff accounts and opening hours."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, Literal, Optional, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.common import fail, messages, run
from bot.cli.gateway import the_settings
from bot.desk.desk import Desk
from bot.desk.errors import NoSuchCase
from bot.desk.hours import FILE, Day, Hours, HoursError, load, moment
from bot.desk.staff import Staff, StaffBook, StaffError
from bot.store.errors import StoreError
from catalog.render import SHENZHEN, today

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="The desk: staff accounts and opening hours.")

Login = Annotated[str, typer.Argument(help="Login: 2 to 32 of a to z, 0 to 9, . _ -")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")
]
NoPassword = Annotated[bool, typer.Option("--no-password", help="None: Telegram only, no signing in at the web desk.")]

Role = Literal["agent", "supervisor"]

TRIES = 3
"""How often a code is asked for."""

SHOWN_DAYS = 14


@app.command("add-user")
def add_user(
    login: Login,
    name_zh: Annotated[str, typer.Option(help="Name that people see in Chinese.")],
    name_en: Annotated[str, typer.Option(help="Name that people see in English.")],
    role: Annotated[Role, typer.Option(help="Supervisors may also change what others have.")] = "agent",
    telegram: Annotated[Optional[int], typer.Option(help="Number of their Telegram user.")] = None,
    team: Annotated[Optional[list[str]], typer.Option(help="Team; may be given several times.")] = None,
    language: Annotated[
        Optional[list[str]], typer.Option(help="Language they answer in, en or zh; may be given twice. [default: both]")
    ] = None,
    password_stdin: PasswordStdin = False,
    no_password: NoPassword = False,
) -> None:
    """Add a member of staff. The password is asked for twice, and never shown."""
    if no_password and telegram is None:
        raise fail("Without a password they need --telegram.", 2)
    staff = _made(
        lambda: Staff(login, name_zh, name_en, role, telegram, tuple(team or ()), tuple(language or ("en", "zh")))
    )
    password = _password(from_stdin=password_stdin, none=no_password)
    _with(lambda book: book.add(staff, password))
    messages.print(f"{login} is a member of staff now.", markup=False, highlight=False)


@app.command("users")
def users() -> None:
    """All staff, by login."""
    table = Table(
        "login", "中文", "English", "role", "Telegram", "teams", "languages", "available", "two-step", box=None
    )
    everybody = _with(lambda book: book.all())
    if not everybody:
        messages.print("There is nobody. `bot desk add-user` adds staff.", highlight=False)
        return
    for staff in everybody:
        words = (
            staff.id, staff.name_zh, staff.name_en, staff.role, _yes(staff.telegram is not None), ", ".join(staff.teams),
            ", ".join(staff.languages), _yes(staff.available), _yes(staff.totp),
        )  # fmt: skip
        table.add_row(*(_plain(word) for word in words))
    console = Console()
    console.print(table) if console.is_terminal else Console(width=200).print(table)


@app.command("set-user")
def set_user(
    login: Login,
    name_zh: Annotated[Optional[str], typer.Option(help="Name that people see in Chinese.")] = None,
    name_en: Annotated[Optional[str], typer.Option(help="Name that people see in English.")] = None,
    role: Annotated[Optional[Role], typer.Option(help="A new one ends their sessions.")] = None,
    telegram: Annotated[Optional[int], typer.Option(help="Number of their Telegram user; 0: none.")] = None,
    team: Annotated[
        Optional[list[str]], typer.Option(help="Team; all of them anew, may be given several times; '': none.")
    ] = None,
    language: Annotated[Optional[list[str]], typer.Option(help="Language, en or zh; all of them anew.")] = None,
    available: Annotated[Optional[bool], typer.Option(help="Whether they take cases now.")] = None,
) -> None:
    """Change what is given of a member of staff; the rest stays."""
    given: dict[str, Any] = {
        "name_zh": name_zh,
        "name_en": name_en,
        "role": role,
        "teams": tuple(each for each in team if each) if team else None,
        "languages": tuple(language) if language else None,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if telegram is not None:
        changes["telegram"] = telegram or None
    if not changes and available is None:
        raise fail("Nothing to change: give an option, see --help.", 2)

    async def change(book: StaffBook) -> None:
        staff = await _known(book, login)
        if changes:
            await book.replace(replace(staff, **changes))
        if available is not None:
            await book.set_available(login, available)

    _with(change)
    messages.print("Done.")


@app.command("remove-user")
def remove_user(login: Login) -> None:
    """Remove a member of staff. They can do nothing more from this moment on; their cases stay."""
    _with(lambda book: book.remove(login))
    messages.print("Done.")


@app.command()
def unban(case: Annotated[str, typer.Argument(help="Number of a case of that person.")]) -> None:
    """Let somebody who was banned reach staff again."""
    settings = the_settings()

    async def lift() -> bool:
        from bot.gateway.app import store

        async with store(settings) as redis:
            desk = Desk(redis, StaffBook(redis), load(settings.desk_hours))
            return await desk.unban((await desk.case(case.removeprefix("#"))).conversation)

    try:
        lifted = _made(lambda: run(lift()))
    except NoSuchCase:
        raise fail(f"There is no case {case}.") from None
    messages.print("Done." if lifted else "They were not banned.")


@app.command("set-password")
def set_password(login: Login, password_stdin: PasswordStdin = False, no_password: NoPassword = False) -> None:
    """A new password. It ends their sessions at the web desk, and a lock after too many attempts."""
    _with(lambda book: _known(book, login))
    password = _password(from_stdin=password_stdin, none=no_password)
    _with(lambda book: book.set_password(login, password))
    messages.print("Done.")


@app.command("totp")
def totp(
    login: Login,
    off: Annotated[bool, typer.Option("--off", help="No second step any more.")] = False,
    code: Annotated[
        Optional[str], typer.Option(help="Confirm what an earlier call began, without being asked.")
    ] = None,
) -> None:
    """Two-step sign-in: show a QR code for an authenticator app, then ask for a code of it.

    Until a code was right, nothing changes. Show the QR code to nobody else: it is the secret.
    """
    if off:
        _with(lambda book: book.end_totp(login))
        messages.print("Signing in takes no code any more.")
        return

    def confirmed(answer: str) -> bool:
        return _with(lambda book: book.confirm_totp(login, answer))

    if code is not None:
        if not confirmed(code):
            raise fail("The code is wrong or too old, or no second step was begun.")
        messages.print("From now on signing in takes a code.")
        return
    import segno

    uri = _with(lambda book: book.begin_totp(login))
    print(uri)
    segno.make(uri, error="m").terminal(compact=True)
    if not sys.stdin.isatty():
        messages.print(f"Confirm with: bot desk totp {login} --code …", markup=False, highlight=False)
        return
    for _ in range(TRIES):
        if confirmed(typer.prompt("Code of the app")):
            messages.print("From now on signing in takes a code.")
            return
        messages.print("The code is wrong.")
    raise fail("Nothing was changed.")


@app.command("hours")
def hours() -> None:
    """Check the file of hours; show whether the desk is open, when it opens next, and the next two weeks."""
    path = the_settings().desk_hours or FILE
    try:
        found = load(path)
    except HoursError as error:
        raise fail(str(error)) from error
    now = time.time()
    print(f"{path}: all well. Times are those of Shenzhen.")
    print(_now(found, now))
    for number in range(SHOWN_DAYS):
        print(_day(found.day(today() + dt.timedelta(days=number))))
    notice = found.notice(now, "en")
    if notice:
        print(f"Notice now: {notice} / {found.notice(now, 'zh-Hans')}")
    for year in found.unknown_years(now):
        messages.print(
            f"The public holidays of {year} are not known yet: the desk counts as open on weekdays but 1 January, 1–2 May and 1–3 October. List them in the file, "
            "or update chinesecalendar.",
            style="yellow", highlight=False, soft_wrap=True,
        )  # fmt: skip


def _now(found: Hours, now: float) -> str:
    closes, opens = found.closes_at(now), found.next_opening(now)
    if found.open_at(now):
        return f"Open now, until {_time(closes)}." if closes else "Open now, without a break for two months."
    return f"Closed now. Opens {moment(opens, now, 'en')}." if opens else "Closed now, and for the next two months."


def _day(day: Day) -> str:
    spans = ", ".join(map(str, day.spans)) or "closed"
    why = {"weekly": "", "holiday": "holiday", "makeup": "make-up workday", "exception": "exception"}[day.why]
    about = ": ".join(part for part in (why, _both(day.name or day.note)) if part)
    return f"{day.date} {day.date:%a}  {spans}" + (f"  ({about})" if about else "")


def _both(words: tuple[str, str] | None) -> str:
    return f"{words[1]} / {words[0]}" if words else ""


def _time(at: float) -> str:
    return dt.datetime.fromtimestamp(at, SHENZHEN).strftime("%Y-%m-%d %H:%M")


def _with(work: Callable[[StaffBook], Awaitable[T]]) -> T:
    """Do something with the accounts; what goes wrong becomes a line and exit code 1."""
    settings = the_settings()

    async def act() -> T:
        from bot.gateway.app import store

        async with store(settings) as redis:
            return await work(StaffBook(redis))

    return _made(lambda: run(act()))


def _made(make: Callable[[], T]) -> T:
    try:
        return make()
    except (StaffError, StoreError, ValueError) as error:
        words = str(error)
        raise fail(f"{words[:1].upper()}{words[1:]}.") from error


async def _known(book: StaffBook, login: str) -> Staff:
    staff = await book.get(login)
    if staff is None:
        raise fail(f"There is no account {login}.")
    return staff


def _password(*, from_stdin: bool, none: bool) -> str | None:
    if from_stdin and none:
        raise fail("--password-stdin and --no-password exclude each other.", 2)
    if none:
        return None
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise fail("There is no terminal to ask for the password: use --password-stdin.", 2)
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _plain(word: str) -> str:
    from rich.markup import escape

    return escape(word)
