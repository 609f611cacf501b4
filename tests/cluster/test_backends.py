import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.cluster.backend import Backend
from switchroom.cluster.inprocess import InProcessBackend
from tests.cluster.conformance import CHECKS
from tests.support.fakes import run_virtual

BACKENDS: dict[str, Callable[[], Backend]] = {"inprocess": InProcessBackend}


@pytest.mark.parametrize("check", CHECKS, ids=[c.__name__.removeprefix("check_") for c in CHECKS])
@pytest.mark.parametrize("name", BACKENDS)
def test_conforms(name: str, check: Callable[[Backend], Awaitable[None]]) -> None:
    async def main() -> None:
        await check(BACKENDS[name]())

    run_virtual(main())


def test_a_slow_subscriber_has_a_bound(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("switchroom.cluster.inprocess.MAX_WAITING", 3)

    async def main() -> list[bytes]:
        backend = InProcessBackend()
        async with backend.subscribe("s") as bodies:
            for number in range(5):
                await backend.publish("s", str(number).encode())
            async with asyncio.timeout(1):
                return [await anext(bodies) for _ in range(3)]

    assert run_virtual(main()) == [b"0", b"1", b"2"]
    assert "too slow" in caplog.text
