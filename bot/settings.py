"""Settings of the gateway: from the environment, then from `.env`, then the defaults here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel, Field, SecretStr, ValidationError, validator

ENV_FILE = Path(".env")

OURS = ("TELEGRAM_", "ENGINE_", "WEB_", "DESK_")
"""Beginnings of names that are ours: one in the environment that is no setting is a slip of the pen."""

ALSO_KNOWN = ("ENGINE_LIFELINE",)
"""Names with such a beginning that our processes use among themselves."""


class SettingsError(Exception):
    """Settings that cannot be used; the message has a line for each."""


class Settings(BaseModel):
    """Every setting with its default; the descriptions are shown by `bot settings`."""

    http_host: str = Field("127.0.0.1", description="address the gateway listens on; 0.0.0.0 for all")
    http_port: int = Field(8080, ge=0, le=65535, description="port the gateway listens on")
    data_dir: Path = Field(Path(".data"), description="folder of our own Redis, if REDIS_URL is not set")
    redis_url: SecretStr | None = Field(
        None, description="Redis to use, such as redis://host:6379/0; else one of our own is started"
    )
    engines: int = Field(1, ge=0, le=32, description="engines to start; 0 with ENGINE_URLS")
    engine_urls: tuple[str, ...] = Field((), description="engines elsewhere, separated by commas")
    engine_secret: SecretStr | None = Field(None, description="shared secret of gateway and engines")
    telegram_bot_token: SecretStr | None = Field(None, description="token of the bot; without it there is no Telegram")
    telegram_api_url: str = Field("https://api.telegram.org", description="Bot API server")
    telegram_webhook_url: str | None = Field(
        None, description="public address for updates; without it they are fetched (long polling)"
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="secret that Telegram sends with each update; needed with TELEGRAM_WEBHOOK_URL"
    )
    staff_chat_id: int | None = Field(None, description="Telegram group of the staff")
    desk_hours: Path | None = Field(
        None, description="YAML file of the staff's opening hours; without it the one that comes with the program"
    )
    web_origins: tuple[str, ...] = Field((), description="sites that may show the chat in a frame, separated by commas")

    class Config:
        extra = "forbid"
        allow_mutation = False

    @validator("engine_urls", "web_origins", pre=True)
    def _list(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @validator("engine_urls", "web_origins", each_item=True)
    def _address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return value.rstrip("/")

    @validator("telegram_webhook_secret", always=True)
    def _with_secret(cls, value: SecretStr | None, values: dict[str, Any]) -> SecretStr | None:
        if values.get("telegram_webhook_url") and value is None:
            raise ValueError("is needed with TELEGRAM_WEBHOOK_URL")
        return value


@dataclass(frozen=True)
class Setting:
    """One setting as it is shown. source: `environment`, `.env` or `default`; value: `***` for a secret."""

    name: str
    value: str
    default: str
    source: str
    description: str


def load_settings(environment: Mapping[str, str] = os.environ, file: Path = ENV_FILE) -> Settings:
    """The settings. Raises SettingsError with a line for each unknown or bad one; secrets are never quoted."""
    written = _written(file)
    known = {name.upper() for name in Settings.__fields__}
    slips = [f"{name}: unknown, in {file}" for name in written if name not in known]
    slips += [
        f"{name}: unknown, in the environment"
        for name in sorted(environment)
        if name.startswith(OURS) and name not in known and name not in ALSO_KNOWN
    ]
    given = {name.lower(): value for name, value in _given(environment, written).items() if value != ""}
    try:
        settings = Settings.parse_obj(given)
    except ValidationError as error:
        slips += [f"{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
    if slips:
        raise SettingsError("\n".join(slips))
    return settings


def described(settings: Settings, environment: Mapping[str, str] = os.environ, file: Path = ENV_FILE) -> list[Setting]:
    """All settings as they are shown, in order."""
    written = _written(file)
    rows = []
    for name, field in Settings.__fields__.items():
        upper = name.upper()
        source = "environment" if environment.get(upper) else ".env" if written.get(upper) else "default"
        rows.append(
            Setting(
                upper,
                _shown(getattr(settings, name)),
                _shown(field.default),
                source,
                str(field.field_info.description),
            )
        )
    return rows


def _shown(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, SecretStr):
        return "***"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _written(file: Path) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(file).items()} if file.exists() else {}


def _given(environment: Mapping[str, str], written: Mapping[str, str]) -> dict[str, str]:
    known = [name.upper() for name in Settings.__fields__]
    return {name: environment.get(name) or written.get(name, "") for name in known}
