"""Channels on their way into an application, through it and out of it."""

import asyncio

from switchroom.pbx.stasis import stay_of
from tests.ari.support import Ari, run_ari
from tests.support.fakes import FakeDriver


def test_an_application_gets_a_call_and_answers_it() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        start = ivr.last("StasisStart")
        assert start["args"] == ["one", "two"]
        assert start["application"] == "ivr"
        assert start["asterisk_id"]
        assert start["channel"]["id"] == channel.unique_id
        assert start["channel"]["state"] == "Ring"
        assert start["channel"]["dialplan"]["app_name"] == "Stasis"
        assert start["channel"]["dialplan"]["app_data"] == "ivr,one,two"
        await ari.ask("POST", f"/channels/{channel.unique_id}/answer")
        assert isinstance(channel.driver, FakeDriver)
        assert "answer" in channel.driver.told
        assert ivr.last("ChannelStateChange")["channel"]["state"] == "Up"
        await ari.ask("DELETE", f"/channels/{channel.unique_id}")
        await asyncio.sleep(0.1)
        ends = [each for each in ivr.types if each in {"StasisEnd", "ChannelDestroyed"}]
        assert ends == ["StasisEnd", "ChannelDestroyed"]
        assert "ChannelHangupRequest" in ivr.types
        assert ivr.last("ChannelDestroyed")["cause"] == 16
        assert channel.is_finished

    run_ari(test)


def test_a_call_goes_on_in_the_dialplan() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        channel.on_digit("5")
        assert ivr.last("ChannelDtmfReceived")["digit"] == "5"
        await ari.ask("POST", f"/channels/{channel.unique_id}/continue")
        await asyncio.sleep(0.1)
        assert not channel.digits  # the dialplan does not take it for its own
        assert ari.pbx.global_variables["BACK"] == "SUCCESS"
        assert ivr.types[-1] == "StasisEnd"
        assert stay_of(channel) is None
        assert await ari.refused("POST", f"/channels/{channel.unique_id}/answer") == 409
        channel.hangup()

    run_ari(test)


def test_a_call_goes_on_elsewhere_in_the_dialplan() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        first, second = await ari.call(number=1), await ari.call(number=2)
        await ari.ask("POST", f"/channels/{first.unique_id}/continue", extension="200")
        await ari.ask("POST", f"/channels/{second.unique_id}/continue", label="later")
        await asyncio.sleep(0.1)
        assert ari.pbx.global_variables == {"THERE": first.name, "LATER": "yes"}
        path = f"/channels/{(await ari.call(number=3)).unique_id}/continue"
        assert await ari.refused("POST", path, label="nowhere") == 404

    run_ari(test)


def test_nobody_serves_the_application() -> None:
    async def test(ari: Ari) -> None:
        await ari.call()
        assert ari.pbx.global_variables["BACK"] == "FAILED"

    run_ari(test)


def test_channels_stay_while_an_application_is_away() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        ari.context.hub.disconnect("ivr", ivr)
        await asyncio.sleep(5)
        assert stay_of(channel) is not None
        assert ivr.types[-1] == "ApplicationUnregistered"
        again = ari.serve()
        await ari.ask("POST", f"/channels/{channel.unique_id}/answer")
        assert "ChannelStateChange" in again.types
        channel.hangup()
        await asyncio.sleep(0.1)
        ari.context.hub.disconnect("ivr", again)
        assert await ari.ask("GET", "/applications") == []

    run_ari(test)


def test_another_one_serves_the_application() -> None:
    async def test(ari: Ari) -> None:
        first = ari.serve()
        second = ari.serve()
        assert first.types == ["ApplicationRegistered", "ApplicationReplaced"]
        await ari.call()
        assert "StasisStart" in second.types
        assert "StasisStart" not in first.types
        ari.context.hub.disconnect("ivr", first)  # who was replaced takes nobody away
        assert (await ari.ask("GET", "/applications/ivr"))["name"] == "ivr"

    run_ari(test)


def test_a_call_moves_to_another_application() -> None:
    async def test(ari: Ari) -> None:
        ivr, desk = ari.serve(), ari.serve("desk")
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/move"
        await ari.ask("POST", path, app="nobody", appArgs="a")
        await asyncio.sleep(0.01)
        failed = ivr.last("ApplicationMoveFailed")
        assert (failed["destination"], failed["args"]) == ("nobody", ["a"])
        await ari.ask("POST", path, app="desk", appArgs="a,b")
        await asyncio.sleep(0.01)
        assert ivr.types[-1] == "StasisEnd"
        assert desk.last("StasisStart")["args"] == ["a", "b"]
        channel.hangup()
        await asyncio.sleep(0.01)
        assert desk.types[-1] == "ChannelDestroyed"
        assert ivr.types[-1] == "StasisEnd"

    run_ari(test)


def test_a_call_is_originated_into_an_application() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        made = await ari.ask(
            "POST",
            "/channels",
            {"variables": {"WHO": "me", "CALLERID(name)": "Boss"}},
            endpoint="Phone/alice",
            app="ivr",
            appArgs="out,going",
            callerId="Desk <100>",
            channelId="my-call",
        )
        assert (made["id"], made["state"]) == ("my-call", "Down")
        assert await ari.refused(
            "POST", "/channels/my-call", endpoint="Phone/bob", app="ivr"
        ) == 409  # fmt: skip
        await asyncio.sleep(2)
        channel = ari.phones["alice"].channel
        assert channel.variables["WHO"] == "me"
        assert (channel.caller.name, channel.caller.number) == ("Boss", "100")
        assert ivr.last("StasisStart")["args"] == ["out", "going"]
        statuses = [each["dialstatus"] for each in ivr.heard if each["type"] == "Dial"]
        assert statuses == ["", "RINGING", "ANSWER"]
        await ari.ask("POST", "/channels/my-call/continue", extension="200")
        await asyncio.sleep(1)
        assert ari.pbx.global_variables["THERE"] == channel.name
        assert ivr.types.count("StasisEnd") == 1

    run_ari(test)


def test_a_call_is_originated_into_the_dialplan() -> None:
    async def test(ari: Ari) -> None:
        await ari.ask("POST", "/channels", endpoint="Phone/bob", extension="200")
        await asyncio.sleep(2)
        assert ari.pbx.global_variables["THERE"] == ari.phones["bob"].channel.name
        for bad in (
            {"endpoint": "Phone/nobody", "app": "ivr"},
            {"endpoint": "Phone", "app": "ivr"},
            {"endpoint": "Phone/bob"},
            {"app": "ivr"},
        ):
            assert await ari.refused("POST", "/channels", **bad) == 400

    run_ari(test)


def test_nobody_answers() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        await ari.ask("POST", "/channels", endpoint="Phone/carol", app="ivr", timeout=5)
        await asyncio.sleep(6)
        assert "StasisStart" not in ivr.types
        assert ivr.last("Dial")["dialstatus"] == "NOANSWER"
        assert ivr.types[-1] == "ChannelDestroyed"

    run_ari(test)


def test_a_channel_is_created_and_dialled() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        caller = await ari.call()
        made = await ari.ask(
            "POST", "/channels/create", {"variables": {"A": "b"}}, endpoint="Phone/alice", app="ivr",
            appArgs="x",
        )  # fmt: skip
        assert (made["state"], ivr.last("StasisStart")["args"]) == ("Down", ["x"])
        path = f"/channels/{made['id']}"
        await ari.ask("POST", f"{path}/dial", caller=caller.unique_id, timeout=10)
        assert await ari.refused("POST", f"{path}/dial") == 409
        await asyncio.sleep(2)
        assert (await ari.ask("GET", path))["state"] == "Up"
        assert ari.phones["alice"].channel.linked_id == caller.linked_id
        assert ivr.types.count("StasisStart") == 2
        await ari.ask("DELETE", path)
        await asyncio.sleep(0.1)
        assert await ari.refused("GET", path) == 404

    run_ari(test)


BROADCAST = """
[default]
exten => 100,1,StasisBroadcast(2000,ivr-*|desk,"a,b",yes)
 same => n,Set(GLOBAL(BACK)=${STASISSTATUS})
exten => 200,1,StasisBroadcast()
 same => n,Set(GLOBAL(BACK)=${STASISSTATUS})
"""


def test_a_call_is_offered_to_several_and_one_claims_it() -> None:
    async def test(ari: Ari) -> None:
        first, second, desk = ari.serve("ivr-1"), ari.serve("ivr-2"), ari.serve("desk")
        other = ari.serve("other")
        channel = await ari.call()
        assert second.last("CallBroadcast")["channel"]["id"] == channel.unique_id
        assert second.last("CallBroadcast")["called"] == "100"
        assert "CallBroadcast" not in other.types
        claim = {"channelId": channel.unique_id, "application": "ivr-2"}
        assert (
            await ari.refused("POST", "/events/claim", **{**claim, "application": "other"}) == 404
        )
        await ari.ask("POST", "/events/claim", **claim)
        assert await ari.refused("POST", "/events/claim", **{**claim, "application": "desk"}) == 409
        await asyncio.sleep(0.01)
        assert second.last("StasisStart")["args"] == ["a", "b"]
        assert first.last("CallClaimed")["winner_app"] == "ivr-2"
        assert desk.types[-1] == "CallClaimed"
        assert "CallClaimed" not in second.types
        await ari.ask("POST", f"/channels/{channel.unique_id}/continue")
        await asyncio.sleep(0.01)
        assert ari.pbx.global_variables["BACK"] == "SUCCESS"

    run_ari(test, conf=BROADCAST)


def test_nobody_claims_a_call() -> None:
    async def test(ari: Ari) -> None:
        await ari.call("200")
        assert ari.pbx.global_variables["BACK"] == "FAILED"
        ari.serve()
        channel = await ari.call("200", number=2)
        await asyncio.sleep(0.6)
        assert ari.pbx.global_variables["BACK"] == "TIMEOUT"
        claim = {"channelId": channel.unique_id, "application": "ivr"}
        assert await ari.refused("POST", "/events/claim", **claim) in {404, 409}

    run_ari(test, conf=BROADCAST)
