"""``type = registration`` of pjsip.conf: where we register ourselves."""

from __future__ import annotations

from dataclasses import dataclass, field

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options


@dataclass(frozen=True, slots=True)
class RegistrationConfig:
    """One binding of ours at somebody else's registrar; intervals in seconds."""

    name: str
    server_uri: str
    client_uri: str
    contact_user: str
    contact_header_params: str
    auths: tuple[str, ...]
    outbound_proxies: tuple[str, ...]
    expiration: int
    retry_interval: int
    forbidden_retry_interval: int
    fatal_retry_interval: int
    max_retries: int
    auth_rejection_permanent: bool
    max_random_initial_delay: int
    line: bool
    endpoint: str
    transport: str
    support_path: bool
    user_agent: str
    options: Options = field(repr=False)


def read_registration(options: Options) -> RegistrationConfig:
    """Read one.

    Raises:
        ConfigError: It does not say where or whom to register, or ``line`` has no ``endpoint``.
    """
    section = options.section
    for needed in ("server_uri", "client_uri"):
        if not options.text(needed):
            message = f"registration [{section.name}] needs a {needed}"
            raise ConfigError(message, path=section.path, line=section.line)
    if options.flag("line") != bool(options.text("endpoint")):
        message = f"registration [{section.name}]: line = yes and endpoint need each other"
        raise ConfigError(message, path=section.path, line=section.line)
    return RegistrationConfig(
        name=section.name,
        server_uri=options.text("server_uri"),
        client_uri=options.text("client_uri"),
        contact_user=options.text("contact_user"),
        contact_header_params=options.text("contact_header_params"),
        auths=options.words("outbound_auth"),
        outbound_proxies=options.words("outbound_proxy"),
        expiration=options.number("expiration"),
        retry_interval=options.number("retry_interval"),
        forbidden_retry_interval=options.number("forbidden_retry_interval"),
        fatal_retry_interval=options.number("fatal_retry_interval"),
        max_retries=options.number("max_retries"),
        auth_rejection_permanent=options.flag("auth_rejection_permanent"),
        max_random_initial_delay=options.number("max_random_initial_delay"),
        line=options.flag("line"),
        endpoint=options.text("endpoint"),
        transport=options.text("transport"),
        support_path=options.flag("support_path"),
        user_agent=options.text("user_agent"),
        options=options,
    )
