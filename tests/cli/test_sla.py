"""sla show trunks, sla show stations."""

import asyncio

from switchroom.cli.registry import collect_commands
from switchroom.conference.shared_lines import SharedLines
from switchroom.config.language.reader import parse_config
from switchroom.config.sla import read_sla
from tests.cli.fakes import CliNode
from tests.support.fakes import make_channel

FILE = """\
[line1]
type=trunk
device=PJSIP/out
ringtimeout=30
barge=no
[ann]
type=station
device=PJSIP/ann
autocontext=keys
hold=private
trunk=line1,ringdelay=5
"""


def test_lines_and_stations_are_listed(cli: CliNode) -> None:
    async def main() -> list[str]:
        async with cli.context.pbx as pbx:
            ask = collect_commands().execute
            commands = ("sla show trunks", "sla show stations")
            answers = [await ask(each, cli.context) for each in commands]
            lines = pbx.datastore(SharedLines)
            lines.use(pbx, read_sla(parse_config(FILE)))
            answers += [await ask(each, cli.context) for each in commands]
            caller = make_channel(pbx, name="PJSIP/out-1")
            call = lines.begin(lines.lines["line1"], caller)
            answers += [await ask(commands[0], cli.context)]
            lines.end(call)
            caller.hangup()
            return answers

    none, nobody, trunks, stations, ringing = asyncio.run(main())
    assert (none, nobody) == ("No shared lines.\n", "No stations.\n")
    assert trunks.splitlines() == [
        "Trunk line1",
        "  Device:        PJSIP/out",
        "  AutoContext:   (none)",
        "  RingTimeout:   30 Seconds",
        "  BargeAllowed:  No",
        "  HoldAccess:    Open",
        "  Channel:       (none)",
        "  Station ann: NOT_INUSE",
        "",
    ]
    assert stations.splitlines() == [
        "Station ann",
        "  Device:        PJSIP/ann",
        "  AutoContext:   keys",
        "  HoldAccess:    Private",
        "  Trunk line1: NOT_INUSE, RingDelay 5 Seconds, RingTimeout (none)",
        "",
    ]
    assert "  Channel:       PJSIP/out-1\n  Station ann: RINGING" in ringing
