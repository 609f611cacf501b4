"""DISA(): passwords in all their forms, the number, and what is heard."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.mailboxes import Mailboxes
from tests.support.dialplan import Outcome, run_dialplan
from tests.support.fakes import fake_stream

CONF = """\
[default]
exten => s,1,DISA({arguments})
[disa]
exten => 1,1,Set(R=one)
exten => 200,1,Set(R=two ${{CALLERID(all)}} ${{CHANNEL(accountcode)}})
exten => _3X.,1,Set(R=three ${{EXTEN}})
[other]
exten => 1,1,Set(R=other ${{CALLERID(num)}})
exten => i,1,Set(R=invalid ${{INVALID_EXTEN}})
"""
TONES: list[str] = []


def call(
    arguments: str,
    keys: str,
    prepare: Callable[[Pbx, Channel], None] | None = None,
    *,
    real: bool = False,
) -> Outcome:
    step = 0.02 if real else 0.5

    async def play(channel: Channel) -> None:
        for key in keys:
            await asyncio.sleep(step)
            if not real:
                TONES[:] = fake_stream(channel).backgrounds
            channel.on_digit(key)

    conf = CONF.format(arguments=arguments)
    return run_dialplan(conf, play=play, prepare=prepare, real=real)


@pytest.mark.parametrize(
    ("arguments", "keys", "result"),
    [
        ("no-password", "200", 'two "" <> '),
        ("4711", "4711#200", 'two "" <> 4711'),
        ('4711,disa,"Office" <55>', "4711#200", 'two "Office" <55> 4711'),
        ("4711,other,77", "4711#1", "other 77"),
        ("no-password,other", "9", "invalid 9"),
        ("no-password", "312", "three 312"),
        ("no-password,,,,p", "312#", "three 312"),
    ],
)
def test_a_number_is_called(arguments: str, keys: str, result: str) -> None:
    assert call(arguments, keys)["R"] == result


def test_the_dial_tone_ends_with_the_first_digit() -> None:
    call("4711", "4711#200")
    assert TONES == ["dial", "dial"]


def test_the_dial_tone_is_broken_while_there_are_new_messages() -> None:
    def prepare(pbx: Pbx, _channel: Channel) -> None:
        pbx.datastore(Mailboxes).count = lambda box: (int(box == "100@default"), 0)

    call("no-password,disa,,100", "200", prepare)
    assert TONES == ["dialrecall"]


@pytest.mark.parametrize(
    ("arguments", "keys"), [("4711", "4712#200"), ("no-password", "9"), ("4711", "")]
)
def test_who_does_not_know_hears_congestion_and_is_hung_up(arguments: str, keys: str) -> None:
    outcome = call(arguments, keys)
    assert outcome["R"] == ""
    assert outcome.cause is HangupCause.NORMAL_CIRCUIT_CONGESTION
    assert outcome.seconds >= 10


def test_a_file_of_passwords(tmp_path: Path) -> None:
    path = tmp_path / "disa.conf"
    path.write_text(
        '# who may\n1111 ; the boss\n2222,other,"Two" <22>\n3333|other\n\n', encoding="utf-8"
    )
    assert call(str(path), "1111#200", real=True)["R"] == 'two "" <> 1111'
    assert call(str(path), "2222#1", real=True)["R"] == "other 22"
    assert call(f"{path},disa,99", "3333#1", real=True)["R"] == "other 99"


def test_a_file_that_opens_to_all(tmp_path: Path) -> None:
    path = tmp_path / "disa.conf"
    path.write_text("no-password,other\n", encoding="utf-8")
    assert call(str(path), "1", real=True)["R"] == "other "
