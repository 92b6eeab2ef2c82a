from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from catalog.store import CATALOG_DIR
from catalog.writer import dump_service

SMALL = Path(__file__).parent / "small"


def read(text: str) -> object:
    return yaml.load(text, yaml.CSafeLoader)


@pytest.mark.parametrize("directory", [CATALOG_DIR, SMALL], ids=["real", "small"])
def test_what_is_written_reads_back_the_same(directory: Path) -> None:
    for path in (directory / "services").glob("*.yml"):
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        assert read(dump_service(data)) == data, path.name


def test_short_fields_stand_on_one_line_and_texts_on_their_own() -> None:
    data = yaml.load((SMALL / "services/pool-pass.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    lines = dump_service(data).splitlines()
    assert lines[1] == "name: {zh: 市民泳池年卡, en: Pool pass}"
    assert "      sources: [town-website, pool-notice]" in lines
    assert "      window: {opens: 2026-01-01, closes: 2026-03-31}" in lines
    assert "    - zh: 每年150元。" in lines
    assert list(data) == [line.split(":")[0] for line in lines if line[0].isalpha()]


@pytest.mark.parametrize(
    "text", ["=1+1", "a: b # c", "'\"", "yes", "2026-01-01", "150", " two\nlines ", "- x", "{a}", "word " * 200]
)
def test_any_text_stays_that_text(text: str) -> None:
    assert read(dump_service({"en": text, "facts": [text]})) == {"en": text, "facts": [text]}
