"""Headers for every answer, and whether a request comes from our own page."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EMBEDDED_PATH = "/embed"
WIDGET_PATH = "/widget.js"


def policy(host: str, frame_ancestors: str) -> str:
    """The Content-Security-Policy: our own files, nothing inline, nothing from elsewhere, no HTML made from strings.

    host: named for WebSockets, which some browsers do not count to 'self'; left out where it is no plain host name.
    """
    sockets = f" ws://{host} wss://{host}" if host and not set(host) - _HOST_CHARACTERS else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",
            f"connect-src 'self'{sockets}",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


_HOST_CHARACTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]")


def headers(path: str, host: str, *, secure: bool, embed_origins: tuple[str, ...]) -> dict[str, str]:
    """The headers of every answer to a request of `path`."""
    embedded = path == EMBEDDED_PATH
    return {
        "Content-Security-Policy": policy(host, " ".join(("'self'", *embed_origins)) if embedded else "'none'"),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin" if embedded or path == WIDGET_PATH else "same-origin",
        **({} if embedded else {"X-Frame-Options": "DENY"}),
        **({"Strict-Transport-Security": "max-age=31536000"} if secure else {}),
    }


def ours(given: Headers, origins: tuple[str, ...]) -> bool:
    """Whether a request that does something comes from our own page, which a browser always says in `Origin`.

    The scheme is not compared: behind a proxy the gateway sees plain HTTP.
    """
    if given.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return given.get("origin") in origins
    origin = given.get("origin", "")
    scheme, _, host = origin.partition("://")
    own = scheme in ("http", "https") and bool(host) and host.lower() == given.get("host", "").lower()
    return own or origin in origins


class Secured:
    """Middleware that sets `headers` on every answer that has not set them itself."""

    def __init__(self, app: ASGIApp, embed_origins: tuple[str, ...]) -> None:
        self._app, self._embed_origins = app, embed_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted: Mapping[str, str] = headers(
            scope["path"],
            Headers(scope=scope).get("host", ""),
            secure=scope["scheme"] == "https",
            embed_origins=self._embed_origins,
        )

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    given.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
