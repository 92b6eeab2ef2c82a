"""Answers for the person who asks: which statements are for them, and what a service that is not for them says to them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from catalog.models import Aspect, Audience, Service, Statement
from catalog.render import pick

AUDIENCES = {
    "hong_kong": Audience.hong_kong,
    "macao": Audience.macao,
    "taiwan": Audience.taiwan,
    "foreign": Audience.foreigner,
    "employer": Audience.employer,
}
"""Audience of the catalog for each group of people (`entities.places.Identity`)."""

_ORGANISATIONS = frozenset({Audience.employer, Audience.entrepreneur})

_NAMES = {
    Audience.hong_kong: ("香港居民", "Hong Kong resident"),
    Audience.macao: ("澳门居民", "Macao resident"),
    Audience.taiwan: ("台湾居民", "Taiwan resident"),
    Audience.foreigner: ("外国人", "foreign national"),
}

_FIRST = (Aspect.eligibility, Aspect.overview, Aspect.restriction)
"""Where what decides for a group of people stands."""

Who = frozenset[Audience]


def audiences(groups: Iterable[str]) -> Who:
    """The audiences that some groups of people are; the Mainland is none."""
    return frozenset(AUDIENCES[group] for group in groups if group in AUDIENCES)


def people(who: Who) -> Who:
    """Those of them that say where a person is from."""
    return who - _ORGANISATIONS


def meant_for(statements: Sequence[Statement], who: Who) -> tuple[Statement, ...]:
    """The statements without those that are only for other people; all where none would be left."""
    if not people(who):
        return tuple(statements)
    kept = tuple(
        s for s in statements if not s.audience or not _ORGANISATIONS.isdisjoint(s.audience) or who & set(s.audience)
    )
    return kept or tuple(statements)


def excluded(service: Service, who: Who) -> bool:
    """Whether a service is for other people than these."""
    persons = people(who)
    return bool(persons) and bool(people(frozenset(service.audiences))) and not persons & set(service.audiences)


def decisive(service: Service, who: Who) -> Statement | None:
    """What the catalog says first to exactly these people: that they need no permit, or that they do like any other foreigner."""
    persons = people(who)
    if not persons:
        return None
    if excluded(service, who):
        return _first(
            service, lambda audience: bool(persons & audience) and Audience.foreigner not in audience - persons
        )
    return _first(service, lambda audience: persons <= audience) if len(persons) > 1 else None


def _first(service: Service, fits: Callable[[Who], bool]) -> Statement | None:
    order = (*_FIRST, *(aspect for aspect in service.aspects if aspect not in _FIRST))
    return next(
        (
            statement
            for aspect in order
            for statement in service.aspects.get(aspect, ())
            if statement.audience and not statement.unconfirmed and fits(frozenset(statement.audience))
        ),
        None,
    )


def people_name(who: Who, language: str) -> str:
    """`香港居民`, `a Hong Kong resident`; of several `持外国国籍的香港居民`, `a foreign national and Hong Kong resident`."""
    persons = [audience for audience in _NAMES if audience in who]
    if language == "zh":
        foreign = Audience.foreigner in persons and len(persons) > 1
        names = [_NAMES[a][0] for a in persons if not (foreign and a is Audience.foreigner)]
        return ("持外国国籍的" if foreign else "") + "、".join(names)
    return "a " + " and ".join(_NAMES[audience][1] for audience in persons)


def lead(text: str, who: Who, language: str) -> str:
    """A statement as the answer for these people."""
    return pick(language, f"对{people_name(who, language)}：{text}", f"For {people_name(who, language)}: {text}")
