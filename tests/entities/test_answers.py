from __future__ import annotations

import pytest

from entities import find
from entities.answers import Answer, Meaning


def heard(text: str) -> Answer | None:
    found = find(text, {"answer"})
    assert len(found) <= 1
    return found[0].value if found else None


EXACT: dict[Meaning, list[str]] = {
    "yes": [
        "yes", "Yes.", "YES", "y", "yep", "yeah", "yup", "sure", "Sure!", "of course", "certainly", "correct", "that's right", "That’s right", "I do", "I am", "yes I do", "Yes, I do.",
        "I think so", "no problem", "why not", "ok", "okay", "absolutely", "definitely", "probably", "yes please", "uh huh", "yeah sure", "well, yes", "I should have", "👍",
        "是", "是的", "是啊", "对", "对的", "对啊", "没错", "不错", "有", "有的", "有啊", "可以", "好", "好的", "行", "嗯", "嗯嗯", "当然", "当然有", "应该有吧", "应该是", "我有", "我是", "没问题", "确定", "已经有了", "办过了", "确认", "正确", "就是这个",
        "對", "沒錯", "當然", "係", "係呀", "系啊", "係嘅", "啱", "啱呀", "得", "得呀", "梗係", "梗係啦", "有呀", "識", "冇錯", "使", "會", "對對對", "是的是的", "ok啊", "好的，谢谢", "shi de", "ｙｅｓ", "是\u200b的",
    ],
    "no": [
        "no", "No.", "NO!", "n", "nope", "nah", "no thanks", "No, thank you", "not yet", "not really", "of course not", "I don't", "I don’t", "no I don't", "I'm not", "I haven't", "never", "not at all",
        "I don't think so", "I dont think so", "yeah nah", "no way", "definitely not", "probably not", "not that I know of", "none",
        "不", "不是", "不是的", "没", "没有", "没有啊", "还没", "还没有", "否", "不对", "不行", "不可以", "不会", "不用", "不需要", "从来没有", "不对不对", "不正确", "暂时没有", "当然不是", "应该没有", "没办过", "没去过", "我没有", "并没有",
        "沒有", "唔係", "唔係呀", "冇", "冇呀", "未", "未有", "仲未", "唔得", "唔啱", "唔使", "唔識", "梗係唔係", "唔好", "我冇", "冇呀，從來冇", "没有，谢谢", "不用了，谢谢", "木有", "bu shi", "meiyou",
    ],
    "unsure": [
        "not sure", "I'm not sure", "no idea", "I don't know", "idk", "dunno", "maybe", "perhaps", "it depends", "yes and no", "can't remember",
        "不知道", "不清楚", "不太清楚", "不确定", "不知道啊", "可能", "可能吧", "也许", "不一定", "忘了", "不记得", "可能有", "唔知", "唔知呀", "唔清楚", "唔記得", "唔肯定", "唔sure", "冇印象", "說不定",
    ],
    "neither": [
        "neither", "none of these", "none of them", "none of the above", "neither of them", "都不是", "都不是。", "都没有", "两个都不是", "以上都不是", "都唔係", "都冇", "一个都不是", "以上皆非",
    ],
    "skip": ["skip", "Skip it", "skip this question", "pass", "next question", "prefer not to say", "I'd rather not say", "跳过", "跳過", "跳过吧", "下一题", "不想说", "唔想講", "不方便透露"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), [(text, meaning) for meaning, texts in EXACT.items() for text in texts])
def test_a_message_that_is_nothing_but_the_answer(text: str, meaning: Meaning) -> None:
    assert heard(text) == Answer(meaning, exact=True)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("yes, I have worked there for three years", "yes"),
        ("yes I have one from London", "yes"),
        ("yep that's the one", "yes"),
        ("I have a degree from London", "yes"),
        ("有的，去年就有了", "yes"),
        ("有，我有香港身份证", "yes"),
        ("係呀，我喺香港讀書", "yes"),
        ("我有深圳社保", "yes"),
        ("没问题，你接着问", "yes"),
        ("no, I live in Hong Kong", "no"),
        ("no I live in Hong Kong", "no"),
        ("I don't have a degree", "no"),
        ("not yet, next month", "no"),
        ("没有，我在香港交", "no"),
        ("没有买过社保", "no"),
        ("冇，我住香港", "no"),
        ("唔識講普通话", "no"),
        ("不是这个意思", "no"),
        ("对，没有", "no"),
        ("嗯，还没有办", "no"),
        ("ok, not yet, maybe in June", "no"),
        ("以前有，现在没有", "no"),
        ("nope, sorry, I live in Macau", "no"),
        ("I'm not sure if I have one", "unsure"),
        ("不知道有没有", None),
        ("maybe, I have to ask my boss", "unsure"),
    ],
)
def test_a_message_that_holds_an_answer(text: str, meaning: Meaning | None) -> None:
    answer = heard(text)
    assert answer is None if meaning is None else (answer and answer.meaning) == meaning
    assert answer is None or not answer.exact or text in ("对，没有", "嗯，还没有办")


@pytest.mark.parametrize(
    "text",
    [
        "", "是吗", "有吗？", "有没有", "是不是", "可以吗", "得唔得", "有冇優惠", "可唔可以", "Do you have one?", "is it possible", "no one told me how", "no documents needed?", "what is it", "好不好",
        "香港", "三个月", "yesterday", "nothing compares to you", "norway", "有什么优惠", "I have a question", "我有个问题", "没有社保可以买房吗", "怎么没有", "对公账户", "要多久", "能便宜点吗", "how about no",
    ],
)  # fmt: skip
def test_a_question_is_no_answer(text: str) -> None:
    assert heard(text) is None


def test_the_answer_stands_where_it_was_typed() -> None:
    (found,) = find("  係\u200b呀，我喺香港", {"answer"})
    assert (found.text, found.start) == ("係\u200b呀", 2)
