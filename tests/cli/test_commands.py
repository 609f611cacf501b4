import asyncio

import pytest

from switchroom.base.version import COMPATIBLE_VERSION
from switchroom.cli.registry import collect_commands
from switchroom.cli.text import duration_text
from switchroom.cli.version import version_text
from switchroom.cli.views import ContactView
from switchroom.pbx.channel import ChannelState
from tests.cli.fakes import CliNode
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel


def run(cli: CliNode, *lines: str) -> str:
    async def main() -> str:
        async with cli.context.pbx:
            answers = [await collect_commands().execute(line, cli.context) for line in lines]
            return answers[-1]

    return asyncio.run(main())


def complete(cli: CliNode, line: str) -> list[str]:
    return collect_commands().complete(line, cli.context)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (1.9, "1 second"),
        (62, "1 minute, 2 seconds"),
        (3600, "1 hour"),
        (8 * 86400 + 2 * 3600 + 5, "1 week, 1 day, 2 hours, 5 seconds"),
        (-5, "0 seconds"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_version_names_both(cli: CliNode) -> None:
    assert version_text().startswith(f"Asterisk {COMPATIBLE_VERSION}-switchroom-")
    assert run(cli, "core show version").startswith(f"{version_text()} built by ")


def test_uptime(cli: CliNode) -> None:
    cli.now[0] = 1065.0
    assert run(cli, "uptime") == "System uptime: 1 minute, 5 seconds\nLast reload: 1 minute\n"
    assert run(cli, "core show uptime seconds") == "System uptime: 65\nLast reload: 60\n"


def test_resources(cli: CliNode) -> None:
    make_channel(cli.context.pbx)
    text = run(cli, "core show resources")
    assert text == f"{'Channels':<24}: {1:>9}\n{'Streams':<24}: {0:>9}\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("core stop now", "stop NOW"),
        ("core stop gracefully", "stop GRACEFULLY"),
        ("core stop when convenient", "stop WHEN_CONVENIENT"),
        ("core abort shutdown", "stop ABORT"),
        ("core reload", "reload"),
        ("pjsip reload", "reload pjsip"),
    ],
)
def test_what_the_node_is_told(cli: CliNode, line: str, told: str) -> None:
    assert run(cli, line) == ""
    assert cli.node.told == [told]


def test_waiting_for_the_boot(cli: CliNode) -> None:
    async def main() -> str:
        waiting = asyncio.ensure_future(  # noqa: TID251  # looked at midway
            collect_commands().execute("core waitfullybooted", cli.context)
        )
        await asyncio.sleep(0)
        assert not waiting.done()
        cli.node.fully_booted.set()
        return await waiting

    assert asyncio.run(main()) == "Asterisk has fully booted.\n"


def test_database_completion(cli: CliNode) -> None:
    run(cli, "database put pin 100 1", "database put pin a/b 2", "database put cf 7 3")
    assert complete(cli, "database show ") == ["cf", "pin"]
    assert complete(cli, "database get pin ") == ["100", "a/b"]
    assert complete(cli, "database showkey 1") == ["100"]
    assert complete(cli, "database put pin 100 ") == []


def test_database_forms(cli: CliNode) -> None:
    run(cli, 'database put pin 100 "a b"', "database put pin 200 x", "database put pin 200/1 y")
    assert run(cli, "database get pin 100") == "Value: a b\n"
    assert run(cli, "database show pin/200").endswith("2 results found.\n")
    assert run(cli, "database deltree pin/200") == "2 database entries removed.\n"
    assert run(cli, "database deltree pin/200") == "Database entries do not exist.\n"
    assert "the query failed" in run(cli, 'database query "delete from astdb"')
    two = run(cli, 'database query "select key, value from astdb"')
    assert [line.rstrip() for line in two.splitlines()] == ["key  : /pin/100", "value: a b", ""]


def test_help(cli: CliNode) -> None:
    listing = run(cli, "core show help")
    assert "                 database show  Show what the AstDB holds.\n" in listing
    assert run(cli, "help database get") == (
        "Usage: database get <family> <key>\n       Show the value of one key.\n"
    )
    assert "\n     dialplan remove extension  " in run(cli, "help dialplan remove")
    assert run(cli, "help nonsense") == "No such command 'nonsense'.\n"
    assert complete(cli, "core show help datab") == ["database"]
    assert complete(cli, "core show help database de") == ["del", "deltree"]


def test_applications_and_functions(cli: CliNode) -> None:
    assert run(cli, "core show application wait").splitlines()[3:] == [
        *("[Synopsis]", "Wait a while.", ""),
        *("[Description]", "Fractions too; see sleep and Background.", ""),
        *("[Syntax]", "Wait([seconds[,options]])", ""),
        *("[Arguments]", "seconds", "    How long, at most a day.", ""),
        *("options", "    Option letters.", "    k(key): A key ends it.", "    m: With music.", ""),
        *("[Variables]", "WAITSTATUS: KEY, or not.", ""),
        *("[Examples]", "    Wait(1)", "    Wait(1,k(*))", ""),
    ]
    assert run(cli, "core show applications") == (
        "    -= Registered Asterisk Applications =-\n"
        "                Wait: Wait a while.\n"
        "    -= 1 Applications Registered =-\n"
    )
    assert "0 Applications Matching" in run(cli, "core show applications like play")
    assert "1 Applications Matching" in run(
        cli, "core show applications describing while fractions"
    )
    assert "[Synopsis]\nLength of a text.\n" in run(cli, "core show function len")
    assert "LEN                   LEN(text)" in run(cli, "core show functions like l")
    assert complete(cli, "core show function L") == ["LEN"]


def test_a_broken_dialplan_is_named_and_refused(cli: CliNode) -> None:
    cli.dialplan.broken = "'x' is no priority"
    assert run(cli, "dialplan reload") == (
        "extensions.conf:7: 'x' is no priority\n"
        "    exten => 100,x,y\n"
        "              ^\n"
        "Command 'dialplan reload' failed.\n"
    )


def test_a_dialplan_is_rolled_back(cli: CliNode) -> None:
    assert run(cli, "dialplan rollback") == "Dialplan rolled back to the one before.\n"
    assert cli.dialplan.told == ["rollback"]
    cli.dialplan.broken = "yes"
    assert "no dialplan to return to" in run(cli, "dialplan rollback")
    assert "Usage: dialplan rollback" in run(cli, "dialplan rollback now")


def test_a_dialplan_is_saved(cli: CliNode) -> None:
    assert run(cli, "dialplan save") == "Dialplan saved to extensions.conf.\n"
    assert run(cli, "dialplan save /tmp/x") == "Dialplan saved to /tmp/x.\n"
    assert cli.dialplan.told == ["save", "save /tmp/x"]
    cli.dialplan.broken = "must not be"
    assert run(cli, "dialplan save") == "must not be\nCommand 'dialplan save' failed.\n"


def test_dialplan_changes(cli: CliNode) -> None:
    assert run(cli, "dialplan show") == "listing of all\n"
    assert run(cli, "dialplan show 100@internal") == "listing of 100\n"
    assert complete(cli, "dialplan show 1") == ["100@internal"]
    line = "dialplan add extension 100,hint,PJSIP/a,b into internal"
    assert run(cli, line) == f"100@internal is there already\nCommand '{line}' failed.\n"
    assert run(cli, line + " replace") == (
        "Extension '100,hint,PJSIP/a,b' added into 'internal' context\n"
    )
    assert run(cli, "dialplan remove extension 100@internal 2") == (
        "Extension 100@internal with priority 2 removed\n"
    )
    assert cli.dialplan.told == [
        "add internal 100 hint PJSIP/a,b True",
        "remove internal 100 2",
    ]
    assert run(cli, "dialplan remove extension 100@internal x").startswith("Usage:")
    assert run(cli, "dialplan add extension 100,1 into internal").startswith("Usage:")


def test_channel_variables(cli: CliNode) -> None:
    channel = make_channel(cli.context.pbx, name="Fake/1")
    assert "'A' set to 'b c' for 'Fake/1'" in run(cli, 'dialplan set chanvar Fake/1 A "b c"')
    assert channel.variables == {"A": "b c"}
    make_channel(cli.context.pbx, name="Fake/2")
    assert complete(cli, "dialplan set chanvar F") == ["Fake/2"]


def test_one_channel(cli: CliNode) -> None:
    channel = make_channel(cli.context.pbx, name="Fake/1")
    channel.created_at = 1008.0 - 3725
    channel.variables["A"] = "b"
    shown = run(cli, "dialplan show chanvar Fake/1", "core show channel Fake/1")
    assert "           Name: Fake/1\n" in shown
    assert "   Elapsed Time: 1h2m5s\n" in shown
    assert "      Variables:\nA=b\n  CDR Variables:\n" in shown
    assert "level 1: channel=Fake/1\n" in shown
    assert "      Bridge ID: (Not bridged)\n" in shown


def test_hanging_up_one_of_two(cli: CliNode) -> None:
    make_channel(cli.context.pbx, name="Fake/1")
    make_channel(cli.context.pbx, name="Fake/2")
    answer = run(cli, "channel request hangup Fake/1 Fake/3")
    assert answer == "Requested Hangup on channel 'Fake/1'\nFake/3 is not a known channel\n"
    assert complete(cli, "channel request hangup ") == ["all"]


@pytest.mark.parametrize(
    "arguments",
    ["", "Local", "Local/x application", "Local/x extension a b", "Local/x nonsense y", "x y z"],
)
def test_originate_usage(cli: CliNode, arguments: str) -> None:
    assert run(cli, f"channel originate {arguments}").startswith("Usage: channel originate <tech/")


def test_originate_to_nobody_is_logged(cli: CliNode, caplog: pytest.LogCaptureFixture) -> None:
    assert run(cli, "originate Nobody/1 extension 100@internal") == ""
    assert "originate Nobody/1: CHANUNAVAIL" in caplog.text


def test_sip_states(cli: CliNode) -> None:
    bob = [ContactView("bob", "sip:bob@[2001:db8::1]:5060", "Avail", 12.345)]
    cli.contacts["bob"] = bob
    line = next(t for t in run(cli, "pjsip show contacts").splitlines() if "/sip:bob" in t)
    assert line.endswith(f" {bob[0].hash} Avail        12.345")
    assert " Endpoint:  bob" in run(cli, "pjsip show endpoints like ^b")
    assert "Objects found: 1\n" in run(cli, "pjsip show endpoints like ^b")
    assert run(cli, "pjsip show endpoints like (").startswith("Usage:")
    cli.contacts["alice"][0] = ContactView("alice", "sip:alice@127.0.0.1:15999", "Unavail")
    assert "Unavailable   0 of inf" in run(cli, "pjsip show endpoint alice")


def test_sip_channels(cli: CliNode) -> None:
    channel = make_channel(cli.context.pbx, name="PJSIP/bob-00000001", extension="100")
    channel.application, channel.created_at = "Dial", 1000.0
    channel.connected.name, channel.connected.number = "Alice", "100"
    assert "Ringing       1 of inf" in run(cli, "core show calls", "pjsip show endpoints")


def test_a_call_is_in_use(cli: CliNode) -> None:
    async def main() -> list[str]:
        channel = make_channel(cli.context.pbx, name="PJSIP/bob-00000001", extension="100")
        channel.set_state(ChannelState.UP)
        channel.application, channel.created_at = "Dial", 1000.0
        channel.connected.name, channel.connected.number = "Alice", "100"
        return (
            await collect_commands().execute("pjsip show endpoint bob", cli.context)
        ).splitlines()

    lines = asyncio.run(main())
    assert lines[12].endswith("In use        1 of inf")
    assert lines[15:17] == [
        "    Channel:  PJSIP/bob-00000001/Dial                            Up            00:00:08",
        '        Exten: 100                       CLCID: "Alice" <100>',
    ]


def test_objects_and_their_parameters(cli: CliNode) -> None:
    assert " username                 : alice\n" in run(cli, "pjsip show auth alice")
    assert "secret\n" not in run(cli, "pjsip show auth alice")
    assert "127.0.0.1:45065" in run(cli, "pjsip show transport transport-udp")
    assert run(cli, "pjsip show aor nobody") == "Unable to find object nobody.\n\n"
    assert run(cli, "pjsip show identifies") == "No objects found.\n\n"
    assert complete(cli, "pjsip show aor ") == ["alice", "bob"]


def test_parts_of_the_dialplan(cli: CliNode) -> None:
    assert run(cli, "dialplan add include a into internal") == (
        "Context 'a' included in 'internal' context\n"
    )
    run(cli, "dialplan remove include a from internal")
    run(cli, "dialplan add ignorepat 9 into internal")
    run(cli, "dialplan remove ignorepat 9 from internal")
    run(cli, "dialplan remove context internal")
    assert cli.dialplan.told == [
        "add include a internal", "remove include a internal", "add ignorepat 9 internal",
        "remove ignorepat 9 internal", "remove context  internal",
    ]  # fmt: skip
    assert run(cli, "dialplan add include a to internal").startswith("Usage:")
    assert run(cli, "dialplan eval function NOSUCH(x)").startswith("Return Value: Success (0)\n")


def test_insight(cli: CliNode) -> None:
    make_channel(cli.context.pbx, name="Local/1@a-00000000;1", context="a", extension="1")
    assert run(cli, "local show channels") == "Local/1@a-00000000;1 -- 1@a\n"
    assert run(cli, "core show hanguphandlers all") == f"{'Channel':<30} Handler\n"
    assert run(cli, "core show hanguphandlers x") == "Channel does not exist: x\n"
    assert "threads listed." in run(cli, "core show threads")
    assert "wav" in run(cli, "core show file formats")
    assert run(cli, "acl show") == "acls:\n"


def test_modules_are_unloaded_and_loaded(cli: CliNode) -> None:
    cli.context.pbx.dialplan = make_interpreter("")
    assert run(cli, "module unload app_echo.so func_md5.so", "module show like app_echo") == (
        f"{'Module':<30} {'Description':<40} {'Use Count':<10} {'Status':<11} {'Support Level':>13}\n"
        "0 modules loaded\n"
    )
    assert run(cli, "core show application Wait").startswith("\n  -= Info about")
    refused = (
        "Unable to unload resource res_pjsip.so\nCommand 'module unload -f res_pjsip.so' failed.\n"
    )
    assert run(cli, "module unload -f res_pjsip.so") == refused
    assert "module load" not in run(cli, "module load app_echo.so")
    assert run(cli, "module load app_echo.so") == (
        "Module 'app_echo.so' already loaded and running.\n"
    )
    assert run(cli, "module load none.so").startswith("Unable to load module none.so\n")
    assert run(cli, "module load func_md5.so") == "Loaded func_md5.so\n"
