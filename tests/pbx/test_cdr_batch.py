"""Batches of call records, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from switchroom.pbx.cdr_batch import RecordBatch
from switchroom.storage.call_record import CallRecord
from tests.storage.cdr_writer_process import RECORD
from tests.support.fakes import run_virtual


class Backend:
    name = "memory"

    def __init__(self) -> None:
        self.sequences: list[int] = []

    def write(self, record: CallRecord) -> None:
        self.sequences.append(record.sequence)


def record(sequence: int) -> CallRecord:
    return replace(RECORD, sequence=sequence)


def test_without_a_batch_each_record_is_handed_on_at_once() -> None:
    backend = Backend()
    batch = RecordBatch([backend])
    batch.take(record(1))
    assert backend.sequences == [1]


def test_enough_records_are_handed_on_together() -> None:
    backend = Backend()

    async def main() -> None:
        batch = RecordBatch([backend], size=3, within=60)
        for number in range(4):
            batch.take(record(number))
            await asyncio.sleep(1)
        assert backend.sequences == [0, 1, 2]
        assert (len(batch.kept), batch.seconds_left) == (1, 59)
        assert batch.submit() == 1

    run_virtual(main())
    assert backend.sequences == [0, 1, 2, 3]


def test_a_record_is_kept_only_so_long() -> None:
    backend = Backend()

    async def main() -> None:
        batch = RecordBatch([backend], size=100, within=60)
        assert batch.seconds_left == 60
        batch.take(record(1))
        await asyncio.sleep(59)
        assert backend.sequences == []
        await asyncio.sleep(2)
        assert backend.sequences == [1]

    run_virtual(main())
