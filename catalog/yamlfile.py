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
        text = path.read_text(encoding="utf-8")
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
        if self._problems:
            raise CatalogError(self._problems)

    def _check_keys(self, node: Any) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    self._problems.append(Problem(self.name, key.start_mark.line + 1, key.value, "key given twice"))
                seen.add(key.value)
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
