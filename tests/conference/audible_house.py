"""A house whose phones have real audio, in virtual time: the engine is the real one, stepped.

Everybody says a tone of his own and every sound is a tone, so that who hears what can be told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from switchroom.channels.local import LocalTechnology
from switchroom.conference.conference import Conferences
from switchroom.conference.settings import ConfBridgeSettings
from switchroom.config.asterisk_conf import Directories
from switchroom.config.confbridge import read_confbridge
from switchroom.config.language.reader import parse_config
from switchroom.config.musiconhold import MusicClass, MusicConfig, MusicMode
from switchroom.media.api import Sound, Stream, StreamPlan
from switchroom.media.passages import Passage
from switchroom.pbx.bridging.passages import passages_changed
from switchroom.pbx.channel import Channel, ChannelState, Progress
from switchroom.pbx.music.classes import MusicClasses
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.texting import ChannelText
from tests.media.camera import Camera
from tests.media.rtp_party import EVENT_TYPE, tone
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeAstDb, FakeDriver, run_virtual
from tests.support.stepped_engine import TICK, SteppedEngine
from tests.support.tone_phone import WIDE_TYPE, TonePhone

PEOPLE = {"ann": 450, "bob": 650, "cleo": 850, "dave": 1050}  #: hertz
FIRST_SOUND, STEP = 1350, 100  #: hertz, of sounds in the order in which they are asked for
SOUND_SECONDS = 0.6


class ToneSounds:
    """Has every sound; each is a tone."""

    def __init__(self) -> None:
        self.tones: dict[str, int] = {}

    async def find(self, name: str, *, language: str = "en") -> Sound:
        if name.startswith("silence/"):
            return Sound(name, bytes(16000 * int(name.removeprefix("silence/"))))
        said = name if language == "en" else f"{language}:{name}"
        hertz = self.tones.setdefault(said, FIRST_SOUND + STEP * len(self.tones))
        seconds = 3.0 if name in {"music", "other-music"} else SOUND_SECONDS
        return Sound(name, tone(hertz, seconds, amplitude=5000.0))


class PhoneDriver(FakeDriver):
    """A channel whose party is a :class:`TonePhone`."""

    def __init__(self, phone: TonePhone) -> None:
        super().__init__()
        self.phone = phone
        self.passages: dict[str, Passage] = {}
        self.texts: list[ChannelText] = []

    async def dial(self) -> None:
        channel = self.channel
        assert channel is not None
        asyncio.get_running_loop().call_later(0.5, channel.on_progress, Progress.ANSWERED)

    async def open_stream(self) -> Stream:
        assert self.channel is not None
        plan = StreamPlan("PCMU", 0, remote=self.phone.address, telephone_event=EVENT_TYPE)
        if self.phone.rate > 8000:
            plan = replace(plan, codec="L16", payload_type=WIDE_TYPE, clock_rate=self.phone.rate)
        engine = self.channel.pbx.engine
        stream = await engine.open_stream("127.0.0.1", plan, self.channel.on_media_event)
        self.phone.remote = stream.local_address
        return stream

    async def send_text(self, text: ChannelText) -> bool:
        self.texts.append(text)
        return True


class Phones:
    """The technology ``Fake``: whoever is called answers after half a second."""

    house: AudibleHouse

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        return self.house.install(resource, ChannelState.DOWN)


class AudibleHouse:
    """Everybody by his first name: one of :data:`PEOPLE`."""

    def __init__(self, pbx: Pbx, engine: SteppedEngine, sounds: ToneSounds) -> None:
        self.pbx = pbx
        self.engine = engine
        self.sounds = sounds
        self.phones: dict[str, TonePhone] = {}
        self.channels: dict[str, Channel] = {}
        self.drivers: dict[str, PhoneDriver] = {}
        self.cameras: dict[str, Camera] = {}
        self.results: dict[str, dict[str, str]] = {}
        self.events: list[Any] = []
        self._count = 0

    async def run(self) -> None:
        """Let time pass for the engine and the phones."""
        while True:
            await asyncio.sleep(TICK)
            for phone in self.phones.values():
                phone.speak()
            for name, camera in self.cameras.items():
                camera.send(payload=name.encode())
            self.engine.step()
            for phone in self.phones.values():
                phone.listen()

    def _end(self, name: str, channel: Channel) -> None:
        self.results[name] = dict(channel.variables)
        self.drivers[name].phone.remote = ("", 0)

    # what people do

    async def call(
        self,
        name: str,
        extension: str = "600",
        *,
        settle: float = 2.0,
        phone: TonePhone | None = None,
        **variables: Any,
    ) -> None:
        """Call, with USER, BRIDGE and MENU as profiles."""
        channel = self.install(name, ChannelState.RING, phone)
        channel.extension = extension
        for variable, value in variables.items():
            channel.set_variable(variable, value)
        self.pbx.start(channel)
        await asyncio.sleep(settle)

    def install(self, name: str, state: ChannelState, phone: TonePhone | None = None) -> Channel:
        """Give somebody a phone with a channel."""
        self._count += 1
        if name in self.phones:
            self.phones[name].close()
        phone = self.phones[name] = phone or TonePhone(PEOPLE[name])
        driver = self.drivers[name] = PhoneDriver(phone)
        channel = self.channels[name] = driver.channel = Channel(
            self.pbx,
            name=f"Fake/{name}-{self._count}",
            driver=driver,
            context="default",
            state=state,
        )
        channel.at_end(lambda: self._end(name, channel))
        return channel

    def film(self, name: str) -> None:
        """His phone has video from now on."""
        camera = self.cameras[name] = Camera(self.engine, ssrc=len(self.cameras) + 1)
        self.drivers[name].passages["video"] = camera.passage
        passages_changed(self.channels[name])

    async def press(self, name: str, digits: str, *, settle: float = 2.0) -> None:
        for digit in digits:
            self.phones[name].press(digit)
            await asyncio.sleep(0.2)
        await asyncio.sleep(settle)

    async def hang_up(self, *names: str, settle: float = 2.0) -> None:
        for name in names:
            self.channels[name].hangup()
        await asyncio.sleep(settle)

    def be_silent(self, *names: str) -> None:
        for name in names:
            self.phones[name].is_speaking = False

    # what is heard

    def hears(self, name: str) -> set[str]:
        """People and sounds that a phone hears now."""
        return self.phones[name].hears(PEOPLE | self.sounds.tones)

    def sees(self, name: str) -> str:
        """Whose pictures reach him, since he was asked before; of several the last one's."""
        packets = self.cameras[name].seen()
        return packets[-1].payload.decode() if packets else ""

    def sounds_of(self, name: str) -> list[str]:
        """The sounds that a phone has heard since it called, in order."""
        return self.phones[name].heard(self.sounds.tones)

    def level(self, name: str, whom: str) -> float:
        """How loud somebody is heard: 1 as he speaks."""
        return self.phones[name].level(PEOPLE[whom]) / self.phones[whom].amplitude

    def result(self, name: str, variable: str = "CONFBRIDGE_RESULT") -> str:
        return self.results[name].get(variable, "")

    @property
    def conferences(self) -> Conferences:
        return self.pbx.datastore(Conferences)


Story = Callable[[AudibleHouse], Awaitable[None]]
DIALPLAN = """
[default]
exten => _6XX,1,ConfBridge(${EXTEN},${BRIDGE},${USER},${MENU})
 same => n,NoOp(after)
"""


def tell(story: Story, confbridge: str = "", extensions: str = DIALPLAN,
         *, folder: Path | None = None) -> AudibleHouse:  # fmt: skip
    """Run a story to its end; everybody hangs up then."""
    told: list[AudibleHouse] = []

    async def main() -> None:
        engine, sounds = SteppedEngine(first_port=33000, last_port=33999), ToneSounds()
        phones = Phones()
        directories = Directories() if folder is None else Directories(astspooldir=folder)
        async with Pbx(
            system_name="",
            engine=engine,
            sounds=sounds,
            astdb=FakeAstDb(),
            dialplan=make_interpreter(extensions),
            technologies={"LOCAL": LocalTechnology(), "FAKE": phones},
            directories=directories,
            now=asyncio.get_running_loop().time,
        ) as pbx:
            house = phones.house = AudibleHouse(pbx, engine, sounds)
            told.append(house)
            config = read_confbridge(parse_config(confbridge, path=Path("confbridge.conf")))
            pbx.datastore(ConfBridgeSettings).config = config
            pbx.datastore(MusicClasses).use(_music())
            clock = asyncio.get_running_loop().create_task(house.run())
            try:
                await story(house)
                await house.hang_up(*(n for n, c in house.channels.items() if not c.is_hung_up))
                assert not pbx.channels, list(pbx.channels)
                assert not house.conferences
            finally:
                clock.cancel()
                with suppress(asyncio.CancelledError):
                    await clock
                for phone in house.phones.values():
                    phone.close()
                for camera in house.cameras.values():
                    camera.close()
                await engine.close()
        assert engine.stream_count == 0

    run_virtual(main())
    return told[0]


def _music() -> MusicConfig:
    names = {"default": "music", "other": "other-music"}
    return MusicConfig(
        classes={
            name: MusicClass(name, mode=MusicMode.PLAYLIST, entries=(sound,))
            for name, sound in names.items()
        }
    )
