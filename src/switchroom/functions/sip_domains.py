"""CHECKSIPDOMAIN(): whether a domain is ours.

Family: SIP
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.technology import SipTechnology
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel


@function("CHECKSIPDOMAIN")
def check_sip_domain(channel: Channel, domain: str) -> str:
    """The domain, where it is one of ours, else nothing.

    Ours are those of ``domain =`` in ``sip.conf``, with ``autodomain = yes`` also the host's name
    and the addresses that it listens on, and the aliases of ``type = domain_alias`` in
    ``pjsip.conf``.

    Args:
        channel: The channel.
        domain: The domain, a name or an address.

    Examples:
        exten => s,1,GotoIf($["${CHECKSIPDOMAIN(example.com)}" = ""]?elsewhere)
         same => n,Dial(SIP/alice)
         same => n,Hangup()
         same => n(elsewhere),Dial(SIP/trunk/alice)
    """
    technology = channel.pbx.technologies.get("SIP")
    if not isinstance(technology, SipTechnology):
        raise DialplanError("CHECKSIPDOMAIN: there is no SIP here")
    settings = technology.service.settings
    wanted = domain.strip().lower()
    is_ours = wanted in settings.domains or wanted in settings.domain_aliases
    return domain.strip() if is_ours else ""
