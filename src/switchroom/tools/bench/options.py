"""The command line of ``switchroom bench``, and what it must not be used for."""

from __future__ import annotations

import argparse
import ipaddress
import math
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.flow import Address
from switchroom.sip.uri import SipUri, parse_uri
from switchroom.tools.bench.settings import BenchError, Kind, Load, Settings, User

PASSWORD_VARIABLE = "SWITCHROOM_BENCH_PASSWORD"  # its name
CONSENT = "--yes-i-own-it"
MOST_CALLS = 1_000_000
MOST_AT_ONCE = 4000  #: calls with audio; each needs two ports
MOST_SECONDS = 3600.0
MOST_RATE = 10_000.0
ONE_PROCESS = 400.0  #: calls a second that one process can begin with some ease
ONE_PROCESS_AUDIO = 400  #: calls with audio that one process can keep up

_DEFAULT_RATE = {Kind.CALLS: 20.0, Kind.AUDIO: 20.0, Kind.REGISTER: 20.0}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare all options."""
    parser.add_argument("kind", choices=[kind.value for kind in Kind], help="what to load with")
    parser.add_argument(
        "target", metavar="URI", help="whom to call, or whom to register: sip:600@127.0.0.1:5060"
    )
    how = parser.add_argument_group("how much")
    add = how.add_argument
    add("--rate", type=float, metavar="N", help="calls or registrations begun a second (20)")
    add("--seconds", type=float, default=10.0, metavar="S", help="for how long (10)")
    add("--calls", type=int, default=20, metavar="N", help="audio: calls up at the same time (20)")
    add("--hold", type=float, default=0.0, metavar="S", help="calls: how long each stays up (0)")
    add("--find", action="store_true", help="raise the rate until it is too much")
    add("--max-rate", type=float, default=1000.0, metavar="N", help="where --find ends (1000)")
    add("--processes", type=int, metavar="N", help="that make the load (as many as it needs)")
    who = parser.add_argument_group("who calls, or registers")
    add = who.add_argument
    add("--user", default="", metavar="NAME", help="bench; the user of the URI for register")
    add("--password-file", type=Path, metavar="FILE", help="its first line is the password")
    add(
        "--users", type=Path, metavar="FILE",
        help="many, that take turns: a line user:password for each",
    )  # fmt: skip
    add("--domain", default="", metavar="HOST", help="of their addresses (that of the URI)")
    out = parser.add_argument_group("output")
    out.add_argument("--json", action="store_true", help="one JSON object, for scripts")
    parser.add_argument(
        CONSENT, action="store_true", dest="is_owner",
        help="needed for any server that is not on this machine: it will be busy, or worse",
    )  # fmt: skip


def settings_of(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """Check what was asked for.

    Raises:
        BenchError: It makes no sense, or is aimed at somebody else.
    """
    kind = Kind(arguments.kind)
    uri = _uri(arguments.target)
    server = _resolve(uri)
    if not ipaddress.ip_address(server[0]).is_loopback and not arguments.is_owner:
        raise BenchError(
            f"{server[0]} is not this machine: a load on somebody else's server is an attack; "
            f"{CONSENT} says that it is yours"
        )
    rate = arguments.rate or _DEFAULT_RATE[kind]
    seconds = arguments.seconds
    _within("--rate", rate, MOST_RATE)
    _within("--max-rate", arguments.max_rate, MOST_RATE)
    _within("--seconds", seconds, MOST_SECONDS)
    if not 0 <= arguments.hold <= MOST_SECONDS:
        raise BenchError(f"--hold must be 0 to {MOST_SECONDS:.0f}")
    count = arguments.calls if kind is Kind.AUDIO else max(round(rate * seconds), 1)
    _within("--calls", count, MOST_AT_ONCE if kind is Kind.AUDIO else MOST_CALLS)
    if kind is Kind.AUDIO and arguments.find:
        raise BenchError("--find raises a rate; for audio try several --calls")
    target = str(uri)
    if kind is Kind.REGISTER:
        target = str(SipUri(uri.scheme, "", uri.host, uri.port, uri.parameters))
    load = Load(
        kind, target, server, rate, count, seconds if kind is Kind.AUDIO else arguments.hold,
        _users(arguments, uri, environment), arguments.domain or _authority(uri),
    )  # fmt: skip
    workers = _workers(arguments, load)
    return Settings(load, workers, arguments.find, arguments.max_rate, arguments.json)


def _uri(text: str) -> SipUri:
    try:
        uri = parse_uri(text if text.startswith(("sip:", "sips:")) else f"sip:{text}")
    except RemoteSipError as error:
        raise BenchError(f"{text!r} is no SIP address: {error}") from error
    if uri.scheme != "sip" or uri.transport not in {"", "udp"}:
        raise BenchError("a load is made over UDP only yet")
    return uri


def _resolve(uri: SipUri) -> Address:
    host, port = uri.host.strip("[]"), uri.port or 5060
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise BenchError(f"no host {host!r}: {error.strerror}") from error
    return str(found[0][4][0]), port


def _authority(uri: SipUri) -> str:
    return f"{uri.host}:{uri.port}" if uri.port else uri.host


def _within(what: str, value: float, most: float) -> None:
    if not 0 < value <= most or math.isnan(value):
        raise BenchError(f"{what} must be above 0 and {most:g} at most")


def _users(
    arguments: argparse.Namespace, uri: SipUri, environment: Mapping[str, str]
) -> tuple[User, ...]:
    try:
        if arguments.users is not None:
            return _read_users(arguments.users.read_text())
        password = environment.get(PASSWORD_VARIABLE, "")
        if arguments.password_file is not None:
            password = arguments.password_file.read_text().partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"cannot read: {error}") from error
    is_registration = arguments.kind == Kind.REGISTER
    name = arguments.user or (uri.user if is_registration else "bench")
    if not name:
        raise BenchError("register whom? sip:alice@…, --user or --users says it")
    return (User(name, password),)


def _read_users(text: str) -> tuple[User, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        name, _, password = line.strip().partition(":")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not name:
            raise BenchError(f"line {number} of the users has no name")
        found.append(User(name, password))
    if not found:
        raise BenchError("there are no users in that file")
    return tuple(found)


def _workers(arguments: argparse.Namespace, load: Load) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if arguments.processes is not None:
        _within("--processes", arguments.processes, 64)
        return int(arguments.processes)
    fastest = arguments.max_rate if arguments.find else load.rate
    wanted = fastest / ONE_PROCESS
    if load.kind is Kind.AUDIO:
        wanted = load.count / ONE_PROCESS_AUDIO
    return max(1, min(math.ceil(wanted), cores or 1, load.count))
