from __future__ import annotations

import pytest

from entities import find
from entities.places import nationality_name


def who(text: str) -> list[str]:
    """Groups, a foreign one with its nationality where told."""
    return [
        found.value.group + (f" {found.value.nationality}" if found.value.nationality else "")
        for found in find(text, {"identity"})
    ]


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("I'm from Hong Kong", "hong_kong"),
        ("i come from HK", "hong_kong"),
        ("from Hong Kong", "hong_kong"),
        ("Hong Kong", "hong_kong"),
        ("HK", "hong_kong"),
        ("hongkonger", "hong_kong"),
        ("I am a Hong Kong permanent resident", "hong_kong"),
        ("HKPR", "hong_kong"),
        ("HK PR", "hong_kong"),
        ("I hold a HKID", "hong_kong"),
        ("I have a Hong Kong ID card", "hong_kong"),
        ("an architect from Hong Kong", "hong_kong"),
        ("香港", "hong_kong"),
        ("香港人", "hong_kong"),
        ("我是香港人", "hong_kong"),
        ("我係香港人", "hong_kong"),
        ("我系香港嘅", "hong_kong"),
        ("我来自香港", "hong_kong"),
        ("我从香港来", "hong_kong"),
        ("港人", "hong_kong"),
        ("香港永久性居民", "hong_kong"),
        ("持香港身份证", "hong_kong"),
        ("港籍", "hong_kong"),
        ("香港 permanent resident", "hong_kong"),
        ("ＨＫＩＤ", "hong_kong"),
        ("I'm from Macau", "macao"),
        ("Macao resident", "macao"),
        ("我系澳门人", "macao"),
        ("澳門居民", "macao"),
        ("澳门", "macao"),
        ("Macanese", "macao"),
        ("台胞", "taiwan"),
        ("台灣人", "taiwan"),
        ("臺灣居民", "taiwan"),
        ("I'm Taiwanese", "taiwan"),
        ("from Taiwan", "taiwan"),
        ("台湾", "taiwan"),
        ("内地人", "mainland"),
        ("我是大陆的", "mainland"),
        ("內地居民", "mainland"),
        ("中国公民", "mainland"),
        ("Chinese citizen", "mainland"),
        ("I'm Chinese", "mainland"),
        ("mainlander", "mainland"),
        ("from mainland China", "mainland"),
        ("外国人", "foreign"),
        ("我是老外", "foreign"),
        ("鬼佬", "foreign"),
        ("外籍", "foreign"),
        ("I'm a foreigner", "foreign"),
        ("foreign national", "foreign"),
        ("I'm an expat", "foreign"),
        ("Swiss national", "foreign CH"),
        ("I'm Swiss", "foreign CH"),
        ("Swiss", "foreign CH"),
        ("Switzerland", "foreign CH"),
        ("瑞士人", "foreign CH"),
        ("I am a Canadian", "foreign CA"),
        ("I'm Canadian working in Qianhai", "foreign CA"),
        ("Canadian passport holder", "foreign CA"),
        ("加拿大籍", "foreign CA"),
        ("加籍", "foreign CA"),
        ("I hold a British passport", "foreign GB"),
        ("英国护照", "foreign GB"),
        ("from the UK", "foreign GB"),
        ("I'm Scottish", "foreign GB"),
        ("US citizen", "foreign US"),
        ("US", "foreign US"),
        ("I'm from the US", "foreign US"),
        ("i am from the united states", "foreign US"),
        ("American", "foreign US"),
        ("我是美国人", "foreign US"),
        ("美籍", "foreign US"),
        ("我持有美国护照", "foreign US"),
        ("我来自新加坡", "foreign SG"),
        ("I'm Singaporean", "foreign SG"),
        ("大馬人", "foreign MY"),
        ("新西兰人", "foreign NZ"),
        ("紐西蘭人", "foreign NZ"),
        ("韩国人", "foreign KR"),
        ("南韓人", "foreign KR"),
        ("I'm Korean", "foreign KR"),
        ("日本籍", "foreign JP"),
        ("Japanese national", "foreign JP"),
        ("法国人", "foreign FR"),
        ("I'm German", "foreign DE"),
        ("nationality: German", "foreign DE"),
        ("my nationality is French", "foreign FR"),
        ("意大利人", "foreign IT"),
        ("義大利人", "foreign IT"),
        ("citizen of India", "foreign IN"),
        ("Indian passport", "foreign IN"),
        ("Filipina", "foreign PH"),
        ("菲律賓人", "foreign PH"),
        ("I'm from Vietnam", "foreign VN"),
        ("俄罗斯人", "foreign RU"),
        ("Polish citizen", "foreign PL"),
        ("I'm from Côte d’Ivoire", "foreign CI"),
        ("we are a company", "employer"),
        ("We're a small tech startup", "employer"),
        ("I'm the employer", "employer"),
        ("employer", "employer"),
        ("we want to hire a foreigner", "employer"),
        ("my company would like to employ him", "employer"),
        ("我们公司想请", "employer"),
        ("我哋公司想請個外國人", "employer"),
        ("我司要办", "employer"),
        ("我是公司HR", "employer"),
        ("我们是一家科技公司", "employer"),
        ("用人单位", "employer"),
    ],
)  # fmt: skip
def test_who_somebody_is(text: str, group: str) -> None:
    assert group in who(text)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("HK PR holding a Canadian passport", ["hong_kong", "foreign CA"]),
        ("香港永久居民，持英国护照", ["hong_kong", "foreign GB"]),
        ("香港永久性居民中的中国公民", ["hong_kong"]),
        ("I'm a HK resident and a Chinese citizen", ["hong_kong"]),
        ("我們公司想請一位德國人", ["employer", "foreign DE"]),
        ("not from Macau, I'm from Hong Kong", ["hong_kong"]),
        ("我不是香港人，是澳门人", ["macao"]),
    ],
)
def test_several_and_denied(text: str, groups: list[str]) -> None:
    assert sorted(who(text)) == sorted(groups)


@pytest.mark.parametrize(
    "text",
    [
        "", "香港公司", "香港的税率", "去香港", "香港人才", "在香港工作", "Hong Kong tax", "a Hong Kong company", "from Hong Kong to Shenzhen", "transfer money from Hong Kong",
        "tell us more", "contact us", "外国人工作许可", "外国人才签证", "外国人永久居留身份证", "美国大学", "a Swiss bank", "degree from Germany", "English please", "speak English", "turkey for dinner",
        "I'm not from Hong Kong", "我不是香港人", "我唔係外國人", "I am not a foreigner", "polish my CV", "中国签证", "in China", "内地税", "our company's tax", "我们公司交社保", "公司税", "I work for a company",
    ],
)  # fmt: skip
def test_a_place_is_nobody(text: str) -> None:
    assert who(text) == []


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("CH", "en", "Switzerland"), ("CH", "zh-Hans", "瑞士"), ("KR", "zh-Hans", "韩国"), ("KR", "zh-Hant", "南韓")],
)
def test_a_nationality_has_a_name_in_each_language(code: str, language: str, name: str) -> None:
    assert nationality_name(code, language) == name


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("港澳居民要唔要工作許可？", ["hong_kong", "macao"]),
        ("港澳台居民需要工作许可吗", ["hong_kong", "macao", "taiwan"]),
        ("港澳台居民居住证怎么办", []),
        ("港澳人才", []),
    ],
)
def test_groups_named_together(text: str, groups: list[str]) -> None:
    assert [found.value.group for found in find(text, ("identity",))] == groups
