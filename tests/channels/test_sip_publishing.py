"""Phones that publish how they are, over a socket; hints and the dialplan see it."""

import asyncio

import pytest

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.presence.published import device_state_of, presence_of
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.pbx.states.device_state import DeviceState, device_state
from switchroom.pbx.states.presence import Presence, PresenceState, presence
from switchroom.sip.message import Header, Response
from tests.channels.sip_far_end import Side, play

PHONES = """\
[alice]
type=endpoint
context=in
aors=alice
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
[alice]
type=inbound-publication
endpoint=alice
event_presence=alice
event_dialog=desk
"""


def pidf(basic: str, more: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" '
        'xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:alice@pbx">'
        f'<tuple id="a"><status><basic>{basic}</basic></status></tuple>{more}</presence>'
    ).encode()


def dialogs(*states: str) -> bytes:
    inner = "".join(f'<dialog id="{s}"><state>{s}</state></dialog>' for s in states)
    return f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info">{inner}</dialog-info>'.encode()


AWAY = "<person><rpid:activities><rpid:meal/></rpid:activities><note>At  lunch</note></person>"
KINDS = {"presence": "application/pidf+xml", "dialog": "application/dialog-info+xml"}


async def publish(
    side: Side, body: bytes, *, event: str = "presence", sender: str = "alice", what: str = "alice",
    headers: tuple[Header, ...] = (), kind: str = "",
) -> Response:  # fmt: skip
    more = (("Event", event), ("Content-Type", kind or KINDS.get(event, "x/y")), *headers)
    return await side.far.request(
        "PUBLISH", side.uri(what), side.flow, sender=f"sip:{sender}@x", headers=more, body=body
    )


def told(side: Side) -> Presence:
    return presence(side.pbx, "CustomPresence:alice")


def test_presence_is_that_of_the_phone_until_it_expires() -> None:
    async def story(side: Side) -> None:
        response = await publish(side, pidf("open", AWAY), headers=(("Expires", "60"),))
        assert (response.status, response.get("expires")) == (200, "60")
        tag = response.get("sip-etag")
        await side.far.until(lambda: told(side).state is PresenceState.AWAY)
        assert told(side) == Presence(PresenceState.AWAY, "meal", "At lunch")
        again = (("SIP-If-Match", tag), ("Expires", "60"))
        changed = await publish(side, pidf("closed"), headers=again)
        await side.far.until(lambda: told(side).state is PresenceState.UNAVAILABLE)
        assert (await publish(side, b"", headers=again)).status == 412
        assert changed.get("sip-etag") != tag
        await asyncio.sleep(61)
        assert told(side) == Presence()

    play(story, PHONES)


def test_calls_at_another_server_are_a_device_here() -> None:
    async def story(side: Side) -> None:
        for states, found in (
            (("terminated",), DeviceState.NOT_INUSE), (("early",), DeviceState.RINGING),
            (("confirmed",), DeviceState.INUSE), (("confirmed", "early"), DeviceState.RINGINUSE),
        ):  # fmt: skip
            assert (await publish(side, dialogs(*states), event="dialog")).status == 200
            await asyncio.sleep(0.1)
            assert device_state(side.pbx, "Custom:desk") is found

    play(story, PHONES)


def test_what_was_published_before_a_restart_is_over() -> None:
    async def story(side: Side) -> None:
        await publish(side, pidf("open"))
        await side.far.until(lambda: told(side).state is PresenceState.AVAILABLE)
        side.service.publishing.start()
        await side.far.until(lambda: told(side).state is PresenceState.AVAILABLE)
        side.service.publishing._states = type(side.service.publishing._states)(lambda: "e")
        side.service.publishing.start()
        await side.far.until(lambda: told(side) == Presence())

    play(story, PHONES)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"event": "weather"}, 489), ({"what": "bob"}, 404), ({"sender": "bob"}, 403),
        ({"kind": "text/plain"}, 415), ({"body": b"<presence"}, 400), ({"body": dialogs()}, 400),
        ({"body": b'<!DOCTYPE a [<!ENTITY b "c">]><presence>&b;</presence>'}, 400),
        ({"sender": "nobody"}, 401),
    ],
)  # fmt: skip
def test_what_is_refused(values: dict[str, object], status: int) -> None:
    async def story(side: Side) -> None:
        response = await publish(side, **({"body": pidf("open")} | values))  # type: ignore[arg-type]  # of a table
        assert response.status == status
        await asyncio.sleep(1)
        assert told(side) == Presence()
        assert side.service.driver.faults == 0

    play(story, PHONES)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (pidf("open"), PresenceState.AVAILABLE),
        (pidf("open", "<rpid:busy/>"), PresenceState.DND),
        (pidf("closed", "<rpid:busy/>"), PresenceState.UNAVAILABLE),
        (pidf("open", "<rpid:vacation/>"), PresenceState.XA),
    ],
)
def test_presence_in_words(body: bytes, state: PresenceState) -> None:
    assert presence_of(body).state is state


def test_a_document_in_another_s_place() -> None:
    with pytest.raises(ValueError, match="instead of dialog-info"):
        device_state_of(pidf("open"))


def test_an_event_that_leads_nowhere() -> None:
    with pytest.raises(ConfigError, match="event_presence needs the name") as raised:
        read_pjsip(parse_config("[a]\ntype=inbound-publication\nevent_presence=\n"))
    assert raised.value.line == 3
    unread = "[a]\ntype=inbound-publication\nevent_weather=x\n"
    (warning,) = read_pjsip(parse_config(unread)).warnings
    assert "publications of weather have no effect yet" in str(warning)
