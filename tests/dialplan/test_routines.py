import asyncio

import pytest

from switchroom.pbx.channel import Channel
from tests.support.dialplan import run_dialplan


@pytest.mark.parametrize("how", ["hangup", "redirect"])
def test_a_routine_of_an_application_that_does_not_come_to_its_end(how: str) -> None:
    """A hangup runs the h of where the call stood; who is sent elsewhere goes there."""
    conf = (
        "[default]\nexten => s,1,Dial(Phone/nobody,,B(sub^s^1))\nexten => h,1,Set(R=${EXTEN} here)\n"
        "exten => there,1,Set(THERE=yes)\n"
        "[sub]\nexten => s,1,Wait(9)\nexten => h,1,Set(R=in the routine)\n"
    )

    async def play(channel: Channel) -> None:
        await asyncio.sleep(1)
        if how == "hangup":
            channel.hangup()
        else:
            channel.redirect("default", "there", 1)

    outcome = run_dialplan(conf, play=play)
    assert outcome["R"] == "h here"
    assert outcome["THERE"] == {"hangup": "", "redirect": "yes"}[how]
