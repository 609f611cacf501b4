"""What stands here for the original's modules; log files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.asterisk import LogChannel, Module
from switchroom.ari.registry import operation
from switchroom.base.errors import ConfigError
from switchroom.config.logger import parse_channel
from switchroom.dialplan.modules import Outcome, load, modules, unload, use_count
from switchroom.ops.log_channels import LogChannel as CoreLogChannel
from switchroom.ops.log_channels import LogChannels

MODULE_STATES = (404, 409)


def _modules(ari: Request) -> Iterable[Module]:
    for name, text in modules(ari.pbx):
        yield Module(
            name=f"{name}.so",
            description=text,
            use_count=use_count(ari.pbx, name),
            status="Running",
            support_level="core",
        )


@operation("GET", "/asterisk/modules", "listModules")
def list_modules(ari: Request) -> list[Module]:
    """List the modules of the original whose work is done here.

    Args:
        ari: The request.
    """
    return list(_modules(ari))


def _module(ari: Request, name: str) -> Module:
    wanted = f"{name.removesuffix('.so')}.so"
    for module in _modules(ari):
        if module.name == wanted:
            return module
    raise AriError(404, "Module could not be found in running modules")


@operation("GET", "/asterisk/modules/{moduleName}", "getModule", errors=MODULE_STATES)
def get_module(ari: Request, module_name: str) -> Module:
    """Tell about one module.

    Args:
        ari: The request.
        module_name: Of the module, with or without ``.so``.
    """
    return _module(ari, module_name)


@operation("POST", "/asterisk/modules/{moduleName}", "loadModule", errors=(409,))
def load_module(ari: Request, module_name: str) -> None:
    """Let the dialplan know the applications and functions of a module again.

    Args:
        ari: The request.
        module_name: Of the module.
    """
    match load(ari.pbx, module_name):
        case Outcome.ALREADY:
            raise AriError(409, "Module already loaded")
        case Outcome.FAILURE:
            raise AriError(409, "Module could not be loaded")
        case Outcome.SUCCESS:
            return


@operation("DELETE", "/asterisk/modules/{moduleName}", "unloadModule", errors=MODULE_STATES)
def unload_module(ari: Request, module_name: str) -> None:
    """Let the dialplan know the applications and functions of a module no longer.

    Modules that are something else, and those that channels are in, stay.

    Args:
        ari: The request.
        module_name: Of the module.
    """
    _module(ari, module_name)
    if unload(ari.pbx, module_name) is not Outcome.SUCCESS:
        raise AriError(409, "Module could not be unloaded")


@operation("PUT", "/asterisk/modules/{moduleName}", "reloadModule", errors=MODULE_STATES)
async def reload_module(ari: Request, module_name: str) -> None:
    """Read what belongs to a module anew.

    Args:
        ari: The request.
        module_name: Of the module.
    """
    _module(ari, module_name)
    try:
        await ari.context.node.reload(module_name.removesuffix(".so"))
    except ConfigError as error:
        raise AriError(409, str(error)) from error


# log files


def _channels(ari: Request) -> LogChannels:
    return ari.pbx.datastore(LogChannels)


def _log_model(channel: CoreLogChannel) -> LogChannel:
    return LogChannel(
        channel=str(channel.path or channel.plan.name),
        type=channel.type,
        status="Enabled" if channel.is_enabled else "Disabled",
        configuration=",".join(sorted(channel.levels)),
    )


def _log_channel(ari: Request, name: str) -> CoreLogChannel:
    for channel in _channels(ari).channels:
        if name in {str(channel.plan.name), str(channel.path)}:
            return channel
    raise AriError(404, "Log channel does not exist")


@operation("GET", "/asterisk/logging", "listLogChannels")
def list_log_channels(ari: Request) -> list[LogChannel]:
    """List where log lines go.

    Args:
        ari: The request.
    """
    return [_log_model(each) for each in _channels(ari).channels]


@operation("POST", "/asterisk/logging/{logChannelName}", "addLog", errors=(400, 409))
def add_log(ari: Request, log_channel_name: str, configuration: str) -> None:
    """Write log lines into one more file, until the next reload.

    Args:
        ari: The request.
        log_channel_name: The file.
        configuration: The kinds of lines, separated by commas.
    """
    found, unknown = parse_channel(log_channel_name, configuration.replace(" ", ""))
    if unknown or not configuration.strip():
        raise AriError(400, "Configuration levels are invalid")
    if any(str(each.plan.name) == log_channel_name for each in _channels(ari).channels):
        raise AriError(409, "Log channel already exists")
    if not _channels(ari).add(log_channel_name, found.levels, found.formatter):
        raise AriError(400, "Log channel could not be created")


@operation("DELETE", "/asterisk/logging/{logChannelName}", "deleteLog", errors=(404,))
def delete_log(ari: Request, log_channel_name: str) -> None:
    """Write no more into a file, until the next reload.

    Args:
        ari: The request.
        log_channel_name: The file.
    """
    if not _channels(ari).remove(log_channel_name):
        raise AriError(404, "Log channel does not exist")


@operation("PUT", "/asterisk/logging/{logChannelName}/rotate", "rotateLog", errors=(404,))
async def rotate_log(ari: Request, log_channel_name: str) -> None:
    """Begin new log files.

    Args:
        ari: The request.
        log_channel_name: The file; the others are rotated too.
    """
    _log_channel(ari, log_channel_name)
    await asyncio.to_thread(_channels(ari).rotate)
