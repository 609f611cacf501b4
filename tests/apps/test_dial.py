"""Dial() without options."""

import asyncio

import pytest

from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel, Progress
from switchroom.pbx.hangup_cause import HangupCause
from tests.apps.dial_calls import call, hangs_up_after
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import FakeDriver, fake_stream
from tests.support.phones import Phones, hears


def test_a_call_is_answered_talked_and_ended_by_the_called_party() -> None:
    phones = Phones(bob=2)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(3)
        bob = phones["bob"]
        assert hears(caller, bob.channel)
        assert caller.variables["BRIDGEPEER"] == bob.channel.name
        assert bob.channel.variables["BRIDGEPEER"] == caller.name
        await asyncio.sleep(4)
        bob.hangs_up()

    outcome = call("Phone/bob", phones, "NoOp(no)", play=play)
    assert outcome["END"] == "ANSWER 16 5"
    assert outcome["DIALEDPEERNAME"] == "Phone/bob-00000000"
    assert outcome["DIALEDPEERNUMBER"] == "bob"
    assert (outcome["DIALEDTIME"], outcome["DIALEDTIME_MS"]) == ("7", "7000")
    assert (outcome["RINGTIME_MS"], outcome["ANSWEREDTIME_MS"]) == ("0", "5000")
    assert "s:2 NoOp(no)" not in outcome.executed


def test_the_caller_hears_ringing_and_the_called_party_ends_with_the_caller() -> None:
    phones = Phones(bob=2)
    told: list[list[str]] = []

    async def play(caller: Channel) -> None:
        assert isinstance(caller.driver, FakeDriver)
        told.append(caller.driver.told)
        await hangs_up_after(caller, 5)

    outcome = call("Phone/bob", phones, play=play)
    assert told == [["ringing", "answer", "hangup NORMAL_CLEARING"]]
    assert phones["bob"].told[-1] == "hangup NORMAL_CLEARING"
    assert outcome["END"] == "ANSWER 16 3"


def test_a_caller_who_gives_up_cancels() -> None:
    phones = Phones(bob=None)
    outcome = call("Phone/bob", phones, play=lambda caller: hangs_up_after(caller, 3))
    assert outcome["END"] == "CANCEL 16 "
    assert phones["bob"].told == ["dial", "hangup NORMAL_CLEARING"]


@pytest.mark.parametrize(
    ("cause", "want"),
    [
        (HangupCause.USER_BUSY, "BUSY 17"),
        (HangupCause.NORMAL_CIRCUIT_CONGESTION, "CONGESTION 34"),
        (HangupCause.CALL_REJECTED, "CHANUNAVAIL 21"),
        (HangupCause.NO_ANSWER, "NOANSWER 19"),
        (HangupCause.UNALLOCATED, "CHANUNAVAIL 1"),
    ],
)
def test_refusals(cause: HangupCause, want: str) -> None:
    phones = Phones(bob=None)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(1)
        phones["bob"].refuses(cause)

    outcome = call("Phone/bob", phones, "Set(R=${DIALSTATUS} ${HANGUPCAUSE})", play=play)
    assert outcome["R"] == want


@pytest.mark.parametrize(
    ("dialled", "want"),
    [
        ("Phone/bob,2", "NOANSWER 0"),
        ("Phone/nobody", "CHANUNAVAIL 20"),
        ("NoTech/bob", "CHANUNAVAIL 66"),
        ("", "CHANUNAVAIL 0"),
        ("Phone/nobody&Phone/bob,2", "NOANSWER 0"),
        ("Phone/bob,soon", None),
    ],
)
def test_who_cannot_be_reached(dialled: str, want: str | None) -> None:
    outcome = call(
        dialled,
        Phones(bob=None),
        "Set(R=${DIALSTATUS} ${HANGUPCAUSE})",
        play=lambda caller: hangs_up_after(caller, 9),
    )
    assert outcome["R"] == (want or "")
    assert want is not None or outcome["DIALSTATUS"] == "CANCEL"


def test_the_first_of_several_technologies_that_answers_gets_the_call() -> None:
    phones = Phones(bob=None, carol=3)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(2.5)
        assert len([c for c in caller.pbx.channels if c.startswith("Local/rings")]) == 2
        await asyncio.sleep(1)
        assert sorted(caller.pbx.channels) == [caller.name, "Local/rings@other-00000000;1",
                                               "Local/rings@other-00000000;2"]  # fmt: skip

    outcome = call("Phone/bob&Local/rings@other/n&Phone/carol", phones, play=play)
    assert outcome["DIALEDPEERNAME"] == "Local/rings@other-00000000;1"
    assert phones["carol"].told == ["dial", "hangup ANSWERED_ELSEWHERE"]
    assert phones["bob"].told == ["dial", "hangup ANSWERED_ELSEWHERE"]


def test_early_media_is_heard_from_a_single_destination_only() -> None:
    phones = Phones(bob=None, carol=None)

    async def play(caller: Channel) -> None:
        assert isinstance(caller.driver, FakeDriver)
        await asyncio.sleep(1)
        await phones["bob"].channel.stream()
        phones["bob"].channel.on_progress(Progress.EARLY_MEDIA)
        await asyncio.sleep(1)
        assert caller.driver.told == ["ringing", "progress"]
        assert hears(caller, phones["bob"].channel)
        phones["bob"].refuses(HangupCause.USER_BUSY)
        await asyncio.sleep(1)
        await phones["carol"].channel.stream()
        phones["carol"].channel.on_progress(Progress.EARLY_MEDIA)
        await asyncio.sleep(1)
        assert fake_stream(caller).connected is None
        caller.hangup()

    outcome = call("Phone/bob", phones, "Dial(Phone/bob&Phone/carol)", play=play)
    assert outcome["END"] == "CANCEL 17 "


def test_a_caller_who_was_answered_before_hears_a_ringing_tone() -> None:
    phones = Phones(bob=2)
    conf = lines_of("Answer()", "Dial(Phone/bob)")
    heard: list[str | None] = []

    async def play(caller: Channel) -> None:
        await asyncio.sleep(1)
        heard.append(fake_stream(caller).background.name)
        await asyncio.sleep(2)
        heard.append(fake_stream(caller).background.name)
        assert hears(caller, phones["bob"].channel)
        phones["bob"].hangs_up()

    run_dialplan(conf, technologies={"PHONE": phones}, play=play)
    assert heard == ["ring", None]


def test_ringing_and_answer_at_once_leave_no_tone() -> None:
    phones = Phones(bob=0)
    heard: list[str | None] = []

    async def play(caller: Channel) -> None:
        await asyncio.sleep(1)
        assert hears(caller, phones["bob"].channel)
        heard.append(fake_stream(caller).background.name)
        phones["bob"].hangs_up()

    conf = lines_of("Answer()", "Dial(Phone/bob)")
    run_dialplan(conf, technologies={"PHONE": phones}, play=play)
    assert heard == [None]


def test_digits_go_to_the_other_party_and_nowhere_else() -> None:
    phones = Phones(bob=1)
    heard: list[str] = []

    async def play(caller: Channel) -> None:
        await asyncio.sleep(2)
        fake_stream(caller).on_digit_heard = heard.append
        fake_stream(caller).key("1")
        fake_stream(caller).key("#")
        phones["bob"].keys("23")
        await asyncio.sleep(1)
        assert not caller.digits
        phones["bob"].hangs_up()

    call("Phone/bob,,g", phones, "Read(D,,1,,1,1)", play=play)
    assert phones["bob"].heard == ["1", "#"]
    assert heard == ["2", "3"]


@pytest.mark.parametrize(("option", "pair_stays"), [("", False), ("/n", True)])
def test_a_local_channel_is_left_out_once_both_calls_stand(
    option: str, *, pair_stays: bool
) -> None:
    phones = Phones(bob=1)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(2)
        bob = phones["bob"].channel
        assert hears(caller, bob)
        left = {name for name in caller.pbx.channels if name.startswith("Local/")}
        assert bool(left) is pair_stays
        party = party_of(caller)
        assert party is not None
        assert party.peer is not None
        assert (party.peer.channel is bob) is not pair_stays
        fake_stream(caller).key("5")
        await asyncio.sleep(1)
        assert phones["bob"].heard == ["5"]
        phones["bob"].hangs_up()

    outcome = call(f"Local/inner@other{option}", phones, play=play)
    assert outcome["END"] == "ANSWER 16 2"
