"""The files of the page, read once: under an address that changes with them, so that browsers may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).with_name("static")

_TYPES = {
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".css": "text/css",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class File:
    body: bytes
    packed: bytes
    kind: str


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
    return f"/static/{version()}/{name}"


def served(name: str, request: Request, keep: str) -> Response | None:
    """A file as the browser takes it; None if there is none of this name. keep: the Cache-Control."""
    file = files().get(name)
    if file is None:
        return None
    return packed(file.body, file.kind, request, {"Cache-Control": keep}, file.packed)


def packed(
    body: bytes, kind: str, request: Request, headers: dict[str, str] | None = None, gzipped: bytes | None = None
) -> Response:
    """A response, compressed if the browser takes it so."""
    sent = {"Vary": "Accept-Encoding", **(headers or {})}
    if len(body) > 500 and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzipped or gzip.compress(body, 5, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return Response(body, headers=sent, media_type=kind)


def read(path: Path) -> File:
    """A file from disk, packed too."""
    body = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(body, gzip.compress(body, 9, mtime=0), kind)
