"""A real Kamailio in front of a node, and as the carrier at its other side."""

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from switchroom.sip.digest import Account
from switchroom.sip.events import EndReason, SessionAnswered, SessionEnded
from switchroom.sip.flow import Flow
from switchroom.sip.session import Session, SessionState
from tests.channels.sip_far_end import OFFER, FarEnd
from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.hearing import wait_until_heard
from tests.peers.kamailio import CARRIER, EDGE, Kamailio, needs_kamailio
from tests.peers.node import Node
from tests.support.ports import free_port
from tests.support.tones import write_tone

pytestmark = [pytest.mark.peer, needs_kamailio]

PHONES = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
""" + "".join(
    f"""\
[{name}]
type = endpoint
context = phones
allow = ulaw
auth = {name}
aors = {name}
[{name}]
type = auth
username = {name}
password = secret
[{name}]
type = aor
max_contacts = 1
remove_existing = yes
support_path = yes
"""
    for name in ("alice", "bob")
)
EXTENSIONS = """\
[phones]
exten => 200,1,Dial(PJSIP/bob,30)
exten => 600,1,Answer()
 same => n,Echo()
"""


_numbers = itertools.count(1)


class Phone(FarEnd):
    """A phone that sends everything to a proxy, and answers what a test wants."""

    def __init__(self, name: str, proxy: int) -> None:
        super().__init__(
            answers=lambda incoming: incoming.respond(200, now=self.now),
            word=f"{name}{next(_numbers)}x",  # the node keeps transactions of an earlier story
            patience=15.0,
        )
        self.name = name
        self.sessions: list[Session] = []
        self._proxy = ("127.0.0.1", proxy)
        self.status = 200
        self.on_invite = self._called

    def _called(self, session: Session) -> None:
        self.sessions.append(session)
        session.provisional(180, now=self.now)
        if self.status == 200:
            self.accept()

    def accept(self) -> None:
        """Answer the last call."""
        self.sessions[-1].accept(OFFER, now=self.now)
        self.pump()

    @property
    def flow(self) -> Flow:
        return Flow("udp", self._proxy, ("127.0.0.1", self.port))

    @property
    def account(self) -> Account:
        return Account(self.name, "secret")

    async def register(self, registrar: int) -> None:
        contact = ("Contact", f"<sip:{self.name}@127.0.0.1:{self.port}>")
        expires = ("Expires", "600")
        answer = await self.request(
            "REGISTER",
            f"sip:127.0.0.1:{registrar}",
            self.flow,
            sender=f"sip:{self.name}@127.0.0.1",
            headers=(("Supported", "path"), contact, expires),
            account=self.account,
        )
        assert answer.status == 200
        assert answer.get("path") == f"<sip:127.0.0.1:{self._proxy[1]};lr>"

    def dial(self, uri: str) -> Session:
        sender = f"sip:{self.name}@127.0.0.1"
        return self.invite(uri, self.flow, sender=sender, account=self.account)

    def ended(self, session: Session) -> SessionEnded | None:
        return next(
            (e for e in self.events if isinstance(e, SessionEnded) and e.session is session), None
        )


def play(story: Callable[[Phone, Phone], Awaitable[None]], proxy: int) -> None:
    """Run a story with two phones behind a proxy, in real time."""

    async def main() -> None:
        async with AsyncExitStack() as stack:
            phones = Phone("alice", proxy), Phone("bob", proxy)
            for phone in phones:
                await phone.open()
                stack.callback(phone.close)
            await story(*phones)

    asyncio.run(main())


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Kamailio]]:
    folder = tmp_path_factory.mktemp("edge")
    with (
        Node(folder, {"pjsip.conf": PHONES, "extensions.conf": EXTENSIONS}) as node,
        Kamailio(folder / "kamailio", EDGE, NODE=node.port) as kamailio,
    ):
        yield node, kamailio


async def registered_call(node: Node, alice: Phone, bob: Phone) -> tuple[Session, Session]:
    """Both register through the proxy, and alice calls bob."""
    await alice.register(node.port)
    await bob.register(node.port)
    calling = alice.dial(f"sip:200@127.0.0.1:{node.port}")
    await bob.until(lambda: bob.sessions)
    return calling, bob.sessions[0]


@pytest.mark.parametrize("who", ["caller", "called"])
def test_a_call_through_an_edge_proxy_ended_by_either(
    edge: tuple[Node, Kamailio], who: str
) -> None:
    node, kamailio = edge

    async def story(alice: Phone, bob: Phone) -> None:
        calling, called = await registered_call(node, alice, bob)
        await alice.until(lambda: calling.state is SessionState.CONFIRMED)
        route = re.compile(rf"<sip:127\.0\.0\.1:{kamailio.port};lr.*>")
        assert all(route.fullmatch(each) for each in calling.dialog.routes)
        assert all(route.fullmatch(each) for each in called.dialog.routes)
        assert calling.dialog.routes
        assert called.dialog.routes
        for direction, answered in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):
            calling.offer(f"{OFFER}a={direction}\r\n", now=alice.now)
            alice.pump()
            await alice.until(lambda: calling.offering is None)
            assert f"a={answered}" in calling.remote_sdp
        ending, end, other, left = (
            (alice, calling, bob, called) if who == "caller" else (bob, called, alice, calling)
        )
        end.end(now=ending.now)
        ending.pump()
        await other.until(lambda: other.ended(left))
        told = other.ended(left)
        assert told is not None
        assert told.reason is EndReason.REMOTE_BYE

    play(story, kamailio.port)
    node.wait_until_idle()


def test_a_caller_gives_up_through_an_edge_proxy(edge: tuple[Node, Kamailio]) -> None:
    node, kamailio = edge

    async def story(alice: Phone, bob: Phone) -> None:
        bob.status = 180
        calling, called = await registered_call(node, alice, bob)
        await alice.until(lambda: calling.dialog.remote_tag)
        calling.end(now=alice.now)
        alice.pump()
        await bob.until(lambda: bob.ended(called))
        await alice.until(lambda: alice.ended(calling))
        told, refused = bob.ended(called), alice.ended(calling)
        assert told is not None
        assert refused is not None
        assert told.reason is EndReason.CANCELLED
        assert refused.status == 487

    play(story, kamailio.port)
    node.wait_until_idle()


@needs_baresip
def test_a_real_phone_hears_itself_through_an_edge_proxy(
    edge: tuple[Node, Kamailio], tmp_path: Path
) -> None:
    node, kamailio = edge
    write_tone(tmp_path / "said.wav", 1000, 60)
    proxy = f'outbound="sip:{kamailio.address}"'
    account = f"<sip:alice@127.0.0.1:{node.port}>;auth_pass=secret;{proxy};regint=60"
    with Baresip(tmp_path, account) as phone:
        phone.wait_until_registered()
        phone.command("dial", f"sip:600@127.0.0.1:{node.port}")
        phone.wait_for("CALL_ESTABLISHED")
        node.wait_for_application("Echo")
        wait_until_heard(phone, 1000)
        phone.command("hangup")
        phone.wait_for("CALL_CLOSED")
    node.wait_until_idle()


TRUNK = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[carrier]
type = registration
server_uri = sip:carrier.invalid
client_uri = sip:4711@carrier.invalid
contact_user = 4711
outbound_auth = carrier
outbound_proxy = sip:127.0.0.1:{kamailio}
max_random_initial_delay = 0
line = yes
endpoint = carrier
[carrier]
type = auth
username = 4711
password = secret
[carrier]
type = endpoint
context = in
allow = ulaw
aors = carrier
outbound_auth = carrier
outbound_proxy = sip:127.0.0.1:{kamailio}
[carrier]
type = aor
contact = sip:carrier.invalid
"""
IN = """\
[in]
exten => 4711,1,Answer()
 same => n,Wait(60)
[out]
exten => _X.,1,Wait(60)
"""


Story = Callable[[Node, Phone, Phone], Awaitable[None]]


def play_with_carrier(story: Story, folder: Path) -> None:
    """Run a story with a node that registers at a carrier, and two phones behind that."""
    port = free_port()
    pjsip = TRUNK.replace("{kamailio}", str(port))
    node = Node(folder, {"pjsip.conf": pjsip, "extensions.conf": IN})

    async def main() -> None:
        async with AsyncExitStack() as stack:
            phones = Phone("callee", port), Phone("two", port)
            for phone in phones:
                await phone.open()
                stack.callback(phone.close)
            first, second = (phone.port for phone in phones)
            ports = {"NODE": node.port, "FIRST": first, "SECOND": second}
            stack.enter_context(Kamailio(folder / "carrier", CARRIER, port=port, **ports))
            stack.enter_context(node)
            node.wait_for_log("registered carrier for")
            await story(node, *phones)

    asyncio.run(main())


def test_a_carrier_calls_back_where_it_was_registered_at(tmp_path: Path) -> None:
    async def story(node: Node, phone: Phone, _: Phone) -> None:
        session = await phone.call(
            f"sip:4711@127.0.0.1:{phone.flow.remote[1]}",
            phone.flow,
            sender="sip:123@elsewhere.example",
        )
        assert isinstance(phone.outcome(session), SessionAnswered)
        assert "carrier" in node.ask("core show channels concise")
        session.end(now=phone.now)
        phone.pump()
        node.wait_until_idle()

    play_with_carrier(story, tmp_path)


def test_a_call_to_a_carrier_that_asks_for_a_password(tmp_path: Path) -> None:
    async def story(node: Node, phone: Phone, _: Phone) -> None:
        node.ask("channel originate PJSIP/callee@carrier extension 10@out")
        await phone.until(lambda: phone.sessions)
        (session,) = phone.sessions
        await phone.until(lambda: session.state is SessionState.CONFIRMED)
        assert session.request is not None
        assert "proxy-authorization" not in session.request.fields
        session.end(now=phone.now)
        phone.pump()
        node.wait_until_idle()

    play_with_carrier(story, tmp_path)


@pytest.mark.parametrize("winner", [0, 1])
def test_a_carrier_that_forks(tmp_path: Path, winner: int) -> None:
    """Two early dialogs of one INVITE; whoever answers first has the call."""

    async def story(node: Node, *phones: Phone) -> None:
        for phone in phones:
            phone.status = 180
        node.ask("channel originate PJSIP/fork@carrier extension 10@out")
        await phones[0].until(lambda: all(phone.sessions for phone in phones))
        tags = {phone.sessions[0].dialog.local_tag for phone in phones}
        assert len(tags) == 2
        answering, other = phones[winner], phones[1 - winner]
        answering.accept()
        session, loser = answering.sessions[0], other.sessions[0]
        await answering.until(lambda: session.state is SessionState.CONFIRMED)
        await other.until(lambda: other.ended(loser))
        await asyncio.sleep(0.5)
        assert not session.is_ended
        session.end(now=answering.now)
        answering.pump()
        node.wait_until_idle()

    play_with_carrier(story, tmp_path)
