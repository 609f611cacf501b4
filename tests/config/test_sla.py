"""sla.conf."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.sla import Appearance, SlaConfig, read_sla

FILE = """\
[general]
attemptcallerid = yes
[line1]
type = trunk
device = PJSIP/line1
autocontext = in1
ringtimeout = 30
barge = no
hold = private
[line2]
type = trunk
device = Local/disa@out
[phones](!)
type = station
autocontext = keys
ringdelay = 4
trunk = line1
trunk = line2,ringdelay=0,ringtimeout=9
[ann](phones)
device = PJSIP/ann
[bob](phones)
device = PJSIP/bob
hold = private
"""


def read(text: str) -> SlaConfig:
    return read_sla(parse_config(text))


def test_the_whole_of_a_file() -> None:
    config = read(FILE)
    assert not config.warnings
    assert config.shows_caller
    one, two = config.trunks["line1"], config.trunks["line2"]
    assert (one.device, one.context, one.ring_timeout) == ("PJSIP/line1", "in1", 30)
    assert (one.allows_barge, one.is_private) == (False, True)
    assert (two.allows_barge, two.is_private, two.ring_timeout) == (True, False, 0)
    ann, bob = config.stations["ann"], config.stations["bob"]
    assert ann.appearances == (Appearance("line1", 4, 0), Appearance("line2", 0, 9))
    assert (ann.context, ann.is_private, bob.is_private) == ("keys", False, True)


TRUNK = "[line1]\ntype=trunk\ndevice=PJSIP/a\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[x]\ntype=phone\ndevice=PJSIP/x\n", 2, "expected one of trunk, station"),
        ("[x]\ndevice=PJSIP/x\n", 1, "type is neither"),
        ("[x]\ntype=trunk\n", 1, "expected device"),
        ("[x]\ntype=station\ndevice=ann\n", 1, "not 'ann'"),
        ("[x]\ntype=trunk\ndevice=A/b\nbarje=no\n", 4, "did you mean barge"),
        (TRUNK + "[x]\ntype=station\ndevice=A/b\ntrunk=line2\n", 7, "no trunk 'line2'"),
        (TRUNK + "[x]\ntype=station\ndevice=A/b\ntrunk=line1,ring=3\n", 7, "not 'ring=3'"),
        (TRUNK + "[x]\ntype=station\ndevice=A/b\nhold=shut\n", 7, "open, private"),
    ],
)
def test_what_is_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        read(text)
    assert caught.value.line == line
