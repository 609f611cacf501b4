"""Whole files that stand in a table, row by row (``ast_config``), as the text they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Row = Mapping[str, str]


def text_of_rows(rows: Sequence[Row]) -> str:
    """The file that rows of ``ast_config`` stand for.

    A section begins where the category or its number is another; what is commented is left out.

    Args:
        rows: Those of one file, in any order.
    """
    lines: list[str] = []
    section: tuple[str, str] | None = None
    for row in sorted(rows, key=_place):
        if row.get("commented", "0") not in {"0", ""}:
            continue
        category = _plain(row.get("category", ""))
        this = (row.get("cat_metric", "0"), category)
        if this != section:
            section = this
            lines.append(f"[{category}]")
        name = _plain(row.get("var_name", ""))
        if name:
            value = _plain(row.get("var_val", "")).replace(";", "\\;")
            lines.append(f"{name} = {value}")
    return "\n".join([*lines, ""])


def _place(row: Row) -> tuple[int, int, int]:
    return (_number(row, "cat_metric"), _number(row, "var_metric"), _number(row, "id"))


def _number(row: Row, name: str) -> int:
    text = row.get(name, "0")
    return int(text) if text.lstrip("-").isdigit() else 0


def _plain(text: str) -> str:
    return " ".join(text.split("\n")).strip()
