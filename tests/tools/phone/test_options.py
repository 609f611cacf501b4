import argparse
from pathlib import Path

import pytest

from switchroom.base.errors import SwitchroomError
from switchroom.channels.sip.endpoints.endpoint import DtmfMode
from switchroom.sip.digest import Account
from switchroom.tools.phone.options import PASSWORD_VARIABLE, add_options, settings_of
from switchroom.tools.phone.settings import Greeting, Incoming, PhoneSettings
from tests.tools.phone.test_identity import PJSIP

ALICE = ["--from", "sip:alice@192.0.2.1:5070"]


def settings(
    *words: str, demo: Path = Path("nowhere"), environment: dict[str, str] | None = None
) -> PhoneSettings:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return settings_of(parser.parse_args(list(words)), demo, environment or {})


def test_a_demo_phone_dials_without_registering(tmp_path: Path) -> None:
    (tmp_path / "pjsip.conf").write_text(PJSIP.replace("{port}", "5066"))
    made = settings("--demo", "100", "--dial", "*88", "--say", "wait:3 100", demo=tmp_path)
    assert str(made.dial) == "sip:*88@127.0.0.1:5066"
    assert made.identity.account == Account("hundred", "secret")
    assert not made.registers
    assert [step.word for step in made.script] == ["wait:3", "100"]
    waiting = settings("--demo", "100", "--answer", demo=tmp_path)
    assert waiting.registers
    assert waiting.dial is None
    same = settings("--config", str(tmp_path), "--endpoint", "100", "--dial", "*88")
    assert same.identity == made.identity


@pytest.mark.parametrize(
    ("target", "uri"),
    [
        ("500", "sip:500@192.0.2.1:5070"),
        ("9#1 2", "sip:9%231%202@192.0.2.1:5070"),
        ("sip:bob@198.51.100.7", "sip:bob@198.51.100.7"),
        ("bob@198.51.100.7:5080;transport=tcp", "sip:bob@198.51.100.7:5080;transport=tcp"),
    ],
)
def test_whom_a_target_means(target: str, uri: str) -> None:
    assert str(settings(*ALICE, "--dial", target).dial) == uri


def test_tcp_is_kept_for_those_who_are_dialled() -> None:
    assert (
        str(settings(*ALICE, "--tcp", "--dial", "1").dial) == "sip:1@192.0.2.1:5070;transport=tcp"
    )
    over = settings(*ALICE, "--tcp", "--dial", "sip:bob@198.51.100.7")
    assert str(over.dial) == "sip:bob@198.51.100.7;transport=tcp"


@pytest.mark.parametrize(
    ("options", "incoming"),
    [
        (["--answer"], Incoming(Greeting.ANSWER)),
        (["--answer-after", "2.5", "--wait", "9"], Incoming(Greeting.ANSWER, 486, 2.5, 9.0)),
        (["--busy"], Incoming(Greeting.REFUSE, 486)),
        (["--reject"], Incoming(Greeting.REFUSE, 603)),
        (["--reject", "404"], Incoming(Greeting.REFUSE, 404)),
        ([], None),
    ],
)
def test_what_is_done_with_calls(options: list[str], incoming: Incoming | None) -> None:
    assert settings(*ALICE, *options).incoming == incoming


def test_where_the_password_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from file\nand more\n")
    environment = {PASSWORD_VARIABLE: "from environment"}

    def password(*words: str) -> str | None:
        account = settings(*ALICE, *words, environment=environment).identity.account
        return account.password if account is not None else None

    assert password() == "from environment"
    assert password("--password-file", str(file)) == "from file"
    assert password("--password-file", str(file), "--password", "given") == "given"
    assert password("--password", "") == ""
    assert settings(*ALICE).identity.account is None
    (tmp_path / "pjsip.conf").write_text(PJSIP.replace("{port}", "5066"))
    demo = settings("--demo", "100", "--dial", "1", demo=tmp_path, environment=environment)
    assert demo.identity.account == Account("hundred", "secret")


def test_how_it_sounds(tmp_path: Path) -> None:
    path = tmp_path / "heard.wav"
    audio = settings(*ALICE, "--dtmf", "info", "--codecs", "alaw", "--record", str(path)).audio
    assert (audio.dtmf, audio.codecs, audio.record) == (DtmfMode.INFO, ("alaw",), path)
    assert settings(*ALICE, "--bind", "127.0.0.1:5099").bind == ("127.0.0.1", 5099)
    assert settings(*ALICE, "--bind", "127.0.0.1").bind == ("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "say who to be"),
        (["--dial", "500"], "say who to be"),
        (["--demo", "100", "--from", "sip:a@b"], "--demo and --from name two to be"),
        (["--demo", "100"], "there is no demo yet"),
        (["--endpoint", "100"], "--endpoint needs --config"),
        (["--config", "/nowhere", "--endpoint", "100"], "pjsip.conf"),
        (["--from", "sip:a@192.0.2.1", "--password-file", "/nowhere/x"], "cannot read /nowhere/x"),
        ([*ALICE, "--dial", ""], "needs somebody to dial"),
        ([*ALICE, "--dial", "sip:@x"], "is no SIP address"),
        ([*ALICE, "--dial", "1", "--answer"], "not both"),
        ([*ALICE, "--busy", "--answer"], "one of --answer and --busy"),
        ([*ALICE, "--say", "1"], "--say needs a call"),
        ([*ALICE, "--busy", "--say", "1"], "--say needs a call"),
        ([*ALICE, "--dial", "1", "--say", "wiat:3"], "did you mean wait?"),
        ([*ALICE, "--dial", "1", "--say", "play:/nowhere/x.wav"], "cannot read /nowhere/x.wav"),
        ([*ALICE, "--dial", "1", "--say", "transfer:sip:@"], "is no SIP address"),
        ([*ALICE, "--dial", "1", "--codecs", "ulaw,g729"], "there are alaw, g722, "),
        ([*ALICE, "--dial", "1", "--codecs", ","], "there are alaw, g722, "),
        ([*ALICE, "--dial", "1", "--record", "/nowhere/x.wav"], "cannot record into"),
        ([*ALICE, "--dial", "1", "--record", "/nowhere/x.mp3"], "unknown suffix"),
        ([*ALICE, "--dial", "1", "--bind", "localhost"], "--bind: "),
    ],
)
def test_what_does_not_go_together(options: list[str], message: str) -> None:
    with pytest.raises(SwitchroomError) as caught:
        settings(*options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        ["--reject", "200"],
        ["--reject", "x"],
        ["--wait", "-1"],
        ["--wait", "soon"],
        ["--wait", "nan"],
        ["--expires", "0"],
        ["--expires", "1.5"],
        ["--dtmf", "smoke"],
    ],
)
def test_values_that_are_none(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        settings(*ALICE, *options)
    assert caught.value.code == 2
    assert options[0] in capsys.readouterr().err
