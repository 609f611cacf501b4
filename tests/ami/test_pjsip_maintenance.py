"""PJSIPSetMaintenance, PJSIPShowMaintenance, the event, and who may not."""

from __future__ import annotations

from pathlib import Path

from switchroom.channels.sip.endpoints.maintenance import Maintenance
from tests.ami.support import Ami, run_ami


def test_maintenance(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        ami.pbx.datastore(Maintenance).known = lambda: ["alice", "bob"]
        boss = await ami.user("boss", "top")
        answer = await boss.ask("PJSIPSetMaintenance", Endpoint="alice", State="on")
        assert answer.get("Response") == "Success"
        assert boss.heard[-1].headers == (
            ("Event", "PJSIPMaintenanceStatus"), ("Privilege", "system,all"),
            ("Endpoint", "alice"), ("Status", "enabled"),
        )  # fmt: skip
        await boss.ask("PJSIPShowMaintenance")
        listed = [(e.get("Endpoint"), e.get("Status")) for e in boss.answers[1:-1]]
        assert listed == [("alice", "enabled")]
        assert boss.answers[-1].get("Event") == "PJSIPMaintenanceStatusComplete"
        await boss.ask("PJSIPShowMaintenance", Endpoint="bob")
        assert boss.answers[1].get("Status") == "disabled"
        for headers in (
            {"Endpoint": "carol", "State": "on"}, {"Endpoint": "bob", "State": "maybe"},
            {"Endpoint": "bob"}, {"State": "on"},
        ):  # fmt: skip
            assert (await boss.ask("PJSIPSetMaintenance", **headers)).get("Response") == "Error"
        assert (await boss.ask("PJSIPShowMaintenance", Endpoint="carol")).get("Response") == "Error"
        reporter = await ami.user("reporter", "look")
        answer = await reporter.ask("PJSIPSetMaintenance", Endpoint="alice", State="off")
        assert answer.get("Message") == "Permission denied"
        await reporter.ask("PJSIPShowMaintenance")
        assert len(reporter.answers) == 3
        await boss.ask("PJSIPSetMaintenance", Endpoint="alice", State="off")
        assert ami.pbx.datastore(Maintenance).names() == []

    run_ami(tmp_path, test)
