"""The catalog's schema: what a service, a statement and a source are.

Field names follow the public-service vocabularies (CPSV-AP: contact point, cost, evidence, rule; the Chinese
服务事项办事指南: 承诺时限, 法定时限). Every model refuses unknown keys and is immutable once loaded.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from enum import Enum
from typing import Literal

from pydantic import BaseModel, Field, root_validator, validator

from catalog.interview import Interview

LANGUAGES = ("zh", "en")
"""Languages every text is written in. Traditional Chinese is rendered from `zh`, never written."""

EXAMPLE_LANGUAGES = ("zh", "en", "mixed")


class Aspect(str, Enum):
    """What a person may want to know about a service; the intents are `ask_<aspect>`."""

    overview = "overview"
    eligibility = "eligibility"
    documents = "documents"
    steps = "steps"
    time = "time"
    fee = "fee"
    location = "location"
    contact = "contact"
    validity = "validity"
    benefit = "benefit"
    deadline = "deadline"
    basis = "basis"
    restriction = "restriction"


class Audience(str, Enum):
    foreigner = "foreigner"
    hong_kong = "hong-kong"
    macao = "macao"
    taiwan = "taiwan"
    employer = "employer"
    entrepreneur = "entrepreneur"


class Unit(str, Enum):
    minute = "minute"
    hour = "hour"
    working_day = "working-day"
    calendar_day = "calendar-day"
    week = "week"
    month = "month"
    year = "year"


class Model(BaseModel):
    class Config:
        extra = "forbid"
        allow_mutation = False
        frozen = True
        anystr_strip_whitespace = True


def _not_empty(value: tuple[object, ...]) -> tuple[object, ...]:
    if not value:
        raise ValueError("at least one is needed")
    return value


def filled(*fields: str) -> classmethod:  # type: ignore[type-arg]
    """A validator: these list fields may not be empty."""
    return validator(*fields, allow_reuse=True)(_not_empty)


class Text(Model):
    """One text in both languages; neither may be empty."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Duration(Model):
    """A span of time. Exactly one of `number` or the pair `min`/`max` (either end may be open).

    kind: `promised` (the office's own word), `statutory` (the law's limit), `typical` (observed, not promised),
    `validity` (how long the result lasts), `limit` (how long the person has to do something).
    """

    number: Decimal | None = Field(None, ge=0)
    min: Decimal | None = Field(None, ge=0)
    max: Decimal | None = Field(None, ge=0)
    unit: Unit
    kind: Literal["promised", "statutory", "typical", "validity", "limit"]

    @root_validator(skip_on_failure=True)
    def _one_form(cls, values: dict[str, object]) -> dict[str, object]:
        span = values["min"] is not None or values["max"] is not None
        if (values["number"] is not None) == span:
            raise ValueError("give either number, or min and/or max")
        return values


class Money(Model):
    """An amount of money; `per` says for what, `limit` that it is the most that is paid."""

    amount: Decimal = Field(ge=0)
    currency: Literal["CNY", "HKD", "USD"]
    per: Literal["once", "month", "year", "day", "case", "square-metre-month"] = "once"
    limit: bool = False


class Document(Model):
    """A paper to hand in (CPSV-AP: evidence); its name is the statement's own text."""

    form: Literal["original", "copy", "original-and-copy", "electronic"] | None = None
    issuer: Text | None = None
    when: Text | None = Field(None, description="only for whom or in which case; empty = always")


class Step(Model):
    """One step of a procedure; what is done is the statement's own text."""

    by: Literal["applicant", "employer", "authority"]


class Window(Model):
    """A period in which applications are taken; both days count, Asia/Shanghai."""

    opens: dt.date
    closes: dt.date

    @root_validator(skip_on_failure=True)
    def _in_order(cls, values: dict[str, dt.date]) -> dict[str, dt.date]:
        if values["closes"] < values["opens"]:
            raise ValueError("closes is before opens")
        return values

    def state(self, today: dt.date) -> Literal["soon", "open", "over"]:
        """Where `today` (a date in Shenzhen) stands to the window."""
        if today < self.opens:
            return "soon"
        return "open" if today <= self.closes else "over"


class Statement(Model):
    """One thing the assistant may say, with where it comes from.

    zh, en: the text, as people read it. A figure given in a structured field must stand in both texts (checked).
    sources: ids of the sources behind it. facts: ids in the research sheet, for the coverage report.
    audience: only for these people; empty = for all.
    unconfirmed: the catalog says that this is open and whom to ask (`ask`, contact ids), and states no figure.
    """

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    sources: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    audience: tuple[Audience, ...] = ()
    time: Duration | None = None
    fee: Money | None = None
    money: Money | None = None
    document: Document | None = None
    step: Step | None = None
    window: Window | None = None
    contact: str | None = Field(None, description="id of a place, hotline or portal that belongs to this statement")
    unconfirmed: bool = False
    ask: tuple[str, ...] = ()

    @root_validator(skip_on_failure=True)
    def _sourced(cls, values: dict[str, object]) -> dict[str, object]:
        if values["unconfirmed"]:
            if not values["ask"]:
                raise ValueError("an unconfirmed statement needs `ask`: the contact that can confirm it")
        elif not values["sources"]:
            raise ValueError("a statement needs at least one source, or `unconfirmed: true` with `ask`")
        return values


class SourceStatus(str, Enum):
    read_on_page = "read-on-page"
    general_knowledge = "general-knowledge"
    staff_to_verify = "staff-to-verify"


class Source(Model):
    """Where a statement comes from.

    number: document number. date: day, month or year of the document (`2024-04-17`, `2024-04`, `2024`).
    url: only an address of the issuing body. read_on: the day it was read; none for general knowledge.
    """

    title: Text
    issuer: Text
    number: str | None = None
    date: str | None = None
    url: str | None = None
    read_on: dt.date | None = None
    status: SourceStatus

    @validator("date", pre=True)
    def _date(cls, value: object) -> object:
        if value is None:
            return None
        if isinstance(value, dt.date):
            value = value.isoformat()
        value = str(value)
        if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
            raise ValueError("write the date as 2024, 2024-04 or 2024-04-17")
        dt.date.fromisoformat((value + "-01-01")[:10])
        return value

    @validator("url")
    def _url(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s]+", value):
            raise ValueError("an address begins with http:// or https:// and has no spaces")
        return value

    @root_validator(skip_on_failure=True)
    def _read(cls, values: dict[str, object]) -> dict[str, object]:
        if (values["status"] == SourceStatus.read_on_page) != (values["read_on"] is not None):
            raise ValueError("read_on goes with status read-on-page, and only with it")
        return values


class Hours(Model):
    """Opening hours on some weekdays (1 = Monday … 7 = Sunday), `HH:MM`, Asia/Shanghai."""

    days: tuple[int, ...]
    opens: str = Field(regex=r"^([01]\d|2[0-3]):[0-5]\d$")
    closes: str = Field(regex=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")

    _filled = filled("days")

    @validator("days", each_item=True)
    def _weekday(cls, value: int) -> int:
        if not 1 <= value <= 7:
            raise ValueError("days are 1 (Monday) to 7 (Sunday)")
        return value


class Contact(Model):
    """A contact point: somewhere a person can go (place), call (hotline) or apply (portal)."""

    kind: Literal["place", "hotline", "portal"]
    name: Text
    address: Text | None = None
    phone: str | None = None
    url: str | None = None
    hours: tuple[Hours, ...] = ()
    note: Text | None = None
    sources: tuple[str, ...]
    facts: tuple[str, ...] = ()

    _filled = filled("sources")

    @root_validator(skip_on_failure=True)
    def _reachable(cls, values: dict[str, object]) -> dict[str, object]:
        needed = {"hotline": "phone", "portal": "url"}.get(str(values["kind"]))
        if needed and not values[needed]:
            raise ValueError(f"a {values['kind']} needs `{needed}`")
        return values


class Category(Model):
    """A group of services in the menus."""

    name: Text


class Aliases(Model):
    """What people call the service: one list per language, names as typed, in any script."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    _filled = filled("zh", "en")


class Examples(Model):
    """Questions people type about the service, by intent: training data, never shown."""

    zh: dict[str, tuple[str, ...]]
    en: dict[str, tuple[str, ...]]
    mixed: dict[str, tuple[str, ...]] = {}


class Service(Model):
    """A public service of the catalog.

    short: a name for buttons. ask: contacts that can answer what the catalog cannot. family: the service that is about the
    family of those who use this one, for "and my wife?".
    aspects: what is known, by aspect; the first statement of an aspect is the answer, the rest are conditions and
    details. An aspect that is absent is unknown, and the assistant says so. interview: how to find out whether somebody is eligible.
    """

    id: str = Field(regex=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    name: Text
    short: Text
    category: str
    audiences: tuple[Audience, ...]
    ask: tuple[str, ...]
    related: tuple[str, ...] = ()
    family: str | None = None
    aliases: Aliases
    aspects: dict[Aspect, tuple[Statement, ...]]
    examples: Examples
    interview: Interview | None = None
    sources: dict[str, Source] = {}

    _filled = filled("audiences", "ask")

    @validator("aspects")
    def _aspects(cls, value: dict[Aspect, tuple[Statement, ...]]) -> dict[Aspect, tuple[Statement, ...]]:
        if Aspect.overview not in value:
            raise ValueError("the aspect `overview` is missing")
        for aspect, statements in value.items():
            if not statements:
                raise ValueError(f"the aspect `{aspect.value}` is empty: leave it out")
        return value
