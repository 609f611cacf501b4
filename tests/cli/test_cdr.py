"""``cdr show status``, ``cdr show active``, ``cdr submit``."""

from __future__ import annotations

import asyncio

from switchroom.cli.registry import collect_commands
from switchroom.pbx.records.cdr import RecordRules
from switchroom.pbx.records.cdr_batch import RecordBatch
from switchroom.pbx.records.cdr_recorder import CallRecords, Recorder
from switchroom.storage.call_record import CallRecord
from tests.cli.fakes import CliNode
from tests.support.fakes import make_channel


class Backend:
    name = "csv"

    def __init__(self) -> None:
        self.records: list[CallRecord] = []

    def write(self, record: CallRecord) -> None:
        self.records.append(record)


def run(cli: CliNode, *lines: str, size: int = 1) -> tuple[list[str], Backend]:
    """What the lines answer while one channel is up and another has just ended."""
    backend = Backend()

    async def main() -> list[str]:
        pbx = cli.context.pbx
        async with pbx:
            records = pbx.datastore(CallRecords)
            records.batch = RecordBatch([backend], size=size, within=60)
            recorder = Recorder(pbx, RecordRules(keeps_unanswered=True), records.batch.take)
            recorder.start()
            channel = make_channel(pbx, name="PJSIP/alice-00000001", extension="200")
            channel.application, channel.data = "Wait", "5"
            await channel.answer()
            make_channel(pbx, name="PJSIP/bob-00000002").finish()
            return [await collect_commands().execute(line, cli.context) for line in lines]

    return asyncio.run(main()), backend


def test_status_names_the_backends(cli: CliNode) -> None:
    (status,), _ = run(cli, "cdr show status")
    assert "  Mode:                       Simple\n" in status
    assert status.endswith("* Registered Backends\n  -------------------\n    csv\n\n")


def test_status_when_off(cli: CliNode) -> None:
    cli.context.pbx.datastore(CallRecords).is_on = False
    (status,), _ = run(cli, "cdr show status")
    assert "  Logging:                    Disabled\n" in status
    assert "Backends" not in status


def test_a_batch_and_its_submission(cli: CliNode) -> None:
    (status, submitted, after), backend = run(
        cli, "cdr show status", "cdr submit", "cdr show status", size=10
    )
    assert "  Mode:                       Batch\n" in status
    assert "  Current batch size:         1 record\n" in status
    assert submitted == "1 record handed on\n"
    assert "  Current batch size:         0 records\n" in after
    assert backend.records[0].channel == "PJSIP/bob-00000002"


def test_nothing_to_submit_without_a_batch(cli: CliNode) -> None:
    (answer,), _ = run(cli, "cdr submit")
    assert "batch mode is off" in answer


def test_active(cli: CliNode) -> None:
    (listed, one, unknown), _ = run(
        cli, "cdr show active", "cdr show active PJSIP/alice-00000001", "cdr show active PJSIP/x"
    )
    rows = listed.splitlines()
    assert rows[-1].split()[:3] == ["PJSIP/alice-00000001", "<none>", "Wait"]
    assert "bob" not in listed
    assert "  Destination:   200@default\n" in one
    assert "  LastApp:       Wait(5)\n" in one
    assert "There is no call record of PJSIP/x" in unknown
