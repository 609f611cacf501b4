import asyncio

import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.events import UserEvent
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import Outcome, lines_of, make_interpreter, run_dialplan, value_of
from tests.support.fakes import make_channel, make_pbx, run_virtual


def keyed(*lines: str, keys: str, more: str = "", every: float = 0.5) -> Outcome:
    """Run with a caller who keys a digit every half second, ``w`` none."""

    async def play(channel: Channel) -> None:
        for key in keys:
            await asyncio.sleep(every)
            if key != "w":
                channel.on_digit(key)

    return run_dialplan(lines_of(*lines) + more, play=play)


@pytest.mark.parametrize(
    ("arguments", "keys", "value"),
    [
        ("5", "7", "DTMF7"), ("5,12", "341", "DTMF1"), ("5,12", "3#", "CANCEL"), ("5,#", "1#", "DTMF#"), ("2", "", "TIMEOUT"),
        ("2,1", "55555", "TIMEOUT"), ("", "wwww9", "DTMF9"),
    ],
)  # fmt: skip
def test_wait_digit(arguments: str, keys: str, value: str) -> None:
    lines = [f"WaitDigit({arguments})", "Set(R=${WAITDIGITSTATUS}${WAITDIGITRESULT})"]
    assert keyed(*lines, keys=keys)["R"] == value


@pytest.mark.parametrize(("timeout", "seconds"), [("4", 4), ("0.5", 0.5), ("-1", 0)])
def test_wait_for_ring(timeout: str, seconds: float) -> None:
    """Calls over IP have no rings to wait for; nobody answers them meanwhile."""

    async def main() -> None:
        plan = f"[default]\nexten => s,1,WaitForRing({timeout})\n"
        async with make_pbx(make_interpreter(plan)) as pbx:
            channel, loop = make_channel(pbx), asyncio.get_running_loop()
            began_at = loop.time()
            await pbx.dialplan.run(channel)
            assert loop.time() - began_at == seconds
            assert channel.answered_at is None
            channel.finish()

    run_virtual(main())


@pytest.mark.parametrize(
    ("epoch", "value"),
    [("1", "PAST"), ("x", "FAILURE"), ("$[${EPOCH} + 5]", "OK"), ("inf", "FAILURE")],
)
def test_wait_until(epoch: str, value: str) -> None:
    outcome = run_dialplan(lines_of(f"WaitUntil({epoch})", "Set(R=${WAITUNTILSTATUS})"))
    assert outcome["R"] == value
    assert (outcome.seconds > 3) is (value == "OK")


def test_hanging_up_while_waiting() -> None:
    async def play(channel: Channel) -> None:
        await asyncio.sleep(1)
        channel.hangup()

    for call, status in (
        ("WaitUntil($[${EPOCH} + 50])", "WAITUNTILSTATUS"), ("WaitForSignal(x)", "WAITFORSIGNALSTATUS"),
        ("WaitForCondition(#,0)", "WAITFORCONDITIONSTATUS"), ("ReadExten(e,prompt)", "READEXTENSTATUS"),
    ):  # fmt: skip
        conf = lines_of(call) + f"exten => h,1,Set(R=${{{status}}})\n"
        assert run_dialplan(conf, play=play)["R"] == "HANGUP"


@pytest.mark.parametrize(
    ("arguments", "status", "seconds"),
    [
        ('#,#["#{v}" = "x"],5,0.5', "TRUE", 2), ("#,0,3,0.5", "TIMEOUT", 3), ("#,1", "TRUE", 0), (",1", "FAILURE", 0),
        ("#,0,0.05,0", "TIMEOUT", 0.05),
    ],
)  # fmt: skip
def test_wait_for_condition(arguments: str, status: str, seconds: float) -> None:
    def prepare(_: Pbx, channel: Channel) -> None:
        asyncio.get_running_loop().call_later(1.7, channel.set_variable, "v", "x")

    outcome = run_dialplan(
        lines_of(f"WaitForCondition({arguments})", "Set(R=${WAITFORCONDITIONSTATUS})"),
        prepare=prepare,
    )
    assert outcome["R"] == status
    assert outcome.seconds == pytest.approx(seconds)


def test_signals() -> None:
    conf = """
[default]
exten => wait,1,WaitForSignal(go)
 same => n,Set(R=${WAITFORSIGNALSTATUS}${WAITFORSIGNALPAYLOAD})
exten => late,1,WaitForSignal(go,0.5)
 same => n,Set(R=${WAITFORSIGNALSTATUS}${WAITFORSIGNALPAYLOAD})
exten => send,1,Signal(none)
 same => n,Set(R=${SIGNALSTATUS})
 same => n,Wait(1)
 same => n,Signal(go,a,b)
 same => n,Set(R=${R}${SIGNALSTATUS})
"""

    async def main() -> list[str]:
        interpreter = make_interpreter(conf)
        async with make_pbx(interpreter) as pbx:
            places = ["wait", "wait", "late", "send"]
            channels = [
                make_channel(pbx, name=f"Fake/{n}-01", extension=where)
                for n, where in enumerate(places)
            ]
            async with asyncio.TaskGroup() as calls:
                for channel in channels:
                    calls.create_task(interpreter.run(channel))
            for channel in channels:
                channel.finish()
            return [channel.variables["R"] for channel in channels]

    assert run_virtual(main()) == ["SIGNALEDa,b", "SIGNALEDa,b", "TIMEOUT", "FAILURESUCCESS"]


EXTENSIONS = "exten => 12,1,NoOp()\nexten => _3XX,1,NoOp()\nexten => _3XX#,1,NoOp()\n[other]\nexten => 9,1,NoOp()\n"


@pytest.mark.parametrize(
    ("arguments", "keys", "value"),
    [
        ("e", "12", "12OK"), ("e", "345", "345OK"), ("e", "", "tTIMEOUT"), ("e", "19", "iINVALID"), ("e,,other", "9", "9OK"),
        ("e,,,p", "34#", "iINVALID"), ("e,prompt&more", "12", "12OK"), ("e", "1", "iINVALID"), ("e,,,,1", "", "tTIMEOUT"),
        ("e", "34#", "iINVALID"),
    ],
)  # fmt: skip
def test_read_extension(arguments: str, keys: str, value: str) -> None:
    lines = ["Answer()", f"ReadExten({arguments})", "Set(R=${e}${READEXTENSTATUS})"]
    outcome = keyed(*lines, keys=keys, more=EXTENSIONS)
    assert outcome["R"] == value


def test_read_extension_is_skipped_on_a_channel_that_is_not_up() -> None:
    assert value_of("Set(e=x)", "ReadExten(e,,,s)", "Set(R=[${e}]${READEXTENSTATUS})") == "[]SKIP"


@pytest.mark.parametrize(
    ("keys", "last"), [("3", "s3:1 NoOp(s3)"), ("99", "i:1 NoOp(i)"), ("", "t:1 NoOp(t)")]
)
def test_incomplete(keys: str, last: str) -> None:
    more = "exten => s3,1,NoOp(s3)\nexten => i,1,NoOp(i)\nexten => t,1,NoOp(t)\n"
    assert keyed("Incomplete(n)", keys=keys, more=more).executed[-1] == last


def test_store_digits() -> None:
    lines = [
        "StoreDTMF(RX,in,3)",
        "StoreDTMF(TX,out)",
        "SendDTMF(42)",
        "Wait(3)",
        "StoreDTMF(remove)",
        "Wait(2)",
        "Set(R=${in}|${out})",
    ]
    assert keyed(*lines, keys="123456789")["R"] == "123|42"


def test_a_user_event() -> None:
    told: list[UserEvent] = []

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx.events.subscribe(UserEvent, told.append)

    run_dialplan(
        lines_of('UserEvent(Here,Key: value, "Two: a,b")', "UserEvent(Alone)"), prepare=prepare
    )
    assert [(event.name, event.body) for event in told] == [
        ("Here", ("Key: value", "Two: a,b")),
        ("Alone", ()),
    ]
    assert told[0].channel == "Fake/1-00000000"


def test_redirecting_another_channel() -> None:
    conf = """
[default]
exten => s,1,ChannelRedirect(Fake/other,here,1)
 same => n,Set(R=${CHANNELREDIRECT_STATUS})
 same => n,ChannelRedirect(Fake/none,here,1)
 same => n,Set(R=${R}${CHANNELREDIRECT_STATUS})
exten => wait,1,Wait(60)
exten => here,1,Set(R=here)
"""

    async def main() -> tuple[str, str]:
        interpreter = make_interpreter(conf)
        async with make_pbx(interpreter) as pbx:
            other = make_channel(pbx, name="Fake/other-01", extension="wait")
            channel = make_channel(pbx, name="Fake/own-02")
            async with asyncio.TaskGroup() as calls:
                calls.create_task(interpreter.run(other))
                await asyncio.sleep(1)
                calls.create_task(interpreter.run(channel))
            for each in (other, channel):
                each.finish()
            return channel.variables["R"], other.variables["R"]

    assert run_virtual(main()) == ("SUCCESSNOCHANNEL", "here")


def test_importing_a_variable() -> None:
    def prepare(pbx: Pbx, _: Channel) -> None:
        make_channel(pbx, name="Fake/other-01").variables["v"] = "theirs"

    lines = ["ImportVar(R=Fake/other,v)", "ImportVar(R=Fake/none,v)"]
    assert run_dialplan(lines_of(*lines), prepare=prepare)["R"] == "theirs"


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("Transfer(100)", "UNSUPPORTED0"),
        ("Transfer(PJSIP/100)", "FAILURE0"),
        ("Transfer(fake/100)", "UNSUPPORTED0"),
    ],
)
def test_a_channel_that_cannot_transfer(call: str, value: str) -> None:
    assert value_of(call, "Set(R=${TRANSFERSTATUS}${TRANSFERSTATUSPROTOCOL})") == value


def test_exec_substitutes_once_more() -> None:
    lines = ["Set(name=R)", "Set(call=Set(${QUOTE(x)}=1))", "Exec(Set(R=\\${name}))"]
    assert value_of(*lines) == "\\R"
    assert value_of("Set(v=yes)", "TryExec(Set(R=${v}))", "Set(R=${R}${TRYSTATUS})") == "yesSUCCESS"


def test_dump_chan_tells_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        value_of("Set(v=1)", "Set(GROUP(c)=g)", "DumpChan()", "DumpChan(3)")
    dumps = [record.getMessage() for record in caplog.records if record.name.endswith("dump_chan")]
    assert len(dumps) == 1
    assert "  v                1" in dumps[0]
    assert "Groups             g@c" in dumps[0]


def test_messages_of_a_group(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        value_of(
            "Set(LOG_GROUP()=sales)",
            "Verbose(1,one)",
            "Log(NOTICE,two)",
            "Set(LOG_GROUP()=)",
            "Verbose(three)",
        )
    said = [record.getMessage() for record in caplog.records if record.name.endswith("verbose")]
    assert said == [
        "Fake/1-00000000: [sales] one",
        "Fake/1-00000000: [sales] two",
        "Fake/1-00000000: three",
    ]
