import asyncio
from pathlib import Path

import pytest

from tests.ami.support import Ami, run_ami


def test_a_call_and_its_events_in_order(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        answer = await boss.ask(
            "Originate", ("Variable", "A=1,B=2"), ("Variable", "C=3"), Channel="Local/100@default/n",
            Application="Wait", Data="1", CallerID="Caller <5551212>", Async="true", ActionID="7",
        )  # fmt: skip
        assert answer.headers == (
            ("Response", "Success"), ("ActionID", "7"),
            ("Message", "Originate successfully queued"),
        )  # fmt: skip
        await asyncio.sleep(5)
        assert [
            (each.get("Event"), each.get("Variable") or each.get("Application"))
            for each in boss.heard
            if not each.get("Event").startswith(("DeviceState", "MusicOnHold"))
        ] == [
            ("Newchannel", ""), ("Newchannel", ""), ("Newexten", "AppDial2"),
            ("VarSet", "C"), ("VarSet", "B"), ("VarSet", "A"),
            ("NewCallerid", ""), ("NewConnectedLine", ""),
            ("NewCallerid", ""), ("NewConnectedLine", ""),
            ("VarSet", "C"), ("VarSet", "B"), ("VarSet", "A"),
            ("LocalBridge", ""), ("DialBegin", ""), ("Newexten", "Answer"),
            ("Newstate", ""), ("Newstate", ""), ("DialEnd", ""), ("OriginateResponse", "Wait"),
            ("Newexten", "Wait"), ("HangupRequest", ""), ("Hangup", ""),
            ("SoftHangupRequest", ""), ("Hangup", ""),
        ]  # fmt: skip
        response = next(each for each in boss.heard if each.get("Event") == "OriginateResponse")
        assert response.headers[2:] == (
            ("ActionID", "7"), ("Response", "Success"),
            ("Channel", "Local/100@default-00000000;1"), ("Application", "Wait"), ("Data", "1"),
            ("Reason", "4"), ("Uniqueid", "0.0"), ("CallerIDNum", "5551212"),
            ("CallerIDName", "Caller"),
        )  # fmt: skip

    run_ami(tmp_path, test)


def test_synchronous_answers_after_the_outcome(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        began = asyncio.get_running_loop().time()
        answer = await boss.ask(
            "Originate", Channel="Local/102@default", Exten="100", Context="default", Priority="1"
        )
        assert answer.get("Message") == "Originate successfully queued"
        assert asyncio.get_running_loop().time() - began == 5.0
        answer = await boss.ask(
            "Originate", Channel="Local/102@default", Application="NoOp", Timeout="1000"
        )
        assert answer.headers == (("Response", "Error"), ("Message", "Originate failed"))
        answer = await boss.ask(
            "Originate",
            Channel="Local/100@default",
            Exten="102",
            Context="default",
            Priority="here",
        )
        assert answer.get("Response") == "Success"

    run_ami(tmp_path, test)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Channel not specified"),
        ({"Channel": "Local"}, "Invalid channel"),
        ({"Channel": "Local/1@x", "Timeout": "soon", "Application": "NoOp"}, "Invalid timeout"),
        (
            {"Channel": "Local/100@default", "Exten": "100"},
            "Originate with 'Exten' requires 'Context' and 'Priority'",
        ),
        (
            {"Channel": "Local/100@default", "Exten": "9", "Context": "default", "Priority": "1"},
            "Extension does not exist.",
        ),
        ({"Channel": "Local/none@nowhere", "Application": "NoOp"}, "Originate failed"),
    ],
)
def test_what_cannot_be_dialled(tmp_path: Path, headers: dict[str, str], message: str) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        answer = await boss.ask("Originate", **headers)
        assert answer.headers == (("Response", "Error"), ("Message", message))

    run_ami(tmp_path, test)


def test_who_may_not_touch_the_system_may_not_by_originate(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        caller = await ami.user("caller", "call")
        for application in ("System", "TrySystem", "AGI", "ExecIf", "Python"):
            answer = await caller.ask(
                "Originate", Channel="Local/100@default", Application=application, Data="touch x"
            )
            assert answer.get("Message").startswith("Originate Access Forbidden")

    run_ami(tmp_path, test)


def test_ids_and_a_routine_before(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        answer = await boss.ask(
            "Originate", Channel="Local/100@default/n", Application="Wait", Data="60",
            ChannelId="mine-1", OtherChannelId="mine-2", PreDialGoSub="before^s^1(a,b)",
        )  # fmt: skip
        assert answer.get("Response") == "Success"
        assert [each.unique_id for each in ami.pbx.channels.values()] == ["mine-1", "mine-2"]
        assert ami.pbx.global_variables["before"] == "mine-1 a b"
        answer = await boss.ask(
            "Originate", Channel="Local/100@default/n", Application="Wait", ChannelId="mine-1"
        )
        assert answer.get("Response") == "Error"
        await boss.ask("Originate", Channel="Local/100@default/n", Application="Wait")
        assert "mine-1" not in [each.unique_id for each in ami.pbx.channels.values()][2:]

    extensions = """[default]
exten => 100,1,Answer()
 same => n,Wait(60)
[before]
exten => s,1,Set(GLOBAL(before)=${UNIQUEID} ${ARG1} ${ARG2})
 same => n,Return()
"""
    run_ami(tmp_path, test, extensions=extensions)


def test_functions_are_written_before_the_call(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        await boss.ask(
            "Originate", ("Variable", "CALLERID(name)=Dialler"), ("Variable", "A=1"),
            Channel="Local/100@default/n", Application="Wait", Data="60",
        )  # fmt: skip
        channel = next(iter(ami.pbx.channels.values()))
        assert channel.caller.name == "Dialler"
        assert channel.variables["A"] == "1"
        refused = await boss.ask(
            "Originate", Channel="Local/100@default/n", Application="Wait",
            Variable="FILE(/tmp/x)=y",
        )  # fmt: skip
        assert "refused from outside" in refused.get("Message")

    run_ami(tmp_path, test)
