"""Calls that the phone makes, against another stack in virtual time."""

import functools
import wave
from pathlib import Path

import pytest

from switchroom.sip.client import NewCall
from switchroom.sip.events import EndReason
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Request
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from switchroom.tools.phone.outcome import ExitCode
from tests.tools.phone.far_end import FarEnd, Run, run_phone, sdp

ALICE = ("--from", "sip:alice@{far}")


def talk(run: Run, at: float, seconds: float) -> None:
    """The other side talks, so long after the start."""
    run.far.later(at, lambda: run.stream.talk(seconds))


def hang_up(run: Run, at: float) -> None:
    run.far.later(at, lambda: run.far.invites[-1].end(now=run.far.now))


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_digits_are_keyed_and_the_other_side_hangs_up(protocol: str) -> None:
    run = run_phone(
        *ALICE, "--dial", "*88", "--say", "wait:3 100 wait:4 1234#",
        *(["--tcp"] if protocol == "tcp" else []),
        story=lambda run: hang_up(run, 20.0), protocol=protocol,
    )  # fmt: skip
    assert run.code is ExitCode.DONE
    assert "".join(digit for digit, _ in run.stream.sent_digits) == "1001234#"
    assert run.told == [
        "calling", "answered", "script", "script", "script", "script", "ended", "audio",
    ]  # fmt: skip
    assert run.line("ended")["reason"] == "remote_bye"
    request = run.far.requests[0]
    assert request.uri.startswith("sip:*88@127.0.0.1:")
    assert request.from_.uri == "sip:alice@127.0.0.1"
    assert run.stream.closed
    assert run.stream.plan is not None
    assert run.stream.plan.remote == ("127.0.0.1", 4000)
    assert run.stream.plan.telephone_event == 101


def test_the_phone_hangs_up_when_nobody_else_does() -> None:
    run = run_phone(*ALICE, "--dial", "500", "--say", "1", "--stay", "5")
    assert run.code is ExitCode.DONE
    assert run.line("ended")["text"].startswith("we hung up after 5.")
    assert [e.reason for e in run.far.ended] == [EndReason.REMOTE_BYE]
    assert run.far.ended[0].cause == 16


def test_silence_is_sent_where_nothing_is_played() -> None:
    run = run_phone(*ALICE, "--dial", "500", "--say", "wait:35 hangup")
    assert run.stream.played == ["silence"] * 4  # ten seconds each


def test_without_a_script_the_other_side_ends_the_call() -> None:
    run = run_phone(*ALICE, "--dial", "500", story=lambda run: hang_up(run, 3600.0))
    assert run.code is ExitCode.DONE
    assert run.line("ended")["seconds"] == pytest.approx(3600.0, abs=0.1)


@pytest.mark.parametrize(("password", "code"), [("right", ExitCode.DONE), ("no", ExitCode.NOT_ANSWERED)])  # fmt: skip
def test_a_call_is_authenticated(password: str, code: ExitCode) -> None:
    run = run_phone(
        *ALICE, "--password", password, "--dial", "500", "--say", "hangup",
        far=lambda: FarEnd(password="right", algorithms=("SHA-256", "MD5")),
    )  # fmt: skip
    assert run.code is code
    assert password not in "".join(map(str, run.lines))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (486, ExitCode.BUSY),
        (600, ExitCode.BUSY),
        (404, ExitCode.NOT_ANSWERED),
        (480, ExitCode.NOT_ANSWERED),
        (603, ExitCode.NOT_ANSWERED),
        (503, ExitCode.NOT_ANSWERED),
    ],
)
def test_a_refusal_is_told_with_its_status(status: int, code: ExitCode) -> None:
    def refuse(run: Run) -> None:
        run.far.on_invite = lambda session: session.refuse(status, now=run.far.now)

    run = run_phone(*ALICE, "--dial", "500", "--say", "1", story=refuse)
    assert run.code is code
    assert run.line("ended")["status"] == status
    assert run.line("ended")["text"].startswith(f"refused: {status} ")
    assert run.stream.closed


def test_ringing_and_early_media_are_told_and_heard() -> None:
    def ring(run: Run) -> None:
        def on_invite(session: Session) -> None:
            session.provisional(180, now=run.far.now)
            run.far.later(2.0, lambda: session.provisional(183, now=run.far.now, sdp=sdp()))
            run.far.later(5.0, lambda: session.accept(sdp(), now=run.far.now))

        run.far.on_invite = on_invite
        talk(run, 3.0, 1.0)

    run = run_phone(*ALICE, "--dial", "500", "--say", "hangup", story=ring)
    assert run.told[:6] == ["calling", "ringing", "early-media", "talking", "silent", "answered"]


def test_nobody_answers() -> None:
    def ring(run: Run) -> None:
        run.far.on_invite = lambda session: session.provisional(180, now=run.far.now)

    run = run_phone(*ALICE, "--dial", "500", "--ring-for", "7", story=ring)
    assert run.code is ExitCode.NOT_ANSWERED
    assert [e.reason for e in run.far.ended] == [EndReason.CANCELLED]
    assert "nobody answered within 7 s" in run.line("failed")["text"]
    assert run.line("ended")["text"] == "we gave up"


def test_nobody_is_there() -> None:
    def be_deaf(run: Run) -> None:
        run.far.transport.close()

    run = run_phone(*ALICE, "--dial", "500", story=be_deaf)
    assert run.code is ExitCode.NETWORK
    assert run.line("ended")["text"].startswith("no answer from 127.0.0.1:")
    last = run.lines[-1]["at"]
    assert last.startswith("1970-01-01T00:00:10")


def test_no_connection_can_be_made() -> None:
    def be_away(run: Run) -> None:
        run.far.transport.close()

    run = run_phone(*ALICE, "--tcp", "--dial", "500", story=be_away, protocol="tcp")
    assert run.code is ExitCode.NETWORK
    assert run.line("ended")["text"].startswith("no connection to 127.0.0.1:")
    assert run.lines[-1]["at"].startswith("1970-01-01T00:00:00")


def test_an_answer_that_cannot_be_used_ends_the_call() -> None:
    def answer_with_g729(run: Run) -> None:
        useless = sdp().replace("RTP/AVP 0 101", "RTP/AVP 18")
        run.far.on_invite = lambda session: session.accept(useless, now=run.far.now)

    run = run_phone(*ALICE, "--dial", "500", story=answer_with_g729)
    assert run.code is ExitCode.NOT_ANSWERED
    assert "No common codec" in run.line("unusable")["text"]
    assert [e.reason for e in run.far.ended] == [EndReason.REMOTE_BYE]


# what scripts wait for


def test_a_prompt_is_waited_for_to_its_end() -> None:
    def prompt(run: Run) -> None:
        talk(run, 2.0, 3.0)
        talk(run, 8.0, 1.0)

    run = run_phone(*ALICE, "--dial", "500", "--say", "prompt 1 prompt 2 hangup", story=prompt)
    assert run.code is ExitCode.DONE
    at = {line["word"]: line["at"] for line in run.lines if line["event"] == "script"}
    assert at["1"][17:21] == "05.5"  # half a second of silence ends a prompt
    assert at["2"][17:21] == "09.5"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("prompt", ExitCode.DONE),
        ("prompt expect-hangup", ExitCode.DONE),
        ("prompt hangup", ExitCode.DONE),
        ("prompt 1", ExitCode.HUNG_UP),
        ("prompt:2", ExitCode.HUNG_UP),
        ("talking silence:1", ExitCode.HUNG_UP),
    ],
)
def test_the_end_of_the_call_ends_a_prompt(script: str, code: ExitCode) -> None:
    def talk_and_hang_up(run: Run) -> None:
        talk(run, 2.0, 3.0)
        hang_up(run, 5.1)

    run = run_phone(*ALICE, "--dial", "500", "--say", script, story=talk_and_hang_up)
    assert run.code is code


def test_two_prompts_and_a_prompt_that_runs_already() -> None:
    def prompt(run: Run) -> None:
        talk(run, 1.0, 3.0)
        talk(run, 6.0, 1.0)

    run = run_phone(
        *ALICE, "--dial", "500", "--say", "talking wait:1 prompt:2 hangup", story=prompt
    )
    assert run.code is ExitCode.DONE
    assert run.line("ended")["seconds"] == pytest.approx(7.5, abs=0.01)


def test_silence_counts_from_now_and_begins_again_with_talking() -> None:
    def prompt(run: Run) -> None:
        talk(run, 1.0, 1.0)

    run = run_phone(*ALICE, "--dial", "500", "--say", "silence:1.5 hangup", story=prompt)
    assert run.line("ended")["seconds"] == pytest.approx(3.5, abs=0.02)  # 1 + 1 + 1.5
    run = run_phone(*ALICE, "--dial", "500", "--say", "wait:9 silence:1.5 hangup", story=prompt)
    assert run.line("ended")["seconds"] == pytest.approx(10.5, abs=0.02)


def press(run: Run, digit: str) -> None:
    run.stream.key(digit)


def test_digits_of_the_other_side_are_expected() -> None:
    def key(run: Run) -> None:
        for n, digit in enumerate("9421"):
            run.far.later(1.0 + n, functools.partial(press, run, digit))

    run = run_phone(*ALICE, "--dial", "500", "--say", "expect:42 expect:1 hangup", story=key)
    assert run.code is ExitCode.DONE
    assert [line["digit"] for line in run.lines if line["event"] == "digit"] == list("9421")


@pytest.mark.parametrize(
    "script", ["prompt<2", "talking<2", "silence:5<2", "expect:1<2", "expect-hangup<2"]
)
def test_what_does_not_happen_in_time_fails_the_script(script: str) -> None:
    run = run_phone(*ALICE, "--dial", "500", "--say", f"{script}")
    assert run.code is ExitCode.UNMET
    assert run.line("failed")["word"] == script
    assert run.line("ended")["seconds"] == pytest.approx(2.0, abs=0.05)
    assert [e.reason for e in run.far.ended] == [EndReason.REMOTE_BYE]


def test_a_hang_up_before_the_script_ends_is_told() -> None:
    run = run_phone(
        *ALICE, "--dial", "500", "--say", "1 wait:10 2", story=lambda run: hang_up(run, 3.0)
    )
    assert run.code is ExitCode.HUNG_UP
    assert [digit for digit, _ in run.stream.sent_digits] == ["1"]


def test_an_expected_hang_up_is_no_failure() -> None:
    run = run_phone(
        *ALICE,
        "--dial",
        "500",
        "--say",
        "wait:1 expect-hangup",
        story=lambda run: hang_up(run, 3.0),
    )
    assert run.code is ExitCode.DONE


# what scripts do


def test_a_sound_is_played_and_what_is_heard_is_recorded(tmp_path: Path) -> None:
    sound, heard = tmp_path / "hello.wav", tmp_path / "heard.wav"
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * 4))
    run = run_phone(
        *ALICE, "--dial", "500", "--record", str(heard), "--say", f"play:{sound} hangup"
    )
    assert run.code is ExitCode.DONE
    assert [name for name in run.stream.played if name != "silence"] == ["hello.wav"]
    assert run.stream.recordings == [heard]
    assert run.line("recorded")["seconds"] == pytest.approx(4.0, abs=0.1)
    assert run.line("ended")["seconds"] == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize("mode", ["info", "inband"])
def test_digits_by_other_ways(mode: str) -> None:
    run = run_phone(*ALICE, "--dtmf", mode, "--dial", "500", "--say", "4w2# hangup")
    assert run.code is ExitCode.DONE
    infos = [r.body.decode() for r in run.far.requests if r.method == "INFO"]
    signals = [body.splitlines()[0] for body in infos]
    digits = [digit for digit, _ in run.stream.sent_digits]
    if mode == "info":
        assert (signals, digits) == (["Signal=4", "Signal=2", "Signal=#"], [])
    else:
        assert (signals, digits) == ([], ["4", "2", "#"])
        assert run.stream.plan is not None
        assert run.stream.plan.telephone_event is None
    assert run.line("ended")["seconds"] == pytest.approx(3 * 0.2 + 0.5, abs=0.02)


def test_an_info_of_the_other_side_is_a_digit() -> None:
    def key(run: Run) -> None:
        headers = [("Content-Type", "application/dtmf-relay")]
        run.far.later(
            1.0,
            lambda: run.far.invites[0].request_within(
                "INFO", now=run.far.now, headers=headers, body=b"Signal=7\r\n"
            ),
        )

    run = run_phone(*ALICE, "--dial", "500", "--say", "expect:7 hangup", story=key)
    assert run.code is ExitCode.DONE


def test_hold_and_resume() -> None:
    offers: list[str] = []

    def watch(run: Run) -> None:
        def on_offer(session: Session, offer: str) -> None:
            offers.append(offer.rsplit("a=", maxsplit=1)[-1].strip())
            run.far.answer_offer(session, offer)

        run.far.on_offer = on_offer

    run = run_phone(*ALICE, "--dial", "500", "--say", "hold wait:2 resume hangup", story=watch)
    assert run.code is ExitCode.DONE
    assert offers == ["sendonly", "sendrecv"]
    assert run.stream.plan is not None
    assert run.stream.plan.direction == "sendrecv"


def test_a_hold_that_is_refused() -> None:
    def refuse(run: Run) -> None:
        run.far.on_offer = lambda session, _: session.refuse_offer(488, now=run.far.now)

    run = run_phone(*ALICE, "--dial", "500", "--say", "hold 1", story=refuse)
    assert run.code is ExitCode.UNMET
    assert "488 Not Acceptable Here" in run.line("failed")["text"]


def test_offers_that_cross_are_made_again() -> None:
    def cross(run: Run) -> None:
        asked = 0

        def on_offer(session: Session, offer: str) -> None:
            nonlocal asked
            asked += 1
            if asked < 3:
                session.refuse_offer(491, now=run.far.now)
            else:
                run.far.answer_offer(session, offer)

        run.far.on_offer = on_offer

    run = run_phone(*ALICE, "--dial", "500", "--say", "hold hangup", story=cross)
    assert run.code is ExitCode.DONE
    assert 4.2 <= run.line("ended")["seconds"] <= 8.0


def test_the_other_side_holds_us() -> None:
    def hold(run: Run) -> None:
        run.far.later(1.0, lambda: run.far.invites[0].offer(sdp("sendonly", 2), now=run.far.now))
        run.far.later(2.0, lambda: run.far.invites[0].offer(sdp("sendrecv", 3), now=run.far.now))

    run = run_phone(*ALICE, "--dial", "500", "--say", "wait:3 hangup", story=hold)
    assert run.code is ExitCode.DONE
    directions = [line["direction"] for line in run.lines if line["event"] == "direction"]
    assert directions == ["recvonly", "sendrecv"]


def notify(run: Run, status: int) -> None:
    """Tell the phone how far its transfer is."""
    run.far.invites[0].request_within(
        "NOTIFY",
        now=run.far.now,
        headers=[("Event", "refer"), ("Subscription-State", "active")],
        body=f"SIP/2.0 {status} x\r\n".encode(),
    )


def refer_to(run: Run) -> str:
    return next(r.get("refer-to") for r in run.far.requests if r.method == "REFER")


@pytest.mark.parametrize(
    ("there", "code"), [(200, ExitCode.DONE), (486, ExitCode.UNMET), (0, ExitCode.DONE)]
)
def test_a_blind_transfer(there: int, code: ExitCode) -> None:
    def transfer(run: Run) -> None:
        def on_request(incoming: IncomingRequest) -> None:
            incoming.respond(202, now=run.far.now)
            session = run.far.invites[0]
            if not there:
                run.far.later(1.0, lambda: session.end(now=run.far.now))
                return
            run.far.later(0.5, lambda: notify(run, 100))
            run.far.later(1.0, lambda: notify(run, there))

        run.far.on_request = on_request

    run = run_phone(*ALICE, "--dial", "500", "--say", "wait:1 transfer:600", story=transfer)
    assert run.code is code
    assert refer_to(run) == f"<sip:600@{run.far.requests[0].uri.rpartition('@')[2]}>"


def test_a_transfer_that_nobody_serves() -> None:
    def refuse(run: Run) -> None:
        run.far.on_request = lambda incoming: incoming.respond(405, now=run.far.now)

    run = run_phone(*ALICE, "--dial", "500", "--say", "transfer:600", story=refuse)
    assert run.code is ExitCode.UNMET
    assert "405 Method Not Allowed" in run.line("failed")["text"]


def test_a_call_that_ends_instead_of_being_transferred() -> None:
    def end(run: Run) -> None:
        run.far.on_request = lambda _: run.far.later(
            1.0, lambda: run.far.invites[0].end(now=run.far.now)
        )

    run = run_phone(*ALICE, "--dial", "500", "--say", "transfer:600", story=end)
    assert run.code is ExitCode.HUNG_UP


def test_a_second_call_meets_a_busy_phone() -> None:
    def call_back(run: Run) -> None:
        def invite() -> None:
            flow = run.far.invites[0].flow
            what = NewCall("sip:alice@127.0.0.1", sdp(), NameAddr("sip:bob@127.0.0.1"))
            run.far.stack.invite(what, flow, now=run.far.now)

        run.far.later(1.0, invite)

    run = run_phone(*ALICE, "--dial", "500", "--say", "wait:3 hangup", story=call_back)
    refused = [e for e in run.far.ended if e.reason is EndReason.REFUSED]
    assert [e.status for e in refused] == [486]
    assert run.code is ExitCode.DONE


def test_somebody_is_dialled_without_any_account() -> None:
    run = run_phone("--dial", "sip:bob@{far}", "--say", "hangup")
    assert run.code is ExitCode.DONE
    request = run.far.requests[0]
    assert isinstance(request, Request)
    assert request.from_.uri == "sip:anonymous@anonymous.invalid"
