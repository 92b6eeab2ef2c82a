from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.person import LONGEST_CONTACT, Wish, asks, contact_in, ends, payload, pressed, thanks, wish
from bot.desk.texts import TEXTS
from language.traditional import traditional


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("end", "end"), ("End.", "end"), ("  END! ", "end"), ("/end", "end"), ("／ｅｎｄ", "end"), ("“end”", "end"), ("end  chat", "end"),
        ("结束", "end"), ("“结束”", "end"), ("结束。", "end"), ("结束对话", "end"), ("結束", "end"), ("「結束」", "end"), ("結束對話！", "end"),
        ("transcript", "transcript"), ("/Transcript", "transcript"), ("对话记录", "transcript"), ("對話紀錄", "transcript"),
        ("聊天記錄", "transcript"), ("skip", "skip"), ("Skip.", "skip"), ("No", "skip"), ("no thanks", "skip"), ("跳过", "skip"),
        ("跳過", "skip"), ("不用了。", "skip"), ("唔使", "skip"),
    ],
)  # fmt: skip
def test_whole_messages_that_are_for_the_desk(text: str, meant: Wish) -> None:
    assert wish(text) == meant


@pytest.mark.parametrize(
    "text",
    ["", "/", "the end", "weekend", "end of contract", "合同结束", "结束日期是几号", "transcripts of records", "no idea", "noone",
     "yes", "1", "👎", "我不用工作签证", "end\nend it", "/restart"],
)  # fmt: skip
def test_other_messages_are_not(text: str) -> None:
    assert wish(text) is None


@pytest.mark.parametrize("script", ["en", "zh"])
def test_the_words_that_people_are_told_are_understood(script: str) -> None:
    for name in ("joined", "reached_out"):
        told = TEXTS[name][script]
        word = told[told.rindex("“") + 1 : told.rindex("”")]
        assert wish(word) == wish(traditional(word)) == "end"


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("end", True),
        ("thank you\nend", True),
        ("thank you\n结束。\n", True),
        ("end\nno, wait", False),
        ("week\nend of it", False),
        ("", False),
    ],
)
def test_what_ends_the_talk_with_staff(text: str, over: bool) -> None:
    assert ends(text) is over


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "138 0013 8000", "138-0013-8000", "+86 138 0013 8000", "8613800138000", "+852 9123 4567", "91234567",
        "9123 4567", "2345-6789", "6123 4567（澳门）", "+853 6612 3456", "0755-88101234", "010 6552 9988", "+44 20 7946 0958",
        "+1 (415) 555-0100", "0044 20 7946 0958", "call me on 415-555-0100", "电话：6123 4567", "手機61234567", "whatsapp 91234567",
        "１３８００１３８０００", "li@example.com", "Li.Na+permits@mail.example.com.cn", "邮箱li@example.com", "微信：alex_lee", "微信号 zhangsan8",
        "wechat id: alexlee", "my WeChat is alexlee", "WeChat: wxid_a1b2c3", "我的微信是alexlee", "weixin alex-lee",
        "Li Na, 13800138000, after 6 pm please", "13800138000 或 li@example.com",
    ],
)  # fmt: skip
def test_a_contact_is_taken_as_it_was_written(text: str) -> None:
    assert contact_in(f" {text}\n") == text


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("我的电话是13800138000，请问工作许可要多久？", "13800138000"),
        ("Can you call +852 9123 4567 or write to li@example.com?", "li@example.com / +852 9123 4567"),
        (
            "I have waited since Monday and nobody could tell me what is missing in my file, so please call 13800138000.",
            "13800138000",
        ),
    ],
)
def test_of_longer_messages_only_the_contact_is_taken(text: str, contact: str) -> None:
    assert contact_in(text) == contact


@pytest.mark.parametrize(
    "text",
    [
        "", "1", "no", "/restart", "What does a work permit cost?", "工作许可怎么办理", "我要轉人工",
        "My contract runs from 2024-01-01 to 2026-12-31.", "20240101", "2025.01.01-2026.12.31", "合同从2025年1月1日到2026年12月31日",
        "我的年薪是1500000元", "月薪30000-50000", "I earn 1,200,000 a year", "RMB 12000000", "年收入 85000000", "税后 20000000 元", "HK$2345678",
        "身份证号码440301199001011234", "护照号码E12345678", "my passport is K1234567", "统一社会信用代码91440300MA5EXAMPLE", "社保号码123456789",
        "订单号 88888888", "case 12345678", "Room 2345 6789012", "3.14159265", "12345678", "518000",
        "Can I use WeChat payment for the fees", "how do I use WeChat account here", "可以用微信支付吗", "微信公众号在哪里", "whatsapp please",
        "follow @qianhai", "a@b", "E1-2345678901", "192.168.100.100",
    ],
)  # fmt: skip
def test_ordinary_messages_are_no_contact(text: str) -> None:
    assert contact_in(text) is None


@given(st.text(max_size=400))
def test_any_text_can_be_looked_at(text: str) -> None:
    found = contact_in(text)
    assert found is None or 0 < len(found) <= LONGEST_CONTACT
    assert wish(text) in (None, "end", "transcript", "skip")
    assert asks(text + "?")


def test_much_text_is_looked_at_quickly() -> None:
    for text in (
        "1 " * 50_000,
        "91234567 " * 10_000,
        "a@" * 50_000,
        "微信" * 50_000,
        "1." * 50_000,
        "-" * 100_000,
        "a." * 50_000 + "@",
    ):
        assert contact_in(text) is None


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_payload_says_what_was_put_into_it(do: str, case: str, value: str) -> None:
    assert pressed(payload(do, case, value=value)) == {"do": do, "case": case, "value": value}


@pytest.mark.parametrize("text", ["/ask_fee", '/ask_fee{"do": "rate"}', "/desk", "/desks{}", ""])
def test_other_payloads_are_not_the_desks(text: str) -> None:
    assert pressed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "ok, thank you very much",
        "Great, bye",
        "谢谢",
        "好的，谢谢您！",
        "多謝晒",
        "收到 👍",
        "嗯嗯",
        "明白了，再见。",
    ],
)
def test_thanks_want_no_answer(text: str) -> None:
    assert thanks(text)


@pytest.mark.parametrize(
    "text", ["", "Thanks, and the fee?", "ok but when", "谢谢，那要多久", "good question, which form", "嗯" * 59 + "x"]
)
def test_what_is_more_than_thanks_does(text: str) -> None:
    assert not thanks(text)
