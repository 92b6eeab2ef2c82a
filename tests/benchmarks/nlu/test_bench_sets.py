from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.nlu.sets import SETS, IntentSet, Message, check_folder, chosen, read

SMALL = IntentSet("small", "two files to train on", ("small.train", "small.more"), "small.test")


def write(folder: Path, name: str, *rows: tuple[str, str, str]) -> None:
    lines = [
        json.dumps({"text": text, "intent": intent, "lang": lang}, ensure_ascii=False) for text, intent, lang in rows
    ]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "small.train.jsonl", ("is there a [travel] alert", "travel/alert", "en"))
    write(tmp_path, "small.more.jsonl", ("\u2028在吗", "greet", "zh-CN"))
    write(tmp_path, "small.test.jsonl", ("- 旅遊警示", "travel/alert", "zh-TW"))
    return tmp_path


def test_a_set_is_read_from_all_its_files_and_texts_stay_as_they_are(folder: Path) -> None:
    examples = read(folder, SMALL)
    assert examples.train == (
        Message("is there a [travel] alert", "travel_alert", "en"),
        Message("\u2028在吗", "greet", "zh-CN"),
    )
    assert examples.test == (Message("- 旅遊警示", "travel_alert", "zh-TW"),)
    assert examples.intents == {"travel_alert", "greet"}


def test_intents_that_rasa_could_not_tell_apart_are_refused(folder: Path) -> None:
    write(folder, "small.test.jsonl", ("alert", "travel_alert", "en"))
    with pytest.raises(ValueError, match="would be one intent"):
        read(folder, SMALL)


@pytest.mark.parametrize("line", ["[]", "{", '{"text": "a", "intent": "b"}'])
def test_a_wrong_line_is_named(folder: Path, line: str) -> None:
    with (folder / "small.test.jsonl").open("a", encoding="utf-8") as file:
        file.write(line)
    with pytest.raises(ValueError, match=r"small\.test\.jsonl:2: not a labelled message"):
        read(folder, SMALL)


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / "small.more.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"small\.more\.jsonl: no messages"):
        read(folder, SMALL)


@pytest.mark.parametrize(
    ("texts", "chinese"), [(("hello", "bye"), False), (("hello", "好"), True), (("謝謝", "bye"), True)]
)
def test_chinese_in_training_or_test_counts(tmp_path: Path, texts: tuple[str, str], chinese: bool) -> None:
    for name, text in zip(("a.train.jsonl", "a.test.jsonl"), texts):
        write(tmp_path, name, (text, "greet", "en"))
    assert read(tmp_path, IntentSet("a", "", ("a.train",), "a.test")).chinese is chinese


def test_a_folder_without_the_files_is_refused_and_what_is_expected_is_said(folder: Path) -> None:
    check_folder(folder, [SMALL])
    (folder / "small.more.jsonl").unlink()
    with pytest.raises(ValueError, match=r"Missing: small\.more\.jsonl\. Each holds one JSON object a line"):
        check_folder(folder, [SMALL])
    with pytest.raises(ValueError, match="no such folder"):
        check_folder(folder / "nowhere", [SMALL])


def test_sets_are_chosen_by_name_in_their_own_order() -> None:
    assert chosen([]) == SETS
    assert [known.name for known in chosen(["clinc_small", "massive_tri_10"])] == ["massive_tri_10", "clinc_small"]
    with pytest.raises(ValueError, match="no set nowhere; there are massive_tri_10, "):
        chosen(["massive_tri_10", "nowhere"])


def test_a_set_comes_after_the_one_it_shares_messages_with() -> None:
    names = [known.name for known in SETS]
    shared = [(known.shares_messages_with, known.name) for known in SETS if known.shares_messages_with]
    assert shared
    assert all(names.index(first) < names.index(second) for first, second in shared)
