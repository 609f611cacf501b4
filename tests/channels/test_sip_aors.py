"""What addresses of record, transports and identifies can be told to do."""

import socket

import pytest

from switchroom.config.dscp import parse_tos
from switchroom.net.marking import Marking
from switchroom.sip.digest import Authenticator
from switchroom.sip.message import Request
from switchroom.sip.server import IncomingRequest
from tests.channels.sip_far_end import Side, Story, play

PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
outbound_auth=us
[us]
type=auth
username=us
password=secret
[alice]
type=aor
max_contacts=1
qualify_frequency=60
{more}
"""


def phone(more: str = "") -> str:
    return PHONE.format(more=more)


async def register(side: Side, user: str = "alice") -> int:
    contact = ("Contact", f"<sip:{user}@127.0.0.1:{side.far.port}>")
    return (await side.far.request("REGISTER", side.uri(), side.flow, headers=(contact,))).status


def is_reachable(side: Side) -> bool | None:
    aor = side.service.settings.aors["alice"]
    return side.service.location.contacts(aor)[0].reachable


@pytest.mark.parametrize(("only", "reachable"), [("no", True), ("yes", False)])
def test_which_answers_show_that_somebody_is_there(only: str, *, reachable: bool) -> None:
    async def story(side: Side) -> None:
        side.far.answers = lambda incoming: incoming.respond(480, now=side.far.now)
        await side.far.until(lambda: is_reachable(side) is not None)
        assert is_reachable(side) is reachable

    play_asking(story, phone(f"qualify_2xx_only={only}\n"))


def play_asking(story: Story, pjsip: str) -> None:
    """Play a story once it has begun to be asked whether it is there."""

    async def whole(side: Side) -> None:
        assert await register(side) == 200
        asking = side.pbx.spawn(side.service.qualifier.run(), name="qualify")
        try:
            await story(side)
        finally:
            asking.cancel()

    play(whole, pjsip)


@pytest.mark.parametrize(("proves", "asked"), [("yes", 2), ("no", 1)])
def test_whether_a_challenge_is_answered(proves: str, asked: int) -> None:
    async def story(side: Side) -> None:
        judge = Authenticator(b"k" * 16, algorithms=("MD5",))
        seen: list[Request] = []

        def answer(incoming: IncomingRequest) -> None:
            seen.append(incoming.request)
            (challenge,) = judge.challenges("phone", now=side.far.now)
            status = 200 if "authorization" in incoming.request.fields else 401
            incoming.respond(status, now=side.far.now, headers=[("WWW-Authenticate", challenge)])

        side.far.answers = answer
        await side.far.until(lambda: is_reachable(side))
        assert len(seen) == asked

    play_asking(story, phone(f"authenticate_qualify={proves}\n"))


def test_the_first_questions_are_spread() -> None:
    async def story(side: Side) -> None:
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        began = side.far.now
        await side.far.until(lambda: is_reachable(side))
        assert 0 < side.far.now - began < 32

    spread = "[global]\ntype=global\nmax_initial_qualify_time=30\n"
    play_asking(story, phone() + spread)


@pytest.mark.parametrize(
    ("more", "gone", "status"),
    [
        ("remove_unavailable=yes\n", True, 200),
        ("remove_unavailable=yes\n", False, 403),
        ("", True, 403),
    ],
)
def test_contacts_that_do_not_answer_make_room(more: str, *, gone: bool, status: int) -> None:
    async def story(side: Side) -> None:
        assert await register(side, "first") == 200
        aor = side.service.settings.aors["alice"]
        side.service.location.contacts(aor)[0].reachable = not gone
        assert await register(side, "second") == status

    play(story, phone(more))


@pytest.mark.parametrize(
    ("text", "octet"), [("cs3", 0x60), ("AF31", 0x68), ("ef", 0xB8), ("0x60", 0x60), ("24", 24)]
)
def test_code_points(text: str, octet: int) -> None:
    assert parse_tos(text) == octet


@pytest.mark.parametrize("text", ["cs9", "256", "-1", ""])
def test_what_is_no_code_point(text: str) -> None:
    with pytest.raises(ValueError, match=r"code point|octet"):
        parse_tos(text)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_socket_is_marked(family: socket.AddressFamily) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as bound:
        Marking(0x60, 3, keeps_alive=True, idle=17, interval=4, probes=2).apply(bound)
        is_four = family == socket.AF_INET
        level = socket.IPPROTO_IP if is_four else socket.IPPROTO_IPV6
        assert bound.getsockopt(level, socket.IP_TOS if is_four else socket.IPV6_TCLASS) == 0x60
        assert bound.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert bound.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 17


def test_a_transport_is_marked() -> None:
    async def story(side: Side) -> None:
        (_, opened) = side.service.transports[-1]
        bound = opened._transport.get_extra_info("socket")  # type: ignore[attr-defined]  # to look at the system's side of it
        assert bound.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 0x60

    play(story, "[marked]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:0\ntos=cs3\n")
