"""Which questions are alike, and that it is quick, steady and forms no chains."""

from __future__ import annotations

import random
import time

import pytest

from bot.desk.insights.likeness import ALIKE, leaders, likeness, pieces, plain

ALIKE_ONES = [
    ("can I bring my dog to Shenzhen", "How do I bring a dog with me to shenzhen?"),
    ("where is the nearest mosque", "is there a mosque nearby"),
    ("which gym is good in qianhai", "good gym in Qianhai"),
    ("open a bank account for my company", "company bank account opening"),
    ("work permmit renewal price", "work permit renewal price"),
    ("附近有清真寺吗", "前海附近有没有清真寺？"),
    ("註冊公司幾錢", "注册公司多少钱"),
    ("离婚手续去哪里办", "離婚手續點辦"),
    ("ＷｉＦｉ密码", "wifi密码"),
]

UNLIKE = [
    ("how do I get a SIM card", "how do I import my car"),
    ("where's a mosque in qianhai", "which gym is good in qianhai"),
    ("手机卡怎么办", "怎么办离婚"),
    ("注册公司多少钱", "注册公司需要什么材料"),
    ("work permit", "工作许可"),
    ("怎么办", "天气怎么样"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE_ONES)
def test_questions_that_say_the_same_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE
    assert likeness(one, other) == pytest.approx(likeness(other, one), abs=1e-9)
    assert leaders([one, other]) == [0, 0]


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_questions_that_share_only_common_words_are_not(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE
    assert leaders([one, other]) == [0, 1]


@pytest.mark.parametrize("text", ["", "？？", "the", "吗", "…", "🐶", "\u200b", "a|b"])
def test_texts_of_almost_nothing_do_no_harm(text: str) -> None:
    assert 0 <= likeness(text, "work permit") < ALIKE
    assert likeness(text, text) == pytest.approx(1.0)
    assert leaders([text, "work permit", text]) == [0, 1, 0]
    assert pieces(plain(text)) is not None


def test_the_same_groups_whatever_is_added_later() -> None:
    texts = [text for pair in ALIKE_ONES + UNLIKE for text in pair]
    random.Random(1).shuffle(texts)
    whole = leaders(texts)
    for end in range(1, len(texts)):
        assert leaders(texts[:end]) == whole[:end]


def test_every_member_is_like_its_leader_so_chains_break() -> None:
    words = [
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliett",
        "kilo",
        "lima",
    ]
    texts = [" ".join(words[i : i + 4]) for i in range(len(words) - 3)]
    found = leaders(texts)
    assert all(likeness(text, texts[leader]) >= ALIKE for text, leader in zip(texts, found))
    assert len(set(found)) > 2


def test_two_thousand_questions_take_less_than_two_seconds() -> None:
    chance = random.Random(7)
    topics = [
        "permit",
        "visa",
        "dog",
        "gym",
        "bank",
        "school",
        "car",
        "tax",
        "flat",
        "doctor",
        "licence",
        "degree",
        "subsidy",
        "parking",
        "phone",
        "metro",
    ]
    acts = [
        "renew",
        "cancel",
        "find",
        "rent",
        "open",
        "close",
        "move",
        "import",
        "exchange",
        "translate",
        "verify",
        "register",
        "postpone",
        "inherit",
    ]
    chinese = [
        "签证",
        "宠物",
        "健身房",
        "银行",
        "学校",
        "汽车",
        "税",
        "公寓",
        "医生",
        "驾照",
        "学历",
        "补贴",
        "停车",
        "电话",
        "地铁",
        "保险",
        "翻译",
    ]
    texts = [
        f"how do I {chance.choice(acts)} the {chance.choice(topics)} for {chance.choice(topics)} number {chance.randrange(999)}"
        if chance.random() < 0.5
        else f"请问{chance.choice(chinese)}和{chance.choice(chinese)}怎么{chance.choice('办查买租退换')}，{chance.randrange(999)}号可以吗"
        for _ in range(2000)
    ]
    plain.cache_clear()
    pieces.cache_clear()
    started = time.process_time()
    leaders(texts)
    assert time.process_time() - started < 2
