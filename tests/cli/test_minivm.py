"""minivm …"""

from switchroom.config.language.reader import parse_config
from switchroom.config.minivm import read_minivm
from switchroom.voicemail.minivm import Minivm
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run

FILE = """\
[general]
maxmessage=60
[template-short]
subject=News
attachmedia=no
[ann@example.com]
fullname=Ann Berg
etemplate=short
[bob@example.org]
timezone=Europe/Stockholm
"""


def test_accounts_templates_and_settings(cli: CliNode) -> None:
    assert run(cli, "minivm list accounts") == "There are no accounts of MiniVM.\n"
    assert run(cli, "minivm list templates") == "There are no templates of MiniVM.\n"
    cli.context.pbx.datastore(Minivm).config = read_minivm(parse_config(FILE))
    title, *rows = run(cli, "minivm list accounts").splitlines()
    assert title.split("  ")[0] == "User"
    assert [row.split() for row in rows] == [
        ["ann@example.com", "short", "-", "-", "Ann", "Berg"],
        ["bob@example.org", "-", "-", "Europe/Stockholm"],
    ]
    assert run(cli, "minivm list accounts for example.org").splitlines()[1:] == rows[1:]
    (_, template) = run(cli, "minivm list templates").splitlines()
    assert template.split() == ["short", "UTF-8", "No", "News"]
    assert "Longest message:        60\n" in run(cli, "minivm show settings")


def test_a_reload(cli: CliNode) -> None:
    assert run(cli, "minivm reload") == ""
    assert cli.node.told == ["reload minivm"]
