"""How well audio arrives, as the original tells it."""

from __future__ import annotations

from switchroom.ari.models.channels import RTPstat
from switchroom.pbx.channel import Channel


def rtp_statistics(channel: Channel) -> RTPstat:
    """Of a channel whose audio is open."""
    stream = channel.opened_stream
    assert stream is not None
    counted, quality = stream.statistics(), stream.quality()
    local, remote, trip = quality.local_jitter, quality.remote_jitter, quality.round_trip
    local_loss, remote_loss = quality.local_loss, quality.remote_loss
    return RTPstat(
        txcount=counted.packets_sent,
        rxcount=counted.packets_received,
        txploss=quality.reported_lost,
        rxploss=counted.packets_lost,
        local_ssrc=quality.local_ssrc,
        remote_ssrc=quality.remote_ssrc,
        txoctetcount=counted.octets_sent,
        rxoctetcount=counted.octets_received,
        channel_uniqueid=channel.unique_id,
        txjitter=remote.last,
        rxjitter=counted.jitter,
        remote_maxjitter=remote.most,
        remote_minjitter=remote.least,
        remote_normdevjitter=remote.average,
        remote_stdevjitter=remote.deviation,
        local_maxjitter=local.most,
        local_minjitter=local.least,
        local_normdevjitter=local.average,
        local_stdevjitter=local.deviation,
        remote_maxrxploss=remote_loss.most,
        remote_minrxploss=remote_loss.least,
        remote_normdevrxploss=remote_loss.average,
        remote_stdevrxploss=remote_loss.deviation,
        local_maxrxploss=local_loss.most,
        local_minrxploss=local_loss.least,
        local_normdevrxploss=local_loss.average,
        local_stdevrxploss=local_loss.deviation,
        rtt=trip.last,
        maxrtt=trip.most,
        minrtt=trip.least,
        normdevrtt=trip.average,
        stdevrtt=trip.deviation,
    )
