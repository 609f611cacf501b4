"""Phones that subscribe to all their lamps at once (RFC 4662), over a socket."""

import asyncio
import re
from email import message_from_bytes
from email.message import Message
from xml.etree import ElementTree

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.pbx.states.device_state import DeviceState, set_custom_state
from switchroom.pbx.states.mailboxes import MailboxChanged, Mailboxes
from switchroom.sip.message import Request, Response
from tests.channels.sip_far_end import Side, play
from tests.channels.test_sip_subscriptions import DIALPLAN, PHONES, Phone

RLMI = "{urn:ietf:params:xml:ns:rlmi}"
LISTS = """\
[team]
type=resource_list
event=dialog
list_item=200,300
list_item=nobody
list_item=others
[others]
type=resource_list
event=dialog
list_item=301
list_item=team
[boxes]
type=resource_list
event=message-summary
list_item=alice,bob
"""
HINTS = f"{DIALPLAN}exten => 301,hint,Custom:door(The door)\n"


async def subscribe(
    phone: Phone, what: str, event: str = "dialog", *, knows_lists: bool = True
) -> Response:
    headers = (("Supported", "timer, eventlist"),) if knows_lists else ()
    return await phone.subscribe(what, event, headers=headers)


def parts(notify: Request) -> tuple[ElementTree.Element, dict[str, str]]:
    """The list of a NOTIFY, and what it says of each resource."""
    head = f"Content-Type: {notify.get('content-type')}\r\n\r\n".encode()
    whole = message_from_bytes(head + notify.body)
    assert whole.is_multipart()
    by_id: dict[str, Message] = {
        part["Content-ID"].strip("<>"): part
        for part in whole.walk()
        if part["Content-ID"] is not None
    }
    start = by_id[str(whole.get_param("start")).strip("<>")]
    assert start.get_content_type() == whole.get_param("type") == "application/rlmi+xml"
    written = start.get_payload(decode=True)
    assert isinstance(written, bytes)
    root = ElementTree.fromstring(written)
    said: dict[str, str] = {}
    for resource in root.iter(f"{RLMI}resource"):
        instance = resource.find(f"{RLMI}instance")
        assert instance is not None
        body = by_id[instance.attrib["cid"]].get_payload(decode=True)
        assert isinstance(body, bytes)
        said[re.split("[:@]", resource.attrib["uri"])[1]] = body.decode()
    assert len(by_id) == len(said) + 1
    return root, said


def lamp(body: str) -> str:
    return body.partition("<state>")[2].partition("<")[0]


async def turn(side: Side, name: str, state: DeviceState) -> None:
    await set_custom_state(side.pbx, name, state)


def test_all_are_told_at_first_and_then_who_changes() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        response = await subscribe(phone, "team")
        assert (response.status, response.get("require")) == (200, "eventlist")
        await phone.until(1)
        first = phone.notified[0]
        assert first.get("require") == "eventlist"
        root, said = parts(first)
        assert root.attrib["uri"].startswith("sip:team@127.0.0.1")
        assert (root.attrib["version"], root.attrib["fullState"]) == ("0", "true")
        assert {name: lamp(body) for name, body in said.items()} == {
            "200": "terminated", "300": "terminated", "301": "terminated",
        }  # fmt: skip
        assert all(each.find(f"{RLMI}name") is None for each in root)
        await turn(side, "door", DeviceState.INUSE)
        await phone.until(2)
        root, said = parts(phone.notified[1])
        assert (root.attrib["version"], root.attrib["fullState"]) == ("1", "false")
        assert {name: lamp(body) for name, body in said.items()} == {"301": "confirmed"}
        assert 'entity="sip:301@127.0.0.1' in said["301"]
        assert 'version="1"' in said["301"]

    play(story, PHONES + LISTS, dialplan=HINTS)


def test_the_state_of_all_with_their_names() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        await subscribe(phone, "team")
        await turn(side, "door", DeviceState.INUSE)
        await phone.until(2)
        root, said = parts(phone.notified[1])
        assert root.attrib["fullState"] == "true"
        assert list(said) == ["200", "300", "301"]
        assert [each.findtext(f"{RLMI}name") for each in root] == [None, None, "The door"]

    more = "event=dialog\nfull_state=yes\nresource_display_name=yes\nlist_item=200,300"
    play(story, PHONES + LISTS.replace("event=dialog\nlist_item=200,300", more), dialplan=HINTS)


def test_changes_are_gathered() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        await subscribe(phone, "team")
        await phone.until(1)
        for name in ("door", "lamp"):
            await turn(side, name, DeviceState.INUSE)
            await asyncio.sleep(2)
        assert len(phone.notified) == 1
        await phone.until(2)
        assert list(parts(phone.notified[1])[1]) == ["300", "301"]
        await turn(side, "door", DeviceState.NOT_INUSE)  # and the timer ends with the subscription
        await asyncio.sleep(1)

    more = "event=dialog\nnotification_batch_interval=5000\nlist_item=200,300"
    play(story, PHONES + LISTS.replace("event=dialog\nlist_item=200,300", more), dialplan=HINTS)


def test_what_changes_while_a_notify_is_on_its_way_is_not_lost() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        await subscribe(phone, "team")
        await phone.until(1)
        phone.deaf = True
        await turn(side, "door", DeviceState.INUSE)
        await side.far.until(lambda: len(phone.notified) == 2)
        await turn(side, "lamp", DeviceState.INUSE)
        await asyncio.sleep(1)
        await turn(side, "door", DeviceState.NOT_INUSE)
        await asyncio.sleep(1)
        assert len(phone.notified) == 2
        phone.deaf = False
        phone.late(1)
        await side.far.until(lambda: len(phone.notified) == 3)
        _, said = parts(phone.notified[2])
        assert {name: lamp(body) for name, body in said.items()} == {
            "300": "confirmed", "301": "terminated",
        }  # fmt: skip

    play(story, PHONES + LISTS, dialplan=HINTS)


def test_a_list_of_mailboxes() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        counts = {"100@default": (0, 1), "101@default": (0, 0)}
        side.pbx.datastore(Mailboxes).count = lambda mailbox: counts[mailbox]
        assert (await subscribe(phone, "boxes", "message-summary")).status == 200
        await phone.until(1)
        assert ["Voice-Message: 0/1" in b for b in parts(phone.notified[0])[1].values()] == [True]
        counts["100@default"] = (2, 1)
        side.pbx.events.publish(MailboxChanged("100@default", 2, 1))
        await phone.until(2)
        summaries = [n for n in phone.notified[1:] if n.get("require")]
        assert "Voice-Message: 2/1" in parts(summaries[0])[1]["alice"]

    own = "[alice]\ntype=aor\nmailboxes=100@default\n"
    play(story, PHONES.replace("[alice]\ntype=aor\n", own) + LISTS, dialplan=HINTS)


@pytest.mark.parametrize(
    ("what", "event", "knows_lists"),
    [("team", "dialog", False), ("team", "presence", True), ("empty", "dialog", True)],
)
def test_what_is_no_list_for_who_asks(what: str, event: str, *, knows_lists: bool) -> None:
    async def story(side: Side) -> None:
        response = await subscribe(Phone(side), what, event, knows_lists=knows_lists)
        assert response.status == 404

    empty = "[empty]\ntype=resource_list\nevent=dialog\nlist_item=nobody\n"
    play(story, PHONES + LISTS + empty, dialplan=HINTS)


def test_a_list_of_nothing_that_there_are_lists_of() -> None:
    with pytest.raises(ConfigError, match=r"\[a\] needs an event: presence, dialog") as raised:
        read_pjsip(parse_config("[a]\ntype=resource_list\nevent=weather\nlist_item=1\n"))
    assert raised.value.line == 3
