"""Commands that are told of counts and passwords."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from switchroom.voicemail.passwords import PasswordError
from switchroom.voicemail.service import Voicemail
from tests.apps.mailbox_house import CONF, House
from tests.support.fakes import make_pbx


def script(folder: Path, text: str) -> Path:
    path = folder / "script"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def run(house: House, work: Callable[[Voicemail], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            await work(house.voicemail(pbx))

    asyncio.run(main())


def general(*lines: str) -> str:
    return CONF.replace("[general]\n", "[general]\n" + "".join(f"{line}\n" for line in lines))


def test_counts(tmp_path: Path) -> None:
    told = script(tmp_path, f'echo "$@" > {tmp_path}/told')
    house = House(tmp_path, general(f"externnotify={told} -x"))
    house.put()
    house.put("Urgent")
    house.put("Old")

    async def work(voicemail: Voicemail) -> None:
        await voicemail.changed(house.box())

    run(house, work)
    assert (tmp_path / "told").read_text() == "-x default 100 1 1 1\n"


@pytest.mark.parametrize(
    ("output", "acceptable"), [("VALID", True), ("INVALID", False), ("FAILURE", False), ("", False)]
)
def test_whether_a_password_is_good(tmp_path: Path, output: str, *, acceptable: bool) -> None:
    checks = script(tmp_path, f'echo "$@" > {tmp_path}/told; echo {output}')
    house = House(tmp_path, general(f"externpasscheck={checks}"))

    async def work(voicemail: Voicemail) -> None:
        assert await voicemail.is_acceptable(house.box(), "77") is acceptable
        assert not await voicemail.is_acceptable(house.box(), "7;")

    run(house, work)
    assert (tmp_path / "told").read_text() == "100 default 1234 77\n"


def test_a_command_keeps_the_password(tmp_path: Path) -> None:
    changes = script(tmp_path, f'echo "$@" >> {tmp_path}/told')
    house = House(tmp_path, general(f"externpass={changes} a", f"externpassnotify={changes} b"))

    async def work(voicemail: Voicemail) -> None:
        await voicemail.change_password(house.box(), "77")
        assert await voicemail.password(house.box()) == "77"

    run(house, work)
    assert (tmp_path / "told").read_text() == "a default 100 77\nb default 100 77\n"
    assert "100 => 1234," in house.path.read_text()


def test_a_command_that_fails_changes_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, general("externpass=/bin/false"))

    async def work(voicemail: Voicemail) -> None:
        with pytest.raises(PasswordError, match="externpass ends with 1"):
            await voicemail.change_password(house.box(), "77")
        assert await voicemail.password(house.box()) == "1234"

    run(house, work)
