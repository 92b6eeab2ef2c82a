from __future__ import annotations

import pytest

from catalog.neighbours import neighbour_of, neighbours
from catalog.store import Catalog
from language.script import has_han


def found(catalog: Catalog, text: str, *services: str) -> str | None:
    neighbour = neighbour_of(text, [catalog.services[service] for service in services])
    return neighbour.id if neighbour else None


@pytest.mark.parametrize(
    ("text", "services", "expected"),
    [
        ("How do I apply for the Top Talent Pass?", [], "hong-kong-schemes"),
        ("what is QMAS", [], "hong-kong-schemes"),
        ("高才通怎么申请", [], "hong-kong-schemes"),
        ("IANG续签要什么材料", [], "hong-kong-schemes"),
        ("優才計劃要咩條件", [], "hong-kong-schemes"),
        ("高才通點申請", [], "hong-kong-schemes"),
        ("how do I get a Hong Kong work visa?", ["work-permit"], "hong-kong-visa"),
        ("香港工作签证怎么办", ["work-permit"], "hong-kong-visa"),
        ("香港工簽點辦", ["work-permit"], "hong-kong-visa"),
        ("what subsidies are there in Hengqin?", ["youth-subsidies"], "hengqin"),
        ("横琴有什么补贴", ["youth-subsidies"], "hengqin"),
        ("橫琴有咩補貼", [], "hengqin"),
        ("Nansha tax subsidy", ["gba-tax-subsidy"], "nansha"),
        ("河套有什么政策", [], "hetao"),
        ("喺廣州點申請", [], "guangzhou"),
        ("上海的落户政策", [], "shanghai"),
        ("Shanghai work permit documents", ["work-permit"], "shanghai"),
        ("北京工作许可多久", ["work-permit"], "beijing"),
        ("東莞社保幾錢", ["social-insurance"], "other-cities"),
        ("work permit in Hainan", ["work-permit"], "other-cities"),
        ("ＨＥＮＧＱＩＮ？", [], "hengqin"),
    ],
)
def test_what_belongs_to_others(catalog: Catalog, text: str, services: list[str], expected: str) -> None:
    assert found(catalog, text, *services) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I'm from Shanghai, can I apply?",
        "I moved here from Beijing",
        "I studied in Shanghai",
        "I graduated from Peking University in Beijing",
        "I used to work in Shanghai",
        "I live in Zhuhai",
        "can I fly to Beijing with it?",
        "I have a Shanghai driving licence",
        "我来自上海",
        "我是上海人，可以申请吗",
        "我从北京过来，要办什么",
        "上海户口可以申请吗",
        "南京大学毕业的可以吗",
        "我住在珠海",
        "北京时间几点下班",
        "我係上海人",
        "我喺廣州嚟",
        "我住喺珠海",
    ],
)
def test_where_somebody_comes_from_or_goes_is_no_matter_of_others(catalog: Catalog, text: str) -> None:
    assert found(catalog, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "work permit in Qianhai",
        "I came under TTPS, can I work in Shenzhen?",
        "transfer my Shanghai work permit to Shenzhen",
        "我是优才，在前海工作要办什么",
        "前海和横琴有什么区别",
        "把广州的工作许可转到深圳",
        "我係優才，喺前海返工要辦咩",
        "Cantonese please",
        "canteen",
        "mattiang",
        "说广东话",
        "",
    ],
)
def test_what_is_ours_or_only_looks_alike_is_no_matter_of_others(catalog: Catalog, text: str) -> None:
    assert found(catalog, text) is None


def test_a_scheme_that_brought_somebody_to_hong_kong_is_not_what_they_ask_about(catalog: Catalog) -> None:
    text = "I'm in Hong Kong on IANG, which documents for the permit?"
    assert found(catalog, text) == "hong-kong-schemes"
    assert found(catalog, text, "work-permit") is None


@pytest.mark.parametrize(
    ("text", "telling", "silent"),
    [
        ("Is the subsidy different in Hengqin?", "gba-tax-subsidy", "youth-subsidies"),
        ("横琴的导游", "practice-tour-guide", "practice-law"),
        ("南沙有冇", "hk-tax-ceiling", "gba-tax-subsidy"),
    ],
)
def test_a_service_that_speaks_of_the_neighbour_answers_itself(
    catalog: Catalog, text: str, telling: str, silent: str
) -> None:
    assert found(catalog, text, telling) is None
    assert found(catalog, text, silent) is not None


def test_a_service_that_speaks_of_another_city_does_not_answer(catalog: Catalog) -> None:
    assert found(catalog, "佛山的工作许可", "work-permit") is None
    assert found(catalog, "成都的工作许可", "work-permit") == "other-cities"


def test_each_neighbour_is_found_by_each_of_its_words(catalog: Catalog) -> None:
    for neighbour in neighbours().values():
        for word in neighbour.words:
            assert found(catalog, word) == neighbour.id, word
            assert found(catalog, f"{word}?", "postdoc") == (None if neighbour.alone else neighbour.id), word


def test_each_neighbour_is_told_apart_in_both_languages(catalog: Catalog) -> None:
    for neighbour in neighbours().values():
        assert has_han(neighbour.zh)
        assert not has_han(neighbour.en)
        assert neighbour.service is None or neighbour.service in catalog.services
