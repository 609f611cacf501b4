import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import ConfigFile, parse_config, read_config

HERE = Path("test.conf")


def plain(file: ConfigFile) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(s.name, [(e.name, e.value) for e in s.entries]) for s in file.sections]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a]\nx=1\ny = 2 ; two\nz => 3", [("a", [("x", "1"), ("y", "2"), ("z", "3")])]),
        ("[t](!)\nx=1\n[a](t)\ny=2", [("t", [("x", "1")]), ("a", [("x", "1"), ("y", "2")])]),
        (
            "[t](!)\nx=1\n[u](!)\nx=2\n[a](t,u)\n",
            [("t", [("x", "1")]), ("u", [("x", "2")]), ("a", [("x", "1"), ("x", "2")])],
        ),
        ("[a]\nx=1\n[b]\ny=1\n[a](+)\nz=1", [("a", [("x", "1"), ("z", "1")]), ("b", [("y", "1")])]),
        ("[a]\nx=1\n[a]\nx=2", [("a", [("x", "1")]), ("a", [("x", "2")])]),
        ("[a]\nx=ulaw\nx+=,alaw", [("a", [("x", "ulaw"), ("x", "ulaw,alaw")])]),
        ("[a]\nx=a\\;b;c", [("a", [("x", "a;b")])]),
        ("[a]\n;-- x=1\n;-- y --; z=2\n--;x=3", [("a", [("x", "3")])]),
        ("[a]\n;--- ruler ---\nx=1;-- in --;2", [("a", [("x", "12")])]),
        ("[a]\nx==1\nexten => 1,1,Set(a=b)", [("a", [("x", "=1"), ("exten", "1,1,Set(a=b)")])]),
        ("[a]\nx=", [("a", [("x", "")])]),
        ("[a]\nc++x=1", [("a", [("c++x", "1")])]),
        ("\ufeff[a]\r\nx=1\r\n", [("a", [("x", "1")])]),
        ("", []),
    ],
)
def test_parse(text: str, expected: object, tmp_path: Path) -> None:
    (tmp_path / "t.conf").write_bytes(text.encode())
    assert plain(read_config(tmp_path / "t.conf")) == expected


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x=1", 1, "before any"),
        ("[a]\n\nnonsense", 3, "expected `name = value`"),
        ("[a\nx=1", 1, "closing"),
        ("[a] b", 1, "unexpected 'b'"),
        ("[a](nobody)", 1, "no section or template [nobody]"),
        ("[b](+)", 1, "no section or template [b]"),
        ("#include nothing.conf", 1, "no file 'nothing.conf'"),
        ("#exec date", 1, "#exec is off"),
        ("#frobnicate x", 1, "unknown directive"),
        ("#include", 1, "needs an argument"),
        ("[a]\n;-- never", 2, "never closed"),
        ("[a]\n=1", 2, "expected"),
    ],
)
def test_errors_name_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, path=HERE)
    assert caught.value.path == HERE
    assert caught.value.line == line
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"test.conf:{line}: ")


def test_includes(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "main.conf").write_text(
        '[a]\n#include "d/*.conf"\n#tryinclude none.conf\n#include <one.conf>\nz=3'
    )
    (tmp_path / "one.conf").write_text("o=1")
    (tmp_path / "d/2.conf").write_text("x=2")
    (tmp_path / "d/1.conf").write_text("\nx=1")
    (section,) = read_config(tmp_path / "main.conf").sections
    assert [(e.value, e.path.name, e.line) for e in section.entries] == [
        ("1", "1.conf", 2),
        ("2", "2.conf", 1),
        ("1", "one.conf", 1),
        ("3", "main.conf", 5),
    ]


def test_an_include_loop_ends_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "loop.conf").write_text("#include loop.conf")
    with pytest.raises(ConfigError, match=r"loop.conf:1: loop.conf includes itself"):
        read_config(tmp_path / "loop.conf")


def test_files_that_include_each_other_are_read_once(tmp_path: Path) -> None:
    for name in "abcdefgh":
        (tmp_path / f"{name}.conf").write_text(f"[{name}]\n#include *.conf\n")
    errors: list[ConfigError] = []
    read_config(tmp_path / "a.conf", errors=errors)
    assert [str(error).rpartition("/")[2] for error in errors] == [
        "a.conf:2: a.conf includes itself"
    ]


def test_one_file_may_be_included_twice(tmp_path: Path) -> None:
    (tmp_path / "more.conf").write_text("x=1\n")
    (tmp_path / "a.conf").write_text("[a]\n#include more.conf\n[b]\n#include more.conf\n")
    assert plain(read_config(tmp_path / "a.conf")) == [("a", [("x", "1")]), ("b", [("x", "1")])]


def test_includes_end_at_the_tenth(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number}.conf").write_text(f"#include {number + 1}.conf\n")
    (tmp_path / "12.conf").write_text("[a]\n")
    read_config(tmp_path / "2.conf")
    with pytest.raises(ConfigError, match="nested deeper than 10"):
        read_config(tmp_path / "1.conf")


def test_the_place_in_an_included_file_is_that_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "more.conf").write_text("[a\\;b] rest\n")
    (tmp_path / "a.conf").write_text("#include more.conf\n")
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path / "a.conf")
    with pytest.raises(ConfigError) as alone:
        read_config(tmp_path / "more.conf")
    assert caught.value.render() == alone.value.render()


def test_exec_when_allowed(tmp_path: Path) -> None:
    (tmp_path / "x.conf").write_text("#exec printf '[a]\\nx=1\\n'")
    assert plain(read_config(tmp_path / "x.conf", allow_exec=True)) == [("a", [("x", "1")])]
    (tmp_path / "x.conf").write_text("#exec exit 3")
    with pytest.raises(ConfigError, match="failed"):
        read_config(tmp_path / "x.conf", allow_exec=True)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read .*gone\.conf"):
        read_config(tmp_path / "gone.conf")


@given(st.text(alphabet='[](!)+=>;-#\\"\n xyincludeec,*/', max_size=200))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        file = parse_config(text, path=HERE)
    except ConfigError:
        return
    assert all(entry.line > 0 for section in file.sections for entry in section.entries)


def test_ten_thousand_lines_are_read_quickly() -> None:
    text = "[a]\n" + "exten => 100,1,NoOp(${EXTEN}) ; a comment\n" * 10_000
    began = time.process_time()
    parse_config(text, path=HERE)
    assert time.process_time() - began < 1.0


def test_names_of_options_count_in_any_case_of_letters() -> None:
    (section,) = parse_config("[a]\nType=x\ntype+=y", path=HERE).sections
    assert section.get("TYPE") == "xy"


def test_the_newest_section_of_a_name_is_the_parent() -> None:
    text = "[a](!)\nx=1\n[a](!)\nx=2\n[b](a)\n[b](+)\ny=3"
    assert plain(parse_config(text, path=HERE))[-1] == ("b", [("x", "2"), ("y", "3")])


def test_a_pattern_that_is_none() -> None:
    with pytest.raises(ConfigError, match="cannot look for") as raised:
        parse_config('[a]\n#include "**x"', path=HERE)
    assert raised.value.line == 2


def test_all_errors_when_asked(tmp_path: Path) -> None:
    (tmp_path / "more.conf").write_text("[c]\nnothing\nz=1\n")
    file = tmp_path / "test.conf"
    file.write_text("[a]\nx=1\n?\n[b\ny=1\n[d](none)\n#include more.conf\n#include no.conf\n;--")
    errors: list[ConfigError] = []
    found = read_config(file, errors=errors)
    assert [(e.path.name if e.path else "", e.line) for e in errors] == [
        ("test.conf", 3),
        ("test.conf", 4),
        ("test.conf", 6),
        ("more.conf", 2),
        ("test.conf", 8),
        ("test.conf", 9),
    ]
    expected = [("a", [("x", "1")]), ("b", [("y", "1")]), ("d", []), ("c", [("z", "1")])]
    assert plain(found) == expected
    with pytest.raises(ConfigError, match="expected `name = value`"):
        read_config(file)
