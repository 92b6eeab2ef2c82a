"""The web desk: what the gateway mounts and runs."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from bot.channels.web.limits import Limits
from bot.desk.desk import Desk
from bot.desk.insights import page as insights_page
from bot.desk.insights.report import csv
from bot.desk.insights.service import Insights, period
from bot.desk.insights.vain import CannotLabel, NoSuchQuestion
from bot.desk.staff import StaffBook
from bot.desk.web import assets, pages, wire
from bot.desk.web.api import Api, Typing
from bot.desk.web.board import Board
from bot.desk.web.gate import Gate
from bot.desk.web.pages import Viewer
from bot.desk.web.signin import SignIn
from bot.desk.web.uploads import Uploads
from bot.messages import File
from bot.store.keys import Keys
from bot.store.tasks import ended
from catalog.store import Catalog

REPORT_DAYS = 30
"""Days a report is about unless others are asked for."""

Download = Callable[[File], Awaitable["bytes | None"]]
"""The bytes of a file that is not with us but with the channel it came from."""


class DeskWeb:
    """The web desk of one gateway. `routes` go into its app; `run` has to be running.

    download: for files that are with Telegram. origins: other origins that may act, such as another name of this site. typing:
    shows a person that staff are writing.
    """

    def __init__(
        self,
        desk: Desk,
        staff: StaffBook,
        catalog: Catalog,
        insights: Insights,
        redis: Redis,
        keys: Keys,
        download: Download | None = None,
        origins: tuple[str, ...] = (),
        typing: Typing | None = None,
    ) -> None:
        self._desk, self._insights, self._catalog, self._download = desk, insights, catalog, download
        self._gate = Gate(staff, origins)
        self._board = Board(desk.cases)
        uploads, limits = Uploads(redis, desk.files, keys), Limits(redis, keys)
        self._api = Api(self._gate, desk, staff, catalog, self._board, uploads, limits, typing)
        self._sign_in = SignIn(self._gate, staff)

    @property
    def routes(self) -> list[BaseRoute]:
        """`/desk` and everything below it."""
        gate = self._gate
        return [
            gate.page_of("/desk", self._shell),
            gate.anybody("/desk/static/{version}/{name}", self._static),
            gate.page_of("/desk/files/{file}", self._file),
            *self._sign_in.routes,
            *self._api.routes,
            gate.page_of("/desk/insights", self._report, supervisors=True),
            gate.page_of("/desk/insights.csv", self._csv, supervisors=True),
            gate.page_of("/desk/insights/questions", self._questions, supervisors=True),
            gate.form_of("/desk/insights/questions", self._decide, supervisors=True),
            gate.any_other("/desk/{rest:path}", self._nothing),
        ]

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the feed until `stop`; then end all open streams, so that the server can shut down."""
        following = asyncio.create_task(self._board.run())
        stopped = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait({following, stopped}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()
        finally:
            self._api.closing.set()
            self._board.wake_all()
            await ended(following, stopped)

    async def _shell(self, request: Request, viewer: Viewer) -> Response:
        return self._gate.page(request, pages.shell(viewer, await self._api.boot(viewer)))

    async def _static(self, request: Request, viewer: Viewer) -> Response:
        found = assets.served(request.path_params["name"], request, request.path_params["version"])
        return found or await self._nothing(request, viewer)

    async def _nothing(self, request: Request, viewer: Viewer) -> Response:
        if request.url.path == "/desk/" and request.method == "GET":
            return RedirectResponse("/desk", 303)
        return self._gate.page(request, pages.trouble(viewer, "not_found"), 404)

    async def _file(self, request: Request, viewer: Viewer) -> Response:
        """A file that stands in the log of a case."""
        file = await self._named(request.path_params["file"], request.query_params.get("case", ""))
        content = await self._desk.files.get(file.id) if file else None
        if file and content is None and file.telegram and self._download:
            content = await self._download(file)
        if file is None or content is None:
            return self._gate.page(request, pages.trouble(viewer, "file_gone"), 404)
        shown = file.mime in wire.INLINE and file.kind == "photo"
        headers = {
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
            "Cache-Control": "no-store",
        }
        return Response(content, headers=headers, media_type=file.mime if shown else "application/octet-stream")

    async def _named(self, file: str, case: str) -> File | None:
        after = "-"
        while case.isascii() and case.isdigit():
            log = await self._desk.cases.log(case, after)
            if not log:
                break
            for entry in log:
                for each in entry.files:
                    if each.id == file:
                        return each
            after = log[-1].place
        return None

    # -- what staff learn

    async def _report(self, request: Request, viewer: Viewer) -> Response:
        start, end = _period(request)
        report = await self._insights.report(start, end)
        content = insights_page.insights(report, viewer.language, self._service_names(viewer))
        return self._gate.page(request, pages.plain(viewer, viewer.say("insights"), content, sheets=["insights.css"]))

    async def _csv(self, request: Request, viewer: Viewer) -> Response:
        start, end = _period(request)
        written = await asyncio.to_thread(csv, await self._insights.report(start, end))
        headers = {"Content-Disposition": 'attachment; filename="insights.csv"'}
        return Response("\ufeff" + written, headers=headers, media_type="text/csv")

    async def _questions(self, request: Request, viewer: Viewer) -> Response:
        return await self._asked(request, viewer, failed=False)

    async def _asked(self, request: Request, viewer: Viewer, *, failed: bool) -> Response:
        groups = await self._insights.groups()
        content = insights_page.questions(
            groups, self._service_names(viewer), self._insights.intents, viewer.language, viewer.csrf
        )
        told = pages.told_in(viewer, pages.Told("bad_question")) if failed else None
        page = pages.plain(viewer, viewer.say("questions"), *([told] if told else []), content, sheets=["insights.css"])
        return self._gate.page(request, page, 400 if failed else 200)

    async def _decide(self, request: Request, viewer: Viewer, given: dict[str, Any]) -> Response:
        assert viewer.staff is not None
        do, question = given.get("do"), given.get("id", "")
        try:
            if do == "label":
                await self._insights.label(
                    question, given.get("service") or None, given.get("intent", ""), viewer.staff.id
                )
            elif do == "dismiss":
                await self._insights.dismiss(question, viewer.staff.id)
            elif do == "undo":
                await self._insights.undo(question)
            else:
                return await self._asked(request, viewer, failed=True)
        except (CannotLabel, NoSuchQuestion):
            return await self._asked(request, viewer, failed=True)
        return RedirectResponse("/desk/insights/questions", 303)

    def _service_names(self, viewer: Viewer) -> dict[str, str]:
        return {each.id: getattr(each.short, viewer.language) for each in self._catalog.services.values()}


def _period(request: Request) -> tuple[float, float]:
    """What a report is asked for about; of what is no period, the last REPORT_DAYS days."""
    first, last = (_day(request.query_params.get(name)) for name in ("from", "to"))
    with contextlib.suppress(ValueError, OverflowError):
        return period(first, last, REPORT_DAYS, time.time())
    return period(None, None, REPORT_DAYS, time.time())


def _day(text: str | None) -> dt.date | None:
    with contextlib.suppress(ValueError):
        return dt.date.fromisoformat(text) if text else None
    return None
