from __future__ import annotations

from dataclasses import asdict
from functools import reduce
from typing import Any

import pytest

from dialogue.context import Context, next_context, wanted_language
from language.choice import guess
from nlu.gazetteer import Gazetteer

NAMES = Gazetteer(
    {
        "work permit": "work-permit",
        "工作许可": "work-permit",
        "talent visa": "talent-visa",
        "人才签证": "talent-visa",
        "R visa": "talent-visa",
        "postdoc": "postdoc",
    }
)

NEW = Context()

Message = dict[str, Any]


def heard(text: str, intent: str = "ask_overview", **services: float) -> Message:
    """A typed message as the pipeline reads it; services: confidences of the service classifier."""
    ranking = sorted(services.items(), key=lambda item: -item[1])
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "language": asdict(guess(text)),
        "entities": [
            {"entity": "service", "value": match.service, "start": match.start, "end": match.end, "extractor": "names"}
            for match in NAMES.find(text)
        ],
        "service_ranking": [{"name": name.replace("_", "-"), "confidence": sure} for name, sure in ranking],
    }


def pressed(intent: str, **entities: str) -> Message:
    """A pressed button as the engine reads it."""
    return {
        "text": f"/{intent}",
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value, "extractor": "button"} for name, value in entities.items()],
    }


def after(*messages: Message, before: Context = NEW) -> Context:
    return reduce(next_context, messages, before)


def about(*messages: Message) -> tuple[str | None, str | None]:
    context = after(*messages)
    return context.service, context.aspect


PERMIT_FEE = heard("What does a work permit cost?", "ask_fee", work_permit=0.9)
SURE_OF_VISA = {"talent_visa": 0.95, "work_permit": 0.02}


def test_a_named_service_and_its_aspect_are_taken() -> None:
    assert about(PERMIT_FEE) == ("work-permit", "fee")


@pytest.mark.parametrize(
    "follow_up",
    [
        heard("And how long does it take?", "ask_time"),
        heard("And how long does it take?", "ask_time", none=0.9, talent_visa=0.1),
        heard("要多久", "ask_time", talent_visa=0.4),
        heard("要多久", "ask_time", talent_visa=0.59),
        heard("How long for my work permit?", "ask_time", work_permit=0.5, talent_visa=0.5),
        pressed("ask_time", service="work-permit"),
    ],
    ids=lambda message: message["text"],
)
def test_a_follow_up_keeps_the_service(follow_up: Message) -> None:
    assert about(PERMIT_FEE, follow_up) == ("work-permit", "time")


@pytest.mark.parametrize(
    "other",
    [
        heard("And for the talent visa?", "ask_fee"),
        heard("那人才签证呢", "ask_fee", work_permit=0.5),
        heard("the tallent visa?", "ask_fee", none=0.8),
        heard("what about the certificate for high-end people", "ask_fee", **SURE_OF_VISA),
        heard("and for them?", "ask_fee", talent_visa=0.6),
        heard("work permit and talent visa, which fee?", "ask_fee", talent_visa=0.4, work_permit=0.3),
        pressed("ask_fee", service="talent-visa"),
    ],
    ids=lambda message: message["text"],
)
def test_another_service_replaces_it(other: Message) -> None:
    assert about(PERMIT_FEE, other) == ("talent-visa", "fee")


@pytest.mark.parametrize(
    ("ranking", "service"),
    [
        ({"postdoc": 0.19}, None),
        ({"postdoc": 0.20}, "postdoc"),
        ({"none": 0.6, "postdoc": 0.35}, None),
        ({}, None),
    ],
)
def test_without_a_service_a_fairly_sure_one_is_taken(ranking: dict[str, float], service: str | None) -> None:
    assert about(heard("how much do they get?", "ask_benefit", **ranking)) == (service, "benefit")


def test_a_surely_classified_service_beats_a_name_in_passing() -> None:
    message = heard("do I need a work permit with that certificate?", "ask_eligibility", **SURE_OF_VISA)
    assert about(message) == ("talent-visa", "eligibility")


@pytest.mark.parametrize(
    "intent", ["greet", "thank", "ask_human", "list_services", "change_language", "out_of_scope", "nlu_fallback"]
)
def test_small_talk_leaves_service_and_aspect(intent: str) -> None:
    message = heard("thanks, the talent visa!", intent, **SURE_OF_VISA)
    assert about(PERMIT_FEE, message) == ("work-permit", "fee")


@pytest.mark.parametrize(
    "intent", ["check_eligibility", "estimate_tax", "track_application", "complain", "subscribe", "unsubscribe"]
)
def test_an_act_may_change_the_service_but_not_the_aspect(intent: str) -> None:
    assert about(PERMIT_FEE, heard("for the talent visa", intent)) == ("talent-visa", "fee")


def test_a_group_chosen_on_the_way_keeps_the_question_open() -> None:
    asked = (heard("How much is it?", "ask_fee"), pressed("list_services", category="work"))
    assert about(*asked) == (None, "fee")
    assert about(*asked, pressed("ask_fee", service="work-permit")) == ("work-permit", "fee")


def test_a_service_meant_in_the_conversation_goes_before_one_named() -> None:
    meant = {"entity": "service", "value": "talent-visa", "extractor": "context"}
    message = heard("not the work permit, the talent visa", "ask_fee", work_permit=0.9)
    assert about(PERMIT_FEE, {**message, "entities": [*message["entities"], meant]}) == ("talent-visa", "fee")


def test_a_button_of_another_question_asks_its_own() -> None:
    asked = heard("How much is it?", "ask_fee")
    assert about(asked, pressed("ask_steps", service="work-permit")) == ("work-permit", "steps")


def test_a_new_question_with_a_name_is_no_bare_name() -> None:
    question = heard("Which documents do I need for a work permit?", "ask_documents")
    assert about(heard("How much is it?", "ask_fee"), question) == ("work-permit", "documents")


def test_a_bare_name_later_on_asks_what_it_seems_to_ask() -> None:
    assert about(PERMIT_FEE, heard("talent visa", "ask_overview")) == ("talent-visa", "overview")


@pytest.mark.parametrize("message", [{}, {"text": None, "intent": None, "entities": None, "service_ranking": None}])
def test_a_message_without_anything_changes_nothing(message: Message) -> None:
    before = Context("zh", "Hant", "work-permit", "fee")
    assert after(message, before=before) == before


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["What is a work permit?"], "en"),
        (["工作许可是什么？"], "zh-Hans"),
        (["工作許可係乜嘢？"], "zh-Hant"),
        (["work permit怎么办"], "zh-Hans"),
        (["ok"], "en"),
        (["👍"], "en"),
        (["多久"], "zh-Hans"),
        (["工作许可是什么？", "ok"], "zh-Hans"),
        (["工作许可是什么？", "R visa"], "zh-Hans"),
        (["工作许可是什么？", "123?"], "zh-Hans"),
        (["工作许可是什么？", "How long does it take?"], "en"),
        (["How long does it take?", "工作许可"], "zh-Hans"),
        (["工作許可係乜嘢？", "多久"], "zh-Hant"),
        (["工作許可係乜嘢？", "多少钱"], "zh-Hans"),
        (["工作許可係乜嘢？", "How long does it take?", "多久"], "zh-Hant"),
        (["How long does it take?", "Combien de temps faut-il pour obtenir un permis de travail ?"], "en"),
        (["工作许可是什么？", "Combien de temps faut-il pour obtenir un permis de travail ?"], "zh-Hans"),
        (["工作许可是什么？", "Сколько это стоит?"], "zh-Hans"),
    ],
)
def test_the_language_follows_the_person(texts: list[str], language: str) -> None:
    assert after(*(heard(text, "ask_overview") for text in texts)).reply_language == language


def test_a_button_keeps_the_language() -> None:
    chinese = heard("工作許可係乜嘢？")
    assert after(chinese, pressed("ask_fee", service="work-permit")).reply_language == "zh-Hant"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("English please", "en"),
        ("can you speak English", "en"),
        ("请用英文", "en"),
        ("講英文得唔得", "en"),
        ("Chinese, please", "zh"),
        ("说中文", "zh"),
        ("可不可以用中文", "zh"),
        ("用汉语", "zh"),
        ("简体中文", "zh-Hans"),
        ("Simplified Chinese", "zh-Hans"),
        ("用普通话", "zh-Hans"),
        ("Mandarin please", "zh-Hans"),
        ("用繁体中文", "zh-Hant"),
        ("轉繁體", "zh-Hant"),
        ("正體字", "zh-Hant"),
        ("Traditional Chinese", "zh-Hant"),
        ("講廣東話", "zh-Hant"),
        ("Cantonese", "zh-Hant"),
        ("another language", None),
        ("换一种语言", None),
        ("", None),
    ],
)
def test_the_language_asked_for(text: str, wanted: str | None) -> None:
    assert wanted_language(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("别说英文，说中文", "zh"),
        ("說中文，別說英文", "zh"),
        ("不要英文", None),
        ("请不要用英文回答我", None),
        ("唔好講英文，講中文", "zh"),
        ("我唔識英文", None),
        ("看不懂英文，请用中文", "zh"),
        ("English instead of Chinese", "en"),
        ("English rather than Chinese", "en"),
        ("Chinese, not English", "zh"),
        ("not Chinese", None),
        ("no more English", None),
        ("don't speak Chinese", None),
        ("I don’t understand Chinese, English please", "en"),
        ("Traditional Chinese, not Simplified", "zh-Hant"),
        ("不要简体，要繁体", "zh-Hant"),
        ("please stop answering in Chinese", None),
        ("don't reply to me in English", None),
        ("I can't read Chinese", None),
        ("no Chinese please", None),
        ("我不会中文", None),
        ("听不懂英文", None),
    ],
)
def test_a_refused_language_is_not_the_one_asked_for(text: str, wanted: str | None) -> None:
    assert wanted_language(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("switch from Chinese to English", "en"),
        ("从英文换成中文", "zh"),
        ("从英文换成繁体", "zh-Hant"),
        ("switch from English to Traditional Chinese", "zh-Hant"),
        ("从英文换成繁体中文", "zh-Hant"),
        ("switch from Traditional to Simplified", "zh-Hans"),
        ("switch from Simplified to Traditional", "zh-Hant"),
        ("从简体换成繁体", "zh-Hant"),
    ],
)
def test_of_several_languages_the_last_is_asked_for(text: str, wanted: str) -> None:
    assert wanted_language(text) == wanted


@pytest.mark.parametrize(
    ("before", "message", "language"),
    [
        (Context("zh", "Hant"), heard("请用英文", "change_language"), "en"),
        (Context("en", "Hans"), heard("Chinese please", "change_language"), "zh-Hans"),
        (Context("en", "Hant"), heard("Chinese please", "change_language"), "zh-Hant"),
        (Context("en", "Hans"), heard("Traditional Chinese please", "change_language"), "zh-Hant"),
        (Context("zh", "Hant"), heard("用简体", "change_language"), "zh-Hans"),
        (Context("zh", "Hans"), heard("别说英文，说中文", "change_language"), "zh-Hans"),
        (Context("zh", "Hans"), heard("English instead of Chinese", "change_language"), "en"),
        (Context("en", "Hans"), heard("换一种语言", "change_language"), "zh-Hans"),
        (Context("zh", "Hans"), heard("English?", "ask_overview"), "zh-Hans"),
        (NEW, heard("請講中文", "change_language"), "zh-Hant"),
        (Context("en", "Hans"), heard("請講中文", "change_language"), "zh-Hant"),
        (Context("zh", "Hans"), pressed("change_language", language="en"), "en"),
        (Context("en", "Hans"), pressed("change_language", language="zh-Hant"), "zh-Hant"),
        (Context("zh", "Hant"), pressed("change_language", language="zh-Hans"), "zh-Hans"),
    ],
    ids=lambda value: value["text"] if isinstance(value, dict) else None,
)
def test_a_change_of_language(before: Context, message: Message, language: str) -> None:
    assert after(message, before=before).reply_language == language


def test_a_changed_language_stays_over_short_messages_and_keeps_the_subject() -> None:
    context = after(PERMIT_FEE, heard("说中文", "change_language"), heard("ok", "affirm"))
    assert context == Context("zh", "Hans", "work-permit", "fee")
