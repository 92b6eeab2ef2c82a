from __future__ import annotations

import pytest

from actions.answer import answer
from actions.audience import AUDIENCES, audiences, decisive, excluded, lead, meant_for, people, people_name
from catalog.models import Aspect, Audience
from catalog.store import Catalog

both_languages = pytest.mark.parametrize("language", ["zh", "en"])

HK, MACAO, TAIWAN = (frozenset({each}) for each in (Audience.hong_kong, Audience.macao, Audience.taiwan))
FOREIGN = frozenset({Audience.foreigner})
EMPLOYER = frozenset({Audience.employer})
NOBODY: frozenset[Audience] = frozenset()

NO_PERMIT = {"zh": "属中国公民的香港、澳门居民和台湾居民在内地就业，不需要工作许可", "en": "need no work permit"}


def test_the_mainland_is_no_audience() -> None:
    assert audiences(["mainland", "hong_kong", "employer"]) == HK | EMPLOYER
    assert audiences([]) == audiences(["mainland", "elsewhere"]) == NOBODY
    assert audiences(AUDIENCES) == HK | MACAO | TAIWAN | FOREIGN | EMPLOYER


def test_who_employs_is_from_nowhere() -> None:
    assert people(HK | EMPLOYER | {Audience.entrepreneur}) == HK
    assert people(EMPLOYER) == NOBODY


@pytest.mark.parametrize(
    ("service", "who", "out"),
    [
        ("work-permit", HK, True),
        ("work-permit", TAIWAN, True),
        ("work-permit", FOREIGN, False),
        ("work-permit", HK | FOREIGN, False),
        ("work-permit", EMPLOYER, False),
        ("work-permit", HK | EMPLOYER, True),
        ("work-permit", NOBODY, False),
        ("hk-tax-ceiling", MACAO, True),
        ("hk-tax-ceiling", HK, False),
        ("hmt-residence-permit", FOREIGN, True),
        ("hmt-residence-permit", MACAO, False),
        ("corporate-tax", HK, False),
        ("corporate-tax", FOREIGN, False),
    ],
)
def test_a_service_may_be_for_other_people(catalog: Catalog, service: str, who: frozenset[Audience], out: bool) -> None:
    assert excluded(catalog.services[service], who) is out


@both_languages
@pytest.mark.parametrize("who", [HK, MACAO, TAIWAN], ids=["hong-kong", "macao", "taiwan"])
def test_who_needs_no_permit_is_told_so_first(catalog: Catalog, who: frozenset[Audience], language: str) -> None:
    first = decisive(catalog.services["work-permit"], who)
    assert first is not None
    assert NO_PERMIT[language] in getattr(first, language)
    parts = answer(catalog, "work-permit", Aspect.documents, language, who=who).text.split("\n\n")
    assert NO_PERMIT[language] in parts[1]
    assert people_name(who, language) in parts[1]
    assert parts[2].startswith({"zh": "对其他申请人：", "en": "For other applicants:"}[language])


def test_what_decides_for_foreigners_among_them_is_not_said_to_others(catalog: Catalog) -> None:
    first = decisive(catalog.services["work-permit"], HK | FOREIGN)
    assert first is not None
    assert set(first.audience) == {Audience.foreigner, Audience.hong_kong}
    assert "须有工作许可" in first.zh


@pytest.mark.parametrize(
    ("service", "who"),
    [
        ("work-permit", NOBODY),
        ("work-permit", FOREIGN),
        ("work-permit", EMPLOYER),
        ("hk-tax-ceiling", HK),
        ("hk-tax-ceiling", FOREIGN),
    ],
)
def test_often_nothing_decides(catalog: Catalog, service: str, who: frozenset[Audience]) -> None:
    assert decisive(catalog.services[service], who) is None


def test_nothing_decisive_is_unconfirmed(catalog: Catalog) -> None:
    decided = [
        decisive(service, who)
        for service in catalog.services.values()
        for who in (HK, MACAO, TAIWAN, FOREIGN, HK | FOREIGN, MACAO | FOREIGN)
    ]
    assert any(decided)
    assert not [statement for statement in decided if statement and statement.unconfirmed]


@both_languages
def test_where_nothing_decides_it_is_said_that_the_service_is_for_others(catalog: Catalog, language: str) -> None:
    text = answer(catalog, "hk-tax-ceiling", Aspect.benefit, language, who=FOREIGN).text
    said = {"zh": "这项服务不是面向外国人的。", "en": "This service is not meant for a foreign national."}[language]
    assert text.split("\n\n")[1] == said


@both_languages
def test_whom_a_service_excludes_is_offered_related_ones_for_them(catalog: Catalog, language: str) -> None:
    first, *_ = answer(catalog, "work-permit", Aspect.documents, language, who=HK).buttons
    assert Audience.hong_kong in catalog.services[first.entities["service"]].audiences
    assert first.entities["service"] != "work-permit"


def test_only_what_is_meant_for_them_is_left(catalog: Catalog) -> None:
    left_out = 0
    for service in catalog.services.values():
        for statements in service.aspects.values():
            for who in (HK, MACAO, TAIWAN, FOREIGN):
                kept = meant_for(statements, who)
                assert kept
                assert [s for s in statements if s in kept] == list(kept)
                gone = [s for s in statements if s not in kept]
                assert all(s.audience and not who & set(s.audience) for s in gone)
                left_out += len(gone)
    assert left_out


@pytest.mark.parametrize("who", [NOBODY, EMPLOYER], ids=["nobody", "employer"])
def test_unless_somebody_says_where_they_are_from_everything_is_kept(
    catalog: Catalog, who: frozenset[Audience]
) -> None:
    for service in catalog.services.values():
        assert all(meant_for(statements, who) == tuple(statements) for statements in service.aspects.values())


@both_languages
def test_what_was_left_out_is_said_and_only_to_the_person(catalog: Catalog, language: str) -> None:
    note = {"zh": "（只列出与香港居民有关的内容。）", "en": "(Only what concerns a Hong Kong resident is listed.)"}
    mine = answer(catalog, "hk-tax-ceiling", Aspect.eligibility, language, who=HK).text
    theirs = answer(catalog, "hk-tax-ceiling", Aspect.eligibility, language, who=HK, person=False).text
    assert note[language] in mine
    assert note[language] not in theirs
    assert len(theirs) > len(mine)


@pytest.mark.parametrize(
    ("who", "zh", "en"),
    [
        (HK, "香港居民", "a Hong Kong resident"),
        (MACAO | EMPLOYER, "澳门居民", "a Macao resident"),
        (FOREIGN, "外国人", "a foreign national"),
        (HK | MACAO, "香港居民、澳门居民", "a Hong Kong resident and Macao resident"),
        (HK | FOREIGN, "持外国国籍的香港居民", "a Hong Kong resident and foreign national"),
    ],
)
def test_people_are_named(who: frozenset[Audience], zh: str, en: str) -> None:
    assert (people_name(who, "zh"), people_name(who, "en")) == (zh, en)
    assert lead("text", who, "zh") == f"对{zh}：text"
    assert lead("text", who, "en") == f"For {en}: text"
