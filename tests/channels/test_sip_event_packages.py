"""What NOTIFYs say, by the state."""

import re
from xml.etree import ElementTree

import pytest

from switchroom.channels.sip.presence.event_packages import PACKAGES, Watched
from switchroom.pbx.states.device_state import DeviceState


def watched(state: DeviceState, *, second: bool = False) -> Watched:
    return Watched("1<0&0", 'sip:100@"pbx"', state, tells_second_call=second)


@pytest.mark.parametrize(
    ("state", "second", "told", "direction"),
    [
        (DeviceState.NOT_INUSE, False, "terminated", None),
        (DeviceState.UNAVAILABLE, False, "terminated", None),
        (DeviceState.RINGING, False, "early", "recipient"),
        (DeviceState.INUSE, False, "confirmed", None),
        (DeviceState.BUSY, False, "confirmed", None),
        (DeviceState.RINGINUSE, False, "confirmed", None),
        (DeviceState.RINGINUSE, True, "early", "recipient"),
        (DeviceState.ONHOLD, False, "confirmed", None),
    ],
)
def test_dialog(state: DeviceState, told: str, direction: str | None, *, second: bool) -> None:
    body = PACKAGES["dialog"].body(watched(state, second=second), 7)
    root = ElementTree.fromstring(body)
    name = "{urn:ietf:params:xml:ns:dialog-info}"
    dialog = root.find(f"{name}dialog")
    assert dialog is not None
    assert (root.get("version"), root.get("entity")) == ("7", 'sip:100@"pbx"')
    assert (dialog.get("id"), dialog.get("direction")) == ("1<0&0", direction)
    assert dialog.findtext(f"{name}state") == told
    assert ("+sip.rendering" in body) is (state is DeviceState.ONHOLD)


@pytest.mark.parametrize(
    ("state", "basic", "note", "activity"),
    [
        (DeviceState.NOT_INUSE, "open", "Ready", None),
        (DeviceState.RINGING, "open", "Ringing", "on-the-phone"),
        (DeviceState.BUSY, "open", "On the phone", "busy"),
        (DeviceState.UNAVAILABLE, "closed", "Unavailable", None),
        (DeviceState.INVALID, "closed", "Unavailable", None),
    ],
)
def test_presence(state: DeviceState, basic: str, note: str, activity: str | None) -> None:
    body = PACKAGES["presence"].body(watched(state), 0)
    root = ElementTree.fromstring(body)
    name = "{urn:ietf:params:xml:ns:pidf}"
    assert root.findtext(f"{name}tuple/{name}status/{name}basic") == basic
    assert root.findtext(f"{name}tuple/{name}note") == note
    found = re.search(r"<rpid:activities><rpid:([a-z-]+)/>", body)
    assert (found and found[1]) == activity


@pytest.mark.parametrize(("new", "waiting"), [(2, "yes"), (0, "no")])
def test_message_summary(new: int, waiting: str) -> None:
    body = PACKAGES["message-summary"].body(
        Watched("100", "sip:100@pbx", new_messages=new, old_messages=3), 0
    )
    assert body.splitlines() == [
        f"Messages-Waiting: {waiting}",
        "Message-Account: sip:100@pbx",
        f"Voice-Message: {new}/3 (0/0)",
    ]
