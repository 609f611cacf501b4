"""What counts for all of SIP: settings, how requests are identified, ciphers of TLS."""

from __future__ import annotations

import ssl

from switchroom.cli import pjsip_layout as layout
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command


@command("pjsip show settings")
def show_settings(context: CliContext, arguments: Arguments) -> str:
    """Show the settings of the sections of type global and system."""
    if arguments:
        raise UsageError
    general, system = (layout.parameter_table(each) for each in context.sip.settings())
    return f"\nGlobal Settings:\n\n{general}\nSystem Settings:\n\n{system}\n"


@command("pjsip show identifiers")
def show_identifiers(context: CliContext, arguments: Arguments) -> str:
    """List what a request's endpoint is found by, in the order in which it is tried."""
    if arguments:
        raise UsageError
    return "Identifier Names:\n" + "".join(f"{name}\n" for name in context.sip.identifiers())


@command("pjsip list ciphers")
def list_ciphers(_: CliContext, arguments: Arguments) -> str:
    """List the ciphers that a transport of TLS can be given."""
    if arguments:
        raise UsageError
    names = [each["name"] for each in ssl.create_default_context().get_ciphers()]
    return "Available ciphers: " + ", ".join(f"'{name}'" for name in names) + "\n\n"
