"""The files of the desk's page, read once: under an address that changes with them, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.static import File, packed, read

FOLDER = Path(__file__).with_name("static")
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def files() -> dict[str, File]:
    """All files by name."""
    return {path.name: read(path) for path in sorted(FOLDER.iterdir()) if path.is_file()}


@cache
def version() -> str:
    """Changes with any of the files."""
    digest = hashlib.sha256()
    for name, file in files().items():
        digest.update(name.encode() + b"\0" + file.body)
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    return f"/desk/static/{version()}/{name}"


def modules() -> list[str]:
    """The page's scripts, the one that starts it first."""
    return sorted((name for name in files() if name.endswith(".js")), key=lambda name: (name != "main.js", name))


def served(name: str, request: Request, given: str) -> Response | None:
    """A file as the browser takes it; None if there is none of this name. given: the version that was asked for."""
    file = files().get(name)
    if file is None:
        return None
    keep = FOR_EVER if given == version() else "no-cache"
    return packed(file.body, file.kind, request, {"Cache-Control": keep}, file.packed)
