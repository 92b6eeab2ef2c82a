from __future__ import annotations

import pytest

from dialogue.ellipsis import LONGEST, asks_something, goes_back, is_about_family, is_correction, is_denied, is_marked


@pytest.mark.parametrize(
    "text",
    [
        "how much?",
        "and how long?",
        "what is that?",
        "what's the talent visa?",
        "tell me about it",
        "is my wife covered?",
        "Should I come in person?",
        "and the fee?",
        "which documents",
        "多少钱",
        "那费用呢",
        "要多久",
        "介绍一下",
        "行不行",
        "点申请",
        "幾錢呀",
        "使唔使體檢",
        "過唔過得",
        "喺邊度攞",
        "講下啦",
    ],
)
def test_what_says_itself_what_it_wants_to_know(text: str) -> None:
    assert asks_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "and for my wife?",
        "what about my kids?",
        "how about nurses",
        "what if I'm Swiss?",
        "so is it the same for Macao residents?",
        "that's not what I meant",
        "for architects then, please",
        "那我太太呢",
        "我太太也一样吗",
        "如果是香港人",
        "好的，那律师呢",
        "那護士呢？",
        "我老婆係咪一樣㗎",
        "咁我個仔呢",
        "我要问的是律师",
        "",
    ],
)
def test_what_leaves_open_what_it_wants_to_know(text: str) -> None:
    assert not asks_something(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Apply for Permit?", "Apply for Permit"), ("那续办费用卡呢", "续办费用卡"), ("咁文件證呢", "文件證")],
)
def test_words_in_the_name_of_a_service_ask_nothing(text: str, name: str) -> None:
    start = text.index(name)
    assert asks_something(text)
    assert not asks_something(text, [(start, start + len(name))])


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("and for my wife", True),
        ("what about nurses", True),
        ("ok, and for nurses", True),
        ("Is it the same for architects and for engineers?", True),
        ("nurses?", True),
        ("那护士", True),
        ("护士呢", True),
        ("護士？", True),
        ("咁護士", True),
        ("護士咧", True),
        ("nurses", False),
        ("护士", False),
        ("我老婆係護士", False),
        ("", False),
        ("and " + "x" * LONGEST, False),
    ],
)
def test_what_looks_like_the_rest_of_a_question(text: str, marked: bool) -> None:
    assert is_marked(text) is marked


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("no, I meant the fee", True),
        ("No. The residence permit.", True),
        ("wait, I was asking about nurses", True),
        ("I don't mean that one", True),
        ("不是，我说的是这个", True),
        ("错了", False),
        ("搞错了，是居留许可", True),
        ("唔啱，係居留許可", True),
        ("我係想問居留許可", True),
        ("我係問下居留許可", False),
        ("我是问一下居留许可", False),
        ("no", False),
        ("no problem", False),
        ("not sure", False),
        ("I have no passport", False),
        ("the office is not the one I know", False),
        ("不是很明白", False),
        ("我交了材料，不是说三天吗", False),
        ("唔使客氣", False),
    ],
)
def test_corrections(text: str, correction: bool) -> None:
    assert is_correction(text) is correction


@pytest.mark.parametrize(
    ("text", "name", "denied"),
    [
        ("not the work permit, the visa", "work permit", True),
        ("not the work permit, the visa", "visa", False),
        ("I don't mean the work permit", "work permit", True),
        ("I'm not asking about my visa", "visa", True),
        ("the visa instead of the permit", "permit", True),
        ("the visa rather than the permit", "visa", False),
        ("不是工作许可", "工作许可", True),
        ("不是问工作许可", "工作许可", True),
        ("是工作许可", "工作许可", False),
        ("不是簽證，是工作許可", "工作許可", False),
        ("唔係工作許可", "工作許可", True),
        ("唔係講工作許可", "工作許可", True),
        ("係工作許可", "工作許可", False),
    ],
)
def test_a_name_is_denied_by_what_stands_before_it(text: str, name: str, denied: bool) -> None:
    assert is_denied(text, text.index(name)) is denied


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("back to the tax thing", True),
        ("going back to my first question", True),
        ("your earlier topic", True),
        ("回到上一个问题", True),
        ("刚才说的", True),
        ("說回稅", True),
        ("頭先嗰個", True),
        ("傾返個稅", True),
        ("返去頭先個問題", True),
        ("back to Hong Kong", False),
        ("I must return to my home country", False),
        ("going back to the mainland", False),
        ("回到澳门", False),
        ("返去香港", False),
        ("give me my money back", False),
        ("之前的公司", False),
    ],
)
def test_a_return_is_to_a_subject_and_not_to_a_place(text: str, back: bool) -> None:
    assert goes_back(text) is back


def test_a_service_may_begin_with_the_name_of_a_place() -> None:
    text = "back to the Hong Kong tax ceiling"
    assert not goes_back(text)
    assert goes_back(text, [(text.index("Hong"), len(text))])


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("my wife", True),
        ("the kids?", True),
        ("我太太", True),
        ("父母呢", True),
        ("我老公", True),
        ("個仔呢", True),
        ("屋企人", True),
        ("my colleague", False),
        ("the person", False),
        ("我同事", False),
        ("我老細", False),
    ],
)
def test_the_family(text: str, family: bool) -> None:
    assert is_about_family(text) is family
