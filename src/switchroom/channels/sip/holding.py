"""Parties that put their calls on hold, and take them up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.office import hold_music
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.events import HoldChanged
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.sdp.negotiation import Agreement

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver


def holds(agreement: Agreement) -> bool:
    """Whoever wants to send only, or nothing, holds the call; so does 0.0.0.0 (RFC 2543)."""
    if agreement.direction in {"recvonly", "inactive"}:
        return True
    return agreement.host == "0.0.0.0" and agreement.ice is None  # with ICE it is not known yet


def note_hold(driver: SipChannelDriver, agreement: Agreement) -> None:
    """Take up what an offer says of hold: the other party hears music, or no more."""
    is_held = holds(agreement)
    if is_held is driver.is_held:
        return
    driver.is_held = is_held
    channel = driver.channel
    if channel.pbx.events.wants(HoldChanged):
        channel.pbx.events.publish(HoldChanged(channel.name, channel.unique_id, is_held))
    party = party_of(channel)
    other = party.peer if party is not None else None
    if other is None or driver.endpoint.manners.keeps_silent:
        return
    if channel.datastore(ChannelSettings).intercepts_hold:
        return
    far = other.channel.driver
    if isinstance(far, type(driver)) and far.passes_hold:
        far.reoffer(direction="sendonly" if is_held else "sendrecv")
    elif is_held:
        music = hold_music(driver.endpoint, other.channel)
        channel.pbx.spawn(begin_hold(other.channel, music), name=other.channel.name)
    else:
        end_hold(other.channel)
