"""``ari …``: what the console knows of the REST interface."""

from pathlib import Path

from switchroom.base.crypted_password import is_crypted_password
from switchroom.config.ari import read_ari
from switchroom.config.language.reader import parse_config
from switchroom.pbx.ari_facts import AriFacts, KnownApplication, KnownSession
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run

CONF = """
[general]
pretty = yes
allowed_origins = a,b
[boss]
type = user
password = top
[reader]
type = user
password = $6$x
password_format = crypt
read_only = yes
permit = 127.0.0.1
[agent]
type = outbound_websocket
websocket_client_id = there
apps = ivr
local_ari_user = boss
"""
IVR = KnownApplication(
    "ivr", is_active=True, is_traced=False, hears_all=False, topics=("channel:1",), channels=("1",)
)


def ask(cli: CliNode, line: str) -> str:
    facts = cli.context.pbx.datastore(AriFacts)
    facts.config = read_ari(parse_config(CONF, path=Path("ari.conf")))
    facts.is_served = True
    facts.applications = lambda: [IVR]
    facts.sessions = lambda: [KnownSession("ab12", "127.0.0.1:4000", "boss", ("ivr",))]
    facts.kick = lambda name: name == "ab12"
    facts.connect = lambda name: name == "agent"
    facts.trace = lambda name, _: name == "ivr"

    return run(cli, line)


def test_how_it_is_set(cli: CliNode) -> None:
    status = ask(cli, "ari show status")
    assert "Enabled: Yes\nOutput format: pretty\n" in status
    assert "Allowed Origins: a,b\n" in status
    assert "Yes   Yes   reader" in ask(cli, "ari show users")
    user = ask(cli, "ari show user reader")
    assert "Read only?: Yes" in user
    assert "crypt" in user
    assert "$6$" not in user
    assert "not found" in ask(cli, "ari show user nobody")


def test_applications(cli: CliNode) -> None:
    assert "ivr\n" in ask(cli, "ari show apps").replace(" ", "")
    assert "channel:1" in ask(cli, "ari show app ivr")
    assert "not found" in ask(cli, "ari show app none")
    assert ask(cli, "ari set debug ivr on") == "Debugging enabled for 'ivr'\n"
    assert ask(cli, "ari set debug all off") == "Debugging disabled for 'all'\n"
    assert "not found" in ask(cli, "ari set debug none on")


def test_connections(cli: CliNode) -> None:
    assert "127.0.0.1:4000" in ask(cli, "ari show websocket sessions")
    assert "Shutting down session" in ask(cli, "ari shutdown websocket session ab12")
    assert "not found" in ask(cli, "ari shutdown websocket session cd34")
    assert ask(cli, "ari shutdown websocket sessions") == "Shutting down 1 sessions\n"
    assert "agent                there" in ask(cli, "ari show outbound-websockets")
    assert "local_ari_user: boss" in ask(cli, "ari show outbound-websocket agent")
    assert "Starting" in ask(cli, "ari start outbound-websocket agent")
    assert "not found" in ask(cli, "ari start outbound-websocket none")


def test_a_password_is_crypted(cli: CliNode) -> None:
    said = ask(cli, "ari mkpasswd secret")
    assert "password_format = crypt" in said
    crypted = said.partition("password = ")[2].strip()
    assert is_crypted_password("secret", crypted)
    assert not is_crypted_password("Secret", crypted)
