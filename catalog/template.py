"""A file for a new service, to fill in."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATE = Path(__file__).with_name("template.yml")


def new_service(directory: Path, service: str) -> Path:
    """Write `services/<service>.yml` from the template. Raises ValueError for a bad id, FileExistsError when it is there."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", service):
        raise ValueError(f"`{service}` is no id: lower-case letters and digits, words joined by hyphens")
    path = directory / "services" / f"{service}.yml"
    if path.exists():
        raise FileExistsError(f"{path} exists already")
    path.write_text(TEMPLATE.read_text(encoding="utf-8").replace("SERVICE-ID", service), encoding="utf-8")
    return path
