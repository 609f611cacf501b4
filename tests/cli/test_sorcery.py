"""sorcery memory cache …"""

from __future__ import annotations

from switchroom.channels.sip.endpoints.memory_caches import MemoryCaches
from switchroom.config.sorcery import MemoryCache
from tests.cli.fakes import CliNode
from tests.cli.test_commands import complete, run

NAME = "res_pjsip/endpoint"


def test_caches(cli: CliNode) -> None:
    ages = {"alice": 5.0, "bob": 6.0}
    caches = cli.context.pbx.datastore(MemoryCaches)
    caches.known = {NAME: MemoryCache(NAME, "endpoint", 60.0)}
    caches.ages = lambda: ages

    def forget(name: str) -> bool:
        had_any = bool(ages)
        ages.pop(name) if name else ages.clear()
        return had_any

    caches.forget = forget
    assert run(cli, f"sorcery memory cache show {NAME}") == (
        f"Sorcery memory cache: {NAME}\nNumber of objects within cache: 2\n"
        "There is no limit on the maximum number of objects in the cache\n"
        "Number of seconds before object expires: 60\n"
    )
    dumped = run(cli, f"sorcery memory cache dump {NAME}").splitlines()
    assert [line.split() for line in dumped[2:]] == [["alice", "5"], ["bob", "6"]]
    assert complete(cli, f"sorcery memory cache expire {NAME} a") == ["alice"]
    done = f"sorcery memory cache '{NAME}'\n"
    assert run(cli, f"sorcery memory cache expire {NAME} alice") == (
        f"Object 'alice' removed from {done}"
    )
    assert run(cli, f"sorcery memory cache stale {NAME} alice").startswith(
        f"Object 'alice' was not found in {done}"
    )
    assert run(cli, f"sorcery memory cache stale {NAME}") == (
        f"All objects marked as stale in {done}"
    )
    assert ages == {}
    assert run(cli, f"sorcery memory cache populate {NAME}").startswith("All objects of")
    assert run(cli, "sorcery memory cache show none").startswith(
        "Specified sorcery memory cache 'none' does not exist\n"
    )
