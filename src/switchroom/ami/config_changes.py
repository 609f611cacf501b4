"""UpdateConfig: numbered changes to the sections and lines of a file.

    Action-000000: NewCat        Cat-000000: alice
    Action-000001: Append        Cat-000001: alice    Var-000001: type    Value-000001: endpoint
    Action-000002: Update        Cat-…  Var-…  Value-…  (Match-…: the value it has now)

The file is changed line by line: comments and includes that stand elsewhere stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from switchroom.ami.message import Action
from switchroom.ami.reply import ActionError

MAX_CHANGES = 100_000

_SECTION = re.compile(r"\s*\[(?P<name>[^\]]*)\]")
_ENTRY = re.compile(r"\s*(?P<name>[^=\[#;]+?)\s*(?P<sign>\+?=>?)\s*(?P<value>.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Change:
    """One numbered change."""

    action: str
    category: str
    variable: str = ""
    value: str = ""
    match: str | None = None
    line: int | None = None
    options: str = ""


Changes = list[Change]


def read_changes(action: Action) -> Changes:
    """Read the numbered headers.

    Raises:
        ActionError: One of them makes no sense.
    """
    found: Changes = []
    for number in range(MAX_CHANGES):
        suffix = f"-{number:06}"
        name = action.get(f"Action{suffix}").lower()
        if not name:
            break
        category = action.get(f"Cat{suffix}")
        if not category:
            raise ActionError("Error: Must specify a category")
        line = action.get(f"Line{suffix}")
        change = Change(
            name, category, action.get(f"Var{suffix}"), action.get(f"Value{suffix}"),
            action.get(f"Match{suffix}") if action.has(f"Match{suffix}") else None,
            int(line) if line.isdigit() else None, action.get(f"Options{suffix}"),
        )  # fmt: skip
        for text in (change.category, change.variable, change.value, change.options):
            if any(letter in text for letter in "\r\n"):
                raise ActionError("Error: a value has one line")
        if change.variable[:1] in {"#", "[", ";"} or set("[]") & set(change.category):
            # It would be read as a directive, or as another section.
            raise ActionError("Error: that is no name of a variable or a category")
        found.append(change)
    return found


def apply_changes(text: str, changes: Changes) -> str:
    """Make all changes, in their order.

    Raises:
        ActionError: One cannot be made; nothing is changed then.
    """
    document = _Document(text)
    for change in changes:
        make = _MAKERS.get(change.action)
        if make is None:
            raise ActionError(f"Unknown action command: {change.action}")
        make(document, change)
    return document.text


class _Document:
    """A file as a list of lines."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def section(self, name: str) -> tuple[int, int]:
        """The first line of a section and the one behind its last."""
        begin = None
        for number, line in enumerate(self.lines):
            match = _SECTION.match(line)
            if match is None:
                continue
            if begin is not None:
                return begin, number
            if match["name"].strip() == name:
                begin = number
        if begin is None:
            raise ActionError(f"Given category '{name}' does not exist")
        return begin, len(self.lines)

    def has(self, name: str) -> bool:
        return any(
            (match := _SECTION.match(line)) is not None and match["name"].strip() == name
            for line in self.lines
        )

    def entries(self, name: str) -> list[tuple[int, str, str]]:
        """Line number, name and value of each entry of a section."""
        begin, end = self.section(name)
        found = []
        for number in range(begin + 1, end):
            match = _ENTRY.match(self.lines[number])
            if match is not None:
                value = match["value"].partition(";")[0].strip()
                found.append((number, match["name"].strip(), value))
        return found

    def chosen(self, change: Change) -> list[int]:
        """The lines a change is about."""
        entries = self.entries(change.category)
        if change.line is not None:
            return [entries[change.line][0]] if change.line < len(entries) else []
        return [
            number
            for number, name, value in entries
            if name == change.variable and (change.match is None or value == change.match)
        ]


def _line(change: Change) -> str:
    if not change.variable:
        raise ActionError("Error: Must specify a variable")
    value = change.value.removeprefix(">")
    sign = "=>" if change.value.startswith(">") else "="
    return f"{change.variable}{sign}{value}".replace(";", "\\;")


def _new_category(document: _Document, change: Change) -> None:
    if document.has(change.category) and "allowdups" not in change.options.lower():
        raise ActionError(f"Category '{change.category}' exists already")
    options = [
        "!" if word.strip().lower() == "template" else word.partition("=")[2].strip("\"' ")
        for word in change.options.split(",")
        if word.strip().lower() == "template" or word.strip().lower().startswith("inherit=")
    ]
    suffix = f"({','.join(options)})" if options else ""
    document.lines += ["", f"[{change.category}]{suffix}"]


def _rename_category(document: _Document, change: Change) -> None:
    begin, _ = document.section(change.category)
    if not change.value:
        raise ActionError("Error: Must specify a new name")
    document.lines[begin] = document.lines[begin].replace(
        f"[{change.category}]", f"[{change.value}]", 1
    )


def _delete_category(document: _Document, change: Change) -> None:
    begin, end = document.section(change.category)
    del document.lines[begin:end]


def _empty_category(document: _Document, change: Change) -> None:
    begin, end = document.section(change.category)
    del document.lines[begin + 1 : end]


def _append(document: _Document, change: Change) -> None:
    begin, end = document.section(change.category)
    while end > begin + 1 and not document.lines[end - 1].strip():
        end -= 1
    document.lines.insert(end, _line(change))


def _insert(document: _Document, change: Change) -> None:
    entries = document.entries(change.category)
    begin, end = document.section(change.category)
    at = change.line or 0
    place = entries[at][0] if at < len(entries) else end
    document.lines.insert(place if entries else begin + 1, _line(change))


def _update(document: _Document, change: Change) -> None:
    lines = document.chosen(change)
    if not lines:
        raise ActionError(f"There is no '{change.variable}' in '{change.category}' to update")
    for number in lines:
        document.lines[number] = _line(change)


def _delete(document: _Document, change: Change) -> None:
    lines = document.chosen(change)
    if not lines:
        raise ActionError(f"There is no '{change.variable}' in '{change.category}' to delete")
    for number in reversed(lines):
        del document.lines[number]


_MAKERS = {
    "newcat": _new_category,
    "renamecat": _rename_category,
    "delcat": _delete_category,
    "emptycat": _empty_category,
    "append": _append,
    "insert": _insert,
    "update": _update,
    "delete": _delete,
}
