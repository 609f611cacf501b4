"""The conservation check: what the journal says was born, held against the records there are.

Pure: what was read goes in, gaps come out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from switchroom.storage.channel_journal import JournalledChannel, JournalledRun

#: What ends a call's stay in a queue, in the queue log.
_QUEUE_ENDS = frozenset(
    {
        "ABANDON", "COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER",
        "ATTENDEDTRANSFER", "EXITEMPTY", "EXITWITHKEY", "EXITWITHTIMEOUT", "SYSCOMPAT", "WITHDRAW",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gap:
    """A record that is not there, or there twice."""

    channel: str
    unique_id: str
    at: float  #: when what it should tell happened
    missing: str

    def __str__(self) -> str:
        return f"{self.channel} ({self.unique_id}): {self.missing}"


class CallLine(NamedTuple):
    """What tells call records apart in a file."""

    channel: str
    destination: str
    start: str  #: as it is written there
    disposition: str


@dataclass(frozen=True, slots=True)
class Found:
    """The records there are; None: of a kind that cannot be read, or is not kept."""

    calls: Counter[CallLine] | None = None
    written: Callable[[int], str] = str  #: how call records write an instant
    events: Mapping[str, Counter[str]] | None = None  #: by unique id: how often each
    queue_log: Iterable[tuple[str, str]] | None = None  #: unique id and event, in order


@dataclass(slots=True)
class Verdict:
    """What came out."""

    channels: int = 0
    going_on: int = 0
    call_records: int = 0
    channel_events: int = 0
    queue_calls: int = 0
    gaps: list[Gap] = field(default_factory=list)


def verify(runs: Iterable[JournalledRun], found: Found, *, settled: float) -> Verdict:
    """Look for gaps.

    Args:
        runs: What the journal has.
        found: The records.
        settled: Channels that were gone later may have records on their way, if their process
            lives.
    """
    verdict = Verdict()
    known: dict[str, JournalledChannel] = {}
    keys: Counter[CallLine] = Counter()
    owners: dict[CallLine, JournalledChannel] = {}
    for run in runs:
        for channel in run.channels.values():
            verdict.channels += 1
            if run.is_alive and (channel.gone_at is None or channel.gone_at > settled):
                verdict.going_on += 1
                continue
            known[channel.unique_id] = channel
            if run.keeps_records and found.calls is not None:
                if channel.gone_at is None:
                    verdict.gaps.append(_killed(channel, "call record"))
                for record in channel.records:
                    line = CallLine(
                        record.channel,
                        record.destination,
                        found.written(record.start),
                        record.disposition,
                    )
                    keys[line] += 1
                    owners[line] = channel
            if found.events is not None:
                counts = found.events.get(channel.unique_id, Counter())
                verdict.channel_events += counts.total()
                verdict.gaps += _event_gaps(channel, counts, run.events)
    if found.calls is not None:
        verdict.call_records = keys.total()
        verdict.gaps += _record_gaps(keys, owners, found.calls)
    if found.queue_log is not None:
        verdict.queue_calls, gaps = _queue_gaps(known, found.queue_log)
        verdict.gaps += gaps
    verdict.gaps.sort(key=lambda gap: (gap.at, gap.channel, gap.missing))
    return verdict


def _killed(channel: JournalledChannel, what: str) -> Gap:
    missing = f"no {what}: the node was killed while it was up"
    return Gap(channel.name, channel.unique_id, channel.born_at, missing)


def _record_gaps(
    keys: Counter[CallLine],
    owners: Mapping[CallLine, JournalledChannel],
    found: Counter[CallLine],
) -> Iterator[Gap]:
    for key, count in keys.items():
        there, owner = found[key], owners[key]
        what = f"call record to {key.destination or 'nobody'} ({key.disposition})"
        if there < count:
            text = f"no {what}" if not there else f"{count - there} of {count}: {what}"
            yield Gap(owner.name, owner.unique_id, owner.gone_at or owner.born_at, text)
        elif there > count:
            text = f"{there} times instead of {count}: {what}"
            yield Gap(owner.name, owner.unique_id, owner.gone_at or owner.born_at, text)


def _event_gaps(
    channel: JournalledChannel, counts: Counter[str], told: frozenset[str]
) -> Iterator[Gap]:
    if "CHAN_START" in told and not counts["CHAN_START"]:
        yield Gap(channel.name, channel.unique_id, channel.born_at, "no event CHAN_START")
    for name in ("HANGUP", "CHAN_END"):
        if name in told and not counts[name]:
            if channel.gone_at is None:
                yield _killed(channel, f"event {name}")
            else:
                yield Gap(channel.name, channel.unique_id, channel.gone_at, f"no event {name}")
    for begin, end in (("BRIDGE_ENTER", "BRIDGE_EXIT"), ("APP_START", "APP_END")):
        open_ = counts[begin] - counts[end]
        if {begin, end} <= told and open_ and channel.gone_at is not None:
            text = f"{counts[begin]} times {begin}, {counts[end]} times {end}"
            yield Gap(channel.name, channel.unique_id, channel.gone_at, text)


def _queue_gaps(
    known: Mapping[str, JournalledChannel], log: Iterable[tuple[str, str]]
) -> tuple[int, list[Gap]]:
    waiting: dict[str, int] = defaultdict(int)
    calls: set[str] = set()
    for unique_id, event in log:
        if event == "ENTERQUEUE":
            calls.add(unique_id)
            waiting[unique_id] += 1
        elif event in _QUEUE_ENDS and waiting[unique_id]:
            waiting[unique_id] -= 1
    gaps = [
        Gap(
            known[unique_id].name,
            unique_id,
            known[unique_id].gone_at or known[unique_id].born_at,
            "the queue log does not tell how it left its queue",
        )
        for unique_id, count in waiting.items()
        if count and unique_id in known
    ]
    return len(calls & known.keys()), gaps
