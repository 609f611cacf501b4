"""Models of asterisk."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Date, Model


class BuildInfo(Model):
    """What it was built for."""

    os: str
    kernel: str
    options: str
    machine: str
    date: str
    user: str


class SystemInfo(Model):
    """Its version and its identity."""

    version: str
    entity_id: str


class SetId(Model):
    """Whom the process runs as."""

    user: str
    group: str


class ConfigInfo(Model):
    """How it is set."""

    name: str
    default_language: str
    setid: SetId
    max_channels: int | UnsetType = UNSET
    max_open_files: int | UnsetType = UNSET
    max_load: float | UnsetType = UNSET


class StatusInfo(Model):
    """Since when it runs."""

    startup_time: Date
    last_reload_time: Date


class AsteriskInfo(Model):
    """What the node is."""

    build: BuildInfo | UnsetType = UNSET
    system: SystemInfo | UnsetType = UNSET
    config: ConfigInfo | UnsetType = UNSET
    status: StatusInfo | UnsetType = UNSET


class AsteriskPing(Model):
    """The answer to a ping."""

    asterisk_id: str
    ping: str
    timestamp: str


class ConfigTuple(Model):
    """One attribute of a configuration object."""

    attribute: str
    value: str


class LogChannel(Model):
    """A file or console that log lines go to."""

    channel: str
    type: str
    status: str
    configuration: str


class Module(Model):
    """A part that can be loaded or reloaded."""

    name: str
    description: str
    use_count: int
    status: str
    support_level: str


class Variable(Model):
    """The value of a variable."""

    value: str


class Variables(Model):
    """Values by the names of variables."""

    variables: dict[str, Any]
