"""The INVITE that a call begins with: who calls, in all the headers that say it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from switchroom.channels.sip.added_headers import AddedHeaders, headers_of_variables
from switchroom.channels.sip.geolocation.sending import located
from switchroom.channels.sip.identity import diversion_headers, identity_headers, sender_of
from switchroom.channels.sip.stir_shaken.stir_shaken import StirShaken
from switchroom.pbx.introduction import who_calls
from switchroom.sip.client import NewCall
from switchroom.sip.flow import host_for_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver


def invitation_of(driver: SipChannelDriver, call: NewCall, sdp: str) -> NewCall:
    """What is sent, of what was asked for.

    Args:
        driver: Of the channel that is dialled.
        call: To whom it goes.
        sdp: The offer.
    """
    channel, endpoint = driver.channel, driver.endpoint
    caller, host = who_calls(channel), host_for_uri(driver.advertised_host)
    general, manners = driver.service.settings.general, endpoint.manners
    what = replace(
        call,
        sdp=sdp,
        from_=sender_of(caller, endpoint, host=host, default=general.from_user),
        contact_user=manners.contact_user or (caller.number if general.contact_of_caller else ""),
        timers=endpoint.timers,
        reliable=endpoint.reliable,
        headers=(
            *call.headers,
            *identity_headers(caller, endpoint, host=host),
            *diversion_headers(channel.redirecting, endpoint, host=host),
            *headers_of_variables(channel.variables),
            *channel.datastore(AddedHeaders).headers,
        ),
    )
    now = channel.pbx.now()
    what = located(driver, what, now=now)
    return channel.pbx.datastore(StirShaken).sign(driver, what, now=now)
