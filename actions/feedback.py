"""👍 and 👎 under an answer, and why. Pure; the record is kept with the conversation, without the person's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from actions.reply import Button, Reply, human_button
from catalog.render import pick

MOST = 50
"""Ratings kept of a conversation, the latest."""

REASONS = {
    "wrong": ("内容不对", "It is wrong"),
    "off": ("答非所问", "Not what I asked"),
    "incomplete": ("不够详细", "Not enough detail"),
    "unclear": ("看不明白", "Hard to understand"),
}
"""Why an answer did not help; `other` is what somebody typed instead."""


def recorded(
    before: Sequence[Mapping[str, Any]], says: str, service: str | None, aspect: str | None, now: dt.datetime
) -> list[dict[str, Any]]:
    """The ratings after a press: `up`, `down`, or `reason:<why>`, which completes the last `down`."""
    ratings = [dict(rating) for rating in before]
    verb, _, reason = says.partition(":")
    if verb == "reason":
        if ratings and ratings[-1]["rating"] == "down":
            ratings[-1]["reason"] = reason if reason in REASONS else "other"
        return ratings
    intent = f"ask_{aspect}" if aspect else None
    ratings.append(
        {"rating": verb, "service": service, "intent": intent, "reason": None, "at": now.isoformat(timespec="seconds")}
    )
    return ratings[-MOST:]


def reply(says: str, language: str) -> Reply:
    """Thanks, and after 👎 the question why."""
    if says == "down":
        buttons = [
            Button(pick(language, *names), "feedback", {"says": f"reason:{reason}"})
            for reason, names in REASONS.items()
        ]
        return Reply(
            pick(
                language,
                "抱歉没帮上忙。问题出在哪里？请选一项，或者直接写。也可以转人工。",
                "Sorry that this did not help. What was wrong? Choose one, or just write. You can also talk to a person.",
            ),
            buttons=(*buttons, human_button(language)),
            intent="feedback",
            asks="reason",
        )
    text = (
        pick(language, "谢谢，已记录。还有别的问题请直接问。", "Thank you, noted. Just ask if there is anything else.")
        if says == "up"
        else pick(
            language,
            "谢谢，已记录，我们会据此改进。需要的话可以转人工。",
            "Thank you, noted. It helps us to improve. If you like, talk to a person.",
        )
    )
    return Reply(text, buttons=(human_button(language),), intent="feedback")
