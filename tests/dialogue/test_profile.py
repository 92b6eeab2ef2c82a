from __future__ import annotations

from typing import Any

import pytest

from dialogue.profile import groups, said_of_oneself
from entities import find
from entities.plain import as_entities


def entities(text: str) -> list[dict[str, Any]]:
    return as_entities(find(text), "entities")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("I'm from Macao", ["macao"]),
        ("I am a Hong Kong permanent resident working in Qianhai", ["hong_kong"]),
        ("As a Macao resident, can I apply?", ["macao"]),
        ("my passport is French", ["foreign"]),
        ("I hold a British passport", ["foreign"]),
        ("I'm an employee from Hong Kong", ["hong_kong"]),
        ("I'm a candidate and a Macao resident", ["macao"]),
        ("Hong Kong resident", ["hong_kong"]),
        ("I'm a Hong Kong resident with a British passport", ["foreign", "hong_kong"]),
        ("I'm an employer", ["employer"]),
        ("我是澳门人", ["macao"]),
        ("你好，我是香港永久性居民", ["hong_kong"]),
        ("请问我是台湾人要办什么", ["taiwan"]),
        ("本人法国籍", ["foreign"]),
        ("我的护照是法国的", ["foreign"]),
        ("作为澳门居民", ["macao"]),
        ("香港居民", ["hong_kong"]),
        ("我是企业HR", ["employer"]),
        ("我是澳門人，想開公司", ["macao"]),
        ("我係香港人嚟㗎", ["hong_kong"]),
        ("我係澳門人", ["macao"]),
        ("我拎英國護照", ["foreign"]),
    ],
)
def test_what_somebody_is(text: str, own: list[str]) -> None:
    assert said_of_oneself(text, entities(text)) == groups(entities(text)) == own


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("My wife is Swiss", ["foreign"]),
        ("my colleague is from Hong Kong", ["hong_kong"]),
        ("our employee is French", ["foreign"]),
        ("I have a friend who is from Macao", ["macao"]),
        ("I'm married to a Swiss citizen", ["foreign"]),
        ("I work with a Swiss national", ["foreign"]),
        ("he is from Taiwan", ["taiwan"]),
        ("我太太是瑞士人", ["foreign"]),
        ("我同事是香港人", ["hong_kong"]),
        ("我们的工程师是德国人", ["foreign"]),
        ("我老板是香港人", ["hong_kong"]),
        ("我嫁给了香港人", ["hong_kong"]),
        ("我和香港人结婚了", ["hong_kong"]),
        ("我男友是法国人", ["foreign"]),
        ("我姐姐是澳门人", ["macao"]),
        ("我太太是瑞士人，要辦什麼？", ["foreign"]),
        ("我男朋友是台灣人", ["taiwan"]),
        ("我老婆係瑞士人", ["foreign"]),
        ("佢係台灣人", ["taiwan"]),
        ("我個仔係香港居民", ["hong_kong"]),
        ("我老細係香港人", ["hong_kong"]),
    ],
)
def test_what_others_are_is_not_said_of_oneself(text: str, named: list[str]) -> None:
    assert groups(entities(text)) == named
    assert said_of_oneself(text, entities(text)) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("can Hong Kong residents apply?", ["hong_kong"]),
        ("what about Macao residents?", ["macao"]),
        ("do foreigners need a permit?", ["foreign"]),
        ("Hong Kong people", ["hong_kong"]),
        ("香港人可以申请吗", ["hong_kong"]),
        ("澳门居民呢", ["macao"]),
        ("外国人要签证吗", ["foreign"]),
        ("澳門居民呢？", ["macao"]),
        ("香港人申請得唔得？", ["hong_kong"]),
        ("外國人要簽證咩", ["foreign"]),
    ],
)
def test_people_in_general_are_not_oneself(text: str, named: list[str]) -> None:
    assert groups(entities(text)) == named
    assert said_of_oneself(text, entities(text)) == []


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("I am from Hong Kong but my husband is British", ["hong_kong"]),
        ("My wife is French, I'm from Macao", ["macao"]),
        ("My wife is French and I'm from Macao", ["macao"]),
        ("I'm from Macao and my wife is French", ["macao"]),
        ("我太太是法国人，我是澳门人", ["macao"]),
        ("我太太是法国人而我是澳门人", ["macao"]),
        ("我是香港人，我太太是日本人", ["hong_kong"]),
        ("我係香港人，我老婆係日本人", ["hong_kong"]),
        ("we are hiring a Swiss national", ["employer"]),
        ("our company wants to hire a foreigner", ["employer"]),
        ("we want to hire someone from Taiwan", ["employer"]),
        ("我们公司想请外国人", ["employer"]),
        ("我们想聘请一个香港人", ["employer"]),
        ("我哋公司想請外國人", ["employer"]),
    ],
)
def test_of_two_only_ones_own_counts(text: str, own: list[str]) -> None:
    assert len(groups(entities(text))) == 2
    assert said_of_oneself(text, entities(text)) == own


@pytest.mark.parametrize("text", ["", "how long does it take?", "I'm not from Hong Kong", "香港公司", "前海点去"])
def test_where_nobody_is_named_nothing_is_said(text: str) -> None:
    assert groups(entities(text)) == said_of_oneself(text, entities(text)) == []


def test_the_value_may_be_the_group_itself() -> None:
    stored = [{"entity": "identity", "value": "macao", "start": 4, "end": 9}]
    assert said_of_oneself("I'm Macao", stored) == groups(stored) == ["macao"]
