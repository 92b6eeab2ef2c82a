from __future__ import annotations

import pytest

from nlu.evaluation.markup import Child, html, table, tag


@pytest.mark.parametrize(
    ("children", "written"),
    [
        ((), "<p></p>"),
        (("你好",), "<p>你好</p>"),
        (("a", "b"), "<p>ab</p>"),
        (("a", None, "b"), "<p>ab</p>"),
        ((tag("b", "x"), " and ", "y"), "<p><b>x</b> and y</p>"),
        (("<script>alert('&')</script>",), "<p>&lt;script&gt;alert('&amp;')&lt;/script&gt;</p>"),
    ],
)
def test_children_are_written_in_order_and_escaped(children: tuple[Child, ...], written: str) -> None:
    assert html(tag("p", *children)) == f"<!doctype html>\n{written}\n"


def test_attributes_are_escaped_and_named_as_in_html() -> None:
    assert '<i class="a&quot;&gt;" aria-label="&amp;" name="x">' in html(
        tag("i", class_='a">', aria_label="&", name="x")
    )


def test_a_cell_that_is_one_already_stays() -> None:
    written = html(table(["a"], [["x", tag("td", "y", class_="own"), tag("b", "z"), None]]))
    assert '<tr><td>x</td><td class="own">y</td><td><b>z</b></td><td></td></tr>' in written
    assert "<tr><th>a</th></tr>" in written
