"""What the figures of a run say, and of whom."""

from __future__ import annotations

from enum import StrEnum

from switchroom.tools.bench.measuring import Tally

BUSIEST = 0.85  #: of a core: a process of the load that took more may have been too slow
LATEST = 0.05  #: seconds that calls may begin too late, the latest of twenty left out
MOST_LOST = 0.001  #: of all packets


class Verdict(StrEnum):
    """How a run went."""

    CLEAN = "clean"  #: all succeeded, nothing was sent twice
    FAILING = "failing"  #: the server refused, lost or was slow
    SATURATED = "saturated"  #: this side could not keep up: nothing is known of the server's limit
    NOBODY = "nobody"  #: no answer at all


def own_limits(tally: Tally) -> list[str]:
    """Why the load itself may have been the limit; nothing where it was not."""
    effort = tally.effort
    found: list[str] = []
    if effort.cpu_share > BUSIEST:
        share = f"{effort.cpu_share:.0%}"
        found.append(f"a process of the load took {share} of a core")
    lag = effort.lag.quantile(0.95)
    if lag is not None and lag > LATEST:
        found.append(f"calls began {lag * 1000:.0f} ms too late")
    return found


def judge(tally: Tally) -> Verdict:
    """What a run says."""
    if tally.begun and not tally.done and not tally.refused:
        return Verdict.NOBODY
    lost = tally.audio.lost > MOST_LOST * max(tally.audio.received, 1)
    is_clean = not (tally.failed or tally.late or tally.audio.silent or lost)
    if own_limits(tally):
        # Whatever went wrong may be ours; and a load that was not made proves nothing.
        return Verdict.SATURATED
    return Verdict.CLEAN if is_clean else Verdict.FAILING
