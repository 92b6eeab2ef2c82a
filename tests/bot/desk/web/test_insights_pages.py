"""What supervisors see and decide at /desk/insights."""

from __future__ import annotations

import time
from typing import Any

from bot.desk.insights.records import Records
from bot.engine.protocol import Answer
from bot.messages import Incoming

Office = Any
QUESTIONS = "/desk/insights/questions"


async def asked_in_vain(office: Office, text: str, number: int = 1) -> str:
    """A question that nobody understood; returns its id."""
    records = Records(office.redis)
    message = Incoming("web", f"web:{number}", f"v{number}", time.time(), text)
    await records.turn(message, Answer("en", "nlu_fallback", None, 0.1, "Sorry?"))
    return (await records.vain(10))[-1].id


async def test_figures(office: Office) -> None:
    await asked_in_vain(office, "Where is the moon?")
    for language, words in (("en", ("Conversations", "Download CSV")), ("zh", ("会话", "下载CSV"))):
        boss = await office.signed_in("boss", language)
        page = await boss.get("/desk/insights")
        assert page.status_code == 200
        assert all(each in page.text for each in words)
        assert "insights.css" in page.text
        assert "style=" not in page.text, "the policy forbids it"
    csv = await boss.get("/desk/insights.csv")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert csv.headers["content-disposition"] == 'attachment; filename="insights.csv"'
    assert "conversations" in csv.text


async def test_the_period_is_asked_for(office: Office) -> None:
    boss = await office.signed_in("boss")
    page = (await boss.get("/desk/insights?from=2026-11-01&to=2026-11-07")).text
    assert 'value="2026-11-01"' in page
    assert 'value="2026-11-07"' in page
    for wrong in ("from=x", "from=2026-11-07&to=2026-11-01", "from=1900-01-01", "to=9999-12-31", "from=%00"):
        assert (await boss.get(f"/desk/insights?{wrong}")).status_code == 200, wrong
        assert (await boss.get(f"/desk/insights.csv?{wrong}")).status_code == 200, wrong


async def test_questions_are_decided_on(office: Office) -> None:
    question = await asked_in_vain(office, "How <b>much</b> does the thing cost?")
    boss = await office.signed_in("boss")
    page = (await boss.get(QUESTIONS)).text
    assert "How &lt;b&gt;much&lt;/b&gt; does the thing cost?" in page
    form = {
        "csrf": boss.headers["X-CSRF-Token"],
        "id": question,
        "do": "label",
        "service": "work-permit",
        "intent": "ask_fee",
    }
    for wrong in ({"intent": "no_intent"}, {"service": "no-service"}, {"id": "nothing"}, {"do": "destroy"}, {"do": ""}):
        refused = await boss.post(QUESTIONS, data={**form, **wrong})
        assert (refused.status_code, "Not done:" in refused.text) == (400, True), wrong
    assert await Records(office.redis).marks() == {}
    done = await boss.post(QUESTIONS, data=form)
    assert (done.status_code, done.headers["location"]) == (303, QUESTIONS)
    mark = (await Records(office.redis).marks())[question]
    assert (mark.by, mark.label.service, mark.label.intent) == ("boss", "work-permit", "ask_fee")  # type: ignore[union-attr]
    assert (await boss.post(QUESTIONS, data={**form, "do": "undo"})).status_code == 303
    assert (await boss.post(QUESTIONS, data={**form, "do": "dismiss"})).status_code == 303
    assert (await Records(office.redis).marks())[question].label is None
