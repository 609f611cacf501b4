import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.pbx.channel import ChannelState
from switchroom.pbx.states.device_state import (
    DeviceState,
    DeviceStateChanged,
    combined,
    device_state,
    set_custom_state,
    state_of_channels,
)
from switchroom.pbx.states.hints import parse_hint
from tests.support.dialplan import make_interpreter, run_dialplan
from tests.support.fakes import make_channel, make_pbx, run_virtual

S = DeviceState


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([], S.UNKNOWN), ([S.NOT_INUSE], S.NOT_INUSE), ([S.NOT_INUSE, S.INUSE], S.INUSE),
        ([S.RINGING, S.NOT_INUSE], S.RINGING), ([S.RINGING, S.INUSE], S.RINGINUSE), ([S.RINGINUSE], S.RINGINUSE),
        ([S.RINGING, S.BUSY], S.RINGINUSE), ([S.BUSY, S.BUSY], S.BUSY), ([S.BUSY, S.NOT_INUSE], S.INUSE),
        ([S.ONHOLD], S.ONHOLD), ([S.ONHOLD, S.INUSE], S.INUSE), ([S.UNAVAILABLE, S.NOT_INUSE], S.NOT_INUSE),
        ([S.UNAVAILABLE, S.INVALID], S.UNAVAILABLE), ([S.INVALID], S.INVALID), ([S.INVALID, S.UNKNOWN], S.UNKNOWN),
    ],
)  # fmt: skip
def test_combined(states: list[S], state: S) -> None:
    assert combined(states) is state


def test_of_channels() -> None:
    async def main() -> None:
        pbx = make_pbx()
        one, two = make_channel(pbx, name="Fake/a-01"), make_channel(pbx, name="Fake/a-02")
        one.state, two.state = ChannelState.UP, ChannelState.RINGING
        assert state_of_channels([]) is None
        assert state_of_channels([one]) is S.INUSE
        assert state_of_channels([two]) is S.RINGING
        assert state_of_channels([one, two]) is S.RINGINUSE

    run_virtual(main())


def test_custom_states_are_told_when_they_change_and_kept() -> None:
    async def main() -> None:
        pbx = make_pbx()
        told: list[DeviceStateChanged] = []
        pbx.events.subscribe(DeviceStateChanged, told.append)
        await set_custom_state(pbx, "lamp", S.INUSE)
        await set_custom_state(pbx, "lamp", S.INUSE)
        await set_custom_state(pbx, "lamp", S.NOT_INUSE)
        assert [event.state for event in told] == [S.INUSE, S.NOT_INUSE]
        assert device_state(pbx, "custom:lamp") is S.NOT_INUSE
        assert pbx.astdb.get("CustomDevstate", "lamp") == "NOT_INUSE"
        assert device_state(pbx, "NoTech/x") is S.INVALID

    run_virtual(main())


def test_a_local_extension_is_in_use_while_it_is_called() -> None:
    async def main() -> None:
        interpreter = make_interpreter("[to]\nexten => x,1,Wait(5)\n")
        technologies = {"LOCAL": LocalTechnology()}
        async with make_pbx(interpreter, technologies=technologies) as pbx:
            assert device_state(pbx, "Local/x@to") is S.NOT_INUSE
            assert device_state(pbx, "Local/y@to") is S.INVALID
            channel = await pbx.request("Local/x@to/n")
            assert device_state(pbx, "Local/x@to") is S.INUSE
            channel.hangup()

    run_virtual(main())


@pytest.mark.parametrize(
    ("text", "devices", "name", "presence"),
    [
        ("PJSIP/a&Custom:b,CustomPresence:a", ("PJSIP/a", "Custom:b"), "", "CustomPresence:a"),
        ("PJSIP/a(Alice Smith)", ("PJSIP/a",), "Alice Smith", ""), (",CustomPresence:x", (), "", "CustomPresence:x"),
    ],
)  # fmt: skip
def test_hint(text: str, devices: tuple[str, ...], name: str, presence: str) -> None:
    hint = parse_hint(text)
    assert (hint.devices, hint.name, hint.presence) == (devices, name, presence)


def test_in_the_dialplan() -> None:
    conf = """
[default]
exten => s,1,Set(DEVICE_STATE(Custom:1)=RINGING)
 same => n,Set(DEVICE_STATE(PJSIP/1)=BUSY)
 same => n,Set(R=${EXTENSION_STATE(100@default)}|${EXTENSION_STATE(100)}|${HINT(100@default)}|${HINT(201@default,n)})
 same => n,Set(R=${R}|${HINT(201@default)}|${EXTENSION_STATE(201@default)}|${HINT(nope)}|${EXTENSION_STATE(nope)})
exten => 100,hint,Custom:1&Custom:2
exten => _2XX,hint,Custom:${EXTEN}(Desk)
"""
    found = run_dialplan(conf)["R"]
    assert found == "RINGING|RINGING|Custom:1&Custom:2|Desk|Custom:201|UNKNOWN||UNKNOWN"
