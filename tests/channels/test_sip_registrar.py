import asyncio

import pytest

from switchroom.channels.sip.registrations.location import FAMILY, Location
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
