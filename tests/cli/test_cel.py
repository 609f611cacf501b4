"""``cel show status``."""

from __future__ import annotations

import asyncio

from switchroom.cli.registry import collect_commands
from switchroom.pbx.records.cel import CelRules, ChannelEvents
from switchroom.pbx.records.cel_told import CelManager
from switchroom.storage.cel_record import CelType
from tests.cli.fakes import CliNode


def test_status(cli: CliNode) -> None:
    pbx = cli.context.pbx
    events = pbx.datastore(ChannelEvents)
    wanted = frozenset({CelType.HANGUP, CelType.ANSWER})
    events.rules = CelRules(is_on=True, events=wanted, applications=frozenset({"park", "dial"}))
    events.backends = (CelManager(pbx),)
    answer = asyncio.run(collect_commands().execute("cel show status", cli.context))
    assert answer.splitlines() == [
        "CEL Logging: Enabled",
        "CEL Tracking Event: ANSWER",
        "CEL Tracking Event: HANGUP",
        "CEL Tracking Application: dial",
        "CEL Tracking Application: park",
        "CEL Event Subscriber: Manager Event Logging",
    ]
