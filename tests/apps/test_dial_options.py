"""The options of Dial()."""

import asyncio

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.musiconhold import read_musiconhold
from switchroom.pbx.channel import Channel, Progress
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.music.classes import MusicClasses
from switchroom.pbx.pbx import Pbx
from tests.apps.dial_calls import SUB, call, hangs_up_after
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import fake_stream
from tests.support.phones import Phones, hears


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
