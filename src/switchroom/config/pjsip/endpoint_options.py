"""The options of an endpoint in pjsip.conf: kinds, defaults, and which change anything here.

Names and defaults are those of version 22.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from switchroom.config.language.options import Kind, Option, Options

#: ``type = endpoint``.
ENDPOINT: Mapping[str, Option] = MappingProxyType(
    {
        "100rel": Option(
            Kind.CHOICE,
            "yes",
            choices=("no", "required", "peer_supported", "yes"),
            honoured=True,
        ),
        "accept_multiple_sdp_answers": Option(Kind.FLAG, "no", acts="yes"),
        "accountcode": Option(Kind.TEXT, honoured=True),
        "acl": Option(Kind.TEXT, honoured=True),
        "aggregate_mwi": Option(Kind.FLAG, "yes", honoured=True),
        "allow": Option(Kind.CODECS, honoured=True),
        "allow_overlap": Option(Kind.FLAG, "yes", honoured=True),
        "allow_subscribe": Option(Kind.FLAG, "yes", honoured=True),
        "allow_transfer": Option(Kind.FLAG, "yes", honoured=True),
        "allow_unauthenticated_options": Option(Kind.FLAG, "no", acts="yes"),
        "aors": Option(Kind.LIST, honoured=True),
        "asymmetric_rtp_codec": Option(Kind.FLAG, "no"),
        "auth": Option(Kind.LIST, honoured=True),
        "bind_rtp_to_media_address": Option(Kind.FLAG, "no", honoured=True),
        "bundle": Option(Kind.FLAG, "no", honoured=True),
        "call_group": Option(Kind.TEXT, honoured=True),
        "callerid": Option(Kind.TEXT, honoured=True),
        "callerid_privacy": Option(
            Kind.CHOICE,
            "allowed_not_screened",
            choices=(
                "allowed_not_screened",
                "allowed_passed_screen",
                "allowed_failed_screen",
                "allowed",
                "prohib_not_screened",
                "prohib_passed_screen",
                "prohib_failed_screen",
                "prohib",
                "unavailable",
            ),
            honoured=True,
        ),
        "callerid_tag": Option(Kind.TEXT, honoured=True),
        "codec_prefs_incoming_answer": Option(
            Kind.TEXT,
            "prefer:pending, operation:intersect, keep:all, transcode:allow",
            honoured=True,
        ),
        "codec_prefs_incoming_offer": Option(
            Kind.TEXT,
            "prefer:pending, operation:intersect, keep:all, transcode:allow",
            honoured=True,
        ),
        "codec_prefs_outgoing_answer": Option(
            Kind.TEXT,
            "prefer:pending, operation:intersect, keep:all, transcode:allow",
            honoured=True,
        ),
        "codec_prefs_outgoing_offer": Option(
            Kind.TEXT,
            "prefer:pending, operation:union, keep:all, transcode:allow",
            honoured=True,
        ),
        "connected_line_method": Option(
            Kind.CHOICE, "invite", choices=("invite", "reinvite", "update"), honoured=True
        ),
        "contact_acl": Option(Kind.TEXT, honoured=True),
        "contact_deny": Option(Kind.TEXT, honoured=True),
        "contact_permit": Option(Kind.TEXT, honoured=True),
        "contact_user": Option(Kind.TEXT, honoured=True),
        "context": Option(Kind.TEXT, "default", honoured=True),
        "cos_audio": Option(Kind.NUMBER, "0", honoured=True),
        "cos_video": Option(Kind.NUMBER, "0", honoured=True),
        "deny": Option(Kind.TEXT, honoured=True),
        "device_state_busy_at": Option(Kind.NUMBER, "0", honoured=True),
        "direct_media": Option(Kind.FLAG, "yes", honoured=True),
        "direct_media_glare_mitigation": Option(
            Kind.CHOICE, "none", choices=("none", "outgoing", "incoming"), honoured=True
        ),
        "direct_media_method": Option(
            Kind.CHOICE, "invite", choices=("invite", "reinvite", "update")
        ),
        "disable_direct_media_on_nat": Option(Kind.FLAG, "no", honoured=True),
        "disallow": Option(Kind.CODECS, honoured=True),
        "dtls_auto_generate_cert": Option(Kind.YES_NO, "No", honoured=True),
        "dtls_ca_file": Option(Kind.TEXT, honoured=True),
        "dtls_ca_path": Option(Kind.TEXT, honoured=True),
        "dtls_cert_file": Option(Kind.TEXT, honoured=True),
        "dtls_cipher": Option(Kind.TEXT, honoured=True),
        "dtls_fingerprint": Option(
            Kind.CHOICE, "SHA-256", choices=("sha-256", "sha-1"), honoured=True
        ),
        "dtls_private_key": Option(Kind.TEXT, honoured=True),
        "dtls_rekey": Option(Kind.TEXT, "0"),
        "dtls_setup": Option(
            Kind.CHOICE, "active", choices=("active", "passive", "actpass"), honoured=True
        ),
        "dtls_verify": Option(
            Kind.CHOICE, "No", choices=("no", "fingerprint", "certificate", "yes"), honoured=True
        ),
        "dtmf_mode": Option(
            Kind.CHOICE,
            "rfc4733",
            choices=("rfc4733", "inband", "none", "info", "auto", "auto_info"),
            honoured=True,
        ),
        "fax_detect": Option(Kind.FLAG, "no"),
        "fax_detect_timeout": Option(Kind.NUMBER, "0"),
        "follow_early_media_fork": Option(Kind.FLAG, "yes"),
        "follow_redirect_methods": Option(Kind.TEXT),
        "force_avp": Option(Kind.FLAG, "no", honoured=True),
        "force_rport": Option(Kind.FLAG, "yes", honoured=True),
        "from_domain": Option(Kind.TEXT, honoured=True),
        "from_user": Option(Kind.TEXT, honoured=True),
        "g726_non_standard": Option(Kind.FLAG, "no"),
        "geoloc_incoming_call_profile": Option(Kind.TEXT, honoured=True),
        "geoloc_outgoing_call_profile": Option(Kind.TEXT, honoured=True),
        "ice_support": Option(Kind.FLAG, "no", honoured=True),
        "identify_by": Option(Kind.LIST, "username,ip", honoured=True),
        "ignore_183_without_sdp": Option(Kind.FLAG, "no", acts="yes"),
        "inband_progress": Option(Kind.FLAG, "no", honoured=True),
        "incoming_call_offer_pref": Option(
            Kind.CHOICE,
            "local",
            choices=("local", "local_first", "remote", "remote_first"),
            honoured=True,
        ),
        "incoming_mwi_mailbox": Option(Kind.TEXT, honoured=True),
        "language": Option(Kind.TEXT, honoured=True),
        "mailboxes": Option(Kind.LIST, honoured=True),
        "max_audio_streams": Option(Kind.NUMBER, "1"),
        "max_video_streams": Option(Kind.NUMBER, "1"),
        "media_address": Option(Kind.TEXT, honoured=True),
        "media_encryption": Option(
            Kind.CHOICE, "no", choices=("no", "sdes", "dtls"), honoured=True
        ),
        "media_encryption_optimistic": Option(Kind.FLAG, "no", honoured=True),
        "media_use_received_transport": Option(Kind.FLAG, "no", honoured=True),
        "message_context": Option(Kind.TEXT, honoured=True),
        "moh_passthrough": Option(Kind.FLAG, "no", honoured=True),
        "moh_suggest": Option(Kind.TEXT, "default", honoured=True),
        "mwi_from_user": Option(Kind.TEXT, honoured=True),
        "mwi_subscribe_replaces_unsolicited": Option(Kind.YES_NO, "no", honoured=True),
        "named_call_group": Option(Kind.TEXT, honoured=True),
        "named_pickup_group": Option(Kind.TEXT, honoured=True),
        "notify_early_inuse_ringing": Option(Kind.FLAG, "no", honoured=True),
        "one_touch_recording": Option(Kind.FLAG, "no", honoured=True),
        "outbound_auth": Option(Kind.LIST, honoured=True),
        "outbound_proxy": Option(Kind.LIST, honoured=True),
        "outgoing_call_offer_pref": Option(
            Kind.CHOICE,
            "remote_merge",
            choices=(
                "local",
                "local_merge",
                "local_first",
                "remote",
                "remote_merge",
                "remote_first",
            ),
            honoured=True,
        ),
        "overlap_context": Option(Kind.TEXT, honoured=True),
        "permit": Option(Kind.TEXT, honoured=True),
        "pickup_group": Option(Kind.TEXT, honoured=True),
        "preferred_codec_only": Option(Kind.FLAG, "no", acts="yes"),
        "record_off_feature": Option(Kind.TEXT, "automixmon", honoured=True),
        "record_on_feature": Option(Kind.TEXT, "automixmon", honoured=True),
        "redirect_method": Option(
            Kind.CHOICE, "user", choices=("user", "uri_core", "uri_pjsip"), honoured=True
        ),
        "refer_blind_progress": Option(Kind.FLAG, "yes", acts="no"),
        "rewrite_contact": Option(Kind.FLAG, "no", honoured=True),
        "rpid_immediate": Option(Kind.FLAG, "no", honoured=True),
        "rtcp_mux": Option(Kind.FLAG, "no", honoured=True),
        "rtp_engine": Option(Kind.TEXT, "asterisk"),
        "rtp_ipv6": Option(Kind.FLAG, "no"),
        "rtp_keepalive": Option(Kind.NUMBER, "0", honoured=True),
        "rtp_port_end": Option(Kind.NUMBER, "0", honoured=True),
        "rtp_port_start": Option(Kind.NUMBER, "0", honoured=True),
        "rtp_symmetric": Option(Kind.FLAG, "no", honoured=True),
        "rtp_timeout": Option(Kind.NUMBER, "0", honoured=True),
        "rtp_timeout_hold": Option(Kind.NUMBER, "0", honoured=True),
        "sdp_owner": Option(Kind.TEXT, "-", honoured=True),
        "sdp_session": Option(Kind.TEXT, "Asterisk", honoured=True),
        "security_mechanisms": Option(Kind.TEXT),
        "security_negotiation": Option(Kind.CHOICE, "no", choices=("no", "mediasec")),
        "send_aoc": Option(Kind.FLAG, "no"),
        "send_connected_line": Option(Kind.YES_NO, "yes", honoured=True),
        "send_diversion": Option(Kind.FLAG, "yes", honoured=True),
        "send_history_info": Option(Kind.FLAG, "no", honoured=True),
        "send_pai": Option(Kind.FLAG, "no", honoured=True),
        "send_rpid": Option(Kind.FLAG, "no", honoured=True),
        "set_var": Option(Kind.TEXT, honoured=True),
        "srtp_tag_32": Option(Kind.FLAG, "no", honoured=True),
        "stir_shaken": Option(
            Kind.CHOICE,
            "no",
            choices=("no", "off", "attest", "verify", "on", "yes"),
            honoured=True,
        ),
        "stir_shaken_profile": Option(Kind.TEXT, honoured=True),
        "sub_min_expiry": Option(Kind.NUMBER, "0", honoured=True),
        "subscribe_context": Option(Kind.TEXT, honoured=True),
        "suppress_moh_on_sendonly": Option(Kind.FLAG, "no", honoured=True),
        "suppress_q850_reason_headers": Option(Kind.FLAG, "no", honoured=True),
        "t38_bind_udptl_to_media_address": Option(Kind.FLAG, "no", honoured=True),
        "t38_udptl": Option(Kind.FLAG, "no", honoured=True),
        "t38_udptl_ec": Option(
            Kind.CHOICE, "none", choices=("none", "fec", "redundancy"), honoured=True
        ),
        "t38_udptl_ipv6": Option(Kind.FLAG, "no"),
        "t38_udptl_maxdatagram": Option(Kind.NUMBER, "0", honoured=True),
        "t38_udptl_nat": Option(Kind.FLAG, "no", honoured=True),
        "tenantid": Option(Kind.TEXT),
        "timers": Option(
            Kind.CHOICE,
            "yes",
            choices=("no", "yes", "required", "always", "forced"),
            honoured=True,
        ),
        "timers_min_se": Option(Kind.NUMBER, "90", honoured=True),
        "timers_sess_expires": Option(Kind.NUMBER, "1800", honoured=True),
        "tone_zone": Option(Kind.TEXT, honoured=True),
        "tos_audio": Option(Kind.TEXT, "0", honoured=True),
        "tos_video": Option(Kind.TEXT, "0", honoured=True),
        "transport": Option(Kind.TEXT, honoured=True),
        "trust_connected_line": Option(Kind.YES_NO, "yes", honoured=True),
        "trust_id_inbound": Option(Kind.FLAG, "no", honoured=True),
        "trust_id_outbound": Option(Kind.FLAG, "no", honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
        "use_avpf": Option(Kind.FLAG, "no", honoured=True),
        "use_ptime": Option(Kind.FLAG, "no", acts="yes"),
        "user_eq_phone": Option(Kind.FLAG, "no", honoured=True),
        "voicemail_extension": Option(Kind.TEXT, honoured=True),
        "webrtc": Option(Kind.YES_NO, "no", honoured=True),
    }
)

#: Written in the file, but no parameter of their own in ``pjsip show endpoint``.
NOT_SHOWN = frozenset(
    {
        "contact_deny",
        "contact_permit",
        "contact_user",
        "deny",
        "disallow",
        "permit",
        "security_mechanisms",
        "type",
    }
)

#: What a browser cannot do without, and what ``webrtc = yes`` therefore says for good.
_WEBRTC = {
    "bundle": "yes",
    "ice_support": "yes",
    "media_use_received_transport": "yes",
    "rtcp_mux": "yes",
    "use_avpf": "yes",
}
#: What it says where nothing else is written.
_WEBRTC_DEFAULTS = {
    "dtls_auto_generate_cert": "Yes",
    "dtls_setup": "actpass",
    "dtls_verify": "Fingerprint",
    "media_encryption": "dtls",
}


def with_webrtc(options: Options) -> Options:
    """The options of an endpoint, with what ``webrtc = yes`` stands for."""
    if not options.flag("webrtc"):
        return options
    implied = dict(_WEBRTC_DEFAULTS)
    if options.text("dtls_cert_file"):
        del implied["dtls_auto_generate_cert"]
    return dataclasses.replace(options, forced=_WEBRTC, implied=implied)
