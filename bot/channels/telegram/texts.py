"""What the channel says by itself, without the engine. Chinese and English; Traditional Chinese is made here from the Chinese."""

from __future__ import annotations

from language.choice import EN, HANT
from language.traditional import traditional

TEXTS: dict[str, tuple[str, str]] = {
    "welcome": (
        (
            "您好！我是前海人才服务助手，用中文或英文回答在前海工作、居留、税收、执业和生活的问题，并注明来源。\n\n"
            "直接提问就行，例如：\n• 外国人工作许可要哪些材料？\n• 香港居民在前海工作能领多少补贴？\n• 大湾区个税补贴什么时候申请？\n\n"
            "也可以点一个类别："
        ),
        (
            "Hello! I am the Qianhai Talent Assistant. I answer questions about working, residence, tax, professional practice and "
            "living in Qianhai, in Chinese or English, and I name my sources.\n\n"
            "Just ask, for example:\n• What papers do I need for a work permit?\n• How much can a Hong Kong resident get for a job in "
            "Qianhai?\n• When can I apply for the Greater Bay Area tax subsidy?\n\n"
            "Or choose a group:"
        ),
    ),
    "help": (
        (
            "直接用自己的话提问，接着可以追问“要多久”“多少钱”。\n\n"
            "/services 全部服务\n/language 换语言\n/human 转人工\n/end 结束与工作人员的对话\n/transcript 对话记录\n/feedback 评价\n/privacy 隐私说明\n/forget 删除我的数据\n\n"
            "在群里请@我，或者回复我的消息。在任何聊天里打出我的名字加关键词，可以查找服务。"
        ),
        (
            "Ask in your own words, then go on with “how long does it take?” or “what does it cost?”.\n\n"
            "/services all services\n/language change the language\n/human talk to a person\n/end leave the conversation with staff\n"
            "/transcript what was said with staff\n/feedback rate the answers\n/privacy what is kept\n/forget delete my data\n\n"
            "In groups, mention me or reply to me. In any chat, type my name and some words to look up a service."
        ),
    ),
    "privacy": (
        (
            "隐私说明\n\n"
            "• 保存的内容：您在这个对话里的消息、您告诉我的情况、核对条件的回答、订阅和评价，只用来回答您的问题。\n"
            "• 保存时间：最后一条消息之后30天，到期自动删除。\n"
            "• 运行日志里没有您写的内容。\n"
            "• 转人工以后：工作人员会看到您在这里写的内容和发来的文件，保存到咨询结束后180天。\n"
            "• 请不要发送证件号码。没有转人工时，照片、语音和文件我都不打开、不保存。\n"
            "• Telegram自己也保存消息，那由Telegram的规定约束。\n\n"
            "随时可以用 /forget 全部删除。"
        ),
        (
            "Privacy\n\n"
            "• What is kept: your messages in this chat, what you told me about yourself, answers in checks, subscriptions and "
            "ratings. They serve to answer you and nothing else.\n"
            "• How long: 30 days after your last message, then they are deleted.\n"
            "• Logs hold nothing of what you write.\n"
            "• With staff: once you have asked for a person, staff see what you write and the files you send here. That is kept until "
            "180 days after your request was closed.\n"
            "• Please send no document numbers. Unless you have asked for a person, I neither open nor keep photos, voice messages and files.\n"
            "• Telegram itself keeps messages too, by its own rules.\n\n"
            "Delete everything at any time with /forget."
        ),
    ),
    "feedback": (
        "上一个回答有帮助吗？",
        "Was the last answer helpful?",
    ),
    "services": (
        "我可以回答以下{count}项服务的问题。点一个类别，或者直接问。",
        "I can answer questions about these {count} services. Choose a group, or just ask.",
    ),
    "category": ("{name}：请选择一项服务。", "{name}: which service?"),
    "next": ("想了解哪方面？", "What would you like to know?"),
    "back": ("‹ 返回", "‹ Back"),
    "human": ("转人工", "Talk to a person"),
    "check": ("帮我核对条件", "Check my case"),
    "file": ("📄 存成文件", "📄 As a file"),
    "photo": (
        "我看不了图片，也不会保存。请用文字写出您的问题，例如“工作许可要哪些材料？”",
        "I cannot look at pictures, and I do not keep them. Please write your question, for example “What papers does a work permit need?”",
    ),
    "voice": (
        "我听不了语音，请用文字写出您的问题。手机键盘上的语音输入也可以用。",
        "I cannot listen to voice messages. Please write your question; dictation on your keyboard works too.",
    ),
    "video": (
        "我看不了视频，请用文字写出您的问题。",
        "I cannot watch videos. Please write your question.",
    ),
    "sticker": (
        "🙂 想了解前海的什么服务？直接写就行，也可以看 /services。",
        "🙂 What would you like to know about Qianhai? Just write, or see /services.",
    ),
    "file_in": (
        "我打不开文件，也不会保存。请用文字写出您的问题；材料请交给受理窗口，不要发到这里。",
        "I cannot open files, and I do not keep them. Please write your question, and hand in papers at the office, not here.",
    ),
    "location": (
        "我用不了定位。想知道去哪里办，请写服务名称，例如“工作许可在哪里办？”",
        "I cannot use locations. To learn where to go, name the service, for example “Where do I apply for a work permit?”",
    ),
    "contact": (
        "我不保存联系人，也不会打电话。需要工作人员请用 /human。",
        "I do not keep contacts and cannot call. To reach a person use /human.",
    ),
    "other": (
        "这种消息我看不懂，请用文字写出您的问题。",
        "I cannot read this kind of message. Please write your question.",
    ),
    "edited": (
        "您改了一条消息。改动我看不到，想改问题的话请重新发一条。（只提醒这一次。）",
        "You edited a message. I do not look at changes: to ask differently, please send a new message. (I say this only once.)",
    ),
    "group": (
        "大家好！我是前海人才服务助手。在群里请@我或者回复我的消息，我就会回答；其他消息我不看。",
        "Hello everybody! I am the Qianhai Talent Assistant. Mention me or reply to me and I answer; I leave all other messages alone.",
    ),
    "empty": (
        "我在。请在@我之后写上您的问题，例如“工作许可要多久？”",
        "Here I am. Write your question beside my name, for example “How long does a work permit take?”",
    ),
    "stale": (
        "这个按钮已经失效，请重新提问，或者用 /services。",
        "This button no longer works. Please ask again, or use /services.",
    ),
    "stale_group": (
        "这个按钮不是给您的，或者已经失效。请@我提问。",
        "This button is not yours or no longer works. Mention me to ask.",
    ),
    "inline_more": ("在对话里提问", "Ask in a chat"),
    "inline_open": ("在对话里继续问", "Ask more in a chat"),
    "corrected": ("（更正）", "(corrected) "),
    "withdrawn": ("［已撤回］", "[withdrawn]"),
    "file_gone": ("［文件“{name}”无法发送］", "[The file “{name}” cannot be sent]"),
    "source": ("来源：", "Source: "),
    "file_about": (
        "{name}：条件、材料和流程一览。",
        "{name}: conditions, documents and steps at a glance.",
    ),
    "file_notice": (
        "内容取自前海人才服务助手，{day}。以主管部门的最新规定为准。",
        "From the Qianhai Talent Assistant, {day}. What the office in charge says last is decisive.",
    ),
}

COMMANDS: dict[str, tuple[str, str]] = {
    "start": ("开始", "Begin"),
    "help": ("怎么用", "How to use this"),
    "services": ("全部服务", "All services"),
    "language": ("换语言", "Change the language"),
    "human": ("转人工", "Talk to a person"),
    "end": ("结束与工作人员的对话", "Leave the conversation with staff"),
    "transcript": ("获取对话记录", "What was said with staff"),
    "privacy": ("隐私说明", "What is kept"),
    "forget": ("删除我的数据", "Delete my data"),
    "feedback": ("评价回答", "Rate the answers"),
}
"""The commands, in the order of the menu, with what the menu says."""


def said(text: str, language: str, **values: object) -> str:
    """A fixed text in `en`, `zh-Hans` or `zh-Hant`."""
    return in_language(TEXTS[text], language).format(**values)


def in_language(texts: tuple[str, str], language: str) -> str:
    """One of (Chinese, English), in the person's script."""
    chinese, english = texts
    return english if language == EN else in_script(chinese, language)


def in_script(text: str, language: str) -> str:
    """A text of ours in the script of `language`."""
    return traditional(text) if language == HANT else text


def catalog_language(language: str) -> str:
    """The catalog's language for one of ours: `en` or `zh`."""
    return "en" if language == EN else "zh"
