from __future__ import annotations

import pytest

from actions.menu import category_buttons, service_buttons
from actions.reply import human_button
from catalog.models import Aspect
from catalog.render import aspect_name
from catalog.store import Catalog
from dialogue.memory import Memory, Offer
from dialogue.references import referred, thumb
from language.traditional import traditional

FEES = Offer("Fees", "ask_fee", {"service": "work-permit"})
STEPS = Offer("办理流程", "ask_steps", {"service": "work-permit"})
TIME = Offer("How long it takes", "ask_time", {"service": "work-permit"})
HUMAN = Offer("Talk to a person", "ask_human")
UP = Offer("👍", "feedback", {"says": "up"})
DOWN = Offer("👎", "feedback", {"says": "down"})
YES = Offer("Yes, delete", "delete_my_data", {"says": "yes"})
KEEP = Offer("No, keep it", "deny", {"says": "keep"})
NONE = Offer("None of these", "none_of_these")
MENU = Offer("Working in Qianhai", "list_services", {"category": "work"})

ANSWERED = Memory(offers=(FEES, STEPS, TIME, HUMAN, UP, DOWN))
YES_NO = Memory(offers=(YES, KEEP, HUMAN), asks="yes_no")
WHICH = Memory(offers=(FEES, STEPS, NONE, HUMAN), asks="which")


@pytest.mark.parametrize("text", ["1", " 1 ", "1.", "1)", "1）", "1。", "１", "①", "01"])
def test_a_number_takes_its_button(text: str) -> None:
    assert referred(text, ANSWERED) == FEES


@pytest.mark.parametrize(("text", "offer"), [("2", STEPS), ("4", HUMAN), ("5", UP), ("6", DOWN)])
def test_numbers_count_all_buttons_as_shown(text: str, offer: Offer) -> None:
    assert referred(text, ANSWERED) == offer


@pytest.mark.parametrize(
    "text", ["0", "7", "-1", "1.5", "1 2", "1000", "99999999999", "٣", "", "?", "2 years", "2和3", "第二年", "1 July"]
)
def test_a_number_without_a_button_takes_none(text: str) -> None:
    assert referred(text, ANSWERED) is None


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("the first one", FEES),
        ("first", FEES),
        ("I'll take the second one please", STEPS),
        ("option 2", STEPS),
        ("no. 2", STEPS),
        ("B", STEPS),
        ("third", TIME),
        ("the last one", TIME),
        ("第一个", FEES),
        ("头一个", FEES),
        ("我选第二个", STEPS),
        ("二号", STEPS),
        ("最后一个吧", TIME),
        ("倒数第二个", STEPS),
        ("第一個", FEES),
        ("選第二個", STEPS),
        ("揀第二個啦", STEPS),
        ("頭嗰個", FEES),
        ("最尾嗰個", TIME),
    ],
)
def test_an_ordinal_counts_what_there_is_to_choose_from(text: str, offer: Offer) -> None:
    assert referred(text, ANSWERED) == offer


@pytest.mark.parametrize(
    "text", ["the fourth one", "第四个", "第五個", "第10个", "the first of July", "the second time I apply"]
)
def test_an_ordinal_without_a_thing_takes_none(text: str) -> None:
    assert referred(text, ANSWERED) is None


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("Fees", FEES),
        ("fees.", FEES),
        ("ＦＥＥＳ", FEES),
        ("办理流程", STEPS),
        ("辦理流程。", STEPS),
        (" TALK TO A PERSON! ", HUMAN),
        ("👎", DOWN),
    ],
)
def test_a_whole_title_takes_its_button(text: str, offer: Offer) -> None:
    assert referred(text, ANSWERED) == offer


@pytest.mark.parametrize("text", ["Fee", "Fees please", "流程", "ask_human", "/ask_fee"])
def test_a_part_of_a_title_takes_none(text: str) -> None:
    assert referred(text, ANSWERED) is None


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Yep",
        "yes please",
        "yeah, that's it",
        "exactly",
        "delete",
        "是",
        "是的",
        "对，就是这个",
        "没错",
        "好的",
        "對呀",
        "確定",
        "係",
        "係呀",
        "係呢個",
        "冇錯",
        "啱",
    ],
)
def test_yes_takes_the_first_button(text: str) -> None:
    assert referred(text, YES_NO) == YES


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "Nope",
        "no thanks",
        "No, that's not it",
        "not really",
        "neither",
        "none of these",
        "keep it",
        "不是",
        "不对",
        "不是这个",
        "不用了",
        "都不是",
        "唔係",
        "唔係呢個",
        "唔好",
        "都唔係",
    ],
)
def test_no_and_neither_take_the_second_button(text: str) -> None:
    assert referred(text, YES_NO) == KEEP


@pytest.mark.parametrize(
    "text",
    [
        "yes, but what is deleted?",
        "yes, how long does it take?",
        "I don't know",
        "no idea",
        "不知道",
        "唔知",
        "好的，要多久？",
        "係，不過要幾錢？",
        "My company has none of the documents",
        "我们都不是深圳户口",
        "我哋都唔係深圳戶口",
    ],
)
def test_what_says_more_than_yes_or_no_takes_neither(text: str) -> None:
    assert referred(text, YES_NO) is None


@pytest.mark.parametrize(
    "text",
    [
        "neither",
        "none",
        "None of them.",
        "no, none of the above",
        "not any of these",
        "no",
        "都不是",
        "都不对",
        "一个都不是",
        "以上都不是",
        "没有一个对的",
        "都不是我想问的",
        "以上皆非",
        "兩個都不是",
        "都唔係",
        "都唔啱",
        "冇一個啱",
    ],
)
def test_neither_takes_the_button_for_it(text: str) -> None:
    assert referred(text, WHICH) == NONE


@pytest.mark.parametrize("text", ["yes", "是的", "係", "都不知道", "none of my papers are ready", "我都不太懂"])
def test_which_of_several_is_not_answered_by_yes(text: str) -> None:
    assert referred(text, WHICH) is None


def test_yes_takes_the_only_thing_offered() -> None:
    assert referred("yes", Memory(offers=(FEES, MENU, NONE, HUMAN), asks="which")) == FEES


def test_where_no_button_says_neither_it_takes_none() -> None:
    assert referred("都不是", Memory(offers=(FEES, STEPS, HUMAN), asks="which")) is None


@pytest.mark.parametrize("asks", [None, "reason"])
@pytest.mark.parametrize("text", ["yes", "no", "neither", "係", "唔係", "不是"])
def test_yes_and_no_to_nothing_take_none(text: str, asks: str | None) -> None:
    assert referred(text, Memory(offers=(YES, KEEP, HUMAN), asks=asks)) is None


@pytest.mark.parametrize("text", ["1", "the first one", "第一个", "yes", "都唔係"])
def test_an_interview_reads_numbers_and_answers_itself(text: str) -> None:
    assert referred(text, Memory(offers=(FEES, STEPS), asks="yes_no", interviewing=True)) is None


def test_an_interview_leaves_whole_titles() -> None:
    assert referred("辦理流程", Memory(offers=(FEES, STEPS), interviewing=True)) == STEPS


@pytest.mark.parametrize("text", ["1", "first", "yes", "Fees"])
def test_without_buttons_there_is_nothing_to_take(text: str) -> None:
    assert referred(text, Memory(asks="yes_no")) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_title_of_the_catalog_can_be_typed_as_shown(catalog: Catalog, language: str) -> None:
    buttons = [
        *service_buttons(list(catalog.services), Aspect.fee, catalog, language),
        *category_buttons(catalog, language),
        human_button(language),
    ]
    titles = dict.fromkeys([*(b.title for b in buttons), *(aspect_name(aspect, language) for aspect in Aspect)])
    memory = Memory(offers=tuple(Offer(title, "x", {"title": title}) for title in titles))
    for offer in memory.offers:
        assert referred(offer.title, memory) == offer
        assert referred(traditional(offer.title), memory) == offer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("👍", "up"),
        (" 👍 ", "up"),
        ("👍👍👍", "up"),
        ("👍🏽", "up"),
        ("👍\ufe0f", "up"),
        ("👍🏻👍🏿", "up"),
        ("👎", "down"),
        ("👎🏿", "down"),
        ("👍👎", None),
        ("👍 thanks", None),
        ("谢谢👍", None),
        ("🙂", None),
        ("ok", None),
        ("", None),
        ("\ufe0f", None),
    ],
)
def test_a_thumb_and_nothing_else(text: str, says: str | None) -> None:
    assert thumb(text) == says
