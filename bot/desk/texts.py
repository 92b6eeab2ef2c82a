"""What the desk tells people. Chinese is Simplified; Traditional is made at delivery."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "told": {
        "en": "I have told our staff. You are number {place} in line{wait}. They will answer here in this chat. If nobody is free, I will say so, at the latest {until} (Shenzhen time). Until then you can go on asking me.",
        "zh": "我已经通知工作人员，您排在第{place}位{wait}。工作人员会在这里回复您；如果没有人有空，最晚{until}（北京时间）我会告诉您。在此之前，您可以继续问我。",
    },
    "wait": {"en": "; it usually takes about {minutes} minutes", "zh": "，通常要等{minutes}分钟左右"},
    "wait_one": {"en": "; it usually takes about a minute", "zh": "，通常要等1分钟左右"},
    "place": {
        "en": "You are number {place} in line for our staff{wait}.",
        "zh": "您正在等候工作人员，目前排在第{place}位{wait}。",
    },
    "again": {
        "en": "Your earlier request is open again, and {name} has been told first.",
        "zh": "您之前的咨询已恢复，会先通知{name}。",
    },
    "closed_now": {
        "en": "Our staff are not at the desk now. They are back {when} (Shenzhen time). Your request is on their list, and they will answer here in this chat. Until then you can go on asking me.",
        "zh": "现在不是工作人员的服务时间，北京时间{when}恢复服务。您的咨询已经登记，工作人员会在这里回复您。在此之前，您可以继续问我。",
    },
    "closed_long": {
        "en": "Our staff are not at the desk now, and I do not know when they are back. Your request is on their list, and they will answer here in this chat.",
        "zh": "现在不是工作人员的服务时间，恢复时间还不确定。您的咨询已经登记，工作人员会在这里回复您。",
    },
    "overdue": {
        "en": "I am sorry, nobody has been free so far. Your request now goes before new ones, and they will answer here in this chat.",
        "zh": "很抱歉，到现在还没有工作人员有空。您的咨询会优先处理，工作人员会在这里回复您。",
    },
    "overdue_closed": {
        "en": "I am sorry, nobody was free before the desk closed. Staff are back {when} (Shenzhen time). Your request goes before new ones then, and they will answer here in this chat.",
        "zh": "很抱歉，下班前没有工作人员有空。北京时间{when}恢复服务，您的咨询会优先处理，工作人员会在这里回复您。",
    },
    "lapsed": {
        "en": "I am sorry: {name} has not been able to answer for an hour. Your request now goes before new ones, and staff will answer here in this chat.",
        "zh": "很抱歉，{name}已有一小时未能回复您。您的咨询会优先处理，工作人员会在这里回复您。",
    },
    "lapsed_closed": {
        "en": "I am sorry: {name} has not been able to answer for an hour. Staff are back {when} (Shenzhen time). Your request goes before new ones then, and they will answer here in this chat.",
        "zh": "很抱歉，{name}已有一小时未能回复您。北京时间{when}恢复服务，您的咨询会优先处理，工作人员会在这里回复您。",
    },
    "gone": {
        "en": "Nothing was written here for a day, so this conversation with staff has ended. You are back with me, the assistant. You can ask for a person again at any time.",
        "zh": "这里已有一天没有新消息，与工作人员的对话已结束。现在由我（智能助手）继续为您服务，需要时可以随时再转人工。",
    },
    "back_meanwhile": {
        "en": "Until then you are back with me, the assistant, and can go on asking me.",
        "zh": "在此之前，由我（智能助手）继续为您服务，您可以接着问我。",
    },
    "contact": {
        "en": "If you like, write an e-mail address or a phone number, so that they can reach you when this chat is closed. You can skip this.",
        "zh": "如果愿意，请留下邮箱或电话，您离开后工作人员也能联系到您。也可以跳过。",
    },
    "contact_thanks": {
        "en": "Thank you. I have passed it on to staff: {contact}",
        "zh": "谢谢，已转给工作人员：{contact}",
    },
    "contact_skipped": {
        "en": "All right. They will answer here in this chat.",
        "zh": "好的，工作人员会在这里回复您。",
    },
    "joined": {
        "en": "{name} has joined and answers you here from now on. I stay silent until you are handed back. Write “end” to leave.",
        "zh": "{name}已接入，接下来由工作人员在这里回复您，我（智能助手）暂停回答。想结束对话，请发“结束”。",
    },
    "reached_out": {
        "en": "{name}, a member of our staff, writes to you about your request. Your answers go to staff; I stay silent until you are handed back. Write “end” to leave.",
        "zh": "工作人员{name}就您的咨询与您联系。您的回复会直接转给工作人员，我（智能助手）暂停回答。想结束对话，请发“结束”。",
    },
    "assigned": {"en": "{name} takes over from here.", "zh": "接下来由{name}为您服务。"},
    "transferred": {
        "en": "Another colleague will take over. Please wait here; staff can read what you write meanwhile.",
        "zh": "您的咨询将由其他同事接着处理，请等候；这期间您发的内容，工作人员都会看到。",
    },
    "handed_back": {
        "en": "{name} has ended the conversation. You are back with me, the assistant.",
        "zh": "{name}已结束本次对话。现在由我（智能助手）继续为您服务。",
    },
    "handed_back_unnamed": {
        "en": "Staff have closed your request. You are back with me, the assistant.",
        "zh": "工作人员已结束您的咨询。现在由我（智能助手）继续为您服务。",
    },
    "left": {
        "en": "You have left the conversation with staff. You are back with me, the assistant.",
        "zh": "您已结束与工作人员的对话。现在由我（智能助手）继续为您服务。",
    },
    "left_waiting": {
        "en": "I have taken your request off the list. You can ask for a person again at any time.",
        "zh": "已为您取消排队。需要时可以随时再转人工。",
    },
    "rate": {
        "en": "How well were you helped? 1 is poor, 5 is very good. You can also do this later, or skip it.",
        "zh": "您对这次服务满意吗？1分最低，5分最高。可以稍后再评，也可以跳过。",
    },
    "rated": {
        "en": "Thank you. If you want to add something, write it now in one message, or skip.",
        "zh": "谢谢！如有补充，请用一条消息写下来，也可以跳过。",
    },
    "commented": {"en": "Thank you, staff will read it.", "zh": "谢谢，工作人员会看到。"},
    "forget_how": {
        "en": "To have your data deleted, first write “end” to leave the conversation with staff, then ask me again.",
        "zh": "如需删除数据，请先发“结束”退出与工作人员的对话，再向我提出一次。",
    },
    "skipped": {"en": "All right.", "zh": "好的。"},
    "rate_later": {
        "en": "Your request is open again. You can rate it when it is closed.",
        "zh": "您的咨询已重新打开，结束后再请您评分。",
    },
    "rated_already": {"en": "You have rated this conversation already. Thank you.", "zh": "您已经评过分了，谢谢。"},
    "transcript": {
        "en": "Here is what was said with staff.",
        "zh": "这是您与工作人员的对话记录。",
    },
    "no_transcript": {
        "en": "There is no conversation with staff to send.",
        "zh": "没有与工作人员的对话记录。",
    },
    "banned": {
        "en": "Staff cannot be reached from this chat at present. You can go on asking me.",
        "zh": "本对话暂时不能转人工，您可以继续问我。",
    },
    "b_skip": {"en": "Skip", "zh": "跳过"},
    "b_leave": {"en": "No longer needed", "zh": "不用了"},
    "b_transcript": {"en": "Send me the transcript", "zh": "获取对话记录"},
    "you": {"en": "You", "zh": "您"},
    "assistant": {"en": "Assistant", "zh": "智能助手"},
    "staff": {"en": "Staff", "zh": "工作人员"},
    "file": {"en": "[file: {name}]", "zh": "［文件：{name}］"},
    "withdrawn": {"en": "[withdrawn]", "zh": "［已撤回］"},
}


def said(text: str, language: str, /, **given: object) -> str:
    """A text by its name, in `en`, `zh-Hans` or `zh-Hant` (Simplified as well)."""
    return TEXTS[text]["en" if language == "en" else "zh"].format(**given)
