"""What may be asked for, and of whom."""

import argparse
from pathlib import Path

import pytest

from switchroom.tools.bench.command import add_parser
from switchroom.tools.bench.options import PASSWORD_VARIABLE, settings_of
from switchroom.tools.bench.settings import BenchError, Kind, Settings, User


def settings(*words: str, **environment: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return settings_of(parser.parse_args(["bench", *words]), environment)


def test_defaults_are_bounded() -> None:
    found = settings("calls", "sip:600@127.0.0.1")
    load = found.load
    assert (load.kind, load.rate, load.count, load.seconds) == (Kind.CALLS, 20.0, 200, 0.0)
    assert load.server == ("127.0.0.1", 5060)
    assert load.users == (User("bench"),)
    assert (load.domain, found.workers, found.finds_limit) == ("127.0.0.1", 1, False)


@pytest.mark.parametrize(
    "uri", ["sip:a@127.0.0.1", "sip:a@[::1]:5070", "a@127.8.0.1", "sip:a@localhost"]
)
def test_this_machine_needs_no_consent(uri: str) -> None:
    assert settings("calls", uri).load.count == 200


@pytest.mark.parametrize(
    "uri", ["sip:a@192.0.2.1", "sip:a@10.0.0.1", "sip:a@[2001:db8::1]", "sip:a@0.0.0.0"]
)
def test_another_machine_needs_consent(uri: str) -> None:
    with pytest.raises(BenchError, match="--yes-i-own-it"):
        settings("calls", uri)
    assert settings("calls", uri, "--yes-i-own-it").load.server[1] == 5060


@pytest.mark.parametrize(
    "words",
    [
        ["--rate", "-1"], ["--rate", "nan"], ["--rate", "20000"], ["--seconds", "0"],
        ["--seconds", "1e9"], ["--hold", "-1"], ["--rate", "10000", "--seconds", "3600"],
        ["--max-rate", "0"], ["--processes", "0"], ["--processes", "1000"],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(words: list[str]) -> None:
    with pytest.raises(BenchError):
        settings("calls", "sip:600@127.0.0.1", *words)


@pytest.mark.parametrize(
    "words",
    [
        ["calls", "sips:a@127.0.0.1"], ["calls", "sip:a@127.0.0.1;transport=tcp"],
        ["calls", "sip:a b@127.0.0.1"], ["calls", "sip:a@no-such-host.invalid"],
        ["audio", "sip:a@127.0.0.1", "--find"], ["audio", "sip:a@127.0.0.1", "--calls", "100000"],
        ["register", "sip:127.0.0.1"],
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(words: list[str]) -> None:
    with pytest.raises(BenchError):
        settings(*words)


def test_a_registration_goes_to_the_domain_of_its_user() -> None:
    load = settings("register", "sip:ann@127.0.0.1:5070", **{PASSWORD_VARIABLE: "secret"}).load
    assert (load.target, load.domain) == ("sip:127.0.0.1:5070", "127.0.0.1:5070")
    assert load.users == (User("ann", "secret"),)
    assert "secret" not in repr(load)


def test_users_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("# who\nann:se:cret\n\nbob:\n")
    load = settings("register", "sip:127.0.0.1", "--users", str(file)).load
    assert load.users == (User("ann", "se:cret"), User("bob"))
    assert load.users[1].account is None
    file.write_text("# nobody\n")
    with pytest.raises(BenchError, match="no users"):
        settings("register", "sip:127.0.0.1", "--users", str(file))
    file.write_text(":secret\n")
    with pytest.raises(BenchError, match="line 1"):
        settings("register", "sip:127.0.0.1", "--users", str(file))
    with pytest.raises(BenchError, match="cannot read"):
        settings("register", "sip:127.0.0.1", "--users", str(tmp_path / "none"))


def test_a_password_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\nmore\n")
    load = settings("calls", "sip:a@127.0.0.1", "--user", "ann", "--password-file", str(file)).load
    assert load.users == (User("ann", "secret"),)


def test_a_high_rate_gets_more_processes_where_there_are_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert settings("calls", "sip:a@127.0.0.1", "--rate", "900").workers == 3
    assert settings("calls", "sip:a@127.0.0.1", "--find", "--max-rate", "2000").workers == 5
    assert settings("audio", "sip:a@127.0.0.1", "--calls", "900").workers == 3
    assert settings("calls", "sip:a@127.0.0.1", "--rate", "9000").workers == 8
    assert settings("calls", "sip:a@127.0.0.1", "--processes", "2").workers == 2
