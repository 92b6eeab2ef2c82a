"""What the page of the desk asks for and does, as JSON; see `wire` for its shapes."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from bot.channels.web.hub import Listener
from bot.channels.web.limits import Limits
from bot.desk import canned, search
from bot.desk.cases import Case, Outcome, Reason, State
from bot.desk.desk import Desk
from bot.desk.errors import NoSuchCase, Taken
from bot.desk.staff import Staff, StaffBook
from bot.desk.web import wire
from bot.desk.web.board import Board, number
from bot.desk.web.gate import COOKIE, Gate, Refused, answered, limited
from bot.desk.web.page_texts import page_texts
from bot.desk.web.pages import Viewer
from bot.desk.web.texts import named
from bot.desk.web.uploads import Uploads
from bot.desk.web.wire import Names
from bot.store.errors import StoreUnavailable
from bot.store.files import MOST_BYTES
from catalog.render import SHENZHEN
from catalog.store import Catalog

VIA = "web"

ACTS_PER_MINUTE, UPLOADS_PER_MINUTE, SEARCHES_PER_MINUTE = 240, 20, 60
"""Of one member of staff."""

STREAMS = 10
"""Open streams of one member of staff that one gateway keeps."""

PING = 20.0
"""Seconds of silence after which an open page is told that we are still here."""

LOOK = 2.0
"""Seconds for which a stream takes a session that it looked at for one that goes on."""

RETRY = 1.0
"""Seconds before Redis is asked again."""

MISSED = 200
"""News that a page catches up with; after more it loads everything anew."""

CLOSED = 50
FOUND = 50
"""Cases listed as closed lately, and as found by a search."""

SCANNED = 2_000
"""Cases that a search looks at, the newest."""

SEARCHED = 300
"""Entries of each, the last."""

SEARCHED_KINDS = ("person", "assistant", "staff", "note")

BATCH = 50
"""Cases searched at a time."""

LOG = 1_000
"""Entries of a case sent at a time."""

_CASE = re.compile(r"\d{1,12}", re.ASCII)

Typing = Callable[[Case], Awaitable[None]]
"""Shows a person that staff are writing to them."""


class Api:
    def __init__(
        self, gate: Gate, desk: Desk, staff: StaffBook, catalog: Catalog, board: Board, uploads: Uploads, limits: Limits, typing: Typing | None
    ) -> None:  # fmt: skip
        self._gate, self._desk, self._staff, self._catalog = gate, desk, staff, catalog
        self._board, self._uploads, self._limits, self._typing = board, uploads, limits, typing
        self._streams: Counter[str] = Counter()
        self._searching = asyncio.Lock()
        self.closing = asyncio.Event()
        self._services = {
            language: {each.id: getattr(each.short, language) for each in catalog.services.values()}
            for language in ("zh", "en")
        }

    @property
    def routes(self) -> list[BaseRoute]:
        get, post = self._gate.data_of, self._gate.act_of
        case = "/desk/api/cases/{case}"
        return [
            get("/desk/api/me", self._me),
            post("/desk/api/available", self._available),
            get("/desk/api/cases", self._cases),
            get("/desk/api/search", self._search),
            get("/desk/api/events", self._events),
            post("/desk/api/files", self._upload, raw=True),
            get(case, self._case),
            get(f"{case}/canned", self._canned),
            *(
                post(f"{case}/{name}", self._act(act))
                for name, act in (
                    ("claim", self._claim), ("say", self._say), ("note", self._note), ("edit", self._edit), ("assign", self._assign),
                    ("transfer", self._transfer), ("close", self._close), ("reopen", self._reopen), ("ban", self._ban), ("typing", self._type),
                )
            ),
        ]  # fmt: skip

    async def boot(self, viewer: Viewer) -> dict[str, Any]:
        """What the page starts from."""
        assert viewer.staff is not None
        names, language = await self._names(viewer), viewer.language

        def options(kind: str, values: Sequence[str]) -> list[dict[str, Any]]:
            return [{"id": value, "name": named(kind, value, language)} for value in values]

        return {
            "language": language,
            "texts": page_texts(language),
            "me": wire.person(viewer.staff, viewer.csrf, language),
            "csrf": viewer.csrf,
            "teams": wire.teams(names.staff.values()),
            "staff": wire.colleagues(names),
            "services": [{"id": id_, "name": name} for id_, name in names.services.items()],
            "channels": options("channel", ["web", "telegram"]),
            "reasons": options("reason", [each.value for each in Reason]),
            "outcomes": [
                {**each, "choose": each["id"] != Outcome.left.value}
                for each in options("outcome", [each.value for each in Outcome])
            ],
            "longest": wire.LONGEST,
            "max_file": MOST_BYTES,
            "most_files": wire.MOST_FILES,
            "now": time.time(),
        }

    # -- lists

    async def _me(self, request: Request, viewer: Viewer) -> Response:
        return answered(wire.person(_staff(viewer), viewer.csrf, viewer.language))

    async def _available(self, request: Request, viewer: Viewer, data: dict[str, Any]) -> Response:
        available = data.get("available")
        if not isinstance(available, bool):
            raise wire.Bad("available")
        await self._staff.set_available(_staff(viewer).id, available)
        return answered({"available": available})

    async def _cases(self, request: Request, viewer: Viewer) -> Response:
        at = await self._desk.cases.end_of_events()
        waiting, active = await self._desk.cases.waiting(), await self._desk.cases.active()
        me = _staff(viewer).id
        view = request.query_params.get("view", "queue")
        if view == "queue":
            found = wire.in_order(waiting)
        elif view == "mine":
            found = [case for case in (*wire.in_order(waiting), *active) if case.staff == me]
        elif view == "active":
            found = active
        elif view == "closed":
            found = await self._desk.cases.closed(most=CLOSED)
        else:
            raise wire.Bad("view")
        found = [case for case in found if wire.fits(case, request.query_params)]
        return answered(
            {
                "cases": await self._summaries(found, viewer),
                "counts": wire.counts(waiting, active, me),
                "at": at,
                "now": time.time(),
            }
        )

    async def _search(self, request: Request, viewer: Viewer) -> Response:
        await self._within(viewer, "search", SEARCHES_PER_MINUTE)
        query = request.query_params.get("q", "")
        since, until = _days(request.query_params.get("from"), request.query_params.get("to"))
        wanted, exact = search.words(query), search.number(query)
        cases = self._desk.cases
        all_cases = [*await cases.waiting(), *await cases.active(), *await cases.closed(most=SCANNED)]
        newest = sorted(all_cases, key=lambda case: case.opened_at, reverse=True)[:SCANNED]
        looked = [case for case in newest if since <= case.opened_at < until and wire.fits(case, request.query_params)]
        async with self._searching:  # one after another: each takes some of the processor
            found = await self._found(looked, wanted, exact)
        summaries = await self._summaries([case for case, _ in found], viewer)
        return answered({"cases": [{**each, "snippet": words} for each, (_, words) in zip(summaries, found)]})

    async def _found(self, cases: list[Case], wanted: Sequence[str], exact: str | None) -> list[tuple[Case, str]]:
        """The newest FOUND that fit, with the words they were found by. exact: the number of a case, which goes first."""
        found = [(case, "") for case in cases if case.id == exact or not wanted][:FOUND]
        if not wanted:
            return found
        rest = [case for case in cases if case.id != exact]
        for first in range(0, len(rest), BATCH):
            some = rest[first : first + BATCH]
            rows = await self._desk.cases.rows([case.id for case in some], SEARCHED)
            found += await asyncio.to_thread(_hits, some, rows, wanted)
            if len(found) >= FOUND:
                break
        return found[:FOUND]

    # -- one case

    async def _case(self, request: Request, viewer: Viewer) -> Response:
        case = await self._named(request)
        given = request.query_params.get("after")
        after = wire.place(given)
        if given and after is None:
            raise wire.Bad("after")
        log = await self._desk.cases.log(case.id, after or "-", LOG)
        names = await self._names(viewer)
        tails = await self._board.tails([case.id])
        body = {
            "case": wire.full(case, tails[case.id], names),
            "entries": [wire.entry(each, case.id, names) for each in log],
            "last": log[-1].place if log else after or "",
            "now": time.time(),
        }
        if after is None:
            others = [each for each in await self._desk.cases.all_of(case.conversation) if each.id != case.id]
            body["history"] = await self._summaries(others, viewer)
        return answered(body)

    async def _canned(self, request: Request, viewer: Viewer) -> Response:
        case, language = await self._named(request), viewer.language
        service = self._catalog.service(case.service) if case.service else None
        name = getattr(service.short, "en" if case.language == "en" else "zh") if service else None
        link = (
            f"{request.url.scheme}://{request.url.netloc}/services/{service.id}?lang={case.language}"
            if service
            else None
        )
        return answered(
            {
                "canned": [
                    {"id": each.id, "name": getattr(each.name, language), "text": canned.filled(each, case, _staff(viewer), name, case.language, link)}
                    for each in canned.load()
                ]
            }
        )  # fmt: skip

    def _act(
        self, act: Callable[[str, Viewer, dict[str, Any]], Awaitable[Case | None]]
    ) -> Callable[[Request, Viewer, dict[str, Any]], Awaitable[Response]]:
        """Do something with a case, and tell what it is then."""

        async def done(request: Request, viewer: Viewer, data: dict[str, Any]) -> Response:
            await self._within(viewer, "act", ACTS_PER_MINUTE)
            case_id = _case_id(request)
            case = await act(case_id, viewer, data) or await self._desk.case(case_id)
            tails = await self._board.tails([case.id])
            return answered({"case": wire.full(case, tails[case.id], await self._names(viewer))})

        return done

    async def _claim(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        try:
            return await self._desk.claim(case, _staff(viewer), VIA)
        except Taken as taken:
            if taken.by != _staff(viewer).id:
                raise
            return None  # asked twice

    async def _say(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        key, ids = wire.key_of(data), wire.files_of(data)
        text = wire.text_of(data, empty=bool(ids))
        return await self._desk.say(case, _staff(viewer), text, key, VIA, await self._files(viewer, ids))

    async def _note(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        key, ids = wire.key_of(data), wire.files_of(data)
        text = wire.text_of(data, empty=bool(ids))
        await self._desk.note(case, _staff(viewer), text, key, VIA, await self._files(viewer, ids))
        return None

    async def _edit(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        of, key, text = wire.edited_of(data), wire.key_of(data), wire.text_of(data, empty=True)
        await self._desk.edit(case, _staff(viewer), of, text, key, VIA)
        return None

    async def _assign(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        given = data.get("to")
        to = await self._staff.get(given) if isinstance(given, str) else None
        if to is None:
            raise wire.Bad("to")
        return await self._desk.assign(case, _staff(viewer), to, VIA)

    async def _transfer(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        team = data.get("team")
        if team is not None and team not in wire.teams(await self._staff.all()):
            raise wire.Bad("team")
        return await self._desk.transfer(case, _staff(viewer), team, VIA)

    async def _close(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        outcome, seen = wire.outcome_of(data), wire.seen_of(data)
        return await self._desk.close(case, _staff(viewer), outcome, VIA, seen)

    async def _reopen(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        return await self._desk.reopen(case, _staff(viewer), wire.text_of(data), wire.key_of(data), VIA)

    async def _ban(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        return await self._desk.ban(case, _staff(viewer), VIA)

    async def _type(self, case: str, viewer: Viewer, data: dict[str, Any]) -> Case | None:
        found = await self._desk.case(case)
        if self._typing and found.state is State.active:
            await self._typing(found)
        return found

    # -- files

    async def _upload(self, request: Request, viewer: Viewer, data: dict[str, Any]) -> Response:
        await self._within(viewer, "upload", UPLOADS_PER_MINUTE)
        try:
            content = await limited(request, MOST_BYTES)
        except wire.Bad:
            raise Refused("too_large", 413, most=MOST_BYTES // 2**20) from None
        if not content:
            raise wire.Bad("empty")
        name, mime = request.query_params.get("name", "")[:200], request.headers.get("content-type", "")
        return answered(wire.file(await self._uploads.put(_staff(viewer).id, name, mime, content)))

    async def _files(self, viewer: Viewer, ids: list[str]) -> Sequence[Any]:
        files = await self._uploads.take(_staff(viewer).id, ids)
        if files is None:
            raise Refused("no_file", 409)
        return files

    # -- what is new

    async def _events(self, request: Request, viewer: Viewer) -> Response:
        me = _staff(viewer).id
        if self._streams[me] >= STREAMS:
            raise Refused("too_many", 429)
        after = wire.place(request.headers.get("last-event-id") or request.query_params.get("after"))
        token = request.cookies.get(COOKIE, "")

        async def stream() -> AsyncIterator[str]:
            if self._streams[me] >= STREAMS:  # many were asked for at once
                return
            with self._slot(me), self._board.listen() as listener:
                yield "retry: 2000\n\n"
                async for frame in self._follow(token, viewer, after, listener):
                    yield frame

        sent = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream(), headers=sent, media_type="text/event-stream")

    async def _follow(self, token: str, viewer: Viewer, after: str | None, listener: Listener) -> AsyncIterator[str]:
        """Frames for an open page, until the session ends or we shut down."""
        place: str | None = None
        looked = time.monotonic()
        while not self.closing.is_set():
            listener.notices()
            try:
                if time.monotonic() - looked >= LOOK:
                    if await self._staff.session(token) is None:
                        return
                    looked = time.monotonic()
                if place is None:
                    place, resumed = await self._begin(after)
                    yield wire.event({"type": "hello", "at": place, "now": time.time(), "resumed": resumed}, place)
                news = await self._desk.cases.events(place, 0, MISSED + 1)
                if len(news) > MISSED:
                    after = place = None
                    continue
                for frame in await self._told(news, viewer):
                    yield frame
            except StoreUnavailable:
                yield wire.event({"type": "ping"})
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self.closing.wait(), RETRY)
                continue
            if news:
                place = news[-1][0]
            elif not await listener.wait(PING):
                yield wire.event({"type": "ping"})

    async def _begin(self, after: str | None) -> tuple[str, bool]:
        """Where a stream begins, and whether the page has missed nothing so."""
        end = await self._desk.cases.end_of_events()
        if after is None or number(after) > number(end):
            return end, False
        return after, True

    async def _told(self, news: Sequence[tuple[str, Any]], viewer: Viewer) -> list[str]:
        if not news:
            return []
        ids = list(dict.fromkeys(event["case"] for _, event in news))
        cases = {id_: await self._desk.cases.get(id_) for id_ in ids}
        tails, names = await self._board.tails(ids), await self._names(viewer)
        counts = wire.counts(*await self._board.open_cases(news[-1][0]), _staff(viewer).id)
        frames = []
        for place, event in news:
            case = cases[event["case"]]
            if case is None:
                frames.append(wire.event({"type": "forgotten", "case": event["case"], "counts": counts}, place))
                continue
            tail = tails[case.id]
            by = next((entry.author for entry in tail if entry.key == event["key"]), event.get("by") or None)
            said = {"type": "case", "case": wire.summary(case, tail, names), "counts": counts}
            frames.append(wire.event({**said, "move": event.get("move"), "kind": event["kind"], "by": by}, place))
        return frames

    @contextlib.contextmanager
    def _slot(self, staff: str) -> Iterator[None]:
        self._streams[staff] += 1
        try:
            yield
        finally:
            self._streams[staff] -= 1
            if self._streams[staff] <= 0:
                del self._streams[staff]

    # -- parts

    async def _summaries(self, cases: Sequence[Case], viewer: Viewer) -> list[dict[str, Any]]:
        names = await self._names(viewer)
        tails = await self._board.tails([case.id for case in cases])
        return [wire.summary(case, tails[case.id], names) for case in cases]

    async def _names(self, viewer: Viewer) -> Names:
        staff = {each.id: each for each in await self._staff.all()}
        return Names(viewer.language, self._services[viewer.language], staff)

    async def _named(self, request: Request) -> Case:
        return await self._desk.case(_case_id(request))

    async def _within(self, viewer: Viewer, what: str, per_minute: int) -> None:
        wait = await self._limits.take({f"desk-{what}:{_staff(viewer).id}": per_minute})
        if wait:
            raise Refused("too_fast", 429, retry_after=round(wait, 1))


def _staff(viewer: Viewer) -> Staff:
    assert viewer.staff is not None
    return viewer.staff


def _case_id(request: Request) -> str:
    found = str(request.path_params["case"])
    if not _CASE.fullmatch(found):
        raise NoSuchCase
    return found


def _hits(
    cases: Sequence[Case], logs: Sequence[Sequence[tuple[str, dict[str, str]]]], wanted: Sequence[str]
) -> list[tuple[Case, str]]:
    """Those in which all words stand, with where."""
    found = []
    for case, rows in zip(cases, logs):
        said = [each for _, fields in rows if (each := json.loads(fields["entry"]))["kind"] in SEARCHED_KINDS]
        texts = [case.name or "", case.contact or "", case.comment or "", *(each.get("text", "") for each in said)]
        words = search.snippet(wanted, [*texts, *(file["name"] for each in said for file in each.get("files", ()))])
        if words is not None:
            found.append((case, words))
    return found


def _days(first: str | None, last: str | None) -> tuple[float, float]:
    """A period of whole days in Shenzhen, seconds since 1970; open where none is given. Raises Bad."""
    try:
        since = _midnight(dt.date.fromisoformat(first)) if first else 0.0
        until = _midnight(dt.date.fromisoformat(last) + dt.timedelta(days=1)) if last else float("inf")
    except (ValueError, OverflowError):
        raise wire.Bad("dates") from None
    return since, until


def _midnight(day: dt.date) -> float:
    return dt.datetime.combine(day, dt.time(), SHENZHEN).timestamp()
