"""Times in the words of a locale."""

import logging
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from switchroom.base.localized_time import localized_time

WHEN = datetime(2024, 3, 5, 14, 7, 9, tzinfo=UTC)
LAYOUT = "%A, %B %d, %Y at %H:%M"


@pytest.mark.parametrize("name", ["", "C", "no_SUCH.UTF-8"])
def test_in_english(name: str) -> None:
    assert localized_time(WHEN, LAYOUT, name) == "Tuesday, March 05, 2024 at 14:07"


def test_a_locale_that_is_not_there_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            localized_time(WHEN, "%A", "xx_YY.UTF-8")
    assert [each.getMessage() for each in caplog.records] == [
        "this system has no locale xx_YY.UTF-8: times are in English"
    ]


def test_zones() -> None:
    when = WHEN.astimezone(ZoneInfo("Europe/Berlin"))
    assert localized_time(when, "%H:%M %Z %z %j %u", "C") == "15:07 CET +0100 065 2"


@pytest.mark.skipif(shutil.which("localedef") is None, reason="localedef is not installed")
@pytest.mark.parametrize(("name", "charset"), [("de_AT.UTF-8", "UTF-8"), ("de_CH", "ISO-8859-1")])
def test_in_german(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, charset: str
) -> None:
    source = Path("/usr/share/i18n/locales") / name.partition(".")[0]
    if not source.exists():
        pytest.skip("the sources of locales are not installed")
    made = ["localedef", "-c", "-i", name[:5], "-f", charset, str(tmp_path / name)]
    subprocess.run(made, check=True, capture_output=True)
    monkeypatch.setenv("LOCPATH", str(tmp_path))
    assert localized_time(WHEN, "%A, %d. %B, äh", name) == "Dienstag, 05. März, äh"
