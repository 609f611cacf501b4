"""Who hung up: ``CHANNEL(hangupsource)``, and what channel events (CEL) tell of the end."""

from __future__ import annotations

from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings

DIALPLAN = "dialplan/builtin"  #: Hangup() in the dialplan


def note_hangup_source(channel: Channel, source: str) -> None:
    """Keep who ends a channel, and whom it talks with; the first counts.

    Args:
        channel: About to hang up.
        source: A channel's name, or :data:`DIALPLAN`.
    """
    party = party_of(channel)
    others = [each.channel for each in party.others] if party is not None else []
    for each in (channel, *others):
        settings = each.datastore(ChannelSettings)
        settings.hangup_source = settings.hangup_source or source
