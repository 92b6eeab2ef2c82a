from __future__ import annotations

import pytest

from catalog.store import Catalog
from entities import find
from entities.profession import services


def professions(text: str) -> list[str]:
    return [found.value for found in find(text, {"profession"})]


@pytest.mark.parametrize(
    ("text", "profession"),
    [
        ("I am an architect", "architect"),
        ("architects", "architect"),
        ("建築師", "architect"),
        ("則師", "architect"),
        ("Structural Engineer", "structural-engineer"),
        ("注册结构师", "structural-engineer"),
        ("i'm an engineer", "engineer"),
        ("香港工程師", "engineer"),
        ("quantity surveyor", "quantity-surveyor"),
        ("工料測量師", "quantity-surveyor"),
        ("测量师", "surveyor"),
        ("town planner", "planner"),
        ("註冊規劃師", "planner"),
        ("安全主任", "safety-officer"),
        ("tax advisor", "tax-adviser"),
        ("tax adviser", "tax-adviser"),
        ("税务师", "tax-adviser"),
        ("注册会计师", "accountant"),
        ("香港註冊會計師", "accountant"),
        ("CPA", "accountant"),
        ("做会计的", "accountant"),
        ("核數師", "auditor"),
        ("lawyer", "lawyer"),
        ("大湾区律师", "lawyer"),
        ("HK solicitor", "solicitor"),
        ("事務律師", "solicitor"),
        ("barrister", "barrister"),
        ("大狀", "barrister"),
        ("大律师", "barrister"),
        ("我是医生", "doctor"),
        ("physician", "doctor"),
        ("牙醫", "dentist"),
        ("dentist", "dentist"),
        ("中医师", "chinese-medicine-practitioner"),
        ("Chinese medicine practitioner", "chinese-medicine-practitioner"),
        ("TCM practitioner", "chinese-medicine-practitioner"),
        ("護士", "nurse"),
        ("registered nurse", "nurse"),
        ("pharmacist", "pharmacist"),
        ("药剂师", "pharmacist"),
        ("物理治療師", "therapist"),
        ("tour-guide", "tour-guide"),
        ("導遊", "tour-guide"),
        ("領隊", "tour-guide"),
        ("social worker", "social-worker"),
        ("社工", "social-worker"),
        ("基金經理", "fund-practitioner"),
        ("证券从业人员", "securities-practitioner"),
        ("期货从业人员", "futures-practitioner"),
        ("insurance agent", "insurance-practitioner"),
        ("精算师", "actuary"),
        ("patent agent", "patent-agent"),
        ("專利代理師", "patent-agent"),
        ("teacher", "teacher"),
        ("外教", "teacher"),
        ("博士后", "postdoc"),
        ("程序员", "software-engineer"),
        ("software engineer", "software-engineer"),
        ("海員", "seafarer"),
        ("ａｒｃｈｉｔｅｃｔ", "architect"),
    ],
)
def test_a_profession_in_either_language(text: str, profession: str) -> None:
    assert professions(text) == [profession]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "律师事务所",
        "会计师事务所",
        "測量師行",
        "I'm not a lawyer",
        "我唔係律師",
        "architecture",
        "睇醫生",
        "find a doctor",
        "the guide",
        "engineering",
        "a clawyer",
    ],
)
def test_what_is_nobodys_profession(text: str) -> None:
    assert professions(text) == []


def test_each_service_of_a_profession_is_in_the_catalog(catalog: Catalog) -> None:
    named = {service for service in services().values() if service}
    assert named <= set(catalog.services)
    assert {"practice-law", "practice-medical", "practice-construction", "practice-finance"} <= named
