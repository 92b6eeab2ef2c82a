"""What the group of staff reads, Chinese first and English after it, for everybody at once."""

from __future__ import annotations

from bot.desk.cases import Outcome, Reason, State

TEXTS: dict[str, str] = {
    # buttons
    "b_claim": "🙋 接待 Claim",
    "b_transfer": "↪️ 转交 Transfer",
    "b_reply": "💬 常用回复 Canned reply",
    "b_close": "✅ 结束 Close",
    "b_ban": "🚫 屏蔽 Ban",
    "b_ban_yes": "🚫 确认屏蔽30天 Yes, ban for 30 days",
    "b_back": "‹ 返回 Back",
    "b_anyone": "👥 任何人 Anyone",
    # the card
    "language": "语言 Language",
    "channel": "渠道 Channel",
    "reason": "原因 Reason",
    "service": "事项 Service",
    "since": "等候自 Waiting since",
    "claimed": "处理人 With",
    "for": "指定 Waiting for",
    "team": "团队 Team",
    "contact": "联系方式 Contact",
    "profile": "已知情况 What is known",
    "interview": "资格核对 Eligibility check",
    "outcome": "结果 Outcome",
    "rating": "评分 Rating",
    "reopened": "再次咨询 Reopened",
    "last": "最近消息 Last messages",
    "due": "⚠️ 已承诺回复 Promised an answer",
    # lines of the log
    "m_open": "🆕 {who}要求转人工 asked for a person",
    "m_reach_out": "📨 {who}主动联系对方 wrote to the person first",
    "m_claim": "🙋 {who} 接待 claimed",
    "m_assign": "↪️ {who} → {to}",
    "m_transfer": "↪️ {who} → {to}（等待接待 waiting to be claimed）",
    "m_lapse": "🔴 一小时无人回复，已告知对方 No answer for an hour; the person has been told",
    "m_overdue": "🔴 没有人及时接待，已告知对方 Nobody took it in time; the person has been told",
    "m_contact": "☎️ 对方答复了联系方式的询问 The person answered the request for a contact",
    "m_close": "✅ {who} 结束 closed: {outcome}",
    "m_leave": "👋 对方已离开 The person left",
    "m_reopen": "🔁 对方再次咨询 The person asked again",
    "m_rate": "⭐ 对方评分 Rated: {rating}/5",
    "m_comment": "📝 对方写了评价 The person commented",
    "m_undelivered": "⚠️ 有一条消息没有送达，对方可能屏蔽了机器人 A message did not reach the person, who may have blocked the bot",
    "m_ban": "🚫 {who} 屏蔽对方 banned the person",
    "withdrawn": "🚫 已撤回 withdrawn",
    "edited": "✏️",
    "file_gone": "［文件“{name}”无法显示 the file cannot be shown］",
    "anyone": "任何人 anyone",
    "system": "系统 System",
    "person": "对方",
    # answers to staff
    "taken": "{name} 已接待这条咨询。Already taken by {name}.",
    "over": "这条咨询{state_zh}，现在不能这样操作。Not possible: the case is {state_en}.",
    "say_closed": "这条咨询已结束，消息没有发出。再次联系对方：/reopen 文字\nThis case is closed, so nothing was sent. To write again: /reopen text",
    "unseen": "对方刚刚又写了消息，请先看完再结束。The person has just written: read it first.",
    "not_allowed": "只有处理人或主管可以这样操作。Only whoever has the case, or a supervisor, may do this.",
    "not_theirs": "只能修改或撤回自己的消息。Only your own messages can be changed or withdrawn.",
    "no_case": "没有这条咨询，可能已被删除。There is no such case (any more).",
    "failed": "操作没有成功，请再试一次。It did not work, please try again.",
    "not_listed": "您不在工作人员名单中，消息没有发给对方。请联系主管。\nYou are not a listed member of staff, so nothing was sent. Ask a supervisor.",
    "anonymous": "匿名管理员不能操作：请先关闭“匿名”身份。消息没有发给对方。\nAnonymous administrators cannot act: switch “Remain anonymous” off. Nothing was sent.",
    "cannot_pass": "这种消息不能转给对方。This kind of message cannot be passed on.",
    "too_large": "文件超过10 MB，没有发出。The file has more than 10 MB and was not sent.",
    "note_kept": "这条消息对方已看到；现已撤回，并改为内部备注。The person had seen it; it was withdrawn and is a private note now.",
    "deleted": "已撤回。Withdrawn.",
    "reply_to_delete": "请回复您自己的那条消息，再发 /delete。Reply /delete to your own message.",
    "sent": "已发送。Sent.",
    "done": "好的。Done.",
    "claimed_now": "已接待。Claimed.",
    "stale": "这个按钮已失效。This button no longer works.",
    "no_canned": "没有常用回复。There are no canned replies.",
    "available": "已设为可接待。You are available.",
    "away": "已设为暂不接待。You are away.",
    "queue_empty": "没有等候或处理中的咨询。No case is waiting or active.",
    "queue_waiting": "等候 Waiting",
    "queue_active": "处理中 Active",
    "in_topic": "请在咨询的话题里使用这个命令。Use this in the topic of a case.",
    "outcomes": "用法 Usage: /close answered | referred | no_answer | other | spam",
    "whom": "没有找到同事或团队。可选：{names}\nNo such colleague or team. There are: {names}",
    "reopen_how": "用法 Usage: /reopen 要发给对方的文字 what to write to the person",
    "help": (
        "在咨询的话题里（或回复咨询的消息）：\n"
        "• 直接写：发给对方；还没有人接待时，同时由您接待\n"
        "• // 开头：内部备注，对方看不到\n"
        "• 照片和文件照常发送；改消息，对方看到的也会改\n"
        "• /delete（或 /撤回）回复自己的消息：撤回\n"
        "• /claim 接待  /transfer 名字或团队  /close 结果  /reopen 文字\n"
        "任何地方：/queue 列表  /available 可接待  /away 暂不接待\n\n"
        "In the topic of a case (or as a reply to one of its messages):\n"
        "• just write: goes to the person, and claims the case if nobody has it\n"
        "• begin with //: a private note\n"
        "• send photos and files as usual; edit a message and the person's copy changes\n"
        "• /delete as a reply to your own message takes it back\n"
        "• /claim  /transfer name or team  /close outcome  /reopen text\n"
        "Anywhere: /queue  /available  /away"
    ),
}

REASONS: dict[Reason, str] = {
    Reason.asked: "要求转人工 asked for a person",
    Reason.not_understood: "助手没听懂 not understood",
    Reason.complaint: "投诉 complaint",
    Reason.interview: "资格核对需人工判断 staff must decide",
    Reason.staff: "工作人员主动联系 staff reached out",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.answered: "已答复 answered",
    Outcome.referred: "已转介 referred",
    Outcome.no_answer: "没有回应 no answer",
    Outcome.left: "对方已离开 left",
    Outcome.spam: "骚扰 spam",
    Outcome.other: "其他 other",
}

CHOSEN = (Outcome.answered, Outcome.referred, Outcome.no_answer, Outcome.other, Outcome.spam)
"""Outcomes that staff choose from."""

STATES: dict[State, tuple[str, str]] = {
    State.waiting: ("等候中", "waiting"),
    State.active: ("处理中", "active"),
    State.closed: ("已结束", "closed"),
}

LANGUAGES = {"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}

CHANNELS = {"telegram": "Telegram", "web": "网页 Web"}


def said(name: str, /, **given: object) -> str:
    """A text, plain."""
    return TEXTS[name].format(**given)
