"""The phone registers, waits for calls and answers or refuses them; in virtual time."""

from collections.abc import Callable

import pytest

from switchroom.sip.client import NewCall
from switchroom.sip.events import EndReason, SessionAnswered, SessionProgress
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.session import Session
from switchroom.tools.phone.outcome import ExitCode
from tests.tools.phone.far_end import FarEnd, Run, run_phone, sdp

ALICE = ("--register", "sip:alice@{far}", "--password", "right")


def strict() -> FarEnd:
    return FarEnd(password="right", algorithms=("SHA-256", "MD5"))


def only_md5() -> FarEnd:
    return FarEnd(password="right", algorithms=("MD5",))


def expiries(run: Run) -> list[str]:
    return [r.get("expires") for r in run.far.requests if r.get("authorization")]


@pytest.mark.parametrize("far", [strict, only_md5])
@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_it_registers_and_unregisters(far: Callable[[], FarEnd], protocol: str) -> None:
    run = run_phone(*ALICE, *(["--tcp"] if protocol == "tcp" else []), far=far, protocol=protocol)
    assert run.code is ExitCode.DONE
    assert run.told == ["registering", "registered", "unregistered"]
    assert run.line("registered")["expires"] == 600
    assert expiries(run) == ["3600", "0"]
    assert run.far.bindings == ()
    assert run.far.requests[0].to.uri == "sip:alice@127.0.0.1"
    assert run.engine.streams == []  # no call, no audio


def test_it_registers_again_before_it_expires() -> None:
    run = run_phone(*ALICE, "--expires", "300", "--stay", "1000", far=strict)
    assert run.told == ["registering", *["registered"] * 4, "unregistered"]
    assert expiries(run) == ["300"] * 4 + ["0"]
    at = [line["at"][14:19] for line in run.lines if line["event"] == "registered"]
    assert at == ["00:00", "04:30", "09:00", "13:30"]


def test_a_wrong_password_is_refused_and_not_told() -> None:
    run = run_phone(
        "--register", "sip:alice@{far}", "--password", "hunter2", "--dial", "1", far=strict
    )
    assert run.code is ExitCode.NOT_REGISTERED
    assert run.told == ["registering", "not-registered"]
    assert run.line("not-registered")["status"] == 401
    assert "hunter2" not in str(run.lines)


def test_another_user_name_for_digest() -> None:
    def far() -> FarEnd:
        return FarEnd(password="right")

    run = run_phone(
        "--register", "sip:100@{far}", "--user", "alice", "--password", "right", far=far
    )
    assert run.code is ExitCode.DONE
    assert run.far.requests[0].from_.uri == "sip:100@127.0.0.1"


@pytest.mark.parametrize("status", [403, 404, 603])
def test_a_registrar_that_refuses(status: int) -> None:
    def refuse(run: Run) -> None:
        run.far.refuses_registrations_with = status

    run = run_phone(*ALICE, story=refuse)
    assert run.code is ExitCode.NOT_REGISTERED
    assert run.line("not-registered")["status"] == status


def test_nobody_is_there() -> None:
    run = run_phone(*ALICE, story=lambda run: run.far.transport.close())
    assert run.code is ExitCode.NETWORK
    assert run.line("not-registered")["text"] == "not registered: no answer"


def test_a_registrar_that_is_away_for_a_while_is_asked_again() -> None:
    def be_away(run: Run) -> None:
        def refuse(status: int) -> None:
            run.far.refuses_registrations_with = status

        run.far.later(500.0, lambda: refuse(503))
        run.far.later(560.0, lambda: refuse(0))

    run = run_phone(*ALICE, "--stay", "700", story=be_away)
    assert run.code is ExitCode.DONE
    failed = [line["text"] for line in run.lines if line["event"] == "not-registered"]
    assert failed == ["not registered: 503 Service Unavailable; another attempt in 30 s"]
    assert run.told[-2:] == ["registered", "unregistered"]


# incoming calls


def call(run: Run, at: float, *, offer: str = sdp()) -> list[Session]:
    """The other side calls the registered phone; the session is in the list once it did."""
    made: list[Session] = []

    def invite() -> None:
        uri = run.far.bindings[-1].uri
        what = NewCall(uri, offer, NameAddr("sip:bob@127.0.0.1", "Bob"))
        made.append(run.far.call(lambda stack, flow: stack.invite(what, flow, now=run.far.now)))

    run.far.later(at, invite)
    return made


def progress(run: Run) -> list[int]:
    return [e.status for e in run.far.events if isinstance(e, SessionProgress)]


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_a_call_is_answered(protocol: str) -> None:
    def story(run: Run) -> None:
        call(run, 5.0)
        run.far.later(12.0, lambda: run.stream.talk(1.0))

    run = run_phone(
        *ALICE, "--answer-after", "3", "--say", "prompt 42 hangup",
        *(["--tcp"] if protocol == "tcp" else []), story=story, far=strict, protocol=protocol,
    )  # fmt: skip
    assert run.code is ExitCode.DONE
    assert run.told[2:5] == ["waiting", "incoming", "answered"]
    assert run.line("incoming")["text"] == 'a call from "Bob" <sip:bob@127.0.0.1>'
    assert run.line("answered")["at"][17:19] == "08"
    assert progress(run) == [180]
    assert [digit for digit, _ in run.stream.sent_digits] == ["4", "2"]
    assert [e.reason for e in run.far.ended] == [EndReason.REMOTE_BYE]
    assert run.far.bindings == ()


def test_a_call_without_an_offer_gets_one() -> None:
    def story(run: Run) -> None:
        call(run, 1.0, offer="")

    run = run_phone(*ALICE, "--answer", "--say", "hangup", story=story)
    answered = [e for e in run.far.events if isinstance(e, SessionAnswered)]
    assert "m=audio 10000 RTP/AVP 0 8 101" in answered[0].sdp
    # Our stack's ACK carries no answer: the phone cannot go on, and says so.
    assert run.code is ExitCode.NOT_ANSWERED


@pytest.mark.parametrize(
    ("option", "status"), [(["--busy"], 486), (["--reject"], 603), (["--reject", "480"], 480)]
)
def test_a_call_is_refused(option: list[str], status: int) -> None:
    run = run_phone(*ALICE, *option, story=lambda run: call(run, 1.0))
    assert run.code is ExitCode.DONE
    assert [(e.reason, e.status) for e in run.far.ended] == [(EndReason.REFUSED, status)]
    assert run.line("ended")["text"].startswith(f"we refused: {status}")


def test_nobody_calls() -> None:
    run = run_phone(*ALICE, "--answer", "--wait", "90")
    assert run.code is ExitCode.NOT_ANSWERED
    assert run.line("failed")["text"] == "nobody called within 90 s"
    assert run.far.bindings == ()


def test_the_caller_gives_up() -> None:
    def story(run: Run) -> None:
        made = call(run, 1.0)
        run.far.later(4.0, lambda: made[0].end(now=run.far.now))

    run = run_phone(*ALICE, "--answer-after", "10", story=story)
    assert run.code is ExitCode.NOT_ANSWERED
    assert run.line("ended")["text"] == "the caller gave up"


def test_an_offer_that_cannot_be_used_is_refused() -> None:
    useless = sdp().replace("RTP/AVP 0 101", "RTP/AVP 18")
    run = run_phone(*ALICE, "--answer", story=lambda run: call(run, 1.0, offer=useless))
    assert run.code is ExitCode.NOT_ANSWERED
    assert [e.status for e in run.far.ended] == [488]


def test_a_call_that_nobody_waits_for_is_refused() -> None:
    run = run_phone(*ALICE, "--stay", "5", story=lambda run: call(run, 1.0))
    assert run.code is ExitCode.DONE
    assert [e.status for e in run.far.ended] == [480]
