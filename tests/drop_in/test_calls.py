"""Calls of Local channels, as harnesses begin and watch them by AMI."""

from __future__ import annotations

import pytest

from tests.drop_in.manager import Manager, Message
from tests.drop_in.server import Server

pytestmark = pytest.mark.peer

WAIT = {"Application": "Wait", "Data": "60"}


@pytest.mark.parametrize(
    ("channel", "response", "reason"),
    [
        ("Local/stays@answers", "Success", "4"),
        ("Local/busy@answers", "Failure", "5"),
        ("Local/refuses@answers", "Failure", "5"),
        ("Local/congested@answers", "Failure", "8"),
        ("Local/rings@answers", "Failure", "3"),
        ("Local/nobody@answers", "Failure", "0"),
        ("PJSIP/nobody", "Failure", "0"),
        ("Unheard/of", "Failure", "0"),
    ],
)
def test_what_came_of_an_originate(
    manager: Manager, channel: str, response: str, reason: str
) -> None:
    patience = "500" if "rings" in channel else "30000"  # of a machine that may be busy
    number = manager.originate(channel, Timeout=patience, **WAIT)
    told = manager.wait("OriginateResponse", ActionID=number)
    assert (told["Response"], told["Reason"]) == (response, reason)


def test_who_waits_for_an_originate_hears_what_came_of_it(manager: Manager) -> None:
    good = manager.do("Originate", Channel="Local/stays@answers", **WAIT)
    assert (good["Response"], good["Message"]) == ("Success", "Originate successfully queued")
    bad = manager.do("Originate", Channel="Local/busy@answers", **WAIT)
    assert (bad["Response"], bad["Message"]) == ("Error", "Originate failed")


def test_an_originate_sets_up_its_channel(manager: Manager) -> None:
    manager.originate(
        "Local/functions@features/n", ("Variable", "GIVEN=one"), ("Variable", "__HEIR=two"),
        CallerID='"Ann" <100>', Account="acc", ChannelId="mine", OtherChannelId="other", **WAIT,
    )  # fmt: skip
    lengths = manager.wait("UserEvent", UserEvent="F", Len="3")
    assert (lengths["Cut"], lengths["Sum"]) == ("b", "3")
    given = manager.wait("UserEvent", UserEvent="F", Name="Ann")
    assert given["Inherited"] == "two"  # the other half inherits what is marked, and only that
    assert given["Given"] in {"", "one"}
    assert {each["Uniqueid"] for each in manager.told("Newchannel")} == {"mine", "other"}
    assert {each["AccountCode"] for each in manager.told("Hangup")} <= {"acc"}


def test_redirected_set_and_asked(manager: Manager) -> None:
    manager.originate("Local/echo@answers/n", **WAIT)
    name = manager.wait("Newexten", Application="Echo")["Channel"]
    answer = manager.do("Redirect", Channel=name, Context="answers", Exten="stays", Priority="1")
    assert answer["Message"] == "Redirect successful"
    manager.wait("Newexten", Channel=name, Application="Wait")
    manager.do("Setvar", Channel=name, Variable="X", Value="a b")
    manager.wait("VarSet", Channel=name, Variable="X", Value="a b")
    assert manager.do("Getvar", Channel=name, Variable="X")["Value"] == "a b"
    assert manager.do("Redirect", Channel="Local/none", Context="a", Exten="b", Priority="1").get(
        "Response"
    ) == "Error"  # fmt: skip
    assert manager.do("Hangup", Channel=name)["Message"] == "Channel Hungup"
    assert manager.wait("Hangup", Channel=name)["Context"] == "answers"


def entered(manager: Manager) -> list[str]:
    """Who is in the bridge once it has two."""
    manager.wait("BridgeEnter", BridgeNumChannels="2")
    return [each["Channel"] for each in manager.told("BridgeEnter")]


def test_two_calls_are_bridged(manager: Manager) -> None:
    names = []
    for _ in range(2):
        manager.mark()
        manager.originate("Local/stays@answers/n", **WAIT)
        names.append(manager.wait("Newexten", Application="Wait", AppData="60")["Channel"])
    manager.mark()
    answer = manager.do("Bridge", Channel1=names[0], Channel2=names[1], Tone="no")
    assert answer["Message"] == "Channels have been bridged"
    assert entered(manager) == names


def test_a_local_channel_between_two_calls_is_left_out(manager: Manager) -> None:
    manager.originate("Local/stays@answers/n", Context="dials", Exten="through", Priority="1")
    end = manager.wait("LocalOptimizationEnd")
    begin = manager.wait("LocalOptimizationBegin")
    assert end["Success"] == "Yes"
    assert begin["Id"] == end["Id"]
    assert begin["LocalOneChannel"].endswith(";1")
    assert begin["LocalTwoChannel"] == begin["LocalOneChannel"][:-1] + "2"
    halves = {begin["LocalOneUniqueid"], begin["LocalTwoUniqueid"]}
    assert begin["DestUniqueId"] in halves
    for half in (begin["LocalOneChannel"], begin["LocalTwoChannel"]):
        manager.wait("Hangup", Channel=half)
    order = [
        (each["Event"], each.get("Channel"))
        for each in manager.heard
        if each.get("Event") in {"LocalOptimizationBegin", "BridgeEnter", "LocalOptimizationEnd"}
    ]
    where = order.index(("LocalOptimizationBegin", ""))
    assert order[where + 1 :] == [
        ("BridgeEnter", begin["SourceChannel"]), ("LocalOptimizationEnd", ""),
    ]  # fmt: skip
    rows = manager.all_of("CoreShowChannels", "CoreShowChannelsComplete")
    assert len(rows) == 4
    assert len({each["BridgeId"] for each in rows if each["BridgeId"]}) == 1


def talking(manager: Manager) -> tuple[str, str]:
    """A call of two: who dialled, and whom."""
    manager.originate("Local/echo@answers/n", Context="dials", Exten="phone", Priority="1")
    first, second = entered(manager)
    return (first, second) if "echo" in first else (second, first)


def test_a_blind_transfer(manager: Manager) -> None:
    caller, phone = talking(manager)
    manager.do("BlindTransfer", Channel=phone, Context="other", Exten="1")
    told = manager.wait("BlindTransfer", Result="Success")
    assert (told["TransfererChannel"], told["TransfereeChannel"]) == (phone, caller)
    assert (told["BridgeNumChannels"], told["Extension"], told["IsExternal"]) == ("2", "1", "No")
    assert manager.wait("UserEvent", UserEvent="Arrived")["By"] == "Local/desk@"


def test_an_attended_transfer(manager: Manager) -> None:
    caller, phone = talking(manager)
    manager.mark()
    assert manager.do("Atxfer", Channel=phone, Context="other", Exten="1")["Response"] == "Success"
    manager.wait("BridgeEnter", BridgeNumChannels="2")
    manager.do("Hangup", Channel=phone)
    told = manager.wait("AttendedTransfer", Result="Success")
    assert told["OrigTransfererChannel"] == told["SecondTransfererChannel"] == phone
    assert told["OrigBridgeUniqueid"] == told["DestBridgeUniqueid"]
    assert told["TransfereeChannel"] == caller
    assert told["TransferTargetChannel"].startswith("Local/1@other-")
    manager.wait("BridgeEnter", Channel=told["TransferTargetChannel"], BridgeNumChannels="2")


def test_a_call_is_parked_and_fetched(manager: Manager, server: Server) -> None:
    manager.originate("Local/stays@answers/n", Application="Park")
    parked = manager.wait("ParkedCall")
    assert (parked["Parkinglot"], parked["ParkingSpace"]) == ("default", "701")
    (row,) = manager.all_of("ParkedCalls", "ParkedCallsComplete")
    assert row["ParkeeChannel"] == parked["ParkeeChannel"]
    shown = server.ask("parking show default")
    assert "Parking Extension   :  700\n" in shown
    assert (
        f"  Space               :  701\n  Channel             :  {row['ParkeeChannel']}\n" in shown
    )
    manager.originate("Local/stays@answers/n", Application="ParkedCall", Data="default,701")
    fetched = manager.wait("UnParkedCall")
    assert fetched["ParkeeChannel"] == parked["ParkeeChannel"]
    manager.wait("BridgeEnter", BridgeNumChannels="2")
    assert "(No parked users)" in server.ask("parking show default")


def test_a_ringing_call_is_picked_up(manager: Manager) -> None:
    manager.originate("Local/stays@answers/n", Context="dials", Exten="rings", Priority="1")
    target = manager.wait("DialState", DialStatus="RINGING")["DestChannel"]
    manager.originate("Local/pickup@features/n", **WAIT)
    told = manager.wait("Pickup", TargetChannel=target)
    manager.wait("BridgeEnter", Channel=told["Channel"])
    assert manager.wait("Hangup", Channel=target)["Cause"] in {"16", "26"}


def test_what_the_console_lists_of_calls(manager: Manager, server: Server) -> None:
    caller, phone = talking(manager)
    rows = server.ask("core show channels concise").splitlines()
    fields = {row.split("!")[0]: row.split("!") for row in rows}
    assert len(rows) == 4
    assert {len(each) for each in fields.values()} == {14}
    assert fields[caller][1:7] == ["dials", "phone", "1", "Up", "Dial", "Local/desk@dials/n,,g"]
    assert fields[caller][12] == fields[phone][12] != ""
    assert "4 active channels" in server.ask("core show channels")
    assert f"Name: {caller}" in server.ask(f"core show channel {caller}")
    bridges = server.ask("bridge show all").splitlines()
    assert bridges[1].split()[:2] == [fields[caller][12], "2"]
    server.ask(f"channel request hangup {phone}")
    assert manager.wait("UserEvent", UserEvent="AfterDial")["Status"] == "ANSWER"


def test_hangup_handlers_run_behind_h_the_newest_first(manager: Manager) -> None:
    manager.originate("Local/handlers@features/n", **WAIT)
    manager.wait("UserEvent", UserEvent="End", Which="1ab")
    told = [each["Which"] for each in manager.told("UserEvent", UserEvent="End")]
    assert told == ["h", "2", "1ab"]
    assert len(manager.told("HangupHandlerPush")) == len(manager.told("HangupHandlerRun")) == 2


def times(events: list[Message], name: str) -> int:
    return len([each for each in events if each.get("Event") == name])


def test_each_channel_is_born_and_hung_up_once(manager: Manager) -> None:
    number = manager.originate("Local/talks@dials/n", Application="Wait", Data="5")
    manager.wait("OriginateResponse", ActionID=number)
    manager.wait_for_silence()
    born = {each["Uniqueid"] for each in manager.told("Newchannel")}
    gone = [each["Uniqueid"] for each in manager.told("Hangup")]
    assert sorted(gone) == sorted(born)
    assert times(manager.heard, "DialBegin") == times(manager.heard, "DialEnd") == 2
    assert times(manager.heard, "BridgeEnter") == times(manager.heard, "BridgeLeave") == 2
    assert times(manager.heard, "BridgeCreate") == times(manager.heard, "BridgeDestroy") == 1
