"""Names of places and of the people from there: `homes.yml`, `nationalities.yml` and the country names of the CLDR."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from babel import Locale

from entities.lexicon import Lexicon

Group = Literal["hong_kong", "macao", "taiwan", "mainland", "foreign", "employer"]

HOMES = Path(__file__).with_name("homes.yml")
NATIONALITIES = Path(__file__).with_name("nationalities.yml")


@dataclass(frozen=True)
class Identity:
    """nationality: ISO 3166 code of a foreign country, None where none is named."""

    group: Group
    nationality: str | None = None


@dataclass(frozen=True)
class Place:
    """What a name stands for. sure: it says by itself who somebody is (台胞, "hongkonger").

    people: it is a word for people ("Swiss") and not for the place. upper: only in capitals, else it is another word
    ("us"). alone: as a message of its own it says who somebody is; "English" more likely asks for the language.
    """

    identity: Identity
    sure: bool = False
    people: bool = False
    upper: bool = False
    alone: bool = True


_LANGUAGES = frozenset({"english", "chinese"})
"""Words for people that alone rather name the language."""

_NO_NATION = re.compile("AC|AQ|BV|CN|CP|CQ|DG|EA|EU|EZ|GS|HK|HM|IC|IO|MO|QO|TA|TF|TW|UM|UN|XA|XB|ZZ")
"""Codes of the CLDR that are no foreign nation."""


@cache
def lexicon() -> Lexicon[Place]:
    """All names and what each stands for."""
    names: dict[str, Place] = {}
    for code, nation in _nations().items():
        identity = Identity("foreign", code)
        names.update({name: Place(identity, upper=name == "us") for name in nation.names})
        names.update({name: Place(identity, people=True, alone=name not in _LANGUAGES) for name in nation.people})
        names.update({f"{name}籍": Place(identity, sure=True) for name in nation.short})
    for group, known in yaml.safe_load(HOMES.read_text(encoding="utf-8")).items():
        names.update({name: Place(Identity(group)) for name in known["places"]})
        names.update({name: Place(Identity(group), sure=True) for name in known["people"]})
    names["taiwanese"] = Place(Identity("taiwan"), people=True)
    names["chinese"] = Place(Identity("mainland"), people=True, alone=False)
    return Lexicon(names)


@dataclass(frozen=True)
class _Nation:
    """Names of a country, words for its people, and the character that stands for it in 美籍."""

    names: list[str]
    people: list[str]
    short: list[str]


def _nations() -> dict[str, _Nation]:
    """Foreign nations by ISO code."""
    nations: dict[str, _Nation] = {}
    for language in ("en", "zh_Hans", "zh_Hant", "zh_Hant_HK"):
        for key, named in Locale.parse(language).territories.items():
            code = str(key)
            if len(code) != 2 or not code.isalpha() or _NO_NATION.fullmatch(code):
                continue
            name = re.sub(r" ?[(（].*", "", str(named))
            nation = nations.setdefault(code, _Nation([], [], []))
            nation.names.append(name)
            if language == "en":
                nation.names.append(unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode())
    for code, known in yaml.safe_load(NATIONALITIES.read_text(encoding="utf-8")).items():
        nations[code].names.extend(known.get("names", []))
        nations[code].people.extend(known.get("en", []))
        nations[code].short.extend(known.get("short", []))
    return nations


def nationality_name(code: str, language: str) -> str:
    """The country's name to show: language `en`, `zh-Hans` or `zh-Hant`. KeyError for an unknown code."""
    return str(Locale.parse({"en": "en", "zh-Hans": "zh_Hans"}.get(language, "zh_Hant_HK")).territories[code])
