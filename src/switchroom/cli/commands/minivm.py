"""``minivm …``: accounts of MiniVM and the templates of their e-mail."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.config.minivm import MinivmConfig
from switchroom.voicemail.minivm import Minivm

_ACCOUNTS = "{:<30} {:<20} {:<20} {:<20} {}"
_TEMPLATES = "{:<20} {:<10} {:<8} {}"


def _config(context: CliContext) -> MinivmConfig:
    return context.pbx.datastore(Minivm).config


def _table(rows: list[str], nothing: str) -> str:
    return "".join(f"{row.rstrip()}\n" for row in rows) if len(rows) > 1 else f"{nothing}\n"


@command("minivm list accounts", "minivm list accounts [for <domain>]")
def accounts(context: CliContext, arguments: Arguments) -> str:
    """List accounts, of all domains or of one."""
    if arguments and (len(arguments) != 2 or arguments[0] != "for"):
        raise UsageError
    rows = [_ACCOUNTS.format("User", "E-Template", "P-template", "Zone", "Full name")]
    rows += [
        _ACCOUNTS.format(
            each.address, each.email_template or "-", each.pager_template or "-",
            each.zone or "-", each.full_name,
        )
        for each in _config(context).accounts.values()
        if not arguments or each.domain.lower() == arguments[1].lower()
    ]  # fmt: skip
    return _table(rows, "There are no accounts of MiniVM.")


@command("minivm list templates", "minivm list templates")
def templates(context: CliContext, arguments: Arguments) -> str:
    """List the templates of e-mail."""
    if arguments:
        raise UsageError
    rows = [_TEMPLATES.format("Template name", "Charset", "Attach", "Subject")]
    rows += [
        _TEMPLATES.format(
            each.name, each.charset, "Yes" if each.attaches else "No", each.subject or "-"
        )
        for each in _config(context).templates.values()
    ]
    return _table(rows, "There are no templates of MiniVM.")


@command("minivm show settings", "minivm show settings")
def settings(context: CliContext, arguments: Arguments) -> str:
    """Show what counts for all accounts."""
    if arguments:
        raise UsageError
    config = _config(context)
    facts = {
        "Format": config.format,
        "Longest message": f"{config.longest or 'any'}",
        "Shortest message": f"{config.shortest:.0f}",
        "Silence that ends one": f"{config.max_silence or 'none'}",
        "Longest greeting": f"{config.longest_greeting or 'any'}",
        "Review": "Yes" if config.reviews else "No",
    }
    return "".join(f"{name + ':':<24}{value}\n" for name, value in facts.items())


@command("minivm reload", "minivm reload")
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read minivm.conf anew."""
    if arguments:
        raise UsageError
    await context.node.reload("minivm")
    return ""
