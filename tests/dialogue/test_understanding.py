from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialogue.memory import Memory, Offer

Message = dict[str, Any]
Heard = Callable[..., Message]
Meant = Callable[[Message, Memory], "Message | None"]

PERMIT = Memory(service="work-permit", aspect="documents")
"""A work permit is under discussion, and its documents were asked for."""

NEW = Memory()

OFFERS = (
    Offer("所需材料", "ask_documents", {"service": "work-permit"}),
    Offer("费用", "ask_fee", {"service": "work-permit"}),
    Offer("转人工", "ask_human"),
    Offer("👍", "feedback", {"says": "up"}),
    Offer("👎", "feedback", {"says": "down"}),
)
YES_NO = (
    Offer("Yes", "ask_fee", {"service": "work-permit"}),
    Offer("No", "none_of_these"),
    Offer("Talk to a person", "ask_human"),
)
REASONS = (
    Offer("内容不对", "feedback", {"says": "reason:wrong"}),
    Offer("答非所问", "feedback", {"says": "reason:off"}),
    Offer("转人工", "ask_human"),
)


def said(found: Message | None) -> tuple[str, ...] | None:
    """The intent of what a message means, and what the conversation adds to it; None where it means what it says alone."""
    if found is None:
        return None
    return (
        found["intent"]["name"],
        *(e["value"] for e in found["entities"] if e.get("extractor") in ("button", "context")),
    )


@pytest.mark.parametrize(
    ("text", "offers", "asks", "expected"),
    [
        ("2", OFFERS, None, ("ask_fee", "work-permit")),
        ("the second one", OFFERS, None, ("ask_fee", "work-permit")),
        ("第二个", OFFERS, None, ("ask_fee", "work-permit")),
        ("第二個", OFFERS, None, ("ask_fee", "work-permit")),
        ("揀第二個啦", OFFERS, None, ("ask_fee", "work-permit")),
        ("費用", OFFERS, None, ("ask_fee", "work-permit")),
        ("转人工。", OFFERS, None, ("ask_human",)),
        ("yes please", YES_NO, "yes_no", ("ask_fee", "work-permit")),
        ("是的", YES_NO, "yes_no", ("ask_fee", "work-permit")),
        ("係呀", YES_NO, "yes_no", ("ask_fee", "work-permit")),
        ("no", YES_NO, "yes_no", ("none_of_these",)),
        ("不是", YES_NO, "yes_no", ("none_of_these",)),
        ("唔係", YES_NO, "yes_no", ("none_of_these",)),
        ("neither", YES_NO, "yes_no", ("none_of_these",)),
        ("答非所問", REASONS, "reason", ("feedback", "reason:off")),
    ],
)
def test_what_takes_up_a_button_means_the_button(
    heard: Heard,
    meant: Meant,
    text: str,
    offers: tuple[Offer, ...],
    asks: str | None,
    expected: tuple[str, ...],
) -> None:
    memory = Memory(service="postdoc", aspect="benefit", offers=offers, asks=asks)
    assert said(meant(heard(text, "out_of_scope"), memory)) == expected


@pytest.mark.parametrize(
    "text", ["2", "the second one", "第二个", "yes", "and for my wife?", "👎👎", "不是，我说的是居留许可"]
)
def test_an_interview_takes_what_is_no_title_itself(heard: Heard, meant: Meant, text: str) -> None:
    memory = Memory(service="work-permit", aspect="fee", offers=OFFERS, asks="yes_no", interviewing=True)
    assert meant(heard(text, "out_of_scope", 0.4), memory) is None


def test_in_an_interview_a_whole_title_is_a_button(heard: Heard, meant: Meant) -> None:
    memory = Memory(service="work-permit", offers=OFFERS, interviewing=True)
    assert said(meant(heard("費用", "ask_fee"), memory)) == ("ask_fee", "work-permit")


@pytest.mark.parametrize(("text", "says"), [("👍", "up"), ("👎", "down"), ("👍🏽", "up"), ("👎👎", "down")])
def test_a_thumb_is_a_rating_even_without_its_button(heard: Heard, meant: Meant, text: str, says: str) -> None:
    assert said(meant(heard(text, "affirm"), PERMIT)) == ("feedback", says)


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("too long and too vague", "out_of_scope", 0.8),
        ("The figures are out of date", "ask_validity", 0.4),
        ("no", "deny", 0.95),
        ("说得太笼统了", "nlu_fallback", 0.3),
        ("資料太舊", "out_of_scope", 0.7),
        ("講得唔清唔楚", "nlu_fallback", 0.3),
    ],
)
def test_what_is_written_after_a_thumb_down_is_the_reason(
    heard: Heard, meant: Meant, text: str, intent: str, confidence: float
) -> None:
    memory = Memory(service="work-permit", aspect="fee", offers=REASONS, asks="reason")
    assert said(meant(heard(text, intent, confidence), memory)) == ("feedback", "reason:other")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how long does it take?", "ask_time"),
        ("要多久？", "ask_time"),
        ("要幾耐？", "ask_time"),
        ("thanks anyway", "thank"),
        ("I want to talk to somebody", "ask_human"),
    ],
)
def test_a_clear_matter_after_a_thumb_down_is_no_reason(heard: Heard, meant: Meant, text: str, intent: str) -> None:
    memory = Memory(service="work-permit", aspect="fee", offers=REASONS, asks="reason")
    assert meant(heard(text, intent), memory) is None


@pytest.mark.parametrize(
    "text",
    [
        "no, I meant the residence permit",
        "No. The residence permit.",
        "no no, residence permit",
        "sorry, I was asking about the residence permit",
        "I asked about the residence permit",
        "I'm talking about the residence permit",
        "that's not what I meant, I mean the residence permit",
        "not the work permit, the residence permit",
        "the residence permit, not the work permit",
        "I don't mean the work permit but the residence permit",
        "不是，我说的是居留许可",
        "不是工作许可，是居留许可",
        "我要问的是居留许可",
        "搞错了，我想问居留许可",
        "我说的是居留许可，不是工作许可",
        "不，居留许可",
        "不是，我說的是居留許可",
        "搞錯了，我想問居留許可",
        "我指的是居留許可",
        "唔係，我講緊居留許可",
        "唔係工作許可，係居留許可",
        "我係問居留許可呀",
        "講錯咗，係居留許可",
        "居留許可，唔係問工作許可",
    ],
)
def test_a_correction_asks_the_last_question_of_the_service_that_was_meant(
    heard: Heard, meant: Meant, text: str
) -> None:
    message = heard(text, "ask_overview", 0.7, work_permit=0.4, work_residence_permit=0.3)
    assert said(meant(message, PERMIT)) == ("ask_documents", "work-residence-permit")


@pytest.mark.parametrize(
    "text",
    [
        "no, I meant how long the residence permit takes",
        "I was asking about the residence permit: how long is it?",
        "不是，我是问居留许可要多久",
        "不是，我問的是居留許可要多久",
        "唔係，我係問居留許可要幾耐",
    ],
)
def test_a_correction_with_a_question_of_its_own_asks_that(heard: Heard, meant: Meant, text: str) -> None:
    message = heard(text, "ask_time", 0.9, work_residence_permit=0.8)
    assert said(meant(message, PERMIT)) == ("ask_time", "work-residence-permit")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not the work permit, the family visa", "family-visa"),
        ("the family visa, not the work permit", "family-visa"),
        ("我说的是家属签证，不是人才签证", "family-visa"),
        ("我要問家屬簽證，唔係人才簽證", "family-visa"),
        ("sorry, I meant the family visa instead of the talent visa", "family-visa"),
    ],
)
def test_a_denied_name_is_not_the_one_meant(heard: Heard, meant: Meant, text: str, expected: str) -> None:
    assert said(meant(heard(text), Memory("work-permit", "documents"))) == ("ask_documents", expected)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("No, I meant for Hong Kong people", "work-permit"),
        ("no, I meant for my wife", "family-visa"),
        ("不是，我是问澳门居民", "work-permit"),
        ("唔係，我係問我老婆", "family-visa"),
    ],
)
def test_a_correction_may_change_only_whom_it_is_about(heard: Heard, meant: Meant, text: str, service: str) -> None:
    message = heard(text, "out_of_scope", 0.5, hmt_employment=0.1)
    assert said(meant(message, PERMIT)) == ("ask_documents", service)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("no", "deny"),
        ("no thanks", "deny"),
        ("不用了，谢谢", "deny"),
        ("唔使啦，唔該", "deny"),
        ("No, I don't have a passport", "deny"),
        ("我不是深圳户口，可以办工作许可吗？", "ask_eligibility"),
        ("is it not the work permit that I need?", "ask_eligibility"),
    ],
)
def test_not_every_no_corrects(heard: Heard, meant: Meant, text: str, intent: str) -> None:
    assert meant(heard(text, intent, 0.9, work_permit=0.5, work_residence_permit=0.1), PERMIT) is None


EARLIER = Memory(service="gba-tax-subsidy", aspect="fee", earlier=("work-permit", "family-visa"))


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("back to the work permit", "work-permit"),
        ("Let's go back to the family visa", "family-visa"),
        ("about the work permit again", "work-permit"),
        ("the work permit again", "work-permit"),
        ("ok, back to the permit thing", "work-permit"),
        ("back to my first question", "work-permit"),
        ("回到工作许可", "work-permit"),
        ("刚才那个工作许可", "work-permit"),
        ("再说说家属签证", "family-visa"),
        ("还是说工作许可吧", "work-permit"),
        ("說回家屬簽證", "family-visa"),
        ("剛才問的工作許可", "work-permit"),
        ("講返家屬簽證", "family-visa"),
        ("頭先嗰個工作許可", "work-permit"),
        ("之前嗰個工作許可", "work-permit"),
        ("返去講工作許可", "work-permit"),
    ],
)
def test_a_return_leads_to_the_earlier_service(heard: Heard, meant: Meant, text: str, service: str) -> None:
    message = heard(text, "ask_overview", 0.6, work_permit=0.2, family_visa=0.15)
    assert said(meant(message, EARLIER)) == ("ask_overview", service)


def test_a_return_finds_the_earlier_service_that_comes_closest(heard: Heard, meant: Meant) -> None:
    message = heard("back to that thing for spouses", "out_of_scope", 0.5, postdoc=0.3, family_visa=0.2)
    assert said(meant(message, EARLIER)) == ("ask_overview", "family-visa")


@pytest.mark.parametrize(
    "text", ["back to the work permit: how long does it take?", "回到工作许可，要多久？", "講返工作許可，要幾耐？"]
)
def test_a_return_may_ask_something(heard: Heard, meant: Meant, text: str) -> None:
    assert said(meant(heard(text, "ask_time"), EARLIER)) == ("ask_time", "work-permit")


@pytest.mark.parametrize(
    "text",
    [
        "can I go back to Hong Kong every weekend?",
        "I have to go back to my country",
        "when must I return to France?",
        "how do I get my money back?",
        "回到香港后还要办吗",
        "我要返去香港",
        "我要返去澳門，點算？",
        "回国后可以续签吗",
    ],
)
def test_going_home_is_no_return_to_a_subject(heard: Heard, meant: Meant, text: str) -> None:
    assert meant(heard(text, "ask_restriction", 0.8, work_permit=0.2), EARLIER) is None


def test_without_anything_before_there_is_no_return(heard: Heard, meant: Meant) -> None:
    assert meant(heard("back to the work permit"), NEW) is None


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("what about the family visa?", "family-visa"),
        ("and for the talent visa", "talent-visa"),
        ("Same for the family visa", "family-visa"),
        ("Is it the same for the family visa?", "family-visa"),
        ("family visa?", "family-visa"),
        ("so how about the talent visa then", "talent-visa"),
        ("那家属签证呢", "family-visa"),
        ("家属签证？", "family-visa"),
        ("换成人才签证呢", "talent-visa"),
        ("那家属签证也一样吗？", "family-visa"),
        ("那居留許可呢", "work-residence-permit"),
        ("家屬簽證呢？", "family-visa"),
        ("咁居留許可呢", "work-residence-permit"),
        ("仲有家屬簽證呢", "family-visa"),
        ("噉人才簽證係咪一樣㗎？", "talent-visa"),
    ],
)
def test_another_service_takes_the_aspect_of_the_last_question(
    heard: Heard, meant: Meant, text: str, service: str
) -> None:
    assert said(meant(heard(text, "ask_overview", 0.7), PERMIT)) == ("ask_documents", service)


def test_a_service_that_is_not_named_may_be_likely(heard: Heard, meant: Meant) -> None:
    assert said(meant(heard("and the residence permit?", work_residence_permit=0.6), PERMIT)) == (
        "ask_documents",
        "work-residence-permit",
    )
    assert meant(heard("and the residence permit?", work_residence_permit=0.4), PERMIT) is None


@pytest.mark.parametrize(
    "text",
    [
        "and for my wife?",
        "what about my kids?",
        "What if I bring my parents?",
        "same for my husband",
        "Is it the same for my wife?",
        "那我太太呢",
        "我先生呢？",
        "带孩子呢",
        "我太太也一样吗？",
        "那我兒子呢",
        "父母呢？",
        "BB呢",
        "咁我老婆呢",
        "我個仔呢？",
        "咁屋企人呢",
    ],
)
@pytest.mark.parametrize(("before", "after"), [("work-permit", "family-visa"), ("schooling", "schooling")])
def test_the_family_has_a_service_of_its_own_or_the_same(
    heard: Heard, meant: Meant, text: str, before: str, after: str
) -> None:
    assert said(meant(heard(text, "out_of_scope", 0.8), Memory(before, "documents"))) == ("ask_documents", after)


@pytest.mark.parametrize(
    "text",
    [
        "and for Hong Kong people?",
        "what about Macao residents?",
        "what if I'm Swiss?",
        "I'm from Macao",
        "and for nurses?",
        "and as a lawyer?",
        "那香港人呢",
        "我是澳门人",
        "如果是外国人呢",
        "律师呢？",
        "如果我61岁呢",
        "如果年薪50万呢",
        "那外國人呢",
        "澳門居民呢？",
        "護士呢？",
        "咁香港人呢",
        "我係台灣人",
        "如果我係澳門人呢",
    ],
)
def test_somebody_else_or_another_case_keeps_service_and_aspect(heard: Heard, meant: Meant, text: str) -> None:
    message = heard(text, "out_of_scope", 0.5)
    found = meant(message, PERMIT)
    assert said(found) == ("ask_documents", "work-permit")
    assert found is not None
    assert [e for e in message["entities"] if e["entity"] != "service"] == found["entities"][1:]


@pytest.mark.parametrize(
    "text",
    [
        "work permit",
        "the work permit please",
        "It's for the work permit",
        "工作许可的",
        "就是工作许可",
        "关于工作许可",
        "工作許可",
        "係工作許可呀",
    ],
)
def test_a_name_answers_which_service(heard: Heard, meant: Meant, text: str) -> None:
    assert said(meant(heard(text, "ask_eligibility"), Memory(aspect="fee"))) == ("ask_fee", "work-permit")


@pytest.mark.parametrize(("sure", "expected"), [(0.2, ("ask_fee", "work-permit")), (0.19, None)])
def test_which_service_may_be_answered_in_other_words(
    heard: Heard, meant: Meant, sure: float, expected: tuple[str, ...] | None
) -> None:
    message = heard("the thing for foreign staff", "out_of_scope", 0.5, none=0.5, work_permit=sure)
    assert said(meant(message, Memory(aspect="fee"))) == expected


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Which documents do I need for a work permit?", "ask_documents"),
        ("工作许可要什么材料", "ask_documents"),
        ("工作許可點申請", "ask_steps"),
        ("tell me about the work permit", "ask_overview"),
        ("介绍一下工作许可", "ask_overview"),
        ("講下工作許可", "ask_overview"),
        ("hello", "greet"),
        ("唔該", "thank"),
        ("subscribe to the work permit", "subscribe"),
    ],
)
def test_which_service_is_not_answered_by_another_matter(heard: Heard, meant: Meant, text: str, intent: str) -> None:
    assert meant(heard(text, intent), Memory(aspect="fee")) is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm from Macao",
        "Hi, I'm from Taiwan",
        "im a hong kong permanent resident",
        "we are a company",
        "I hold an Australian passport",
        "我是澳门人",
        "你好，我是香港人",
        "我来自法国",
        "本人香港永久居民",
        "我來自台灣",
        "我係香港人嚟㗎",
        "我拎英國護照",
    ],
)
def test_who_only_says_who_they_are_is_noted(heard: Heard, meant: Meant, text: str) -> None:
    message = heard(text, "greet", 0.5)
    found = meant(message, NEW)
    assert said(found) == ("list_services", "noted")
    assert found is not None
    assert [e["entity"] for e in found["entities"][1:]] == [e["entity"] for e in message["entities"]]


@pytest.mark.parametrize(
    "text",
    [
        "my wife is Swiss",
        "My colleague is from Macao",
        "I'm from Macao, what can I apply for?",
        "I'm an engineer",
        "我同事是澳门人",
        "我是澳门人，可以申请什么？",
        "香港人可以申请吗",
        "我係澳門人，有咩可以申請",
        "佢係澳門人",
    ],
)
def test_who_says_more_or_speaks_of_others_does_not_introduce_themselves(heard: Heard, meant: Meant, text: str) -> None:
    assert meant(heard(text, "nlu_fallback", 0.5), NEW) is None


@pytest.mark.parametrize(
    ("text", "intent", "neighbour"),
    [
        ("How do I apply for the Top Talent Pass?", "ask_steps", "hong-kong-schemes"),
        ("IANG续签要什么材料", "ask_documents", "hong-kong-schemes"),
        ("優才計劃要咩條件", "ask_eligibility", "hong-kong-schemes"),
        ("香港工簽點辦", "ask_steps", "hong-kong-visa"),
        ("what subsidies are there in Hengqin?", "ask_benefit", "hengqin"),
        ("上海的工作许可要多久", "ask_time", "shanghai"),
    ],
)
def test_somebody_elses_matter_is_out_of_scope(
    heard: Heard, meant: Meant, text: str, intent: str, neighbour: str
) -> None:
    assert said(meant(heard(text, intent), NEW)) == ("out_of_scope", neighbour)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I came to Hong Kong under TTPS, can I get a work permit in Qianhai?", "ask_eligibility"),
        ("thanks, I'll ask in Hengqin", "thank"),
        ("I'm from Shanghai, what is the fee?", "ask_fee"),
        ("我喺廣州嚟，要幾錢？", "ask_fee"),
    ],
)
def test_what_is_ours_or_no_question_is_not(heard: Heard, meant: Meant, text: str, intent: str) -> None:
    assert meant(heard(text, intent), NEW) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("thanks", "thank"),
        ("and thanks!", "thank"),
        ("hello?", "greet"),
        ("ok", "affirm"),
        ("谢谢啊", "thank"),
        ("唔該晒", "thank"),
        ("再见", "goodbye"),
        ("talk to a person?", "ask_human"),
        ("那转人工吧", "ask_human"),
        ("真人呢？", "ask_human"),
        ("check my case", "check_eligibility"),
        ("and my tax?", "estimate_tax"),
        ("帮我核对一下", "check_eligibility"),
        ("delete my data?", "delete_my_data"),
        ("English?", "change_language"),
        ("中文呢", "change_language"),
        ("tell me about the family visa", "ask_overview"),
        ("What is the family visa?", "ask_overview"),
        ("What's the talent visa?", "ask_overview"),
        ("explain the talent visa?", "ask_overview"),
        ("介绍一下人才签证", "ask_overview"),
        ("讲讲家属签证呢", "ask_overview"),
        ("什么是人才签证？", "ask_overview"),
        ("講下家屬簽證", "ask_overview"),
        ("人才簽證係咩嚟㗎？", "ask_overview"),
        ("How much for nurses?", "ask_fee"),
        ("how long does the family visa take?", "ask_time"),
        ("can my wife work?", "ask_restriction"),
        ("Is my wife covered?", "ask_eligibility"),
        ("Should my husband come along?", "ask_steps"),
        ("我太太可以工作吗？", "ask_restriction"),
        ("我太太过来行不行？", "ask_eligibility"),
        ("家属签证多少钱？", "ask_fee"),
        ("我老婆可唔可以返工？", "ask_restriction"),
        ("我老婆過唔過得嚟？", "ask_eligibility"),
        ("家屬簽證要幾耐？", "ask_time"),
        ("家屬簽證喺邊度攞？", "ask_location"),
        ("I'm from Macao, how long does it take?", "ask_time"),
        ("我係澳門人，要幾耐？", "ask_time"),
        ("and the fee?", "ask_fee"),
        ("那费用呢", "ask_fee"),
        ("咁地址呢", "ask_location"),
        ("and the weather?", "out_of_scope"),
        ("天气呢？", "out_of_scope"),
        ("family visa", "ask_overview"),
        ("人才簽證", "ask_overview"),
        ("my wife is Swiss", "out_of_scope"),
        ("我太太是瑞士人", "out_of_scope"),
    ],
)
def test_what_is_no_ellipsis_means_what_it_says(heard: Heard, meant: Meant, text: str, intent: str) -> None:
    assert meant(heard(text, intent), PERMIT) is None


def test_a_long_message_is_no_ellipsis(heard: Heard, meant: Meant) -> None:
    story = (
        "and for my wife, who lives with our two children in a small village near the lake and likes it there a lot?"
    )
    assert meant(heard(story, "out_of_scope", 0.5), PERMIT) is None


def test_several_questions_are_left_alone(heard: Heard, meant: Meant) -> None:
    message = {**heard("and for my wife?", "ask_fee", 0.5), "questions": [{"intent": "ask_fee"}]}
    assert meant(message, PERMIT) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("subscribe to the tax subsidy", ("subscribe",)),
        ("订阅个税补贴通知", ("subscribe",)),
        ("訂閱通知", ("subscribe",)),
        ("有消息通知我", ("subscribe",)),
        ("unsubscribe", None),
        ("stop the notices", None),
        ("取消订阅", None),
        ("退訂", None),
        ("唔好再send通知畀我", None),
    ],
)
def test_only_what_ends_something_ends_a_subscription(
    heard: Heard, meant: Meant, text: str, expected: tuple[str, ...] | None
) -> None:
    assert said(meant(heard(text, "unsubscribe"), PERMIT)) == expected


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("asd", "out_of_scope", ("nlu_fallback",)),
        ("嘛嘛", "out_of_scope", ("nlu_fallback",)),
        ("横琴", "out_of_scope", ("out_of_scope", "hengqin")),
        ("天氣點呀", "thank", None),
        ("who won the match?", "out_of_scope", None),
    ],
)
def test_a_few_letters_are_not_understood_unless_they_mean_something(
    heard: Heard, meant: Meant, text: str, intent: str, expected: tuple[str, ...] | None
) -> None:
    assert said(meant(heard(text, intent), PERMIT)) == expected


@pytest.mark.parametrize("message", [{}, {"text": None, "intent": None, "entities": None, "service_ranking": None}])
@pytest.mark.parametrize("memory", [NEW, PERMIT, EARLIER], ids=["new", "permit", "earlier"])
def test_a_message_without_anything_means_nothing_else(meant: Meant, message: Message, memory: Memory) -> None:
    assert meant(message, memory) is None
