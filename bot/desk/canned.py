"""Canned replies: loaded from `canned.yml`, filled in for a case. Pure but for reading the file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, validator

from bot.desk.cases import Case
from bot.desk.staff import Staff
from catalog.errors import CatalogError
from catalog.models import Model, Text
from catalog.yamlfile import YamlFile
from language.choice import HANT
from language.traditional import traditional

FILE = Path(__file__).with_name("canned.yml")

PLACEHOLDERS = frozenset({"name", "staff", "service", "link"})
MAYBE_UNKNOWN = PLACEHOLDERS - {"staff"}
"""These stand in brackets only, which go with them."""

LONGEST = 2_000
"""Characters of a text."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


class CannedError(Exception):
    """The file cannot be used; the message has a line for each mistake."""


class Canned(Model):
    """One reply as it stands in the file. name: in the list that staff choose from; text: with placeholders and brackets."""

    id: str = Field(regex=r"^[a-z0-9][a-z0-9-]{0,29}$")
    name: Text
    text: Text

    @validator("text")
    def _sound(cls, text: Text) -> Text:  # noqa: N805
        for language, words in (("zh", text.zh), ("en", text.en)):
            problem = _problem(words)
            if problem:
                raise ValueError(f"{language}: {problem}")
        return text


def load(path: Path | None = None) -> tuple[Canned, ...]:
    """The replies in the file's order. path: None for the shipped file, which is read once. Raises CannedError."""
    return _shipped() if path is None else _load(path)


def filled(
    canned: Canned, case: Case, staff: Staff, service_name: str | None, language: str, link: str | None = None
) -> str:
    """The text to send in a case. language: `en`, `zh-Hans` or `zh-Hant`.

    service_name: of the case's service in that language (Simplified for both kinds of Chinese), None if there is none. link: where
    people read about it.
    """
    known = {
        "name": case.name,
        "staff": staff.display(language),
        "service": service_name,
        "link": link if service_name else None,
    }
    words = canned.text.en if language == "en" else canned.text.zh
    if language == HANT:  # before it is filled: names and addresses stay as they are
        words = traditional(words)
        known["service"] = traditional(service_name) if service_name else None
        known["staff"] = traditional(staff.display(language))

    def put(text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: known[found[1]] or "", text)

    def bracket(found: re.Match[str]) -> str:
        whole = all(known[name] for name in _PLACEHOLDER.findall(found[1]))
        return found[1] if whole else ""

    return put(_BRACKETS.sub(bracket, words))


@cache
def _shipped() -> tuple[Canned, ...]:
    return _load(FILE)


def _load(path: Path) -> tuple[Canned, ...]:
    try:
        file = YamlFile(path, path.name)
    except CatalogError as error:
        raise CannedError("\n".join(map(str, error.problems))) from error
    if not isinstance(file.data, list):
        raise CannedError(f"{path.name}: a list of replies is expected")
    replies: list[Canned] = []
    problems: list[str] = []
    for number, each in enumerate(file.data):
        try:
            replies.append(Canned.parse_obj(each))
        except ValidationError as error:  # noqa: PERF203  (a dozen)
            problems += [str(file.problem((number, *_path(e["loc"])), e["msg"])) for e in error.errors()]
    ids = [each.id for each in replies]
    problems += [
        f"{path.name}: the id `{name}` is given twice" for name in sorted({i for i in ids if ids.count(i) > 1})
    ]
    if problems:
        raise CannedError("\n".join(problems))
    return tuple(replies)


def _path(loc: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part for part in loc if part != "__root__")


def _problem(words: str) -> str | None:
    """What is wrong with a text."""
    if len(words) > LONGEST:
        return f"at most {LONGEST} characters"
    outside = _BRACKETS.sub("", words)
    if set(outside) & set("[]"):
        return "brackets must be closed, and cannot stand in one another"
    names = _PLACEHOLDER.findall(words)
    if set(_PLACEHOLDER.sub("", words)) & set("{}"):
        return "braces stand around placeholders only"
    unknown = sorted(set(names) - PLACEHOLDERS)
    if unknown:
        return f"there is no placeholder {{{unknown[0]}}}"
    bare = sorted(set(_PLACEHOLDER.findall(outside)) & MAYBE_UNKNOWN)
    if bare:
        return f"{{{bare[0]}}} may be unknown, so it stands in brackets with what goes with it"
    empty = next(
        (part for part in _BRACKETS.findall(words) if not set(_PLACEHOLDER.findall(part)) & MAYBE_UNKNOWN), None
    )
    if empty is not None:
        return f"[{empty}] has nothing in it that may be unknown"
    return None
