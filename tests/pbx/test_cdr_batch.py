"""Batches of call records, in virtual time."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from switchroom.pbx.records.cdr_batch import RecordBatch
from switchroom.storage.call_record import CallRecord
from switchroom.storage.record_journal import RecordJournal
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


# what waits is on disk


class Writer:
    """Tells when a record is where it belongs, as those that write in a thread do."""

    name = "writer"

    def __init__(self) -> None:
        self.writes: list[tuple[CallRecord, Future[None]]] = []

    def write(self, record: CallRecord) -> Future[None]:
        self.writes.append((record, Future()))
        return self.writes[-1][1]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_killed_process_leaves_its_batch_to_the_next(tmp_path: Path) -> None:
    async def main() -> None:
        batch = RecordBatch([Backend()], size=10, within=60, journal=RecordJournal(tmp_path))
        for number in range(3):
            batch.take(replace(record(number), variables={"note": "grüß"}))

    run_virtual(main())
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes() + b'{"clid": "half a li')
    writer = Writer()
    batch = RecordBatch([writer], journal=RecordJournal(tmp_path))
    assert batch.recover() == 3
    assert [each.sequence for each, _ in writer.writes] == [0, 1, 2]
    assert writer.writes[0][0] == replace(record(0), variables={"note": "grüß"})
    for _, done in writer.writes[:2]:
        done.set_result(None)
    assert files(tmp_path), "one is not written yet"
    writer.writes[2][1].set_result(None)
    assert files(tmp_path) == []
    assert batch.recover() == 0


def test_a_batch_is_forgotten_when_it_is_written_and_not_when_that_failed(tmp_path: Path) -> None:
    writer = Writer()

    async def main() -> None:
        batch = RecordBatch([writer], size=2, within=60, journal=RecordJournal(tmp_path))
        for number in range(5):
            batch.take(record(number))
        assert files(tmp_path) == [f"batch-0000000{n}.jsonl" for n in (1, 2, 3)]
        for _, done in writer.writes[:2]:
            done.set_result(None)
        assert files(tmp_path) == [f"batch-0000000{n}.jsonl" for n in (2, 3)]
        writer.writes[2][1].set_exception(OSError("full"))
        writer.writes[3][1].set_result(None)
        assert files(tmp_path) == [f"batch-0000000{n}.jsonl" for n in (2, 3)]

    run_virtual(main())


def test_without_a_batch_nothing_is_kept_beside(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    RecordBatch([Backend()], journal=RecordJournal(folder)).take(record(1))
    assert not folder.exists()


def test_a_disk_that_takes_nothing_does_not_lose_records(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    backend = Backend()

    async def main() -> None:
        journal = RecordJournal(tmp_path / "file" / "folder")
        batch = RecordBatch([backend], size=2, within=60, journal=journal)
        batch.take(record(1))
        batch.take(record(2))

    run_virtual(main())
    assert backend.sequences == [1, 2]
