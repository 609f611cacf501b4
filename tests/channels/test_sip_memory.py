"""A call that is over is freed at once: nothing of it waits for the cycle collector."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from switchroom.sip.client import NewCall
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.session import Session, SessionState
from tests.channels.sip_far_end import OFFER, Side, play

CALLS = 5  #: of each kind; one object that is left by each call fails the test
TRANSACTIONS_KEPT = 100.0  #: virtual seconds, more than 64 T1

PJSIP = """\
[load]
type=endpoint
context=in
allow=ulaw
aors=load
[load]
type=aor
contact=sip:ok@127.0.0.1:{far}
[load]
type=identify
endpoint=load
match=127.0.0.1
"""
DIALPLAN = """\
[in]
exten => answer,1,Answer()
 same => n,Hangup()
exten => hold,1,Answer()
 same => n,Wait(60)
exten => ring,1,Ringing()
 same => n,Wait(60)
exten => busy,1,Hangup(17)
exten => dial,1,Dial(PJSIP/load,30)
exten => both,1,Dial(PJSIP/load&PJSIP/load,30)
exten => features,1,Dial(PJSIP/load,30,tTkKhH)
exten => local,1,Dial(Local/dial@in,30)
exten => stays,1,Dial(Local/dial@in/n,30)
exten => gosub,1,Gosub(sub,1)
 same => n,Hangup()
exten => sub,1,Return()
"""


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def accepts(session: Session) -> None:
    now = asyncio.get_running_loop().time()
    session.provisional(180, now=now)
    session.accept(OFFER, now=now)


def refuses(session: Session) -> None:
    session.refuse(486, now=asyncio.get_running_loop().time())


def rings(session: Session) -> None:
    session.provisional(180, now=asyncio.get_running_loop().time())


async def call(side: Side, extension: str) -> None:
    """One call, hung up or cancelled by the caller unless it ends by itself."""
    far = side.far
    what = NewCall(side.uri(extension), OFFER, NameAddr("sip:a@127.0.0.1"))
    session = far.stack.invite(what, side.flow, now=far.now)
    far.pump()
    await asyncio.sleep(5)
    if session.state is not SessionState.ENDED:
        session.end(now=far.now)
        far.pump()
    await far.until(lambda: not side.pbx.channels)
    far.events.clear()
    streams = side.pbx.engine.streams  # type: ignore[attr-defined]  # what the simulated one keeps
    for stream in streams:
        stream.peer = None
    streams.clear()


NOT_DIALLED = ("answer", "hold", "ring", "busy", "nowhere", "gosub")
DIALLED = ("dial", "both", "features", "local", "stays")
CASES = [(extension, accepts) for extension in NOT_DIALLED] + [
    (extension, callee) for extension in DIALLED for callee in (accepts, refuses, rings)
]


def test_a_call_that_is_over_leaves_no_cycle() -> None:
    left: dict[str, int] = {}

    async def story(side: Side) -> None:
        for extension, callee in CASES:
            side.far.on_invite = callee
            await call(side, extension)  # what is made once is made now
            await asyncio.sleep(TRANSACTIONS_KEPT)
            gc.collect()
            gc.freeze()  # what is there now is not looked at below
            for _ in range(CALLS):
                await call(side, extension)
            await asyncio.sleep(TRANSACTIONS_KEPT)
            assert not side.service.stack.servers, "a transaction holds on to its call"
            left[f"{extension}, {callee.__name__}"] = gc.collect()

    play(story, PJSIP, dialplan=DIALPLAN)
    assert {case: count for case, count in left.items() if count} == {}
    assert len(left) == len(CASES)
