from pathlib import Path

import pytest

from tests.support.dialplan import value_of

LINES = b"one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("", "one\ntwo\nthree\n"), (",4,3", "two"), (",-6", "three\n"), (",-6,5", "three"), (",0,-7", "one\ntwo"),
        (",100", ""), (",2,-100", ""), (",0,1,l", "one\n"), (",1,1,l", "two\n"), (",-1,,l", "three\n"),
        (",0,-1,l", "one\ntwo\n"), (",0,1,l,d", "one\ntwo\nthree\n"),
    ],
)  # fmt: skip
def test_reading(tmp_path: Path, arguments: str, value: str) -> None:
    (tmp_path / "f").write_bytes(LINES)
    assert value_of(f"Set(R=${{FILE({tmp_path}/f{arguments})}})", real=True) == value


@pytest.mark.parametrize(
    ("arguments", "octets"),
    [
        ("", b"X"), (",,,a", LINES + b"X"), (",,,al", LINES + b"X\n"), (",,,ald", LINES + b"X"), (",0,3", b"X\ntwo\nthree\n"),
        (",4", b"one\nX"), (",4,0", b"one\nXtwo\nthree\n"), (",-6,5", b"one\ntwo\nX\n"), (",0,1,l", b"X\ntwo\nthree\n"),
        (",1,0,l", b"one\nX\ntwo\nthree\n"), (",1,1,ld", b"one\nXthree\n"), (",1,1,l,u", b"one\nX\nthree\n"),
    ],
)  # fmt: skip
def test_writing(tmp_path: Path, arguments: str, octets: bytes) -> None:
    (tmp_path / "f").write_bytes(LINES)
    value_of(f"Set(FILE({tmp_path}/f{arguments})=X)", real=True)
    assert (tmp_path / "f").read_bytes() == octets


def test_lines_end_as_the_file_has_it(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"one\r\ntwo\r\n")
    value_of(f"Set(FILE({tmp_path}/f,,,al)=three)", f"Set(FILE({tmp_path}/new,,,al)=a)", real=True)
    assert (tmp_path / "f").read_bytes() == b"one\r\ntwo\r\nthree\r\n"
    assert (tmp_path / "new").read_bytes() == b"a\n"


@pytest.mark.parametrize(
    ("octets", "form", "count"),
    [
        (LINES, "u", "3"),
        (b"a\r\nb", "d", "2"),
        (b"a\rb\r", "m", "2"),
        (b"a", "x", "1"),
        (b"", "x", "0"),
    ],
)
def test_form_and_count(tmp_path: Path, octets: bytes, form: str, count: str) -> None:
    (tmp_path / "f").write_bytes(octets)
    read = f"${{FILE_FORMAT({tmp_path}/f)}}${{FILE_COUNT_LINE({tmp_path}/f)}}"
    assert value_of(f"Set(R={read})", real=True) == form + count


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    read = f"[${{FILE({tmp_path})}}${{FILE(/dev/zero)}}${{FILE({tmp_path}/none)}}${{FILE_COUNT_LINE({tmp_path}/none)}}]"
    assert value_of(f"Set(R={read})", real=True) == "[-1]"


def test_stat(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12345")
    (tmp_path / "f").chmod(0o640)
    read = "".join(f"${{STAT({flag},{tmp_path}/f)}}," for flag in "edfms")
    read += f"${{STAT(d,{tmp_path})}}${{STAT(s,{tmp_path}/none)}}[${{STAT(x,{tmp_path})}}]"
    assert value_of(f"Set(R={read})", real=True) == "1,0,1,100640,5,10[]"
    assert (
        abs(
            int(value_of(f"Set(R=${{STAT(M,{tmp_path}/f)}})", real=True))
            - (tmp_path / "f").stat().st_mtime
        )
        < 1
    )
