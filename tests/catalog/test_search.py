from __future__ import annotations

import statistics
import time
from itertools import islice

import pytest

from catalog.search import SURE, Search
from catalog.store import Catalog

FIRST = [
    ("Harrow school", "schooling"),
    ("孔雀計劃", "city-talent-programmes"),
    ("kiosk Hong Kong goverment services", "hk-services-kiosk"),
    ("港車北上 保險", "northbound-travel"),
    ("hong kong car insurance northbound", "northbound-travel"),
    ("点样换驾驶证", "driving-licence"),
    ("港澳台居民居住證喺邊度申請", "hmt-residence-permit"),
    ("R字簽證", "talent-visa"),
    ("accomodation registration police", "accommodation-registration"),
    ("work permit points for foreginer", "work-permit"),
    ("體檢 health check", "health-check"),
    ("導遊執業", "practice-tour-guide"),
    ("send salary home remittance", "salary-remittance"),
    ("税务居民 183 days", "tax-residence"),
    ("回鄉證", "home-return-permit"),
]


@pytest.fixture(scope="session")
def search(catalog: Catalog) -> Search:
    return Search(catalog)


@pytest.mark.parametrize(("query", "service"), FIRST)
def test_a_clear_query_finds_its_service_first(search: Search, query: str, service: str) -> None:
    best = search.find(query)[0]
    assert best.service == service
    assert best.score >= SURE


def test_every_name_of_a_service_finds_something(catalog: Catalog, search: Search) -> None:
    names = [n for s in catalog.services.values() for n in (*vars(s.name).values(), *s.aliases.zh, *s.aliases.en)]
    assert [name for name in names if not search.find(name, limit=1)] == []


@pytest.mark.parametrize("query", ["asdfgh", "qwertyuiop zxcvbn", "量子糾纏 恐龍", "?!", "的了吗", ""])
def test_nonsense_finds_nothing(search: Search, query: str) -> None:
    assert search.find(query) == []


def test_a_passage_is_a_statement_of_the_catalog(catalog: Catalog, search: Search) -> None:
    for query, _ in FIRST:
        for passage in search.find(query):
            statement = catalog.statements(passage.service, passage.aspect)[passage.position]
            assert passage.text == getattr(statement, passage.language)
            assert 0 < passage.score <= 1


def test_a_pair_of_service_and_aspect_stands_once_and_the_limit_holds(search: Search) -> None:
    found = search.find("permit for Hong Kong residents", limit=3)
    assert len({(passage.service, passage.aspect) for passage in found}) == len(found) == 3


def test_unknown_words_lower_the_score(search: Search) -> None:
    assert search.find("Harrow school zxcvbn")[0].score < search.find("Harrow school")[0].score == 1


def test_script_and_case_do_not_count(search: Search) -> None:
    assert search.find("孔雀計劃") == search.find("孔雀计划")
    assert search.find("HARROW School") == search.find("harrow school")


def test_a_query_takes_some_milliseconds(catalog: Catalog, search: Search) -> None:
    queries = islice((text for s in catalog.services.values() for text in s.examples.en.get("ask_overview", ())), 50)
    took = []
    for query in queries:
        started = time.perf_counter()
        search.find(query)
        took.append(time.perf_counter() - started)
    assert len(took) == 50
    assert statistics.median(took) < 0.005
