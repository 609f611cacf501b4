"""YAML as text with line numbers: ``100``, ``no`` and ``17:55`` stay what is written."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.base.errors import ConfigError

if TYPE_CHECKING:
    import yaml

_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Value:
    """A piece of a YAML file: a text, a list, a mapping, or nothing at all."""

    node: yaml.Node
    path: Path

    @property
    def line(self) -> int:
        """Where it stands, counted from 1."""
        return self.node.start_mark.line + 1 if self.node.start_mark is not None else 0

    def error(self, message: str) -> ConfigError:
        """An error at this place."""
        return ConfigError(message, path=self.path, line=self.line)

    @property
    def is_null(self) -> bool:
        """Whether nothing, ``~`` or ``null`` is written."""
        return bool(self.node.tag == _NULL)

    @property
    def is_mapping(self) -> bool:
        """Whether it has names."""
        return bool(self.node.id == "mapping")

    def text(self) -> str:
        """The text as it is written.

        Raises:
            ConfigError: It is a list or a mapping.
        """
        if self.node.id != "scalar":
            raise self.error("expected a text here")
        return "" if self.is_null else str(self.node.value)

    def number(self) -> float:
        """A number.

        Raises:
            ConfigError: It is none.
        """
        try:
            return float(self.text())
        except ValueError as error:
            raise self.error(f"expected a number here, not {self.text()!r}") from error

    def items(self) -> Iterator[Value]:
        """The members of a list; a single value is a list of one.

        Raises:
            ConfigError: It is a mapping.
        """
        if self.is_mapping:
            raise self.error("expected a list here")
        if self.node.id == "scalar":
            yield self
            return
        for node in self.node.value:
            yield Value(node, self.path)

    def entries(self) -> Iterator[tuple[str, Value, Value]]:
        """Name, the name's own place, and value of each member of a mapping.

        Raises:
            ConfigError: It is no mapping, or a name stands twice in it.
        """
        if self.is_null:
            return
        if not self.is_mapping:
            raise self.error("expected `name: value` lines here")
        seen: set[str] = set()
        for key_node, value_node in self.node.value:
            key = Value(key_node, self.path)
            name = key.text()
            if name in seen:
                raise key.error(f"{name!r} stands here twice")
            seen.add(name)
            yield name, key, Value(value_node, self.path)

    def texts(self) -> dict[str, str | None]:
        """A mapping of texts; None where nothing is written.

        Raises:
            ConfigError: It is something else.
        """
        return {name: None if value.is_null else value.text() for name, _, value in self.entries()}


def read_yaml(path: Path) -> Value:
    """Read a file.

    Raises:
        ConfigError: It cannot be read, or is no YAML; names file and line.
        ImportError: There is no PyYAML.
    """
    import yaml

    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark is not None else 0
        message = f"no YAML: {error.problem or error}{_hint(error.problem)}"
        raise ConfigError(message, path=path, line=line) from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"cannot be read: {error}", path=path) from error
    if node is None:
        raise ConfigError("the file is empty", path=path)
    return Value(node, path)


def _hint(problem: str | None) -> str:
    """``*88`` without quotes is an alias of YAML: the one trap that every dialplan meets."""
    return ' (quote what begins with *: "*88")' if problem and "alias" in problem else ""


def unknown(name: str, known: Collection[str], what: str) -> str:
    """The message for a name that there is not."""
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    return f"there is no {what} {name!r}; {hint}"
