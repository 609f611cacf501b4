"""181 Call Is Being Forwarded: callers are told that their call goes elsewhere, and we hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.channels.sip.identity import diversion_headers, redirecting_of
from switchroom.pbx.channel import Progress
from switchroom.sip.flow import host_for_uri
from switchroom.sip.message import Response
from switchroom.sip.session import SessionState

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver

MAX_HEARD = 10  #: of one call; each may go on to a caller, and run a routine there


class Heard:
    """Of one call of ours: how often its party said that it goes elsewhere."""

    def __init__(self) -> None:
        self.times = 0


def tell_redirecting(driver: SipChannelDriver) -> None:
    """Tell the party of a call that is not answered yet where it goes, and why."""
    session = driver.session
    if session is None or session.state is not SessionState.INCOMING:
        return
    host = host_for_uri(driver.advertised_host)
    headers = diversion_headers(driver.channel.redirecting, driver.endpoint, host=host)
    session.provisional(181, now=driver.now, headers=headers)
    driver.pump()


def hear_diversion(driver: SipChannelDriver, response: Response | None) -> None:
    """A party says that it has sent our call on; without a word of who did, nothing is new."""
    found = redirecting_of(response) if response is not None else None
    channel = driver.channel
    if found is None or found == channel.redirecting:
        return
    heard = channel.datastore(Heard)
    heard.times += 1
    if heard.times <= MAX_HEARD:
        channel.redirecting = found
        channel.on_progress(Progress.DIVERTED)
