"""Which extensions of a context match a number: literal ones in a dictionary, patterns in a trie.

A number is walked through the trie once, letter by letter, with all nodes that its beginning leads
to. So a look-up takes as long as the number is, however many extensions there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from switchroom.dialplan.pattern import Pattern, normalized

if TYPE_CHECKING:
    from switchroom.dialplan.model import Extension


class _Node:
    """Where a beginning that some patterns share leads to."""

    __slots__ = ("ends", "letters", "many", "sets", "wild")

    def __init__(self) -> None:
        self.letters: dict[str, _Node] = {}  #: behind a symbol that lets one character through
        self.sets: list[tuple[str, _Node]] = []  #: behind one that lets several through
        self.ends: list[
            Extension
        ] = []  #: that match here: their pattern ends, or goes on with ``!``
        self.wild: list[Extension] = []  #: that match whatever goes on here: with ``.`` or ``!``
        self.many: list[Extension] = []  #: those of them with ``.``

    def add(self, extension: Extension, pattern: Pattern) -> None:
        """Grow the branch of a pattern, of which this node is the root."""
        node = self
        for symbol in pattern.symbols:
            if symbol.wildcard:
                node.wild.append(extension)
                (node.many if symbol.wildcard == "." else node.ends).append(extension)
                return
            node = node.child(symbol.characters)
        node.ends.append(extension)

    def child(self, characters: str) -> _Node:
        """The node behind ``characters``, made when it is new."""
        if len(characters) == 1:
            if characters not in self.letters:
                self.letters[characters] = _Node()
            return self.letters[characters]
        for known, node in self.sets:
            if known == characters:
                return node
        node = _Node()
        self.sets.append((characters, node))
        return node

    def children(self) -> Iterator[_Node]:
        """All nodes that one more character leads to."""
        yield from self.letters.values()
        for characters, node in self.sets:
            if characters:  # an empty set lets nothing through
                yield node


class Matcher:
    """The extensions of one context, ready to be looked up.

    Args:
        extensions: Where two are equal, the earlier one is better.
    """

    def __init__(self, extensions: Iterable[Extension]) -> None:
        self._literals: dict[str, list[Extension]] = {}
        self._root = _Node()
        for extension in extensions:
            if extension.pattern is None:
                self._literals.setdefault(normalized(extension.name), []).append(extension)
            else:
                self._root.add(extension, extension.pattern)
        for found in self._literals.values():
            found.sort(key=_order)
        self._names = sorted(self._literals)

    def candidates(self, number: str, caller: str) -> list[Extension]:
        """Those that match, best first: literal ones, then patterns by their ranks.

        Of two that differ only in that one is for some callers, that one comes first.
        """
        number = normalized(number)
        found = [*self._literals.get(number, ()), *self._patterns(number)]
        return [each for each in found if each.caller is None or each.takes(caller)]

    def could_match_more(self, number: str, caller: str) -> bool:
        """Whether more characters behind ``number`` could match; ``!`` never asks to wait."""
        number = normalized(number)
        return self._longer_literal(number, caller) or self._longer_pattern(number, caller)

    def _patterns(self, number: str) -> list[Extension]:
        found: list[Extension] = []
        nodes = [self._root]
        for letter in number:
            for node in nodes:
                if node.wild:
                    found += node.wild
            nodes = _behind(nodes, letter)
            if not nodes:
                break
        for node in nodes:
            found += node.ends
        if len(found) > 1:
            found.sort(key=_order)
        return found

    def _longer_literal(self, number: str, caller: str) -> bool:
        for index in range(bisect_right(self._names, number), len(self._names)):
            name = self._names[index]
            if not name.startswith(number):
                return False
            if _any_takes(self._literals[name], caller):
                return True
        return False

    def _longer_pattern(self, number: str, caller: str) -> bool:
        nodes = [self._root]
        for letter in number:
            if any(_any_takes(node.many, caller) for node in nodes):
                return True
            nodes = _behind(nodes, letter)
        return any(_goes_on(node, caller) for node in nodes)


def _behind(nodes: list[_Node], letter: str) -> list[_Node]:
    """Where one more letter leads to."""
    reached: list[_Node] = []
    for node in nodes:
        if (child := node.letters.get(letter)) is not None:
            reached.append(child)
        for characters, child in node.sets:
            if letter in characters:
                reached.append(child)
    return reached


_Rank = tuple[tuple[int, str], ...]


def _order(extension: Extension) -> tuple[_Rank, bool, _Rank]:
    """By the pattern, then those for some callers first, of these one number before a pattern."""
    caller = extension.caller_pattern.rank if extension.caller_pattern is not None else ()
    return (
        extension.pattern.rank if extension.pattern is not None else (),
        extension.caller is None,
        caller,
    )


def _any_takes(extensions: Iterable[Extension], caller: str) -> bool:
    return any(extension.takes(caller) for extension in extensions)


def _goes_on(node: _Node, caller: str) -> bool:
    """Whether a pattern for this caller goes on behind a node."""
    if _any_takes(node.many, caller):
        return True
    branches = list(node.children())
    while branches:
        branch = branches.pop()
        if _any_takes(branch.ends, caller) or _any_takes(branch.many, caller):
            return True
        branches += branch.children()
    return False
