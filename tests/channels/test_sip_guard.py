"""Failed attempts over a socket: after enough of them nothing is heard any more."""

import asyncio
from dataclasses import replace

import pytest

from switchroom.config.guard import GuardConfig
from switchroom.pbx.security import SecurityEvent
from switchroom.sip.digest import Account
from switchroom.sip.events import RequestTimedOut
from tests.channels.sip_far_end import Side, play

ALICE = """\
[alice]
type=endpoint
context=none
aors=alice
auth=alice
[alice]
type=auth
username=alice
password=right
[alice]
type=aor
max_contacts=1
"""
STRICT = GuardConfig(attempts=3, ignored=())


def strict(side: Side) -> None:
    side.service.reload(replace(side.service.settings, guard=STRICT))


async def register(side: Side, user: str, password: str) -> int:
    response = await side.far.request(
        "REGISTER",
        side.uri(),
        side.flow,
        sender=f"sip:{user}@127.0.0.1",
        headers=(("Contact", f"<sip:{user}@127.0.0.1:{side.far.port}>"),),
        account=Account(user, password),
    )
    return response.status


@pytest.mark.parametrize("user", ["alice", "nobody"])
def test_wrong_passwords_and_unknown_users_are_banned_alike(user: str) -> None:
    async def story(side: Side) -> None:
        strict(side)
        statuses = [await register(side, user, "wrong") for _ in range(2)]
        assert statuses == [401, 401]
        await register(side, user, "wrong")
        with pytest.raises(TimeoutError):
            await register(side, "alice", "right")
        assert isinstance(side.far.events[-1], RequestTimedOut)
        (ban,) = side.service.guard.bans(now=side.far.now)
        assert ban.source == "127.0.0.1"
        side.service.guard.unban("127.0.0.1")
        assert await register(side, "alice", "right") == 200

    play(story, ALICE)


def test_a_right_password_in_between_clears() -> None:
    async def story(side: Side) -> None:
        strict(side)
        for _ in range(5):
            assert await register(side, "nobody", "wrong") == 401
            assert await register(side, "alice", "right") == 200

    play(story, ALICE)


def test_names_that_are_only_tried_ban_as_well() -> None:
    async def story(side: Side) -> None:
        strict(side)
        asked = 0
        while not side.service.guard.bans(now=side.far.now):
            asked += 1
            await side.far.call(side.uri("100"), side.flow, sender=f"sip:{asked}@x")
        assert 29 <= asked <= 31

    play(story, ALICE)


def test_an_identified_trunk_is_never_banned() -> None:
    async def story(side: Side) -> None:
        strict(side)
        for _ in range(6):
            assert await register(side, "alice", "wrong") == 401
        await asyncio.sleep(1)
        assert side.service.guard.bans(now=side.far.now) == []

    play(story, f"{ALICE}[alice]\ntype=identify\nendpoint=alice\nmatch=127.0.0.1\n")


def test_the_security_log_says_who_knocks() -> None:
    async def story(side: Side) -> None:
        told: list[tuple[str, str]] = []
        side.service.pbx.events.subscribe(
            SecurityEvent, lambda event: told.append((event.name, event.facts.account))
        )
        assert await register(side, "alice", "right") == 200
        assert await register(side, "alice", "wrong") == 401
        assert await register(side, "nobody", "wrong") == 401
        names = [name for name, _ in told]
        assert names == [
            "ChallengeSent", "SuccessfulAuth",
            "ChallengeSent", "ChallengeResponseFailed",
            "InvalidAccountID",
        ]  # fmt: skip
        assert told[1][1] == "alice"
        assert "nobody" in told[4][1]

    play(story, ALICE)


@pytest.mark.parametrize(("load", "limit"), [(0.5, "SessionLimit"), (9.5, "LoadAverageLimit")])
def test_a_node_that_takes_no_calls_says_so(
    monkeypatch: pytest.MonkeyPatch, load: float, limit: str
) -> None:
    async def story(side: Side) -> None:
        told: list[SecurityEvent] = []
        pbx = side.service.pbx
        pbx.events.subscribe(SecurityEvent, told.append)
        monkeypatch.setattr("os.getloadavg", lambda: (load, 0.0, 0.0))
        pbx.maximum_load = 4.0
        assert pbx.takes_calls is (limit == "SessionLimit")
        pbx.is_closing = limit == "SessionLimit"
        session = await side.far.call(side.uri("100"), side.flow, sender="sip:alice@127.0.0.1")
        assert session.response is not None
        assert session.response.status == 503
        assert [each.name for each in told] == [limit]
        assert told[0].facts.transport == "UDP"

    play(story, ALICE)


def test_a_challenge_is_sent_once_and_nothing_is_kept_of_it() -> None:
    """Who is named as the sender may never have sent anything (RFC 3261 §26.3.2.4)."""

    async def story(side: Side) -> None:
        heard: list[bytes] = []
        loop = asyncio.get_running_loop()

        class Victim(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: object) -> None:
                heard.append(data)

        there = ("127.0.0.1", side.port)
        transport, _ = await loop.create_datagram_endpoint(Victim, remote_addr=there)
        for method in ("INVITE", "REGISTER", "SUBSCRIBE", "MESSAGE"):
            transport.sendto(
                f"{method} sip:100@pbx SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{method}\r\n"
                f"From: <sip:alice@pbx>;tag=1\r\nTo: <sip:100@pbx>\r\nCall-ID: {method}\r\n"
                f"CSeq: 1 {method}\r\nContact: <sip:a@127.0.0.1>\r\n\r\n".encode()
            )
        await side.far.until(lambda: len(heard) == 4)
        await asyncio.sleep(40)
        assert [each.split(b" ")[1] for each in heard] == [b"401"] * 4
        assert max(len(each) for each in heard) < 900
        stack = side.service.stack
        assert (stack.servers, stack.sessions, stack.merging) == ({}, {}, {})
        transport.close()

    play(story, ALICE)


def test_who_has_registered_is_not_banned_for_datagrams_under_his_address() -> None:
    async def story(side: Side) -> None:
        strict(side)
        assert await register(side, "alice", "right") == 200
        for number in range(60):
            await side.far.call(side.uri("100"), side.flow, sender=f"sip:{number}@x")
        assert side.service.guard.bans(now=side.far.now) == []

    play(story, ALICE)
