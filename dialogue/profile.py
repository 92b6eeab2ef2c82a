"""Who somebody is, from what they say in passing. Pure.

Groups are those of `entities.places.Identity`: hong_kong, macao, taiwan, mainland, foreign, employer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from language.script import simplify

WHO = "who"
"""Name in the profile under which the groups stand that somebody belongs to, a sorted list."""

_OTHERS = re.compile(
    r"\b(?:wife|husband|spouse|partner|fianc|girlfriend|boyfriend|son|daughter|kids?|child|children|baby|parents?|mother|father|mum|mom|dad|brother|sister"
    r"|colleagues?|friends?|employees?|staff|candidates?|boss|manager|clients?|interns?|partners?|roommate|classmate|workers?|married (?:to|an?)|marry(?:ing)?|(?:work|live|study)(?:ing)? with|hir(?:e|ing)|employ(?:ing)?|recruit(?:ing)?|sponsor(?:ing)?|he|she|they|his|her|their|someone|somebody|people)\b"
    r"|老公|老婆|太太|先生|丈夫|妻子|爱人|配偶|儿子|女儿|个仔|个女|阿仔|阿女|孩子|小孩|细路|父母|爸|妈|同事|朋友|员工|候选人|老板|老细|上司|下属|手下|客户|伙伴|拍档|合伙人|实习生|亲戚|室友|同学|男友|女友|哥哥|我哥|姐|弟|妹|佢|他|她|别人|有人"
    r"|嫁|娶|我[和跟同与]$|结婚|聘|招|雇|请(?![问教帮告您你])|(?:我们|我哋|咱们|公司)(?:公司)?(?:的|嘅|新)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:i am|i'm|im|as) (?:an? |the )?(?:[\w-]+ ){0,2}?(?:employee|staff|candidate|boss|manager|client|intern|partner|worker)\b"
    r"|我[是系]一?[个名位]?(?:员工|候选人|老板|老细|客户|合伙人|实习生)",
    re.IGNORECASE,
)
"""Words of others that say what the person is."""
_MYSELF = re.compile(r"\b(?:i|i'm|im|me|my|myself|we|our|as an?)\b|我|本人|咱|自己", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[,，。.;；!！?？\n]| but | whose | (?:and|while) (?=(?:i|i'm|im|we|my)\b)|[而但](?=我)|不过(?=我)", re.IGNORECASE
)
_ANYBODY = re.compile(
    r"\b(?:residents|citizens|nationals|foreigners|expats|mainlanders|hong ?kongers|compatriots|employees)\b|[?？]|[呢吗咩]\W*$",
    re.IGNORECASE,
)
"""What speaks of people in general or asks, in a message that says nothing of itself."""


def groups(entities: Iterable[Mapping[str, Any]]) -> list[str]:
    """The groups that a message names, sorted; whose they are is left open."""
    entities = list(entities)
    return sorted({_group(e) for e in entities if e["entity"] == "identity" and not _in_a_name(e, entities)})


THIRD_PERSON = re.compile(r"\b(?:he|she|his|her|him|they|their|them)\b|他|她|佢", re.IGNORECASE)
"""Words for somebody who was spoken of before."""


def _in_a_name(identity: Mapping[str, Any], entities: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an identity is only part of a service's name (港人税负优惠)."""
    start, end = identity.get("start", -1), identity.get("end", -1)
    names = ((e["start"], e["end"]) for e in entities if e["entity"] == "service" and "end" in e)
    return any(first <= start and end <= last for first, last in names)


def said_of_oneself(text: str, entities: Sequence[Mapping[str, Any]]) -> list[str]:
    """The groups a person says to belong to ("I'm from Macao", 我係香港人), sorted; those of others do not count ("my wife is Swiss")."""
    identities = [e for e in entities if e["entity"] == "identity" and not _in_a_name(e, entities)]
    own = {_group(entity) for entity in identities if _own(text, entity)}
    if own:  # "I'm a Hong Kong resident with a British passport": what is not said of others is said of oneself too
        own |= {_group(entity) for entity in identities if not _of_others(text, entity)}
    return sorted(own)


def _of_others(text: str, entity: Mapping[str, Any]) -> bool:
    """Whether the clause of an identity speaks of somebody else or of people in general."""
    before = _CLAUSE.split(simplify(text[: entity["start"]]))[-1]
    clause = before + _CLAUSE.split(simplify(text[entity["start"] :]))[0]
    return _OTHERS.search(_ROLE.sub("I", clause)) is not None or _ANYBODY.search(clause) is not None


def _group(entity: Mapping[str, Any]) -> str:
    value = entity["value"]
    return str(value["group"] if isinstance(value, Mapping) else value)


def _own(text: str, entity: Mapping[str, Any]) -> bool:
    """Whether the clause of an identity speaks of the person who writes, or the message is hardly more than that."""
    before = _CLAUSE.split(simplify(text[: entity["start"]]))[-1]
    clause = before + _CLAUSE.split(simplify(text[entity["start"] :]))[0]
    if _OTHERS.search(_ROLE.sub("I", before)):
        return False
    if _MYSELF.search(before) or _group(entity) == "employer":
        return True
    named = entity["end"] - entity["start"]
    return (
        not _OTHERS.search(clause)
        and not _ANYBODY.search(simplify(text))
        and named >= 0.5 * len(text.strip(" 。.!！,，"))
    )
