"""What every backend must do: each check takes a fresh backend and raises where it does not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from switchroom.cluster.backend import (
    MAX_VALUE_BYTES,
    Backend,
    Change,
    ClusterError,
    LeaseLostError,
    NoResponderError,
    RevisionConflictError,
)

KEY = "queue.sales.owner"


async def check_get_of_nothing(backend: Backend) -> None:
    assert await backend.get(KEY) is None


async def check_compare_and_set(backend: Backend) -> None:
    first = await backend.put(KEY, b"node-1", revision=0)
    with pytest.raises(RevisionConflictError):
        await backend.put(KEY, b"node-2", revision=0)
    second = await backend.put(KEY, b"node-2", revision=first)
    assert second > first
    with pytest.raises(RevisionConflictError):
        await backend.put(KEY, b"node-3", revision=first)
    entry = await backend.get(KEY)
    assert entry is not None
    assert (entry.value, entry.revision) == (b"node-2", second)


async def check_put_whatever_stands_there(backend: Backend) -> None:
    await backend.put(KEY, b"1")
    last = await backend.put(KEY, b"2")
    entry = await backend.get(KEY)
    assert entry is not None
    assert (entry.value, entry.revision) == (b"2", last)


async def check_one_of_many_wins(backend: Backend) -> None:
    """An agent is claimed by compare-and-set: at most one claim may succeed."""

    async def claim(who: int) -> bool:
        try:
            await backend.put("agent.7", str(who).encode(), revision=0)
        except RevisionConflictError:
            return False
        return True

    assert sum(await asyncio.gather(*(claim(who) for who in range(20)))) == 1


async def check_delete(backend: Backend) -> None:
    first = await backend.put(KEY, b"1")
    with pytest.raises(RevisionConflictError):
        await backend.delete(KEY, revision=first + 1)
    assert await backend.delete(KEY, revision=first)
    assert not await backend.delete(KEY)
    assert await backend.get(KEY) is None
    assert await backend.put(KEY, b"2", revision=0) > first


async def check_keys_and_values_are_checked(backend: Backend) -> None:
    for wrong in ("", ".", "a..b", "a.", "a b", "a.*", ">", "x" * 256):
        with pytest.raises(ClusterError):
            await backend.put(wrong, b"")
    with pytest.raises(ClusterError):
        await backend.put(KEY, bytes(MAX_VALUE_BYTES + 1))


async def next_of(changes: AsyncIterator[Change]) -> tuple[str, bytes | None]:
    async with asyncio.timeout(5):
        change = await anext(changes)
    return change.key, change.entry.value if change.entry else None


async def check_watch_sees_what_stands_and_what_changes(backend: Backend) -> None:
    await backend.put("device.a", b"1")
    await backend.put("other", b"x")
    async with backend.watch("device.") as changes:
        assert await next_of(changes) == ("device.a", b"1")
        await backend.put("other", b"y")
        await backend.put("device.b", b"2")
        assert await next_of(changes) == ("device.b", b"2")
        await backend.delete("device.a")
        assert await next_of(changes) == ("device.a", None)


async def check_watch_ends_at_the_last_state(backend: Backend) -> None:
    async with backend.watch("device.") as changes:
        for value in range(100):
            await backend.put("device.a", str(value).encode())
        while (await next_of(changes)) != ("device.a", b"99"):
            pass


async def check_lease(backend: Backend) -> None:
    lease = await backend.acquire(KEY, b"node-1", lifetime=10.0)
    assert lease is not None
    assert lease.key == KEY
    assert await backend.acquire(KEY, b"node-2", lifetime=10.0) is None
    entry = await backend.get(KEY)
    assert entry is not None
    assert entry.value == b"node-1"
    await lease.release()
    assert await backend.get(KEY) is None
    second = await backend.acquire(KEY, b"node-2", lifetime=10.0)
    assert second is not None
    assert second.epoch > lease.epoch
    await lease.release()  # a former holder ends nothing
    assert await backend.get(KEY) is not None


async def check_lease_lives_as_long_as_it_is_renewed(backend: Backend) -> None:
    lease = await backend.acquire(KEY, b"node-1", lifetime=10.0)
    assert lease is not None
    for _ in range(3):
        await asyncio.sleep(6.0)
        await lease.renew()
    async with backend.watch(KEY) as changes:
        assert await next_of(changes) == (KEY, b"node-1")
        async with asyncio.timeout(30):
            change = await anext(changes)
        assert (change.key, change.entry) == (KEY, None)
    with pytest.raises(LeaseLostError):
        await lease.renew()
    successor = await backend.acquire(KEY, b"node-2", lifetime=10.0)
    assert successor is not None
    assert successor.epoch > lease.epoch
    with pytest.raises(LeaseLostError):
        await lease.renew()


async def check_publish(backend: Backend) -> None:
    await backend.publish("device.100", b"nobody hears this")
    async with backend.subscribe("device.100") as one, backend.subscribe("device.100") as two:
        await backend.publish("device.200", b"other")
        await backend.publish("device.100", b"INUSE")
        async with asyncio.timeout(5):
            assert await anext(one) == b"INUSE"
            assert await anext(two) == b"INUSE"


async def check_request(backend: Backend) -> None:
    async def double(body: bytes) -> bytes:
        return body * 2

    with pytest.raises(NoResponderError):
        await backend.request("node.1.originate", b"a", within=1.0)
    async with backend.respond("node.1.originate", double):
        assert await backend.request("node.1.originate", b"a", within=1.0) == b"aa"
    with pytest.raises(NoResponderError):
        await backend.request("node.1.originate", b"a", within=1.0)


async def check_a_responder_that_fails_or_sleeps(backend: Backend) -> None:
    async def fail(body: bytes) -> bytes:
        raise ZeroDivisionError

    async def sleep(body: bytes) -> bytes:
        await asyncio.sleep(60)
        return body

    for responder in (fail, sleep):
        async with backend.respond("node.1", responder):
            with pytest.raises(NoResponderError):
                await backend.request("node.1", b"", within=1.0)


async def check_one_of_several_responders_answers(backend: Backend) -> None:
    answered: list[int] = []

    async def first(body: bytes) -> bytes:
        answered.append(1)
        return body

    async def second(body: bytes) -> bytes:
        answered.append(2)
        return body

    async with backend.respond("any", first), backend.respond("any", second):
        for _ in range(4):
            await backend.request("any", b"", within=1.0)
    assert len(answered) == 4


async def check_nodes(backend: Backend) -> None:
    async with backend.join("b"), backend.join("a"):
        assert await backend.nodes() == ("a", "b")
        with pytest.raises(ClusterError):
            async with backend.join("a"):
                pass
    assert await backend.nodes() == ()


CHECKS = [check for name, check in sorted(globals().items()) if name.startswith("check_")]
