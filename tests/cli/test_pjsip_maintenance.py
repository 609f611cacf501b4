"""pjsip set maintenance, pjsip show maintenance."""

from __future__ import annotations

from switchroom.channels.sip.endpoints.maintenance import Maintenance
from tests.cli.fakes import CliNode
from tests.cli.test_commands import complete, run


def test_maintenance(cli: CliNode) -> None:
    maintenance = cli.context.pbx.datastore(Maintenance)
    maintenance.known = lambda: ["alice", "bob"]
    assert run(cli, "pjsip show maintenance") == "No endpoint is in maintenance\n"
    assert run(cli, "pjsip set maintenance on alice") == "Maintenance of alice is on\n"
    assert run(cli, "pjsip show maintenance alice") == "alice is in maintenance\n"
    assert run(cli, "pjsip show maintenance bob") == "bob is not in maintenance\n"
    assert run(cli, "pjsip show maintenance eve") == "Unable to find object eve.\n\n"
    assert run(cli, "pjsip set maintenance on eve") == "Unable to find object eve.\n\n"
    run(cli, "pjsip set maintenance on all")
    assert run(cli, "pjsip show maintenance") == "alice\nbob\n"
    run(cli, "pjsip set maintenance off all")
    assert maintenance.names() == []
    assert run(cli, "pjsip set maintenance maybe all").startswith("Usage: pjsip set maintenance")
    assert complete(cli, "pjsip set maintenance on a") == ["alice", "all"]
