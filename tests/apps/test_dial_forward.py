"""Parties that send the call elsewhere, and who is told who calls."""

import asyncio

from switchroom.channels.local import LocalTechnology
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.transfers.forwarding import report_forward
from tests.apps.dial_calls import call
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import FakeSounds, fake_stream
from tests.support.phones import Phones, hears

FORWARDED = """\
[default]
exten => 100,hint,PJSIP/bob(Bob)
exten => s,1,Goto(100,1)
exten => 100,1,Dial(Phone/bob,{timeout},{options})
 same => n,Set(R=${{DIALSTATUS}} ${{HANGUPCAUSE}} ${{FORWARDERNAME}})
exten => 300,1,Set(GLOBAL(WHO)=${{CALLERID(all)}} ${{REDIRECTING(from-num)}}/${{REDIRECTING(to-num)}})
 same => n,Set(GLOBAL(WHY)=${{REDIRECTING(reason)}} ${{REDIRECTING(count)}} ${{FORWARDERNAME}})
 same => n,Dial(Phone/carol)
exten => 400,1,Hangup(17)
[inside]
exten => 300,1,Dial(Phone/dave)
"""


def forwarded(
    destination: str = "300",
    options: str = "",
    *,
    timeout: str = "20",
    context: str = "",
    left: int = 20,
    after: float = 1.0,
    phones: Phones | None = None,
) -> tuple[Phones, dict[str, str]]:
    phones = phones or Phones(bob=None, carol=2, dave=2)

    def prepare(pbx: Pbx, channel: Channel) -> None:
        pbx.technologies = {"PHONE": phones, "LOCAL": LocalTechnology()}
        channel.caller = CallerId(name="Ann", number="1")
        channel.datastore(ChannelSettings).max_forwards = left
        if context:
            channel.set_variable("_FORWARD_CONTEXT", context)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(after)
        report_forward(phones["bob"].channel, destination)
        await asyncio.sleep(30)
        caller.hangup()

    conf = FORWARDED.format(timeout=timeout, options=options)
    outcome = run_dialplan(conf, prepare=prepare, play=play)
    return phones, {**outcome.global_variables, **outcome.variables}


def test_a_forwarded_call_goes_through_a_local_channel_and_tells_why() -> None:
    phones, left = forwarded()
    assert left["DIALEDPEERNAME"].startswith("Local/300@default-")
    assert left["WHO"] == '"Ann" <1> 100/300'
    assert left["WHY"] == "cfu 1 Phone/bob-00000000"
    assert left["FORWARDERNAME"] == "Phone/bob-00000000"
    assert phones["bob"].told[-1] == "hangup NORMAL_CLEARING"
    assert phones["carol"].told[:1] == ["dial"]


def test_where_the_forwarded_call_goes() -> None:
    phones, _ = forwarded(context="inside")
    assert "dial" in phones["dave"].told
    phones, _ = forwarded("Phone/dave")
    assert [each.channel.name.partition("-")[0] for each in phones.calls] == [
        "Phone/bob", "Phone/dave",
    ]  # fmt: skip
    phones, _ = forwarded("300@inside")
    assert "dial" in phones["dave"].told


def test_a_forward_that_leads_nowhere_is_a_refusal() -> None:
    _, left = forwarded("400")
    assert left["R"] == "BUSY 17 Phone/bob-00000000"
    _, left = forwarded("999")
    assert left["DIALSTATUS"] == "CHANUNAVAIL"


def test_i_does_not_let_a_party_forward() -> None:
    phones, left = forwarded(options="i")
    assert left["R"] == "BUSY 17 Phone/bob-00000000"
    assert len(phones.calls) == 1


def test_f_alone_is_for_forwarded_calls_and_has_the_name_of_the_hint() -> None:
    _, left = forwarded(options="f")
    assert left["WHO"] == '"Bob" <100> 100/300'
    _, left = forwarded(options='f("Desk" <77>)')
    assert left["WHO"] == '"Desk" <77> 100/300'


def test_z_takes_the_time_limit_away() -> None:
    phones = Phones(bob=None, carol=10)
    _, left = forwarded(timeout="5", after=4, phones=phones)
    assert left["DIALSTATUS"] == "NOANSWER"
    phones = Phones(bob=None, carol=10)
    _, left = forwarded(options="z", timeout="5", after=4, phones=phones)
    assert left["DIALSTATUS"] == "ANSWER"


def test_a_call_that_was_forwarded_too_often_ends() -> None:
    phones, left = forwarded(left=1)
    assert left["DIALSTATUS"] == "CONGESTION"
    assert len(phones.calls) == 1
    phones, left = forwarded(left=0, after=0)
    assert "DIALSTATUS" not in left
    assert not phones.calls


def test_an_extension_that_dials_itself_comes_to_an_end() -> None:
    phones = Phones()
    outcome = call("Local/loop@loops", phones, "NoOp()", play=None)
    assert outcome["DIALSTATUS"] == "CHANUNAVAIL"
    conf = lines_of("Dial(Local/s@default,10)", "Set(R=${DIALSTATUS})")

    def prepare(pbx: Pbx, channel: Channel) -> None:
        pbx.technologies = {"LOCAL": LocalTechnology()}

    outcome = run_dialplan(conf, prepare=prepare)
    assert outcome["R"] in {"CHANUNAVAIL", "NOANSWER"}
    assert len(outcome.executed) < 100


def called(options: str) -> dict[str, str]:
    """What the called channel knows, at option b, of a call from Ann <1>; the caller at the end."""
    phones = Phones(bob=1)
    told: dict[str, str] = {}

    def prepare(_pbx: Pbx, channel: Channel) -> None:
        channel.caller = CallerId(name="Ann", number="1")

    async def play(caller: Channel) -> None:
        await asyncio.sleep(2)
        bob = phones["bob"].channel
        told.update(own=bob.caller.all, other=bob.connected.all, caller=caller.connected.all)
        told["tag"] = bob.connected.tag
        told["shown"] = str(bob.connected.number_presentation)
        caller.hangup()

    call(f"Phone/bob,,{options}", phones, play=play, prepare=prepare)
    return told


def test_the_called_channel_is_named_after_the_extension_and_knows_the_caller() -> None:
    assert called("") == {
        "own": "<s>", "other": '"Ann" <1>', "caller": "<s>", "tag": "", "shown": "0",
    }  # fmt: skip


def test_f_o_s_u_and_I_change_who_is_told_what() -> None:  # noqa: N802  # the option's letter
    assert called("f")["other"] == '"Ann" <1>'
    found = called('f("Desk" <77>)s(blue)u(prohib)')
    assert (found["other"], found["own"]) == ('"Desk" <77>', "<s>")
    assert (found["tag"], found["shown"]) == ("blue", str(0x23))
    found = called("o")
    assert (found["own"], found["caller"]) == ('"Ann" <1>', "<>")
    assert called("o(Zed <5>)")["own"] == '"Zed" <5>'
    assert called("I")["caller"] == "<>"


def test_a_second_time_is_that_until_it_rings() -> None:
    phones = Phones(bob=None)
    phones_silent = Phones(bob=None)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(9)
        caller.hangup()

    outcome = call("Phone/bob,6^2", phones, "Set(R=${DIALSTATUS} ${DIALEDTIME})", play=play)
    assert outcome["R"] == "NOANSWER 6", "it rang"
    phones_silent.rings = False
    outcome = call("Phone/bob,6^2", phones_silent, "Set(R=${DIALSTATUS} ${DIALEDTIME})", play=play)
    assert outcome["R"] == "CHANUNAVAIL 2"


def test_a_tone_of_ones_own_instead_of_ringing() -> None:
    phones = Phones(bob=3)
    heard: list[str] = []

    async def play(caller: Channel) -> None:
        await asyncio.sleep(1)
        stream = fake_stream(caller)
        heard.extend(stream.backgrounds)
        await asyncio.sleep(4)
        assert hears(caller, phones["bob"].channel)
        caller.hangup()

    call("Phone/bob,,r(dial)", phones, play=play, sounds=FakeSounds())
    assert heard == ["dial"]
