"""What the node is set to: features, HTTP, media, files, technologies, the machine."""

from __future__ import annotations

import os
import platform
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.cli.text import duration_text
from switchroom.cli.version import version_text
from switchroom.config.features import FeatureSettings
from switchroom.config.language.values import CODECS
from switchroom.net.http import HttpServer
from switchroom.pbx.features import features_of
from switchroom.pbx.records.cdr_recorder import CallRecords
from switchroom.pbx.states.device_state import HasDeviceStates
from switchroom.pbx.technology import Technology

_FEATURES = (
    ("Pickup", "*8", "pickup"),
    ("Blind Transfer", "#", "blind_transfer"),
    ("Attended Transfer", "", "attended_transfer"),
    ("Disconnect Call", "*", "disconnect"),
    ("Park Call", "", "park"),
    ("One Touch MixMonitor", "", "mix_monitor"),
)
#: Of technologies, in the order in which they are listed.
_DESCRIPTIONS = {
    "AudioSocket": "AudioSocket Channel Driver",
    "WebSocket": "Media over WebSocket Channel Driver",
    "UnicastRTP": "Unicast RTP Media Channel Driver",
    "MulticastRTP": "Multicast RTP Paging Channel Driver",
    "PJSIP": "PJSIP Channel Driver",
    "SIP": "Session Initiation Protocol (SIP)",
    "Local": "Local Proxy Channel Driver",
}
#: Those whose parties are programs: no ringing, no busy tone but as audio.
_WITHOUT_INDICATIONS = frozenset({"AudioSocket", "WebSocket", "UnicastRTP", "MulticastRTP"})
#: What is served over HTTP, by its path.
_SERVED = {
    "/media/...": "Media over Websocket",
    "/ari/...": "Asterisk RESTful API",
    "/ws": "Asterisk HTTP WebSocket",
}


@command("features show")
def show_features(context: CliContext, arguments: Arguments) -> str:
    """List the codes that are keyed during a conversation."""
    if arguments:
        raise UsageError
    now, fresh = features_of(context.pbx), FeatureSettings()
    rows = [
        f"{title:<25} {default:<7} {_code(now, fresh, name):<7}\n"
        for title, default, name in _FEATURES
    ]
    rule = "---------------           ------- -------\n"
    applications: dict[str, object] = dict(getattr(now, "applications", {}))
    own = [
        f"{name:<25} no def  {getattr(each, 'code', ''):<7}\n"
        for name, each in sorted(applications.items())
    ] or ["(none)\n"]
    groups = sorted(getattr(now, "groups", {})) or ["(none)"]
    return (
        f"{'Builtin Feature':<25} Default Current\n{rule}{''.join(rows)}\n"
        f"{'Dynamic Feature':<25} Default Current\n{rule}{''.join(own)}\n"
        "Feature Groups:\n---------------\n" + "".join(f"{each}\n" for each in groups)
    )


def _code(now: FeatureSettings, fresh: FeatureSettings, name: str) -> str:
    return str(getattr(now, name, getattr(fresh, name, "")) or "")


@command("http show status")
def show_http(context: CliContext, arguments: Arguments) -> str:
    """Show where HTTP is spoken, and what is served."""
    if arguments:
        raise UsageError
    server = context.pbx.datastore(HttpServer)
    lines = ["HTTP Server Status:", f"Prefix: {server.prefix}", f"Server: {server.server_name}"]
    if not server.is_on:
        lines += ["Server Disabled", ""]
    for host, port in server.listeners:
        lines += [f"Server Enabled and Bound to {host}:{port}", ""]
    paths = sorted({
        *(f"{path}/..." for path in server.applications),
        *(f"{path}..." for path in server.takers),
        *(path for each in server.listeners.values() for path in each.takers),
    })  # fmt: skip
    # Asterisk: in the order in which they came up, which for these is always the same.
    told = [f"{path} => {text}" for path, text in _SERVED.items() if path in paths]
    told += [path for path in paths if path not in _SERVED]
    lines += ["Enabled URI's:", *(told or ["None."]), ""]
    lines += ["Enabled Redirects:", "  None.", "", "Path Restrictions:", "  None."]
    return "".join(f"{line}\n" for line in lines)


@command("core show channeltypes")
def show_channel_types(context: CliContext, arguments: Arguments) -> str:
    """List the channel technologies."""
    if arguments:
        raise UsageError
    head = (
        f"{'Type':<16} {'Description':<40} {'Devicestate':<13} {'Presencestate':<13} "
        f"{'Indications':<13} {'Transfer':<13}\n"
    )
    rule = f"{'-' * 13:<16} {'-' * 13:<40} " + f"{'-' * 13} " * 3 + f"{'-' * 13}\n"
    rows = []
    for name, technology in _in_order(context.pbx.technologies):
        states = "yes" if isinstance(technology, HasDeviceStates) else "no"
        transfers = "yes" if "SIP" in name else "no"
        indicates = "no" if name in _WITHOUT_INDICATIONS else "yes"
        rows.append(
            f"{name:<16} {_DESCRIPTIONS.get(name, name):<40.40} {states:<13} {'no':<13} "
            f"{indicates:<13} {transfers:<13}\n"
        )
    return f"{head}{rule}{''.join(rows)}----------\n{len(rows)} channel drivers registered.\n"


def _in_order(technologies: Mapping[str, Technology]) -> list[tuple[str, Technology]]:
    """By the names that are shown: those we know first, the others behind them."""
    known = {name.upper(): name for name in _DESCRIPTIONS}
    order = [*(each for each in known if each in technologies), *technologies]
    return [(known.get(each, each), technologies[each]) for each in dict.fromkeys(order)]


@command(
    "core show channeltype",
    "core show channeltype <name>",
    complete=lambda context, arguments: () if arguments else tuple(context.pbx.technologies),
)
def show_channel_type(context: CliContext, arguments: Arguments) -> str:
    """Show a channel technology."""
    if len(arguments) != 1:
        raise UsageError
    name = arguments[0]
    technology = context.pbx.technologies.get(name.upper())
    if technology is None:
        raise CommandFailedError(f"{name} is not a registered channel driver.")
    is_sip = "SIP" in name.upper()
    rows = [
        ("Device State", isinstance(technology, HasDeviceStates)),
        ("Presence State", False),
        ("Indication", name not in _WITHOUT_INDICATIONS),
        ("Transfer ", is_sip),
    ]
    lines = [f"{title:>14}: {'yes' if flag else 'no'}" for title, flag in rows]
    capabilities = "|".join(CODECS) if is_sip else "slin"
    lines += [
        f"  Capabilities: ({capabilities})",
        "   Digit Begin: yes",
        "     Digit End: yes",
        "    Send HTML : no",
        " Image Support: no",
        f"  Text Support: {'yes' if is_sip else 'no'}",
    ]
    return "".join(f"{line}\n" for line in [f"-- Info about channel driver: {name} --", *lines])


@command("core show switches")
def show_switches(_: CliContext, arguments: Arguments) -> str:
    """List the kinds of ``switch`` lines."""
    if arguments:
        raise UsageError
    return (
        "\n    -= Registered Asterisk Alternative Switches =-\n"
        "Loopback: Loopback Dialplan Switch\nRealtime: Realtime Dialplan Switch\n"
    )


@command("core show settings")
def show_settings(context: CliContext, arguments: Arguments) -> str:
    """Show how the node is set."""
    if arguments:
        raise UsageError
    pbx = context.pbx
    folders = pbx.directories
    records = pbx.datastore(CallRecords)
    limit = str(pbx.maximum_channels) if pbx.maximum_channels else "Not set"
    load = f"{pbx.maximum_load:.6f}" if pbx.maximum_load else "Not set"
    lines = [
        "", "PBX Core settings", "-----------------",
        f"  Version:                     {version_text().removeprefix('Asterisk ')}",
        f"  Maximum calls:               {limit} (Current {len(pbx.channels)})",
        f"  Maximum load average:        {load}",
        f"  System name:                 {pbx.system_name}",
        f"  Call data records:           {'Enabled' if records.is_on else 'Disabled'}",
        f"  Process id:                  {os.getpid()}",
        "", "* Directories", "  -------------",
        f"  Configuration file:          {folders.astetcdir / 'asterisk.conf'}",
        f"  Configuration directory:     {folders.astetcdir}",
        f"  Module directory:            {folders.astmoddir}",
        f"  Spool directory:             {folders.astspooldir}",
        f"  Log directory:               {folders.astlogdir}",
        f"  Run/Sockets directory:       {folders.astrundir}",
        f"  PID file:                    {folders.astrundir / 'asterisk.pid'}",
        f"  VarLib directory:            {folders.astvarlibdir}",
        f"  Data directory:              {folders.astdatadir}",
        f"  ASTDB:                       {folders.astdbdir / 'astdb.sqlite3'}",
        f"  AGI Scripts directory:       {folders.astagidir}", "",
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


@command("core show sysinfo")
def show_sysinfo(context: CliContext, arguments: Arguments) -> str:
    """Show how the machine is."""
    if arguments:
        raise UsageError
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    free = os.sysconf("SC_AVPHYS_PAGES")
    load = " ".join(f"{each:.2f}" for each in os.getloadavg())
    since = duration_text(context.clock() - context.node.started_at)
    lines = [
        "", "System Statistics", "-----------------",
        f"  Machine:                     {platform.machine()}, {os.cpu_count()} processors",
        f"  Python:                      {sys.version.split()[0]}",
        f"  Node up for:                 {since}",
        f"  Total RAM:                   {pages * size // 1024} KiB",
        f"  Free RAM:                    {free * size // 1024} KiB",
        f"  Load average:                {load}", "",
    ]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


#: What the original calls the readers of files; ``core`` reads the others.
_READERS = {
    "agents": "app_agent_pool", "cdr": "cdr", "cel": "cel", "cli_aliases": "res_clialiases",
    "extensions": "pbx_config", "followme": "app_followme", "http": "http", "logger": "logger",
    "manager": "manager", "musiconhold": "res_musiconhold", "queues": "app_queue",
    "queuerules": "app_queue", "voicemail": "app_voicemail",
}  # fmt: skip


#: Files of objects, which the original reads once for each kind: readers without a name.
_OBJECTS: Mapping[str, Sequence[str]] = {
    "ari": ("general", "user", "outbound_websocket"),
    "pjsip": ("acl", "aor", "asterisk-publication", "auth", "domain_alias", "endpoint", "global",
              "identify", "inbound-publication", "outbound-publish", "registration",
              "resource_list", "system", "transport"),
}  # fmt: skip


@command("config list")
def list_files(context: CliContext, arguments: Arguments) -> str:
    """List the configuration files that are there, and who reads them."""
    if arguments:
        raise UsageError
    folder = context.pbx.directories.astetcdir
    files = sorted(folder.glob("*.conf")) if folder.is_dir() else []
    rows = ((reader, each) for each in files for reader in _readers(each))
    return "".join(f"{reader:<20.20} {each!s:<50}\n" for reader, each in rows)


def _readers(file: Path) -> Sequence[str]:
    """Who reads a file; where it is a file of objects, a reader for each kind of them."""
    if file.stem in _OBJECTS:
        return [str(uuid.uuid5(uuid.NAMESPACE_URL, kind)) for kind in _OBJECTS[file.stem]]
    return [_READERS.get(file.stem, "core")]


@command("config reload", "config reload <filename>")
async def reload_file(context: CliContext, arguments: Arguments) -> str:
    """Read what stands in a file anew."""
    if len(arguments) != 1:
        raise UsageError
    word = arguments[0].rpartition("/")[2].removesuffix(".conf")
    await context.node.reload(word)
    return ""


@command("core ping taskprocessor", "core ping taskprocessor <name>")
def ping_taskprocessor(_: CliContext, arguments: Arguments) -> str:
    """Say that there are no task processors here: one loop does it all."""
    if len(arguments) != 1:
        raise UsageError
    return f"\nping failed: {arguments[0]} not found\n\n"


@command("dnsmgr status")
def dns_status(_: CliContext, arguments: Arguments) -> str:
    """Say how names are kept: they are looked up when they are needed."""
    if arguments:
        raise UsageError
    return "DNS Manager: disabled\nRefresh Interval: 300 seconds\nNumber of entries: 0\n"


@command("keys show")
def show_keys(_: CliContext, arguments: Arguments) -> str:
    """List RSA keys for other servers: there are none, their protocols are not spoken."""
    if arguments:
        raise UsageError
    head = f"{'Key Name':<18} {'Type':<8} {'Status':<16} {'Sum':<33}\n"
    rule = f"{'-' * 18} {'-' * 8} {'-' * 16} {'-' * 32} \n"
    return f"{head}{rule}\n0 known RSA keys.\n"


@command("say load", "say load [new|old]")
def say_load(_: CliContext, arguments: Arguments) -> str:
    """Say how numbers are said: by our own grammars, as ``old`` does."""
    if arguments and arguments[0] not in {"old", "new"}:
        raise UsageError
    return "say mode is [old]\n"
