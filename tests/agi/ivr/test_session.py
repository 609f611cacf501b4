"""What a program of ExternalIVR() says, and hears, in virtual time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from switchroom.agi.ivr import mail, playlist
from switchroom.agi.ivr.session import IvrSession
from switchroom.agi.ivr.wire import End
from switchroom.agi.session import LINGER, ScriptError
from switchroom.apps.external_ivr import IvrRequest
from switchroom.pbx.channel import Channel, ChannelState
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual

MENU = IvrRequest("menu", ("one", "two"))


@dataclass
class Story:
    """A program that says lines at some seconds, and what became of them."""

    lines: Mapping[float, str]
    heard: list[str] = field(default_factory=list)  #: ``second event``
    played: list[str] = field(default_factory=list)
    end: End | None = None
    seconds: float = 0.0
    is_killed: bool = False
    channel: Channel | None = None
    reads: bool = True

    async def read_line(self) -> str | None:
        loop = asyncio.get_running_loop()
        for at, line in list(self.lines.items()):
            await asyncio.sleep(max(0.0, at - loop.time()))
            self.lines = {when: text for when, text in self.lines.items() if when != at}
            if line == "broken":
                raise ScriptError("a line without an end")
            return None if line == "gone" or self.is_killed else line
        await asyncio.sleep(1e6)
        return None

    async def write(self, text: str) -> None:
        if not self.reads:
            await asyncio.sleep(1e6)
        tag, at, data = [*text.rstrip("\n").split(",", 2), ""][:3]
        assert at == "1000"
        self.heard.append(f"{asyncio.get_running_loop().time():g} {tag} {data}".rstrip())

    async def tell_hangup(self) -> None:
        raise AssertionError("nobody is told by a signal")

    def kill(self) -> None:
        self.is_killed = True


def play(
    lines: Mapping[float, str],
    *,
    keys: Mapping[float, str] = {},
    hangup_at: float | None = None,
    request: IvrRequest = MENU,
    durations: Mapping[str, float] = {},
    is_dead: bool = False,
    reads: bool = True,
) -> Story:
    story = Story(dict(lines), reads=reads)

    async def main() -> None:
        sounds = FakeSounds(durations)
        sounds.missing.add("missing")
        async with make_pbx(make_interpreter(""), sounds=sounds, now=lambda: 1000.25) as pbx:
            channel = story.channel = make_channel(pbx, extension="42")
            channel.state = ChannelState.UP
            channel.is_hung_up = is_dead
            task, loop = asyncio.current_task(), asyncio.get_running_loop()
            assert task is not None
            if not is_dead:
                channel.run_in(task)
            for second, key in keys.items():
                loop.call_later(second, channel.on_digit, key)
            if hangup_at is not None:
                loop.call_later(hangup_at, channel.hangup)
            story.end = await IvrSession(channel, story, request).run()
            story.seconds = loop.time()
            if channel.opened_stream is not None:
                story.played = fake_stream(channel).played
            assert channel.on_key is None
            channel.leave_task()
            channel.finish()

    run_virtual(main())
    return story


def test_a_list_of_sounds() -> None:
    story = play({0: "A,one", 0.1: "A,two", 5: "E,done"}, durations={"two": 2.0})
    assert story.played == ["one", "two"]
    assert story.heard == ["1 F one", "3 F two", "5 E"]
    assert story.end is End.EXIT


def test_another_sound_instead() -> None:
    story = play({0: "A,one", 0.1: "A,two", 0.2: "A,three", 0.5: "S,now", 3: "E"})
    assert story.heard == ["0.5 T", "0.5 D two", "0.5 D three", "1.5 F now", "3 E"]
    assert story.played == ["one", "now"]


def test_no_sound_at_all() -> None:
    story = play({0: "S,missing", 0.1: "A,missing", 0.2: "I", 0.3: "A,one", 0.5: "I", 0.6: "X"})
    assert story.heard == ["0 Z missing", "0.1 Z missing", "0.5 T", "0.6 E"]
    assert story.end is End.EXIT


def test_keys_are_told_and_may_end_what_is_heard() -> None:
    story = play(
        {0: "A,long", 0.1: "A,next", 2: "O,autoclear,other", 4: "O,noautoclear", 4.1: "A,last", 9: "E"},
        keys={1: "5", 3: "#", 3.5: "1", 4.5: "D"},
        durations={"long": 60.0},
    )  # fmt: skip
    assert story.heard == ["1 5", "3 #", "3 T", "3 D next", "3.5 1", "4.5 D", "5.1 F last", "9 E"]


def test_variables_parameters_and_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="switchroom.agi.ivr.commands")
    story = play(
        {0: "V,a=1, b = two words,=x", 1: "G,a,b,none,EXTEN", 2: "P", 3: "L,a line", 4: "E,over"}
    )
    assert story.heard == ["1 G a=1,b=two words,none=,EXTEN=42", "2 P menu,one,two", "4 E"]
    assert "a line" in caplog.text
    assert "over" in caplog.text


def test_digits_to_the_party() -> None:
    story = play({0: "D,1x#", 1: "D,a,100,200", 9: "E"})
    assert story.channel is not None
    assert fake_stream(story.channel).sent_digits == [("1", 0.1), ("#", 0.1), ("A", 0.2)]


def test_it_answers() -> None:
    story = play({0: "T", 1: "E"})
    assert story.heard == ["1 E"]


@pytest.mark.parametrize("line", ["?", "Q,x", "Sound", "Z"])
def test_no_commands(line: str) -> None:
    assert play({0: line, 1: "E"}).heard == [f"0 Z {line}", "1 E"]


def test_it_hangs_up() -> None:
    story = play({0: "A,one", 0.5: "H,enough"})
    assert (story.end, story.heard) == (End.HANGUP, ["0.5 H"])
    assert story.channel is not None
    assert story.channel.is_hung_up


@pytest.mark.parametrize("last", ["gone", "broken"])
def test_it_goes(last: str) -> None:
    assert play({0: "A,one", 0.5: last}).end is End.GONE


def test_the_caller_hangs_up() -> None:
    story = play({0: "A,one", 9: "E"}, hangup_at=0.5)
    assert (story.end, story.heard, story.seconds) == (End.HANGUP, ["0.5 H"], 0.5)


def test_the_caller_hangs_up_while_a_command_takes_its_time() -> None:
    story = play({0: "D,123456789"}, hangup_at=0.5)
    assert (story.end, story.heard) == (End.HANGUP, ["0.5 H"])


def test_a_hangup_that_is_only_told() -> None:
    story = play(
        {0: "A,long", 2: "A,more", 3: "G,EXTEN", 4: "H"},
        hangup_at=1,
        request=IvrRequest("menu", tells_hangup_only=True),
        durations={"long": 60.0},
    )
    assert story.heard == ["1 I HANGUP", "2 Z more", "3 G EXTEN=42", "4 H"]
    assert story.end is End.HANGUP


def test_a_program_that_stays_is_ended() -> None:
    story = play({0: "L,x"}, hangup_at=1, request=IvrRequest("x", tells_hangup_only=True))
    assert (story.is_killed, story.seconds) == (True, 1 + LINGER)


def test_a_call_that_is_over() -> None:
    story = play({0: "T", 1: "V,a=b", 2: "E"}, request=IvrRequest("x", is_dead=True), is_dead=True)
    assert (story.end, story.heard) == (End.EXIT, ["0 Z", "2 E"])
    assert story.channel is not None
    assert story.channel.variables["a"] == "b"


def test_a_call_that_ends_meanwhile_and_nobody_looks() -> None:
    story = play({2: "E"}, request=IvrRequest("x", is_dead=True), hangup_at=1)
    assert (story.end, story.heard) == (End.EXIT, ["2 E"])


def test_a_program_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MAX_WAITING", 2)
    keys = {float(second): "1" for second in range(1, 6)}
    story = play({9: "E"}, keys=keys, reads=False)
    assert (story.end, story.is_killed) == (End.EXIT, True)
    assert story.seconds == 9 + mail.FLUSH_TIMEOUT


def test_a_list_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playlist, "MAX_SOUNDS", 1)
    story = play({0: "A,one", 0.1: "A,two", 0.2: "A,three", 0.3: "E"})
    assert story.heard == ["0.2 Z three", "0.3 E"]


def test_it_goes_elsewhere() -> None:
    """A transfer ends it: the interpreter sees the cancellation."""
    story = Story({})

    async def main() -> None:
        async with make_pbx(make_interpreter("")) as pbx:
            channel = make_channel(pbx)
            channel.state = ChannelState.UP
            task = asyncio.current_task()
            assert task is not None
            channel.run_in(task)
            asyncio.get_running_loop().call_later(1, channel.redirect, "a", "b", 1)
            with pytest.raises(asyncio.CancelledError):
                await IvrSession(channel, story, IvrRequest("x")).run()
            task.uncancel()
            assert channel.on_key is None
            channel.leave_task()
            channel.finish()

    run_virtual(main())
