from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, described, load_settings

SECRETS = {"REDIS_URL": "redis://:sesame@h:6379/0", "TELEGRAM_BOT_TOKEN": "1:sesame", "ENGINE_SECRET": "sesame"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_defaults(file: Path) -> None:
    settings = load_settings({}, file)
    assert (settings.http_host, settings.http_port, settings.engines) == ("127.0.0.1", 8080, 1)
    assert settings.telegram_bot_token is None


def test_the_environment_goes_before_the_file(file: Path) -> None:
    file.write_text("HTTP_PORT=1000\nENGINES=2\n", encoding="utf-8")
    settings = load_settings({"HTTP_PORT": "2000"}, file)
    assert (settings.http_port, settings.engines) == (2000, 2)
    sources = {row.name: row.source for row in described(settings, {"HTTP_PORT": "2000"}, file)}
    assert (sources["HTTP_PORT"], sources["ENGINES"], sources["HTTP_HOST"]) == ("environment", ".env", "default")


def test_lists_are_separated_by_commas(file: Path) -> None:
    settings = load_settings({"ENGINE_URLS": "http://a:1, http://b:2/"}, file)
    assert settings.engine_urls == ("http://a:1", "http://b:2")


@pytest.mark.parametrize(
    ("environment", "written", "name"),
    [
        ({"HTTP_PORT": "eighty"}, "", "HTTP_PORT"),
        ({"HTTP_PORT": "70000"}, "", "HTTP_PORT"),
        ({"ENGINES": "-1"}, "", "ENGINES"),
        ({"ENGINE_URLS": "ftp://a"}, "", "ENGINE_URLS"),
        ({"TELEGRAM_TOKEN": "1:x"}, "", "TELEGRAM_TOKEN"),
        ({}, "TELEGRAM_BOT_TOKN=1:x", "TELEGRAM_BOT_TOKN"),
        ({"TELEGRAM_WEBHOOK_URL": "https://a"}, "", "TELEGRAM_WEBHOOK_SECRET"),
        ({"STAFF_CHAT_ID": "staff"}, "", "STAFF_CHAT_ID"),
    ],
)
def test_what_cannot_be_used_is_named(environment: dict[str, str], written: str, name: str, file: Path) -> None:
    file.write_text(written, encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"(?m)^{name}: "):
        load_settings(environment, file)


def test_all_slips_are_named_at_once(file: Path) -> None:
    with pytest.raises(SettingsError) as slips:
        load_settings({"HTTP_PORT": "x", "ENGINES": "y", "TELEGRAM_TOKEN": "1:sesame"}, file)
    assert len(str(slips.value).splitlines()) == 3
    assert "sesame" not in str(slips.value)


def test_names_of_others_in_the_environment_do_not_matter(file: Path) -> None:
    assert load_settings({"PATH": "/bin", "ENGINE_LIFELINE": "7", "HTTP_PROXY": "http://p"}, file)


def test_secrets_are_never_shown(file: Path) -> None:
    settings = load_settings(SECRETS, file)
    rows = described(settings, SECRETS, file)
    assert "sesame" not in f"{settings!r} {settings} {rows}"
    assert {row.value for row in rows if row.name in SECRETS} == {"***"}


def test_each_setting_is_described() -> None:
    assert all(row.description and row.description != "None" for row in described(Settings(), {}, Path("nothing")))
