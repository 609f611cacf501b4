"""What applications hear of, and what they tell one another."""

import asyncio
from typing import Any

import pytest

from switchroom.pbx.states.mailboxes import Mailboxes
from tests.ari.support import Ari, run_ari


def test_an_application_hears_of_what_it_subscribes_to() -> None:
    async def test(ari: Ari) -> None:
        desk = ari.serve("desk")
        channel = await ari.call("300")
        assert desk.types == ["ApplicationRegistered"]
        path = "/applications/desk/subscription"
        found = await ari.ask("POST", path, eventSource=f"channel:{channel.unique_id}")
        assert found["channel_ids"] == [channel.unique_id]
        await ari.ask("POST", path, eventSource="endpoint:Phone/alice,deviceState:Stasis:door")
        await ari.ask("POST", "/channels", endpoint="Phone/alice", extension="200")
        await asyncio.sleep(2)
        assert desk.last("ChannelStateChange")["channel"]["name"].startswith("Phone/alice")
        await ari.ask("PUT", "/deviceStates/Stasis%3Adoor", deviceState="INUSE")
        assert desk.last("DeviceStateChanged")["device_state"] == {
            "name": "Stasis:door", "state": "INUSE",
        }  # fmt: skip
        model = await ari.ask("GET", "/applications/desk")
        assert model["endpoint_ids"] == ["Phone/alice"]
        assert model["device_names"] == ["Stasis:door"]
        await ari.ask("DELETE", path, eventSource="endpoint:Phone/alice")
        assert await ari.refused("DELETE", path, eventSource="endpoint:Phone/alice") == 409
        heard = len(desk.heard)
        ari.phones["alice"].channel.hangup()
        await asyncio.sleep(0.1)
        assert len(desk.heard) == heard

    run_ari(test)


@pytest.mark.parametrize(
    ("source", "status"),
    [("channel:none", 422), ("bridge:none", 422), ("endpoint:Phone/nobody", 422), ("cow:x", 400),
     ("channel", 400)],
)  # fmt: skip
def test_what_cannot_be_subscribed_to(source: str, status: int) -> None:
    async def test(ari: Ari) -> None:
        ari.serve("desk")
        path = "/applications/desk/subscription"
        assert await ari.refused("POST", path, eventSource=source) == status
        assert await ari.refused("POST", "/applications/none/subscription", eventSource="x:") == 404

    run_ari(test)


def test_all_channels() -> None:
    async def test(ari: Ari) -> None:
        desk = ari.serve("desk")
        await ari.ask("POST", "/applications/desk/subscription", eventSource="channel:")
        await ari.call("300")
        assert "ChannelCreated" in desk.types

    run_ari(test)


def test_an_application_wants_some_events_only() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        path = "/applications/ivr/eventFilter"
        wanted = {"allowed": [{"type": "StasisStart"}, {"type": "StasisEnd"}]}
        model = await ari.ask("PUT", path, wanted)
        assert model["events_allowed"] == wanted["allowed"]
        channel = await ari.call()
        await ari.ask("POST", f"/channels/{channel.unique_id}/answer")
        assert ivr.types == ["ApplicationRegistered", "StasisStart"]
        await ari.ask("PUT", path, {"disallowed": [{"type": "StasisEnd"}]})
        channel.hangup()
        await asyncio.sleep(0.1)
        assert ivr.types[-1] == "ChannelDestroyed"
        assert "StasisEnd" not in ivr.types
        wrong: list[dict[str, Any]] = [
            {"perhaps": []}, {"allowed": "StasisStart"}, {"allowed": [{"kind": "x"}]},
        ]  # fmt: skip
        for bad in wrong:
            assert await ari.refused("PUT", path, bad) == 400
        assert (await ari.ask("PUT", path, {}))["events_allowed"] == []

    run_ari(test)


def test_events_of_ones_own() -> None:
    async def test(ari: Ari) -> None:
        ivr, desk = ari.serve(), ari.serve("desk")
        channel = await ari.call()
        await ari.ask(
            "POST", "/events/user/Order", {"variables": {"number": "47"}}, application="desk",
            source=f"channel:{channel.unique_id}",
        )  # fmt: skip
        for listener in (ivr, desk):
            told = listener.last("ChannelUserevent")
            assert told["eventname"] == "Order"
            assert told["userevent"] == {"eventname": "Order", "number": "47"}
            assert told["channel"]["id"] == channel.unique_id
            assert listener.types.count("ChannelUserevent") == 1
        path = "/events/user/Order"
        assert await ari.refused("POST", path, application="nobody") == 404
        assert await ari.refused("POST", path, application="desk", source="cow:1") == 400
        assert await ari.refused("POST", path, application="desk", source="channel:1") == 404
        claim = {"channelId": channel.unique_id, "application": "desk"}
        assert await ari.refused("POST", "/events/claim", **claim) == 409

    run_ari(test)


def test_devices_of_ones_own() -> None:
    async def test(ari: Ari) -> None:
        path = "/deviceStates/Stasis%3Adoor"
        assert await ari.ask("GET", path) == {"name": "Stasis:door", "state": "UNKNOWN"}
        await ari.ask("PUT", path, deviceState="BUSY")
        assert await ari.ask("GET", "/deviceStates") == [{"name": "Stasis:door", "state": "BUSY"}]
        state = await ari.ask("GET", "/asterisk/variable", variable="DEVICE_STATE(Stasis:door)")
        assert state == {"value": "BUSY"}
        await ari.ask("DELETE", path)
        assert await ari.refused("DELETE", path) == 404
        assert await ari.refused("PUT", "/deviceStates/Phone%2Falice", deviceState="BUSY") == 409
        assert await ari.refused("PUT", path, deviceState="SLEEPY") == 400
        assert (await ari.ask("GET", "/deviceStates/Nothing%2Fx"))["state"] == "INVALID"

    run_ari(test)


def test_mailboxes_of_others() -> None:
    async def test(ari: Ari) -> None:
        path = "/mailboxes/100%40default"
        assert await ari.refused("GET", path) == 404
        await ari.ask("PUT", path, oldMessages=1, newMessages=2)
        box = {"name": "100@default", "old_messages": 1, "new_messages": 2}
        assert await ari.ask("GET", path) == box
        assert await ari.ask("GET", "/mailboxes") == [box]
        assert ari.pbx.datastore(Mailboxes).count("100@default") == (2, 1), "as phones see it"
        assert await ari.refused("PUT", path, oldMessages=-1, newMessages=2) == 400
        await ari.ask("DELETE", path)
        assert await ari.ask("GET", "/mailboxes") == []

    run_ari(test)


def test_endpoints() -> None:
    async def test(ari: Ari) -> None:
        channel = await ari.ask("POST", "/channels", endpoint="Phone/carol", extension="200")
        found = {each["resource"]: each for each in await ari.ask("GET", "/endpoints")}
        assert found["carol"]["channel_ids"] == [channel["id"]]
        assert found["carol"]["state"] == "online"
        assert len(await ari.ask("GET", "/endpoints/phone")) == 3
        assert (await ari.ask("GET", "/endpoints/Phone/alice"))["technology"] == "Phone"
        assert await ari.refused("GET", "/endpoints/Phone/nobody") == 404
        assert await ari.refused("GET", "/endpoints/Pigeon") == 404
        sent = {"from": "me", "body": "hello"}
        assert await ari.refused("PUT", "/endpoints/sendMessage", to="phone:alice", **sent) == 400
        assert await ari.refused("PUT", "/endpoints/Phone/nobody/sendMessage", **sent) == 404

    run_ari(test)


def test_the_node() -> None:
    async def test(ari: Ari) -> None:
        info = await ari.ask("GET", "/asterisk/info")
        assert set(info) == {"build", "system", "config", "status"}
        assert info["system"]["version"] == "22.11.0"
        assert set(await ari.ask("GET", "/asterisk/info", only="build,config")) == {
            "build",
            "config",
        }
        assert (await ari.ask("GET", "/asterisk/ping"))["ping"] == "pong"
        names = [each["name"] for each in await ari.ask("GET", "/asterisk/modules")]
        assert "app_dial.so" in names
        module = "/asterisk/modules/app_dial.so"
        assert (await ari.ask("GET", module))["status"] == "Running"
        await ari.ask("PUT", module)
        assert ari.context.node.told == ["reload app_dial"]  # type: ignore[attr-defined]  # a fake
        assert await ari.refused("POST", module) == 409
        await ari.ask("DELETE", module)
        assert await ari.refused("GET", module) == 404
        assert await ari.refused("DELETE", module) == 404
        await ari.ask("POST", module)
        assert (await ari.ask("GET", module))["use_count"] == 0
        await ari.call("300")
        used = await ari.ask("GET", "/asterisk/modules/res_pjsip.so")
        assert used["status"] == "Running"
        assert await ari.refused("DELETE", "/asterisk/modules/res_pjsip.so") == 409
        assert await ari.refused("POST", "/asterisk/modules/none.so") == 409
        assert await ari.refused("GET", "/asterisk/modules/none.so") == 404

    run_ari(test)


def test_configuration_objects() -> None:
    async def test(ari: Ari) -> None:
        config = "/asterisk/config/dynamic/res_pjsip/endpoint"
        assert await ari.ask("GET", f"{config}/known") == [{"attribute": "a", "value": "b"}]
        assert await ari.refused("GET", f"{config}/none") == 404
        assert await ari.refused("PUT", f"{config}/known", {"fields": []}) == 403
        assert await ari.refused("DELETE", f"{config}/known") == 403
        fields = [{"attribute": "a", "value": "1"}, {"attribute": "a", "value": "2"}]
        assert await ari.ask("PUT", f"{config}/new", {"fields": fields}) == fields
        assert await ari.ask("GET", f"{config}/new") == fields
        bad = [
            [{"attribute": "a", "value": "bad"}],
            [{"attribute": "a"}],
            ["a"],
            {"a": "b"},
            "a",
            3,
        ]
        for each in bad:
            assert await ari.refused("PUT", f"{config}/new", {"fields": each}) == 400, each
        assert await ari.ask("GET", f"{config}/new") == fields
        assert await ari.ask("DELETE", f"{config}/new") is None
        assert await ari.refused("DELETE", f"{config}/new") == 404

    run_ari(test)


def test_sounds() -> None:
    async def test(ari: Ari) -> None:
        found = {each["id"]: each for each in await ari.ask("GET", "/sounds", lang="en")}
        assert found["vm-goodbye"]["text"]
        assert found["vm-goodbye"]["formats"]
        assert (await ari.ask("GET", "/sounds/digits%2F1"))["id"] == "digits/1"
        assert await ari.refused("GET", "/sounds/no-such-sound") == 404

    run_ari(test)
