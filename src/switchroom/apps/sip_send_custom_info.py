"""SIPSendCustomINFO(): an INFO within all calls at once, for dialplans of before 21.

Family: SIP
"""

from __future__ import annotations

from switchroom.channels.sip.driver import ESTABLISHED, SipChannelDriver
from switchroom.channels.sip.unheard import UNHEARD
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.sip.session import Session

CONTENT_TYPE = ("Content-Type", "text/plain;charset=UTF-8")


@application("SIPSendCustomINFO")
def sip_send_custom_info(channel: Channel, data: str, user_agent: str = "") -> None:
    """Send a text by INFO to the phones of all SIP calls that are up.

    Args:
        channel: The channel.
        data: The body of the INFO.
        user_agent: Only to phones that call themselves so, whatever the case of letters.

    Examples:
        SIPSendCustomINFO(closing in five minutes)
        SIPSendCustomINFO(closing in five minutes,Snom870/8.7)
    """
    wanted = user_agent.strip().lower()
    for each in tuple(channel.pbx.channels.values()):
        driver = each.driver
        session = driver.session if isinstance(driver, SipChannelDriver) else None
        if not isinstance(driver, SipChannelDriver) or session is None:
            continue
        if session.state not in ESTABLISHED or (wanted and _agent(session).lower() != wanted):
            continue
        body = data.encode("utf-8", "surrogateescape")
        session.request_within(
            "INFO", now=driver.now, headers=[CONTENT_TYPE], body=body, user=UNHEARD
        )
        driver.pump()


def _agent(session: Session) -> str:
    """What the party calls itself: in its INVITE, or in its answer to ours."""
    if session.request is not None:
        return session.request.get("user-agent").strip()
    answer = session.response
    return (answer.get("user-agent") or answer.get("server")).strip() if answer is not None else ""
