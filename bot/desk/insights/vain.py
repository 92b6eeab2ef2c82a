"""Questions asked in vain, what was decided on them, and groups of those that are alike. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.desk.insights.likeness import ALIKE, leaders, likeness, plain
from bot.desk.insights.visits import OUT_OF_SCOPE, Kind

VERY_ALIKE = 0.8
"""Likeness from which a new question is out with a dismissed one."""

NEVER_TYPED = frozenset({"interview", "feedback", "none_of_these", "nlu_fallback"})
"""Intents that no message has: of buttons, and of what was not understood."""

ABOUT_NOTHING = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "help", "bot_challenge", "cancel", "change_language", "list_services",
     "delete_my_data", OUT_OF_SCOPE}
)  # fmt: skip
"""Intents that are about no service."""

GROUP = "g-"
"""What the id of a group begins with; the rest is the id of its leader."""

State = Literal["open", "labelled", "dismissed"]


class CannotLabel(ValueError):
    """The label does not fit. `problem`: `service`, `intent`, or `both` (an intent that is about no service, with one)."""

    def __init__(self, problem: Literal["service", "intent", "both"], what: str) -> None:
        super().__init__(
            {
                "service": f"there is no service `{what}`",
                "intent": f"there is no intent `{what}` that messages can have",
                "both": f"`{what}` is about no service",
            }[problem]
        )
        self.problem = problem


class NoSuchQuestion(LookupError):
    """There is no question or group of this id (any more)."""


@dataclass(frozen=True)
class Question:
    """A question asked in vain. at: seconds since 1970. language: of the answer it got. service, intents: as they were understood.

    who: digest of the conversation.
    """

    id: str
    text: str
    kind: Kind
    language: str
    channel: str
    service: str | None
    intents: tuple[str, ...]
    at: float
    who: str

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Question:
        return cls(**{"service": None, **data, "intents": tuple(data["intents"] or ())})


@dataclass(frozen=True)
class Label:
    """What a question is. service: None for no service in particular."""

    service: str | None
    intent: str


@dataclass(frozen=True)
class Mark:
    """What somebody decided on a question. label: None if it is dismissed. exported: when it became training data."""

    by: str
    at: float
    label: Label | None = None
    exported: float | None = None

    def to_json(self) -> dict[str, Any]:
        label = {"service": self.label.service, "intent": self.label.intent} if self.label else None
        return {"by": self.by, "at": self.at, "label": label, "exported": self.exported}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mark:
        label = data["label"]
        return cls(
            data["by"], data["at"], Label(label["service"], label["intent"]) if label else None, data["exported"]
        )


@dataclass(frozen=True)
class Group:
    """Questions that are alike and in one state, oldest first; at least one.

    id: stays while the leader does. mark: of the last decision, None if open, and for those that are out because they are like a
    dismissed one. suggested: what others of the group were labelled.
    """

    id: str
    state: State
    questions: tuple[Question, ...]
    mark: Mark | None = None
    suggested: Label | None = None

    @property
    def text(self) -> str:
        """One that stands for all: the leader, or the first that is here."""
        leader = self.id.removeprefix(GROUP)
        return next((each.text for each in self.questions if each.id == leader), self.questions[0].text)

    @property
    def count(self) -> int:
        return len(self.questions)

    @property
    def texts(self) -> tuple[str, ...]:
        """Different wordings, each once."""
        return tuple(dict.fromkeys(each.text for each in self.questions))

    @property
    def kinds(self) -> dict[Kind, int]:
        return dict(Counter(each.kind for each in self.questions).most_common())

    @property
    def people(self) -> int:
        """Conversations they come from."""
        return len({each.who for each in self.questions})

    @property
    def last(self) -> float:
        return max(each.at for each in self.questions)


@dataclass(frozen=True)
class Groups:
    """All questions by state; the most asked first, then the latest."""

    open: tuple[Group, ...] = ()
    labelled: tuple[Group, ...] = ()
    dismissed: tuple[Group, ...] = ()
    members: Mapping[str, tuple[Question, ...]] = field(default_factory=dict, repr=False)

    def named(self, id_: str) -> tuple[Question, ...]:
        """What a decision on an id concerns: of a group what is open of it, or all where nothing is. Raises NoSuchQuestion."""
        open_ = next((group for group in self.open if group.id == id_), None)
        found = open_.questions if open_ else self.members.get(id_, ())
        if not found:
            raise NoSuchQuestion(id_)
        return found

    def all_of(self, id_: str) -> tuple[Question, ...]:
        """A question, or everything of a group. Raises NoSuchQuestion."""
        if id_ not in self.members:
            raise NoSuchQuestion(id_)
        return self.members[id_]


def grouped(questions: Sequence[Question], marks: Mapping[str, Mark], clusters: Sequence[int] | None = None) -> Groups:
    """Questions in groups. clusters: what `clustered` said of them."""
    ordered = in_order(questions)
    members: dict[str, list[Question]] = defaultdict(list)
    for question, leader in zip(ordered, clusters if clusters is not None else clustered(ordered)):
        members[GROUP + ordered[leader].id].append(question)
    found: dict[State, list[Group]] = {"open": [], "labelled": [], "dismissed": []}
    for id_, group in members.items():
        for part in _parts(id_, group, marks):
            found[part.state].append(part)
    for groups in found.values():
        groups.sort(key=lambda group: (-group.count, -group.last, group.id))
    every = {**{id_: tuple(group) for id_, group in members.items()}, **{each.id: (each,) for each in ordered}}
    return Groups(tuple(found["open"]), tuple(found["labelled"]), tuple(found["dismissed"]), every)


def in_order(questions: Iterable[Question]) -> list[Question]:
    """Oldest first."""
    return sorted(questions, key=lambda each: (each.at, each.id))


def clustered(ordered: Sequence[Question]) -> list[int]:
    """For each question the place of its group's leader."""
    return leaders([each.text for each in ordered], ALIKE)


def labelled(service: str | None, intent: str, services: Collection[str], intents: Collection[str]) -> Label:
    """A label whose parts exist and fit. intents: of the domain. Raises CannotLabel."""
    if intent not in intents or intent in NEVER_TYPED:
        raise CannotLabel("intent", intent)
    if service is not None and service not in services:
        raise CannotLabel("service", service)
    if service is not None and intent in ABOUT_NOTHING:
        raise CannotLabel("both", intent)
    return Label(service, intent)


def _parts(id_: str, members: Sequence[Question], marks: Mapping[str, Mark]) -> list[Group]:
    """A cluster by state and label."""
    dismissed = {plain(each.text) for each in members if each.id in marks and marks[each.id].label is None}
    by_label: dict[Label | None, list[Question]] = defaultdict(list)
    open_: list[Question] = []
    for each in members:
        mark = marks.get(each.id)
        if mark:
            by_label[mark.label].append(each)
        elif any(likeness(each.text, other) >= VERY_ALIKE for other in dismissed):
            by_label[None].append(each)
        else:
            open_.append(each)
    labels = Counter({label: len(found) for label, found in by_label.items() if label})
    suggested = labels.most_common(1)[0][0] if labels else None
    parts = [
        Group(id_, "labelled" if label else "dismissed", tuple(found), _last(found, marks))
        for label, found in by_label.items()
    ]
    return [*parts, Group(id_, "open", tuple(open_), suggested=suggested)] if open_ else parts


def _last(questions: Iterable[Question], marks: Mapping[str, Mark]) -> Mark | None:
    found = [marks[each.id] for each in questions if each.id in marks]
    last = max(found, key=lambda mark: mark.at, default=None)
    if last and any(mark.exported is None for mark in found):
        return replace(last, exported=None)
    return last
