"""What a SIP endpoint and its channels tell of themselves."""

from types import SimpleNamespace
from typing import Any

import pytest

from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.codecs import codecs_of, name_of
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.leaving import Leaving
from switchroom.channels.sip.reaching import Reach
from switchroom.channels.sip.registrations.location import Contact
from switchroom.channels.sip.technology import SipTechnology
from switchroom.media.dtls.identities import Identities
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.states.device_state import DeviceState
from switchroom.sdp.negotiation import Codec
from switchroom.sip.events import EndReason, SessionEnded
from tests.support.fakes import make_channel, make_pbx, run_virtual


def technology(contacts: int) -> SipTechnology:
    endpoint = Endpoint("ann", aors=("ann", "gone"))
    settings = SimpleNamespace(endpoints={"ann": endpoint}, aors={"ann": object()})
    location = SimpleNamespace(contacts=lambda aor: [Contact("ann", "sip:ann@x")] * contacts)
    service: Any = SimpleNamespace(settings=settings, location=location)
    service.reach = Reach(service)
    service.leaving = Leaving(service)
    return SipTechnology(service)


@pytest.mark.parametrize(
    ("resource", "contacts", "states", "found"),
    [
        ("ann", 1, [], DeviceState.NOT_INUSE), ("ann", 0, [], DeviceState.UNAVAILABLE), ("bob", 1, [], DeviceState.INVALID),
        ("ann", 1, [ChannelState.UP], DeviceState.INUSE), ("ann", 1, [ChannelState.RINGING], DeviceState.RINGING),
        ("100@ann", 1, [ChannelState.RINGING, ChannelState.UP], DeviceState.RINGINUSE), ("ann/sip:x", 1, [], DeviceState.NOT_INUSE),
    ],
)  # fmt: skip
def test_device_state(
    resource: str, contacts: int, states: list[ChannelState], found: DeviceState
) -> None:
    async def main() -> None:
        pbx = make_pbx()
        make_channel(pbx, name="PJSIP/annabel-00000009").state = ChannelState.UP
        for number, state in enumerate(states):
            make_channel(pbx, name=f"PJSIP/ann-{number:08x}").state = state
        assert technology(contacts).device_state(pbx, resource) is found

    run_virtual(main())


def driver_of(codecs: list[str]) -> SipChannelDriver:
    endpoint = Endpoint("ann", codecs=tuple(codecs))
    service: Any = SimpleNamespace(identities=Identities())
    flow: Any = None
    return SipChannelDriver(service, endpoint, flow)


def test_audio_format() -> None:
    driver = driver_of(["alaw", "ulaw"])
    assert driver.audio_format == "alaw"
    driver.agreement = SimpleNamespace(codec=codecs_of(("ulaw",))[0])  # type: ignore[assignment]  # all that is asked
    assert driver.audio_format == "ulaw"
    assert driver_of([]).audio_format == ""
    assert name_of(Codec("SILK", 8000, 96)) == "silk"  # one we do not have


@pytest.mark.parametrize(
    ("crypto", "dtls", "is_protected"), [(None, None, False), ("x", None, True), (None, "x", True)]
)
def test_audio_is_protected_by_keys_of_either_kind(
    crypto: str | None,
    dtls: str | None,
    is_protected: bool,  # noqa: FBT001  # a column of the table
) -> None:
    driver = driver_of(["ulaw"])
    assert not driver.is_protected
    driver.agreement = SimpleNamespace(crypto=crypto, dtls=dtls)  # type: ignore[assignment]  # all that is asked
    assert driver.is_protected is is_protected


def test_why_it_ended_in_the_words_of_sip() -> None:
    async def main() -> None:
        driver = driver_of(["ulaw"])
        driver.channel = make_channel(make_pbx())
        driver.on_ended(SessionEnded(None, EndReason.REFUSED, 486))  # type: ignore[arg-type]  # it is not looked at
        assert driver.reason == "SIP 486 Busy Here"
        assert isinstance(driver.channel, Channel)
        assert driver.channel.hangup_cause is HangupCause.USER_BUSY

    run_virtual(main())
