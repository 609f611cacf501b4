"""The node as a whole: settings, commands, reloads."""

from __future__ import annotations

import time

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.base.errors import SwitchroomError
from switchroom.dialplan.modules import Outcome, is_module, load, unload
from switchroom.pbx.records.cdr_recorder import CallRecords

VERSION = "11.0.0"  #: of the manager protocol

#: Commands that a program must not give by the way.
_REFUSED = ("module load", "module unload", "restart gracefully", "core restart")


@action("CoreSettings", Privilege.SYSTEM | Privilege.REPORTING)
def core_settings(request: Request) -> Reply:
    """Show what the server is and how it is set."""
    context = request.context
    asterisk = context.asterisk
    keeps_records = request.pbx.datastore(CallRecords).is_on
    return done(
        "",
        ("AMIversion", VERSION),
        ("AsteriskVersion", context.version),
        ("SystemName", asterisk.system_name),
        ("CoreMaxCalls", str(asterisk.maximum_calls)),
        ("CoreMaxLoadAvg", f"{asterisk.maximum_load:.6f}"),
        ("CoreRunUser", asterisk.run_user),
        ("CoreRunGroup", asterisk.run_group),
        ("CoreMaxFilehandles", "0"),
        ("CoreRealTimeEnabled", "No"),
        ("CoreCDRenabled", "Yes" if keeps_records else "No"),
        ("CoreHTTPenabled", "Yes" if context.is_http_on() else "No"),
        ("SoundsSearchCustomDir", "No"),
    )


@action("CoreStatus", Privilege.SYSTEM | Privilege.REPORTING)
def core_status(request: Request) -> Reply:
    """Show since when the server runs and how many calls there are."""
    node, pbx = request.context.node, request.pbx
    started, reloaded = (time.localtime(at) for at in (node.started_at, node.reloaded_at))
    calls = len({channel.linked_id for channel in pbx.channels.values()})
    return done(
        "",
        ("CoreStartupDate", time.strftime("%Y-%m-%d", started)),
        ("CoreStartupTime", time.strftime("%H:%M:%S", started)),
        ("CoreReloadDate", time.strftime("%Y-%m-%d", reloaded)),
        ("CoreReloadTime", time.strftime("%H:%M:%S", reloaded)),
        ("CoreCurrentCalls", str(calls)),
        ("CoreProcessedCalls", str(pbx.calls_processed)),
    )


@action("Command", Privilege.COMMAND)
async def command(request: Request) -> Reply:
    """Run a command of the console."""
    line = request.required("Command", "No command provided")
    if " ".join(line.lower().split()).startswith(_REFUSED):
        raise ActionError("Command blacklisted")
    text = await request.context.run_command(line)
    lines = text.removesuffix("\n").split("\n") if text else []
    failed = text.startswith("No such command ") or text.endswith(f"Command '{line}' failed.\n")
    headers = [("Message", "Command output follows"), *(("Output", each) for each in lines)]
    return Reply(headers, response="Error" if failed else "Success")


@action("Reload", Privilege.SYSTEM | Privilege.CONFIG)
async def reload(request: Request) -> Reply:
    """Read the configuration anew: all of it, or what belongs to a module."""
    module = request.get("Module")
    try:
        await request.context.node.reload(module)
    except SwitchroomError as error:
        raise ActionError(f"Reload refused: {error.render()}") from error
    return done("Module Reloaded")


@action("LoggerRotate", Privilege.SYSTEM | Privilege.REPORTING, changes=Privilege.SYSTEM)
async def logger_rotate(request: Request) -> Reply:
    """Begin new log files."""
    text = await request.context.run_command("logger rotate")
    if text.startswith("No such command"):
        raise ActionError("Failed to reload the logger and rotate log files")
    return done("Reloaded the logger and rotated log files")


@action("ModuleCheck", Privilege.SYSTEM)
def module_check(request: Request) -> Reply:
    """Ask whether what a module of Asterisk offers is there."""
    name = request.required("Module", "Module not specified").removesuffix(".so")
    if not is_module(request.pbx, name):
        raise ActionError("Module not loaded")
    return done("", ("Version", ""))


@action("ModuleLoad", Privilege.SYSTEM)
async def module_load(request: Request) -> Reply:
    """Load, unload, reload or refresh a module; without one, reload all of the configuration."""
    kind = request.required("LoadType", "Incomplete ModuleLoad action.").lower()
    name = request.get("Module")
    if kind not in {"load", "unload", "reload", "refresh"}:
        raise ActionError("Incomplete ModuleLoad action.")
    if not name and kind != "reload":
        raise ActionError("Need module name.")
    if kind in {"load", "refresh"} and load(request.pbx, name) is Outcome.FAILURE:
        raise ActionError("Could not load module.")
    if kind == "load":
        return done("Module loaded.")
    if kind == "unload":
        if unload(request.pbx, name) is Outcome.FAILURE:
            raise ActionError("Could not unload module.")
        return done("Module unloaded.")
    try:
        await request.context.node.reload(name)
    except SwitchroomError as error:
        raise ActionError(f"An error occurred during reload: {error.render()}") from error
    return done("Module reloaded.")
