"""The desk as everybody meets it: `bot serve` with its engine and Redis, a person's browser, staff in Telegram and in a browser."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.common import trained_model

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed: no tests in a browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no tests in a browser")
expect = playwright.expect
expect.set_options(timeout=30_000)

GROUP, WANG, STRANGER = -100777, 501, 666
PASSWORD = "a long pass phrase"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = {day: ["00:00-24:00"] for day in DAYS}
ALWAYS = f"""
timezone: Asia/Shanghai
weekly: {WEEK}
holidays: false
claim_within_minutes: 15
"""
LONG = 60_000
"""Milliseconds for what has to wait for an engine."""


async def bot(environment: dict[str, str], *words: str, stdin: str = "") -> str:
    """A command of ours, as a process. Returns what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(stdin.encode())
    assert process.returncode == 0, err.decode()
    return out.decode()


@pytest.fixture
async def browsers() -> AsyncIterator[Any]:
    """Opens windows that know nothing of each other."""
    async with playwright.async_playwright() as p:
        browser = await p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        async def window() -> Any:
            context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
            context.set_default_timeout(LONG)
            return await context.new_page()

        yield window
        await browser.close()


async def signed_in(window: Any, url: str, login: str) -> Any:
    page = await window()
    await page.goto(f"{url}/desk")
    await page.fill("input[name=user]", login)
    await page.fill("input[name=password]", PASSWORD)
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url("**/desk")
    return page


async def write(page: Any, text: str) -> None:
    await page.fill("#question", text)
    await page.press("#question", "Enter")


@pytest.fixture
async def office(tmp_path: Path, api: Any, make_served: Any) -> AsyncIterator[Any]:
    """A gateway with three members of staff: one in Telegram, two on the web."""
    trained_model()
    hours = tmp_path / "hours.yml"
    hours.write_text(ALWAYS, encoding="utf-8")
    api.forums.add(GROUP)
    served = make_served(tmp_path / "data", api, STAFF_CHAT_ID=str(GROUP), DESK_HOURS=str(hours))
    people = (
        ("wang", "王老师", "Mr Wang", "--no-password", "--telegram", str(WANG)),
        ("li", "李老师", "Ms Li", "--password-stdin"),
        ("chen", "陈主管", "Ms Chen", "--password-stdin", "--role", "supervisor"),
    )
    for login, zh, en, *more in people:
        await bot(
            served.environment,
            "desk",
            "add-user",
            login,
            "--name-zh",
            zh,
            "--name-en",
            en,
            *more,
            stdin=f"{PASSWORD}\n",
        )
    await served.start()
    await served.until("/readyz", 200, 120)
    yield served
    if served.process.returncode is None:
        await served.stop()


async def test_a_case_from_the_question_to_the_rating(office: Any, api: Any, browsers: Any) -> None:
    person = await browsers()
    await person.goto(f"{office.url}/?lang=en")
    talk = person.locator("main")  # without what is said to screen readers
    await write(person, "I want to talk to a person")
    await expect(talk.get_by_text("number 1 in line")).to_be_visible()
    topic = await api.until(lambda: next((t for t in api.topics.values() if "#1" in t.name), None))

    def in_topic(text: str) -> int:
        """How often it was said in the topic; the card, which has the last messages too, is left out."""
        return sum(text in each for each in api.within(topic.id) if "#1 " not in each.split("\n")[0])

    def telegram(text: str, user: int = WANG) -> None:
        api.say(text, user=user, chat=GROUP, message_thread_id=topic.id, is_topic_message=True)

    # somebody who is not of the staff cannot do anything; the first of two who claim has it, the other is told who
    li = await signed_in(browsers, office.url, "li")
    await li.get_by_role("link", name="#1").click()
    await expect(li.locator("main").get_by_text("I want to talk to a person").last).to_be_visible()
    telegram("I am not staff", user=STRANGER)
    telegram("Hello, this is Wang. How can I help?")
    await expect(talk.get_by_text("Mr Wang has joined")).to_be_visible()
    await expect(talk.get_by_text("How can I help?")).to_be_visible()
    await expect(talk.get_by_text("I am not staff")).to_have_count(0)
    refused = await li.evaluate(
        """async () => {
          const me = await (await fetch("/desk/api/me")).json();
          const response = await fetch("/desk/api/cases/1/claim", {method: "POST", body: "{}",
            headers: {"Content-Type": "application/json", "X-CSRF-Token": me.csrf}});
          return [response.status, (await response.json()).text];
        }"""
    )
    assert refused[0] == 409
    assert "Mr Wang" in refused[1]

    # what the person types goes to staff, whatever it is, and the assistant says nothing
    before = await person.locator(".assistant").count()
    for text in ("/restart", "What does a work permit cost?", '/ask_fee{"service": "work-permit"}'):
        await write(person, text)
    await api.until(lambda: in_topic("What does a work permit cost?") and in_topic("/ask_fee"))
    assert in_topic("/restart") == 1
    await expect(li.locator("main").get_by_text("What does a work permit cost?").last).to_be_visible()
    assert await person.locator(".assistant").count() == before

    # everything dies in the middle, and goes on
    await office.kill()
    await write(person, "Are you still there?")
    telegram("Yes, I am. // is not a note here")
    telegram("// but this is a note")
    await asyncio.sleep(0.5)
    await office.start()
    await expect(talk.get_by_text("Yes, I am.")).to_be_visible()
    await office.until("/readyz", 200, 120)
    await api.until(lambda: in_topic("Are you still there?"), 30)
    await expect(li.locator("main").get_by_text("but this is a note").last).to_be_visible()
    telegram("Goodbye!")
    await expect(talk.get_by_text("Goodbye!")).to_be_visible()
    assert in_topic("Are you still there?") == 1, api.within(topic.id)
    await expect(talk.get_by_text("Yes, I am.")).to_have_count(1)
    await expect(talk.get_by_text("but this is a note")).to_have_count(0)
    assert await person.locator(".assistant").count() == before

    # handed back: the assistant answers again, and the person rates
    telegram("/close answered")
    await expect(talk.get_by_text("You are back with me")).to_be_visible()
    await person.get_by_role("button", name="5 of 5").or_(person.get_by_role("button", name="⭐ 5")).first.click()
    await expect(talk.get_by_text("write it now in one message")).to_be_visible()
    await write(person, "Quick and kind")
    await expect(talk.get_by_text("staff will read it")).to_be_visible()
    await write(person, "How long does a work permit take?")
    await expect(person.get_by_role("heading", name="Work permit · How long it takes")).to_be_visible()
    await api.until(lambda: "⚪" in topic.name)

    # what the supervisor learns
    chen = await signed_in(browsers, office.url, "chen")
    await chen.goto(f"{office.url}/desk/insights")
    await expect(chen.locator("main")).to_contain_text("Asked for a person")
    report = await bot(office.environment, "report", "--json")
    assert '"rating"' in report
    assert await office.stop() == 0
    log = office.log()
    assert "Traceback" not in log
    for words in ("still there", "Goodbye", "Quick and kind", "this is a note"):
        assert words not in log
