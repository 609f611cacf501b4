"""Applications: who is connected, and what each hears of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from switchroom.ari.application import Application, EventFilter
from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.applications import Application as ApplicationModel
from switchroom.ari.registry import InBody, operation


def _channel(ari: Request, name: str) -> str:
    return ari.channel(name).unique_id if name else ""


def _bridge(ari: Request, name: str) -> str:
    return ari.bridge(name).id if name else ""


def _endpoint(ari: Request, name: str) -> str:
    technology, slash, resource = name.partition("/")
    known = {(tech.lower(), each): (tech, each) for tech, each in ari.view.configured()}
    if slash:
        found = known.get((technology.lower(), resource))
        if found is None:
            raise AriError(404, "Endpoint not found")
        return "/".join(found)
    if technology and technology.upper() not in ari.pbx.technologies:
        raise AriError(404, "Endpoint not found")
    return next((tech for tech, _ in known.values() if tech.lower() == name.lower()), technology)


def _device(ari: Request, name: str) -> str:
    return name


_SOURCES: Mapping[str, Callable[[Request, str], str]] = MappingProxyType(
    {"channel": _channel, "bridge": _bridge, "endpoint": _endpoint, "deviceState": _device}
)


def _topics(ari: Request, sources: list[str]) -> list[str]:
    """What is meant by ``eventSource``.

    Raises:
        AriError: 400: no such kind of source; 422: there is no such source.
    """
    found = []
    for source in sources:
        scheme, colon, name = source.partition(":")
        find = _SOURCES.get(scheme)
        if find is None or not colon:
            raise AriError(400, "Invalid event source scheme")
        try:
            found.append(f"{scheme}:{find(ari, name)}")
        except AriError as error:
            raise AriError(422, "Event source does not exist") from error
    return found


@operation("GET", "/applications", "list")
def list_applications(ari: Request) -> list[ApplicationModel]:
    """List all applications.

    Args:
        ari: The request.
    """
    return [each.model() for each in ari.hub.applications.values()]


@operation("GET", "/applications/{applicationName}", "get", errors=(404,))
def get(ari: Request, application_name: str) -> ApplicationModel:
    """Tell about one application.

    Args:
        ari: The request.
        application_name: Of the application.
    """
    return ari.application(application_name).model()


@operation(
    "POST", "/applications/{applicationName}/subscription", "subscribe", errors=(400, 404, 422)
)
def subscribe(ari: Request, application_name: str, event_source: list[str]) -> ApplicationModel:
    """Let an application hear of channels, bridges, endpoints or devices.

    Args:
        ari: The request.
        application_name: Of the application.
        event_source: ``channel:id``, ``bridge:id``, ``endpoint:technology[/resource]`` or
            ``deviceState:name``; nothing behind the colon: all of that kind.
    """
    application = ari.application(application_name)
    for topic in _topics(ari, event_source):
        if topic not in application.asked_for:
            application.asked_for.add(topic)
            application.subscribe(topic)
    return application.model()


@operation(
    "DELETE",
    "/applications/{applicationName}/subscription",
    "unsubscribe",
    errors=(400, 404, 409, 422),
)
def unsubscribe(ari: Request, application_name: str, event_source: list[str]) -> ApplicationModel:
    """Let an application hear of something no more.

    Args:
        ari: The request.
        application_name: Of the application.
        event_source: As it was subscribed to.
    """
    application = ari.application(application_name)
    for topic in _topics(ari, event_source):
        if topic not in application.topics:
            raise AriError(409, "Application not subscribed to event source")
        application.asked_for.discard(topic)
        application.unsubscribe(topic, wholly=not _is_steered(application, topic))
    model = application.model()
    ari.hub.tidy(application)
    return model


def _is_steered(application: Application, topic: str) -> bool:
    return topic.removeprefix("channel:") in application.channels


@operation("PUT", "/applications/{applicationName}/eventFilter", "filter", errors=(400, 404))
def filter_events(
    ari: Request,
    application_name: str,
    filter_: Annotated[dict[str, Any] | None, InBody("object", is_whole=True)] = None,
) -> ApplicationModel:
    """Tell an application some kinds of events only, or not.

    Args:
        ari: The request.
        application_name: Of the application.
        filter_: ``{"allowed": [{"type": "StasisStart"}], "disallowed": []}``; nothing: all.
    """
    application = ari.application(application_name)
    wanted = filter_ or {}
    known = {"allowed", "disallowed"}
    if not wanted.keys() <= known:
        raise AriError(400, "Bad Request - bad filter specification")
    application.filter = EventFilter(
        _types(wanted.get("allowed")), _types(wanted.get("disallowed"))
    )
    return application.model()


def _types(items: Any) -> list[str]:
    if items is None:
        return []
    if not isinstance(items, list):
        raise AriError(400, "Bad Request - bad filter specification")
    found = [each.get("type") if isinstance(each, dict) else None for each in items]
    if any(not isinstance(each, str) for each in found):
        raise AriError(400, "Bad Request - bad filter specification")
    return [str(each) for each in found]
