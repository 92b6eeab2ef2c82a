"""`bot serve` and what belongs to it: settings, given-up messages, Telegram's webhook."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Coroutine
from typing import Annotated, Any, Optional, TypeVar

import typer

from bot.cli.common import fail, messages, run, the_catalog, trained_model
from bot.settings import Settings, SettingsError, described, load_settings
from bot.store.deadletters import DeadLetter
from bot.store.errors import StoreError
from catalog.render import SHENZHEN

T = TypeVar("T")

deadletters = typer.Typer(no_args_is_help=True, help="Messages that were given up after several attempts.")
telegram = typer.Typer(no_args_is_help=True, help="The Telegram bot.")


def the_settings() -> Settings:
    """The settings, or what is wrong with them and exit code 2."""
    try:
        return load_settings()
    except SettingsError as error:
        raise fail(f"Settings that cannot be used:\n{error}", 2) from error


def serve(
    host: Annotated[Optional[str], typer.Option(help="Address to listen on (HTTP_HOST).")] = None,
    port: Annotated[Optional[int], typer.Option(help="Port to listen on (HTTP_PORT); 0 for any free one.")] = None,
    engines: Annotated[Optional[int], typer.Option(min=0, help="Engines to start (ENGINES).")] = None,
) -> None:
    """Run the assistant: web chat, Telegram if a token is set, and the engines. Ctrl-C ends it in order.

    `bot settings` shows what can be set.
    """
    given = {"http_host": host, "http_port": port, "engines": engines}
    settings = the_settings().copy(update={name: value for name, value in given.items() if value is not None})
    if settings.engines == 0 and not settings.engine_urls:
        raise fail("There is no engine: set ENGINES to 1 or more, or ENGINE_URLS.", 2)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("bot").setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its addresses hold the token of the bot
    catalog = the_catalog()
    model = None if settings.engine_urls else trained_model(catalog)
    from bot.gateway import app

    def up(address: str) -> None:
        messages.print(f"The assistant is at {address} (Ctrl-C ends it). The first answer takes until it is awake.")

    try:
        run(app.serve(settings, catalog, model, up))
    except (app.CannotListen, StoreError, ValueError) as error:
        raise fail(str(error)) from error


def show_settings() -> None:
    """Each setting with its value, default, source and meaning; secrets are not shown."""
    for row in described(the_settings()):
        print(f"{row.name}={row.value}")
        print(f"    {row.description} [default: {row.default or 'none'}; now from: {row.source}]")


@deadletters.command("list")
def list_deadletters() -> None:
    """What was given up, oldest first: id, when, channel, conversation and why; never what was typed."""

    async def rows() -> None:
        from bot.gateway.app import store
        from bot.store.deadletters import DeadLetters

        async with store(the_settings()) as redis:
            for letter in await DeadLetters(redis).list():
                print(letter.id, _when(letter.at), _where(letter), letter.reason, sep="\t")

    _run(rows())


@deadletters.command("retry")
def retry_deadletter(letter: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Put a message back into the inbox. Exit code 1 if there is none with that id."""
    _on_letter(letter, again=True)


@deadletters.command("drop")
def drop_deadletter(letter: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Delete a message for good. Exit code 1 if there is none with that id."""
    _on_letter(letter, again=False)


@telegram.command("set-webhook")
def set_webhook() -> None:
    """Tell Telegram to send updates to TELEGRAM_WEBHOOK_URL."""
    _webhook(on=True)


@telegram.command("delete-webhook")
def delete_webhook() -> None:
    """Tell Telegram to keep updates until they are fetched (long polling)."""
    _webhook(on=False)


def _webhook(*, on: bool) -> None:
    settings = the_settings()
    if settings.telegram_bot_token is None:
        raise fail("There is no bot: set TELEGRAM_BOT_TOKEN.", 2)
    url, secret = settings.telegram_webhook_url, settings.telegram_webhook_secret
    if on and (url is None or secret is None):
        raise fail("Set TELEGRAM_WEBHOOK_URL and TELEGRAM_WEBHOOK_SECRET first.", 2)
    token = settings.telegram_bot_token.get_secret_value()

    async def change() -> bool:
        from bot.channels.telegram import webhook
        from bot.channels.telegram.api import bot_id, client
        from bot.channels.telegram.memory import Memory
        from bot.gateway.app import store
        from bot.store.keys import Keys

        telegram_client = client(token, settings.telegram_api_url)
        try:
            await telegram_client.bot.initialize()
            if not on:
                return await webhook.delete_webhook(telegram_client.bot)
            assert url is not None
            assert secret is not None
            async with store(settings) as redis:
                memory = Memory(redis, Keys(), bot_id(token))
                return await webhook.set_webhook(telegram_client.bot, memory, url, secret.get_secret_value())
        finally:
            await telegram_client.close()

    from telegram.error import TelegramError

    from bot.channels.telegram.api import failure

    try:
        changed = run(change())
    except TelegramError as error:  # its own words may hold the token
        raise fail(f"Telegram: {failure(error).words}") from None
    except (ValueError, StoreError) as error:
        raise fail(str(error)) from error
    messages.print("Done." if changed else "That was so already.")


def _on_letter(letter: str, *, again: bool) -> None:
    async def act() -> bool:
        from bot.gateway.app import store
        from bot.store.deadletters import DeadLetters

        async with store(the_settings()) as redis:
            letters = DeadLetters(redis)
            return await (letters.retry(letter) if again else letters.drop(letter))

    if not _run(act()):
        raise fail("There is no message with that id.")


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return run(work)
    except (StoreError, ValueError) as error:
        raise fail(str(error)) from error


def _when(at: float) -> str:
    return dt.datetime.fromtimestamp(at, SHENZHEN).isoformat(timespec="seconds")


def _where(letter: DeadLetter) -> str:
    return " ".join(dict.fromkeys(f"{m.channel} {m.conversation}" for m in letter.messages)) or "unreadable"
