import asyncio
import os
import pwd
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.cli.permissions import CliAliases, CliPermissions, CommandRights
from switchroom.cli.registry import collect_commands
from switchroom.config.cli import read_cli_aliases, read_cli_permissions
from switchroom.config.language.reader import parse_config
from tests.cli.fakes import CliNode

PERMISSIONS = """
[general]
default_perm = deny
[{user}]
permit = core show
deny = core show help
permit = all   ; not for this one: see below
deny = all
permit = core show
"""


def test_the_last_rule_that_fits_counts() -> None:
    text = PERMISSIONS.format(user="root")
    config = read_cli_permissions(parse_config(text, path=Path("cli_permissions.conf")))
    assert not config.permits_by_default
    rights = CommandRights(config.rules["root"], config.permits_by_default)
    assert rights.allows(["core", "show", "version"])
    assert not rights.allows(["core", "stop", "now"])
    assert not rights.allows(["core", "shown"])
    with pytest.raises(ConfigError, match="expected permit or deny"):
        read_cli_permissions(parse_config("[a]\nallow = x\n", path=Path("x")))


def test_a_user_who_may_only_look_changes_nothing(cli: CliNode) -> None:
    """Every command is tried; those that change something are not among those that show."""
    permissions = CliPermissions(
        permits_by_default=False,
        rules={pwd.getpwuid(os.getuid()).pw_name: [(True, "core show"), (True, "database show")]},
    )
    rights = permissions.rights_of(os.getuid(), os.getgid())

    async def main() -> None:
        before = cli.context.pbx.astdb.items()
        for each in collect_commands().beginning_with([]):
            text = await collect_commands().execute(f"{each.name} a b c", cli.context, rights)
            refused = text.startswith("You don't have permissions to run")
            shows = each.name.startswith(("core show", "database show"))
            # A command of more words than the rule is another one.
            assert refused is not (shows and each.name != "database showkey"), each.name
        assert cli.context.pbx.astdb.items() == before
        assert cli.node.told == []
        assert cli.dialplan.told == []

    asyncio.run(main())


def test_aliases_stand_for_commands(cli: CliNode) -> None:
    text = (
        "[general]\ntemplate = short\n[short]\nversion = core show version\nput = database put f\n"
    )
    config = read_cli_aliases(parse_config(text, path=Path("cli_aliases.conf")))
    cli.context.pbx.datastore(CliAliases).aliases = config.aliases

    async def main() -> None:
        execute = collect_commands().execute
        assert (await execute("version", cli.context)).startswith("Asterisk ")
        assert await execute("put  k v", cli.context) == "Updated database successfully\n"
        assert cli.context.pbx.astdb.get("f", "k") == "v"
        shown = await execute("cli show aliases", cli.context)
        assert "core show version" in shown

    asyncio.run(main())
