"""Models of channels."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Date, Long, Model


class CallerID(Model):
    """A party."""

    name: str
    number: str


class DialplanCEP(Model):
    """Where a channel stands in the dialplan, and what it executes."""

    context: str
    exten: str
    priority: Long
    app_name: str
    app_data: str


class Channel(Model):
    """One leg of a call."""

    id: str
    protocol_id: str
    name: str
    state: str
    caller: CallerID
    connected: CallerID
    accountcode: str
    dialplan: DialplanCEP
    creationtime: Date
    language: str
    channelvars: dict[str, Any] | UnsetType = UNSET
    caller_rdnis: str | UnsetType = UNSET
    tenantid: str | UnsetType = UNSET


class Dialed(Model):
    """Nothing is told of it."""


class RTPstat(Model):
    """How well the audio of a channel arrives, both ways."""

    txcount: int
    rxcount: int
    txploss: int
    rxploss: int
    local_ssrc: int
    remote_ssrc: int
    txoctetcount: int
    rxoctetcount: int
    channel_uniqueid: str
    txjitter: float | UnsetType = UNSET
    rxjitter: float | UnsetType = UNSET
    remote_maxjitter: float | UnsetType = UNSET
    remote_minjitter: float | UnsetType = UNSET
    remote_normdevjitter: float | UnsetType = UNSET
    remote_stdevjitter: float | UnsetType = UNSET
    local_maxjitter: float | UnsetType = UNSET
    local_minjitter: float | UnsetType = UNSET
    local_normdevjitter: float | UnsetType = UNSET
    local_stdevjitter: float | UnsetType = UNSET
    remote_maxrxploss: float | UnsetType = UNSET
    remote_minrxploss: float | UnsetType = UNSET
    remote_normdevrxploss: float | UnsetType = UNSET
    remote_stdevrxploss: float | UnsetType = UNSET
    local_maxrxploss: float | UnsetType = UNSET
    local_minrxploss: float | UnsetType = UNSET
    local_normdevrxploss: float | UnsetType = UNSET
    local_stdevrxploss: float | UnsetType = UNSET
    rtt: float | UnsetType = UNSET
    maxrtt: float | UnsetType = UNSET
    minrtt: float | UnsetType = UNSET
    normdevrtt: float | UnsetType = UNSET
    stdevrtt: float | UnsetType = UNSET
