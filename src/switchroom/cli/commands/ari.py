"""``ari …``: the REST interface."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.base.crypted_password import NoCryptError, crypt_password
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.ari_facts import AriFacts, KnownApplication


def _facts(context: CliContext) -> AriFacts:
    return context.pbx.datastore(AriFacts)


def _applications(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [each.name for each in _facts(context).applications()]


def _users(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else tuple(_facts(context).config.users)


def _outbound(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else tuple(_facts(context).config.outbound)


def _yes(flag: object) -> str:
    return "Yes" if flag else "No"


@command("ari show status")
def show_status(context: CliContext, arguments: Arguments) -> str:
    """Show how the REST interface is set."""
    if arguments:
        raise UsageError
    config = _facts(context).config
    rows = [
        ("Enabled", _yes(config.is_enabled)),
        ("Output format", "pretty" if config.is_pretty else "compact"),
        ("Auth realm", config.realm),
        ("Allowed Origins", ",".join(config.origins)),
    ]
    return "ARI Status:\n" + "".join(f"{name}: {value}\n" for name, value in rows)


@command("ari show apps")
def show_applications(context: CliContext, arguments: Arguments) -> str:
    """List the applications."""
    if arguments:
        raise UsageError
    rows = [f"{each.name:<25}\n" for each in _facts(context).applications()]
    return f"{'Application Name':<25}\n{'=' * 25}\n" + "".join(rows)


@command("ari show app", "ari show app <application>", complete=_applications)
def show_application(context: CliContext, arguments: Arguments) -> str:
    """Show an application, and what it hears of."""
    if len(arguments) != 1:
        raise UsageError
    found = next((e for e in _facts(context).applications() if e.name == arguments[0]), None)
    if found is None:
        return f"App '{arguments[0]}' not found\n"
    return _described(found)


def _described(found: KnownApplication) -> str:
    rows = [
        ("Name", found.name),
        ("Active", _yes(found.is_active)),
        ("Debug", _yes(found.is_traced)),
        ("Subscription Model", "Global Resource Subscription" if found.hears_all else
         "Application/Explicit Resource Subscription"),
        ("Channels", str(len(found.channels))),
    ]  # fmt: skip
    lines = [f"{name}: {value}\n" for name, value in rows]
    if found.topics:
        lines.append("Subscriptions:\n")
        lines += [f"  {topic}\n" for topic in sorted(found.topics)]
    return "".join(lines)


@command("ari show users")
def show_users(context: CliContext, arguments: Arguments) -> str:
    """List the users of ari.conf."""
    if arguments:
        raise UsageError
    rows = [
        f"{_yes(each.is_read_only):<4}  {_yes(each.rules):<4}  {name}\n"
        for name, each in _facts(context).config.users.items()
    ]
    return "r/o?  ACL?  Username\n----  ----  --------\n" + "".join(rows)


@command("ari show user", "ari show user <username>", complete=_users)
def show_user(context: CliContext, arguments: Arguments) -> str:
    """Show a user of ari.conf; never the password."""
    if len(arguments) != 1:
        raise UsageError
    user = _facts(context).config.users.get(arguments[0])
    if user is None:
        return f"User '{arguments[0]}' not found\n"
    return (
        f"Username: {user.name}\nRead only?: {_yes(user.is_read_only)}\n"
        f"Password format: {'crypt' if user.is_crypted else 'plain'}\n"
        f"ACL?: {_yes(user.rules)}\n"
    )


@command(
    "ari set debug",
    "ari set debug <application|all> <on|off>",
    complete=lambda context, arguments: (
        ("all", *_applications(context, ())) if not arguments else ("on", "off")
    ),
)
def set_debug(context: CliContext, arguments: Arguments) -> str:
    """Write into the log what an application is told, or no more."""
    if len(arguments) != 2 or arguments[1].lower() not in {"on", "off"}:
        raise UsageError
    name, traced = arguments[0], arguments[1].lower() == "on"
    facts = _facts(context)
    names = [each.name for each in facts.applications()] if name.lower() == "all" else [name]
    for each in names:
        if not facts.trace(each, traced):
            return f"App '{each}' not found\n"
    word = "enabled" if traced else "disabled"
    return f"Debugging {word} for '{name}'\n"


@command("ari mkpasswd", "ari mkpasswd <password>")
def make_password(_: CliContext, arguments: Arguments) -> str:
    """Make what ``password`` is with ``password_format = crypt``."""
    if len(arguments) != 1:
        raise UsageError
    try:
        crypted = crypt_password(arguments[0])
    except NoCryptError as error:
        return f"{error}\n"
    return (
        "; Copy the following two lines into ari.conf\npassword_format = crypt\n"
        f"password = {crypted}\n"
    )


@command("ari show websocket sessions")
def show_sessions(context: CliContext, arguments: Arguments) -> str:
    """List who is connected."""
    if arguments:
        raise UsageError
    found = _facts(context).sessions()
    head = f"{'Connection ID':<20} {'Type':<10} {'Remote Address':<28} {'User':<16} Applications\n"
    rows = [
        f"{each.id:<20} {'Outbound' if each.is_outbound else 'Inbound':<10} {each.remote:<28} "
        f"{each.user:<16} {','.join(each.applications)}\n"
        for each in found
    ]
    return head + "".join(rows) + f"{len(found)} sessions\n"


@command(
    "ari shutdown websocket session",
    "ari shutdown websocket session <id>",
    complete=lambda context, arguments: (
        () if arguments else [each.id for each in _facts(context).sessions()]
    ),
)
def end_session(context: CliContext, arguments: Arguments) -> str:
    """End a connection."""
    if len(arguments) != 1:
        raise UsageError
    if _facts(context).kick(arguments[0]):
        return f"Shutting down session '{arguments[0]}'\n"
    return f"Session '{arguments[0]}' not found\n"


@command("ari shutdown websocket sessions")
def end_sessions(context: CliContext, arguments: Arguments) -> str:
    """End all connections."""
    if arguments:
        raise UsageError
    facts = _facts(context)
    ended = [each.id for each in facts.sessions() if facts.kick(each.id)]
    return f"Shutting down {len(ended)} sessions\n"


@command("ari show outbound-websockets")
def show_outbound(context: CliContext, arguments: Arguments) -> str:
    """List the connections that we make ourselves."""
    if arguments:
        raise UsageError
    head = f"{'Name':<20} {'WebSocket Client':<20} {'Local User':<16} Applications\n"
    rows = [
        f"{each.name:<20} {each.client:<20} {each.user:<16} {','.join(each.applications)}\n"
        for each in _facts(context).config.outbound.values()
    ]
    return head + "".join(rows)


@command(
    "ari show outbound-websocket", "ari show outbound-websocket <connection id>", complete=_outbound
)
def show_one_outbound(context: CliContext, arguments: Arguments) -> str:
    """Show one of them."""
    if len(arguments) != 1:
        raise UsageError
    found = _facts(context).config.outbound.get(arguments[0])
    if found is None:
        return f"Outbound websocket '{arguments[0]}' not found\n"
    rows = [
        ("Name", found.name),
        ("websocket_client_id", found.client),
        ("apps", ",".join(found.applications)),
        ("local_ari_user", found.user),
        ("subscribe_all", _yes(found.hears_all)),
    ]
    return "".join(f"{name}: {value}\n" for name, value in rows)


@command(
    "ari start outbound-websocket",
    "ari start outbound-websocket <connection id>",
    complete=_outbound,
)
def start_outbound(context: CliContext, arguments: Arguments) -> str:
    """Connect to the application of one of them."""
    if len(arguments) != 1:
        raise UsageError
    if _facts(context).connect(arguments[0]):
        return f"Starting outbound websocket '{arguments[0]}'\n"
    return f"Outbound websocket '{arguments[0]}' not found\n"
