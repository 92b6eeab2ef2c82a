"""A small valid catalog that tests break on purpose."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog.errors import CatalogError, Problem
from catalog.store import Catalog, load


@dataclass(frozen=True)
class SmallCatalog:
    """A copy of `small/` in a directory of the test's own."""

    directory: Path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace what stands exactly once in `file`."""
        path = self.directory / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, file: str, content: str | bytes) -> None:
        (self.directory / file).write_bytes(content.encode() if isinstance(content, str) else content)

    def line(self, file: str, text: str) -> int:
        """The number of the line where `text` first begins."""
        before, found, _ = (self.directory / file).read_text(encoding="utf-8").partition(text)
        assert found, f"{text!r} is not in {file}"
        return before.count("\n") + 1

    def load(self) -> Catalog:
        return load(self.directory)

    def problems(self) -> list[Problem]:
        with pytest.raises(CatalogError) as raised:
            self.load()
        return raised.value.problems


@pytest.fixture
def small(tmp_path: Path) -> SmallCatalog:
    directory = tmp_path / "catalog"
    shutil.copytree(Path(__file__).parent / "small", directory)
    return SmallCatalog(directory)
