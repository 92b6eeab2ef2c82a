"""What can be set about the web chat, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_BODY = 16 * 1024
"""Bytes of a request's body or of a WebSocket frame."""

MESSAGES_PER_MINUTE = 20
"""Of one session."""

ADDRESS_PER_MINUTE = 60
"""Messages from one address; an IPv6 /64 counts as one."""

STAFF_PER_MINUTE = 60
"""Of one session, while staff own its conversation."""

FILES_PER_MINUTE, ADDRESS_FILES_PER_MINUTE = 10, 30
"""Uploads of one session, and from one address."""

FILE_BYTES_A_DAY, ADDRESS_FILE_BYTES_A_DAY = 50 * 1024 * 1024, 500 * 1024 * 1024
"""Of the files that one session, and one address, uploads."""

FILES_AT_ONCE = 10
"""Of one message."""

UPLOADS_PER_SESSION, UPLOADS_PER_ADDRESS, UPLOADS = 3, 8, 20
"""Uploads under way at the same time that one gateway takes: each may be held in memory."""

UPLOAD_SECONDS = 300.0
"""How long an upload may take."""

CONNECTIONS_PER_SESSION = 12
CONNECTIONS_PER_ADDRESS = 120
"""Open streams (WebSocket, events, polls) that one gateway keeps."""


@dataclass(frozen=True)
class WebSettings:
    """public_url: as people open the page, without a path (`https://chat.example.org`), for links to it from outside; that of each request where None.

    origins: other origins that may send messages, such as another name of this site. embed_origins: sites that may show
    the chat inside theirs. Raises ValueError for one that is no origin.
    """

    public_url: str | None = None
    origins: tuple[str, ...] = ()
    embed_origins: tuple[str, ...] = ()
    messages_per_minute: int = MESSAGES_PER_MINUTE
    address_per_minute: int = ADDRESS_PER_MINUTE

    def __post_init__(self) -> None:
        for origin in (*self.origins, *self.embed_origins, *([self.public_url] if self.public_url else [])):
            parts = urlsplit(origin)
            bare = f"{parts.scheme}://{parts.netloc}"
            # it goes into a header, where blanks, commas and semicolons mean something
            if (
                parts.scheme not in ("http", "https")
                or not parts.hostname
                or bare != origin
                or set(origin) & set(" ,;'\"*")
            ):
                raise ValueError("an origin looks like https://example.org, without a path and in lower case")
