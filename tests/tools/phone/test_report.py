import io
import json
import os
from datetime import UTC, datetime

import pytest

from switchroom.tools.phone.report import Report, Tone, wants_colours

AT = datetime(2025, 3, 4, 9, 8, 7, 6500, UTC)


def told(*, as_json: bool = False, colours: bool = False) -> str:
    stream = io.StringIO()
    report = Report(stream, as_json=as_json, colours=colours, clock=lambda: AT)
    report.tell("ringing", "it rings", status=180)
    report.tell("ended", "refused", tone=Tone.BAD, status=486)
    return stream.getvalue()


def test_text_has_a_time_in_front() -> None:
    assert told() == "09:08:07.006  it rings\n09:08:07.006  refused\n"


def test_colours_end_where_they_begin() -> None:
    first, second = told(colours=True).splitlines()
    assert first == "\x1b[2m09:08:07.006\x1b[0m  it rings"
    assert second == "\x1b[2m09:08:07.006\x1b[0m  \x1b[31mrefused\x1b[0m"


def test_json_is_one_object_a_line_and_has_no_colours() -> None:
    first, second = map(json.loads, told(as_json=True, colours=True).splitlines())
    assert first == {
        "at": "2025-03-04T09:08:07.006+00:00",
        "event": "ringing",
        "status": 180,
        "text": "it rings",
    }
    assert second["status"] == 486


@pytest.mark.parametrize("as_json", [False, True])
def test_a_caller_cannot_command_the_terminal(*, as_json: bool) -> None:
    stream = io.StringIO()
    report = Report(stream, as_json=as_json, clock=lambda: AT)
    report.tell(
        "incoming", "a call from \x1b[2J\r\n\udcff\u202eJos\u00e9", caller="\x1b]0;x\x07\udcff"
    )
    line = stream.getvalue()
    assert line.endswith("\n")
    assert line[:-1].isprintable()
    line.encode()
    if not as_json:
        assert line == "09:08:07.006  a call from ?[2J????Jos\u00e9\n"


def test_colours_are_for_terminals_only() -> None:
    assert not wants_colours(io.StringIO())


def test_a_reader_that_went_away_is_noticed_once() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    told: list[str] = []
    with os.fdopen(writing, "w") as stream:
        report = Report(stream, on_nobody_reads=lambda: told.append("gone"))
        report.tell("ringing", "it rings")
        report.tell("ended", "refused")
    assert told == ["gone"]
