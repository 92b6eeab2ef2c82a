"""The page in Debian's chromium. Skipped where playwright or chromium is missing; screenshots go to WEB_SCREENSHOTS if set."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis import Redis

from bot.desk.cases import Outcome
from bot.store.files import new_file
from bot.store.server import EmbeddedServer
from catalog.store import shared

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed: no tests in a browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no tests in a browser"),
    pytest.mark.asyncio(loop_scope="session"),
]

expect = playwright.expect

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}

Open = Callable[..., Any]


class Seen:
    """What went wrong in the pages of a test."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def watch(self, page: Any) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" and not _network(m.text) else None)


def _network(text: str) -> bool:
    """What a browser writes when the server is away, as tests want it."""
    return "Failed to load resource" in text or "WebSocket connection" in text or "ERR_" in text


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Any]:
    """One for all tests; each page is in a window of its own, without cookies."""
    async with playwright.async_playwright() as p:
        found = await p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(site: Any, browser: Any) -> AsyncIterator[Open]:
    """Opens a page; a test in which a page reports an error fails."""
    seen = Seen()
    contexts = []

    async def opened(
        path: str = "/?lang=en", *, at: Any = None, context: Any = None, script: str = "", **options: Any
    ) -> Any:
        if context is None:
            context = await browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
            contexts.append(context)
        context.set_default_timeout(15_000)
        page = await context.new_page()
        seen.watch(page)
        if script:
            await page.add_init_script(script)
        await page.goto((at or site).url + path)
        if path.startswith(("/?", "/embed")):
            await online(page)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert not seen.errors


async def online(page: Any) -> None:
    await expect(page.locator("#connection")).to_have_attribute("data-state", "online", timeout=20_000)


async def ask(page: Any, text: str) -> None:
    await page.fill("#question", text)
    await page.press("#question", "Enter")


async def answers(page: Any, count: int) -> Any:
    """The last of so many answers, when there are so many."""
    await expect(page.locator(".assistant")).to_have_count(count, timeout=20_000)
    return page.locator(".assistant").nth(count - 1)


async def shot(page: Any, name: str) -> None:
    folder = os.environ.get("WEB_SCREENSHOTS")
    if folder:
        await asyncio.sleep(0.4)  # scrolling ends
        await page.screenshot(path=Path(folder, f"{name}.png"))


@pytest.mark.parametrize(
    ("language", "question", "heading", "size", "scheme"),
    [
        ("zh-Hans", "工作许可要什么材料？", "工作许可 · 所需材料", PHONE, "light"),
        ("zh-Hant", "工作許可要幾耐？", "工作許可 · 辦理時間", PHONE, "dark"),
        ("en", "What documents do I need for a work permit?", "Work permit · Documents", PHONE, "light"),
        ("zh-Hans", "工作许可要多久？", "工作许可 · 办理时间", DESKTOP, "dark"),
        ("zh-Hant", "工作許可要什麼材料？", "工作許可 · 所需文件", DESKTOP, "light"),
        ("en", "How long does a work permit take?", "Work permit · How long it takes", DESKTOP, "light"),
    ],
    ids=["phone-hans", "phone-hant", "phone-en", "desktop-hans", "desktop-hant", "desktop-en"],
)
async def test_asking_in_three_scripts_on_phone_and_desktop(
    open_page: Open, language: str, question: str, heading: str, size: dict[str, int], scheme: str
) -> None:
    page = await open_page(f"/?lang={language}", viewport=size, color_scheme=scheme)
    name = f"{language}-{size['width']}-{scheme}"
    await shot(page, f"{name}-welcome")
    await ask(page, question)
    answer = await answers(page, 1)
    await expect(answer.locator("h3").first).to_have_text(heading)
    await expect(page.locator(".person .bubble")).to_have_text(question)
    await expect(page.locator("#typing")).to_be_hidden()
    await expect(answer.locator(".sources summary")).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page scrolls sideways"
    await shot(page, f"{name}-answer")


async def test_the_language_is_that_of_the_browser_and_can_be_changed(open_page: Open) -> None:
    page = await open_page("/?", locale="zh-TW")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    await ask(page, "工作許可")
    await answers(page, 1)
    await page.fill("#question", "unfinished")
    await page.click("a[data-language=en]")
    await online(page)
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await answers(page, 2)  # answers follow the language, and the conversation is still there
    await expect(page.locator(".person .bubble").last).to_have_text("English")
    assert await page.input_value("#question") == "unfinished"


async def test_buttons_ratings_and_the_service_card(open_page: Open) -> None:
    page = await open_page()
    await page.click("[data-ask*='work permit']")
    answer = await answers(page, 1)
    await answer.get_by_role("button", name="Documents").click()
    answer = await answers(page, 2)
    await expect(answer.locator("h3").first).to_have_text("Work permit · Documents")
    assert await page.evaluate("document.activeElement.matches('article')"), (
        "who pressed a button goes on from the answer"
    )
    await answer.get_by_role("checkbox").first.check()
    assert not await answer.get_by_role("button", name="Talk to a person").count(), "it is always in reach below"
    await answer.get_by_role("button", name="This helped").click()
    await answers(page, 3)
    await expect(answer.get_by_role("button", name="This helped")).to_have_attribute("aria-pressed", "true")
    await page.click("#human")
    await expect((await answers(page, 4)).locator("[data-handoff]")).to_contain_text("12345")
    await answer.get_by_role("button", name="Service card").click()
    card = answer.locator(".card")
    await expect(card.locator("h3")).to_have_text("Foreigner's Work Permit")
    for name in ("Documents", "How to apply", "How long it takes", "Fees"):
        await expect(card.locator("summary", has_text=name).first).to_be_visible()
    await expect(card.locator(".sources")).to_contain_text("read on")
    await shot(page, "card-1280")


async def test_an_interview_with_back(open_page: Open) -> None:
    page = await open_page("/?lang=en", viewport=PHONE)
    await ask(page, "Check whether I qualify")
    first = await answers(page, 1)
    await expect(first.locator(".kicker")).to_have_text("Eligibility check · Work permit")
    await first.get_by_role("button", name="Yes").click()
    second = await answers(page, 2)
    await expect(second).to_contain_text("Question 2")
    await expect(first.get_by_role("button", name="Yes")).to_have_attribute("aria-disabled", "true")
    await shot(page, "interview-360")
    await second.get_by_role("button", name="Back").click()
    await (await answers(page, 3)).get_by_role("button", name="Yes").click()
    await (await answers(page, 4)).get_by_role("button", name="Yes").click()
    await expect((await answers(page, 5)).locator("[data-verdict=likely_eligible]")).to_be_visible()


async def test_a_reload_in_the_middle_keeps_everything(open_page: Open) -> None:
    page = await open_page()
    await ask(page, "echo one")
    await answers(page, 1)
    await ask(page, "slow")
    await expect(page.locator("#typing")).to_be_visible()
    await page.reload()
    await answers(page, 2)
    await expect(page.locator(".person .bubble")).to_have_text(["echo one", "slow"])


async def test_two_tabs_show_the_same_conversation(open_page: Open) -> None:
    one = await open_page()
    other = await open_page(context=one.context)
    await ask(one, "echo from one")
    await ask(other, "echo from the other")
    for page in (one, other):
        await answers(page, 2)
    texts = [await page.locator(".bubble .text").all_inner_texts() for page in (one, other)]
    assert texts[0] == texts[1]
    assert sorted(texts[0]) == ["from one", "from the other"]


@pytest.mark.parametrize("without", ["delete window.WebSocket", "delete window.WebSocket; delete window.EventSource"])
async def test_networks_without_websockets(open_page: Open, without: str) -> None:
    page = await open_page(script=without)
    for number in (1, 2, 3):
        await ask(page, f"echo {number}")
        await expect(await answers(page, number)).to_contain_text(str(number))
    await page.reload()
    await answers(page, 3)


async def test_a_network_that_swallows_websockets_and_events(open_page: Open) -> None:
    page = await open_page(
        script="""window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.({ code: 1006 }), 50); } close() {} };
        window.EventSource = class { constructor() { setTimeout(() => this.onerror?.(), 50); } close() {} };"""
    )
    await ask(page, "echo through")
    await expect(await answers(page, 1)).to_contain_text("through")
    assert await page.evaluate("sessionStorage['qta.mode']") == '"poll"'


async def test_offline_and_back(open_page: Open) -> None:
    page = await open_page("/?lang=en", viewport=PHONE)
    await page.context.set_offline(True)
    await expect(page.locator("#connection")).to_have_attribute("data-state", "offline")
    await ask(page, "echo written offline")
    await ask(page, "echo and another")
    await expect(page.locator(".person[data-state]")).to_have_count(2)
    await shot(page, "offline-360")
    await page.context.set_offline(False)
    await online(page)
    await expect(page.locator(".person[data-state]")).to_have_count(0)
    await expect(page.locator(".text").last).to_contain_text("and another")
    await expect(page.locator(".person .bubble")).to_have_text(["echo written offline", "echo and another"])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_gateway_restart_in_the_middle(
    open_page: Open, new_site: Callable[..., Any], how: signal.Signals
) -> None:
    here = new_site()
    page = await open_page(at=here)
    await ask(page, "echo before")
    await answers(page, 1)
    await ask(page, "slow")
    await expect(page.locator("#typing")).to_be_visible()
    await asyncio.to_thread(here.stop, how)
    await ask(page, "echo while away")
    await expect(page.locator("#connection")).to_have_attribute("data-state", "offline")
    await asyncio.to_thread(here.start)
    await online(page)
    await answers(page, 3)
    await expect(page.locator(".person .bubble")).to_have_text(["echo before", "slow", "echo while away"])
    await page.reload()
    await answers(page, 3)


async def test_redis_away_and_back(open_page: Open, server: EmbeddedServer) -> None:
    page = await open_page()
    await ask(page, "echo before")
    await answers(page, 1)
    with Redis(unix_socket_path=str(server.socket)) as redis:
        pid = int(redis.info("server")["process_id"])
    os.kill(pid, signal.SIGKILL)
    await ask(page, "echo meanwhile")
    await expect(page.locator(".person[data-state]")).to_have_count(1)
    await asyncio.to_thread(server.revive)
    await expect(await answers(page, 2)).to_contain_text("meanwhile")
    await expect(page.locator(".person .bubble")).to_have_text(["echo before", "echo meanwhile"])


async def test_hostile_words_stay_words(open_page: Open) -> None:
    page = await open_page()
    attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    await ask(page, attack)
    await expect(await answers(page, 1)).to_contain_text(attack)
    await ask(page, "hostile")
    await answers(page, 2)
    await page.reload()
    await answers(page, 2)
    assert await page.evaluate("window.hacked") is None
    assert await page.locator("#log img, #log script").count() == 0
    links = await page.locator("#log a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(links) <= {"http:", "https:", "tel:"}


async def test_deleting_my_data_empties_every_tab(open_page: Open) -> None:
    page = await open_page()
    other = await open_page(context=page.context)
    await ask(page, "echo secret")
    await answers(other, 1)
    await page.click("#forget")
    for each in (page, other):
        await expect(each.locator(".assistant")).to_have_count(1)
        await expect(each.locator("#log")).not_to_contain_text("secret")
        await expect(each.locator("#log")).to_contain_text("Everything is deleted")


async def test_a_deep_link_shows_the_card_and_asks_once(open_page: Open) -> None:
    page = await open_page("/?service=work-permit&lang=en")
    await expect(page.locator("#linked h3")).to_have_text("Foreigner's Work Permit")
    await expect((await answers(page, 1)).locator("h3").first).to_have_text("Work permit · Overview")
    await page.reload()
    await answers(page, 1)


async def test_waking_up_is_said(open_page: Open) -> None:
    page = await open_page()
    await ask(page, "wake")
    await expect(page.locator("#typing")).to_contain_text("waking up")
    await answers(page, 1)
    await expect(page.locator("#typing")).to_be_hidden()


async def test_too_long_a_message_is_refused_kindly_before_it_is_sent(open_page: Open) -> None:
    page = await open_page()
    await ask(page, "长" * 4097)
    await expect(page.locator("#hint")).to_contain_text("4,096")
    await expect(page.locator(".person")).to_have_count(0)
    await ask(page, "长" * 4096)
    await answers(page, 1)


async def test_everything_works_by_keyboard_and_is_announced(open_page: Open) -> None:
    page = await open_page()
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#question")).to_be_focused()
    await page.keyboard.type("How long does a work permit take?")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("please")
    await page.keyboard.press("Enter")
    await answers(page, 1)
    await expect(page.locator("#announcer")).to_contain_text("Work permit · How long it takes")
    await expect(page.locator("#question")).to_be_focused()
    await page.locator(".choices .button").first.focus()
    await page.keyboard.press("Space")
    await answers(page, 2)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.querySelector('.assistant:last-child').contains(document.activeElement)")


async def test_zoom_and_reduced_motion(open_page: Open) -> None:
    page = await open_page("/?lang=en", viewport={"width": 320, "height": 256}, reduced_motion="reduce")
    await ask(page, "work permit documents")
    await answers(page, 1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("getComputedStyle(document.querySelector('.dots i')).animationName") == "none"
    await shot(page, "zoom-400")


async def test_another_site_shows_the_chat(open_page: Open) -> None:
    page = await open_page("/widget?lang=en")
    await page.get_by_role("button", name="Ask the Qianhai").click()
    frame = page.frame_locator("iframe")
    await expect(frame.locator("#connection")).to_have_attribute("data-state", "online")
    await frame.locator("#question").fill("echo inside")
    await frame.locator("#question").press("Enter")
    await expect(frame.locator(".assistant .text")).to_have_text("inside")
    await shot(page, "widget-1280")
    await frame.locator("#question").press("Escape")
    await expect(page.locator("iframe")).to_be_hidden()
    await expect(page.get_by_role("button", name="Ask the Qianhai")).to_be_focused()


async def test_a_service_as_pdf(open_page: Open, tmp_path: Path) -> None:
    page = await open_page("/services/work-permit?lang=zh-Hant")
    await expect(page.locator("#print")).to_be_visible()
    await shot(page, "service-1280")
    pdf = await page.pdf()
    assert pdf.startswith(b"%PDF")
    await page.emulate_media(media="print")
    await expect(page.locator(".top")).to_be_hidden()
    await expect(page.locator("#sources")).to_be_visible()


# -- staff

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def conversation(page: Any) -> str:
    cookies = await page.context.cookies()
    return "web:" + next(each["value"] for each in cookies if each["name"] == "qta_session").partition(".")[0]


async def waiting(page: Any, at: Any) -> Any:
    """Ask for a person; the case that is opened."""
    await page.click("#human")
    await answers(page, 1)
    await expect(page.locator("#standing")).to_be_visible()
    return await at.case(await conversation(page))


def lines(page: Any) -> Any:
    return page.locator(".system .notice")


async def test_staff_join_answer_and_hand_back(open_page: Open, desk_site: Any, office: Any) -> None:
    async with office() as at:
        page = await open_page(at=desk_site)
        await expect(page.locator("#standing")).to_be_hidden()
        await expect(page.locator("#attach")).to_be_hidden()
        case = await waiting(page, at)
        await expect(page.locator("#with")).to_have_text("Waiting for our staff")
        await expect(page.locator("#attach")).to_be_visible()
        await at.desk.claim(case.id, at.li, via="web")
        await expect(page.locator("#with")).to_have_text("With Li Wei · staff")
        await expect(lines(page).last).to_contain_text("Li Wei has joined")
        await expect(page.locator("#announcer")).to_contain_text("Li Wei has joined")
        await expect(page.locator("#human")).to_be_hidden()
        await ask(page, "My permit is late")
        await at.wrote(case, "My permit is late")
        await expect(page.locator(".person[data-state]")).to_have_count(0)
        await expect(page.locator("#typing")).to_be_hidden()
        await at.redis.xadd("qta:web:feed", {"conversation": await conversation(page), "notice": "staff_typing"})
        await expect(page.locator("#typing")).to_have_text("Staff are writing…")
        await at.desk.say(
            case.id, at.li, "Please look at https://example.org\nin  this list:\n• one", key="1", via="web"
        )
        staff = page.locator(".staff")
        await expect(staff.locator(".author")).to_have_text("Li Wei · staff")
        await expect(staff.locator(".said a")).to_have_attribute("href", "https://example.org")
        assert await staff.locator(".said").inner_text() == "Please look at https://example.org\nin  this list:\n• one"
        await expect(staff.locator(".tools, .sources, button")).to_have_count(0)
        await expect(page.locator("#typing")).to_be_hidden()
        await expect(page.locator("#announcer")).to_contain_text("Li Wei: Please look")
        await at.desk.edit(
            case.id, at.li, "1", "The bureau needs until Friday. I will write to you here.", key="2", via="web"
        )
        await expect(staff.locator(".said")).to_have_text("The bureau needs until Friday. I will write to you here.")
        await expect(staff.locator(".edited")).to_have_text("edited")
        await expect(page.locator("#announcer")).to_contain_text(
            "Li Wei, edited: The bureau needs until Friday. I will write to you here."
        )
        await shot(page, "web-with-staff")
        await at.desk.edit(case.id, at.li, "1", "", key="3", via="web")
        await expect(staff.locator(".edited")).to_have_text("withdrawn")
        await expect(page.locator("#log")).not_to_contain_text("Please look")
        await expect(page.locator("#log")).not_to_contain_text("until Friday")
        await page.reload()
        await online(page)
        await expect(staff.locator(".edited")).to_have_text("withdrawn")
        await expect(staff).to_have_count(1)
        await expect(page.locator("#with")).to_have_text("With Li Wei · staff")
        await page.click("a[data-language=zh-Hans]")
        await online(page)
        await expect(page.locator("#with")).to_have_text("正由Li Wei为您服务")
        await page.goto(f"{desk_site.url}/?lang=en&service=work-permit")
        await expect(page.locator("#linked h3")).to_be_visible()
        await expect(page.locator("#with")).to_have_text("With Li Wei · staff")
        await expect(page.locator(".person")).to_have_count(2)  # none of it is for staff
        await at.desk.close(case.id, at.li, Outcome.answered, via="web")
        await expect(page.locator("#standing")).to_be_hidden()
        await expect(page.locator("#attach")).to_be_hidden()
        await expect(page.locator("#human")).to_be_visible()
        await expect(page.locator("#question")).to_have_attribute("placeholder", "Ask a question…")
        stars = lines(page).last.locator(".star")
        await expect(stars).to_have_count(5)
        await stars.nth(3).focus()
        await expect(page.get_by_role("button", name="4 of 5")).to_be_focused()
        await page.keyboard.press("Space")
        await expect(lines(page).last).to_contain_text("Thank you")
        assert await page.evaluate("document.activeElement.matches('.notice')"), "who pressed a star goes on from there"
        await expect(page.locator(".star[data-on]")).to_have_count(4)
        await expect(page.locator("#typing")).to_be_hidden()
        await ask(page, "Very kind")
        await expect(lines(page).last).to_contain_text("staff will read it")
        after = await at.desk.case(case.id)
        assert (after.rating, after.comment) == (4, "Very kind")
        await expect(page.get_by_role("button", name="No longer needed").first).to_have_attribute(
            "aria-disabled", "true"
        )


async def test_leaving_on_a_phone_in_chinese(open_page: Open, desk_site: Any, office: Any) -> None:
    async with office() as at:
        page = await open_page("/?lang=zh-Hans", at=desk_site, viewport=PHONE)
        case = await waiting(page, at)
        await expect(page.locator("#with")).to_have_text("正在等候工作人员")
        await page.click("#transcript")
        await expect(lines(page).locator("a.file")).to_have_count(1)
        await expect(page.locator("#typing")).to_be_hidden()
        await at.desk.say(case.id, at.li, "您好，请问有什么可以帮您？", key="1", via="web")
        await expect(page.locator("#with")).to_have_text("正由李伟为您服务")
        await expect(page.locator(".staff .author")).to_have_text("李伟 · 工作人员")
        await at.redis.xadd("qta:web:feed", {"conversation": await conversation(page), "notice": "staff_typing"})
        await expect(page.locator("#typing")).to_have_text("工作人员正在输入……")
        await expect(page.locator("#typing")).to_be_hidden(timeout=7_000)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await shot(page, "staff-360")
        await page.click("#leave")
        await expect(page.locator("#leave")).to_have_text("确定结束？")
        assert (await at.desk.case(case.id)).state.value == "active", "one press too few"
        await page.click("#leave")
        await expect(page.locator("#standing")).to_be_hidden()
        await expect(page.locator(".person .bubble").last).to_have_text("结束")
        await expect(lines(page).last).to_contain_text("您已结束与工作人员的对话")
        await expect(page.get_by_role("button", name="5分（满分5分）")).to_be_visible()
        await lines(page).last.get_by_role("button", name="获取对话记录").click()
        link = lines(page).last.locator("a.file")
        async with page.expect_download() as download:
            await link.click()
        saved = Path(await (await download.value).path())
        assert "请问有什么可以帮您" in await asyncio.to_thread(saved.read_text, "utf-8-sig")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await shot(page, "rating-360")


async def test_files_both_ways(open_page: Open, desk_site: Any, office: Any, tmp_path: Path) -> None:
    async with office() as at:
        page = await open_page(at=desk_site, viewport=PHONE)
        drop = """name => {
            const data = new DataTransfer();
            data.items.add(new File(['%PDF-1.7'], name, { type: 'application/pdf' }));
            const event = name.startsWith('pasted')
                ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
                : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
            document.getElementById('question').dispatchEvent(event);
            return event.defaultPrevented;
        }"""
        assert await page.evaluate(drop, "dropped.pdf"), "or the browser would open it instead of the page"
        await expect(page.locator("#hint")).to_have_text("Files can be sent once you have asked for a person.")
        case = await waiting(page, at)
        await at.desk.claim(case.id, at.mallory, via="web")
        await expect(page.locator("#with bdi")).to_have_text(at.mallory.name_en)
        await page.set_input_files("#files", [{"name": "护照.png", "mimeType": "image/png", "buffer": PNG}])
        await page.evaluate(drop, "dropped.pdf")
        await page.evaluate(drop, "pasted.pdf")
        tray = page.locator("#tray li")
        await expect(tray).to_have_count(3)
        await expect(tray.get_by_text("Uploading")).to_have_count(0)
        await page.get_by_role("button", name="Remove: dropped.pdf").click()
        await page.reload()
        await online(page)
        await expect(tray).to_have_count(2)
        await ask(page, "Here they are")
        await expect(page.locator("#tray")).to_be_hidden()
        mine = page.locator(".person").last
        await expect(mine.locator(".bubble")).to_contain_text("Here they are")
        await expect(mine.locator("a.file .name bdi")).to_have_text("pasted.pdf")
        await expect(mine.locator("img")).to_have_attribute("alt", "护照.png")
        await expect(page.locator(".person[data-state]")).to_have_count(0)
        assert await mine.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
        await at.wrote(case, "Here they are")
        heard = [each.name for entry in await at.desk.cases.log(case.id) for each in entry.files]
        assert heard == ["护照.png", "pasted.pdf"]
        photo = new_file("photo", '"><img src=x onerror=hacked=1>.png', "image/png", len(PNG))
        await at.desk.files.put(photo, PNG)
        missing = new_file("photo", "missing.png", "image/png", 5)
        await at.desk.say(case.id, at.mallory, "", key="1", via="web", files=(photo, missing))
        await expect(page.locator(".staff img")).to_have_count(1)
        await expect(page.locator(".staff")).to_contain_text("missing.png 5 B (no longer available)")
        await expect(page.locator(".staff .author bdi")).to_have_text(at.mallory.name_en)
        await expect(page.locator("#announcer")).to_contain_text("missing.png")
        assert await page.evaluate("window.hacked") is None
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.set_input_files(
            "#files", [{"name": "large.bin", "mimeType": "", "buffer": b"x" * (10 << 20) + b"x"}]
        )
        await expect(page.locator("#hint")).to_contain_text("at most 10 MB")
        await expect(page.locator("#tray")).to_be_hidden()


async def test_a_message_waits_for_its_files(open_page: Open, desk_site: Any, office: Any) -> None:
    async with office() as at:
        page = await open_page(at=desk_site)
        case = await waiting(page, at)
        hold, tries = asyncio.Event(), 0

        async def slow(route: Any) -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                await route.abort()
            else:
                await hold.wait()
                await route.continue_()

        await page.route("**/api/files?**", slow)
        await page.set_input_files("#files", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"}])
        await expect(page.locator("#tray")).to_contain_text("Uploading")
        await ask(page, "with it")
        await expect(page.locator("#hint")).to_contain_text("Still uploading")
        await expect(page.locator(".person .bubble", has_text="with it")).to_have_count(0)
        hold.set()
        await expect(page.locator(".person .bubble", has_text="with it").locator("a.file")).to_have_count(1)
        await at.wrote(case, "with it")
        await page.unroute("**/api/files?**")
        await page.route("**/api/files?**", lambda route: route.abort())
        await page.set_input_files("#files", [{"name": "b.txt", "mimeType": "text/plain", "buffer": b"text"}])
        await expect(page.locator("#tray")).to_contain_text("Not uploaded")
        await page.unroute("**/api/files?**")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.locator("#tray .state")).to_have_text("")
        await at.desk.close(case.id, at.li, Outcome.other, via="web")
        await expect(page.locator("#tray")).to_be_hidden()


@pytest.mark.parametrize(("path", "scheme"), [("/?lang=en", "light"), ("/?lang=zh-Hant", "dark")])
async def test_axe_finds_nothing_with_staff(
    open_page: Open, desk_site: Any, office: Any, path: str, scheme: str
) -> None:
    async with office() as at:
        page = await open_page(path, at=desk_site, color_scheme=scheme, viewport=PHONE)
        case = await waiting(page, at)
        await page.set_input_files("#files", [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}])
        photo = new_file("photo", "a.png", "image/png", len(PNG))
        await at.desk.files.put(photo, PNG)
        await at.desk.say(case.id, at.li, "您好 hello", key="1", via="web", files=(photo,))
        await expect(page.locator(".staff img")).to_be_visible()
        await expect(page.locator("#tray .state")).to_have_text("")
        await without_problems(page)
        await ask(page, "please")
        await at.wrote(case, "please")
        await at.desk.close(case.id, at.li, Outcome.answered, via="web")
        await expect(page.locator(".star")).to_have_count(5)
        await page.locator(".star").nth(2).click()
        await expect(lines(page)).to_have_count(3)
        await without_problems(page)


async def without_problems(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed: no axe-core")
    source = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    await asyncio.sleep(0.5)
    # what lies half under the bars would count as too small
    await page.evaluate("document.querySelectorAll('.top, .bottom').forEach(bar => bar.style.position = 'static')")
    await page.evaluate(source)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = await page.evaluate("tags => axe.run({ runOnly: tags })", tags)
    problems = [
        f"{v['id']}: {json.dumps([n['html'][:150] + ' ' + n['failureSummary'][:500] for n in v['nodes'][:3]])}"
        for v in found["violations"]
    ]
    assert not problems


PAGES = ["/?lang=en", "/?lang=zh-Hant", "/services?lang=en", "/services/work-permit?lang=zh-Hans", "/embed?lang=en"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing(open_page: Open, path: str, scheme: str) -> None:
    page = await open_page(path, color_scheme=scheme, viewport=PHONE)
    if path.startswith(("/?", "/embed")):
        await ask(page, "What documents do I need for a work permit?")
        await (
            (await answers(page, 1)).get_by_role("button", name="Service card" if "=en" in path else "服務卡片").click()
        )
        await page.wait_for_selector(".card")
        await ask(page, "check whether I qualify")
        await answers(page, 2)
    await without_problems(page)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
async def test_every_service_page_fits_a_phone(open_page: Open, language: str) -> None:
    page = await open_page("/services", viewport=PHONE)
    origin = await page.evaluate("location.origin")
    for service in list(shared().services)[::6]:
        await page.goto(f"{origin}/services/{service}?lang={language}")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), service
