"""The demo's configuration."""

import re
import stat
from pathlib import Path

import pytest

from switchroom.config.language.reader import read_config
from switchroom.dialplan.parser import parse_dialplan
from switchroom.node.configuration import load_configuration
from switchroom.node.demo import demo_folder, demo_phones, write_demo


def test_it_can_be_read_without_a_warning(tmp_path: Path) -> None:
    etc = write_demo(tmp_path, port=5070)
    configuration = load_configuration(etc)
    assert {t.port for t in configuration.sip.settings.transports} == {5070}
    assert {t.host for t in configuration.sip.settings.transports} == {"127.0.0.1"}
    assert (configuration.asterisk.warnings, configuration.sip.warnings) == ((), ())
    dialplan = parse_dialplan(read_config(etc / "extensions.conf"))
    assert dialplan.find("phones", "*88", 1) is not None
    assert dialplan.warnings == ()


def test_its_secrets_are_made_for_it_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    phones = [demo_phones(write_demo(tmp_path / name)) for name in ("one", "two")]
    assert [name for name, _ in phones[0]] == ["100", "101"]
    secrets = {secret for pair in phones for _, secret in pair}
    assert len(secrets) == 4
    assert min(map(len, secrets)) >= 16
    mode = (tmp_path / "one" / "etc" / "pjsip.conf").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    pins = set(
        re.findall(r"=> ([0-9]{6}),", (tmp_path / "one" / "etc" / "voicemail.conf").read_text())
    )
    assert len(pins) == 2


def test_what_the_user_changed_stays(tmp_path: Path) -> None:
    etc = write_demo(tmp_path)
    (etc / "extensions.conf").write_text("[phones]\n")
    before = (etc / "pjsip.conf").read_text()
    write_demo(tmp_path)
    assert (etc / "extensions.conf").read_text() == "[phones]\n"
    assert (etc / "pjsip.conf").read_text() == before


def test_its_tests_come_with_it(tmp_path: Path) -> None:
    etc = write_demo(tmp_path)
    assert "dialplan.dial" in (etc / "tests" / "test_pins.py").read_text()
    assert (etc / "tests" / "menu.test.yaml").exists()


def test_its_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHROOM_DEMO", str(tmp_path / "x"))
    assert demo_folder() == tmp_path / "x"
    monkeypatch.delenv("SWITCHROOM_DEMO")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert demo_folder() == tmp_path / "switchroom" / "demo"
