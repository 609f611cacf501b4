"""States of ours that are published at another server, and exchanged with another system."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.presence.exchange import MAX_SYSTEMS
from switchroom.channels.sip.presence.exchange_bodies import (
    DeviceSaid,
    MailboxSaid,
    RefreshAsked,
    Word,
    parse_word,
    write_word,
)
from switchroom.channels.sip.presence.published import messages_of
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.technology import SipTechnology
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import (
    DeviceState,
    RemoteDevices,
    device_state,
    own_device_state,
    set_custom_state,
)
from switchroom.pbx.states.mailboxes import MailboxChanged, Mailboxes, messages_in
from switchroom.sip.message import Request, Response
from switchroom.sip.server import IncomingRequest
from tests.channels.sip_far_end import Side, play
from tests.support.fakes import make_pbx
from tests.support.ports import free_port
from tests.support.virtual_loop import run_virtual

HINTS = """\
[default]
exten => 200,hint,Custom:desk
exten => 201,hint,Custom:lamp
exten => 300,hint,Custom:other
"""
PUBLISH = """\
[server]
type=outbound-publish
server_uri=sip:{user}127.0.0.1:{far}
event={event}
{more}
"""


def configuration(event: str, more: str = "", user: str = "200@") -> str:
    return PUBLISH.replace("{event}", event).replace("{more}", more).replace("{user}", user)


class Server:
    """Takes what is published."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self.asked: list[Request] = []
        side.far.answers = self._answer

    def _answer(self, incoming: IncomingRequest) -> None:
        request = incoming.request
        self.asked.append(request)
        headers = [("SIP-ETag", f"e{len(self.asked)}"), ("Expires", request.get("expires"))]
        incoming.respond(200, now=self._side.far.now, headers=headers)
        self._side.far.pump()

    async def until(self, count: int) -> list[Request]:
        await self._side.far.until(lambda: len(self.asked) >= count)
        await asyncio.sleep(1)
        assert len(self.asked) == count
        return self.asked


@pytest.mark.parametrize(
    ("event", "found"),
    [("presence", "<basic>open</basic>"), ("dialog", "<state>confirmed</state>")],
)
def test_an_extension_is_published_and_its_changes(event: str, found: str) -> None:
    async def story(side: Side) -> None:
        await set_custom_state(side.pbx, "desk", DeviceState.INUSE)
        server = Server(side)
        side.service.reload(side.service.settings)
        (first,) = await server.until(1)
        assert found in first.body.decode()
        assert 'entity="sip:200@127.0.0.1"' in first.body.decode()
        assert (first.get("event"), first.get("expires")) == (event, "3600")
        await set_custom_state(side.pbx, "desk", DeviceState.RINGING)
        await set_custom_state(side.pbx, "other", DeviceState.RINGING)
        _, second = await server.until(2)
        assert second.get("sip-if-match") == "e1"
        side.service.reload(side.service.settings)
        await server.until(2)
        await side.service.close()
        await side.far.until(lambda: len(server.asked) == 3)
        assert server.asked[-1].get("expires") == "0"

    play(story, configuration(event), dialplan=HINTS)


def test_each_extension_has_its_own() -> None:
    async def story(side: Side) -> None:
        server = Server(side)
        first, second = await server.until(2)
        assert [r.uri.partition("@")[0] for r in (first, second)] == ["sip:200", "sip:201"]
        assert second.from_.uri == "sip:201@here.example"
        await set_custom_state(side.pbx, "lamp", DeviceState.INUSE)
        changed = (await server.until(3))[-1]
        assert changed.uri == second.uri
        assert changed.get("sip-if-match") == "e2"

    more = "multi_user=yes\n@exten=^20\nfrom_uri=sip:here.example\n@body=application/pidf+xml"
    play(story, configuration("presence", more, user=""), dialplan=HINTS)


def test_messages_that_wait() -> None:
    async def story(side: Side) -> None:
        counts = {"200@default": (1, 2)}
        side.pbx.datastore(Mailboxes).count = lambda mailbox: counts[mailbox]
        server = Server(side)
        (first,) = await server.until(1)
        assert messages_of(first.body) == (1, 2)
        counts["200@default"] = (0, 3)
        side.pbx.events.publish(MailboxChanged("200@default", 0, 3))
        side.pbx.events.publish(MailboxChanged("201@default", 1, 0))
        assert messages_of((await server.until(2))[-1].body) == (0, 3)

    play(story, configuration("message-summary"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("event=weather", "expected one of dialog, presence"),
        ("event=dialog\n@body=application/pidf+xml", "dialog has bodies of"),
        ("event=dialog\n@exten=(", "event: "),
        ("event=dialog\n@extension=1", "unknown option '@extension'"),
        ("event=dialog\nserver_uri=", "server_uri: "),
    ],
)
def test_what_cannot_be_published(more: str, message: str) -> None:
    text = f"[a]\ntype=outbound-publish\nserver_uri=sip:x\n{more}\n"
    with pytest.raises(ConfigError, match=message):
        read_pjsip(parse_config(text))


# two systems

SYSTEM = """\
[udp]
type=transport
bind=127.0.0.1:{port}
[alice]
type=endpoint
mailboxes=100
[other]
type=endpoint
auth=other
[other]
type=auth
username=us
password=secret
[us]
type=auth
username=us
password=secret
[other-devices]
type=outbound-publish
server_uri=sip:exchange@127.0.0.1:{other}
from_uri=sip:other@127.0.0.1
event=asterisk-devicestate
outbound_auth=us
[other-mailboxes]
type=outbound-publish
server_uri=sip:exchange@127.0.0.1:{other}
from_uri=sip:other@127.0.0.1
event=asterisk-mwi
outbound_auth=us
[exchange]
type=inbound-publication
endpoint=other
event_asterisk-devicestate=exchange
event_asterisk-mwi=exchange
[exchange]
type=asterisk-publication
devicestate_publish=other-devices
mailboxstate_publish=other-mailboxes
device_state=yes
device_state_filter=^Custom:
mailbox_state=yes
"""
DIALPLAN = "[default]\nexten => 1,hint,Custom:Lamp\nexten => 2,hint,PJSIP/alice\n"
Node = tuple[Pbx, SipService]


@contextlib.asynccontextmanager
async def node(port: int, other: int, more: str = "") -> AsyncIterator[Node]:
    text = SYSTEM.replace("{port}", str(port)).replace("{other}", str(other)) + more
    interpreter = Interpreter(
        collect_applications(switchroom.apps),
        collect_functions(switchroom.functions),
        parse_dialplan(parse_config(DIALPLAN)),
    )
    async with make_pbx(interpreter) as pbx:
        pbx.datastore(Mailboxes).count = lambda mailbox: (0, 0)
        service = SipService(pbx, merge(read_pjsip(parse_config(text)), None, user_agent="test"))
        pbx.technologies = {"PJSIP": SipTechnology(service)}
        await service.start()
        try:
            yield pbx, service
        finally:
            await service.close()
            await asyncio.sleep(0.1)  # until the socket is closed


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(120):
        while not holds():
            await asyncio.sleep(0.1)


def test_two_systems_share_lamps_and_mailboxes() -> None:
    async def main() -> None:
        one, two = free_port(), free_port()
        async with node(one, two) as (here, _):
            await set_custom_state(here, "Lamp", DeviceState.INUSE)
            async with node(two, one) as (there, _):
                lamp = "Custom:Lamp"
                await until(lambda: device_state(there, lamp) is DeviceState.INUSE)
                assert own_device_state(there, lamp) is DeviceState.UNKNOWN
                await set_custom_state(there, "Lamp", DeviceState.RINGING)
                await until(lambda: device_state(here, lamp) is DeviceState.RINGINUSE)
                await set_custom_state(here, "Lamp", DeviceState.NOT_INUSE)
                await until(lambda: device_state(there, lamp) is DeviceState.RINGING)
                assert own_device_state(there, lamp) is DeviceState.RINGING
                assert not there.datastore(RemoteDevices).of("PJSIP/alice")
                told: list[MailboxChanged] = []
                there.events.subscribe(MailboxChanged, told.append)
                here.datastore(Mailboxes).count = lambda mailbox: (2, 1)
                here.events.publish(MailboxChanged("100@default", 2, 1))
                await until(lambda: messages_in(there, "100") == (2, 1))
                assert told == [MailboxChanged("100@default", 2, 1)]
            await until(lambda: device_state(here, lamp) is DeviceState.NOT_INUSE)

    run_virtual(main())


def test_a_system_that_comes_back_hears_all_again() -> None:
    async def main() -> None:
        one, two = free_port(), free_port()
        lamp = "Custom:Lamp"
        async with node(one, two) as (here, _):
            await set_custom_state(here, "Lamp", DeviceState.INUSE)
            for _ in range(2):
                async with node(two, one) as (there, _):
                    await until(lambda: device_state(there, lamp) is DeviceState.INUSE)

    run_virtual(main())


@pytest.mark.parametrize(
    "word",
    [
        DeviceSaid("1a:2b", "PJSIP/alice", DeviceState.ONHOLD),
        MailboxSaid("1a:2b", "100@default", 3, 4),
        RefreshAsked("1a:2b"),
    ],
)
def test_words_of_systems(word: Word) -> None:
    assert parse_word(write_word(word)) == word


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{}", '{"eid": 1, "type": "refresh"}', '{"eid": "a", "type": "weather"}',
        '{"eid": "a", "type": "devicestate", "device": "a\\r\\nb", "state": "INUSE"}',
        '{"eid": "a", "type": "devicestate", "device": "", "state": "INUSE"}',
        json.dumps({"eid": "a", "type": "devicestate", "device": "a" * 257, "state": "INUSE"}),
        '{"eid": "a", "type": "mailboxstate", "uniqueid": "1", "new": -1, "old": 0}',
        '{"eid": "a", "type": "mailboxstate", "uniqueid": "1", "new": 1e99, "old": 0}',
        "[" * 60_000, b"\xff\xfe".decode("latin-1"),
    ],
)  # fmt: skip
def test_words_that_are_none(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of several readers, each in its words
        parse_word(body.encode("latin-1"))


def test_message_summaries() -> None:
    assert messages_of(b"Messages-Waiting: yes\r\nVoice-Message: 3 / 4 (0/0)\r\n") == (3, 4)
    assert messages_of(b"messages-waiting: YES\n") == (1, 0)
    assert messages_of(b"Messages-Waiting: no\r\nVoice-Message: x\r\n") == (0, 0)
    with pytest.raises(ValueError, match="no message summary"):
        messages_of(b"\xff\x00")


INBOUND = """\
[alice]
type=endpoint
context=in
[bob]
type=endpoint
context=in
[alice]
type=inbound-publication
endpoint=alice
event_asterisk-devicestate=exchange
event_message-summary=100
[exchange]
type=asterisk-publication
device_state=yes
device_state_filter=^PJSIP/
"""


async def publish(side: Side, body: bytes, event: str, *, sender: str = "alice",
                  more: tuple[tuple[str, str], ...] = ()) -> Response:  # fmt: skip
    kind = "application/json"
    kind = "application/simple-message-summary" if event == "message-summary" else kind
    headers = (("Event", event), ("Content-Type", kind), *more)
    return await side.far.request(
        "PUBLISH", side.uri("alice"), side.flow, sender=f"sip:{sender}@x", headers=headers,
        body=body,
    )  # fmt: skip


def test_what_another_system_says_counts_until_it_expires() -> None:
    async def story(side: Side) -> None:
        word = write_word(DeviceSaid("7", "PJSIP/Carol", DeviceState.INUSE))
        response = await publish(side, word, "asterisk-devicestate", more=(("Expires", "60"),))
        assert response.status == 200
        assert device_state(side.pbx, "PJSIP/carol") is DeviceState.INUSE
        other = write_word(DeviceSaid("7", "Custom:x", DeviceState.INUSE))
        match = ("SIP-If-Match", response.get("sip-etag"))
        await publish(side, other, "asterisk-devicestate", more=(("Expires", "60"), match))
        assert device_state(side.pbx, "Custom:x") is DeviceState.UNKNOWN, "not by the filter"
        await asyncio.sleep(61)
        assert device_state(side.pbx, "PJSIP/carol") is DeviceState.INVALID

    play(story, INBOUND)


def test_messages_that_wait_elsewhere() -> None:
    async def story(side: Side) -> None:
        summary = b"Messages-Waiting: yes\r\nVoice-Message: 3/4\r\n"
        response = await publish(side, summary, "message-summary")
        assert messages_in(side.pbx, "100@default") == (3, 4)
        over = (("Expires", "0"), ("SIP-If-Match", response.get("sip-etag")))
        await publish(side, b"", "message-summary", more=over)
        assert messages_in(side.pbx, "100@default") == (0, 0)

    play(story, INBOUND)


def test_who_may_not_and_how_many() -> None:
    async def story(side: Side) -> None:
        word = write_word(DeviceSaid("7", "PJSIP/carol", DeviceState.INUSE))
        assert (await publish(side, word, "asterisk-devicestate", sender="bob")).status == 403
        assert (await publish(side, b"{}", "asterisk-devicestate")).status == 400
        assert (await publish(side, word, "asterisk-mwi")).status == 489
        for number in range(MAX_SYSTEMS + 5):
            word = write_word(DeviceSaid(str(number), "PJSIP/dave", DeviceState.INUSE))
            await publish(side, word, "asterisk-devicestate")
        assert len(side.pbx.datastore(RemoteDevices).of("pjsip/dave")) == MAX_SYSTEMS
        assert device_state(side.pbx, "PJSIP/carol") is DeviceState.INVALID

    play(story, INBOUND)
