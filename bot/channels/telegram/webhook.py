"""Webhooks: setting, looking at and removing them, and whether a request comes from Telegram."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from telegram import Bot

from bot.channels.telegram.memory import Memory
from bot.channels.telegram.updates import WANTED

HEADER = "X-Telegram-Bot-Api-Secret-Token"

BODY = 1024 * 1024
"""Bytes of a request at most."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True)
class Webhook:
    """What Telegram knows. waiting: updates not delivered yet; error: the last, in Telegram's words, None if there was none."""

    url: str
    waiting: int
    error: str | None


def right_secret(given: str | None, secret: str) -> bool:
    """Whether a request carries the secret; takes the same time whatever it carries."""
    return hmac.compare_digest((given or "").encode("utf-8", "replace"), secret.encode())


def check(url: str, secret: str) -> None:
    """Raises ValueError for an address or a secret that Telegram or we would not take."""
    if not re.fullmatch(r"https://[^\s/]+(?:/\S*)?", url) and not re.fullmatch(
        r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:/\S*)?", url
    ):
        raise ValueError("the address of a webhook begins with https://")
    if not _SECRET.fullmatch(secret):
        raise ValueError("the secret of a webhook has 16 to 256 letters, digits, _ or -")


async def info(bot: Bot) -> Webhook:
    """Raises TelegramError."""
    found = await bot.get_webhook_info()
    return Webhook(found.url, found.pending_update_count, found.last_error_message)


async def set_webhook(bot: Bot, memory: Memory, url: str, secret: str) -> bool:
    """Have updates sent to `url`; False if that was so already. Raises ValueError, TelegramError, StoreUnavailable."""
    check(url, secret)
    digest = hashlib.sha256(f"{url}\n{secret}".encode()).hexdigest()
    found = await bot.get_webhook_info()
    if found.url == url and set(found.allowed_updates or ()) == set(WANTED) and await memory.note("webhook") == digest:
        return False
    await bot.set_webhook(url, secret_token=secret, allowed_updates=list(WANTED))
    await memory.set_note("webhook", digest)
    return True


async def delete_webhook(bot: Bot) -> bool:
    """Back to polling; False if none was set. Raises TelegramError."""
    if not (await bot.get_webhook_info()).url:
        return False
    return await bot.delete_webhook()
