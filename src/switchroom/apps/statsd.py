"""StatsD(): a figure of the dialplan's own for a StatsD server.

Family: Programs and logs
"""

from __future__ import annotations

import logging
import math
import re

from switchroom.base.errors import PassedOverError
from switchroom.base.text import leading_float
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.statsd import MAX_NAME, Figure, Kind, Statsd

logger = logging.getLogger(__name__)

_SIGNED = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
_UNSIGNED = re.compile(r"[0-9]{1,18}(\.[0-9]{1,9})?")
#: What would end a name, or the figure.
_FORBIDDEN = re.compile(r"[:|@\s\x00-\x1f]")


@application("StatsD", goes_on=True)
def statsd(
    channel: Channel, metric_type: str, statistic_name: str, value: str, sample_rate: str = ""
) -> None:
    """Send a figure to the StatsD server of ``statsd.conf``; a call never waits for that.

    Args:
        channel: The channel.
        metric_type: ``g``, a gauge: a value, or with a sign in front a change of it; ``c``, a
            counter: what is added; ``ms``, a timer: milliseconds; ``s``, a set: any text, of which
            the server counts the different ones; ``m``, a meter.
        statistic_name: Its name, parts of it with dots between.
        value: The value.
        sample_rate: From 0 to 1: the share of such figures that is sent; the server makes up for
            the others.

    Examples:
        ; statsd.conf: [general] enabled = yes
        StatsD(c,calls.support,1)
        StatsD(g,callers.waiting,+1)
        StatsD(ms,call.time,${CDR(duration)}000,0.1)
        StatsD(s,numbers.today,${CALLERID(num)})
    """
    kind = _kind(metric_type)
    name, text = statistic_name.strip(), value.strip()
    if not name or len(name) > MAX_NAME or _FORBIDDEN.search(name):
        raise PassedOverError(f"StatsD: {name[:80]!r} is no name of a figure")
    _check_value(kind, text)
    rate = _rate(sample_rate)
    sender = channel.pbx.datastore(Statsd)
    if not sender.is_on:
        logger.debug("%s: StatsD: statsd.conf names no server", channel.name)
    chance = channel.pbx.chance.random if rate < 1 else None
    sender.send(Figure(name, kind, text, rate), chance=chance)


def _kind(text: str) -> Kind:
    try:
        return Kind(text.strip())
    except ValueError:
        raise PassedOverError(
            f"StatsD: {text!r} is none of {', '.join(kind.value for kind in Kind)}"
        ) from None


def _check_value(kind: Kind, text: str) -> None:
    if kind is Kind.SET:
        is_good = bool(text) and len(text) <= MAX_NAME and not re.search(r"[|\x00-\x1f]", text)
    else:
        # A gauge and a counter may go down; what lasts or happens does not.
        allowed = _SIGNED if kind in {Kind.GAUGE, Kind.COUNTER} else _UNSIGNED
        is_good = allowed.fullmatch(text) is not None
    if not is_good:
        raise PassedOverError(f"StatsD: {text[:80]!r} is no value of a {kind.name.lower()}")


def _rate(text: str) -> float:
    if not text.strip():
        return 1.0
    rate = leading_float(text)
    if rate is None or math.isnan(rate) or not 0 <= rate <= 1:
        raise PassedOverError(f"StatsD: {text!r} is no share from 0 to 1")
    return rate
