"""Who may do what at the desk: sessions in a cookie, and that requests which do something come from our own page."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.web.security import Secured, ours
from bot.channels.web.static import packed
from bot.desk.cases import IllegalMove
from bot.desk.errors import DeskError, NoSuchCase, Over, Taken
from bot.desk.staff import Staff, StaffBook
from bot.desk.web import pages, wire
from bot.desk.web.pages import Viewer
from bot.desk.web.texts import error, interface
from bot.store.errors import StoreUnavailable

logger = logging.getLogger(__name__)

COOKIE, LANGUAGE_COOKIE = "qta_desk", "qta_desk_language"

MAX_FORM, MAX_JSON = 16 * 1024, 64 * 1024
"""Bytes of a body."""

PAGES = frozenset({"/desk", "/desk/account", "/desk/insights", "/desk/insights/questions"})
"""Where signing in may lead to."""

Answer = Callable[[Request, Viewer], Awaitable[Response]]
Act = Callable[[Request, Viewer, dict[str, Any]], Awaitable[Response]]


class Refused(Exception):
    """A request that is answered with an error: its name, and a status."""

    def __init__(self, name: str, status: int = 400, **given: Any) -> None:
        super().__init__(name)
        self.name, self.status, self.given = name, status, given


class Gate:
    """Makes routes of answers: with a session, guarded, with all headers, nothing kept by browsers."""

    def __init__(self, staff: StaffBook, origins: tuple[str, ...]) -> None:
        self._staff, self._origins = staff, origins

    # -- routes

    def anybody(self, path: str, answer: Answer) -> Route:
        """A page without a session. The viewer has nobody."""
        return self._route(path, "GET", lambda request: answer(request, self._viewer(request, None, "")))

    def anybody_posts(self, path: str, act: Act) -> Route:
        """A form without a session; it must come from our own page."""

        async def answered(request: Request) -> Response:
            viewer = self._viewer(request, None, "")
            if not ours(request.headers, self._origins):
                return self.page(request, pages.trouble(viewer, "stale", "origin"), 403)
            return await act(request, viewer, await form(request))

        return self._route(path, "POST", answered)

    def page_of(self, path: str, answer: Answer, *, supervisors: bool = False) -> Route:
        """A page for those who are signed in; others are asked to."""

        async def answered(request: Request) -> Response:
            viewer = await self.viewer(request)
            return await self._unless_closed(request, viewer, supervisors) or await answer(request, viewer)

        return self._route(path, "GET", answered)

    def form_of(self, path: str, act: Act, *, supervisors: bool = False) -> Route:
        """A form of somebody who is signed in."""

        async def answered(request: Request) -> Response:
            viewer = await self.viewer(request)
            closed = await self._unless_closed(request, viewer, supervisors)
            if closed:
                return closed
            given = await form(request)
            if not ours(request.headers, self._origins) or not same(given.get("csrf"), viewer.csrf):
                return self.page(request, pages.trouble(viewer, "stale", "stale_text"), 403)
            return await act(request, viewer, given)

        return self._route(path, "POST", answered)

    def data_of(self, path: str, answer: Answer) -> Route:
        """JSON for somebody who is signed in."""

        async def answered(request: Request, viewer: Viewer) -> Response:
            if viewer.staff is None:
                raise Refused("session", 401)
            return await answer(request, viewer)

        return self._route(path, "GET", lambda request: self._data(request, answered))

    def act_of(self, path: str, act: Act, *, raw: bool = False) -> Route:
        """Something that somebody who is signed in does, as JSON. raw: the body is read by `act`, which gets no data."""

        async def answered(request: Request, viewer: Viewer) -> Response:
            if not ours(request.headers, self._origins):
                raise Refused("origin", 403)
            if viewer.staff is None:
                raise Refused("session", 401)
            if not same(request.headers.get("x-csrf-token"), viewer.csrf):
                raise Refused("csrf", 403)
            return await act(request, viewer, {} if raw else await _json_of(request))

        return self._route(path, "POST", lambda request: self._data(request, answered))

    def any_other(self, path: str, answer: Answer) -> Route:
        """Whatever has no other route."""

        async def answered(request: Request) -> Response:
            return await answer(request, await self.viewer(request))

        return self._route(path, None, answered)

    # -- parts

    async def viewer(self, request: Request) -> Viewer:
        """Who asks, nobody without a session. The session goes on."""
        token = request.cookies.get(COOKIE, "")
        staff = await self._staff.session(token) if token else None
        return self._viewer(request, staff, csrf_of(token) if staff else "")

    def page(self, request: Request, html: str, status: int = 200) -> Response:
        response = packed(html.encode("utf-8", "replace"), "text/html", request)
        response.status_code = status
        return response

    def _viewer(self, request: Request, staff: Staff | None, csrf: str) -> Viewer:
        language = interface(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))
        return Viewer(language, inside(_path(request)), staff, csrf)

    async def _unless_closed(self, request: Request, viewer: Viewer, supervisors: bool) -> Response | None:
        if viewer.staff is None:
            back = "" if viewer.path == "/desk" else f"?next={quote(viewer.path, safe='')}"
            return RedirectResponse(f"/desk/login{back}", 303)
        if supervisors and viewer.staff.role != "supervisor":
            return self.page(request, pages.trouble(viewer, "forbidden", "forbidden_text"), 403)
        return None

    async def _data(self, request: Request, answer: Answer) -> Response:
        viewer = self._viewer(request, None, "")
        try:
            viewer = await self.viewer(request)
            return await answer(request, viewer)
        except Refused as refused:
            return told(viewer, refused.name, refused.status, **refused.given)
        except (wire.Bad, ClientDisconnect):
            return told(viewer, "bad", 400)
        except NoSuchCase as missing:
            return told(viewer, missing.name, 404)
        except Taken as taken:
            holder = await self._staff.get(taken.by)
            name = holder.display(viewer.language) if holder else taken.by
            return told(viewer, taken.name, 409, by=name)
        except DeskError as failed:
            return told(viewer, failed.name, 409)
        except IllegalMove:
            return told(viewer, Over.name, 409)
        except StoreUnavailable:
            return told(viewer, "away", 503)

    def _route(self, path: str, method: str | None, answer: Callable[[Request], Awaitable[Response]]) -> Route:
        async def whole(request: Request) -> Response:
            try:
                response = await answer(request)
            except StoreUnavailable:
                viewer = self._viewer(request, None, "")
                response = self.page(request, pages.trouble(viewer, "unavailable", "unavailable_text"), 503)
            except (wire.Bad, ClientDisconnect):
                viewer = self._viewer(request, None, "")
                response = self.page(request, pages.trouble(viewer, "stale", "stale_text"), 400)
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("X-Robots-Tag", "noindex")
            return response

        methods = [method] if method else ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        return Route(path, whole, methods=methods, middleware=[Middleware(Secured, embed_origins=())])


def csrf_of(token: str) -> str:
    """What forms and requests of a session carry; says nothing of its token."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"desk csrf", hashlib.sha256).hex()


def same(given: str | None, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest((given or "").encode("utf-8", "surrogatepass"), wanted.encode())


def inside(wanted: str) -> str:
    """A page of the desk to go to: the one wanted, if it is one of ours, else the desk itself."""
    path, _, query = wanted.partition("#")[0].partition("?")
    if path not in PAGES:
        return "/desk"
    return path + (f"?{quote(query, safe='=&%-', errors='replace')}" if query and len(query) < 200 else "")


def cookie(name: str, value: str, request: Request, *, age: int | None = None) -> str:
    """A Set-Cookie header. age: seconds; None: until the browser is closed."""
    lasts = "" if age is None else f"; Max-Age={age}"
    secure = "; Secure" if request.url.scheme == "https" else ""
    return f"{name}={value}; Path=/desk{lasts}; HttpOnly; SameSite=Strict{secure}"


def answered(body: dict[str, Any], status: int = 200) -> Response:
    """JSON."""
    return Response(wire.written(body), status, media_type="application/json")


def told(viewer: Viewer, name: str, status: int, **given: Any) -> Response:
    """An error as JSON: its name, and a sentence."""
    words = {**given, "name": given.get("by", "")}
    return answered({"error": name, **given, "text": error(name, viewer.language, **words)}, status)


async def form(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name. Raises Bad."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise wire.Bad("form")
    body = await limited(request, MAX_FORM)
    try:
        found = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=30, errors="strict")
    except ValueError:
        raise wire.Bad("form") from None
    return {name: values[0] for name, values in found.items()}


async def limited(request: Request, most: int) -> bytes:
    """A body of at most so many bytes. Raises Bad."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise wire.Bad("too long")
    parts, size = [], 0
    async for chunk in request.stream():
        parts.append(chunk)
        size += len(chunk)
        if size > most:
            raise wire.Bad("too long")
    return b"".join(parts)


async def _json_of(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise wire.Bad("content type")
    body = await limited(request, MAX_JSON)
    data: Any = None
    with contextlib.suppress(ValueError, RecursionError):
        data = json.loads(body)
    if not isinstance(data, dict):
        raise wire.Bad("json")
    return data


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
