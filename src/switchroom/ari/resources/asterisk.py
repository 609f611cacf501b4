"""The node itself: what it is, and its global variables."""

from __future__ import annotations

import getpass
import os
import platform
import sysconfig

from msgspec import UNSET

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.asterisk import (
    AsteriskInfo,
    AsteriskPing,
    BuildInfo,
    ConfigInfo,
    SetId,
    StatusInfo,
    SystemInfo,
    Variable,
)
from switchroom.ari.models.model import date
from switchroom.ari.registry import operation
from switchroom.ari.variables import is_function, read_variable, write_variable
from switchroom.pbx.outsider import outsider


@operation("GET", "/asterisk/info", "getInfo")
def info(ari: Request, only: list[str] | None = None) -> AsteriskInfo:
    """Tell what this node is.

    Args:
        ari: The request.
        only: Some of ``build``, ``system``, ``config``, ``status``; nothing: all.
    """
    wanted = set(only or ("build", "system", "config", "status"))
    context, pbx = ari.context, ari.pbx
    return AsteriskInfo(
        build=_build() if "build" in wanted else UNSET,
        system=(
            SystemInfo(version=context.version, entity_id=ari.hub.entity_id)
            if "system" in wanted
            else UNSET
        ),
        config=(
            ConfigInfo(
                name=pbx.system_name,
                default_language=context.asterisk.default_language,
                setid=SetId(user=_user(), group=str(os.getgid())),
                max_channels=pbx.maximum_channels or UNSET,
                max_load=pbx.maximum_load or UNSET,
            )
            if "config" in wanted
            else UNSET
        ),
        status=(
            StatusInfo(
                startup_time=date(context.node.started_at),
                last_reload_time=date(context.node.reloaded_at),
            )
            if "status" in wanted
            else UNSET
        ),
    )


def _build() -> BuildInfo:
    return BuildInfo(
        os=platform.system(),
        kernel=platform.release(),
        options="",
        machine=platform.machine(),
        date=" ".join(platform.python_build()[1].split()),
        user=sysconfig.get_platform(),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container without such a user
        return str(os.getuid())


@operation("GET", "/asterisk/ping", "ping")
def ping(ari: Request) -> AsteriskPing:
    """Answer.

    Args:
        ari: The request.
    """
    return AsteriskPing(asterisk_id=ari.hub.entity_id, ping="pong", timestamp=ari.hub.now())


@operation("GET", "/asterisk/variable", "getGlobalVar", errors=(400,))
async def get_variable(ari: Request, variable: str) -> Variable:
    """Read a global variable, or a function.

    Args:
        ari: The request.
        variable: Its name.
    """
    return Variable(value=await read_variable(ari, outsider(ari.pbx), variable))


@operation("POST", "/asterisk/variable", "setGlobalVar", errors=(400,))
async def set_variable(ari: Request, variable: str, value: str = "") -> None:
    """Set a global variable, or write a function.

    Args:
        ari: The request.
        variable: Its name.
        value: Its value.
    """
    if not variable:
        raise AriError(400, "Variable name is required")
    pbx = ari.pbx
    if is_function(variable):
        await write_variable(ari, outsider(pbx), variable, value)
        return
    pbx.set_global(variable, value)
