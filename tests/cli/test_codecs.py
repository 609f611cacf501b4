"""core show codecs, codec, translation."""

from __future__ import annotations

import pytest

from tests.cli.fakes import CliNode
from tests.cli.test_commands import run


def test_codecs_by_kind(cli: CliNode) -> None:
    audio = run(cli, "core show codecs audio").splitlines()
    assert audio[3].split() == ["ID", "TYPE", "NAME", "FORMAT", "DESCRIPTION"]
    rows = [line.split()[:4] for line in audio[5:]]
    assert all(kind == "audio" and name == form for _, kind, name, form in rows)
    assert {"ulaw", "alaw", "g722", "gsm", "slin16", "opus"} <= {row[2] for row in rows}
    every = run(cli, "core show codecs")
    assert "video     h264         h264" in every
    assert run(cli, "core show codecs image").splitlines()[-1] == "-" * 96
    assert run(cli, "core show codecs smell").startswith("Usage:")


def test_one_codec_by_its_number(cli: CliNode) -> None:
    row = run(cli, "core show codecs").splitlines()[5].split()
    assert run(cli, f"core show codec {row[0]}").split()[:3] == row[:3]
    assert run(cli, "core show codec 999").startswith("Codec 999 not found\n")
    assert run(cli, "core show codec ulaw").startswith("Usage:")


@pytest.mark.parametrize("asked", ["core show translation", "core show translation recalc 1"])
def test_what_transcoding_costs(cli: CliNode, asked: str) -> None:
    lines = run(cli, asked).splitlines()[3:]
    names = lines[0].split()
    rows = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert list(rows) == names
    assert all(rows[name][at] == "-" for at, name in enumerate(names))
    assert all(cell == "-" or cell.isdecimal() for row in rows.values() for cell in row)
    assert int(rows["opus"][names.index("ulaw")]) > int(rows["alaw"][names.index("ulaw")])


def test_the_steps_of_a_path(cli: CliNode) -> None:
    lines = run(cli, "core show translation paths ulaw").splitlines()
    assert lines[0] == '--- Translation paths SRC Codec "ulaw" sample rate 8000 ---'
    steps = {line.split()[2]: line.split()[4] for line in lines[1:]}
    assert steps["alaw:8000"] == "(ulaw@8000)->(slin@8000)->(alaw@8000)"
    assert steps["g722:16000"] == "(ulaw@8000)->(slin@8000)->(slin@16000)->(g722@16000)"
    assert run(cli, "core show translation paths silk").startswith("Source codec")
