"""Write a service as YAML in one style, for services changed by a program."""

from __future__ import annotations

import re
from typing import Any

import yaml

_SHORT = frozenset(
    re.findall(
        r"\w+",
        """name short title issuer time fee money document step window when audiences ask related sources facts audience""",
    )
)
"""Fields whose value stands on one line."""


class _Dumper(yaml.SafeDumper):
    """Lists are indented; marked mappings and lists stand on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


class _Line(dict):  # type: ignore[type-arg]
    pass


class _Row(list):  # type: ignore[type-arg]
    pass


_Dumper.add_representer(_Line, lambda d, value: d.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True))
_Dumper.add_representer(_Row, lambda d, value: d.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True))


def dump_service(data: dict[str, Any]) -> str:
    """The YAML text of a service given as plain data."""
    return yaml.dump(
        _styled(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False
    )


def _styled(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        inner = {k: _styled(v, k) for k, v in value.items()}
        return _Line(inner) if key in _SHORT and key != "sources" else inner
    if isinstance(value, list):
        items = [_styled(item) for item in value]
        return _Row(items) if key in _SHORT and all(isinstance(item, str) for item in value) else items
    return value
