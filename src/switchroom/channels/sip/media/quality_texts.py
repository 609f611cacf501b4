"""What the dialplan reads of a call's RTCP: ``CHANNEL(rtcp,…)`` and the RTPAUDIOQOS variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.media.api import Stream, StreamStatistics
from switchroom.media.quality import Series, StreamQuality
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel

#: Set when the call ends, before ``h`` runs; with BRIDGED in the middle, those of the peer.
VARIABLES: Mapping[str, str] = MappingProxyType(
    {"": "all", "JITTER": "all_jitter", "LOSS": "all_loss", "RTT": "all_rtt", "MES": "all_mes"}
)

_Read = Callable[[StreamStatistics, StreamQuality], int | float]

_SINGLE: Mapping[str, _Read] = MappingProxyType(
    {
        "txcount": lambda s, _: s.packets_sent,
        "rxcount": lambda s, _: s.packets_received,
        "txjitter": lambda _, q: q.remote_jitter.last,
        "rxjitter": lambda s, _: s.jitter,
        "txploss": lambda _, q: q.reported_lost,
        "rxploss": lambda s, _: max(0, s.packets_lost),
        "rtt": lambda s, _: s.round_trip or 0.0,
        "txmes": lambda _, q: q.remote_score.last,
        "rxmes": lambda _, q: q.local_score.last,
        "local_ssrc": lambda _, q: q.local_ssrc,
        "remote_ssrc": lambda _, q: q.remote_ssrc,
    }
)
_SERIES: Mapping[str, Callable[[StreamQuality], Series]] = MappingProxyType(
    {
        "local_{}jitter": lambda q: q.local_jitter,
        "remote_{}jitter": lambda q: q.remote_jitter,
        "local_{}rxploss": lambda q: q.local_loss,
        "remote_{}rxploss": lambda q: q.remote_loss,
        "local_{}mes": lambda q: q.local_score,
        "remote_{}mes": lambda q: q.remote_score,
        "{}rtt": lambda q: q.round_trip,
    }
)
_FIGURES: Mapping[str, Callable[[Series], float]] = MappingProxyType(
    {
        "min": lambda series: series.least,
        "max": lambda series: series.most,
        "normdev": lambda series: series.average,
        "stdev": lambda series: series.deviation,
    }
)
_OF_SERIES: Mapping[str, tuple[Callable[[StreamQuality], Series], Callable[[Series], float]]] = (
    MappingProxyType(
        {
            name.format(figure): (series, read)
            for name, series in _SERIES.items()
            for figure, read in _FIGURES.items()
        }
    )
)


def _all(statistics: StreamStatistics, quality: StreamQuality) -> str:
    return (
        f"ssrc={quality.local_ssrc};themssrc={quality.remote_ssrc}"
        f";lp={max(0, statistics.packets_lost)};rxjitter={statistics.jitter:.6f}"
        f";rxcount={statistics.packets_received};txjitter={quality.remote_jitter.last:.6f}"
        f";txcount={statistics.packets_sent};rlp={quality.reported_lost}"
        f";rtt={statistics.round_trip or 0.0:.6f};txmes={quality.remote_score.last:.6f}"
        f";rxmes={quality.local_score.last:.6f}"
    )


def _both(local: Series, remote: Series, here: str, there: str) -> str:
    return (
        f"min{here}={local.least:.6f};max{here}={local.most:.6f}"
        f";avg{here}={local.average:.6f};stdev{here}={local.deviation:.6f}"
        f";reported_min{there}={remote.least:.6f};reported_max{there}={remote.most:.6f}"
        f";reported_avg{there}={remote.average:.6f};reported_stdev{there}={remote.deviation:.6f};"
    )


def _trips(trip: Series) -> str:
    return (
        f"minrtt={trip.least:.6f};maxrtt={trip.most:.6f}"
        f";avgrtt={trip.average:.6f};stdevrtt={trip.deviation:.6f};"
    )


_TEXTS: Mapping[str, Callable[[StreamStatistics, StreamQuality], str]] = MappingProxyType(
    {
        "all": _all,
        "all_jitter": lambda _, q: _both(q.local_jitter, q.remote_jitter, "rxjitter", "jitter"),
        "all_loss": lambda _, q: _both(q.local_loss, q.remote_loss, "rxlost", "lost"),
        "all_mes": lambda _, q: _both(q.local_score, q.remote_score, "mes", "mes"),
        "all_rtt": lambda _, q: _trips(q.round_trip),
    }
)


def statistic(stream: Stream, name: str) -> str | None:
    """One statistic of a stream by its name in ``CHANNEL(rtcp,…)``; None: there is none such."""
    name = name.lower()
    if name in _OF_SERIES:
        series, figure = _OF_SERIES[name]
        return f"{figure(series(stream.quality())):.6f}"
    if name in _SINGLE:
        found = _SINGLE[name](stream.statistics(), stream.quality())
        return str(found) if isinstance(found, int) else f"{found:.6f}"
    text = _TEXTS.get(name)
    return text(stream.statistics(), stream.quality()) if text is not None else None


def set_variables(channel: Channel, stream: Stream, *, kind: str = "AUDIO") -> None:
    """Leave what the reports told in variables of the channel and of whom it talked with."""
    statistics = stream.statistics()
    if not (statistics.packets_sent or statistics.packets_received):
        return  # no call to speak of
    quality = stream.quality()
    party = party_of(channel)
    peer = party.peer.channel if party is not None and party.peer is not None else None
    for suffix, name in VARIABLES.items():
        text = _TEXTS[name](statistics, quality)
        channel.set_variable(f"RTP{kind}QOS{suffix}", text)
        if peer is not None:
            peer.set_variable(f"RTP{kind}QOS{suffix}BRIDGED", text)
