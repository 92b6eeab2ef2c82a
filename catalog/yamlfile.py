"""YAML files whose values know their line; a key given twice is an error instead of the last one winning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from catalog.errors import CatalogError, Problem

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_ = tuple[Any, ...]


class YamlFile:
    """One parsed file: `data`, and `line(path)` for the line of a value in it."""

    def __init__(self, path: Path, name: str) -> None:
        """Read `path`; `name` is how problems call it. Raises CatalogError when it is no YAML."""
        self.name = name
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogError([Problem(name, 0, "", _unreadable(error))]) from error
        try:
            loader = _Loader(text)
            try:
                self._root = loader.get_single_node()
                self._problems: list[Problem] = []
                self._check_keys(self._root)
                self.data = loader.construct_document(self._root) if self._root is not None else None
            finally:
                loader.dispose()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            raise CatalogError([Problem(name, mark.line + 1 if mark else 0, "", f"not valid YAML: {what}")]) from error
        except (TypeError, ValueError) as error:  # an impossible date, a mapping or list as key
            raise CatalogError([self._culprit(loader, error)]) from error
        if self._problems:
            raise CatalogError(self._problems)

    def _culprit(self, loader: Any, error: Exception) -> Problem:
        """The innermost value that cannot be read as data."""
        node: Any = self._root
        while True:
            children = _children(node)
            bad = next((child for child in children if not _readable(loader, child)), None)
            if bad is None:
                return Problem(self.name, node.start_mark.line + 1, "", f"cannot be read: {error}")
            node = bad

    def _check_keys(self, node: Any) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
                if name and name in seen:
                    self._problems.append(Problem(self.name, key.start_mark.line + 1, name, "key given twice"))
                seen.add(name)
                self._check_keys(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self._check_keys(item)

    def line(self, path: Path_) -> int:
        """The line of the value at `path` (keys and list positions), or of the nearest value above it."""
        node = self._root
        line = node.start_mark.line + 1 if node is not None else 0
        for part in path:
            found = None
            if isinstance(node, yaml.MappingNode):
                found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                found = (node.value[part], node.value[part])
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        return line

    def problem(self, path: Path_, message: str) -> Problem:
        """A problem at `path` of this file."""
        field = ".".join(str(getattr(part, "value", part)) for part in path if part != "__root__")
        return Problem(self.name, self.line(tuple(getattr(p, "value", p) for p in path)), field, message)


def _children(node: Any) -> list[Any]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _readable(loader: Any, node: Any) -> bool:
    try:
        loader.construct_document(node)
    except (TypeError, ValueError, yaml.YAMLError):
        return False
    return True


def _unreadable(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8: save the file as UTF-8"
    return "the file is missing" if isinstance(error, FileNotFoundError) else str(error)
