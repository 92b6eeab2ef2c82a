"""HTML that cannot be wrong: whatever is not markup itself is escaped."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})

Attributes = Mapping[str, "str | bool | None"]


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, attributes: Attributes | None = None, *children: str | None) -> Markup:
    """An element; text is escaped, Markup is not, None is nothing. Attributes: True stands alone, None and False are left out."""
    written = "".join(
        f" {key}" if value is True else f' {key}="{html.escape(value)}"'
        for key, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    opening = f"<{name}{written}>"
    return Markup(opening if name in _VOID else f"{opening}{together(*children)}</{name}>")


def together(*children: str | None) -> Markup:
    """Parts one after another."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else html.escape(child, quote=False)
            for child in children
            if child is not None
        )
    )


def data_block(data: Any, kind: str = "application/json", name: str | None = None) -> Markup:
    """Data inside a page, which no browser runs and no text in it can close."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return tag("script", {"type": kind, "id": name}, Markup(safe))


def document(language: str, head: Markup, body: Markup) -> str:
    """A whole page."""
    return "<!doctype html>" + tag("html", {"lang": language}, tag("head", None, head), body)
