"""Acts that need plain words: nobody is subscribed, and no check begins, on a guess of the classifier alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dialogue.ellipsis import asks_something
from language.script import simplify

_SUBSCRIBE = re.compile(
    r"subscri|notif|notice|alert|remind|updates?\b|news|newsletter|mailing|e-?mail|sign me up|keep me|let me know|tell me when|inform me|ping me|message me|follow"
    r"|订|通知|提醒|关注|推送|消息|资讯|最新|告诉我|话我知|话俾我|讲声|通报|第一时间",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\bun|\btd\b|\b(?:stop|cancel|end|quit|remove|off|no (?:more|longer)|don'?t|do not|never|opt)\b"
    r"|退|取消|停|不要|不想|不再|别|唔要|唔想|唔使|唔好|不用|不必|删",
    re.IGNORECASE,
)
_CHECK = re.compile(
    r"\b(?:check|assess|evaluate) (?:me|my (?:case|situation|eligibility|chances)|whether (?:i|we|my)|if (?:i|we|my))\b|\bcheck me\b"
    r"|\beligibility (?:check|test)|\bself[- ]?(?:check|test|assessment)\b"
    r"|核对|核查一下我|(?:帮我|替我|同我)?(?:看看|睇下|睇睇|查查|看一下)我(?:能不能|可不可以|符不符合|够不够|是否|合不合|够唔够|得唔得)|自测|自查|资格(?:测试|评估|检测|预审)|测(?:一下|下|测)?我?(?:能不能|够不够|符不符合|合不合)|评估(?:一下|下)?(?:我|资格)",
    re.IGNORECASE,
)
_ESTIMATE = re.compile(
    r"\b(?:estimate|calculate|work out|compute)\b.{0,40}\b(?:subsid|tax|rebate|refund)|(?:估算|估下|算一下|算下|算算|计算|帮我算|计下).{0,16}(?:补贴|税|津贴|退)|(?:补贴|税|津贴).{0,16}(?:估算|算一下|算下|算算|帮我算)",
    re.IGNORECASE,
)
_NO_CHECK = re.compile(r"进度|材料|文件|清单|状态|状况|\bstatus\b|progress|documents?|papers?|list", re.IGNORECASE)
_FIGURE = re.compile(r"[\W\d_]*\d[\W\d_]*|[〇零一二三四五六七八九十百千万亿两半\W]+", re.IGNORECASE)
_CLOSES = frozenset(["goodbye", "affirm", "deny", "thank", "greet", "cancel", "out_of_scope"])


def plainly(message: Mapping[str, Any], asked: bool) -> str | None:
    """The intent that a message has by its words where the classifier's guess may not stand, or None where it may.

    asked: whether the last answer asked for yes or no.
    """
    text = simplify(str(message.get("text") or ""))
    intent = str((message.get("intent") or {}).get("name") or "")
    if (
        _CHECK.search(text)
        and not _ESTIMATE.search(text)
        and not _NO_CHECK.search(text)
        and intent not in ("check_eligibility", "estimate_tax")
    ):
        return "check_eligibility"
    if _ESTIMATE.search(text) and intent in _NEAR_ESTIMATE:
        return "estimate_tax"
    if intent == "subscribe" and _UNSUBSCRIBE.search(text):
        return "unsubscribe"
    if intent == "unsubscribe" and not _ENDS.search(text) and _SUBSCRIBE.search(text):
        return "subscribe"
    if intent == "subscribe" and not _SUBSCRIBE.search(text) and _confidence(message) < SURE:
        return _question(message) or "nlu_fallback"
    if intent in _CLOSES and _FIGURE.fullmatch(text.strip()):
        return "nlu_fallback"
    if intent in _TALK and _LEFT.search(text) and asks_something(_LEFT.split(text, maxsplit=1)[-1]):
        return _question(message, CONCEIVABLE)
    if intent == "affirm" and not asked and not any(e["entity"] == "answer" for e in message.get("entities") or ()):
        return "nlu_fallback"
    return None


_UNSUBSCRIBE = re.compile(r"unsubscri|退订|取消订|取消关注", re.IGNORECASE)
_NEAR_ESTIMATE = frozenset(
    ["check_eligibility", "track_application", "ask_benefit", "ask_fee", "subscribe", "out_of_scope"]
)
"""What the classifier takes a wish for an estimate for."""

_TALK = frozenset(["goodbye", "affirm", "thank", "greet", "deny"])
_LEFT = re.compile(r"\b(?:and|then|so|but)\b|[,，。.!！]|那|咁", re.IGNORECASE)
"""After one of these, small talk may go on with a question: "ok and how long", 好的谢谢，那材料呢."""


SURE = 0.85
"""Confidence from which somebody is subscribed without a word that says so."""

CONCEIVABLE = 0.03
"""Confidence from which a question may stand behind small talk; 请问在吗 is a greeting."""


def _confidence(message: Mapping[str, Any]) -> float:
    return float((message.get("intent") or {}).get("confidence") or 0.0)


def _question(message: Mapping[str, Any], bar: float = 0.0) -> str | None:
    """The likeliest question of the ranking."""
    ranking = [(str(r["name"]), r["confidence"]) for r in message.get("intent_ranking") or ()]
    questions = (name for name, sure in ranking if name.startswith("ask_") and name != "ask_human" and sure >= bar)
    return next(questions, None)
