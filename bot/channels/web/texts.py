"""What the page itself says, in Chinese and English; Traditional is made from the Chinese."""

from __future__ import annotations

from functools import cache

from bot.channels.web.settings import FILES_AT_ONCE
from bot.desk.store import KEPT_DAYS
from bot.store.files import MOST_BYTES
from bot.typed import MAX_CHARACTERS
from language.choice import EN, HANS, HANT
from language.traditional import traditional

LANGUAGE_NAMES = {EN: "English", HANS: "简体", HANT: "繁體"}
"""As each calls itself."""

SHORT_NAMES = {EN: "EN", HANS: "简", HANT: "繁"}
"""Where there is little room; each begins its full name."""

ANSWER_NAMES = {EN: "English", HANS: "简体中文", HANT: "繁體中文"}
"""What a person asks for when changing the language in a conversation."""

_TEXTS: dict[str, tuple[str, str]] = {
    "name": ("前海人才助手", "Qianhai Talent Assistant"),
    "title": (
        "前海人才助手：工作、居留、税收、补贴，一问便知",
        "Qianhai Talent Assistant: work, residence, tax and subsidies",
    ),
    "description": (
        "在深圳前海工作和生活的中英文问答：工作许可、居留、税收优惠、专业执业、补贴和日常生活，每个回答都注明来源。",
        (
            "Ask in Chinese or English about working and living in Qianhai, Shenzhen: permits, residence, tax benefits, professional "
            "practice, subsidies and daily life. Every answer names its source."
        ),
    ),
    "skip": ("跳到输入框", "Skip to your question"),
    "skip_to_text": ("跳到正文", "Skip to the text"),
    "hello": ("您好，想了解什么？", "Hello. What would you like to know?"),
    "greeting": (
        "我是自动问答助手，回答在前海（深圳）工作、居留、税收优惠、执业、补贴和生活方面的问题。答案出自服务资料库，每条都注明来源和查阅日期。",
        (
            "I am an automatic assistant for people who work in Qianhai, Shenzhen: permits, residence, tax benefits, practising a "
            "profession, subsidies and daily life. Answers come from a catalog that names the source of each statement and the day it was read."
        ),
    ),
    "examples": ("可以这样问", "Try asking"),
    "topics": ("服务类别", "Topics"),
    "services": ("服务", "Services"),
    "all_services": ("全部服务", "All services"),
    "conversation": ("对话", "Conversation"),
    "you": ("您", "You"),
    "assistant": ("助手", "Assistant"),
    "question": ("您的问题", "Your question"),
    "placeholder": ("请输入问题……", "Ask a question…"),
    "send": ("发送", "Send"),
    "human": ("转人工", "Talk to a person"),
    "typing": ("正在输入……", "Writing an answer…"),
    "waking": ("助手正在启动，稍候就回答您。", "The assistant is waking up and will answer in a moment."),
    "slow": (
        "还没有收到回答，我们还在处理。您也可以转人工。",
        "No answer yet; we are still at it. You can also talk to a person.",
    ),
    "connecting": ("正在连接……", "Connecting…"),
    "online": ("已连接", "Connected"),
    "offline": ("连接已断开，恢复后会自动发送。", "You are offline. Messages will be sent when you are back."),
    "away": ("已断开", "Offline"),
    "back_online": ("连接已恢复。", "You are connected again."),
    "sending": ("发送中……", "Sending…"),
    "unsent": ("等待发送", "Waiting to be sent"),
    "refused": ("这条消息没有发出去。", "This message was not sent."),
    "remove": ("删除", "Remove"),
    "too_long": (
        f"消息太长，最多{MAX_CHARACTERS:,}个字符。请分几次发送。",
        f"That is too long. At most {MAX_CHARACTERS:,} characters; please send it in parts.",
    ),
    "too_fast": ("发送得太快了，稍后会自动发送。", "That was a bit fast. It will be sent in a moment."),
    "stale": ("这个按钮已过期，请直接提问。", "This button has expired. Please just ask."),
    "cookies": (
        "浏览器在这个页面里禁用了Cookie，无法对话。请在新窗口中打开。",
        "Your browser blocks cookies here, which the chat needs. Please open it in a new window.",
    ),
    "open": ("在新窗口中打开", "Open in a new window"),
    "sources": ("来源", "Sources"),
    "read_on": ("查阅日期：", "read on "),
    "not_read": ("通行规定，原文待复核", "established rule, text still to be re-read"),
    "copy": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
    "print": ("打印或存为PDF", "Print or save as PDF"),
    "up": ("有帮助", "This helped"),
    "down": ("没有帮助", "This did not help"),
    "rate": ("这个回答有帮助吗？", "Did this help?"),
    "staff": ("工作人员", "staff"),
    "with": ("正由{name}为您服务", "With {name} · staff"),
    "with_staff": ("工作人员正在为您服务", "With our staff"),
    "queued": ("正在等候工作人员", "Waiting for our staff"),
    "staff_typing": ("工作人员正在输入……", "Staff are writing…"),
    "placeholder_staff": ("给工作人员写消息……", "Write to our staff…"),
    "leave": ("结束", "Leave"),
    "leave_sure": ("确定结束？", "Leave now?"),
    "leave_hint": ("再按一次就结束与工作人员的对话。", "Press again to leave the conversation with staff."),
    "leave_word": ("结束", "end"),
    "transcript": ("对话记录", "Transcript"),
    "transcript_word": ("对话记录", "transcript"),
    "edited": ("已修改", "edited"),
    "withdrawn": ("已撤回", "withdrawn"),
    "rate_staff": ("为这次服务评分", "How well were you helped?"),
    "stars": ("{n}分（满分5分）", "{n} of 5"),
    "attach": ("添加文件", "Attach files"),
    "files": ("要发送的文件", "Files to send"),
    "uploading": ("上传中……", "Uploading…"),
    "not_uploaded": ("未能上传", "Not uploaded"),
    "again": ("重试", "Try again"),
    "still_uploading": ("文件还在上传，传完后自动发送。", "Still uploading. Your message goes out when it is done."),
    "no_case": ("转人工后才能发送文件。", "Files can be sent once you have asked for a person."),
    "files_gone": ("文件已失效，请重新添加。", "The file has expired. Please attach it again."),
    "file_gone": ("文件已不存在", "no longer available"),
    "file_empty": ("文件是空的。", "That file is empty."),
    "file_too_large": (
        f"文件太大，每个最多{MOST_BYTES >> 20} MB。",
        f"That file is too large: at most {MOST_BYTES >> 20} MB each.",
    ),
    "files_full": (
        "今天发送的文件已达上限，请明天再试。",
        "You have sent as many files as a day allows. Please try again tomorrow.",
    ),
    "too_many_files": (f"一条消息最多{FILES_AT_ONCE}个文件。", f"At most {FILES_AT_ONCE} files in one message."),
    "check": ("资格核对", "Eligibility check"),
    "to_bottom": ("查看最新回答", "Latest answer"),
    "card": ("服务卡片", "Service card"),
    "ask_about": ("在对话中提问", "Ask about this"),
    "new_window": ("（在新窗口中打开）", "(opens in a new window)"),
    "for_whom": ("面向", "For"),
    "related": ("相关服务", "Related services"),
    "language": ("语言", "Language"),
    "close": ("关闭", "Close"),
    "forget": ("删除我的数据", "Delete my data"),
    "privacy": (
        f"不需要账号。对话在本页保留7天，最多在服务器保留30天；与工作人员的对话在结束后保留{KEPT_DAYS}天。可随时删除。请勿输入证件号码等敏感信息。",
        (
            "No account needed. This page keeps your conversation for 7 days and the server at most 30; what was said with "
            f"staff is kept for {KEPT_DAYS} days after its end. You can delete it at any time. Please do not type ID numbers or other sensitive data."
        ),
    ),
    "noscript": (
        "对话需要浏览器启用JavaScript。不启用也可以阅读全部服务说明：",
        "The chat needs JavaScript. Without it you can read about all services here:",
    ),
    "services_intro": (
        "以下是助手所知的全部服务，按类别排列。每一条说明都注明来源。",
        "All services the assistant knows, by category. Every statement names its source.",
    ),
    "disclaimer": (
        "以上内容供参考，以主管部门的最新规定和审核结果为准。",
        "This is for information. The latest rules and the decision of the office in charge prevail.",
    ),
    "not_found": ("没有这个页面", "There is no such page"),
    "to_chat": ("返回对话", "Back to the chat"),
    "widget_title": ("把对话放进您的网站", "Put the chat into your site"),
    "widget_text": (
        "把下面这一行放进页面即可。网站的地址须先由运营方列入允许名单。",
        "Put this line into your page. The operator has to allow the address of your site first.",
    ),
}

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("工作许可要办多久？", "How long does a work permit take?"),
    ("港澳居民来前海工作要办什么？", "I live in Hong Kong. What do I need to work in Qianhai?"),
    ("大湾区个税补贴怎么申请？", "How do I apply for the GBA tax subsidy?"),
    ("帮我核对港澳青年补贴的条件", "Check whether I qualify for the youth subsidies"),
)
"""Questions to begin with."""

AUDIENCES = {
    "foreigner": ("外籍人士", "foreign nationals"),
    "hong-kong": ("香港居民", "Hong Kong residents"),
    "macao": ("澳门居民", "Macao residents"),
    "taiwan": ("台湾居民", "Taiwan residents"),
    "employer": ("用人单位", "employers"),
    "entrepreneur": ("创业者", "entrepreneurs"),
}


@cache
def texts(language: str) -> dict[str, str]:
    """Everything the page says, by name."""
    return {name: say(language, *pair) for name, pair in _TEXTS.items()}


def say(language: str, chinese: str, english: str) -> str:
    """The one of two texts for a reply language, in its script."""
    if language == EN:
        return english
    return _traditional(chinese) if language == HANT else chinese


def chosen(wanted: str | None, remembered: str | None, accepted: str | None) -> str:
    """The language of the interface: asked for, else chosen before, else the first the browser accepts (Accept-Language).

    Takes what people write: `zh`, `zh-TW`, `zh-hans-CN`, `en-GB`; `zh-Hans` where nothing fits.
    """
    ranked = sorted((_quality(part) for part in (accepted or "")[:500].split(",")), key=lambda each: -each[1])
    candidates = [wanted or "", remembered or "", *(name for name, quality in ranked if quality > 0)]
    return next((found for found in map(understood, candidates) if found), HANS)


def understood(tag: str) -> str | None:
    """The reply language that a language tag means; None for other languages."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    if parts[0] == "en":
        return EN
    if parts[0] not in ("zh", "yue"):
        return None
    if "hans" in parts:
        return HANS
    traditional_places = {"hant", "hk", "tw", "mo"}
    return HANT if traditional_places & set(parts) or parts[0] == "yue" else HANS


def _quality(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    try:
        return name, float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return name, 0.0


@cache
def _traditional(chinese: str) -> str:
    return traditional(chinese)
