"""Calls by Dial() between a caller and phones that play their parts."""

import asyncio
from collections.abc import Callable

from switchroom.channels.local import LocalTechnology
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from tests.support.dialplan import Outcome, Play, lines_of, run_dialplan
from tests.support.fakes import FakeSounds
from tests.support.phones import Phones

END = "exten => h,1,Set(END=${DIALSTATUS} ${HANGUPCAUSE} ${ANSWEREDTIME})\n same => n,Wait(1)\n"
SUB = """\
[sub]
exten => s,1,Set(GOSUB_RESULT=${ARG1})
 same => n,Set(GLOBAL(BY)=${CHANNEL(name)} ${ARG2})
 same => n,Return()
[macro-told]
exten => s,1,Set(GLOBAL(BY)=${CHANNEL(name)} ${ARG1})
 same => n,Set(MACRO_RESULT=CONTINUE)
[other]
exten => far,1,Set(GLOBAL(FAR)=${CHANNEL(name)})
exten => far,2,Set(GLOBAL(NEAR)=${CHANNEL(name)})
 same => n,Wait(1)
exten => inner,1,Dial(Phone/bob)
exten => rings,1,Ringing()
 same => n,Wait(2)
 same => n,Answer()
 same => n,Wait(5)
exten => 7,1,Set(GLOBAL(SEVEN)=yes)
"""


def call(
    dialled: str,
    phones: Phones,
    *more: str,
    play: Play | None = None,
    sounds: FakeSounds | None = None,
    prepare: Callable[[Pbx, Channel], None] | None = None,
) -> Outcome:
    conf = lines_of(f"Dial({dialled})", *more) + END + SUB
    technologies: dict[str, Technology] = {"PHONE": phones, "LOCAL": LocalTechnology()}
    return run_dialplan(conf, technologies=technologies, play=play, sounds=sounds, prepare=prepare)


async def hangs_up_after(channel: Channel, seconds: float) -> None:
    await asyncio.sleep(seconds)
    channel.hangup(HangupCause.NORMAL_CLEARING)
