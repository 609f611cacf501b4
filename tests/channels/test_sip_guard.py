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


def test_a_node_that_takes_no_calls_says_so() -> None:
    async def story(side: Side) -> None:
        told: list[SecurityEvent] = []
        side.service.pbx.events.subscribe(SecurityEvent, told.append)
        side.service.pbx.is_closing = True
        session = await side.far.call(side.uri("100"), side.flow, sender="sip:alice@127.0.0.1")
        assert session.response is not None
        assert session.response.status == 503
        assert [each.name for each in told] == ["SessionLimit"]
        assert told[0].facts.transport == "UDP"

    play(story, ALICE)
