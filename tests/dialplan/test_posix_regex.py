import time

import pytest

from switchroom.dialplan.posix_regex import MAX_SUBJECT, MAX_WORK, compile_posix


def found(pattern: str, text: str) -> list[str] | None:
    regex = compile_posix(pattern)
    assert regex is not None
    match = regex.search(text)
    return None if match is None else [match[n] for n in range(regex.groups + 1)]


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        ("b.*c", "abbcbcd", ["bbcbc"]), ("(a|ab)(c|bcd)", "abcd", ["abcd", "a", "bcd"]), ("^$", "", [""]),
        ("[[:digit:]]+", "ab12", ["12"]), ("[]a]", "]", ["]"]), ("[^]a]", "a]b", ["b"]), ("a{2,3}", "aaaa", ["aaa"]),
        (r"\.", "a.b", ["."]), (r"\$[(]", "x$(", ["$("]), ("(x)?a", "a", ["a", ""]), ("é+", "éé", ["éé"]), ("(", None, None),
        ("[[:alpha:]", None, None), ("a{3,2}", None, None), ("*", "*", None), ("x", "y", None), ("a|", "b", [""]),
    ],
)  # fmt: skip
def test_search(pattern: str, text: str | None, groups: list[str] | None) -> None:
    if text is None:
        assert compile_posix(pattern) is None
    elif pattern != "*":  # what that means is the C library's business
        assert found(pattern, text) == groups


def test_only_at_the_beginning() -> None:
    regex = compile_posix("[0-9]+")
    assert regex is not None
    assert regex.match("a1") is None
    match = regex.match("12a")
    assert match is not None
    assert match[0] == "12"


def test_capitals() -> None:
    regex = compile_posix("^abc$", ignore_case=True)
    assert regex is not None
    assert regex.search("AbC")


@pytest.mark.parametrize(
    "pattern",
    ["a" * 2000, "((a{1,255}){1,255}){1,255}", "(a{999}){999}", "a{30000}", r"(a)\1", "a\0b"],
)
def test_what_could_grow_for_ever_is_refused(pattern: str) -> None:
    assert compile_posix(pattern) is None


def test_the_longest_texts_are_searched_soon() -> None:
    for pattern in ("(a+)+$", "(a|a)*b", "(.*)(.*)(.*)(.*)x"):
        regex = compile_posix(pattern)
        assert regex is not None
        began = time.process_time()
        assert regex.search("a" * MAX_SUBJECT + "!") is None
        assert regex.search("a" * (MAX_SUBJECT - 1) + "!") is None
        assert time.process_time() - began < 5


def test_hostile_brackets_are_measured_soon() -> None:
    began = time.process_time()
    for pattern in ("[:" * 511, "[[:" * 340, "[[:a:]" * 170, "[" * 1023, "[]" * 511):
        compile_posix(pattern)
    assert time.process_time() - began < 0.5


def test_written_out_repetitions_bound_the_text() -> None:
    regex = compile_posix("a{1,70}" * 70)
    assert regex is not None
    assert regex.search("a" * (MAX_WORK // 4_900)) is not None
    assert regex.search("a" * (MAX_WORK // 4_900 + 1)) is None


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("[]a]+", "b]a]", "]a]"),
        ("[^]a]+", "]bc]", "bc"),
        ("[[:digit:]]{2}", "a123", "12"),
        ("[[:digit:]x-]+", "ax-1", "x-1"),
        ("[[.-.]0]+", "a-0", "-0"),
        ("[[=a=]]", "ba", "a"),
        ("[[]+", "a[[b", "[["),
        ("[(]{3}", "(((", "((("),
        ("[^[]", "[a", "a"),
        ("[a", "a", None),
        ("[[:digit]", "d", None),
        ("[[:digit:]", "1", None),
    ],
)
def test_brackets(pattern: str, text: str, found: str | None) -> None:
    regex = compile_posix(pattern)
    match = regex.search(text) if regex is not None else None
    assert (match and match[0]) == found


def test_texts_of_any_length_without_repetitions() -> None:
    regex = compile_posix("ok|yes{2}")
    assert regex is not None
    assert regex.search("x" * 60_000 + "ok")
