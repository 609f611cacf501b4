"""Writes call records and says which were acknowledged, until it is killed."""

from __future__ import annotations

import itertools
import os
import sys
from dataclasses import replace
from pathlib import Path

from switchroom.storage.call_record import CallRecord, Disposition
from switchroom.storage.cdr_csv import CdrCsv, CsvColumns

RECORD = CallRecord(
    clid='"Alice" <100>',
    src="100",
    dst="200",
    dcontext="internal",
    channel="PJSIP/a-00000001",
    dstchannel="PJSIP/b-00000002",
    lastapp="Dial",
    lastdata="PJSIP/b,20",
    start=1735689600.0,
    answer=1735689605.0,
    end=1735689665.0,
    disposition=Disposition.ANSWERED,
    amaflags="DOCUMENTATION",
    accountcode="sales",
    peeraccount="support",
    tenantid="",
    uniqueid="1735689600.7",
    linkedid="1735689600.6",
    userfield="order 1",
    sequence=12,
)


def main() -> None:
    files = CdrCsv(Path(sys.argv[1]), CsvColumns(unique_id=True))
    numbers = itertools.count()
    while True:
        group = [(number, files.write(replace(RECORD, uniqueid=str(number))))
                 for number in itertools.islice(numbers, 8)]  # fmt: skip
        for number, written in group:
            written.result()
            os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    main()
