"""``manager …``: the manager interface."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.manager_facts import ManagerFacts


def _facts(context: CliContext) -> ManagerFacts:
    return context.pbx.datastore(ManagerFacts)


def _yes(flag: object) -> str:
    return "Yes" if flag else "No"


@command("manager show connected")
def show_connected(context: CliContext, arguments: Arguments) -> str:
    """List who is logged in."""
    if arguments:
        raise UsageError
    head = (
        f"  {'Username':<15}  {'IP Address':<55}  {'Start':<10}  {'Elapsed':<10}  {'FileDes':<8}  "
        f"{'HttpCnt':<8}  {'ReadPerms':<10}  {'WritePerms':<10}\n"
    )
    now = context.clock()
    found = _facts(context).connected()
    rows = [
        f"  {each.name:<15}  {each.address:<55}  {int(each.started_at):<10}  "
        f"{int(now - each.started_at):<10}  {each.number:<8}  {0:<8}  {each.read:<10}  "
        f"{each.write:<10}".rstrip()
        + "\n"
        for each in found
    ]
    return head.rstrip() + "\n" + "".join(rows) + f"{len(found)} users connected.\n"


@command("manager show users")
def show_users(context: CliContext, arguments: Arguments) -> str:
    """List the users of manager.conf."""
    if arguments:
        raise UsageError
    names = list(_facts(context).config.users)
    lines = "".join(f"{name}\n" for name in names)
    rule = "-------------------\n"
    return f"\nusername\n--------\n{lines}{rule}{len(names)} manager users configured.\n"


@command(
    "manager show user",
    "manager show user <user>",
    complete=lambda context, arguments: () if arguments else tuple(_facts(context).config.users),
)
def show_user(context: CliContext, arguments: Arguments) -> str:
    """Show a user of manager.conf; never the secret."""
    if len(arguments) != 1:
        raise UsageError
    facts = _facts(context)
    user = facts.config.users.get(arguments[0])
    if user is None:
        return f"There is no manager user called {arguments[0]}\n"
    rows = [
        ("username", user.name),
        ("secret", "<Set>" if user.secret else "<N/A>"),
        ("ACL", "yes" if user.rules else "no"),
        ("read perm", facts.expand(user.read)),
        ("write perm", facts.expand(user.write)),
        ("displayconnects", "yes" if user.shows_connects else "no"),
        ("allowmultiplelogin", "yes" if user.may_login_twice else "no"),
        ("Variables", " ".join(f"{name}={value}" for name, value in user.variables)),
    ]
    return "\n" + "".join(f"{name:>18}: {value}\n" for name, value in rows)


@command("manager show settings")
def show_settings(context: CliContext, arguments: Arguments) -> str:
    """Show how the manager interface is set."""
    if arguments:
        raise UsageError
    config = _facts(context).config
    tls = config.tls_options
    address = f"{config.tls[0]}:{config.tls[1]}" if config.tls is not None else "Disabled"
    rows = [
        ("Manager (AMI):", _yes(config.is_enabled)),
        ("Web Manager (AMI/HTTP):", _yes(config.is_on_web)),
        ("TCP Bindaddress:", f"{config.plain[0]}:{config.plain[1]}"),
        ("HTTP Timeout (seconds):", str(int(config.http_timeout))),
        ("TLS Enable:", _yes(config.tls is not None)),
        ("TLS Bindaddress:", address),
        ("TLS Certfile:", str(tls.certificate or "asterisk.pem")),
        ("TLS Privatekey:", str(tls.private_key or "")),
        ("TLS Cipher:", tls.ciphers),
        ("Allow multiple login:", _yes(config.may_login_twice)),
        ("Display connects:", _yes(config.shows_connects)),
        ("Timestamp events:", _yes(config.timestamps)),
        ("Channel vars:", ",".join(config.channel_variables)),
        ("Disabled events:", ",".join(config.disabled_events)),
        ("Debug:", "No"),
    ]
    # Asterisk: two of the addresses stand without blanks behind them (22).
    bare = {"TCP Bindaddress:", "Channel vars:", "Disabled events:"}
    lines = [f"  {n:<25}  {v if n in bare else f'{v:<15}'}\n" for n, v in rows]
    return "\nGlobal Settings:\n----------------\n" + "".join(lines)


@command("manager show commands")
def show_actions(context: CliContext, arguments: Arguments) -> str:
    """List the actions of the manager interface."""
    if arguments:
        raise UsageError
    actions = sorted(_facts(context).actions.values(), key=lambda each: each.name)
    rows = [f"  {each.name:<30}  {each.summary:.70}\n" for each in actions]
    return f"  {'Action':<30}  Synopsis\n  {'------':<30}  --------\n" + "".join(rows)


@command(
    "manager show command",
    "manager show command <action> [<action> …]",
    complete=lambda context, _: [each.name for each in _facts(context).actions.values()],
)
def show_action(context: CliContext, arguments: Arguments) -> str:
    """Explain an action of the manager interface."""
    if not arguments:
        raise UsageError
    actions = _facts(context).actions
    found = [actions[name.lower()] for name in arguments if name.lower() in actions]
    if not found:
        return f"No manager action called {arguments[0]}\n"
    return "".join(
        f"[Action]\n{each.name}\n\n[Synopsis]\n{each.summary}\n\n"
        f"[Description]\n{each.help}\n\n[Privilege]\n{each.privileges}\n"
        for each in found
    )


@command("manager show events")
def show_events(context: CliContext, arguments: Arguments) -> str:
    """List the events that the manager interface tells."""
    if arguments:
        raise UsageError
    names = sorted(_facts(context).events)
    return "Events:\n" + "".join(f"  {name}\n" for name in names)


@command(
    "manager show event",
    "manager show event <event>",
    complete=lambda context, _: sorted(_facts(context).events),
)
def show_event(context: CliContext, arguments: Arguments) -> str:
    """Say whether an event is told here; docs/ami.md says what is in it."""
    if len(arguments) != 1:
        raise UsageError
    names = {name.lower(): name for name in _facts(context).events}
    found = names.get(arguments[0].lower())
    if found is None:
        return f"Could not find event '{arguments[0]}'\n"
    return f"Event: {found}\n"


@command("manager reload")
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read manager.conf anew; its addresses count from the next start on."""
    if arguments:
        raise UsageError
    await context.node.reload("manager")
    return ""


@command("manager kick session", "manager kick session <number>")
def kick(context: CliContext, arguments: Arguments) -> str:
    """End a session, by the number in ``manager show connected``."""
    if len(arguments) != 1 or not arguments[0].isdigit():
        raise UsageError
    number = int(arguments[0])
    if _facts(context).kick(number):
        return f"Kicked manager session {number}\n"
    return f"There is no manager session {number}\n"
