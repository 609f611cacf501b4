import asyncio
import hashlib
from pathlib import Path

import pytest

from switchroom.pbx.channel import Channel
from tests.support.dialplan import Outcome, lines_of, run_dialplan
from tests.support.fakes import fake_stream

KEPT: list[str] = []


def call(arguments: str, keys: str, *more: str, real: bool = False) -> Outcome:
    async def play(channel: Channel) -> None:
        for key in keys:
            await asyncio.sleep(0.02 if real else 0.5)
            channel.on_digit(key)
        await asyncio.sleep(0.02 if real else 2)
        KEPT[:] = fake_stream(channel).played

    lines = [f"Authenticate({arguments})", "Set(R=in)", *more, "Wait(0.1)" if real else "Wait(5)"]
    conf = lines_of(*lines) + "exten => h,1,Set(R=${R}${CHANNEL(accountcode)})\n"
    return run_dialplan(conf, play=play, real=real)


@pytest.mark.parametrize(
    ("arguments", "keys", "value"),
    [
        ("1234", "1234#", "in"), ("1234,,4", "1234", "in"), ("1234,a", "1234#", "in1234"), ("1234", "9#9#9#", ""),
        ("1234", "9#1234#", "in"), ("1234", "#####", ""),
    ],
)  # fmt: skip
def test_a_password(arguments: str, keys: str, value: str) -> None:
    assert call(arguments, keys)["R"] == value


def test_what_is_played() -> None:
    call("1234,,,ask&me", "9#1234#")
    assert KEPT == ["ask", "auth-incorrect", "auth-thankyou"]


@pytest.mark.parametrize(("options", "left"), [("d", "1"), ("dr", "")])
def test_a_family_of_the_database(options: str, left: str) -> None:
    conf = lines_of(
        "Set(DB(pins/77)=1)", f"Authenticate(/pins,{options})", "Set(R=${DB(pins/77)}.)"
    )

    async def play(channel: Channel) -> None:
        for key in "8#77#":
            await asyncio.sleep(0.5)
            channel.on_digit(key)

    assert run_dialplan(conf, play=play)["R"] == f"{left}."


def test_files(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("11\n22\n")
    digest = hashlib.md5(b"33").hexdigest()
    (tmp_path / "hashed").write_text(f"bob:{hashlib.md5(b'1').hexdigest()}\nann:{digest}\n")
    assert call(f"{tmp_path}/plain", "22#", real=True)["R"] == "in"
    assert call(f"{tmp_path}/plain", "33#44#55#", real=True)["R"] == ""
    assert call(f"{tmp_path}/hashed,ma", "33#", real=True)["R"] == "inann"
    assert call(f"{tmp_path}/none", "33#1#2#", real=True)["R"] == ""
