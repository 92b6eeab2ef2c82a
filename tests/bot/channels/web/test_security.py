from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from bot.channels.web.security import headers, ours
from bot.channels.web.settings import WebSettings

OTHER = ("https://other.example",)


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({"origin": "http://chat.example:8080", "host": "chat.example:8080"}, True),
        ({"origin": "https://chat.example", "host": "chat.example"}, True),
        ({"origin": "https://chat.example", "host": "Chat.Example", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://other.example", "host": "chat.example"}, True),
        ({"origin": "https://other.example", "host": "chat.example", "sec-fetch-site": "cross-site"}, True),
        ({"origin": "https://evil.example", "host": "chat.example"}, False),
        ({"origin": "https://chat.example.evil.example", "host": "chat.example"}, False),
        ({"origin": "https://chat.example:444", "host": "chat.example"}, False),
        ({"origin": "null", "host": "chat.example"}, False),
        ({"origin": "", "host": ""}, False),
        ({"host": "chat.example"}, False),
        ({"origin": "http://[", "host": "chat.example"}, False),
        ({"origin": "http://", "host": ""}, False),
        ({"origin": "http://[", "host": "chat.example", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://chat.example", "host": "chat.example", "sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://chat.example", "host": "chat.example", "sec-fetch-site": "same-site"}, False),
    ],
)
def test_only_our_own_page_may_act(given: dict[str, str], allowed: bool) -> None:
    assert ours(Headers(given), OTHER) is allowed


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    found = headers("/", "chat.example", secure=True, embed_origins=("https://a.example",))
    policy = found["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "https:" not in policy
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(
        policy.split("; ")
    )
    assert found["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" in found
    assert "Strict-Transport-Security" not in headers("/", "h", secure=False, embed_origins=())


def test_a_host_cannot_write_the_policy() -> None:
    assert "evil" not in headers("/", "evil; script-src *", secure=False, embed_origins=())["Content-Security-Policy"]


def test_only_allowed_sites_show_the_chat() -> None:
    found = headers("/embed", "chat.example", secure=True, embed_origins=("https://a.example",))
    assert "frame-ancestors 'self' https://a.example;" in found["Content-Security-Policy"]
    assert "X-Frame-Options" not in found


@pytest.mark.parametrize(
    "origin",
    ["example.org", "https://", "https://a.example/", "https://a.example/path", "ftp://a.example", "https://a.example; x", "https://*", "javascript:1"],
)  # fmt: skip
def test_wrong_origins_are_refused(origin: str) -> None:
    for settings in ({"origins": (origin,)}, {"embed_origins": (origin,)}, {"public_url": origin}):
        with pytest.raises(ValueError, match="an origin looks like"):
            WebSettings(**settings)  # type: ignore[arg-type]
