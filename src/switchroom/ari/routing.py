"""Which operation a method on a path is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from switchroom.ari.registry import Operation


class _Node:
    """What is behind one more segment of a path."""

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.any: _Node | None = None
        self.operations: dict[str, Operation] = {}


class Routes:
    """Finds operations; a segment that is written out goes before one that is a name.

    Args:
        operations: All there are.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.path.strip("/").split("/"):
                if segment.startswith("{"):
                    node.any = node.any or _Node()
                    node = node.any
                else:
                    node = node.fixed.setdefault(segment, _Node())
            node.operations[operation.method] = operation

    def find(self, path: str) -> tuple[Mapping[str, Operation], tuple[str, ...]]:
        """The operations at a path, by method, and what stands in it.

        Args:
            path: As it came over the wire: an encoded slash is part of a segment.
        """
        segments = tuple(path.strip("/").split("/"))
        return _walk(self._root, segments, ()) or ({}, ())


def _walk(
    node: _Node, segments: tuple[str, ...], values: tuple[str, ...]
) -> tuple[Mapping[str, Operation], tuple[str, ...]] | None:
    if not segments:
        return (node.operations, values) if node.operations else None
    first, *others = segments
    rest = tuple(others)
    if first in node.fixed and (found := _walk(node.fixed[first], rest, values)) is not None:
        return found
    if node.any is not None and first:
        return _walk(node.any, rest, (*values, unquote(first)))
    return None


def path_values(operation: Operation, values: Iterable[str]) -> dict[str, str]:
    """What stands in a path, by the names of the operation."""
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    return dict(zip(names, values, strict=True))
