"""SorceryMemoryCache…: which caches there are, what of them is forgotten, and who may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.channels.sip.endpoints.memory_caches import MemoryCaches
from switchroom.config.language.reader import parse_config
from switchroom.config.sorcery import read_sorcery
from tests.ami.support import Ami, run_ami

SORCERY = (
    "[res_pjsip]\nendpoint=realtime,ps_endpoints\n"
    "endpoint/cache=memory_cache,object_lifetime_maximum=60\n"
    "auth/cache=memory_cache,name=secrets,object_lifetime_stale=9\n"
)
NAMES = ("Expire", "ExpireObject", "Stale", "StaleObject", "Populate")


def caches_of(ami: Ami, forgotten: list[str]) -> None:
    config = read_sorcery(parse_config(SORCERY))
    caches = ami.pbx.datastore(MemoryCaches)
    caches.known = {each.name: each for each in config.caches}
    caches.ages = lambda: {"alice": 5.0, "old": 70.0}

    def forget(name: str) -> bool:
        forgotten.append(name)
        return True

    caches.forget = forget


def test_caches(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        forgotten: list[str] = []
        caches_of(ami, forgotten)
        boss = await ami.user("boss", "top")
        for name, more in (
            ("Expire", {}), ("ExpireObject", {"Object": "alice"}), ("Stale", {}),
            ("StaleObject", {"Object": "alice"}), ("Populate", {}),
        ):  # fmt: skip
            action = f"SorceryMemoryCache{name}"
            answer = await boss.ask(action, Cache="res_pjsip/endpoint", **more)
            assert answer.get("Response") == "Success", name
            missing = await boss.ask(action, **more)
            assert missing.get("Message") == f"{action} requires that a cache name be provided."
            unknown = await boss.ask(action, Cache="none", **more)
            assert unknown.get("Message") == "The provided cache does not exist"
        assert forgotten == ["", "alice", "", "alice"]
        for cache, name in (("res_pjsip/endpoint", "old"), ("secrets", "alice")):
            answer = await boss.ask("SorceryMemoryCacheExpireObject", Cache=cache, Object=name)
            assert answer.get("Message") == "The provided object could not be found in the cache"
        answer = await boss.ask("SorceryMemoryCacheStaleObject", Cache="secrets")
        assert answer.get("Response") == "Error"

    run_ami(tmp_path, test)


@pytest.mark.parametrize("name", NAMES)
def test_who_may_only_read_forgets_nothing(tmp_path: Path, name: str) -> None:
    async def test(ami: Ami) -> None:
        forgotten: list[str] = []
        caches_of(ami, forgotten)
        for user in ("reader", "reporter"):
            client = await ami.user(user, "look")
            answer = await client.ask(
                f"SorceryMemoryCache{name}", Cache="res_pjsip/endpoint", Object="alice"
            )
            assert answer.get("Message") == "Permission denied"
        assert forgotten == []

    run_ami(tmp_path, test)
