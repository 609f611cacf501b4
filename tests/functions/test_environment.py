import os
import uuid

import pytest

from switchroom.base.version import COMPATIBLE_VERSION
from tests.support.dialplan import value_of


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHROOM_TEST", "a")
    lines = ["Set(R=${ENV(SWITCHROOM_TEST)})", "Set(ENV(SWITCHROOM_TEST)=b)", "Set(ENV(a=b)=c)"]
    assert value_of(*lines, "Set(R=${R}${ENV(SWITCHROOM_TEST)}[${ENV(NO_SUCH)}])") == "ab[]"
    assert os.environ["SWITCHROOM_TEST"] == "b"


@pytest.mark.parametrize(
    "fact", ["totalram", "freeram", "bufferram", "totalswap", "freeswap", "numprocs", "uptime"]
)
def test_system_information(fact: str) -> None:
    assert int(value_of(f"Set(R=${{SYSINFO({fact})}})")) >= 0


def test_more_system_information() -> None:
    assert float(value_of("Set(R=${SYSINFO(loadavg)})")) >= 0
    assert value_of("Set(R=${SYSINFO(numcalls)}[${SYSINFO(bogus)}])") == "1[]"


def test_version() -> None:
    major, minor, patch = map(int, COMPATIBLE_VERSION.split("."))
    read = value_of(
        "Set(R=${VERSION()}|${VERSION(ASTERISK_VERSION_NUM)}|${VERSION(bogus)}|${VERSION(BUILD_OS)})"
    )
    words, number, nothing, system = read.split("|")
    assert words == COMPATIBLE_VERSION
    assert int(number) == major * 10_000 + minor * 100 + patch
    assert (nothing, system) == ("", os.uname().sysname)


def test_uuid() -> None:
    one, two = value_of("Set(R=${UUID()} ${UUID()})").split()
    assert uuid.UUID(one) != uuid.UUID(two)
