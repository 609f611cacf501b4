"""The options of pjsip.conf's objects that are about states: lists, publications, aliases.

Names and defaults are those of version 22.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.config.options import Kind, Option

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
