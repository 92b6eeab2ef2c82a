from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from actions import acts
from actions.acts import ALL, check, complain, delete_my_data, subscribe, subscribed, track, unsubscribe, unsubscribed
from actions.answer import answer
from actions.reply import Button, Reply, human_button
from catalog.models import Aspect
from catalog.render import contact_line
from catalog.store import Catalog
from language.script import has_han

both_languages = pytest.mark.parametrize("language", ["zh", "en"])

ROOT = Path(__file__).parents[2]


def short(catalog: Catalog, service: str, language: str) -> str:
    return str(getattr(catalog.services[service].short, language))


def every_reply(catalog: Catalog, language: str) -> list[Reply]:
    both = ["work-permit", "postdoc"]
    return [
        *(do(catalog, service, language) for do in (track, complain, check) for service in (None, "postdoc")),
        subscribe(catalog, None, [], language),
        subscribe(catalog, "postdoc", both, language),
        unsubscribe(catalog, [], [], language),
        unsubscribe(catalog, both, both, language),
        unsubscribe(catalog, both, ["postdoc"], language),
        delete_my_data(False, language),
        delete_my_data(True, language),
    ]


@both_languages
def test_every_act_is_answered_in_the_language_with_a_way_to_a_person(catalog: Catalog, language: str) -> None:
    for reply in every_reply(catalog, language):
        assert has_han(reply.text.split("\n")[0]) == (language == "zh")
        person = human_button(language)
        assert reply.forget or person in reply.buttons


def test_every_button_means_an_intent_of_the_domain(catalog: Catalog) -> None:
    intents = yaml.safe_load((ROOT / "domain/intents.yml").read_text(encoding="utf-8"))["intents"]
    replies = every_reply(catalog, "en")
    assert {button.intent for reply in replies for button in reply.buttons} <= set(intents)
    assert {reply.intent for reply in replies} <= set(intents)


@both_languages
def test_progress_is_asked_for_where_the_service_is_applied_for(catalog: Catalog, language: str) -> None:
    for service in catalog.services.values():
        reply = track(catalog, service.id, language)
        first, _, *rows = reply.text.split("\n")
        assert getattr(service.short, language) in first
        lines = {f"• {contact_line(contact, language)}": contact for contact in catalog.contacts.values()}
        contacts = [lines[row] for row in rows]
        assert 1 <= len(contacts) <= 5
        assert len(set(rows)) == len(rows)
        assert all(contact.phone or contact.url for contact in contacts)
        kinds = ["portal", "place", "hotline"]
        assert [kinds.index(contact.kind) for contact in contacts] == sorted(kinds.index(c.kind) for c in contacts)
        assert reply.buttons[0].entities == {"service": service.id}


def test_the_site_of_the_application_stands_first(catalog: Catalog) -> None:
    rows = track(catalog, "work-permit", "zh").text.split("\n")[2:]
    assert "wgfw.ga.sz.gov.cn" in rows[0]
    assert rows[-1] == "• 深圳市政务服务便民热线 12345"


@both_languages
@pytest.mark.parametrize("service", [None, "gone"])
def test_progress_of_what_is_asked_back(catalog: Catalog, service: str | None, language: str) -> None:
    reply = track(catalog, service, language)
    assert (reply.intent, reply.buttons) == ("track_application", (human_button(language),))
    assert ("Which service" in reply.text) == (language == "en")


@both_languages
def test_complaints_go_to_the_city_the_office_the_center_and_a_person(catalog: Catalog, language: str) -> None:
    for service in [None, *catalog.services.values()]:
        reply = complain(catalog, service.id if service else None, language)
        assert (reply.intent, reply.handoff) == ("complain", True)
        rows = reply.text.split("\n")[1:-1]
        asked = service.ask if service else ()
        wanted = {
            f"• {contact_line(catalog.contacts[each], language)}" for each in (*asked, acts.CITY_LINE, acts.CENTER)
        }
        assert set(rows) == wanted
        assert len(rows) == len(wanted)


@pytest.mark.parametrize(
    ("before", "service", "after"),
    [
        ([], "a", ["a"]),
        (["a"], "b", ["a", "b"]),
        (["a", "b"], "a", ["a", "b"]),
        (["a"], None, ["a"]),
    ],
)
def test_subscriptions_are_kept_once_in_order(before: list[str], service: str | None, after: list[str]) -> None:
    assert subscribed(before, service) == after


@pytest.mark.parametrize(
    ("before", "service", "text", "after"),
    [
        (["a", "b"], "a", "unsubscribe", ["b"]),
        (["a", "b"], None, "unsubscribe", ["a", "b"]),
        (["a", "b"], "c", "取消订阅", ["a", "b"]),
        (["a"], None, "unsubscribe me", []),
        (["a"], "b", "退訂", []),
        (["a", "b"], "a", "cancel all of them", []),
        (["a", "b"], "a", "everything", []),
        (["a", "b"], None, ALL, []),
        (["a", "b"], None, "全部取消", []),
        (["a", "b"], None, "所有通知都不要了", []),
        (["a", "b"], None, "取消所有訂閱", []),
        (["a", "b"], "a", "取消晒佢", []),
        (["a", "b"], "a", "I don't want any more notices", ["b"]),
        (["a", "b"], "a", "what a hall", ["b"]),
        ([], "a", "unsubscribe", []),
    ],
)
def test_what_is_left_after_an_unsubscription(
    before: list[str], service: str | None, text: str, after: list[str]
) -> None:
    assert unsubscribed(before, service, text) == after


@both_languages
def test_a_subscription_is_confirmed_and_can_be_undone(catalog: Catalog, language: str) -> None:
    after = ["work-permit", "postdoc"]
    reply = subscribe(catalog, "postdoc", after, language)
    assert all(short(catalog, service, language) in reply.text.split("\n")[-1] for service in after)
    assert short(catalog, "postdoc", language) in reply.text.split("\n")[0]
    assert reply.buttons[0].payload == '/unsubscribe{"service": "postdoc"}'


@both_languages
@pytest.mark.parametrize("after", [[], ["postdoc"], ["gone"]])
def test_a_subscription_to_nothing_asks_to_what(catalog: Catalog, after: list[str], language: str) -> None:
    reply = subscribe(catalog, None, after, language)
    none = "You have no subscriptions now." if language == "en" else "目前没有订阅。"
    assert (none in reply.text) == (after != ["postdoc"])
    assert (short(catalog, "postdoc", language) in reply.text) == (after == ["postdoc"])


@both_languages
def test_of_several_subscriptions_one_or_all_can_be_cancelled(catalog: Catalog, language: str) -> None:
    before = ["work-permit", "postdoc"]
    reply = unsubscribe(catalog, before, before, language)
    assert reply.asks == "which"
    assert [button.entities for button in reply.buttons] == [
        {"service": "work-permit"},
        {"service": "postdoc"},
        {"says": ALL},
        {},
    ]
    for button in reply.buttons[:-1]:
        assert unsubscribed(before, button.entities.get("service"), button.entities.get("says", "")) != before


@pytest.mark.parametrize(
    ("after", "zh", "en"),
    [
        ([], "好的，已取消。\n目前没有订阅。", "Done, it is cancelled.\nYou have no subscriptions now."),
        (["postdoc"], "好的，已取消。\n您的订阅：博士后", "Done, it is cancelled.\nYour subscriptions: Postdocs"),
    ],
)
def test_what_is_left_is_said(catalog: Catalog, after: list[str], zh: str, en: str) -> None:
    before = ["work-permit", *after]
    assert unsubscribe(catalog, before, after, "zh").text == zh
    assert unsubscribe(catalog, before, after, "en").text == en


@both_languages
def test_who_has_no_subscription_is_told_so(catalog: Catalog, language: str) -> None:
    reply = unsubscribe(catalog, [], [], language)
    assert reply.text in ("您没有订阅任何通知。", "You are not subscribed to anything.")
    assert reply.asks is None


@both_languages
def test_everything_is_deleted_only_after_yes(language: str) -> None:
    asked = delete_my_data(False, language)
    assert (asked.asks, asked.forget) == ("yes_no", False)
    yes, no, _ = asked.buttons
    assert (yes.intent, yes.entities) == ("delete_my_data", {"says": "yes"})
    assert (no.intent, no.entities) == ("deny", {"says": "keep"})
    done = delete_my_data(True, language)
    assert (done.forget, done.asks, done.buttons) == (True, None, ())


@both_languages
def test_a_check_without_an_interview_shows_the_conditions(catalog: Catalog, language: str) -> None:
    assert catalog.services["postdoc"].interview is None
    reply = check(catalog, "postdoc", language)
    rules = answer(catalog, "postdoc", Aspect.eligibility, language)
    lead, text = reply.text.split("\n\n", 1)
    assert lead
    assert (text, reply.sources, reply.intent) == (rules.text, rules.sources, "check_eligibility")
    checks = reply.buttons[: -len(rules.buttons)]
    assert reply.buttons[len(checks) :] == rules.buttons
    related = [each for each in catalog.services["postdoc"].related if catalog.services[each].interview]
    assert [(button.intent, button.entities["service"]) for button in checks] == [
        ("check_eligibility", each) for each in related[:2]
    ]


@both_languages
def test_a_check_without_a_service_offers_those_with_an_interview(catalog: Catalog, language: str) -> None:
    reply = check(catalog, None, language)
    checked = [
        Button(getattr(service.short, language), "check_eligibility", {"service": service.id})
        for service in catalog.services.values()
        if service.interview
    ]
    assert list(reply.buttons) == [*checked, human_button(language)]
    assert (reply.asks, reply.sources) == ("which", ())
