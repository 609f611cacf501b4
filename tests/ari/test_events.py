"""How what happens on the bus is told."""

from collections.abc import Callable
from typing import Any

import pytest

from switchroom.functions.tone_detect import detect_tone
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import (
    CallerChanged,
    ConnectedLineChanged,
    ContactChanged,
    HoldChanged,
    NewExtension,
    UserEvent,
    VariableSet,
)
from switchroom.pbx.listening.talking import PartyFellSilent, PartyTalks
from switchroom.pbx.text_message import TextMessageArrived
from tests.ari.support import Ari, run_ari
from tests.support.fakes import fake_stream

Make = Callable[[str, str], object]

OF_CHANNELS: list[tuple[Make, str, dict[str, Any]]] = [
    (PartyTalks, "ChannelTalkingStarted", {}),
    (
        lambda name, uid: PartyFellSilent(name, uid, 1.25),
        "ChannelTalkingFinished",
        {"duration": 1250},
    ),
    (lambda name, uid: HoldChanged(name, uid, is_held=True), "ChannelHold", {}),
    (lambda name, uid: HoldChanged(name, uid, is_held=False), "ChannelUnhold", {}),
    (ConnectedLineChanged, "ChannelConnectedLine", {}),
    (
        CallerChanged,
        "ChannelCallerId",
        {"caller_presentation": 67, "caller_presentation_txt": "Number Unavailable"},
    ),
    (
        lambda name, uid: NewExtension(name, uid, "default", "1", 1, "Wait", "5"),
        "ChannelDialplan",
        {"dialplan_app": "Wait", "dialplan_app_data": "5"},
    ),
    (
        lambda name, uid: UserEvent(name, uid, "Order", ("Number: 47", "no pair")),
        "ChannelUserevent",
        {"eventname": "Order", "userevent": {"eventname": "Order", "Number": "47", "no pair": ""}},
    ),
]


@pytest.mark.parametrize(("make", "kind", "wanted"), OF_CHANNELS, ids=[e[1] for e in OF_CHANNELS])
def test_what_happens_on_a_channel(make: Make, kind: str, wanted: dict[str, Any]) -> None:
    async def test(ari: Ari) -> None:
        ivr, desk = ari.serve(), ari.serve("desk")
        channel = await ari.call()
        ari.pbx.events.publish(make(channel.name, channel.unique_id))
        told = ivr.last(kind)
        assert told["channel"]["id"] == channel.unique_id
        assert told.items() >= wanted.items()
        assert kind not in desk.types
        channel.hangup()

    run_ari(test)


def test_a_tone_that_is_listened_for() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel: Channel = await ari.call()
        await detect_tone(channel, "", "2600", "1000", "r")
        fake_stream(channel).whistle(2600, 1.5)
        assert ivr.last("ChannelToneDetected")["channel"]["id"] == channel.unique_id

    run_ari(test)


def test_a_global_variable_is_told_to_who_hears_everything() -> None:
    async def test(ari: Ari) -> None:
        ivr, desk = ari.serve(), ari.serve("desk", hears_all=True)
        ari.pbx.events.publish(VariableSet("none", "none", "A", "1"))
        told = desk.last("ChannelVarset")
        assert (told["variable"], told["value"], "channel" in told) == ("A", "1", False)
        assert "ChannelVarset" not in ivr.types

    run_ari(test)


@pytest.mark.parametrize(
    ("status", "contact", "peer"),
    [
        ("Created", "NonQualified", "Reachable"),
        ("Updated", "Unknown", None),
        ("Reachable", "Reachable", "Reachable"),
        ("Unreachable", "Unreachable", "Unreachable"),
        ("Removed", "Removed", "Unreachable"),
    ],
)
def test_a_contact_comes_and_goes(status: str, contact: str, peer: str | None) -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        event = ContactChanged("alice", "sip:alice@x", "alice", status, 0.0125, "Phone")
        ari.pbx.events.publish(event)
        assert ivr.types == ["ApplicationRegistered"]
        await ari.ask("POST", "/applications/ivr/subscription", eventSource="endpoint:Phone/alice")
        ari.pbx.events.publish(event)
        told = ivr.last("ContactStatusChange")
        assert told["contact_info"] == {
            "uri": "sip:alice@x", "contact_status": contact, "aor": "alice",
            "roundtrip_usec": "12500",
        }  # fmt: skip
        assert told["endpoint"]["resource"] == "alice"
        if peer is None:
            assert "PeerStatusChange" not in ivr.types
        else:
            assert ivr.last("PeerStatusChange")["peer"] == {"peer_status": peer}
            assert ivr.types[-1] == "EndpointStateChange"

    run_ari(test)


def test_a_text_message_comes() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        await ari.ask("POST", "/applications/ivr/subscription", eventSource="endpoint:Phone/alice")
        ari.pbx.events.publish(
            TextMessageArrived("Phone", "alice", "pjsip:1@x", "<sip:a@x>", "hi", (("X-A", "b"),))
        )
        told = ivr.last("TextMessageReceived")
        assert told["message"] == {
            "from": "<sip:a@x>", "to": "pjsip:1@x", "body": "hi", "variables": {"X-A": "b"},
        }  # fmt: skip
        assert told["endpoint"]["resource"] == "alice"

    run_ari(test)


def test_while_nobody_is_connected_nothing_is_asked_of_the_bus() -> None:
    async def test(ari: Ari) -> None:
        assert not ari.pbx.events.wants(VariableSet)
        ivr = ari.serve()
        assert ari.pbx.events.wants(VariableSet)
        ari.context.hub.disconnect("ivr", ivr)
        assert not ari.pbx.events.wants(VariableSet)

    run_ari(test)
