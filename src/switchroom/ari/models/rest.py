"""Requests over a WebSocket, and their answers."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Event, Model


class MissingParams(Model):
    """A request lacked something."""

    params: list[str]


class RESTHeader(Model):
    """A header."""

    name: str
    value: str


class RESTQueryStringParameter(Model):
    """A parameter of the query."""

    name: str
    value: str


class RESTRequest(Model):
    """A request over the WebSocket."""

    type: str
    transaction_id: str
    request_id: str
    method: str
    uri: str
    content_type: str | UnsetType = UNSET
    query_strings: list[RESTQueryStringParameter] | UnsetType = UNSET
    message_body: str | UnsetType = UNSET


class RESTResponse(Event):
    """The answer to a request over the WebSocket."""

    transaction_id: str
    request_id: str
    status_code: int
    reason_phrase: str
    uri: str
    content_type: str | UnsetType = UNSET
    message_body: str | UnsetType = UNSET
