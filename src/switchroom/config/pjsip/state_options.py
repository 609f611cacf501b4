"""The options of pjsip.conf's objects that are about states: lists, publications, aliases.

Names and defaults are those of version 22.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.config.language.options import Kind, Option

#: ``type = resource_list``: many that are subscribed to at once.
RESOURCE_LIST: Mapping[str, Option] = MappingProxyType(
    {
        "event": Option(Kind.TEXT, honoured=True),
        "full_state": Option(Kind.FLAG, "no", honoured=True),
        "list_item": Option(Kind.LIST, honoured=True),
        "notification_batch_interval": Option(Kind.NUMBER, "0", honoured=True),
        "resource_display_name": Option(Kind.FLAG, "no", honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = domain_alias``: another name of a domain.
DOMAIN_ALIAS: Mapping[str, Option] = MappingProxyType(
    {
        "domain": Option(Kind.TEXT, honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = inbound-publication``: what may be published; ``event_…`` options come besides.
INBOUND_PUBLICATION: Mapping[str, Option] = MappingProxyType(
    {
        "endpoint": Option(Kind.TEXT, honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = outbound-publish``: what is published elsewhere; ``@…`` options come besides.
OUTBOUND_PUBLISH: Mapping[str, Option] = MappingProxyType(
    {
        "event": Option(Kind.TEXT, honoured=True),
        "expiration": Option(Kind.NUMBER, "3600", honoured=True),
        "from_uri": Option(Kind.TEXT, honoured=True),
        "max_auth_attempts": Option(Kind.NUMBER, "5", honoured=True),
        "multi_user": Option(Kind.FLAG, "no", honoured=True),
        "outbound_auth": Option(Kind.LIST, honoured=True),
        "outbound_proxy": Option(Kind.LIST, honoured=True),
        "server_uri": Option(Kind.TEXT, honoured=True),
        "to_uri": Option(Kind.TEXT, honoured=True),
        "transport": Option(Kind.TEXT, honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)

#: ``type = asterisk-publication``: states that systems tell each other.
ASTERISK_PUBLICATION: Mapping[str, Option] = MappingProxyType(
    {
        "device_state": Option(Kind.FLAG, "no", honoured=True),
        "device_state_filter": Option(Kind.TEXT, honoured=True),
        "devicestate_publish": Option(Kind.TEXT, honoured=True),
        "mailbox_state": Option(Kind.FLAG, "no", honoured=True),
        "mailbox_state_filter": Option(Kind.TEXT, honoured=True),
        "mailboxstate_publish": Option(Kind.TEXT, honoured=True),
        "type": Option(Kind.TEXT, honoured=True),
    }
)
