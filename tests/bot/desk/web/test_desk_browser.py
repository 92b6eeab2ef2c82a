"""The desk's page in Debian's chromium, against the real desk. Skipped where playwright or chromium is missing.

Screenshots go to WEB_SCREENSHOTS if set.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.desk.cases import Outcome
from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer

_spec = importlib.util.spec_from_file_location("desk_demo", Path(__file__).with_name("demo.py"))
assert _spec
assert _spec.loader
demo = sys.modules["desk_demo"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(demo)
CHEN, LI, PASSWORD = demo.CHEN, demo.LI, demo.PASSWORD

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed: no tests in a browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no tests in a browser"),
    pytest.mark.asyncio(loop_scope="session"),
]

expect = playwright.expect

PHONE, DESKTOP = {"width": 375, "height": 740}, {"width": 1280, "height": 800}

Open = Callable[..., Any]


@dataclass
class Here:
    """The desk at an address."""

    site: Any  # demo.Site
    url: str

    def person(self, *given: Any) -> Any:
        """See demo.Person."""
        return self.site.person(*given)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    redis = EmbeddedServer(tmp_path_factory.mktemp("desk-redis"))
    redis.start()
    client = connect(socket_url(redis.socket))
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    async with demo.running(client) as site:
        server = demo.server(site.app, port)
        server.capture_signals = contextlib.nullcontext  # the tests have their own
        serving = asyncio.create_task(server.serve())
        while not server.started:
            assert not serving.done(), serving.exception()
            await asyncio.sleep(0.02)
        yield Here(site, f"http://127.0.0.1:{port}")
        site.app.state.stop.set()
        server.should_exit = True
        await serving
    await client.close(close_connection_pool=True)
    redis.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Any]:
    async with playwright.async_playwright() as p:
        found = await p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_desk(here: Here, browser: Any) -> AsyncIterator[Open]:
    """Opens the desk for a member of staff; a test in which a page reports an error fails."""
    errors: list[str] = []
    contexts = []

    async def opened(
        who: str = "li", path: str = "/desk", language: str = "en", *, script: str = "", **options: Any
    ) -> Any:
        context = await browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        contexts.append(context)
        context.set_default_timeout(8_000)
        token = await here.site.staff.open_session(who)
        where = {"domain": "127.0.0.1", "path": "/desk"}
        await context.add_cookies(
            [{"name": "qta_desk", "value": token, **where}, {"name": "qta_desk_language", "value": language, **where}]
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" and not _network(m.text) else None)
        if script:
            await page.add_init_script(script)
        await page.goto(here.url + path)
        await online(page)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert not errors


def _network(text: str) -> bool:
    """What a browser writes when something was refused, as tests want it."""
    return "Failed to load resource" in text or "ERR_" in text


async def online(page: Any) -> None:
    await expect(page.locator("#connection")).to_have_attribute("data-state", "online")


async def open_case(page: Any, case: str) -> None:
    await page.locator(f'.row[data-id="{case}"]').click()
    await expect(page.locator(".head h2")).to_contain_text(f"#{case}")
    await expect(page.locator(".composer")).to_be_visible()


async def write(page: Any, text: str) -> None:
    await page.fill("#answer", text)
    await page.press("#answer", "Enter")


async def shot(page: Any, name: str) -> None:
    folder = os.environ.get("WEB_SCREENSHOTS")
    if folder:
        await asyncio.sleep(0.3)
        await page.screenshot(path=Path(folder, f"{name}.png"))


def said(page: Any, kind: str) -> Any:
    return page.locator(f".log > .{kind}:not([data-pending]) .bubble")


async def fits(page: Any) -> None:
    """Nothing is wider than the window."""
    wide = await page.evaluate(
        """() => {
          const over = [...document.querySelectorAll("body *")].filter((each) => {
            const box = each.getBoundingClientRect();
            let clipped = false;
            for (let up = each.parentElement; up !== document.body; up = up.parentElement) clipped ||= getComputedStyle(up).overflowX !== "visible" && !up.matches(".pane, .scroll");
            return each.checkVisibility() && box.right > innerWidth + 1 && !clipped && !each.closest(".unseen");
          });
          return [document.documentElement.scrollWidth - innerWidth, over.map((each) => each.outerHTML.slice(0, 80))];
        }"""
    )
    assert wide[0] <= 0, wide
    assert not wide[1]


async def test_signing_in_shows_the_queue(here: Here, browser: Any) -> None:
    case = await here.person().asks("Can I bring my family?")
    context = await browser.new_context(viewport=DESKTOP, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{here.url}/desk")
    await page.fill('[name="user"]', "li")
    await page.fill('[name="password"]', PASSWORD)
    await page.press('[name="password"]', "Enter")
    await online(page)
    row = page.locator(f'.row[data-id="{case.id}"]')
    await expect(row).to_contain_text("Anna Weber")
    await expect(row).to_contain_text("Work permit")
    await expect(row.locator("[data-since]")).to_have_text(re.compile(r"Waiting 0:0\d"))
    before = await row.locator("[data-since]").inner_text()
    await expect(row.locator("[data-since]")).not_to_have_text(before)
    await context.close()


async def test_two_claim_and_one_is_told_who_won(here: Here, open_desk: Open) -> None:
    case = await here.person("Race").asks("Who is first?")
    pages = [await open_desk("li"), await open_desk("chen")]
    for page in pages:
        await open_case(page, case.id)
    # both see it waiting: the stream of the second is held back
    await asyncio.gather(*(page.locator('[data-act="claim"]').click() for page in pages))
    for page in pages:
        await expect(page.locator(".state")).to_contain_text("With ")
    holder = (await here.site.desk.case(case.id)).staff
    winner, loser = pages if holder == "li" else pages[::-1]
    await expect(winner.locator(".state")).to_have_text("With me")
    await expect(loser.locator(".state")).to_have_text(f"With {'Li Wen' if holder == 'li' else 'Chen Jing'}")
    await expect(winner.locator(".toast")).to_be_hidden()
    await expect(loser.locator('[data-act="claim"]')).to_have_count(0)


async def test_a_late_claim_is_refused_by_name(here: Here, open_desk: Open) -> None:
    case = await here.person("Late").asks("Hello?")
    page = await open_desk("li")
    await open_case(page, case.id)
    held = asyncio.Event()

    async def after_the_other(route: Any) -> None:
        await here.site.desk.claim(case.id, CHEN, "telegram")
        held.set()
        await route.continue_()

    await page.route("**/claim", after_the_other)
    await page.locator('[data-act="claim"]').click()
    await expect(page.locator(".toast")).to_have_text("Chen Jing has this case already.")
    assert held.is_set()


async def test_live_in_both_directions(here: Here, open_desk: Open) -> None:
    person = here.person()
    case = await person.asks("Does my visa end with my contract?", "I cannot say.")
    page = await open_desk("li", f"/desk#{case.id}")
    await expect(said(page, "assistant")).to_have_text("I cannot say.")
    await expect(said(page, "person").first).to_have_text("Does my visa end with my contract?")
    await expect(page.locator("#hint")).to_have_text("Sending a reply takes the case.")
    await write(page, "Which visa do you have?")
    await expect(said(page, "staff")).to_have_text("Which visa do you have?")
    await expect(page.locator("[data-pending]")).to_have_count(0)
    assert (await person.case()).staff == "li"
    await expect(page.locator(".state")).to_have_text("With me")
    key = await person.says("A Z visa.")
    await expect(said(page, "person").last).to_have_text("A Z visa.")
    await expect(page.locator("[aria-live]")).to_contain_text("Anna Weber: A Z visa.")
    await person.says("An R visa.", edits=key)
    await expect(said(page, "person").last.locator(".text")).to_have_text("An R visa.")
    await expect(said(page, "person").last.locator("summary")).to_have_text("Edited")
    log = await here.site.desk.cases.log(case.id)
    assert sum(entry.kind == "staff" for entry in log) == 1


async def test_what_staff_wrote_can_be_changed_and_taken_back(here: Here, open_desk: Open) -> None:
    case = await here.person().asks("When?")
    page = await open_desk("li", f"/desk#{case.id}")
    await write(page, "On Munday.")
    mine = page.locator(".log > .staff.own")
    await mine.hover()
    await mine.get_by_role("button", name="Edit").click()
    await expect(page.locator("#answer")).to_have_value("On Munday.")
    await write(page, "On Monday.")
    await expect(mine.locator(".bubble > .text")).to_have_text("On Monday.")
    await expect(page.locator("#answer")).to_have_value("")
    await mine.hover()
    await mine.get_by_role("button", name="Take back").click()
    await page.locator("dialog .primary").click()
    await expect(mine.locator("summary")).to_have_text("Withdrawn")
    await expect(mine.locator(".bubble > .text")).to_have_count(0)
    texts = [entry.text for entry in await here.site.desk.cases.log(case.id) if entry.kind == "staff"]
    assert texts == ["On Munday.", "On Monday.", ""]


async def test_canned_replies_are_filled_in_the_persons_language(here: Here, open_desk: Open) -> None:
    case = await here.person("張先生", "zh-Hant").asks("請問要多久？", "不清楚。")
    page = await open_desk("li", f"/desk#{case.id}")
    await page.locator(".canned > summary").click()
    first = page.locator(".canned .reply").first
    await expect(first.locator("b")).to_have_text("Greeting")
    await first.click()
    filled = await page.locator("#answer").input_value()
    assert filled.startswith("張先生，您好")
    assert "李雯" in filled
    assert "{" not in filled
    await expect(page.locator("#answer")).to_be_focused()


async def test_a_note_stays_inside(here: Here, open_desk: Open) -> None:
    case = await here.person().asks("Hello")
    page = await open_desk("li", f"/desk#{case.id}")
    await page.locator('[data-mode="note"].mode').click()
    await write(page, "Ask the visa team first")
    await expect(said(page, "note")).to_have_text("Ask the visa team first")
    await expect(page.locator('[data-mode="reply"].mode')).to_have_attribute("aria-pressed", "true")
    after = await here.site.desk.case(case.id)
    assert after.replied_at is None
    assert after.staff is None
    assert not [each for each in await here.site.desk.transcript(after) if "visa team" in each]


async def test_files_both_ways(here: Here, open_desk: Open) -> None:
    person = here.person()
    case = await person.asks("Please look at this")
    page = await open_desk("li", f"/desk#{case.id}")
    await person.sends("permit.png", "image/png", PNG, "my permit")
    image = page.locator(".log .person img")
    await expect(image).to_be_visible()
    await page.wait_for_function("document.querySelector('.log .person img').naturalWidth === 2")
    await person.sends("letter.pdf", "application/pdf", b"%PDF-1.4 test")
    await expect(page.locator(".log .person a.file")).to_contain_text("letter.pdf")
    async with page.expect_download() as downloading:
        await page.locator(".log .person a.file").click()
    assert (await (await downloading.value).path()).read_bytes() == b"%PDF-1.4 test"
    await page.set_input_files(
        '.composer [type="file"]', {"name": "form.txt", "mimeType": "text/plain", "buffer": b"form"}
    )
    await expect(page.locator(".attached li")).to_contain_text("form.txt")
    await write(page, "Fill this in")
    await expect(page.locator(".log .staff a.file")).to_contain_text("form.txt")
    sent = next(entry for entry in await here.site.desk.cases.log(case.id) if entry.kind == "staff")
    assert await here.site.desk.files.get(sent.files[0].id) == b"form"


async def test_transfer_to_a_team_and_to_a_colleague(here: Here, open_desk: Open) -> None:
    case = await here.person("Moved").asks("About a flat")
    page, other = await open_desk("li", f"/desk#{case.id}"), await open_desk("chen")
    await page.locator('[data-act="claim"]').click()
    await expect(page.locator(".state")).to_have_text("With me")
    await page.locator('[data-act="transfer"]').click()
    await page.locator("dialog").get_by_label("housing").check()
    await page.locator("#transfer-note").fill("They want a bigger flat")
    await page.locator("dialog .primary").click()
    await expect(other.locator(f'.row[data-id="{case.id}"]')).to_contain_text("housing")
    await expect(said(page, "note")).to_have_text("They want a bigger flat")
    await expect(page.locator(".log > .move").last).to_contain_text("the team “housing”")
    await page.locator('[data-act="transfer"]').click()
    await page.locator("dialog").get_by_label("Chen Jing").check()
    await page.locator("dialog .primary").click()
    await expect(other.locator(f'.row[data-id="{case.id}"]')).to_contain_text("For me")
    assert (await here.site.desk.case(case.id)).staff == "chen"


async def test_closing_shows_what_was_not_seen(here: Here, open_desk: Open) -> None:
    person = here.person("Unseen")
    case = await person.asks("One question")
    page = await open_desk("li", f"/desk#{case.id}")
    await write(page, "Here is the answer.")
    await expect(page.locator(".state")).to_have_text("With me")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await page.locator("dialog").get_by_label("Referred elsewhere").check()
    await person.says("Wait, one more thing!")
    await expect(said(page, "person").last).to_have_text("Wait, one more thing!")
    await page.locator("dialog .primary").click()
    await expect(page.locator("dialog .warning")).to_be_visible()
    await expect(page.locator("dialog .bubble")).to_have_text("Wait, one more thing!")
    assert (await person.case()).outcome is None
    await expect(page.locator("dialog").get_by_label("Referred elsewhere")).to_be_checked()
    await page.locator("dialog").get_by_role("button", name="Close all the same").click()
    await expect(page.locator(".state")).to_contain_text("Closed")
    assert (await person.case()).outcome is Outcome.referred
    # and written to again
    await page.locator('[data-act="reopen"]').click()
    await write(page, "About that one more thing")
    await expect(page.locator(".state")).to_have_text("With me")
    assert (await person.case()).reopened == 1


async def test_a_reload_keeps_case_draft_and_mode(here: Here, open_desk: Open) -> None:
    one, other = await here.person().asks("First"), await here.person("Berta").asks("Second")
    page = await open_desk("li")
    await open_case(page, one.id)
    await page.fill("#answer", "half a sent")
    await open_case(page, other.id)
    await expect(page.locator("#answer")).to_have_value("")
    await page.locator('[data-mode="note"].mode').click()
    await page.fill("#answer", "a note to be")
    await page.reload()
    await expect(page.locator(".head h2")).to_contain_text(f"#{other.id}")
    await expect(page.locator("#answer")).to_have_value("a note to be")
    await expect(page.locator('[data-mode="note"].mode')).to_have_attribute("aria-pressed", "true")
    await open_case(page, one.id)
    await expect(page.locator("#answer")).to_have_value("half a sent")


async def test_nothing_is_lost_while_the_network_is_away(here: Here, open_desk: Open) -> None:
    case = await here.person().asks("Still there?")
    page = await open_desk("li", f"/desk#{case.id}")
    lost: list[str] = []

    async def takes_but_does_not_tell(route: Any) -> None:
        if lost:
            return await route.continue_()
        response = await route.fetch()
        lost.append(await response.text())
        return await route.abort()

    await page.route("**/say", takes_but_does_not_tell)
    await write(page, "Said once")
    await expect(said(page, "staff")).to_have_count(1)
    await expect(page.locator("[data-pending]")).to_have_count(0)
    await page.unroute("**/say")
    await page.context.set_offline(True)
    await write(page, "Said offline")
    await expect(page.locator('[data-pending="unsent"] .text')).to_have_text("Said offline")
    await page.context.set_offline(False)
    await expect(said(page, "staff")).to_have_text(["Said once", "Said offline"], timeout=12_000)
    log = await here.site.desk.cases.log(case.id)
    assert [entry.text for entry in log if entry.kind == "staff"] == ["Said once", "Said offline"]


async def test_what_comes_too_late_goes_back_to_the_draft(here: Here, open_desk: Open) -> None:
    person = here.person("Leaving")
    case = await person.asks("Quickly please")
    page = await open_desk("li", f"/desk#{case.id}")
    await write(page, "One moment")
    await expect(said(page, "staff")).to_have_count(1)

    async def after_they_left(route: Any) -> None:
        await person.says("end")
        await route.continue_()

    await page.route("**/say", after_they_left)
    await write(page, "Here it is")
    refused = page.locator('[data-pending="refused"]')
    await expect(refused).to_contain_text("Not sent. The case has moved on")
    await page.reload()
    await expect(refused.locator(".text")).to_have_text("Here it is")
    await refused.get_by_role("button", name="Back to the draft").click()
    await expect(page.locator("#answer")).to_have_value("Here it is")
    await expect(page.locator("#hint")).to_contain_text("The case is closed")
    await page.press("#answer", "Enter")
    await expect(said(page, "staff")).to_have_text(["One moment", "Here it is"])
    assert (await person.case()).reopened == 1


async def test_a_lost_stream_is_shown_and_comes_back(here: Here, open_desk: Open) -> None:
    person = here.person("Stream")
    case = await person.asks("Hello")
    page = await open_desk("li", f"/desk#{case.id}")
    await expect(page.locator(".composer")).to_be_visible()
    await page.route("**/desk/api/**", lambda route: route.abort())
    await page.evaluate("dispatchEvent(new Event('online'))")  # the page looks whether its stream still is
    await expect(page.locator("#connection")).to_have_attribute("data-state", "offline")
    await expect(page.locator("#connection .words")).to_have_text("Reconnecting…")
    await person.says("Are you there?")
    await page.unroute("**/desk/api/**")
    await online(page)
    await expect(said(page, "person").last).to_have_text("Are you there?")


async def test_new_messages_while_reading_further_up(here: Here, open_desk: Open) -> None:
    person = here.person("Long")
    case = await person.asks("Begin")
    for number in range(25):
        await person.says(f"Line {number} " + "word " * 20)
    page = await open_desk("li", f"/desk#{case.id}")
    scroll = page.locator(".talk .scroll")
    await expect(page.locator(".log")).to_contain_text("Line 24")
    assert await scroll.evaluate("each => each.scrollHeight - each.scrollTop - each.clientHeight < 5")
    await scroll.evaluate("each => { each.scrollTop = 100; }")
    await person.says("Down here")
    await expect(page.locator(".newer")).to_have_text("↓ 1 new message")
    assert await scroll.evaluate("each => each.scrollTop") == 100
    await page.locator(".newer").click()
    await expect(page.locator(".newer")).to_be_hidden()
    await expect(said(page, "person").last).to_be_in_viewport()


async def test_title_badges_and_sound(here: Here, open_desk: Open) -> None:
    person = here.person("Caller")
    case = await person.asks("Hello")
    await here.site.desk.claim(case.id, LI, "web")
    page = await open_desk("li", script=COUNT_TONES)
    await page.locator(".alerts > summary").click()
    await page.get_by_label("Sound").check()
    tones = await page.evaluate("window.tones")
    await page.locator('.tab[data-view="mine"]').click()
    await expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    count = int(re.match(r"\((\d+)\)", await page.title())[1])  # type: ignore[index]
    await person.says("Are you there?")
    await expect(page).to_have_title(re.compile(rf"^\({count + 1}\) "))
    await expect(page.locator(f'.row[data-id="{case.id}"] .unread')).to_be_visible()
    assert await page.evaluate("window.tones") > tones
    await open_case(page, case.id)
    # seen: the message with which they asked, and the one after it
    await expect(page).to_have_title(re.compile(rf"^\({count - 1}\) " if count > 1 else "^[^(]"))
    await page.reload()
    await page.locator(".alerts > summary").click()
    await expect(page.get_by_label("Sound")).to_be_checked()


async def test_filters_and_search(here: Here, open_desk: Open) -> None:
    found = await here.person("Zhou", "zh-Hans").asks("独角兽企业认定怎么办？", "不清楚。", None)
    other = await here.person("Miller").asks("Something else")
    page = await open_desk("li")
    await page.locator(".filters > summary").click()
    await page.locator("#filter-language").select_option("zh-Hans")
    await expect(page.locator(f'.row[data-id="{found.id}"]')).to_be_visible()
    await expect(page.locator(f'.row[data-id="{other.id}"]')).to_have_count(0)
    await page.reload()
    await expect(page.locator("#filter-language")).to_have_value("zh-Hans")
    await expect(page.locator(".filters > summary")).to_have_text("Filters (1)")
    await page.locator(".filters > summary").click()
    await page.get_by_role("button", name="Clear filters").click()
    await expect(page.locator(f'.row[data-id="{other.id}"]')).to_be_visible()
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("/")
    await expect(page.locator("#search")).to_be_focused()
    await page.keyboard.type("獨角獸")
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page.locator(".row .last")).to_contain_text("独角兽")
    await page.fill("#search", "nothing like this")
    await expect(page.locator(".empty").first).to_contain_text("Nothing found")


async def test_everything_by_keyboard(here: Here, open_desk: Open) -> None:
    person = here.person("Keys")
    case = await person.asks("By keyboard")
    page = await open_desk("li")
    await expect(page.locator(f'.row[data-id="{case.id}"]')).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.locator("dialog h2")).to_have_text("Keyboard shortcuts")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    for _ in range(60):
        await page.keyboard.press("j")
    await expect(page.locator(f'.row[data-id="{case.id}"]')).to_be_focused()  # the last who came
    await page.keyboard.press("k")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator(".composer")).to_be_visible()
    await page.keyboard.press("c")
    await expect(page.locator(".state")).to_have_text("With me")
    await page.keyboard.press("r")
    await page.keyboard.type("jkcnet are letters")
    await expect(page.locator("#answer")).to_have_value("jkcnet are letters")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("and lines")
    await page.keyboard.press("Enter")
    await expect(said(page, "staff")).to_have_text("jkcnet are letters\nand lines")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.locator('[data-mode="note"].mode')).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await expect(page.locator("dialog")).to_be_visible()
    focus = set()
    for _ in range(12):
        await page.keyboard.press("Tab")
        focus.add(
            await page.evaluate(
                "!document.activeElement || document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        )
    assert focus == {True}, "the focus leaves the dialog"
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.locator(".nothing")).to_be_visible()


async def test_hostile_words_stay_words(here: Here, open_desk: Open) -> None:
    attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    person = here.person(attack[:60])
    case = await person.asks(f"{attack} javascript:alert(1) https://evil.example/")
    await person.sends(
        f"{attack}.svg",
        "image/svg+xml",
        f"<svg xmlns='http://www.w3.org/2000/svg' onload='1'>{attack}</svg>".encode(),
        attack,
    )
    page = await open_desk("wang", f"/desk#{case.id}")
    await expect(said(page, "person").first).to_contain_text(attack)
    await expect(page.locator(".log .person a.file")).to_be_visible()
    assert await page.locator(".log img, .log script, .row img, .card img").count() == 0
    assert await page.locator(".log .person .text a").count() == 0
    assert await page.evaluate("window.hacked") is None


async def test_a_session_that_ends_leads_to_the_sign_in_and_back(here: Here, open_desk: Open) -> None:
    case = await here.person("Expiry").asks("Hello")
    page = await open_desk("chen", f"/desk#{case.id}")
    await expect(page.locator(".composer")).to_be_visible()
    await page.fill("#answer", "not lost")
    for each in await page.context.cookies():
        if each["name"] == "qta_desk":
            await here.site.staff.close_session(each["value"])
    await page.press("#answer", "Enter")
    await page.wait_for_url("**/desk/login**")
    await page.fill('[name="user"]', "chen")
    await page.fill('[name="password"]', PASSWORD)
    await page.press('[name="password"]', "Enter")
    await expect(page.locator(".head h2")).to_contain_text(f"#{case.id}")
    await expect(said(page, "staff")).to_have_text("not lost", timeout=10_000)


async def test_available_or_not_and_what_was_deleted(here: Here, open_desk: Open) -> None:
    person = here.person("Gone")
    case = await person.asks("Delete me later")
    page = await open_desk("chen", f"/desk#{case.id}")
    switch = page.get_by_role("switch")
    await expect(switch).to_have_attribute("aria-checked", "true")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "false")
    staff = await here.site.staff.get("chen")
    assert staff
    assert not staff.available
    await here.site.staff.set_available("chen", True)
    await here.site.desk.forget(person.conversation)
    await expect(page.locator(".talk")).to_contain_text("This case is gone")
    await expect(page.locator(f'.row[data-id="{case.id}"]')).to_have_count(0)
    await expect(page.locator(".talk")).not_to_contain_text("Delete me later")


async def test_due_cases_come_first_and_are_marked(here: Here, open_desk: Open) -> None:
    await here.person().asks("I came first")
    late = await here.site.promised("Promised", "en", "Nobody came")
    assert late.due
    page = await open_desk("li")
    first = page.locator(".row").first
    await expect(first).to_have_attribute("data-id", late.id)
    await expect(first.locator(".due")).to_have_text("Answer due")


async def test_the_phone_shows_one_pane_at_a_time(here: Here, open_desk: Open) -> None:
    person = here.person("A person with a very long name indeed, who is on a phone")
    case = await person.asks("https://example.org/" + "x" * 120 + " and words " * 20)
    page = await open_desk("li", viewport=PHONE, has_touch=True, is_mobile=True)
    await expect(page.locator(f'.row[data-id="{case.id}"]')).to_be_visible()
    await expect(page.locator(".talk")).to_be_hidden()
    await fits(page)
    await small_targets(page)
    for menu in (".alerts", ".menu:not(.alerts)"):
        await page.locator(f"{menu} > summary").tap()
        await fits(page)
        await small_targets(page)
    await page.keyboard.press("Escape")
    await expect(page.locator("details.menu[open]")).to_have_count(0)
    await page.locator(".filters > summary").tap()
    await small_targets(page)
    await page.locator(".filters > summary").tap()
    await page.locator(f'.row[data-id="{case.id}"]').tap()
    await expect(page.locator(".queue")).to_be_hidden()
    await expect(page.locator(".composer")).to_be_visible()
    await page.locator('[data-act="claim"]').tap()
    await expect(page.locator(".state")).to_have_text("With me")
    await write(page, "From a phone")
    await expect(said(page, "staff")).to_have_text("From a phone")
    await expect(page.locator("#answer")).to_be_in_viewport()
    await fits(page)
    await small_targets(page)
    await page.get_by_role("button", name="About the person").tap()
    await expect(page.locator(".card dl").first).to_contain_text("Website")
    await expect(page.locator(".card")).to_contain_text("Qianhai Bay Robotics")
    await fits(page)
    await small_targets(page)
    await page.get_by_role("button", name="Conversation").tap()
    await page.get_by_role("button", name="Back to the list").tap()
    await expect(page.locator(".queue")).to_be_visible()
    await page.locator('.tab[data-view="mine"]').tap()  # it does not wait any more
    await open_case(page, case.id)
    await page.go_back()
    await expect(page.locator(".queue")).to_be_visible()


async def test_a_long_name_of_staff_keeps_its_beginning(here: Here, open_desk: Open) -> None:
    staff = await here.site.staff.get("li")
    assert staff
    await here.site.staff.replace(replace(staff, name_en="Li" + "o" * 38))
    try:
        page = await open_desk("li", viewport=PHONE)
        await fits(page)
        summary = page.locator(".menu:not(.alerts) > summary")
        box, name = await summary.bounding_box(), await summary.locator("span").bounding_box()
        assert box["x"] <= name["x"]
        assert name["x"] + name["width"] < box["x"] + box["width"] - 8, "no room for the arrow"
    finally:
        await here.site.staff.replace(staff)


async def small_targets(page: Any) -> None:
    """What can be touched is at least 44 px high; links in a text may be smaller."""
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, a, summary, select, input:not([type=radio], [type=checkbox], [hidden]), textarea")]
          .filter((each) => each.checkVisibility() && !each.closest(".text, dd, .skip, .unseen") && !each.matches(".skip"))
          .filter((each) => each.getBoundingClientRect().height < 43.9)
          .map((each) => each.outerHTML.slice(0, 100))"""
    )
    assert not small


async def test_chinese_at_1280(here: Here, open_desk: Open) -> None:
    await demo.crowd(here.site)
    page = await open_desk("li", language="zh", locale="zh-CN")
    await expect(page.locator('.tab[data-view="queue"]')).to_contain_text("等候")
    await page.locator('.tab[data-view="mine"]').click()
    row = page.locator(".row", has_text="3 January").or_(page.locator(".row", has_text="Is that a problem?")).first
    await row.click()
    await expect(page.locator(".state")).to_have_text("由我处理")
    await expect(page.locator(".badge.note")).to_have_text("内部备注")
    await expect(page.locator(".log > .move").first).to_contain_text("咨询开始：要求转人工")
    await expect(page.locator(".card")).to_contain_text("没有以往的咨询")
    await expect(page.locator("#answer")).to_have_attribute("placeholder", "回复Anna Weber……")
    boxes = [await page.locator(f".{name}").first.bounding_box() for name in ("queue", "talk", "card")]
    assert all(box["width"] > 280 for box in boxes)
    assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]
    await fits(page)
    await page.locator('.tab[data-view="queue"]').click()
    await expect(page.locator(".row").first).to_be_visible()
    await shot(page, "desk-queue")
    phone = await open_desk(
        "li", f"/desk{await page.evaluate('location.hash')}", language="zh", locale="zh-CN", viewport=PHONE
    )
    await expect(phone.locator(".composer")).to_be_visible()
    await shot(phone, "desk-phone")
    # English by the menu
    await page.locator(".menu:not(.alerts) > summary").click()
    await page.get_by_role("button", name="English").click()
    await expect(page.locator('.tab[data-view="queue"]')).to_contain_text("Waiting")
    await expect(page.locator(".head h2")).to_contain_text("Anna Weber")


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
async def test_axe_finds_nothing(here: Here, open_desk: Open, scheme: str, size: dict[str, int]) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed: no axe-core")
    source = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    person = here.person("Axe")
    case = await person.asks("Is this accessible?")
    await person.sends("a.png", "image/png", PNG, "look")
    page = await open_desk("li", color_scheme=scheme, viewport=size)
    await page.evaluate(source)
    problems = await axed(page)
    await open_case(page, case.id)
    await page.locator('[data-mode="note"].mode').click()
    await write(page, "a note")
    await expect(said(page, "note")).to_have_count(1)
    await page.locator('[data-act="claim"]').click()
    await expect(page.locator(".state")).to_have_text("With me")
    problems += await axed(page)
    await page.locator(".canned > summary").click()
    await expect(page.locator(".canned .reply").first).to_be_visible()
    problems += await axed(page)
    await page.keyboard.press("Escape")
    if size is PHONE:
        await page.get_by_role("button", name="About the person").click()
        problems += await axed(page)
        await page.get_by_role("button", name="Conversation").click()
    await page.locator('[data-act="transfer"]').click()
    problems += await axed(page)
    assert not problems


async def axed(page: Any) -> list[str]:
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = await page.evaluate("tags => axe.run({ runOnly: tags })", tags)
    return [
        f"{v['id']}: {json.dumps([n['html'][:150] + ' ' + n['failureSummary'][:300] for n in v['nodes'][:3]])}"
        for v in found["violations"]
    ]


COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) { window.tones += 1; return start.apply(this, given); };
"""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a73"
    "0000001049444154789c63b8e0a000440c100a00240e04c1e245128e0000000049454e44ae426082"
)
