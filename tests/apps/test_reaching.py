"""Who can be called, and who has to say who he is."""

import asyncio

import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.pbx.channel import Channel
from tests.support.dialplan import lines_of, run_dialplan

TO = "[to]\nexten => x,1,Wait(5)\nexten => y,1,Wait(5)\n"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("Local/x@to&Local/y@to", "Local/x@to|Local/x@to-00000000\\;1|-1|0"),
        ("Local/none@to&Local/y@to,s", "Local/y@to|Local/y@to-00000000\\;1|4&1|0"),
        (
            "Local/x@to&Local/y@to,a",
            "Local/x@to&Local/y@to|Local/x@to-00000000\\;1&Local/y@to-00000001\\;1|-1&-1|0&0",
        ),
        ("Nope/x", "||-1|66"),
        ("Nope/x,s", "||4|"),
        ("Local/none@to,t", "Local/none@to|Local/none@to-00000000\\;1|0|0"),
    ],
)
def test_channel_is_available(arguments: str, value: str) -> None:
    read = "${AVAILORIGCHAN}|${AVAILCHAN}|${AVAILSTATUS}|${AVAILCAUSECODE}"
    conf = lines_of(f"ChanIsAvail({arguments})", f"Set(R={read})") + TO
    found = run_dialplan(conf, technologies={"LOCAL": LocalTechnology()})["R"]
    assert found == value.replace("\\;", ";")


@pytest.mark.parametrize(
    ("arguments", "keys", "value"),
    [
        ("", "5551234567#", "SUCCESS5551234567"), ("2,4", "12#34#", "FAILED"), ("2,4", "12#3456#", "SUCCESS3456"),
        ("1,1,,to", "9#", "FAILED"),
    ],
)  # fmt: skip
def test_privacy_manager(arguments: str, keys: str, value: str) -> None:
    async def play(channel: Channel) -> None:
        await asyncio.sleep(1.5)
        for key in keys:
            await asyncio.sleep(0.5)
            channel.on_digit(key)

    lines = [f"PrivacyManager({arguments})", "Set(R=${PRIVACYMGRSTATUS}${CALLERID(num)})"]
    assert run_dialplan(lines_of(*lines) + TO, play=play)["R"] == value


def test_who_has_a_number_is_not_asked() -> None:
    lines = ["Set(CALLERID(num)=1)", "PrivacyManager()", "Set(R=${PRIVACYMGRSTATUS})"]
    outcome = run_dialplan(lines_of(*lines))
    assert (outcome["R"], outcome.seconds) == ("SUCCESS", 0)
