from __future__ import annotations

from dataclasses import replace

import pytest

from bot.delivery import delivered
from bot.engine.protocol import Answer, Button, Source

ANSWER = Answer(
    "zh-Hans",
    "ask_fee",
    "work-permit",
    0.93,
    "外国人工作许可不收费。\n来源：国家税务局",
    (Button("办理流程", '/ask_steps{"service": "work-permit"}'), Button("转人工", "/ask_human")),
    (Source("外国人来华工作许可", "国家税务局", "https://www.gov.cn/国", "2026-11-24"),),
    handoff=True,
    ms=3.5,
)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_simplified_and_english_answers_are_delivered_as_they_are(language: str) -> None:
    answer = replace(ANSWER, language=language)
    assert delivered(answer) == answer


def test_everything_a_person_reads_becomes_traditional_and_nothing_else_changes() -> None:
    answer = replace(ANSWER, language="zh-Hant")
    assert delivered(answer) == replace(
        answer,
        text="外國人工作許可不收費。\n來源：國家稅務局",
        buttons=(Button("辦理流程", ANSWER.buttons[0].payload), Button("轉人工", "/ask_human")),
        sources=(Source("外國人來華工作許可", "國家稅務局", "https://www.gov.cn/国", "2026-11-24"),),
    )
    assert delivered(answer).ms == 3.5
