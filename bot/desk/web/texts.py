"""What the desk says to staff around the page itself (see `page_texts`), in Chinese and English."""

from __future__ import annotations

from bot.channels.web.texts import chosen

LANGUAGES = ("zh", "en")
TAGS = {"zh": "zh-Hans", "en": "en"}
"""Of the interface; as HTML names them."""

_TEXTS: dict[str, tuple[str, str]] = {
    # -- frame
    "name": ("前海人才工作台", "Qianhai Talent Desk"),
    "skip": ("跳到正文", "Skip to the content"),
    "menu": ("菜单", "Menu"),
    "pages": ("页面", "Pages"),
    "desk": ("咨询", "Cases"),
    "insights": ("数据概览", "Insights"),
    "questions": ("未答好的问题", "Questions asked in vain"),
    "account": ("我的账号", "My account"),
    "language": ("界面语言", "Language"),
    "sign_out": ("退出", "Sign out"),
    "noscript": ("工作台需要浏览器启用JavaScript。", "The desk needs JavaScript."),
    # -- sign-in
    "sign_in": ("登录", "Sign in"),
    "login": ("账号", "Login"),
    "password": ("密码", "Password"),
    "code": ("验证码", "Code"),
    "code_hint": ("验证器应用里的6位数字", "6 digits from your authenticator app"),
    "wrong": ("账号、密码或验证码不对。", "Login, password or code is wrong."),
    "needs_code": (
        "此账号已开启两步验证，请再次输入密码，并输入验证码。",
        "This account has two-step sign-in. Please enter the password again, and the code.",
    ),
    "locked": ("失败次数太多，请{minutes}分钟后再试。", "Too many failed attempts. Please try again in {minutes}."),
    "origin": ("请求不是从本页发出的，请再试一次。", "The request did not come from this page. Please try again."),
    "no_users": (
        "还没有账号。请在服务器上运行 bot desk add-user 添加。",
        "There are no accounts yet. Add one on the server with bot desk add-user.",
    ),
    # -- account
    "password_title": ("修改密码", "Change password"),
    "password_old": ("现在的密码", "Current password"),
    "password_new": ("新密码", "New password"),
    "password_again": ("再输入一次新密码", "New password again"),
    "password_hint": ("至少12个字符", "At least 12 characters"),
    "password_change": ("修改密码", "Change password"),
    "password_differs": ("两次输入的新密码不一样。", "The new passwords differ."),
    "password_wrong": ("现在的密码不对。", "The current password is wrong."),
    "password_bad": (
        "新密码不合要求：12至256个字符，且不能与账号相同。",
        "The new password will not do: 12 to 256 characters, and not the login.",
    ),
    "password_done": (
        "密码已修改，其他设备上的登录已全部退出。",
        "The password is changed. You are signed out on all other devices.",
    ),
    "totp_title": ("两步验证", "Two-step sign-in"),
    "totp_off": (
        "登录时除了密码，还要输入手机验证器应用显示的验证码，账号更安全。",
        "Signing in then takes a code from an authenticator app on your phone besides the password.",
    ),
    "totp_on": ("两步验证已开启。", "Two-step sign-in is on."),
    "totp_begin": ("开始设置", "Set it up"),
    "totp_again": ("重新设置", "Start again"),
    "totp_scan": (
        "用验证器应用扫描二维码，然后输入它显示的验证码。",
        "Scan this with your authenticator app, then enter the code it shows.",
    ),
    "totp_qr": ("两步验证的二维码", "QR code for two-step sign-in"),
    "totp_secret": ("不能扫描时，请手动输入这个密钥：", "If you cannot scan it, enter this key:"),
    "totp_confirm": ("确认", "Confirm"),
    "totp_wrong": (
        "验证码不对。请等应用显示下一个验证码再试，或重新设置。",
        "That code is wrong. Try the next one your app shows, or start again.",
    ),
    "totp_done": (
        "两步验证已开启。下次登录需要验证码。",
        "Two-step sign-in is on. You need a code from the next time.",
    ),
    "totp_end": ("关闭两步验证", "Turn it off"),
    "totp_ended": ("两步验证已关闭。", "Two-step sign-in is off."),
    # -- what went wrong
    "not_found": ("没有这个页面", "There is no such page"),
    "file_gone": ("文件不存在，或已过保存期限", "The file is not there, or no longer kept"),
    "forbidden": ("没有权限", "Not for you"),
    "forbidden_text": ("此页面只对主管开放。", "Only supervisors can see this page."),
    "stale": ("页面已过期", "This page is out of date"),
    "stale_text": ("请返回，刷新后再试。", "Please go back, reload the page, and try again."),
    "bad_question": (
        "没有完成：这个问题已不在列表中，或标注不合适。",
        "Not done: the question is gone, or the label does not fit.",
    ),
    "unavailable": ("暂时连不上", "The desk cannot be reached"),
    "unavailable_text": ("数据库没有响应，请稍后再试。", "The database does not answer. Please try again in a moment."),
    "to_desk": ("返回工作台", "Back to the desk"),
    # -- errors of what the page asks for
    "error_session": ("登录已过期，请重新登录。", "You are signed out. Please sign in again."),
    "error_csrf": ("页面已过期，请刷新。", "This page is out of date. Please reload it."),
    "error_origin": ("请求不是从本页发出的。", "The request did not come from this page."),
    "error_bad": ("操作没有成功，请再试一次。", "That did not work. Please try again."),
    "error_away": ("暂时连不上，请稍后再试。", "The desk cannot be reached just now. Please try again."),
    "error_too_fast": ("操作太频繁，请稍后再试。", "That was a bit fast. Please try again in a moment."),
    "error_too_many": ("打开的页面太多，请先关掉几个。", "Too many pages are open. Please close some."),
    "error_too_large": ("文件太大，最大{most} MB。", "The file is too large: at most {most} MB."),
    "error_no_file": ("文件已失效，请重新上传。", "The file is no longer there. Please upload it again."),
    "error_no_case": ("没有这条咨询，或已被删除。", "There is no such case, or it was deleted."),
    "error_taken": ("{name}已接待这条咨询。", "{name} has this case already."),
    "error_over": (
        "咨询的状态已经变了，现在不能这样操作。",
        "The case has moved on; this is no longer possible.",
    ),
    "error_unseen": (
        "咨询人刚刚又写了消息，请先看一下。",
        "The person has just written something. Please read it first.",
    ),
    "error_not_allowed": (
        "只有处理人或主管可以这样操作。",
        "Only whoever has the case, or a supervisor, can do this.",
    ),
    "error_not_theirs": ("这不是您的消息。", "This is not your message."),
    "error_failed": ("操作没有成功。", "That did not work."),
    # -- names of things
    "channel_web": ("网页", "Website"),
    "channel_telegram": ("Telegram", "Telegram"),
    "channel_terminal": ("命令行", "Terminal"),
    "reason_asked": ("要求转人工", "Asked for a person"),
    "reason_not_understood": ("助手没听懂", "Not understood"),
    "reason_complaint": ("投诉", "Complaint"),
    "reason_interview": ("资格核对需人工判断", "Check needs a decision"),
    "reason_staff": ("工作人员主动联系", "Staff reached out"),
    "outcome_answered": ("已答复", "Answered"),
    "outcome_referred": ("已转介", "Referred elsewhere"),
    "outcome_no_answer": ("对方没有回应", "Person did not reply"),
    "outcome_left": ("对方已离开", "Person left"),
    "outcome_spam": ("骚扰信息", "Spam"),
    "outcome_other": ("其他", "Other"),
}


def text(name: str, language: str, /, **given: object) -> str:
    """A text by name. language: `zh` or `en`."""
    return _TEXTS[name][1 if language == "en" else 0].format(**given)


def error(name: str, language: str, /, **given: object) -> str:
    """What a member of staff is told of an error, by the name of a `DeskError` or of one of our own."""
    found = f"error_{name}"
    return text(found if found in _TEXTS else "error_failed", language, **given)


def named(kind: str, value: str, language: str) -> str:
    """The name of a channel, a reason or an outcome; of one that has none, itself."""
    found = f"{kind}_{value}"
    return text(found, language) if found in _TEXTS else value


def minutes(seconds: float, language: str) -> str:
    """How long a lock lasts, whole minutes, for `locked`."""
    number = max(1, -(-int(seconds) // 60))
    if language == "zh":
        return str(number)
    return f"{number} minute{'' if number == 1 else 's'}"


def interface(remembered: str | None, accepted: str | None) -> str:
    """The language of the interface: as chosen before, else as the browser accepts (Accept-Language)."""
    if remembered in LANGUAGES:
        return remembered
    return "en" if chosen(None, None, accepted) == "en" else "zh"
