"""HTML and SVG as trees: whatever text goes in comes out escaped."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

Tree = ET.Element
Child = Tree | str | None


def tag(name: str, /, *children: Child, **attributes: object) -> Tree:
    """An element with children; texts are text, never markup. A `_` in an attribute is `-`, a closing one is dropped."""
    element = ET.Element(name, {_attribute(key): str(value) for key, value in attributes.items()})
    for child in children:
        if child is None:
            continue
        if not isinstance(child, str):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + child
        else:
            element.text = (element.text or "") + child
    return element


def table(header: Iterable[Child], rows: Iterable[Iterable[Child]], *, kind: str = "") -> Tree:
    """A table that scrolls by itself on a narrow screen. A cell that is a `th` or `td` already stays as it is."""
    head = tag("thead", tag("tr", *(_cell("th", cell) for cell in header)))
    body = tag("tbody", *(tag("tr", *(_cell("td", cell) for cell in row)) for row in rows))
    return tag("div", tag("table", head, body, class_=kind), class_="scroll")


def html(root: Tree) -> str:
    """The tree as an HTML document."""
    return "<!doctype html>\n" + ET.tostring(root, encoding="unicode", method="html") + "\n"


def _cell(name: str, cell: Child) -> Tree:
    return cell if isinstance(cell, ET.Element) and cell.tag in ("th", "td") else tag(name, cell)


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
