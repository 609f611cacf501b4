import asyncio

import pytest

from switchroom.channels.sip.registrations import location
from switchroom.channels.sip.registrations.expiring import watch_expiry
from switchroom.channels.sip.registrations.location import FAMILY, Location
from switchroom.pbx.events import ContactChanged
from switchroom.pbx.states.device_state import DeviceStateChanged
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.storage.astdb import AstDbError
from tests.channels.sip_far_end import Side, play
from tests.support.fakes import FakeAstDb

PHONE = """\
[alice]
type=endpoint
allow=!all,ulaw
aors=alice
[alice]
type=identify
endpoint=alice
match=127.0.0.1
[alice]
type=aor
max_contacts=1
"""
CONTACT = (("Contact", "<sip:alice@192.0.2.99>"),)


class SlowDisk(FakeAstDb):
    """Takes three seconds to write."""

    async def put(self, family: str, key: str, value: str) -> None:
        await asyncio.sleep(3)
        await super().put(family, key, value)


class FullDisk(FakeAstDb):
    """Refuses to write."""

    async def put(self, family: str, key: str, value: str) -> None:
        raise AstDbError("the disk is full")


def test_a_registration_is_acknowledged_when_it_is_on_disk() -> None:
    async def story(side: Side) -> None:
        disk = SlowDisk()
        side.service.location = Location(disk)
        began = side.far.now
        response = await side.far.request("REGISTER", side.uri(), side.flow, headers=CONTACT)
        assert response.status == 200
        assert side.far.now - began >= 3
        assert '"uri":"sip:alice@192.0.2.99"' in (disk.get(FAMILY, "alice") or "")
        began = side.far.now
        response = await side.far.request("REGISTER", side.uri(), side.flow)  # only asks
        assert response.get("contact").startswith("<sip:alice@192.0.2.99>;expires=")
        assert side.far.now - began < 1

    play(story, PHONE)


def test_a_registration_that_cannot_be_stored_is_not_acknowledged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(side: Side) -> None:
        side.service.location = Location(FullDisk())
        response = await side.far.request("REGISTER", side.uri(), side.flow, headers=CONTACT)
        assert response.status == 500

    play(story, PHONE)
    assert "cannot store alice: the disk is full" in caplog.text


def test_an_address_of_record_with_another_name_of_its_domain() -> None:
    async def story(side: Side) -> None:
        for host, status in (("office.example", 200), ("real.example", 200), ("x.example", 404)):
            to = f"sip:alice@{host}"
            response = await side.far.request(
                "REGISTER", side.uri(), side.flow, sender=to, headers=CONTACT
            )
            assert (host, response.status) == (host, status)

    alias = "[office.example]\ntype=domain_alias\ndomain=real.example\n"
    aor = PHONE.replace("aors=alice", "aors=alice@real.example").replace(
        "[alice]\ntype=aor", "[alice@real.example]\ntype=aor"
    )
    play(story, aor + alias)


def test_a_contact_that_changes_its_parameters_is_one_contact() -> None:
    """An endpoint that registers with another parameter each time filled the memory."""

    async def story(side: Side) -> None:
        for number in range(20):
            contact = ("Contact", f"<sip:alice@127.0.0.1:5070;x={number}>")
            response = await side.far.request("REGISTER", side.uri(), side.flow, headers=(contact,))
            assert response.status == 200
            assert len(side.service.location.contacts(side.service.settings.aors["alice"])) == 1
        assert len(side.service.location._contacts) == 1

    play(story, PHONE)


EXPIRING = f"""\
{PHONE}minimum_expiration=1
[global]
type=global
contact_expiration_check_interval={{interval}}
"""


@pytest.mark.parametrize(("interval", "is_told"), [(10, True), (0, False)])
def test_who_does_not_register_again_is_gone(
    monkeypatch: pytest.MonkeyPatch, interval: int, *, is_told: bool
) -> None:
    async def story(side: Side) -> None:
        told: list[str] = []
        changed: list[str] = []
        side.pbx.events.subscribe(ContactChanged, lambda event: told.append(event.status))
        side.pbx.datastore(DeviceStates).watch(side.pbx)
        side.pbx.events.subscribe(DeviceStateChanged, lambda event: changed.append(event.state))
        watching = side.pbx.spawn(watch_expiry(side.service), name="expiry")
        for expires in ("60", "5"):
            headers = (("Contact", f"<sip:a{expires}@192.0.2.99>"), ("Expires", expires))
            response = await side.far.request(
                "REGISTER", side.uri(), side.flow, sender="sip:alice@x", headers=headers
            )
            assert response.status == 200
        now = location._wall_clock()
        monkeypatch.setattr(location, "_wall_clock", lambda: now + 6)
        await asyncio.sleep(11)
        assert told == (["Created", "Created", "Removed"] if is_told else ["Created"] * 2)
        assert changed[-1:] == ["NOT_INUSE"]
        contacts = side.service.location.contacts(side.service.settings.aors["alice"])
        assert [each.uri for each in contacts] == ["sip:a60@192.0.2.99"]
        if is_told:
            stored = side.pbx.astdb.get(FAMILY, "alice") or ""
            assert "a60" in stored
            assert "a5@" not in stored
            monkeypatch.setattr(location, "_wall_clock", lambda: now + 61)
            await asyncio.sleep(11)
            assert told[3:] == ["Removed"]
            assert changed[-1] == "UNAVAILABLE"
            assert side.pbx.astdb.get(FAMILY, "alice") is None
            assert side.service.location._contacts == {}
        watching.cancel()

    pjsip = EXPIRING.replace("max_contacts=1", "max_contacts=2").format(interval=interval)
    play(story, pjsip)


@pytest.mark.parametrize(("tells", "said"), [("no", ["Created"]), ("yes", ["Created", "Updated"])])
def test_a_refresh_is_told_where_that_is_wanted(tells: str, said: list[str]) -> None:
    async def story(side: Side) -> None:
        told: list[tuple[str, str]] = []
        side.pbx.events.subscribe(
            ContactChanged, lambda event: told.append((event.status, event.uri))
        )
        for parameter in ("", "", ";x=1"):
            headers = (("Contact", f"<sip:alice@192.0.2.99{parameter}>"),)
            await side.far.request(
                "REGISTER", side.uri(), side.flow, sender="sip:alice@x", headers=headers
            )
        uri = "sip:alice@192.0.2.99"
        before = [(each, uri) for each in said]
        assert told == [*before, ("Created", f"{uri};x=1"), ("Removed", uri)]

    more = f"[global]\ntype=global\nsend_contact_status_on_update_registration={tells}\n"
    play(story, PHONE + more)
