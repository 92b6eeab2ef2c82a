from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from language.script import HAN
from language.traditional import GLOSSARY, traditional

WORDS: dict[str, str] = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("simplified", "hong_kong"), WORDS.items())
def test_each_word_of_the_glossary_is_written_as_hong_kong_does(simplified: str, hong_kong: str) -> None:
    assert traditional(simplified) == hong_kong
    assert traditional(f"前海，{simplified}。") == f"前海，{hong_kong}。"


@pytest.mark.parametrize(
    ("simplified", "hong_kong"),
    [
        ("用人单位应当与雇员签订劳动合同", "僱主應當與僱員簽訂僱傭合約"),
        ("个人所得税财政补贴", "個人所得稅財政補貼"),
        ("每月生活补贴", "每月生活津貼"),
        ("国家税务总局深圳市税务局", "國家稅務總局深圳市稅務局"),
        ("5个工作日", "5個工作天"),
        ("提交材料：复印件", "提交文件：副本"),
        ("材料科学专业", "材料科學專業"),
        ("纳税申报和海关申报", "納稅申報和海關申報"),
        ("说明、脱离、敏锐、阅读、喜悦、兑换、面条", "說明、脫離、敏銳、閱讀、喜悅、兌換、麵條"),
        ("后来在里面，皇后大道", "後來在裏面，皇后大道"),
        ("头发与发展", "頭髮與發展"),
        ("Qianhai 前海 e站通 123", "Qianhai 前海 e站通 123"),
        ("work permit", "work permit"),
        ("", ""),
    ],
)
def test_sentences(simplified: str, hong_kong: str) -> None:
    assert traditional(simplified) == hong_kong


@pytest.mark.parametrize(
    ("simplified", "hong_kong"),
    [
        ("免签", "免簽"),
        ("免签政策", "免簽政策"),
        ("换签证", "換簽證"),
        ("签证签多久", "簽證簽多久"),
        ("单位签的合同", "單位簽的合約"),
        ("抽签", "抽籤"),
        ("联系发卡银行", "聯繫發卡銀行"),
        ("延长发放", "延長發放"),
        ("不准入境", "不准入境"),
        ("暂准驾驶", "暫准駕駛"),
        ("批准", "批准"),
        ("这只适用于员工", "這只適用於員工"),
        ("证件制好后", "證件製好後"),
        ("30天后再来", "30天後再來"),
        ("聊天后", "聊天後"),
        ("天后庙", "天后廟"),
        ("请回复", "請回覆"),
        ("银行账户", "銀行賬戶"),
        ("户口", "戶口"),
    ],
)
def test_characters_that_word_for_word_conversion_confuses(simplified: str, hong_kong: str) -> None:
    assert traditional(simplified) == hong_kong


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00").filter(lambda c: not HAN.match(c))))
@settings(deadline=None)
def test_whatever_is_not_chinese_stays(text: str) -> None:
    assert traditional(text) == text
