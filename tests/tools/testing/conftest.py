from collections.abc import Callable, Iterator
from pathlib import Path

# pytester forgets the modules that are first imported within it. These cannot be imported twice in
# a process: whoever wanted AES behind these tests would not find it.
import cryptography.hazmat.primitives.ciphers.algorithms
import cryptography.hazmat.primitives.ciphers.modes  # noqa: F401  # imported to be there
import pytest

from switchroom.tools.simulate.configuration import load_configuration
from switchroom.tools.testing.dialplan import DialplanUnderTest

Make = Callable[[str], DialplanUnderTest]


@pytest.fixture
def under_test(tmp_path: Path) -> Iterator[Make]:
    """Makes a dialplan under test from the text of an extensions.conf."""
    made: list[DialplanUnderTest] = []

    def make(text: str) -> DialplanUnderTest:
        (tmp_path / "extensions.conf").write_text(text)
        made.append(DialplanUnderTest(load_configuration(tmp_path)))
        return made[-1]

    yield make
    for dialplan in made:
        dialplan.close()


@pytest.fixture
def runner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A pytest of its own with our plugin alone, whatever else is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p switchroom.tools.testing.plugin")
    pytester.makefile(
        ".conf",
        extensions="""
            [default]
            exten => 1,1,Answer()
             same => n,Playback(hello-world)
             same => n,GotoIf($["${X}" = "1"]?known)
             same => n,Hangup(17)
             same => n(known),Set(DB(seen/${X})=yes)
             same => n,Hangup(16)
            exten => 2,1,Read(PIN,agent-pass)
            exten => 2,hint,PJSIP/2
            [other]
            exten => _X.,1,NoOp()
        """,
    )
    return pytester
