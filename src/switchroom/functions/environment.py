"""ENV, SYSINFO, VERSION and UUID: the machine and the program.

Family: Files, commands and the machine
"""

from __future__ import annotations

import os
import platform
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import switchroom
from switchroom.base.errors import DialplanError
from switchroom.base.version import COMPATIBLE_VERSION
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel


@function("ENV")
def environment(channel: Channel, name: Rest) -> str:
    """A variable of the process's environment.

    Args:
        channel: The channel.
        name: The variable.

    Examples:
        Set(ENV(MODE)=night)
        NoOp(${ENV(MODE)})  ; => night
    """
    return os.environ.get(name.strip(), "")


@function("ENV", write=True)
def set_environment(channel: Channel, value: str, name: Rest) -> None:
    """Set a variable of the process's environment, for the commands that are run from now on.

    Args:
        channel: The channel.
        value: What it becomes.
        name: The variable.
    """
    try:
        os.environ[name.strip()] = value
    except ValueError as error:
        raise DialplanError(f"ENV({name}): {error}") from error


def _memory(field: str) -> Callable[[Channel], str]:
    def read(_: Channel) -> str:
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            name, _colon, rest = line.partition(":")
            if name == field:
                return rest.split()[0]  # kibibytes
        return "0"

    return read


_FACTS: Mapping[str, Callable[[Channel], str]] = MappingProxyType(
    {
        "loadavg": lambda _: f"{os.getloadavg()[0]:f}",
        "numcalls": lambda channel: str(len({each.linked_id for each in _channels(channel)})),
        "uptime": lambda _: str(int(time.clock_gettime(time.CLOCK_BOOTTIME)) // 3600),
        "totalram": _memory("MemTotal"),
        "freeram": _memory("MemFree"),
        "bufferram": _memory("Buffers"),
        "totalswap": _memory("SwapTotal"),
        "freeswap": _memory("SwapFree"),
        "numprocs": lambda _: str(sum(each.name.isdigit() for each in Path("/proc").iterdir())),
    }
)


def _channels(channel: Channel) -> list[Channel]:
    return list(channel.pbx.channels.values())


@function("SYSINFO")
def system_information(channel: Channel, parameter: str) -> str:
    """Something about the machine.

    Args:
        channel: The channel.
        parameter: ``loadavg`` of the last minute, ``numcalls`` up now, ``uptime`` in hours,
            ``totalram``, ``freeram``, ``bufferram``, ``totalswap``, ``freeswap`` in KiB,
            ``numprocs``.

    Examples:
        exten => s,1,NoOp(${SYSINFO(freeram)} KiB free)
         same => n,GotoIf($[${SYSINFO(numcalls)} > 100]?full)
         same => n,Dial(PJSIP/100,20)
         same => n,Hangup()
         same => n(full),Congestion(5)
    """
    read = _FACTS.get(parameter.strip().lower())
    if read is None:
        raise DialplanError(f"SYSINFO: there is no {parameter!r}; {', '.join(_FACTS)} are")
    try:
        return read(channel)
    except OSError as error:
        raise DialplanError(f"SYSINFO: {error}") from error


def _version_number() -> str:
    major, minor, patch = map(int, COMPATIBLE_VERSION.split("."))
    return f"{major}{minor:02d}{patch:02d}"


def _build_date() -> str:
    installed = Path(switchroom.__file__).stat().st_mtime
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(installed))


_BUILD: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "ASTERISK_VERSION_NUM": _version_number,
        "BUILD_USER": lambda: "switchroom",
        "BUILD_HOSTNAME": platform.node,
        "BUILD_MACHINE": platform.machine,
        "BUILD_OS": platform.system,
        "BUILD_DATE": _build_date,
        "BUILD_KERNEL": platform.release,
    }
)


@function("VERSION")
def version(channel: Channel, part: str = "") -> str:
    """The version of Asterisk that this program behaves as, or a fact of its installation.

    Args:
        channel: The channel.
        part: ``ASTERISK_VERSION_NUM`` (221100), ``BUILD_USER``, ``BUILD_HOSTNAME``,
            ``BUILD_MACHINE``, ``BUILD_OS``, ``BUILD_DATE``, ``BUILD_KERNEL``; nothing: ``22.11.0``.

    Examples:
        Set(x=${VERSION(ASTERISK_VERSION_NUM)})  ; => 221100
        ExecIf($[${VERSION(ASTERISK_VERSION_NUM)} < 180000]?Set(old=yes))
    """
    if not part:
        return COMPATIBLE_VERSION
    read = _BUILD.get(part.strip().upper())
    if read is None:
        raise DialplanError(f"VERSION: there is no {part!r}; {', '.join(_BUILD)} are")
    return read()


@function("UUID")
def unique(channel: Channel) -> str:
    """A universally unique identifier, made up now.

    Examples:
        Set(__CALL_UUID=${UUID()})
    """
    return str(uuid.uuid4())
