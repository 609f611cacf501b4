import asyncio
from collections.abc import Callable

import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.config.musiconhold import read_musiconhold
from switchroom.config.reader import parse_config
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel, Progress
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.music.classes import MusicClasses
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from tests.support.dialplan import Outcome, Play, lines_of, run_dialplan
from tests.support.fakes import FakeDriver, FakeSounds, fake_stream
from tests.support.phones import Phones, hears

END = "exten => h,1,Set(END=${DIALSTATUS} ${HANGUPCAUSE} ${ANSWEREDTIME})\n same => n,Wait(1)\n"
SUB = """\
[sub]
exten => s,1,Set(GOSUB_RESULT=${ARG1})
 same => n,Set(GLOBAL(BY)=${CHANNEL(name)} ${ARG2})
 same => n,Return()
[macro-told]
exten => s,1,Set(GLOBAL(BY)=${CHANNEL(name)} ${ARG1})
 same => n,Set(MACRO_RESULT=CONTINUE)
[other]
exten => far,1,Set(GLOBAL(FAR)=${CHANNEL(name)})
exten => far,2,Set(GLOBAL(NEAR)=${CHANNEL(name)})
 same => n,Wait(1)
exten => inner,1,Dial(Phone/bob)
exten => rings,1,Ringing()
 same => n,Wait(2)
 same => n,Answer()
 same => n,Wait(5)
exten => 7,1,Set(GLOBAL(SEVEN)=yes)
"""


def call(
    dialled: str,
    phones: Phones,
    *more: str,
    play: Play | None = None,
    sounds: FakeSounds | None = None,
    prepare: Callable[[Pbx, Channel], None] | None = None,
) -> Outcome:
    conf = lines_of(f"Dial({dialled})", *more) + END + SUB
    technologies: dict[str, Technology] = {"PHONE": phones, "LOCAL": LocalTechnology()}
    return run_dialplan(conf, technologies=technologies, play=play, sounds=sounds, prepare=prepare)


async def hangs_up_after(channel: Channel, seconds: float) -> None:
    await asyncio.sleep(seconds)
    channel.hangup(HangupCause.NORMAL_CLEARING)


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


@pytest.mark.parametrize(
    ("option", "executed"),
    [
        ("g", ["s:2 NoOp(next)"]),
        ("", []),
        ("F(other^far^1)", []),
        ("S(2)g", ["s:2 NoOp(next)"]),
        ("L(2000)g", ["s:2 NoOp(next)"]),
    ],
)
def test_where_the_caller_goes_on(option: str, executed: list[str]) -> None:
    phones = Phones(bob=1)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(6)
        phones["bob"].hangs_up()

    outcome = call(f"Phone/bob,,{option}", phones, "NoOp(next)", play=play)
    assert [step for step in outcome.executed if step.startswith("s:2")] == executed
    assert outcome["ANSWEREDTIME"] == ("2" if "2" in option else "5")
    assert "FAR" not in outcome.global_variables


@pytest.mark.parametrize(("option", "by"), [("F(other^far^1)", "FAR"), ("F", "BEHIND")])
def test_the_called_party_goes_on_when_the_caller_hangs_up(option: str, by: str) -> None:
    outcome = call(
        f"Phone/bob,,{option}",
        Phones(bob=1),
        "Set(GLOBAL(BEHIND)=${CHANNEL(name)})",
        play=lambda caller: hangs_up_after(caller, 3),
    )
    assert outcome.global_variables[by] == "Phone/bob-00000000"


def test_both_are_sent_to_places_at_the_answer() -> None:
    outcome = call("Phone/bob,,G(other^far^1)", Phones(bob=1))
    assert [
        step for step in outcome.executed if step.startswith("far:") and "Wait" not in step
    ] == [
        "far:1 Set(GLOBAL(FAR)=Fake/1-00000000)",
        "far:2 Set(GLOBAL(NEAR)=Fake/1-00000000)",
        "far:2 Set(GLOBAL(NEAR)=Phone/bob-00000000)",
    ]


@pytest.mark.parametrize(
    ("result", "status", "next_is_executed"),
    [
        ("CONTINUE", "ANSWER", True),
        ("BUSY", "BUSY", True),
        ("CONGESTION", "CONGESTION", True),
        ("ABORT", "ANSWER", False),
        ("GOTO:other^7^1", "ANSWER", False),
    ],
)
def test_a_routine_of_the_called_party_decides(
    result: str, status: str, *, next_is_executed: bool
) -> None:
    phones = Phones(bob=1)
    outcome = call(f"Phone/bob,,U(sub^{result}^two)", phones, "Wait(1)")
    if result.startswith("GOTO"):
        # The carets of a place would be separators of the routine's arguments.
        assert outcome.global_variables["BY"] == "Phone/bob-00000000 7"
        return
    assert outcome.global_variables["BY"] == "Phone/bob-00000000 two"
    assert outcome["DIALSTATUS"] == status
    assert ("s:2 Wait(1)" in outcome.executed) is next_is_executed
    assert phones["bob"].told[-1].startswith("hangup")


def test_a_macro_of_the_called_party_decides_too() -> None:
    outcome = call("Phone/bob,,M(told^one)", Phones(bob=1), "Wait(1)")
    assert outcome.global_variables["BY"] == "Phone/bob-00000000 one"
    assert "s:2 Wait(1)" in outcome.executed


def test_routines_before_anybody_is_dialled() -> None:
    phones = Phones(bob=None)
    outcome = call("Phone/bob,1,b(sub^s^1(x^there))B(sub^s^1(x^here))", phones, "NoOp()")
    by = [step for step in outcome.executed if "BY" in step]
    assert by == [
        "s:2 Set(GLOBAL(BY)=Fake/1-00000000 here)",
        "s:2 Set(GLOBAL(BY)=Phone/bob-00000000 there)",
    ]


def test_sounds_digits_and_warnings() -> None:
    phones = Phones(bob=1)
    played: dict[str, list[str]] = {}

    async def play(caller: Channel) -> None:
        await asyncio.sleep(20)
        played["caller"] = fake_stream(caller).played
        stream = phones["bob"].stream
        assert stream is not None
        played["bob"] = stream.played
        phones["bob"].hangs_up()

    call("Phone/bob,,A(to-bob:to-caller)D(1w2)L(70000:65000:3000)", phones, play=play)
    assert played["bob"] == ["to-bob"]
    assert played["caller"][0] == "to-caller"
    assert played["caller"][1:7] == [
        "vm-youhave", "digits/1", "queue-minutes", "digits/5", "queue-seconds", "vm-youhave",
    ]  # fmt: skip
    assert phones["bob"].heard == ["1", "2"]


def test_a_digit_leaves_while_it_rings() -> None:
    async def play(caller: Channel) -> None:
        await asyncio.sleep(1)
        caller.on_digit("9")  # leads nowhere
        caller.on_digit("7")

    conf = lines_of("Set(EXITCONTEXT=other)", "Dial(Phone/bob,,d)") + SUB
    outcome = run_dialplan(conf, technologies={"PHONE": Phones(bob=None)}, play=play)
    assert outcome.global_variables["SEVEN"] == "yes"
    assert outcome["DIALSTATUS"] == "CANCEL"


@pytest.mark.parametrize("first", ["bob", "caller"])
def test_h_runs_for_the_called_party_too_whoever_ends_the_call(first: str) -> None:
    phones = Phones(bob=1)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(3)
        if first == "bob":
            phones["bob"].hangs_up()
        else:
            await hangs_up_after(caller, 0)

    conf = (
        lines_of("Dial(Phone/bob,,eb(before^s^1))")
        + "exten => h,1,Set(GLOBAL(ENDED)=${GLOBAL(ENDED)} ${CHANNEL(name)})\n"
        + " same => n,Set(GLOBAL(LATER)=${GLOBAL(LATER)}+)\n"
        + ' same => n,ExecIf($["${CHANNEL(channeltype)}" != "Phone"]?Wait(3))\n'
        + "[before]\nexten => s,1,Set(CHANNEL(hangup_handler_push)=before,gone,1)\n"
        + " same => n,Return()\n"
        + "exten => gone,1,Set(GLOBAL(GONE)=${GLOBAL(LATER)})\n same => n,Return()\n"
    )
    outcome = run_dialplan(conf, technologies={"PHONE": phones}, play=play)
    ended = outcome.global_variables["ENDED"].split()
    assert len(ended) == 2
    assert "Phone/bob-00000000" in ended
    assert outcome.global_variables["LATER"] == "++"
    assert outcome.global_variables["GONE"]  # its own hangup handler, after its h


@pytest.mark.parametrize(("option", "who"), [("h", "bob"), ("H", "caller"), ("h", "caller")])
def test_a_code_ends_the_conversation_of_who_may(option: str, who: str) -> None:
    phones = Phones(bob=1)

    async def play(caller: Channel) -> None:
        await asyncio.sleep(2)
        if who == "bob":
            phones["bob"].keys("*")
        else:
            fake_stream(caller).key("*")
        await asyncio.sleep(3)
        phones["bob"].hangs_up()

    outcome = call(f"Phone/bob,,{option}", phones, play=play)
    may = (option, who) != ("h", "caller")
    assert outcome["ANSWEREDTIME"] == ("1" if may else "4")
    assert phones["bob"].heard == ([] if may else ["*"])


@pytest.mark.parametrize(
    ("key", "status", "kept"),
    [
        ("1", "ANSWER", "ALLOW"),
        ("2", "NOANSWER", "DENY"),
        ("3", "TORTURE", "TORTURE"),
        ("4", "DONTCALL", "KILL"),
        ("5", "NOANSWER", "ALLOW"),
    ],
)
def test_the_called_party_screens_who_calls(key: str, status: str, kept: str) -> None:
    phones = Phones(bob=1)
    seen: dict[str, str] = {}

    async def play(caller: Channel) -> None:
        await asyncio.sleep(8)
        phones["bob"].keys(key)
        await asyncio.sleep(5)
        seen["kept"] = caller.pbx.astdb.get("privacy/bobs", "100") or ""
        phones["bob"].hangs_up()

    def prepare(pbx: Pbx, channel: Channel) -> None:
        channel.caller.number = "100"

    outcome = call("Phone/bob,,P(bobs)n", phones, "Wait(9)", play=play, prepare=prepare)
    assert (outcome["DIALSTATUS"], seen["kept"]) == (status, kept)


def test_a_caller_hears_music_of_a_class_until_somebody_answers() -> None:
    phones = Phones(bob=2)
    heard: list[str | None] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        text = "[default]\nmode=playlist\nentry=/plain\n[jazz]\nmode=playlist\nentry=/jazz\n"
        pbx.datastore(MusicClasses).use(read_musiconhold(parse_config(text)))

    async def play(caller: Channel) -> None:
        for _ in range(2):
            await asyncio.sleep(1.5)
            heard.append(fake_stream(caller).background.name)
        assert hears(caller, phones["bob"].channel)
        phones["bob"].hangs_up()

    conf = lines_of("Dial(Phone/bob,,m(jazz))")
    run_dialplan(conf, technologies={"PHONE": phones}, play=play, prepare=prepare)
    assert heard == ["/jazz", None]


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (HangupCause.NORMAL_CIRCUIT_CONGESTION, HangupCause.USER_BUSY, "BUSY"),
        (HangupCause.CALL_REJECTED, HangupCause.NORMAL_CIRCUIT_CONGESTION, "CONGESTION"),
        (HangupCause.CALL_REJECTED, HangupCause.SUBSCRIBER_ABSENT, "CHANUNAVAIL"),
        (HangupCause.USER_BUSY, HangupCause.NORMAL_CLEARING, "NOANSWER"),
        (HangupCause.NO_USER_RESPONSE, HangupCause.NO_USER_RESPONSE, "CHANUNAVAIL"),
    ],
)
def test_what_several_refusals_come_to(
    first: HangupCause, second: HangupCause, status: str
) -> None:
    phones = Phones(bob=None, carol=None)

    async def play(_caller: Channel) -> None:
        await asyncio.sleep(1)
        phones["bob"].refuses(first)
        phones["carol"].refuses(second)

    outcome = call("Phone/bob&Phone/carol", phones, "Set(R=${DIALSTATUS})", play=play)
    assert outcome["R"] == status


def test_a_warning_does_not_make_the_call_longer() -> None:
    phones = Phones(bob=1)
    heard: list[str] = []

    async def play(caller: Channel) -> None:
        await asyncio.sleep(3.9)
        heard.extend(fake_stream(caller).played)

    outcome = call("Phone/bob,,gL(3000:1000)", phones, "Set(R=${ANSWEREDTIME})", play=play)
    assert heard == ["vm-youhave"]
    assert outcome["R"] == "3"


def test_digits_to_early_media_end_with_a_party_that_refuses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    phones = Phones(bob=None)

    async def play(_: Channel) -> None:
        await asyncio.sleep(1)
        phones["bob"].channel.on_progress(Progress.EARLY_MEDIA)
        await asyncio.sleep(1)
        phones["bob"].refuses(HangupCause.USER_BUSY)

    assert call("Phone/bob,,D(::1w2w3w4)", phones, play=play)["DIALSTATUS"] == "BUSY"
    assert phones["bob"].heard[0] == "1"
    assert [each.getMessage() for each in caplog.records if each.exc_info] == []


def test_a_party_that_hangs_up_while_its_audio_opens_is_no_end_of_the_caller() -> None:
    phones = Phones(bob=1)

    def prepare(pbx: Pbx, caller: Channel) -> None:
        async def answer() -> None:
            phones["bob"].hangs_up()

        caller.driver.answer = answer  # type: ignore[method-assign]  # in that very moment

    outcome = call("Phone/bob,,g", phones, "NoOp(on)", prepare=prepare)
    assert "s:2 NoOp(on)" in outcome.executed


@pytest.mark.parametrize(
    ("caller", "called", "hears"),
    [("", "", "caller"), ("", "yes", "caller bob"), ("no", "yes", "bob"), ("no", "no", "caller")],
)
def test_who_is_warned_of_the_limit(caller: str, called: str, hears: str) -> None:
    phones = Phones(bob=1)
    heard: list[str] = []

    def prepare(_: Pbx, channel: Channel) -> None:
        for name, value in (("CALLER", caller), ("CALLEE", called)):
            if value:
                channel.variables[f"LIMIT_PLAYAUDIO_{name}"] = value

    async def play(channel: Channel) -> None:
        await asyncio.sleep(8)
        stream = phones["bob"].stream
        assert stream is not None
        heard.extend(["caller"] * bool(fake_stream(channel).played))
        heard.extend(["bob"] * bool(stream.played))

    call("Phone/bob,,L(10000:5000)", phones, play=play, prepare=prepare)
    assert heard == hears.split()
