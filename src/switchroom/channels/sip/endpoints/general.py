"""What holds for all endpoints: ``type = global`` of pjsip.conf."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.config.language.options import Options


@dataclass(frozen=True, slots=True)
class General:
    """Of the whole SIP side."""

    from_user: str = "asterisk"  #: of a From, where nobody is known to call
    outbound_endpoint: str = "default_outbound_endpoint"  #: for requests to bare URIs
    voicemail_extension: str = ""  #: what phones dial to hear their messages
    mwi_waits_for_change: bool = False  #: a phone that registers is told of no messages
    ring_after_progress: bool = False  #: 180 may follow 183
    cuts_user_options: bool = False  #: a semicolon ends the number in a Request-URI
    contact_of_caller: bool = False  #: the Contact of our INVITE has the caller's number
    max_forwards: int = 70
    checks_expiry: float = 30.0  #: seconds between looks for contacts that expired; 0: none
    tells_refreshes: bool = False  #: the manager hears of each registration that is refreshed
    spreads_qualify: float = 0.0  #: seconds over which the first OPTIONS are spread


def general_of(options: Options | None) -> General:
    """From ``pjsip.conf``; None: it has no such section."""
    if options is None:
        return General()
    return General(
        from_user=options.text("default_from_user"),
        outbound_endpoint=options.text("default_outbound_endpoint"),
        voicemail_extension=options.text("default_voicemail_extension"),
        mwi_waits_for_change=options.flag("mwi_disable_initial_unsolicited"),
        ring_after_progress=options.flag("allow_sending_180_after_183"),
        cuts_user_options=options.flag("ignore_uri_user_options"),
        contact_of_caller=options.flag("use_callerid_contact"),
        max_forwards=options.number("max_forwards"),
        checks_expiry=options.number("contact_expiration_check_interval"),
        tells_refreshes=options.flag("send_contact_status_on_update_registration"),
        spreads_qualify=options.number("max_initial_qualify_time"),
    )
