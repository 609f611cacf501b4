import hashlib
from pathlib import Path

from switchroom.ami.privileges import Privilege, parse_privileges
from tests.ami.support import MANAGER_CONF, Ami, make_config, run_ami

GUARDED = """
[general]
enabled = yes
allowmultiplelogin = no
[boss]
secret = top
read = all
write = all
deny = 0.0.0.0/0
permit = 192.0.2.0/24
[far]
secret = top
read = all
write = all
permit = 0.0.0.0/0
deny = 192.0.2.0/255.255.255.0
[filtered]
secret = top
read = all
eventfilter = Event: UserEvent
eventfilter(action(exclude),name(UserEvent),header(Secret)) = .
"""


def test_privileges_are_read_and_told() -> None:
    found, unknown = parse_privileges("call, system,nonsense")
    assert (found, unknown) == (Privilege.SYSTEM | Privilege.CALL, ["nonsense"])
    assert found.text == "system,call,all"
    assert parse_privileges("all") == (Privilege.ALL, [])
    assert parse_privileges("") == (Privilege.NONE, [])
    assert Privilege.NONE.text == "<none>"


def test_login_and_what_follows(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        client = ami.client()
        answer = await client.ask("login", USERNAME="boss", secret="top", actionid="9")
        assert answer.headers == (
            ("Response", "Success"), ("ActionID", "9"), ("Message", "Authentication accepted"),
        )  # fmt: skip
        booted = client.answers[1]
        assert [name for name, _ in booted.headers] == [
            "Event", "Privilege", "Uptime", "LastReload", "Status",
        ]  # fmt: skip
        again = await client.ask("Login", Username="boss", Secret="wrong")
        assert again.get("Message") == "Already authenticated"

    run_ami(tmp_path, test)


def test_an_unknown_user_and_a_wrong_secret_read_alike(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        wrong = ami.client()
        unknown = ami.client()
        first = await wrong.ask("Login", Username="boss", Secret="wrong")
        second = await unknown.ask("Login", Username="nobody", Secret="top")
        assert first.headers == second.headers
        assert first.get("Message") == "Authentication failed"
        assert not wrong.goes_on
        assert not wrong.session.is_in
        empty = ami.client()
        assert (await empty.ask("Login", Username="boss")).get("Response") == "Error"

    run_ami(tmp_path, test)


def test_nothing_is_done_before_the_login(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        client = ami.client()
        for name in ("Ping", "Originate", "NoSuchAction", "Command"):
            answer = await client.ask(name)
            assert answer.get("Message") == "Permission denied"
        assert (await client.ask("Logoff")).headers == (
            ("Response", "Goodbye"), ("Message", "Thanks for all the fish."),
        )  # fmt: skip
        assert not client.goes_on

    run_ami(tmp_path, test)


def test_challenge(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        client = ami.client()
        challenge = (await client.ask("Challenge", AuthType="MD5")).get("Challenge")
        key = hashlib.md5(f"{challenge}top".encode()).hexdigest()
        answer = await client.ask("Login", AuthType="md5", Username="boss", Key=key)
        assert answer.get("Response") == "Success"
        stale = ami.client()
        answer = await stale.ask("Login", AuthType="MD5", Username="boss", Key=key)
        assert answer.get("Response") == "Error"
        bare = ami.client()
        assert (await bare.ask("Login", AuthType="MD5", Username="boss")).get("Response") == "Error"

    run_ami(tmp_path, test)


def test_addresses_and_second_logins(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        assert (await ami.client().ask("Login", Username="far", Secret="top")).get(
            "Message"
        ) == "Authentication failed"
        await ami.user("boss", "top")
        second = await ami.client().ask("Login", Username="boss", Secret="top")
        assert second.get("Message") == "Login Already In Use"

    run_ami(tmp_path, test, config=make_config(GUARDED))


def test_a_user_hears_what_its_filters_let_through(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        filtered = await ami.user("filtered", "top")
        ami.context.hub.tell("UserEvent", Privilege.USER, [("UserEvent", "a")])
        ami.context.hub.tell("UserEvent", Privilege.USER, [("UserEvent", "b"), ("Secret", "x")])
        ami.context.hub.tell("Newchannel", Privilege.CALL, [("Channel", "x")])
        assert [each.get("UserEvent") for each in filtered.heard] == ["a"]

    run_ami(tmp_path, test, config=make_config(GUARDED))


def test_failures_are_told_and_counted(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        guard = ami.context.door.guard
        for _ in range(10):
            await ami.client().ask("Login", Username="boss", Secret="guess")
        assert guard.blocks("192.0.2.1", ami.context.door.now())
        await ami.client().ask("Login", Username="nobody", Secret="x")
        client = ami.client()
        await client.ask("Challenge", AuthType="MD5")
        await client.ask("Challenge", AuthType="SHA-256")
        await client.ask("Login", Username="boss", AuthType="MD5", Key="0" * 32)
        import asyncio

        await asyncio.sleep(0)
        assert boss.names() == ["InvalidPassword"] * 10 + [
            "InvalidAccountID", "AuthMethodNotAllowed", "ChallengeResponseFailed",
        ]  # fmt: skip
        assert "top" not in "".join(each.text for each in boss.heard)

    run_ami(tmp_path, test, config=make_config(MANAGER_CONF))
