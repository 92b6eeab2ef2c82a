from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from catalog.models import (
    Aspect,
    Contact,
    Document,
    Duration,
    Hours,
    Money,
    Service,
    Source,
    Statement,
    Step,
    Text,
    Window,
)

TEXT = {"zh": "泳池", "en": "Pool"}
STATEMENT = {"zh": "可以游泳。", "en": "You can swim.", "sources": ["town-website"]}
SOURCE = {"title": TEXT, "issuer": TEXT, "status": "general-knowledge"}
CONTACT = {"kind": "place", "name": TEXT, "sources": ["town-website"]}
DURATION = {"unit": "working-day", "kind": "promised"}
SERVICE: dict[str, Any] = {
    "id": "pool-pass",
    "name": TEXT,
    "short": TEXT,
    "category": "leisure",
    "audiences": ["foreigner"],
    "ask": ["hotline"],
    "aliases": {"zh": ["游泳卡"], "en": ["pool card"]},
    "aspects": {"overview": [STATEMENT]},
    "examples": {"zh": {}, "en": {}},
}


def refusal(model: Any, data: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        model.parse_obj(data)
    return str(raised.value)


@pytest.mark.parametrize(
    ("model", "data", "why"),
    [
        (Text, {"zh": "泳池"}, "field required"),
        (Text, {"zh": "泳池", "en": ""}, "at least 1"),
        (Text, {"zh": "  ", "en": "Pool"}, "at least 1"),
        (Text, {**TEXT, "fr": "Piscine"}, "extra fields"),
        (Duration, DURATION, "number, or min and/or max"),
        (Duration, {**DURATION, "number": 5, "max": 7}, "number, or min and/or max"),
        (Duration, {**DURATION, "number": -1}, "greater than or equal to 0"),
        (Duration, {**DURATION, "number": 5, "unit": "fortnight"}, "not a valid enumeration"),
        (Duration, {**DURATION, "number": 5, "kind": "hoped"}, "unexpected value"),
        (Money, {"amount": -1, "currency": "CNY"}, "greater than or equal to 0"),
        (Money, {"amount": 1, "currency": "EUR"}, "unexpected value"),
        (Money, {"amount": "many", "currency": "CNY"}, "not a valid decimal"),
        (Document, {"form": "scan"}, "unexpected value"),
        (Step, {}, "field required"),
        (Step, {"by": "agent"}, "unexpected value"),
        (Window, {"opens": "2026-03-31", "closes": "2026-01-01"}, "closes is before opens"),
        (Window, {"opens": "2026-02-30", "closes": "2026-03-31"}, "invalid date format"),
        (Statement, {"zh": "可以。", "en": "Yes."}, "at least one source"),
        (Statement, {"zh": "可以。", "en": "Yes.", "unconfirmed": True}, "needs `ask`"),
        (Statement, {**STATEMENT, "audience": ["martian"]}, "not a valid enumeration"),
        (Source, {**SOURCE, "date": "April 2024"}, "write the date as"),
        (Source, {**SOURCE, "date": "2024-4"}, "write the date as"),
        (Source, {**SOURCE, "date": "2024-13"}, "month must be in 1..12"),
        (Source, {**SOURCE, "date": "2024-02-30"}, "day is out of range"),
        (Source, {**SOURCE, "url": "www.sz.gov.cn"}, "begins with http"),
        (Source, {**SOURCE, "url": "https://www.sz.gov.cn/a b"}, "no spaces"),
        (Source, {**SOURCE, "status": "read-on-page"}, "read_on goes with"),
        (Source, {**SOURCE, "read_on": "2026-11-24"}, "read_on goes with"),
        (Source, {**SOURCE, "status": "hearsay"}, "not a valid enumeration"),
        (Hours, {"days": [], "opens": "09:00", "closes": "12:00"}, "at least one"),
        (Hours, {"days": [0], "opens": "09:00", "closes": "12:00"}, "1 (Monday) to 7 (Sunday)"),
        (Hours, {"days": [8], "opens": "09:00", "closes": "12:00"}, "1 (Monday) to 7 (Sunday)"),
        (Hours, {"days": [1], "opens": "9:00", "closes": "12:00"}, "does not match"),
        (Hours, {"days": [1], "opens": "24:00", "closes": "24:00"}, "does not match"),
        (Contact, {**CONTACT, "sources": []}, "at least one"),
        (Contact, {**CONTACT, "kind": "hotline"}, "a hotline needs `phone`"),
        (Contact, {**CONTACT, "kind": "portal", "phone": "12345"}, "a portal needs `url`"),
        (Service, {**SERVICE, "id": "Pool_Pass"}, "does not match"),
        (Service, {**SERVICE, "audiences": []}, "at least one"),
        (Service, {**SERVICE, "ask": []}, "at least one"),
        (Service, {**SERVICE, "aliases": {"zh": ["游泳卡"], "en": []}}, "at least one"),
        (Service, {**SERVICE, "aspects": {"fee": [STATEMENT]}}, "`overview` is missing"),
        (Service, {**SERVICE, "aspects": {"overview": [STATEMENT], "fee": []}}, "`fee` is empty"),
        (Service, {**SERVICE, "aspects": {"overview": [STATEMENT], "price": [STATEMENT]}}, "not a valid enumeration"),
    ],
)
def test_refused(model: Any, data: Any, why: str) -> None:
    assert why in refusal(model, data)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (Duration, {**DURATION, "number": 0}),
        (Duration, {**DURATION, "min": 2, "max": 3}),
        (Duration, {**DURATION, "max": 3}),
        (Window, {"opens": "2026-01-01", "closes": "2026-01-01"}),
        (Statement, {"zh": "尚待确认。", "en": "Still open.", "unconfirmed": True, "ask": ["hotline"]}),
        (Hours, {"days": [7], "opens": "00:00", "closes": "24:00"}),
        (Contact, CONTACT),
        (Contact, {**CONTACT, "kind": "hotline", "phone": "12345"}),
        (Contact, {**CONTACT, "kind": "portal", "url": "https://www.sz.gov.cn"}),
        (Service, SERVICE),
    ],
)
def test_accepted(model: Any, data: Any) -> None:
    assert model.parse_obj(data).dict(exclude_unset=True).keys() == data.keys()


@pytest.mark.parametrize(
    ("written", "kept"),
    [("2024", "2024"), (2024, "2024"), ("2024-04", "2024-04"), (dt.date(2024, 4, 17), "2024-04-17"), (None, None)],
)
def test_dates_of_sources_are_a_day_a_month_or_a_year(written: object, kept: str | None) -> None:
    assert Source.parse_obj({**SOURCE, "date": written}).date == kept


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (dt.date(2025, 12, 31), "soon"),
        (dt.date(2026, 1, 1), "open"),
        (dt.date(2026, 3, 31), "open"),
        (dt.date(2026, 4, 1), "over"),
    ],
)
def test_both_days_of_a_window_count(today: dt.date, state: str) -> None:
    assert Window(opens=dt.date(2026, 1, 1), closes=dt.date(2026, 3, 31)).state(today) == state


def test_a_loaded_service_cannot_be_changed() -> None:
    service = Service.parse_obj(SERVICE)
    with pytest.raises(TypeError, match="immutable"):
        service.id = "other"
    assert isinstance(service.aspects[Aspect.overview], tuple)


def test_texts_are_trimmed() -> None:
    assert Text(zh=" 泳池 ", en="Pool\n") == Text(zh="泳池", en="Pool")
