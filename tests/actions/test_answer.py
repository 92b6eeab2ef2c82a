from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from actions.answer import BUTTONS, CHECKED, NEAREST, NEXT_ASPECTS, SOURCES_SHOWN, answer, check_button, together
from actions.reply import human_button, rating_buttons
from catalog.models import Aspect, Service
from catalog.render import aspect_name, contact_line, date_text
from catalog.store import Catalog

both_languages = pytest.mark.parametrize("language", ["zh", "en"])

READ = {"en": r"read \d{1,2} [A-Z][a-z]+ \d{4}\)", "zh": r"\d{4}年\d{1,2}月\d{1,2}日查阅）"}
REFUSAL = {"en": "so I will not guess", "zh": "我不能随意回答"}
NEAREST_THING = {"en": "The nearest thing it has ({}): ", "zh": "最接近的内容（{}）："}
SOURCES = {"en": r"\n\nSources?:", "zh": "\n\n来源："}


def pairs(catalog: Catalog, known: bool) -> Iterator[tuple[Service, Aspect]]:
    found = [(s, a) for s in catalog.services.values() for a in Aspect if (a in s.aspects) is known]
    assert found
    yield from found


@both_languages
def test_a_known_aspect_is_answered_under_its_heading(catalog: Catalog, language: str) -> None:
    for service, aspect in pairs(catalog, known=True):
        reply = answer(catalog, service.id, aspect, language)
        heading = f"{getattr(service.short, language)} · {aspect_name(aspect, language)}\n\n"
        assert reply.text.startswith(heading), (service.id, aspect)
        assert reply.intent == f"ask_{aspect.value}"
        assert not reply.handoff
        body = reply.text.removeprefix(heading)
        for statement in service.aspects[aspect]:
            assert getattr(statement, language).rstrip("。.") in body, (service.id, aspect)


@both_languages
def test_every_source_of_an_answer_is_named_with_the_day_it_was_read(catalog: Catalog, language: str) -> None:
    for service, aspect in pairs(catalog, known=True):
        reply = answer(catalog, service.id, aspect, language)
        assert list(reply.sources) == catalog.sources_of(service.aspects[aspect])
        sections = re.split(SOURCES[language], reply.text)
        assert len(sections) == (2 if reply.sources else 1), (service.id, aspect)
        shown = reply.sources[:SOURCES_SHOWN]
        for source in shown:
            assert getattr(source.issuer, language) in sections[1]
            assert getattr(source.title, language) in sections[1]
            assert source.url is None or source.url in sections[1]
            assert source.read_on is None or date_text(source.read_on.isoformat(), language) in sections[1]
        read = sum(source.read_on is not None for source in shown)
        assert len(re.findall(READ[language], sections[-1])) == read, (service.id, aspect)


@both_languages
def test_one_source_stands_behind_the_word_and_several_in_a_list(catalog: Catalog, language: str) -> None:
    lines_of = {}
    for service, aspect in pairs(catalog, known=True):
        reply = answer(catalog, service.id, aspect, language)
        if reply.sources:
            lines_of[len(reply.sources)] = reply.text.rsplit("\n\n", 1)[1].split("\n")
    assert len(lines_of[1]) == 1
    assert lines_of[1][0].startswith(("来源：", "Source: "))
    assert lines_of[3][0] in ("来源：", "Sources:")
    assert [line[:2] for line in lines_of[3][1:]] == ["– "] * 3
    many = max(lines_of)
    assert many > SOURCES_SHOWN
    assert len(lines_of[many]) == SOURCES_SHOWN + 2
    more = many - SOURCES_SHOWN
    assert lines_of[many][-1] in (f"– 另有{more}个来源", f"– and {more} more")


@both_languages
def test_an_unknown_aspect_is_said_to_be_unknown_with_the_nearest_thing_and_whom_to_ask(
    catalog: Catalog, language: str
) -> None:
    for service, aspect in pairs(catalog, known=False):
        reply = answer(catalog, service.id, aspect, language)
        first, nearest, *rest = reply.text.split("\n\n")
        assert getattr(service.short, language) in first
        assert aspect_name(aspect, language) in first
        assert REFUSAL[language] in first
        sure = {a: [s for s in statements if not s.unconfirmed] for a, statements in service.aspects.items()}
        near = next((a for a in NEAREST[aspect] if sure.get(a)), Aspect.overview)
        statement = sure[near][0]
        assert nearest.startswith(NEAREST_THING[language].format(aspect_name(near, language)))
        assert getattr(statement, language).rstrip("。.") in nearest
        assert all(contact_line(catalog.contacts[contact], language) in rest[0] for contact in service.ask)
        assert list(reply.sources) == catalog.sources_of((statement,))
        assert len(rest) == (2 if reply.sources else 1), (service.id, aspect)
        assert reply.intent == f"ask_{aspect.value}"


@both_languages
def test_buttons_lead_to_a_check_to_other_known_aspects_and_to_a_person(catalog: Catalog, language: str) -> None:
    for known in (True, False):
        for service, aspect in pairs(catalog, known):
            buttons = list(answer(catalog, service.id, aspect, language).buttons)
            person = buttons.index(human_button(language))
            others = buttons[:person]
            assert tuple(buttons[person + 1 :]) == (rating_buttons() if known else ())
            check = [check_button(service, language)] if service.interview and aspect in CHECKED else []
            assert others[: len(check)] == check
            assert check_button(service, language) not in others[len(check) :]
            asked = [Aspect(button.intent.removeprefix("ask_")) for button in others[len(check) :]]
            following = [a for a in NEXT_ASPECTS if a in service.aspects and a is not aspect]
            assert asked == following[: BUTTONS - len(check)]
            assert [button.title for button in others[len(check) :]] == [aspect_name(a, language) for a in asked]
            assert all(button.entities == {"service": service.id} for button in others)


@both_languages
def test_several_answers_share_one_way_to_a_person_and_one_rating(catalog: Catalog, language: str) -> None:
    asked = [("work-permit", Aspect.fee), ("work-permit", Aspect.time), ("postdoc", Aspect.fee)]
    replies = [answer(catalog, service, aspect, language) for service, aspect in asked]
    reply = together(replies, language)
    assert reply.text == "\n\n".join(each.text for each in replies)
    assert reply.buttons[-3:] == (human_button(language), *rating_buttons())
    assert len(set(map(str, reply.buttons))) == len(reply.buttons) <= BUTTONS + 3
    assert not {"ask_fee", "ask_time"} & {button.intent for button in reply.buttons}
    assert set(reply.sources) == {source for each in replies for source in each.sources}


@both_languages
def test_the_languages_are_not_mixed_up(catalog: Catalog, language: str) -> None:
    other = {"zh": "en", "en": "zh"}[language]
    for service, aspect in pairs(catalog, known=True):
        text = answer(catalog, service.id, aspect, language).text
        assert not [s for s in service.aspects[aspect] if getattr(s, other) in text], (service.id, aspect)


def deadline_by_day(catalog: Catalog) -> tuple[Service, dict[dt.date, str]]:
    """A service whose deadline is an application window, and what to say of it on the days around its ends."""
    for service in catalog.services.values():
        window = service.aspects[Aspect.deadline][0].window if Aspect.deadline in service.aspects else None
        if window:
            day = dt.timedelta(days=1)
            return service, {
                window.opens - day: "(not open yet)",
                window.opens: "(open now)",
                window.closes: "(open now)",
                window.closes + day: "(over)",
            }
    raise LookupError("no application window")


def test_application_windows_are_those_of_the_day(catalog: Catalog) -> None:
    service, states = deadline_by_day(catalog)
    for on, state in states.items():
        assert state in answer(catalog, service.id, Aspect.deadline, "en", on).text.split("\n")[2]


def test_windows_in_the_nearest_thing_are_those_of_the_day(catalog: Catalog) -> None:
    service, states = deadline_by_day(catalog)
    others = {aspect: known for aspect, known in service.aspects.items() if aspect is not Aspect.validity}
    without_validity = replace(catalog, services={service.id: service.copy(update={"aspects": others})})
    for on, state in states.items():
        assert state in answer(without_validity, service.id, Aspect.validity, "en", on).text.split("\n")[2]


def test_every_aspect_has_its_nearest_ones() -> None:
    assert set(NEAREST) == set(Aspect)
    assert all(near and aspect not in near for aspect, near in NEAREST.items())
