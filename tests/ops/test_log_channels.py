import logging
import logging.handlers
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.logger import read_logger
from switchroom.ops.log_channels import ChannelPlan, LogChannels, LogPlan, rotated

WARNINGS = frozenset({"WARNING", "ERROR"})


@pytest.fixture
def logs() -> Iterator[LogChannels]:
    ours, security = logging.getLogger("switchroom"), logging.getLogger("switchroom.security")
    levels = ours.level, security.level
    channels = LogChannels()
    yield channels
    channels.close()
    ours.setLevel(levels[0])
    security.setLevel(levels[1])


def test_each_file_gets_its_kinds_of_lines(tmp_path: Path, logs: LogChannels) -> None:
    plans = (
        ChannelPlan("messages", WARNINGS),
        ChannelPlan("full", frozenset({"NOTICE", "VERBOSE", "WARNING", "ERROR", "DEBUG"})),
        ChannelPlan("security", frozenset({"SECURITY"})),
        ChannelPlan("lines.json", WARNINGS, "json"),
    )
    logs.open(LogPlan(plans, tmp_path, "%Y-%m-%d %H:%M:%S.%3q"))
    logging.getLogger("switchroom.pbx").warning("a warning of %s", "x")
    logging.getLogger("switchroom.pbx").info("a milestone")
    logging.getLogger("switchroom.pbx").debug("a detail\nof two lines")
    logging.getLogger("switchroom.security").info('SecurityEvent="InvalidPassword"')
    logs.close()
    lines = (tmp_path / "messages").read_text().splitlines()
    assert len(lines) == 1
    assert re.fullmatch(
        r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] WARNING\[\d+\]: pbx: a warning of x", lines[0]
    )
    full = (tmp_path / "full").read_text()
    assert [word for word in ("warning", "milestone", "detail") if word in full] == [
        "warning", "milestone", "detail",
    ]  # fmt: skip
    assert "InvalidPassword" not in full
    assert "InvalidPassword" in (tmp_path / "security").read_text()
    assert '"message": "a warning of x"' in (tmp_path / "lines.json").read_text()


def test_rotation_begins_a_new_file(tmp_path: Path, logs: LogChannels) -> None:
    logs.open(LogPlan((ChannelPlan("full", WARNINGS),), tmp_path))
    log = logging.getLogger("switchroom.pbx")
    for number in range(3):
        log.warning("line %s", number)
        assert logs._listener is not None
        logs._listener.stop()
        logs._listener.start()
        if number < 2:
            logs.rotate()
    logs.close()
    texts = [(tmp_path / name).read_text() for name in ("full.0", "full.1", "full")]
    assert [text[-2] for text in texts] == ["0", "1", "2"]


def test_ways_of_rotating(tmp_path: Path) -> None:
    path = tmp_path / "log"
    for number in range(3):
        path.write_text(str(number))
        assert rotated(path, "rotate") == tmp_path / "log.0"
    assert [(tmp_path / f"log.{n}").read_text() for n in range(3)] == ["2", "1", "0"]
    path.write_text("x")
    moved = rotated(path, "timestamp")
    assert moved is not None
    assert moved.read_text() == "x"
    assert rotated(path, "sequential") is None
    path.write_text("y")
    assert rotated(path, "none") is None


def test_what_cannot_be_opened_harms_no_other(
    tmp_path: Path, logs: LogChannels, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").mkdir()
    plans = (ChannelPlan("folder", WARNINGS), ChannelPlan("full", WARNINGS))
    logs.open(LogPlan(plans, tmp_path))
    assert [each.plan.name for each in logs.channels] == ["full"]
    assert "the log channel folder cannot be opened" in caplog.text
    assert logs.add("more", {"WARNING"})
    assert not logs.remove("nothing")
    assert logs.remove("more")


def test_the_file_is_read() -> None:
    text = """
[general]
dateformat = %F %T.%3q
rotatestrategy = rotate
[logfiles]
console => notice,warning,error
messages => notice,warning,error
full = notice,warning,error,debug,verbose(3),dtmf,fax
json.log => [json]*
odd => notice,nonsense
"""
    config = read_logger(parse_config(text, path=Path("logger.conf")))
    assert (config.date_format, config.strategy) == ("%F %T.%3q", "rotate")
    by_name = {each.name: each for each in config.channels}
    assert by_name["full"].verbosity == 3
    assert "SECURITY" in by_name["json.log"].levels
    assert by_name["json.log"].formatter == "json"
    assert [str(each) for each in config.warnings] == [
        "logger.conf:10: odd: there is no level 'nonsense'"
    ]
