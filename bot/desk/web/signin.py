"""Signing in and out, and one's own account: password, second factor, language."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.channels.web.limits import network
from bot.channels.web.markup import Markup
from bot.desk.staff import BadPassword, LockedOut, NeedsCode, Staff, StaffBook, UnknownStaff, WrongLogin
from bot.desk.web import pages
from bot.desk.web.gate import COOKIE, LANGUAGE_COOKIE, Gate, cookie, inside
from bot.desk.web.pages import Setup, Told, Viewer
from bot.desk.web.texts import LANGUAGES, minutes

CODE_COOKIE = "qta_desk_code"
"""Whoever signed in here last had a second factor, so the form asks for the code at once."""

YEAR = 365 * 24 * 60 * 60


class SignIn:
    def __init__(self, gate: Gate, staff: StaffBook) -> None:
        self._gate, self._staff = gate, staff

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            self._gate.anybody("/desk/login", self._ask),
            self._gate.anybody_posts("/desk/login", self._sign_in),
            self._gate.form_of("/desk/logout", self._sign_out),
            self._gate.anybody_posts("/desk/language", self._language),
            self._gate.page_of("/desk/account", self._account),
            self._gate.form_of("/desk/account", self._change),
        ]

    async def _ask(self, request: Request, viewer: Viewer) -> Response:
        wanted = inside(request.query_params.get("next", ""))
        if (await self._gate.viewer(request)).staff is not None:
            return RedirectResponse(wanted, 303)
        told = None if await self._staff.any() else Told("no_users")
        return self._form(request, viewer, wanted, told=told, code=CODE_COOKIE in request.cookies)

    async def _sign_in(self, request: Request, viewer: Viewer, given: dict[str, Any]) -> Response:
        user, code = given.get("user", "")[:64], given.get("code", "")
        wanted = inside(given.get("next", ""))
        asked = CODE_COOKIE in request.cookies or "code" in given

        def again(told: Told, status: int, *, code: bool = asked) -> Response:
            return self._form(request, viewer, wanted, status, user=user, told=told, code=code)

        try:
            staff = await self._staff.check(user, given.get("password", ""), code, _address(request))
            token = await self._staff.open_session(staff.id)
        except (WrongLogin, UnknownStaff):
            return again(Told("wrong"), 401)
        except NeedsCode:
            return again(Told("needs_code"), 401, code=True)
        except LockedOut as locked:
            return again(_locked(locked, viewer), 429)
        await self._staff.close_session(request.cookies.get(COOKIE, ""))
        response = RedirectResponse(wanted, 303)
        response.headers.append("Set-Cookie", cookie(COOKIE, token, request))
        if staff.totp:
            response.headers.append("Set-Cookie", cookie(CODE_COOKIE, "1", request, age=YEAR))
        return response

    async def _sign_out(self, request: Request, viewer: Viewer, given: dict[str, Any]) -> Response:
        await self._staff.close_session(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/desk/login", 303)
        response.headers.append("Set-Cookie", cookie(COOKIE, "", request, age=0))
        return response

    async def _language(self, request: Request, viewer: Viewer, given: dict[str, Any]) -> Response:
        wanted = given.get("next", "")
        login = wanted.partition("?")[0] == "/desk/login"  # comes from the page itself, and leads there only
        back = "/desk/login" if login else inside(wanted)
        response = RedirectResponse(back, 303)
        if given.get("language") in LANGUAGES:
            response.headers.append("Set-Cookie", cookie(LANGUAGE_COOKIE, given["language"], request, age=YEAR))
        return response

    def _form(
        self, request: Request, viewer: Viewer, wanted: str, status: int = 200, *, code: bool, user: str = "", told: Told | None
    ) -> Response:  # fmt: skip
        viewer = Viewer(viewer.language, "/desk/login")
        return self._gate.page(request, pages.login(viewer, wanted, user=user, code=code, told=told), status)

    # -- account

    async def _account(self, request: Request, viewer: Viewer) -> Response:
        done = request.query_params.get("done") == "password"
        return self._gate.page(request, pages.account(viewer, Told("password_done", error=False) if done else None))

    async def _change(self, request: Request, viewer: Viewer, given: dict[str, Any]) -> Response:
        assert viewer.staff is not None
        do = given.get("do")
        if do == "totp_confirm":
            return await self._confirm(request, viewer, viewer.staff, given.get("code", ""))
        if do not in ("password", "totp_begin", "totp_end"):
            return self._gate.page(request, pages.account(viewer), 400)
        wrong = await self._wrong(request, viewer, viewer.staff, given.get("password", ""))
        if wrong:
            return wrong
        if do == "password":
            return await self._password(request, viewer, viewer.staff, given)
        if do == "totp_begin":
            uri = await self._staff.begin_totp(viewer.staff.id)
            return self._gate.page(request, pages.account(viewer, setup=_setup(uri)))
        await self._staff.end_totp(viewer.staff.id)
        return await self._now(request, Told("totp_ended", error=False))

    async def _wrong(self, request: Request, viewer: Viewer, staff: Staff, password: str) -> Response | None:
        """The page again, unless the password of whoever is signed in is right."""
        try:
            await self._staff.check(staff.id, password, None, _address(request))
        except NeedsCode:
            return None  # said only where the password is right
        except WrongLogin:
            return self._gate.page(request, pages.account(viewer, Told("password_wrong")), 403)
        except LockedOut as locked:
            return self._gate.page(request, pages.account(viewer, _locked(locked, viewer)), 429)
        return None

    async def _password(self, request: Request, viewer: Viewer, staff: Staff, given: dict[str, Any]) -> Response:
        if given.get("new") != given.get("again"):
            return self._gate.page(request, pages.account(viewer, Told("password_differs")), 400)
        try:
            await self._staff.set_password(staff.id, given.get("new", ""))
        except BadPassword:
            return self._gate.page(request, pages.account(viewer, Told("password_bad")), 400)
        token = await self._staff.open_session(staff.id)  # all others have ended, this one too
        response = RedirectResponse("/desk/account?done=password", 303)
        response.headers.append("Set-Cookie", cookie(COOKIE, token, request))
        return response

    async def _confirm(self, request: Request, viewer: Viewer, staff: Staff, code: str) -> Response:
        if await self._staff.confirm_totp(staff.id, code):
            response = await self._now(request, Told("totp_done", error=False))
            response.headers.append("Set-Cookie", cookie(CODE_COOKIE, "1", request, age=YEAR))
            return response
        return self._gate.page(request, pages.account(viewer, Told("totp_wrong"), Setup()), 400)

    async def _now(self, request: Request, told: Told) -> Response:
        """The account as it is after a change."""
        return self._gate.page(request, pages.account(await self._gate.viewer(request), told))


def _setup(uri: str) -> Setup:
    """What is needed to put an otpauth:// address into an app."""
    drawn = segno.make(uri, error="m").svg_inline(border=4, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return Setup(Markup(drawn), parse_qs(urlsplit(uri).query)["secret"][0])


def _address(request: Request) -> str:
    return network(request.client.host if request.client else None)


def _locked(locked: LockedOut, viewer: Viewer) -> Told:
    return Told("locked", given={"minutes": minutes(locked.seconds, viewer.language)})
