"""The menu of commands, in each language."""

from __future__ import annotations

import logging

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.channels.telegram.api import failure
from bot.channels.telegram.texts import COMMANDS, in_language
from language.choice import EN, HANS, HANT

logger = logging.getLogger(__name__)

MENUS: tuple[tuple[str | None, str], ...] = ((None, EN), ("en", EN), ("zh", HANS), ("zh-hant", HANT))
"""Telegram's language code (None: everybody else) and our language. Its documentation has two-letter codes only; a server may
refuse `zh-hant`, and then people who read Traditional Chinese get the menu of `zh`."""


def menu(language: str) -> list[BotCommand]:
    return [BotCommand(name, in_language(texts, language)) for name, texts in COMMANDS.items()]


async def set_commands(bot: Bot) -> None:
    """Set the menus; what Telegram refuses is done without."""
    for code, language in MENUS:
        try:
            await bot.set_my_commands(menu(language), language_code=code)
        except TelegramError as error:  # noqa: PERF203 - each by itself
            logger.info("Telegram: no command menu for %s: %s", code or "all", failure(error).words)
