"""Who is who without an account: a random id in a signed cookie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from redis.asyncio import Redis

from bot.store.connection import store_errors
from bot.store.keys import Keys

COOKIE = "qta_session"
EMBEDDED_COOKIE = "qta_embedded"
"""Of the chat inside another site: a cookie of its own, which the browser keeps apart for each site."""

DAYS = 30
"""How long a cookie is kept after the page was last opened; as long as conversations are."""

_SESSION = re.compile(r"[A-Za-z0-9_-]{22}")


def new_session() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def conversation_of(session: str) -> str:
    return f"web:{session}"


def signed(session: str, secret: bytes) -> str:
    """The value of the cookie."""
    return f"{session}.{_signature(session, secret)}"


def verified(cookie: str | None, secret: bytes) -> str | None:
    """The session of a cookie; None where it is missing or was not signed by us."""
    session, _, signature = (cookie or "").partition(".")
    if not _SESSION.fullmatch(session) or not signature.isascii():
        return None
    return session if hmac.compare_digest(signature, _signature(session, secret)) else None


def cookie_header(name: str, value: str, *, secure: bool) -> str:
    """A Set-Cookie header.

    Over HTTPS the embedded cookie is one that browsers send inside other sites, in a jar for each (`Partitioned`); over
    plain HTTP there is no such thing, and embedding works within the same site only.
    """
    lax = "; SameSite=Lax" + ("; Secure" if secure else "")
    same_site = "; SameSite=None; Secure; Partitioned" if secure and name == EMBEDDED_COOKIE else lax
    return f"{name}={value}; Path=/; Max-Age={DAYS * 86400}; HttpOnly{same_site}"


class Secret:
    """The secret that all gateways on one Redis share; the first one makes it."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis, self._keys = redis, keys
        self._known: bytes | None = None

    async def get(self) -> bytes:
        """32 bytes. Raises StoreUnavailable while it is not known and Redis is away."""
        if self._known is None:
            made = base64.b64encode(secrets.token_bytes(32)).decode()
            with store_errors():
                await self._redis.set(self._keys.web_secret, made, nx=True)
                self._known = base64.b64decode(await self._redis.get(self._keys.web_secret))
        return self._known


def _signature(session: str, secret: bytes) -> str:
    digest = hmac.digest(secret, b"web session " + session.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
