"""The trie against a naive scan, and what matches in which order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.base.errors import ConfigError
from switchroom.dialplan.matching import Matcher
from switchroom.dialplan.model import Context, Dialplan, Extension, Include
from switchroom.dialplan.pattern import Pattern, is_pattern, normalized
from switchroom.dialplan.switches import Place

#: Few characters, so that random patterns and numbers have much in common.
symbols = st.sampled_from(["1", "2", "X", "N", "z", "[12]", "[1-3]", "[]", "[2-]", "*", "-"])
endings = st.sampled_from(["", "", ".", "!"])
patterns = st.builds(
    lambda body, end: "_" + "".join(body) + end, st.lists(symbols, max_size=5), endings
)
numbers = st.text("123*-", max_size=6)
callers = st.sampled_from([None, "", "1", "_1X", "_2!"])
extensions = st.lists(
    st.builds(Extension, st.one_of(patterns, numbers.filter(bool)), callers), max_size=12
)


def scanned(known: list[Extension], number: str, caller: str) -> list[Extension]:
    """What the matcher must find, one extension after the other."""
    literal = [e for e in known if e.pattern is None and normalized(e.name) == normalized(number)]
    matching = [e for e in known if e.pattern is not None and e.pattern.matches(normalized(number))]
    matching.sort(key=lambda e: (e.pattern.rank if e.pattern else (), *caller_rank(e)))
    found = [*sorted(literal, key=caller_rank), *matching]
    return [e for e in found if e.takes(caller)]


def caller_rank(extension: Extension) -> tuple[object, ...]:
    pattern = extension.caller_pattern
    return extension.caller is None, pattern.rank if pattern else ()


def could_go_on(pattern: Pattern, number: str) -> bool:
    """Whether some longer number matches; ``!`` never asks to wait."""
    for position, symbol in enumerate(pattern.symbols):
        if symbol.wildcard:
            return symbol.wildcard == "."
        if position == len(number):
            return all(s.wildcard or s.characters for s in pattern.symbols[position:])
        if number[position] not in symbol.characters:
            return False
    return False


@given(extensions, numbers, st.sampled_from(["", "1", "12", "2"]))
def test_trie_agrees_with_a_scan(known: list[Extension], number: str, caller: str) -> None:
    assert list(Matcher(known).candidates(number, caller)) == scanned(known, number, caller)


_WIDE = {".": 1_000, "!": 2_000}
_NOTHING_LEFT = 3_000


def words_of(name: str) -> list[str]:
    """What stands at each position of a pattern; nothing behind a wildcard counts."""
    words = re.findall(r"\[[^]]*\]|[^- ]", name[1:])
    wild = [at for at, word in enumerate(words) if word in _WIDE]
    return words[: wild[0] + 1] if wild else words


def as_regex(word: str) -> str:
    """One position for the library of regular expressions."""
    if word.startswith("["):
        return word if word != "[]" else "(?!)"
    sets = {"X": "[0-9]", "N": "[2-9]", "Z": "[1-9]", ".": ".+", "!": ".*"}
    return sets.get(word.upper(), re.escape(word))


def places(name: str) -> list[tuple[int, str]]:
    """How wide a pattern is at each position: the narrower one is tried first."""
    found: list[tuple[int, str]] = []
    for word in words_of(name):
        letters = "".join(c for c in "*-0123456789" if re.fullmatch(as_regex(word), c))
        width = len(letters) if len(letters) > 1 else 0
        found.append((_WIDE[word], "") if word in _WIDE else (width, letters))
    return [*found, (_NOTHING_LEFT, "")]


@given(st.lists(patterns, max_size=8, unique=True), st.text("123*", max_size=6))
def test_patterns_agree_with_regular_expressions(names: list[str], number: str) -> None:
    known = [Extension(name) for name in names]
    regexes = {name: "".join(map(as_regex, words_of(name))) for name in names}
    expected = [name for name in names if re.fullmatch(regexes[name], number)]
    found = [each.name for each in Matcher(known).candidates(number, "")]
    assert sorted(found) == sorted(expected)
    assert [places(name) for name in found] == sorted(places(name) for name in expected)


@given(st.lists(st.lists(st.integers(0, 5), max_size=4, unique=True), min_size=6, max_size=6))
def test_includes_are_searched_in_the_order_they_are_written(included: list[list[int]]) -> None:
    contexts = {}
    for number, others in enumerate(included):
        context = contexts[str(number)] = Context(str(number))
        context.includes.extend(Include(str(other), str(other)) for other in others)
        context.add("1")
        context.index()
    order: list[str] = []

    def visit(name: int) -> None:
        if str(name) not in order:
            order.append(str(name))
            for other in included[name]:
                visit(other)

    visit(0)
    found = [c.name for c, _ in Dialplan(contexts).searched(Place("0", "1", 1))]
    assert found == order


@given(extensions, numbers, st.sampled_from(["", "1", "12", "2"]))
def test_waiting_for_more_agrees_with_a_scan(
    known: list[Extension], number: str, caller: str
) -> None:
    wanted = any(
        could_go_on(e.pattern, normalized(number))
        if e.pattern is not None
        else normalized(e.name).startswith(normalized(number))
        and normalized(e.name) != normalized(number)
        for e in known
        if e.takes(caller)
    )
    assert Matcher(known).could_match_more(number, caller) is wanted


@given(st.text(max_size=12))
def test_any_text_is_a_pattern_or_a_config_error(text: str) -> None:
    try:
        pattern = Pattern("_" + text)
    except ConfigError:
        return
    assert pattern.matches("".join(s.characters[:1] or "7" for s in pattern.symbols)) or any(
        not s.characters and not s.wildcard for s in pattern.symbols
    )


def test_a_deep_pattern_needs_no_deep_stack() -> None:
    matcher = Matcher([Extension("_" + "X" * 5_000, "555")])
    assert list(matcher.candidates("1" * 5_000, "555"))
    assert matcher.could_match_more("1", "555")
    assert not matcher.could_match_more("1", "556")


@pytest.mark.parametrize(
    ("names", "number", "order"),
    [
        (["_X.", "_1X", "12", "_[12]X"], "12", ["12", "_1X", "_[12]X", "_X."]),
        (["_12!", "_12", "_12."], "12", ["_12!", "_12"]),
        (["_12!", "_12X", "_12."], "123", ["_12X", "_12.", "_12!"]),
        (["_555-1212", "5551212"], "5551212", ["5551212", "_555-1212"]),
    ],
)
def test_order(names: list[str], number: str, order: list[str]) -> None:
    matcher = Matcher(Extension(name) for name in names)
    assert [e.name for e in matcher.candidates(number, "")] == order


def test_an_extension_for_one_caller_comes_before_the_same_for_all() -> None:
    known = [Extension("_1X"), Extension("_1X", "_55"), Extension("12"), Extension("12", "55")]
    assert all(is_pattern(e.name) == (e.pattern is not None) for e in known)
    found = Matcher(known).candidates("12", "55")
    assert [(e.name, e.caller) for e in found] == [
        ("12", "55"),
        ("12", None),
        ("_1X", "_55"),
        ("_1X", None),
    ]


def test_a_better_pattern_for_all_comes_before_a_worse_one_for_the_caller() -> None:
    known = [Extension("_XX", "55"), Extension("_1X")]
    assert [e.name for e in Matcher(known).candidates("12", "55")] == ["_1X", "_XX"]
