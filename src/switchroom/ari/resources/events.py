"""Events that programs tell themselves, and calls that several are offered."""

from __future__ import annotations

from msgspec import UNSET

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.hub import bridge_topics, channel_topics
from switchroom.ari.models.channel_events import ChannelUserevent
from switchroom.ari.registry import BodyVariables, operation
from switchroom.pbx.stasis import StasisOffers


@operation("POST", "/events/user/{eventName}", "userEvent", errors=(400, 404, 422))
def user_event(
    ari: Request,
    event_name: str,
    application: str,
    source: list[str] | None = None,
    variables: BodyVariables = None,
) -> None:
    """Tell something of one's own: to an application, and to all who hear of its sources.

    Args:
        ari: The request.
        event_name: Of the event.
        application: Who is told.
        source: What it is about: ``channel:id``, ``bridge:id``, ``endpoint:technology/resource``.
        variables: What is told.
    """
    target = ari.application(application)
    topics: tuple[str, ...] = ()
    channel = bridge = endpoint = None
    for each in source or ():
        scheme, _, name = each.partition(":")
        match scheme:
            case "channel":
                channel = ari.channel(name)
                topics += channel_topics(channel)
            case "bridge":
                bridge = ari.bridge(name)
                topics += bridge_topics(bridge.id)
            case "endpoint":
                technology, _, resource = name.partition("/")
                endpoint = ari.view.endpoint(technology, resource)
                topics += (f"endpoint:{name}",)
            case _:
                raise AriError(400, "Invalid source")
    body = {"eventname": event_name, **(variables or {})}
    event = ChannelUserevent(
        ari.hub.now(),
        event_name,
        body,
        channel=ari.view.channel(channel) if channel is not None else UNSET,
        bridge=ari.view.bridge(bridge) if bridge is not None else UNSET,
        endpoint=endpoint if endpoint is not None else UNSET,
    )
    if not (target.hears_all or any(topic in target.topics for topic in topics)):
        ari.hub.tell_one(target, event)
    ari.hub.tell(topics, event)


@operation("POST", "/events/claim", "claimChannel", errors=(404, 409))
def claim(ari: Request, channel_id: str, application: str) -> None:
    """Take a call that is offered to several applications.

    Args:
        ari: The request.
        channel_id: Of the channel.
        application: Who takes it.
    """
    channel = ari.channel(channel_id)
    claimer = ari.application(application)
    offered, claim_of = ari.pbx.datastore(StasisOffers).get(channel.unique_id, ((), None))
    if claim_of is None or claim_of.done():
        raise AriError(409, "Channel is not offered, or claimed already")
    if claimer not in offered:
        raise AriError(404, "Channel is not offered to this application")
    claim_of.set_result(claimer)
