"""What was found, as values that JSON has: the entities of Rasa."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from entities.message import Found


def plain(value: Any) -> Any:
    """A value as a dictionary without what is unset: Decimal as int where it is whole, else float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if is_dataclass(value):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: plain(part) for name, part in parts.items() if part is not None}
    return value


def as_entities(found: Iterable[Found], extractor: str) -> list[dict[str, Any]]:
    """Entities as Rasa wants them."""
    return [
        {"entity": f.kind, "value": plain(f.value), "start": f.start, "end": f.end, "extractor": extractor}
        for f in found
    ]
