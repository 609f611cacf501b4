"""The phone's options, and the settings that they make."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from switchroom.base.errors import SwitchroomError
from switchroom.channels.sip.endpoints.codecs import codecs_of
from switchroom.channels.sip.endpoints.endpoint import DtmfMode
from switchroom.config.language.values import parse_bind
from switchroom.media.api import Sound
from switchroom.media.codecs.registry import all_codecs
from switchroom.media.files.reading import read_sound
from switchroom.media.files.writing import open_writer
from switchroom.net.credentials import TlsSettings, make_contexts
from switchroom.sdp.negotiation import Secrecy
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.uri import SipUri
from switchroom.tools.phone.identity import (
    Identity,
    identity_of_config,
    identity_of_uri,
    parse_address,
)
from switchroom.tools.phone.phone import address_of
from switchroom.tools.phone.script import LONGEST, Play, Step, Transfer, parse_script
from switchroom.tools.phone.settings import AudioSettings, Greeting, Incoming, PhoneSettings

PASSWORD_VARIABLE = "SWITCHROOM_PHONE_PASSWORD"  # where, not what
LONGEST_EXPIRY = 2**31 - 1  #: seconds, what registrars read


class OptionsError(SwitchroomError):
    """Options that do not go together, or a value that is none."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare every option."""
    _add_identity(parser.add_argument_group("who to be (one of them)"))
    _add_secrets(parser.add_argument_group("how to prove it"))
    _add_actions(parser.add_argument_group("what to do"))
    _add_manners(parser.add_argument_group("how"))


def _add_identity(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--demo", metavar="NAME", help="a phone of the demo: 100 or 101")
    group.add_argument(
        "--endpoint", metavar="NAME", help="an endpoint of the pjsip.conf in --config"
    )
    group.add_argument("--register", metavar="URI", help="sip:alice@192.0.2.1:5060, and register")
    group.add_argument("--from", dest="from_", metavar="URI", help="the same, without registering")
    group.add_argument("--config", metavar="DIR", type=Path, help="where --endpoint is looked for")
    group.add_argument("--name", default="", help="the name to be shown to whoever is called")


def _add_secrets(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--user", default="", help="the user name for digest, if it is another")
    group.add_argument(
        "--password-file", metavar="FILE", type=Path, help="the first line of it is the password"
    )
    group.add_argument(
        "--password",
        help=f"others can see it in the list of processes: better a file, or {PASSWORD_VARIABLE} "
        "in the environment",
    )


def _add_actions(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--dial", metavar="TARGET", help="500, *88 or sip:bob@192.0.2.7:5060")
    group.add_argument("--answer", action="store_true", help="wait for a call and answer it")
    group.add_argument(
        "--answer-after",
        metavar="S",
        type=_seconds,
        help="answer once it rang so long",
    )
    group.add_argument("--busy", action="store_true", help="wait for a call and be busy (486)")
    group.add_argument(
        "--reject", metavar="STATUS", nargs="?", type=_status, const=603,
        help="wait for a call and refuse it (603)",
    )  # fmt: skip
    group.add_argument("--say", metavar="SCRIPT", default="", help="what to do in the call")
    group.add_argument(
        "--record",
        metavar="FILE",
        type=Path,
        help="what they say: .wav .ulaw .alaw .sln",
    )


def _add_manners(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--wait", metavar="S", type=_seconds, help="how long to wait for a call (for ever)"
    )
    group.add_argument(
        "--ring-for", metavar="S", type=_seconds, default=60.0, help="give a call of ours up (60)"
    )
    group.add_argument(
        "--stay", metavar="S", type=_seconds,
        help="after the script, wait so long for the other side to hang up (60; without a script: "
        "for ever); without a call, stay registered so long (0)",
    )  # fmt: skip
    group.add_argument(
        "--expires", metavar="S", type=_expiry, default=3600, help="of the registration (3600)"
    )
    group.add_argument(
        "--dtmf", choices=["rfc4733", "info", "inband"], default="rfc4733", help="how digits travel"
    )
    group.add_argument("--codecs", default="ulaw,alaw", help="best first (ulaw,alaw)")
    group.add_argument(
        "--pause", metavar="S", type=_seconds, default=0.5,
        help="silence that ends a prompt (0.5)",
    )  # fmt: skip
    group.add_argument("--tcp", action="store_true", help="SIP over TCP where nothing else is said")
    group.add_argument("--tls", action="store_true", help="SIP over TLS where nothing else is said")
    group.add_argument(
        "--srtp", action="store_true", help="protected audio or none (keys go in SDP: use --tls)"
    )
    group.add_argument(
        "--ca", metavar="FILE", type=Path,
        help="whose certificates to trust (PEM); without: whom the system trusts",
    )  # fmt: skip
    group.add_argument(
        "--insecure", action="store_true", help="over TLS, whatever the server's certificate says"
    )
    group.add_argument("--bind", metavar="HOST[:PORT]", help="our own address for SIP")
    group.add_argument("--json", action="store_true", help="one JSON object a line")
    group.add_argument("--trace", action="store_true", help="SIP messages on standard error")


def _seconds(text: str) -> float:
    value = float(text)  # argparse makes a sentence of the ValueError
    if not 0 <= value <= LONGEST:
        raise argparse.ArgumentTypeError(f"expected 0 to {LONGEST:.0f} seconds, not {text}")
    return value


def _expiry(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= LONGEST_EXPIRY:
        raise argparse.ArgumentTypeError(f"expected a whole number of seconds, not {text!r}")
    return int(text)


def _status(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 400 <= int(text) <= 699:
        raise argparse.ArgumentTypeError(f"expected a status from 400 to 699, not {text!r}")
    return int(text)


def settings_of(
    arguments: argparse.Namespace, demo_folder: Path, environment: Mapping[str, str]
) -> PhoneSettings:
    """Check what was asked for and read what it needs: script, sounds, configuration, password.

    Args:
        arguments: As parsed with :func:`add_options`.
        demo_folder: Where the demo's ``pjsip.conf`` is.
        environment: May hold the password.

    Raises:
        SwitchroomError: Something that cannot be; nobody was called yet.
    """
    identity = _identity(arguments, demo_folder, environment)
    incoming = _incoming(arguments)
    if arguments.dial is not None and incoming is not None:
        raise OptionsError("either --dial somebody or wait for a call, not both")
    script = parse_script(arguments.say)
    if script and arguments.dial is None and (not incoming or incoming.greeting is Greeting.REFUSE):
        raise OptionsError("--say needs a call: --dial, --answer or --answer-after")
    for step in script:
        if isinstance(step.action, Transfer):
            address_of(step.action.target, identity.server)
    uses_endpoint = arguments.demo is not None or arguments.endpoint is not None
    return PhoneSettings(
        identity=identity,
        registers=arguments.register is not None or (uses_endpoint and arguments.dial is None),
        expires=arguments.expires,
        dial=_target(arguments, identity),
        ring_for=arguments.ring_for,
        incoming=incoming,
        script=script,
        sounds=_sounds(script),
        stay=arguments.stay,
        audio=_audio(arguments),
        bind=_bind(arguments.bind),
        tls=_tls(arguments),
    )


def _identity(
    arguments: argparse.Namespace, demo_folder: Path, environment: Mapping[str, str]
) -> Identity:
    given = [
        name
        for name in ("demo", "endpoint", "register", "from_")
        if getattr(arguments, name) is not None
    ]
    if len(given) > 1:
        options = " and ".join(f"--{name.rstrip('_')}" for name in given)
        raise OptionsError(f"{options} name two to be: give one of them")
    password = _password(arguments)
    name, transport = arguments.name, _transport(arguments)
    if arguments.demo is not None:
        if not (demo_folder / "pjsip.conf").exists():
            raise OptionsError("there is no demo yet: start it with `switchroom demo`")
        return identity_of_config(
            demo_folder, arguments.demo, name=name, password=password, transport=transport
        )
    if arguments.endpoint is not None:
        if arguments.config is None:
            raise OptionsError("--endpoint needs --config, the folder of its pjsip.conf")
        return identity_of_config(
            arguments.config, arguments.endpoint, name=name, password=password, transport=transport
        )
    if given:
        if password is None:
            password = environment.get(PASSWORD_VARIABLE)
        uri = arguments.register if arguments.register is not None else arguments.from_
        return identity_of_uri(
            uri, name=name, username=arguments.user, password=password, transport=transport
        )
    if arguments.dial is None or "@" not in arguments.dial:
        raise OptionsError("say who to be: --demo, --endpoint, --register or --from")
    target = parse_address(arguments.dial, transport=transport)
    server = SipUri("sip", "", target.host, target.port, target.parameters)
    return Identity(NameAddr("sip:anonymous@anonymous.invalid", name), server)


def _password(arguments: argparse.Namespace) -> str | None:
    if arguments.password is not None:
        return str(arguments.password)
    path: Path | None = arguments.password_file
    if path is None:
        return None
    try:
        return path.read_text().partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise OptionsError(f"cannot read {path}: {why}") from error


def _target(arguments: argparse.Namespace, identity: Identity) -> SipUri | None:
    if arguments.dial is None:
        return None
    if not arguments.dial:
        raise OptionsError("--dial needs somebody to dial")
    return address_of(arguments.dial, identity.server)


def _incoming(arguments: argparse.Namespace) -> Incoming | None:
    ways = {
        "--answer": arguments.answer or arguments.answer_after is not None,
        "--busy": arguments.busy,
        "--reject": arguments.reject is not None,
    }
    chosen = [option for option, is_chosen in ways.items() if is_chosen]
    if len(chosen) > 1:
        raise OptionsError(f"one of {' and '.join(chosen)}, not both")
    if not chosen:
        return None
    if chosen == ["--answer"]:
        after = arguments.answer_after or 0.0
        return Incoming(Greeting.ANSWER, answer_after=after, within=arguments.wait)
    status = 486 if arguments.busy else arguments.reject
    return Incoming(Greeting.REFUSE, status=status, within=arguments.wait)


def _sounds(script: tuple[Step, ...]) -> dict[Path, Sound]:
    paths = {step.action.path for step in script if isinstance(step.action, Play)}
    return {path: Sound(path.name, *read_sound(path)) for path in paths}


def _audio(arguments: argparse.Namespace) -> AudioSettings:
    codecs = tuple(word.strip() for word in arguments.codecs.split(",") if word.strip())
    unknown = [name for name in codecs if not codecs_of((name,))]
    if unknown or not codecs:
        raise OptionsError(f"--codecs {arguments.codecs}: there are {', '.join(all_codecs())}")
    path: Path | None = arguments.record
    if path is not None:
        try:
            open_writer(path).close()
        except OSError as error:
            raise OptionsError(f"cannot record into {path}: {error.strerror}") from error
    secrecy = Secrecy.REQUIRED if arguments.srtp else Secrecy.NONE
    pause = max(arguments.pause, 0.02)
    return AudioSettings(codecs, DtmfMode(arguments.dtmf), secrecy, pause, path)


def _transport(arguments: argparse.Namespace) -> str:
    if arguments.tls and arguments.tcp:
        raise OptionsError("one of --tcp and --tls, not both")
    return "tls" if arguments.tls else "tcp" if arguments.tcp else ""


def _tls(arguments: argparse.Namespace) -> TlsSettings:
    if arguments.insecure and arguments.ca is not None:
        raise OptionsError("--insecure trusts everybody: --ca has no meaning with it")
    settings = TlsSettings(authorities=arguments.ca, verifies_server=not arguments.insecure)
    if arguments.ca is not None:
        make_contexts(settings)  # a file that is none is said before anything is tried
    return settings


def _bind(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    try:
        return parse_bind(text, port=0)
    except ValueError as error:
        raise OptionsError(f"--bind: {error}") from error
