"""The options of pjsip.conf's other objects: kinds, defaults, and which change anything here.

Names and defaults are those of version 22.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.config.language.options import Kind, Option

#: ``type = transport``.
TRANSPORT: Mapping[str, Option] = MappingProxyType(
    {
        "allow_reload": Option(Kind.FLAG, "no"),
        "allow_wildcard_certs": Option(Kind.TEXT),
        "async_operations": Option(Kind.NUMBER, "1"),
        "bind": Option(Kind.TEXT, honoured=True),
        "ca_list_file": Option(Kind.TEXT, honoured=True),
        "ca_list_path": Option(Kind.TEXT, honoured=True),
        "cert_file": Option(Kind.TEXT, honoured=True),
        "cipher": Option(Kind.TEXT, honoured=True),
        "cos": Option(Kind.NUMBER, "0", honoured=True),
        "domain": Option(Kind.TEXT),
        "external_media_address": Option(Kind.TEXT, honoured=True),
        "external_signaling_address": Option(Kind.TEXT, honoured=True),
        "external_signaling_hostname": Option(Kind.TEXT),
        "external_signaling_port": Option(Kind.NUMBER, "0", honoured=True),
        "local_net": Option(Kind.LIST, honoured=True),
        "method": Option(Kind.TEXT, honoured=True),
        "password": Option(Kind.TEXT, honoured=True),
        "priv_key_file": Option(Kind.TEXT, honoured=True),
        "protocol": Option(
            Kind.CHOICE, "udp", choices=("udp", "tcp", "tls", "ws", "wss", "flow"), honoured=True
        ),
        "require_client_cert": Option(Kind.TEXT, honoured=True),
        "symmetric_transport": Option(Kind.FLAG, "no", honoured=True),
        "tcp_keepalive_enable": Option(Kind.FLAG, "no", honoured=True),
        "tcp_keepalive_idle_time": Option(Kind.INTEGER, "30", honoured=True),
        "tcp_keepalive_interval_time": Option(Kind.INTEGER, "1", honoured=True),
        "tcp_keepalive_probe_count": Option(Kind.INTEGER, "5", honoured=True),
        "tos": Option(Kind.TEXT, "0", honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
        "verify_client": Option(Kind.TEXT, honoured=True),
        "verify_server": Option(Kind.TEXT, honoured=True),
        "websocket_write_timeout": Option(Kind.INTEGER, "100"),
    }
)

#: ``type = auth``.
AUTH: Mapping[str, Option] = MappingProxyType(
    {
        "auth_type": Option(
            Kind.CHOICE,
            "userpass",
            choices=("userpass", "md5", "google_oauth", "digest"),
            honoured=True,
        ),
        "md5_cred": Option(Kind.TEXT, honoured=True),
        "nonce_lifetime": Option(Kind.NUMBER, "32"),
        "oauth_clientid": Option(Kind.TEXT),
        "oauth_secret": Option(Kind.TEXT),
        "password": Option(Kind.TEXT, honoured=True),
        "password_digest": Option(Kind.TEXT, honoured=True),
        "realm": Option(Kind.TEXT, honoured=True),
        "refresh_token": Option(Kind.TEXT),
        "supported_algorithms_uac": Option(Kind.TEXT),
        "supported_algorithms_uas": Option(Kind.TEXT),
        "type": Option(Kind.TEXT, honoured=True),
        "username": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = aor``.
AOR: Mapping[str, Option] = MappingProxyType(
    {
        "authenticate_qualify": Option(Kind.FLAG, "no", honoured=True),
        "contact": Option(Kind.LIST, honoured=True),
        "default_expiration": Option(Kind.NUMBER, "3600", honoured=True),
        "mailboxes": Option(Kind.LIST, honoured=True),
        "max_contacts": Option(Kind.NUMBER, "0", honoured=True),
        "maximum_expiration": Option(Kind.NUMBER, "7200", honoured=True),
        "minimum_expiration": Option(Kind.NUMBER, "60", honoured=True),
        "outbound_proxy": Option(Kind.LIST, honoured=True),
        "qualify_2xx_only": Option(Kind.FLAG, "no", honoured=True),
        "qualify_frequency": Option(Kind.NUMBER, "0", honoured=True),
        "qualify_timeout": Option(Kind.DECIMAL, "3.0", honoured=True),
        "remove_existing": Option(Kind.FLAG, "no", honoured=True),
        "remove_unavailable": Option(Kind.FLAG, "no", honoured=True),
        "support_path": Option(Kind.FLAG, "no", honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
        "voicemail_extension": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = acl``: from where anybody may come at all.
ACL: Mapping[str, Option] = MappingProxyType(
    {
        "acl": Option(Kind.TEXT, honoured=True),
        "contact_acl": Option(Kind.TEXT, honoured=True),
        "contact_deny": Option(Kind.TEXT, honoured=True),
        "contact_permit": Option(Kind.TEXT, honoured=True),
        "deny": Option(Kind.TEXT, honoured=True),
        "permit": Option(Kind.TEXT, honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = identify``.
IDENTIFY: Mapping[str, Option] = MappingProxyType(
    {
        "endpoint": Option(Kind.TEXT, honoured=True),
        "match": Option(Kind.LIST, honoured=True),
        "match_header": Option(Kind.TEXT, honoured=True),
        "match_request_uri": Option(Kind.TEXT, honoured=True),
        "srv_lookups": Option(Kind.FLAG, "yes", honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = registration``.
REGISTRATION: Mapping[str, Option] = MappingProxyType(
    {
        "auth_rejection_permanent": Option(Kind.FLAG, "yes", honoured=True),
        "client_uri": Option(Kind.TEXT, honoured=True),
        "contact_header_params": Option(Kind.TEXT, honoured=True),
        "contact_user": Option(Kind.TEXT, honoured=True),
        "endpoint": Option(Kind.TEXT, honoured=True),
        "expiration": Option(Kind.NUMBER, "3600", honoured=True),
        "fatal_retry_interval": Option(Kind.NUMBER, "0", honoured=True),
        "forbidden_retry_interval": Option(Kind.NUMBER, "0", honoured=True),
        "line": Option(Kind.FLAG, "no", honoured=True),
        "max_random_initial_delay": Option(Kind.NUMBER, "10", honoured=True),
        "max_retries": Option(Kind.NUMBER, "10", honoured=True),
        "outbound_auth": Option(Kind.LIST, honoured=True),
        "outbound_proxy": Option(Kind.LIST, honoured=True),
        "retry_interval": Option(Kind.NUMBER, "60", honoured=True),
        "security_mechanisms": Option(Kind.TEXT),
        "security_negotiation": Option(Kind.CHOICE, "no", choices=("no", "mediasec")),
        "server_uri": Option(Kind.TEXT, honoured=True),
        "support_outbound": Option(Kind.FLAG, "no"),
        "support_path": Option(Kind.FLAG, "no", honoured=True),
        "transport": Option(Kind.TEXT, honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
        "user_agent": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = global``.
GLOBAL: Mapping[str, Option] = MappingProxyType(
    {
        "all_codecs_on_empty_reinvite": Option(Kind.FLAG, "no", acts="yes"),
        "allow_sending_180_after_183": Option(Kind.FLAG, "no", honoured=True),
        "contact_expiration_check_interval": Option(Kind.NUMBER, "30", honoured=True),
        "debug": Option(Kind.TEXT, "no"),
        "default_auth_algorithms_uac": Option(Kind.TEXT, "MD5"),
        "default_auth_algorithms_uas": Option(Kind.LIST, "MD5", honoured=True),
        "default_from_user": Option(Kind.TEXT, "asterisk", honoured=True),
        "default_outbound_endpoint": Option(Kind.TEXT, "default_outbound_endpoint", honoured=True),
        "default_realm": Option(Kind.TEXT, "asterisk", honoured=True),
        "default_voicemail_extension": Option(Kind.TEXT, honoured=True),
        "disable_multi_domain": Option(Kind.FLAG, "no", acts="yes"),
        "endpoint_identifier_order": Option(Kind.LIST, "ip,username,anonymous", honoured=True),
        "ignore_uri_user_options": Option(Kind.FLAG, "no", honoured=True),
        "keep_alive_interval": Option(Kind.NUMBER, "90", honoured=True),
        "max_forwards": Option(Kind.NUMBER, "70", honoured=True),
        "max_initial_qualify_time": Option(Kind.NUMBER, "0", honoured=True),
        "mwi_disable_initial_unsolicited": Option(Kind.FLAG, "no", honoured=True),
        "mwi_tps_queue_high": Option(Kind.NUMBER, "500"),
        "mwi_tps_queue_low": Option(Kind.INTEGER, "-1"),
        "norefersub": Option(Kind.FLAG, "yes"),
        "regcontext": Option(Kind.TEXT),
        "send_contact_status_on_update_registration": Option(Kind.FLAG, "no", honoured=True),
        "taskprocessor_overload_trigger": Option(
            Kind.CHOICE, "global", choices=("global", "pjsip_only", "none")
        ),
        "type": Option(Kind.TEXT, honoured=True),
        "unidentified_request_count": Option(Kind.NUMBER, "5"),
        "unidentified_request_period": Option(Kind.NUMBER, "5"),
        "unidentified_request_prune_interval": Option(Kind.NUMBER, "30"),
        "use_callerid_contact": Option(Kind.FLAG, "no", honoured=True),
        "user_agent": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = system``.
SYSTEM: Mapping[str, Option] = MappingProxyType(
    {
        "accept_multiple_sdp_answers": Option(Kind.FLAG, "no", acts="yes"),
        "compact_headers": Option(Kind.FLAG, "no", honoured=True),
        "disable_rport": Option(Kind.FLAG, "no"),
        "disable_tcp_switch": Option(Kind.FLAG, "yes"),
        "follow_early_media_fork": Option(Kind.FLAG, "yes"),
        "taskpool_auto_increment": Option(Kind.NUMBER, "1"),
        "taskpool_idle_timeout": Option(Kind.NUMBER, "60"),
        "taskpool_initial_size": Option(Kind.NUMBER, "4"),
        "taskpool_max_size": Option(Kind.NUMBER, "50"),
        "taskpool_minimum_size": Option(Kind.NUMBER, "4"),
        "threadpool_auto_increment": Option(Kind.NUMBER, "1"),
        "threadpool_idle_timeout": Option(Kind.NUMBER, "60"),
        "threadpool_initial_size": Option(Kind.NUMBER, "4"),
        "threadpool_max_size": Option(Kind.NUMBER, "50"),
        "timer_b": Option(Kind.NUMBER, "32000", honoured=True),
        "timer_t1": Option(Kind.NUMBER, "500", honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)
