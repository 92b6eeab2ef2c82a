"""What a message of a person means to the desk. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Literal

PAYLOAD = "/desk"
"""How the payload of a button of the desk begins. No intent has this name, and the engine never sees one."""

LONGEST_CONTACT = 200

_END = frozenset(
    {"end", "end chat", "end the chat", "结束", "结束对话", "结束聊天", "結束", "結束對話", "結束聊天", "完結對話"}
)
_TRANSCRIPT = frozenset(
    {"transcript", "chat transcript", "对话记录", "聊天记录", "對話記錄", "聊天記錄", "對話紀錄", "聊天紀錄"}
)
_FORGET = frozenset(
    {"forget", "forget me", "delete my data", "删除我的数据", "删除我的资料", "刪除我的數據", "刪除我的資料"}
)
_SKIP = frozenset(
    {"skip", "no", "no thanks", "no thank you", "跳过", "跳過", "不用", "不用了", "唔使", "唔使喇", "唔使啦"}
)

_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_NUMBER = re.compile(r"(?<![A-Za-z0-9.,])\+?\(?\d[\d\s().-]{5,20}\d(?![A-Za-z0-9]|[.,]\d)")
_DATE = re.compile(r"(?:19|20)\d\d[-./\s]?(?:0?[1-9]|1[0-2])[-./\s]?(?:0?[1-9]|[12]\d|3[01])")
_MONEY_BEFORE = re.compile(
    r"(?:[¥￥$€£]|rmb|hk\$|hkd|cny|usd|人民币|人民幣|港币|港幣|收入|年薪|月薪|工资|工資|人工|薪金)\D{0,6}$",
    re.IGNORECASE,
)
_MONEY_AFTER = re.compile(
    r"^\s*(?:元|块|塊|万|萬|蚊|港币|港幣|人民币|人民幣|rmb|hkd|cny|yuan|dollars?|a (?:year|month))", re.IGNORECASE
)
_CALL = re.compile(
    r"电话|電話|手机|手機|致电|致電|打给|打俾|\bcall|phone|mobile|\btel\b|my number is|reach me|whats\s?app",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:we\s?chat|微信|weixin|whats\s?app)\s*(?:(?:id|号|號|账号|帳號|账户)\s*(?:is\b|[:：是係])?|is\b|[:：是係])?\s*([A-Za-z][A-Za-z0-9_-]{4,29}|\+?\d{6,15})(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
_NAME_SURE = re.compile(
    r"(?:we\s?chat|微信|weixin|whats\s?app)\s*(?:(?:id|号|號|账号|帳號)\s*(?:is\b|[:：是係])?|[:：是係])|(?:my|我的|我)\s*(?:we\s?chat|微信|weixin|whats\s?app)\s*(?:is\b|[:：是係])",
    re.IGNORECASE,
)

_THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|all right|great|perfect|good|fine|thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|bye|goodbye|see you|yes|got it"
    r"|好的?|嗯|行|可以|明白了?|知道了?|了解|收到|谢谢?您?你?|多谢晒?|感谢|辛苦了?|再见|拜拜|唔该晒?|冇問題|没问题|謝謝?您?你?|多謝晒?|感謝|唔該晒?|再見|沒問題|[👍🙏😊❤\ufe0f])[\s,，.。!！~～]*)+",
    re.IGNORECASE,
)

Wish = Literal["end", "transcript", "forget", "skip"]


def wish(text: str) -> Wish | None:
    """What a whole message asks of the desk, whatever its case, width, dots and slashes."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = " ".join(folded.strip(" \t\r\n/\\.。!“”\"'「」").split())
    if bare in _END:
        return "end"
    if bare in _TRANSCRIPT:
        return "transcript"
    if bare in _FORGET:
        return "forget"
    return "skip" if bare in _SKIP else None


def ends(text: str) -> bool:
    """Whether a message to staff ends the conversation: its last line does, for texts that come fast are joined, a line each."""
    return wish(text.rstrip().rpartition("\n")[2]) == "end"


def asks(text: str) -> bool:
    """Whether a message asks something, whatever else it says."""
    return "?" in text or "？" in text


def contact_in(text: str) -> str | None:
    """The e-mail address, phone number or WeChat/WhatsApp name in a message; None if there is none. At most LONGEST_CONTACT characters.

    A short message that asks nothing is taken as a whole: it may say when to call. Dates, amounts and numbers of documents are none.
    """
    narrow = unicodedata.normalize("NFKC", text)
    found = [mail.group() for mail in _MAIL.finditer(narrow)] + _names(narrow) + _phones(narrow)
    if not found:
        return None
    if len(text.strip()) <= 80 and not asks(text):
        return text.strip()
    return " / ".join(dict.fromkeys(each.strip() for each in found))[:LONGEST_CONTACT]


def _names(text: str) -> list[str]:
    """Names at WeChat or WhatsApp: said to be one, or not a mere word ("WeChat payment")."""
    return [
        each.group(1)
        for each in _NAMED.finditer(text)
        if re.search(r"[\d_-]", each.group(1)) or _NAME_SURE.search(text, max(0, each.start() - 6), each.start(1))
    ]


def _phones(text: str) -> list[str]:
    return [each.group() for each in _NUMBER.finditer(text) if _is_phone(text, each)]


def _is_phone(text: str, number: re.Match[str]) -> bool:
    """Whether digits are a phone number: in an international or Chinese form, or of Hong Kong and Macao where nothing else is likely."""
    written = number.group()
    before, after = text[max(0, number.start() - 30) : number.start()], text[number.end() : number.end() + 30]
    digits = "".join(filter(str.isdigit, written))
    if _MONEY_BEFORE.search(before) or _MONEY_AFTER.search(after) or _DATE.match(written):
        return False
    if written.startswith("+"):
        return 7 <= len(digits) <= 15
    if re.fullmatch(
        r"(?:(?:00)?86)?1[3-9]\d{9}|0(?:10|2\d|[3-9]\d\d)\d{7,8}|(?:00)?85[23]\d{8}|00[1-9]\d{7,13}", digits
    ):
        return True
    if _CALL.search(before) or _CALL.search(after):
        return 7 <= len(digits) <= 15
    alone = len(text.strip()) <= len(written) + 20 and not any(each.isalnum() for each in before + after)
    grouped = re.fullmatch(r"[235-9]\d{3}[ -]\d{4}", written) is not None
    return len(digits) == 8 and digits[0] in "235689" and (alone or grouped)


def payload(do: str, case: str, **given: str) -> str:
    """The payload of a button of the desk."""
    return PAYLOAD + json.dumps({"do": do, "case": case, **given})


def pressed(text: str) -> dict[str, str] | None:
    """What such a payload says; None for one that is not the desk's."""
    return dict(json.loads(text[len(PAYLOAD) :])) if text.startswith(PAYLOAD + "{") else None


def thanks(text: str) -> bool:
    """Whether a whole message is no more than thanks, a yes or a goodbye."""
    return len(text) <= 60 and _THANKS.fullmatch(text.strip()) is not None
