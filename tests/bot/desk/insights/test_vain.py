"""Groups, decisions, and what becomes of the questions that come after."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.insights.vain import CannotLabel, Groups, Label, Mark, NoSuchQuestion, Question, grouped, labelled

SERVICES = ("work-permit", "health-check")
INTENTS = ("ask_fee", "ask_time", "greet", "out_of_scope", "feedback", "nlu_fallback")
DOGS = ("can I bring my dog to Shenzhen", "How do I bring a dog with me to shenzhen?", "bring my dog to Shenzhen")


def question(id_: str, text: str, at: float = 0.0, **given: Any) -> Question:
    given = {
        "kind": "fallback", "language": "en", "channel": "web", "service": None, "intents": (), "who": id_, **given
    }  # fmt: skip
    return Question(id=id_, text=text, at=at, **given)


def dogs() -> list[Question]:
    return [question(f"d{n}", text, n) for n, text in enumerate(DOGS)]


MOSQUE = question("m", "附近有清真寺吗", 9, kind="out_of_scope")


def ids(groups: Groups, state: str) -> list[list[str]]:
    return [[each.id for each in group.questions] for group in getattr(groups, state)]


def test_the_most_asked_come_first_and_a_group_says_what_it_is() -> None:
    again = question("m2", "前海附近有没有清真寺？", 5, kind="down", who="m")
    found = grouped([MOSQUE, again, *dogs()], {})
    assert ids(found, "open") == [["d0", "d1", "d2"], ["m2", "m"]]
    first, second = found.open
    assert (first.id, first.text, first.count, first.last) == ("g-d0", DOGS[0], 3, 2)
    assert (second.kinds, second.people, second.texts) == ({"down": 1, "out_of_scope": 1}, 1, (again.text, MOSQUE.text))


def test_the_order_of_the_questions_does_not_matter() -> None:
    assert grouped([*dogs(), MOSQUE], {}) == grouped([MOSQUE, *reversed(dogs())], {})


def test_the_id_stays_when_more_come_and_goes_with_its_leader() -> None:
    assert grouped(dogs()[:1], {}).open[0].id == grouped(dogs(), {}).open[0].id == "g-d0"
    assert grouped(dogs()[1:], {}).open[0].id == "g-d1"


def test_labelled_questions_leave_the_list_and_suggest_their_label() -> None:
    label = Label("work-permit", "ask_fee")
    found = grouped(dogs(), {"d0": Mark("li", 1, label), "d1": Mark("li", 1, label)})
    assert ids(found, "open") == [["d2"]]
    assert found.open[0].id == "g-d0"
    assert found.open[0].suggested == label
    assert found.open[0].text == DOGS[2]
    assert found.labelled[0].mark == Mark("li", 1, label)


def test_what_is_very_like_a_dismissed_question_stays_out_and_comes_back_with_undo() -> None:
    late = question("d9", "Can I bring a dog to Shenzhen?", 99)
    other = question("x", "can I bring my dog to a Shenzhen restaurant", 99)
    found = grouped([dogs()[0], late], {"d0": Mark("li", 1)})
    assert ids(found, "dismissed") == [["d0", "d9"]]
    assert found.open == ()
    assert ids(grouped([dogs()[0], late], {}), "open") == [["d0", "d9"]]
    [group] = grouped([dogs()[0], other], {"d0": Mark("li", 1)}).open
    assert (group.id, group.text) == ("g-d0", other.text)


def test_a_decision_on_a_group_is_about_what_is_open_of_it() -> None:
    found = grouped(dogs(), {"d1": Mark("li", 1)})
    open_ids = [each.id for group in found.open for each in group.questions]
    assert [each.id for each in found.named("g-d0")] == (open_ids or ["d0", "d1", "d2"])
    everything = {each: Mark("li", 1) for each in ("d0", "d1", "d2")}
    assert len(grouped(dogs(), everything).named("g-d0")) == 3
    assert [each.id for each in found.named("d1")] == ["d1"]
    assert len(found.all_of("g-d0")) == 3
    for wrong in ("g-d1", "nobody", ""):
        with pytest.raises(NoSuchQuestion):
            found.named(wrong)


def test_a_group_that_is_exported_in_part_is_not_exported() -> None:
    label = Label(None, "out_of_scope")
    marks = {"d0": Mark("li", 1, label, exported=5.0), "d1": Mark("li", 2, label), "d2": Mark("li", 1, label, 5.0)}
    [group] = grouped(dogs(), marks).labelled
    assert group.mark == Mark("li", 2, label)
    [group] = grouped(dogs(), {**marks, "d1": Mark("li", 2, label, 6.0)}).labelled
    assert group.mark
    assert group.mark.exported == 6.0


def test_nothing_is_nothing() -> None:
    assert grouped([], {}) == Groups()


@pytest.mark.parametrize(
    ("service", "intent", "problem"),
    [
        ("no-such", "ask_fee", "service"),
        ("work-permit", "no_such", "intent"),
        (None, "nlu_fallback", "intent"),
        (None, "feedback", "intent"),
        ("work-permit", "out_of_scope", "both"),
        ("work-permit", "greet", "both"),
    ],
)
def test_labels_that_do_not_fit_are_refused(service: str | None, intent: str, problem: str) -> None:
    with pytest.raises(CannotLabel) as found:
        labelled(service, intent, SERVICES, INTENTS)
    assert found.value.problem == problem


@pytest.mark.parametrize(
    ("service", "intent"), [("work-permit", "ask_fee"), (None, "ask_time"), (None, "out_of_scope")]
)
def test_labels_that_fit(service: str | None, intent: str) -> None:
    assert labelled(service, intent, SERVICES, INTENTS) == Label(service, intent)


def test_marks_survive_json() -> None:
    for mark in (Mark("li", 1.5), Mark("li", 2.0, Label(None, "out_of_scope"), 3.0), Mark("li", 2.0, Label("a", "b"))):
        assert Mark.from_json(mark.to_json()) == mark
