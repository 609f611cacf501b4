import asyncio
import itertools
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from switchroom.pbx.call_file import CallFile, CallFileError, parse_call_file
from switchroom.pbx.call_files import CallFiles
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import DialEnded, NewExtension
from switchroom.pbx.pbx import Pbx
from tests.ami.support import make_ami
from tests.support.fakes import run_virtual

FILE = """# a comment
Channel: Local/100@default/n
CallerID: "Office" <200>   ; who
MaxRetries: 2
RetryTime: 10
WaitTime: 5
Context: default
Extension: 300
Priority: 1
Setvar: a=b=c
Set: d=e
Archive: yes
Colour: red
"""


def test_a_call_file() -> None:
    file, unknown = parse_call_file(FILE)
    assert file == CallFile(
        channel="Local/100@default/n", caller='"Office" <200>', maximum_retries=2, retry_time=10.0,
        wait_time=5.0, context="default", extension="300", priority=1,
        variables=(("a", "b=c"), ("d", "e")), archives=True,
    )  # fmt: skip
    assert unknown == ["Colour: red"]
    assert file.order().caller.number == "200"


@pytest.mark.parametrize(
    "text",
    ["", "Channel: Local\nApplication: x", "Channel: Local/1@x", "Channel: a/b\nMaxRetries: x"],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(CallFileError):
        parse_call_file(text)


def spooling(
    folder: Path, test: Callable[[Pbx, CallFiles, Path], Coroutine[Any, Any, None]], **options: Any
) -> None:
    async def main() -> None:
        ami = make_ami(folder, **options)
        spool = folder / "outgoing"
        spool.mkdir()
        async with ami.pbx:
            files = CallFiles(ami.pbx, spool)
            await test(ami.pbx, files, spool)

    run_virtual(main())


def write(spool: Path, text: str, *, at: float = 0.0) -> Path:
    path = spool / "a.call"
    path.write_text(text)
    os.utime(path, (at, at))
    return path


async def looking(files: CallFiles, seconds: float) -> None:
    for _ in range(int(seconds)):
        await files.look()
        await asyncio.sleep(1)


def test_the_call_is_made_and_the_file_is_gone(tmp_path: Path) -> None:
    async def test(pbx: Pbx, files: CallFiles, spool: Path) -> None:
        seen: list[tuple[str, str]] = []
        pbx.events.subscribe(NewExtension, lambda e: seen.append((e.extension, e.application)))
        path = write(spool, "Channel: Local/100@default/n\nContext: default\nExtension: 102\n")
        await looking(files, 3)
        assert not path.exists()
        assert ("102", "Wait") in seen

    spooling(tmp_path, test)


def test_retries_are_counted_and_the_file_is_archived(tmp_path: Path) -> None:
    async def test(pbx: Pbx, files: CallFiles, spool: Path) -> None:
        ended: list[float] = []
        loop = asyncio.get_running_loop()
        pbx.events.subscribe(DialEnded, lambda e: ended.append(round(loop.time())))
        path = write(
            spool,
            "Channel: Local/101@default/n\nApplication: NoOp\nMaxRetries: 2\nRetryTime: 20\n"
            "Archive: yes\n",
        )
        await looking(files, 70)
        assert not path.exists()
        text = (tmp_path / "outgoing_done" / "a.call").read_text()
        assert text.count("StartRetry:") == 3
        assert text.count("EndRetry:") == 2
        assert text.rstrip().endswith("Status: Expired")
        assert len(ended) == 3
        assert all(19 <= b - a <= 22 for a, b in itertools.pairwise(ended))

    spooling(tmp_path, test)


def test_a_file_of_tomorrow_waits_and_a_wrong_one_is_removed(tmp_path: Path) -> None:
    async def test(pbx: Pbx, files: CallFiles, spool: Path) -> None:
        path = write(spool, "Channel: Local/100@default/n\nApplication: NoOp\n", at=30.0)
        await looking(files, 20)
        assert path.exists()
        await looking(files, 15)
        assert not path.exists()
        wrong = write(spool, "nonsense\n")
        (spool / ".hidden").write_text("Channel: x")
        await looking(files, 2)
        assert not wrong.exists()
        assert (spool / ".hidden").exists()
        channels: list[Channel] = list(pbx.channels.values())
        assert all(each.context == "default" for each in channels)

    spooling(tmp_path, test)


def test_the_extension_failed_runs_where_nobody_answered(tmp_path: Path) -> None:
    async def test(pbx: Pbx, files: CallFiles, spool: Path) -> None:
        write(spool, "Channel: Local/101@default/n\nContext: default\nExtension: 100\nSet: a=b\n")
        await looking(files, 10)
        assert pbx.global_variables["failed"] == "5 b"

    extensions = """[default]
exten => 100,1,Answer()
exten => 101,1,Busy(5)
exten => failed,1,Set(GLOBAL(failed)=${REASON} ${a})
"""
    spooling(tmp_path, test, extensions=extensions)
