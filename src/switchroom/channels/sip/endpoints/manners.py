"""Small things in which endpoints are talked to differently."""

from __future__ import annotations

import re
from dataclasses import dataclass

from switchroom.config.acl import ANYBODY, AddressRules
from switchroom.config.language.options import Options
from switchroom.config.sip.signalling import SipSignalling

_NUMBER = re.compile(r"\+?[0-9*#]+")
OUR_SESSION = "Switchroom"  #: the ``s=`` line where nobody wants another


@dataclass(frozen=True, slots=True)
class Manners:
    """Of one endpoint."""

    hides_cause: bool = False  #: no Q.850 cause in BYE, CANCEL and refusals
    rings_inband: bool = False  #: ringing is a tone in early media, and not a 180
    passes_hold: bool = False  #: it is held itself where its peer holds, and hears no music of ours
    keeps_silent: bool = False  #: no music for whom it holds by ``sendonly``
    says_phone: bool = False  #: ``;user=phone`` behind numbers
    contact_user: str = ""  #: of our Contact
    waits_for_digits: bool = True  #: 484 where more digits may lead somewhere
    overlap_context: str = ""  #: where that is looked up; empty: its context
    sdp_owner: str = "-"
    sdp_session: str = OUR_SESSION
    binds_media: bool = False  #: RTP is bound to ``media_address``
    #: Features that its key for recording turns on and off; None: it may not.
    record_features: tuple[str, str] | None = None
    may_call_from: AddressRules = ANYBODY
    may_register_from: AddressRules = ANYBODY  #: addresses in its Contact

    def user_parameters(self, user: str) -> dict[str, str]:
        """Parameters of a URI with ``user``."""
        is_number = self.says_phone and _NUMBER.fullmatch(user)
        return {"user": "phone"} if is_number else {}


def manners_of(options: Options, calls: AddressRules, contacts: AddressRules) -> Manners:
    """From an endpoint of ``pjsip.conf``.

    Args:
        options: Of the endpoint.
        calls: From where it may call.
        contacts: Where its contacts may be.
    """
    return Manners(
        hides_cause=options.flag("suppress_q850_reason_headers"),
        rings_inband=options.flag("inband_progress"),
        passes_hold=options.flag("moh_passthrough"),
        keeps_silent=options.flag("suppress_moh_on_sendonly"),
        says_phone=options.flag("user_eq_phone"),
        contact_user=options.text("contact_user"),
        waits_for_digits=options.flag("allow_overlap"),
        overlap_context=options.text("overlap_context"),
        sdp_owner=options.text("sdp_owner"),
        sdp_session=options.text("sdp_session")
        if options.written.get("sdp_session")
        else OUR_SESSION,
        binds_media=options.flag("bind_rtp_to_media_address"),
        record_features=(options.text("record_on_feature"), options.text("record_off_feature"))
        if options.flag("one_touch_recording")
        else None,
        may_call_from=calls,
        may_register_from=contacts,
    )


def manners_of_peer(
    signalling: SipSignalling, calls: AddressRules, contacts: AddressRules
) -> Manners:
    """From a peer of ``sip.conf``; the rules as for :func:`manners_of`."""
    return Manners(
        rings_inband=signalling.rings_inband,
        says_phone=signalling.says_phone,
        waits_for_digits=signalling.waits_for_digits,
        may_call_from=calls,
        may_register_from=contacts,
    )
