"""States that test harnesses wait for, of what happens in queues, lots and at registrars."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from switchroom.config.queues.queues import QueueSettings
from switchroom.parking.events import ParkingChange, ParkingChanged
from switchroom.pbx.events import ContactChanged, FeatureKeyed
from switchroom.pbx.harness import Harness
from switchroom.queues.claims import Claims
from switchroom.queues.entry import Entry
from switchroom.queues.events import (
    AgentCalled,
    AgentConnected,
    AgentDidNotAnswer,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
)
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue
from tests.ami.support import Ami, run_ami
from tests.support.fakes import make_channel

PARKED = ("PJSIP/ann-1", "default", 701, "PJSIP/bob", 45.0)


@pytest.mark.parametrize("is_on", [True, False])
def test_states(tmp_path: Path, is_on: bool) -> None:  # noqa: FBT001
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        ami.pbx.datastore(Harness).is_on = is_on
        queue = CallQueue(QueueSettings(name="sales"), Claims(), random.Random(1))
        caller, called = make_channel(ami.pbx, name="PJSIP/ann-1"), make_channel(ami.pbx, name="B")
        entry = Entry(caller.name, caller.unique_id, 0.0)
        member = Member("PJSIP/bob", "Bob", "PJSIP/bob")
        for event in (
            CallerJoined(queue, entry, 1),
            AgentCalled(queue, entry, member, called),
            AgentDidNotAnswer(queue, entry, member, called, 5.0),
            AgentConnected(queue, entry, member, called, 1, 1),
            CallerLeft(queue, entry, 1),
            CallerAbandoned(queue, entry, 1, 3),
            *(ParkingChanged(change, *PARKED) for change in ParkingChange),
            *(ContactChanged("ann", "sip:ann@x", "ann", each) for each in ("Created", "Removed")),
            ContactChanged("ann", "sip:ann@x", "ann", "Reachable"),
            FeatureKeyed("PJSIP/ann-1", "*1", is_known=True),
            FeatureKeyed("PJSIP/ann-1", "*7", is_known=False),
        ):
            ami.pbx.events.publish(event)
        await asyncio.sleep(0)
        told = [each for each in boss.heard if each.get("Event") == "TestEvent"]
        assert [each.get("State") for each in told] == (
            [
                "QUEUE_CALLER_JOIN", "QUEUE_MEMBER_CALLED", "QUEUE_MEMBER_NOANSWER",
                "QUEUE_MEMBER_CONNECT", "QUEUE_CALLER_LEAVE", "QUEUE_CALLER_ABANDON",
                "PARKED", "FETCHED", "TIMED_OUT", "GAVE_UP",
                "AOR_CONTACT_ADDED", "AOR_CONTACT_REMOVED",
                "FEATURE_DETECTION", "FEATURE_DETECTION",
            ]
            if is_on
            else []
        )  # fmt: skip
        if is_on:
            assert {each.get("Type") for each in told} == {"StateChange"}
            assert {each.get("Privilege") for each in told} == {"reporting,all"}
            assert told[1].get("Interface") == "PJSIP/bob"
            assert [each.get("Result") for each in told[-2:]] == ["success", "fail"]

    run_ami(tmp_path, test)
