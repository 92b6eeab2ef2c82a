"""The web channel: what the gateway mounts and runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Protocol

from redis.asyncio import Redis
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.channels.web import pages, wire
from bot.channels.web.attachments import Attachments, Download
from bot.channels.web.files import headers as file_headers
from bot.channels.web.history import History
from bot.channels.web.hub import Hub, Listener
from bot.channels.web.limits import Limits, network
from bot.channels.web.security import EMBEDDED_PATH, WIDGET_PATH, Secured, headers, ours
from bot.channels.web.services import card, topics
from bot.channels.web.session import (
    COOKIE,
    EMBEDDED_COOKIE,
    Secret,
    conversation_of,
    cookie_header,
    new_session,
    signed,
    verified,
)
from bot.channels.web.settings import (
    CONNECTIONS_PER_ADDRESS,
    CONNECTIONS_PER_SESSION,
    MAX_BODY,
    STAFF_PER_MINUTE,
    UPLOAD_SECONDS,
    UPLOADS,
    UPLOADS_PER_ADDRESS,
    UPLOADS_PER_SESSION,
    WebSettings,
)
from bot.channels.web.static import packed, served, version
from bot.channels.web.texts import chosen, understood
from bot.desk.cases import Owner, Ownership
from bot.engine.protocol import Button
from bot.messages import Incoming, Outgoing
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys
from bot.store.tasks import ended
from catalog.render import today
from catalog.store import Catalog

logger = logging.getLogger(__name__)

CHANNEL = "web"

PING = 20.0
"""Seconds of silence after which an open page is told that we are still here; a long poll is answered then."""

RETRY = 1.0
"""Seconds before Redis is asked again."""

FRAMES = 60
"""Frames that a WebSocket may send in `FRAMES_SECONDS`; pages send one for each message and a few pings."""

FRAMES_SECONDS = 30.0

NO_SESSION, TOO_MANY, RESTART, FOREIGN = 4401, 4429, 1012, 4403
"""Codes with which a WebSocket is closed."""

_FOR_EVER = "public, max-age=31536000, immutable"
_LANGUAGE_COOKIE = "qta_language"


class Entry(Protocol):
    """A reply that waits to be delivered."""

    @property
    def outgoing(self) -> Outgoing: ...

    async def delivered(self) -> None: ...


class Outbox(Protocol):
    """Where the replies come from, those of a conversation in order; one that was not `delivered` comes again."""

    def entries(self, channel: str) -> AsyncGenerator[Entry, None]: ...


class Buttons(Protocol):
    """What buttons mean: `bot.store.buttons.Buttons`."""

    async def find(self, conversation: str, button: str) -> Button | None: ...


Accept = Callable[[Incoming], Awaitable[bool]]
"""Stores a message durably; False if it was there before. Raises StoreUnavailable."""


class Web:
    """The web chat of one gateway. `routes` go into its app; `run` has to be running.

    ownership: the open case of a conversation, if it has one; without it there is no desk. attending: the name of whoever of the
    staff has that case, None while nobody does. download: the bytes of a file that is kept elsewhere, if they can be had. What
    these raise when Redis is away is StoreUnavailable.
    """

    def __init__(
        self,
        accept: Accept,
        outbox: Outbox,
        buttons: Buttons,
        catalog: Catalog,
        redis: Redis,
        settings: WebSettings = WebSettings(),  # noqa: B008
        keys: Keys = Keys(),  # noqa: B008
        *,
        ownership: Callable[[str], Awaitable[Ownership | None]] | None = None,
        attending: Callable[[Ownership], Awaitable[str | None]] | None = None,
        download: Download | None = None,
    ) -> None:
        self._ownership, self._attending = ownership, attending
        self._accept, self._outbox, self._buttons = accept, outbox, buttons
        self._catalog, self._settings = catalog, settings
        self._history, self._hub = History(redis, keys), Hub(redis, keys)
        self._limits, self._secret = Limits(redis, keys), Secret(redis, keys)
        self._attachments = Attachments(redis, keys, self._history, self._limits, download)
        self._open: Counter[str] = Counter()
        self._closing = asyncio.Event()
        self._pages: dict[tuple[Any, ...], str] = {}

    @property
    def routes(self) -> list[BaseRoute]:
        """All addresses of the web chat: `/`, `/embed`, `/services…`, `/widget…`, `/static/…`, `/api/…`, and what robots ask for."""
        secured = [Middleware(Secured, embed_origins=self._settings.embed_origins)]

        def get(path: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
            return Route(path, answer, methods=["GET"], middleware=secured)

        return [
            get("/", self._chat),
            get(EMBEDDED_PATH, self._chat),
            get("/services", self._services),
            get("/services/{service}", self._service),
            get("/widget", self._widget),
            get(WIDGET_PATH, self._script),
            get("/static/{version}/{name}", self._static),
            get("/robots.txt", self._robots),
            get("/sitemap.xml", self._sitemap),
            get("/api/services/{service}", self._card),
            get("/api/events", self._events),
            get("/api/poll", self._poll),
            Route("/api/session", self._session, methods=["GET", "POST"], middleware=secured),
            Route("/api/messages", self._post, methods=["POST"], middleware=secured),
            Route("/api/files", self._upload, methods=["POST"], middleware=secured),
            get("/api/files/{file}", self._file),
            WebSocketRoute("/api/socket", self._socket),
        ]

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver replies and follow the feed until `stop`; then end all open streams, so that the server can shut down."""
        following = asyncio.create_task(self._hub.run())
        delivering = asyncio.create_task(self._deliver())
        try:
            stopped = asyncio.create_task(stop.wait())
            done, _ = await asyncio.wait({following, delivering, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            for task in done - {stopped}:
                task.result()
        finally:
            self._closing.set()
            self._hub.wake_all()
            await ended(following, delivering)

    async def waiting(self, message: Incoming) -> None:
        """Tell the person that the engine is still waking up; for the worker's hook.

        Does nothing for other channels, and while staff own the conversation.
        """
        if message.channel == CHANNEL:
            with contextlib.suppress(StoreUnavailable):
                if not _of_staff(await self._owned(message.conversation)):
                    await self._history.tell(message.conversation, "waking")

    async def typing(self, conversation: str) -> None:
        """Show for some seconds that staff are writing. Does nothing for other channels. Raises StoreUnavailable."""
        if conversation.startswith(f"{CHANNEL}:"):
            await self._history.tell(conversation, "staff_typing")

    async def forget(self, conversation: str) -> None:
        """Delete what is kept of a conversation here. Raises StoreUnavailable."""
        await self._attachments.forget(conversation)
        await self._history.forget(conversation)

    async def not_found(self, request: Request, error: Exception) -> Response:
        """For the gateway's 404 handler."""
        response = self._page(request, pages.not_found(self._language(request)), 404)
        secure, origins = request.url.scheme == "https", self._settings.embed_origins
        for name, value in headers(request.url.path, "", secure=secure, embed_origins=origins).items():
            response.headers.setdefault(name, value)
        return response

    # -- replies

    async def _deliver(self) -> None:
        async with contextlib.aclosing(self._outbox.entries(CHANNEL)) as entries:
            async for entry in entries:
                shown = wire.reply(entry.outgoing, self._catalog)
                await self._show(entry.outgoing, shown)
                await entry.delivered()

    async def _show(self, outgoing: Outgoing, entry: dict[str, Any]) -> None:
        """Add a reply to its conversation, where it can stand only once, however long Redis is away."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                forgotten = outgoing.answer.forgotten
                if forgotten:
                    await self._attachments.forget(outgoing.conversation)
                await self._history.append(outgoing.conversation, entry, outgoing.files, only=forgotten)
                if outgoing.edits:  # so that what was taken back is nowhere to be read
                    await self._history.amend(outgoing.conversation, outgoing.edits, entry["text"])
                return
            logger.warning("replies of the web chat wait for Redis")
            await asyncio.sleep(RETRY)

    # -- messages

    async def _take(self, session: str, host: str | None, data: object) -> str:
        """A message of a browser: shown in its tabs, stored durably. Returns its id. Raises Refused, StoreUnavailable."""
        message = wire.message(data, self._catalog)
        conversation = conversation_of(session)
        owned = await self._owned(conversation)
        per_minute = self._settings.messages_per_minute
        wait = await self._limits.take(
            {
                f"session:{session}": max(per_minute, STAFF_PER_MINUTE) if _of_staff(owned) else per_minute,
                network(host): self._settings.address_per_minute,
            }
        )
        if wait:
            raise wire.Refused("too_fast", wait)
        shown = message.text if message.text is not None else message.says
        if message.button is not None:
            button = await self._buttons.find(conversation, message.button)
            if button is None:
                raise wire.Refused("stale")
            shown = button.title
        files = await self._attachments.sent(conversation, message.files, to_staff=owned is not None)
        at = time.time()
        await self._history.append(conversation, wire.said(message.id, shown or "", at, files), files)
        await self._accept(
            Incoming(
                CHANNEL, conversation, message.id, at, message.text, message.button, message.payload, message.language,
                files=files, shown=shown if message.text is None else None,
            )
        )  # fmt: skip
        return message.id

    async def _post(self, request: Request) -> Response:
        session = await self._allowed(request)
        if isinstance(session, Response):
            return session
        try:
            name = await self._take(session, _host(request), await _body(request))
        except wire.Refused as refused:
            status = {"too_fast": 429, "too_long": 413, "stale": 410}.get(refused.reason, 400)
            wait = {"Retry-After": str(int(refused.retry_after) + 1)} if refused.retry_after else {}
            return _json(_refusal(None, refused), status, wait)
        except StoreUnavailable:
            return _json({"error": "away"}, 503, {"Retry-After": "2"})
        except ClientDisconnect:
            return _json({"error": "bad"}, 400)
        return _json({"taken": name}, 202)

    async def _session(self, request: Request) -> Response:
        """GET: whether there is a session (401 if not). POST: a new one for a page whose cookie is gone."""
        if request.method != "POST":
            try:
                known = await self._known(request) is not None
            except StoreUnavailable:
                return _json({"error": "away"}, 503, {"Retry-After": "2"})
            return _json({"session": known}, 200 if known else 401)
        if not ours(request.headers, self._settings.origins):
            return _json({"error": "origin"}, 403)
        try:
            session = await self._known(request) or new_session()
            response = _json({"session": True})
            await self._remember(response, request, session, embedded=request.query_params.get("embedded") == "1")
        except StoreUnavailable:
            return _json({"error": "away"}, 503, {"Retry-After": "2"})
        return response

    async def _allowed(self, request: Request, kind: str = "application/json") -> str | Response:
        """The session of a request that does something, or why it may not. kind: the Content-Type it must have."""
        if not ours(request.headers, self._settings.origins):
            return _json({"error": "origin"}, 403)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
            return _json({"error": "bad"}, 415)
        try:
            return await self._known(request) or _json({"error": "session"}, 401)
        except StoreUnavailable:
            return _json({"error": "away"}, 503, {"Retry-After": "2"})

    # -- the desk

    async def _owned(self, conversation: str) -> Ownership | None:
        return await self._ownership(conversation) if self._ownership else None

    async def _standing(self, conversation: str) -> dict[str, Any]:
        """What a page is told with its news. `case`: None, `waiting` or `staff`; `with`: the name of whoever of the staff has it."""
        if self._ownership is None:
            return {}
        owned = await self._ownership(conversation)
        if owned is None:
            return {"case": None, "with": None}
        if not _of_staff(owned):
            return {"case": "waiting", "with": None}
        return {"case": "staff", "with": await self._attending(owned) if self._attending else None}

    async def _upload(self, request: Request) -> Response:
        """Keep a file for a message to come. The body is the file; `name` in the address is its name."""
        session = await self._allowed(request, "application/octet-stream")
        if isinstance(session, Response):
            return session
        address = network(_host(request))
        places = (
            (f"files:{session}", UPLOADS_PER_SESSION),
            (f"files:{address}", UPLOADS_PER_ADDRESS),
            ("files", UPLOADS),
        )
        slot = self._slot(places)
        if slot is None:
            return _json({"error": "too_many", "retry_after": 3.0}, 429, {"Retry-After": "3"})
        try:
            with slot:
                if await self._owned(conversation_of(session)) is None:
                    raise wire.Refused("no_case")
                file = await asyncio.wait_for(self._attachments.take(request, session, address), UPLOAD_SECONDS)
        except wire.Refused as refused:
            status = {"no_case": 409, "file_too_large": 413, "too_fast": 429, "files_full": 429}.get(
                refused.reason, 400
            )
            wait = {"Retry-After": str(int(refused.retry_after) + 1)} if refused.retry_after else {}
            return _json({"error": refused.reason, "retry_after": refused.retry_after}, status, wait)
        except StoreUnavailable:
            return _json({"error": "away"}, 503, {"Retry-After": "2"})
        except asyncio.TimeoutError:
            return _json({"error": "late"}, 408)
        except ClientDisconnect:
            return _json({"error": "bad"}, 400)
        return _json(wire.file(file), 201)

    async def _file(self, request: Request) -> Response:
        """A file of one's own conversation."""
        try:
            session = await self._known(request)
            if session is None:
                return _json({"error": "session"}, 401)
            found = await self._attachments.get(conversation_of(session), request.path_params["file"])
        except StoreUnavailable:
            return _json({"error": "away"}, 503, {"Retry-After": "2"})
        if found is None:
            return _json({"error": "unknown"}, 404)
        file, content = found
        return Response(content, headers=file_headers(file, content))

    # -- what is new

    async def _follow(self, conversation: str, after: int) -> AsyncGenerator[dict[str, Any], None]:
        """What an open page is sent: what is new after an entry, notices, and a ping in silence; ends when we shut down."""
        first = True
        with self._hub.listen(conversation) as listener:
            while not self._closing.is_set():
                for notice in listener.notices():
                    yield {"type": "notice", "notice": notice}
                try:
                    news = await self._history.since(conversation, after)
                    standing = await self._standing(conversation)  # after the news, so at least as new
                except StoreUnavailable:
                    yield {"type": "ping"}
                    await self._pause(listener, RETRY)
                    continue
                if first or news.entries or (news.whole and after):
                    first = False
                    after = news.entries[-1]["seq"] if news.entries else 0 if news.whole else after
                    yield {"type": "entries", "whole": news.whole, "entries": news.entries, "last": after, **standing}
                if not await listener.wait(PING):
                    with contextlib.suppress(StoreUnavailable):
                        standing = await self._standing(conversation)
                    yield {"type": "ping", **standing}

    async def _pause(self, listener: Listener, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _events(self, request: Request) -> Response:
        opened = await self._opened(request)
        if isinstance(opened, Response):
            return opened
        session, _ = opened
        after = _number(request.headers.get("last-event-id") or request.query_params.get("after"))

        async def stream() -> AsyncIterator[str]:
            slot = self._slot(_streams(session, _host(request)))
            if slot is None:  # many were asked for at once
                return
            with slot:
                async with contextlib.aclosing(self._follow(conversation_of(session), after)) as frames:
                    yield "retry: 2000\n\n"
                    async for frame in frames:
                        number = f"id: {frame['last']}\n" if frame["type"] == "entries" else ""
                        yield f"{number}data: {wire.written(frame)}\n\n"

        sent = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream(), headers=sent, media_type="text/event-stream")

    async def _poll(self, request: Request) -> Response:
        """The next news, or a ping after some seconds of silence."""
        opened = await self._opened(request)
        if isinstance(opened, Response):
            return opened
        session, slot = opened
        after = _number(request.query_params.get("after"))
        known = request.query_params.get("known") == "1"
        with slot:
            async with contextlib.aclosing(self._follow(conversation_of(session), after)) as frames:
                async for frame in frames:
                    if frame["type"] == "entries" and known and not frame["entries"] and not (frame["whole"] and after):
                        continue
                    return _json({"frames": [frame]})
        return _json({"frames": []})

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept()
        if not ours(socket.headers, self._settings.origins):
            await socket.close(FOREIGN)
            return
        try:
            session = await self._known(socket)
        except StoreUnavailable:
            await socket.close(RESTART)
            return
        if session is None:
            await socket.close(NO_SESSION)
            return
        slot = self._slot(_streams(session, _host(socket)))
        if slot is None:
            await socket.close(TOO_MANY)
            return
        with slot:
            tasks = {
                asyncio.create_task(self._send(socket, session, _number(socket.query_params.get("after")))),
                asyncio.create_task(self._receive(socket, session)),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                codes = [task.result() for task in done]
                await socket.close(next((code for code in codes if code), 1000))
            except (WebSocketDisconnect, RuntimeError, OSError):
                pass  # the browser is gone
            finally:
                await ended(*tasks)

    async def _send(self, socket: WebSocket, session: str, after: int) -> int:
        async with contextlib.aclosing(self._follow(conversation_of(session), after)) as frames:
            async for frame in frames:
                await socket.send_text(wire.written(frame))
        return RESTART

    async def _receive(self, socket: WebSocket, session: str) -> int:
        """Answer frames until the browser goes; returns the code to close with."""
        times: list[float] = []
        while True:
            text = await socket.receive_text()
            now = time.monotonic()
            times = [at for at in times if at > now - FRAMES_SECONDS] + [now]
            if len(text.encode("utf-8", "surrogatepass")) > MAX_BODY:
                return 1009
            if len(times) > FRAMES:
                return TOO_MANY
            answer = await self._answered(text, session, _host(socket))
            if answer:
                await socket.send_text(wire.written(answer))

    async def _answered(self, text: str, session: str, host: str | None) -> dict[str, Any]:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return {"type": "refused", "id": None, "error": "bad"}
        if isinstance(data, dict) and data.get("type") == "ping":
            return {"type": "pong"}
        try:
            return {"type": "taken", "id": await self._take(session, host, data)}
        except wire.Refused as refused:
            return {"type": "refused", **_refusal(data, refused)}
        except StoreUnavailable:
            return {"type": "refused", "id": _id(data), "error": "away", "retry_after": 2.0}

    # -- sessions

    async def _known(self, connection: HTTPConnection) -> str | None:
        """The session of a browser. The cookie of the chat inside another site counts where the other one is not sent."""
        secret = await self._secret.get()
        cookies = connection.cookies
        return verified(cookies.get(COOKIE), secret) or verified(cookies.get(EMBEDDED_COOKIE), secret)

    async def _remember(self, response: Response, request: Request, session: str, *, embedded: bool) -> None:
        value = signed(session, await self._secret.get())
        name = EMBEDDED_COOKIE if embedded else COOKIE
        response.headers.append("Set-Cookie", cookie_header(name, value, secure=request.url.scheme == "https"))

    async def _opened(self, request: Request) -> tuple[str, contextlib.AbstractContextManager[None]] | Response:
        try:
            session = await self._known(request)
        except StoreUnavailable:
            return _json({"error": "away"}, 503, {"Retry-After": "2"})
        if session is None:
            return _json({"error": "session"}, 401)
        slot = self._slot(_streams(session, _host(request)))
        return (session, slot) if slot else _json({"error": "too_many"}, 429, {"Retry-After": "5"})

    def _slot(self, names: Sequence[tuple[str, int]]) -> contextlib.AbstractContextManager[None] | None:
        """A place among what is open under each name, and how much may be; None if there is none left."""
        if any(self._open[name] >= most for name, most in names):
            return None

        @contextlib.contextmanager
        def held() -> Iterator[None]:
            for name, _ in names:
                self._open[name] += 1
            try:
                yield
            finally:
                for name, _ in names:
                    self._open[name] -= 1
                    if self._open[name] <= 0:
                        del self._open[name]

        return held()

    # -- pages

    async def _chat(self, request: Request) -> Response:
        language, embedded = self._language(request), request.url.path == EMBEDDED_PATH
        service = self._catalog.service(request.query_params.get("service", ""))
        root = self._root(request)
        html = self._made(
            ("chat", language, embedded, service and service.id, root),
            lambda: pages.chat(
                language,
                topics(self._catalog, language),
                root=root,
                service=service.id if service else None,
                embedded=embedded,
            ),
        )
        response = self._page(request, html)
        response.headers["Cache-Control"] = "no-store"
        with contextlib.suppress(StoreUnavailable):  # the page asks for a session again when Redis is back
            await self._remember(response, request, await self._known(request) or new_session(), embedded=embedded)
        return response

    async def _services(self, request: Request) -> Response:
        language, root = self._language(request), self._root(request)
        return self._page(
            request,
            self._made(
                ("services", language, root),
                lambda: pages.services(language, topics(self._catalog, language), root=root),
            ),
        )

    async def _service(self, request: Request) -> Response:
        language, root = self._language(request), self._root(request)
        service = self._catalog.service(request.path_params["service"])
        if service is None:
            return self._page(request, pages.not_found(language), 404)
        html = self._made(
            ("service", language, service.id, root, today()),
            lambda: pages.service(language, card(self._catalog, service, language), root=root),
        )
        return self._page(request, html)

    async def _card(self, request: Request) -> Response:
        service = self._catalog.service(request.path_params["service"])
        if service is None:
            return _json({"error": "unknown"}, 404)
        language = self._language(request)
        body = self._made(
            ("card", language, service.id, today()), lambda: wire.written(card(self._catalog, service, language))
        )
        return packed(body.encode(), "application/json", request, {"Cache-Control": "private, max-age=300"})

    async def _widget(self, request: Request) -> Response:
        return self._page(request, pages.widget_example(self._language(request), self._root(request)))

    async def _script(self, request: Request) -> Response:
        response = served("widget.js", request, "public, max-age=3600")
        assert response
        return response

    async def _static(self, request: Request) -> Response:
        current = request.path_params["version"] == version()
        found = served(request.path_params["name"], request, _FOR_EVER if current else "no-cache")
        return found or self._page(request, pages.not_found(self._language(request)), 404)

    async def _robots(self, request: Request) -> Response:
        rules = f"User-agent: *\nDisallow: /api/\nDisallow: /embed\nSitemap: {self._root(request)}/sitemap.xml\n"
        return Response(rules, media_type="text/plain")

    async def _sitemap(self, request: Request) -> Response:
        xml = pages.sitemap(list(self._catalog.services), self._root(request))
        return packed(xml.encode(), "application/xml", request)

    def _page(self, request: Request, html: str, status: int = 200) -> Response:
        sent = {"Cache-Control": "no-cache", "Content-Language": self._language(request)}
        response = packed(html.encode("utf-8", "replace"), "text/html", request, sent)
        response.status_code = status
        response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
        wanted = understood(request.query_params.get("lang", ""))
        if wanted:
            secure = "; Secure" if request.url.scheme == "https" else ""
            response.headers.append(
                "Set-Cookie", f"{_LANGUAGE_COOKIE}={wanted}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}"
            )
        return response

    def _made(self, name: tuple[Any, ...], make: Callable[[], str]) -> str:
        """A text that is made once; a few hundred are kept, hosts that people invent do not fill the memory."""
        if name not in self._pages:
            if len(self._pages) >= 500:
                self._pages.clear()
            self._pages[name] = make()
        return self._pages[name]

    def _language(self, request: Request) -> str:
        return chosen(
            request.query_params.get("lang"),
            request.cookies.get(_LANGUAGE_COOKIE),
            request.headers.get("accept-language"),
        )

    def _root(self, request: Request) -> str:
        return self._settings.public_url or f"{request.url.scheme}://{request.url.netloc}"


def _streams(session: str, host: str | None) -> tuple[tuple[str, int], ...]:
    """Under which names an open stream counts."""
    return ((session, CONNECTIONS_PER_SESSION), (network(host), CONNECTIONS_PER_ADDRESS))


def _of_staff(owned: Ownership | None) -> bool:
    return owned is not None and owned.owner is Owner.staff


def _host(connection: HTTPConnection) -> str | None:
    return connection.client.host if connection.client else None


def _number(text: str | None) -> int:
    """A sequence number; 0 for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _id(data: object) -> str | None:
    name = data.get("id") if isinstance(data, dict) else None
    return name if isinstance(name, str) else None


def _refusal(data: object, refused: wire.Refused) -> dict[str, Any]:
    return {"id": _id(data), "error": refused.reason, "retry_after": refused.retry_after}


async def _body(request: Request) -> object:
    """The JSON of a body. Raises Refused."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise wire.Refused("too_long")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise wire.Refused("bad") from None


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        wire.written(body), status, {"Cache-Control": "no-store", **(headers or {})}, media_type="application/json"
    )
