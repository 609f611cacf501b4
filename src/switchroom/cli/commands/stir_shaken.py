"""``stir_shaken …``: what calls are signed with, and how signatures are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.stir_shaken.stir_shaken import StirShaken
from switchroom.channels.sip.technology import SipTechnology
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.config.acl import AddressRules
from switchroom.config.stir_shaken import Attestation, Profile, Verification

_NAMES = {
    "trusts_system": "load_system_certs",
    "authorities": "ca_file, ca_path",
    "revocations": "crl_file, crl_path",
    "untrusted": "untrusted_cert_file, untrusted_cert_path",
    "cache_folder": "cert_cache_dir",
    "patience": "curl_timeout",
    "cache_age": "max_cache_entry_age",
    "cache_size": "max_cache_size",
    "token_age": "max_iat_age",
    "date_age": "max_date_header_age",
    "action": "failure_action",
    "tells_by_stir": "use_rfc9410_responses",
    "needs_date": "ignore_sip_date_header",
    "allows_any_port": "relax_x5u_port_scheme_restrictions",
    "allows_any_path": "relax_x5u_path_restrictions",
    "rules": "x5u_acl, x5u_permit, x5u_deny",
    "private_key_file": "private_key_file",
    "certificate_url": "public_cert_url",
    "level": "attest_level",
    "sends_media_keys": "send_mky",
    "is_checked": "check_tn_cert_public_url",
}


def _known(context: CliContext) -> StirShaken:
    return context.pbx.datastore(StirShaken)


def _shown(name: str, value: object) -> str:
    if name == "needs_date":
        value = not value
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case tuple():
            return ", ".join(map(str, value))
        case AddressRules():
            return " ".join(f"{'+' if permits else '-'}{net}" for permits, net in value.rules)
        case _:
            return str(value)


def _lines(what: Attestation | Verification) -> list[str]:
    """The options, by the names of the file; private keys by their files only."""
    return [
        f"  {_NAMES[each.name]:<40}: {_shown(each.name, getattr(what, each.name))}".rstrip()
        for each in fields(what)
    ]


def _text(title: str, *parts: Iterable[str]) -> str:
    return "\n".join([title, *(line for part in parts for line in part)]) + "\n"


@command("stir_shaken show attestation")
def show_attestation(context: CliContext, arguments: Arguments) -> str:
    """Show what calls are signed with where neither a profile nor the number says otherwise."""
    if arguments:
        raise UsageError
    config = _known(context).config
    state = [f"  {'global_disable':<40}: {'no' if config.attests else 'yes'}"]
    unknown = config.attestation_of("", None).level
    level = config.attestation.text("attest_level").upper() if config.attestation else ""
    own = [line for line in _lines(config.attestation_of("", None)) if "attest_level" not in line]
    levels = [f"  {'attest_level':<40}: {level}".rstrip(),
              f"  {'unknown_tn_attest_level':<40}: {unknown}".rstrip()]  # fmt: skip
    return _text("attestation", state, own, levels)


@command("stir_shaken show verification")
def show_verification(context: CliContext, arguments: Arguments) -> str:
    """Show how signatures are looked at where no profile says otherwise."""
    if arguments:
        raise UsageError
    config = _known(context).config
    state = [f"  {'global_disable':<40}: {'no' if config.verifies else 'yes'}"]
    return _text("verification", state, _lines(config.verification))


def _profile_lines(context: CliContext, profile: Profile, behaviour: str) -> list[str]:
    config = _known(context).config
    return [
        f"  {'endpoint_behavior':<40}: {behaviour}",
        *_lines(config.attestation_of("", profile)),
        *_lines(profile.verification),
    ]


def _profiles(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else tuple(_known(context).config.profiles)


@command("stir_shaken show profile", "stir_shaken show profile <id>", complete=_profiles)
def show_profile(context: CliContext, arguments: Arguments) -> str:
    """Show a profile, with what it takes from ``[attestation]`` and ``[verification]``."""
    if len(arguments) != 1:
        raise UsageError
    profile = _profile(context, arguments[0])
    behaviour = profile.behaviour or "off"
    return _text(f"profile {profile.name}", _profile_lines(context, profile, behaviour))


@command("stir_shaken show profiles")
def show_profiles(context: CliContext, arguments: Arguments) -> str:
    """List the profiles."""
    if arguments:
        raise UsageError
    return _list(context, _known(context).config.profiles)


def _profile(context: CliContext, name: str) -> Profile:
    found = _known(context).config.profiles.get(name)
    if found is None:
        raise CommandFailedError(f"There is no profile {name}")
    return found


def _list(_: CliContext, names: Iterable[str]) -> str:
    return "".join(f"{name}\n" for name in names) or "There is none\n"


def _numbers(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else tuple(_known(context).config.numbers)


@command("stir_shaken show tn", "stir_shaken show tn <id>", complete=_numbers)
def show_tn(context: CliContext, arguments: Arguments) -> str:
    """Show what calls of a number are signed with."""
    if len(arguments) != 1:
        raise UsageError
    config, number = _known(context).config, arguments[0].lstrip("+")
    if number not in config.numbers:
        raise CommandFailedError(f"There is no tn {number}")
    return _text(f"tn {number}", _lines(config.attestation_of(number, None)))


@command("stir_shaken show tns")
def show_tns(context: CliContext, arguments: Arguments) -> str:
    """List the numbers that calls are signed for."""
    if arguments:
        raise UsageError
    return _list(context, _known(context).config.numbers)


def _endpoints(context: CliContext) -> list[Endpoint]:
    technology = context.pbx.technologies.get("PJSIP")
    settings = technology.service.settings if isinstance(technology, SipTechnology) else None
    known = _known(context)
    endpoints = settings.endpoints.values() if settings is not None else ()
    return [each for each in endpoints if known.behaviour_of(each) not in {"no", "off"}]


def _endpoint_names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [each.name for each in _endpoints(context)]


@command("stir_shaken show eprofile", "stir_shaken show eprofile <id>", complete=_endpoint_names)
def show_eprofile(context: CliContext, arguments: Arguments) -> str:
    """Show what counts for the calls of an endpoint."""
    if len(arguments) != 1:
        raise UsageError
    for endpoint in _endpoints(context):
        if endpoint.name == arguments[0]:
            known, profile = _known(context), _known(context).profile_of(endpoint)
            behaviour, title = known.behaviour_of(endpoint), f"endpoint {endpoint.name}"
            if profile is not None:
                return _text(title, _profile_lines(context, profile, behaviour))
            config = known.config
            own = [f"  {'stir_shaken':<40}: {behaviour}"]
            attestation = _lines(config.attestation_of("", None))
            return _text(title, own, attestation, _lines(config.verification))
    raise CommandFailedError(f"No calls of endpoint {arguments[0]} are signed or looked at")


@command("stir_shaken show eprofiles")
def show_eprofiles(context: CliContext, arguments: Arguments) -> str:
    """List the endpoints whose calls are signed or looked at, and how."""
    if arguments:
        raise UsageError
    known = _known(context)
    lines = [
        f"{each.name:<32} {known.behaviour_of(each):<8} {each.stir_shaken.profile}".rstrip()
        for each in _endpoints(context)
    ]
    return _list(context, lines)


@command(
    "stir_shaken verify certificate_file",
    "stir_shaken verify certificate_file <certificate_file> [<profile>]",
)
async def verify_file(context: CliContext, arguments: Arguments) -> str:
    """Say whether a certificate would be trusted: as ``[verification]`` says, or as a profile.

    The file has the caller's certificate, and those between it and a trusted one behind it.
    """
    if not 1 <= len(arguments) <= 2:
        raise UsageError
    known = _known(context)
    config = known.config
    settings = (
        _profile(context, arguments[1]).verification if arguments[1:] else config.verification
    )
    return await known.judge(Path(arguments[0]), settings, context.pbx.now) + "\n"
