"""Which extensions of a context match a number: literal ones in a dictionary, patterns in a trie.

A number is walked through the trie once, letter by letter, with all nodes that its beginning leads
to. So a look-up takes as long as the number is, however many extensions there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from switchroom.dialplan.pattern import Pattern, Rank, normalized

if TYPE_CHECKING:
    from switchroom.dialplan.model import Extension


class _Node:
    """Where a beginning of patterns leads to.

    A pattern that nobody shares the rest of has no nodes for it: the rest is compared as it
    stands. So a large dialplan has few more nodes than patterns.
    """

    __slots__ = ("alone", "ends", "letters", "many", "sets", "wild")

    def __init__(self) -> None:
        self.alone: tuple[Extension, Pattern] | None = None  #: the only one, and all there is here
        self.letters: dict[str, _Node] = {}  #: behind a symbol that lets one character through
        self.sets: tuple[tuple[str, _Node], ...] = ()  #: behind one that lets several through
        self.ends: tuple[Extension, ...] = ()  #: that match here: they end, or go on with ``!``
        self.wild: tuple[Extension, ...] = ()  #: that match whatever follows: with ``.`` or ``!``
        self.many: tuple[Extension, ...] = ()  #: those of them with ``.``

    @property
    def is_empty(self) -> bool:
        """Whether nothing leads here yet."""
        return not (self.alone or self.letters or self.sets or self.ends or self.wild)

    def add(self, extension: Extension, pattern: Pattern) -> None:
        """Grow the branch of a pattern, of which this node is the root."""
        node: _Node | None = self
        depth = 0
        while node is not None:
            if node.is_empty:
                node.alone = extension, pattern
                return
            if node.alone is not None:
                other, node.alone = node.alone, None
                if (below := node.take(*other, depth)) is not None:
                    below.alone = other
            node = node.take(extension, pattern, depth)
            depth += 1

    def take(self, extension: Extension, pattern: Pattern, depth: int) -> _Node | None:
        """Take in a pattern of which ``depth`` symbols led here; gives the node for the rest."""
        if depth == len(pattern.symbols):
            self.ends += (extension,)
            return None
        symbol = pattern.symbols[depth]
        if not symbol.wildcard:
            return self._child(symbol.characters)
        self.wild += (extension,)
        if symbol.wildcard == ".":
            self.many += (extension,)
        else:
            self.ends += (extension,)
        return None

    def _child(self, characters: str) -> _Node:
        known = self.letters if len(characters) == 1 else dict(self.sets)
        child = known.get(characters)
        if child is None:
            child = _Node()
            if len(characters) == 1:
                self.letters[characters] = child
            else:
                self.sets += ((characters, child),)
        return child

    def behind(self, letter: str) -> list[_Node]:
        """The nodes that one more letter leads to."""
        child = self.letters.get(letter)
        nodes = [child] if child is not None else []
        for characters, child in self.sets:
            if letter in characters:
                nodes.append(child)
        return nodes


class Matcher:
    """The extensions of one context, ready to be looked up.

    Args:
        extensions: Where two are equal, the earlier one is better.
    """

    def __init__(self, extensions: Iterable[Extension]) -> None:
        self._literals: dict[str, Extension] = {}
        self._alike: dict[str, list[Extension]] = {}  #: where several have one name, all of them
        self._root = _Node()
        self._asks_for_callers = False
        for extension in extensions:
            self._asks_for_callers |= extension.caller is not None
            pattern = extension.pattern
            if pattern is None:
                name = normalized(extension.name)
                other = self._literals.setdefault(name, extension)
                if other is not extension:
                    self._alike.setdefault(name, [other]).append(extension)
            elif pattern.is_possible:
                self._root.add(extension, pattern)
        for alike in self._alike.values():
            alike.sort(key=_order)
        self._names = sorted(self._literals)

    def candidates(self, number: str, caller: str) -> list[Extension]:
        """Those that match, best first: literal ones, then patterns by their ranks.

        Of two that differ only in that one is for some callers, that one comes first.
        """
        number = normalized(number)
        found = self._patterns(number)
        if number in self._literals:
            found = [*self._named(number), *found]
        if not self._asks_for_callers:
            return found
        return [each for each in found if each.caller is None or each.takes(caller)]

    def could_match_more(self, number: str, caller: str) -> bool:
        """Whether more characters behind ``number`` could match; ``!`` never asks to wait."""
        number = normalized(number)
        return self._longer_literal(number, caller) or self._longer_pattern(number, caller)

    def _named(self, name: str) -> Sequence[Extension]:
        return self._alike.get(name) or (self._literals[name],)

    def _fork(self, number: str) -> tuple[_Node, int] | None:
        """The first node with more than one way on, and how much of ``number`` leads to it."""
        node = self._root
        for depth, letter in enumerate(number):
            if node.alone is not None or node.sets or node.wild:
                return node, depth
            child = node.letters.get(letter)
            if child is None:
                return None
            node = child
        return node, len(number)

    def _walk(self, number: str, fork: _Node, begin: int) -> Iterator[tuple[_Node, int]]:
        """The nodes that ``number`` leads to from a fork on, and how much of it does."""
        yield fork, begin
        if fork.alone is not None:
            return
        nodes = [fork]
        for depth in range(begin, len(number)):
            nodes = [child for node in nodes for child in node.behind(number[depth])]
            if not nodes:
                return
            for node in nodes:
                yield node, depth + 1

    def _patterns(self, number: str) -> list[Extension]:
        fork = self._fork(number)
        if fork is None:
            return []
        found: list[Extension] = []
        for node, depth in self._walk(number, *fork):
            if node.alone is not None:
                extension, pattern = node.alone
                if pattern.matches(number, depth):
                    found.append(extension)
            else:
                found += node.ends if depth == len(number) else node.wild
        if len(found) > 1:
            found.sort(key=_order)
        return found

    def _longer_literal(self, number: str, caller: str) -> bool:
        for index in range(bisect_right(self._names, number), len(self._names)):
            name = self._names[index]
            if not name.startswith(number):
                return False
            if _any_takes(self._named(name), caller):
                return True
        return False

    def _longer_pattern(self, number: str, caller: str) -> bool:
        fork = self._fork(number)
        for node, depth in self._walk(number, *fork) if fork is not None else ():
            if node.alone is not None:
                extension, pattern = node.alone
                if pattern.could_match_more(number, depth) and extension.takes(caller):
                    return True
            elif _any_takes(node.many, caller) or (depth == len(number) and _goes_on(node, caller)):
                return True
        return False


def _order(extension: Extension) -> tuple[Rank, bool, Rank]:
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
    branches = [*node.letters.values(), *(child for _, child in node.sets)]
    while branches:
        branch = branches.pop()
        if branch.alone is not None and branch.alone[0].takes(caller):
            return True
        if _any_takes(branch.ends, caller) or _any_takes(branch.many, caller):
            return True
        branches += branch.letters.values()
        branches += [child for _, child in branch.sets]
    return False
