"""The queue log as rows of a table, with the columns that reports of the original expect."""

from __future__ import annotations

import time

from switchroom.storage.sql.statements import Insert

DATA_COLUMNS = 5


def queue_log_row(table: str, moment: float, cells: tuple[str, ...], *, in_utc: bool) -> Insert:
    """The row of one line.

    Args:
        table: Its name.
        moment: Seconds since the epoch.
        cells: Call id, queue, agent and event, then what belongs to the event.
        in_utc: Times are UTC.
    """
    call_id, queue, agent, event, *data = cells
    broken_down = time.gmtime(moment) if in_utc else time.localtime(moment)
    fraction = f"{moment % 1:.6f}"[1:]
    values: dict[str, str | None] = {
        "time": time.strftime("%Y-%m-%d %H:%M:%S", broken_down) + fraction,
        "callid": call_id,
        "queuename": queue,
        "agent": agent,
        "event": event,
        "data": "|".join(data),
    }
    for number in range(1, DATA_COLUMNS + 1):
        values[f"data{number}"] = data[number - 1] if number <= len(data) else ""
    return Insert(table, values)
