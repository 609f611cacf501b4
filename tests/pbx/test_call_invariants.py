"""Whatever two to six people do in whatever order: nobody is in two bridges, nothing is left over."""

from __future__ import annotations

import asyncio
import itertools
import random
from pathlib import Path

import pytest

from switchroom.apps.follow_me.follow_me import FollowMeProfiles
from switchroom.apps.parking.park import park_by_code
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import Directories
from switchroom.config.features import FeatureSettings
from switchroom.config.followme import read_followme
from switchroom.config.language.reader import parse_config
from switchroom.config.parking import read_parking
from switchroom.parking.lots import lots_of
from switchroom.pbx.borrowing import is_borrowed
from switchroom.pbx.bridging.bridge import Bridges, party_of
from switchroom.pbx.bridging.holding_bridge import HoldingBridges
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.dialing import dialing_of
from switchroom.pbx.features import Features
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr import RecordRules
from switchroom.pbx.records.cdr_recorder import Recorder, recorder_of
from switchroom.pbx.technology import Technology
from switchroom.pbx.transfers.aside import Asides
from switchroom.pbx.transfers.forwarding import report_forward
from switchroom.storage.call_record import CallRecord
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, FakeStream, make_channel, make_pbx, run_virtual
from tests.support.phones import Phone, Phones

PEOPLE = ("ann", "bob", "cid", "dan", "eve", "fay")
CONF = "[default]\n" + "".join(
    f"exten => {number},1,Dial({technology}/{target},15,tTkKhHg)\n same => n,Wait(2)\n"
    for number, technology, target in [
        *((str(n), "Phone", name) for n, name in enumerate(PEOPLE, start=1)),
        *((f"5{n}", "Local", f"{n}@default") for n in range(1, 7)),
        ("60", "Phone", "ann&Phone/bob&Local/3@default/n"),
    ]
)
CONF += """\
exten => 70,1,Park()
exten => 71,1,ParkedCall()
exten => _8X,1,Pickup(${EXTEN:1})
exten => 75,1,Dial(Phone/bob&Phone/eve,15,tTxXC)
exten => 76,1,FollowMe(ann)
exten => 90,1,BridgeWait()
exten => 92,1,BridgeAdd(Phone/ann)
exten => 93,1,BridgeAdd(Phone/bob)
exten => 94,1,BridgeWait(,announcer,S(7))
exten => 95,1,Bridge(Phone/cid,x)
exten => 91,1,Answer()
 same => n,Playback(long)
"""
PROFILE = "[ann]\ncontext = default\nnumber = 1,5\nnumber = 2&53,5\n"
PLACES = [
    *map(str, range(1, 7)), "51", "53", "56", "60", "70", "71", "75", "76", "81", "83", "90", "91",
    "92", "93", "94", "95",
]  # fmt: skip
CODES = ["#", "*2", "#72", "*0", "*1", "*3", "*3", "*4", "*7", "*5", "5", "1"]


class World:
    """A node, and what its people do."""

    def __init__(self, pbx: Pbx, phones: Phones, chance: random.Random, people: int) -> None:
        self.pbx = pbx
        self.phones = phones
        self.chance = chance
        self.people = people
        self.done: list[str] = []
        self._calls = 0

    def act(self) -> None:
        """Somebody does something."""
        chance = self.chance
        channels = [each for each in self.pbx.channels.values() if not each.is_hung_up]
        own = [each for each in channels if not each.name.startswith("Local/")]
        acts = ["call"] if len(own) < self.people else []
        if own:
            acts += ["key", "key", "number", "hangup", "redirect", "answer", "answer", "refuse"]
            acts += ["forward"]
        if not acts:
            return
        act = chance.choice(acts)
        who = chance.choice(own) if own else None
        self.done.append(f"{act} {who.name if who is not None else ''}")
        if act == "call" or who is None:
            self._call()
        elif act == "key":
            self._key(who, chance.choice(CODES))
        elif act == "number":
            self._key(who, chance.choice(PLACES) + chance.choice(["", "#"]))
        elif act == "hangup":
            who.hangup(HangupCause.NORMAL_CLEARING)
        elif act == "redirect":
            chance.choice(channels).redirect("default", chance.choice(PLACES), 1)
        elif isinstance(who.driver, Phone) and who.state is ChannelState.RINGING:
            self._ringing(who.driver, act)

    def _ringing(self, phone: Phone, act: str) -> None:
        if act == "answer":
            phone.answers()
        elif act == "forward":
            report_forward(phone.channel, self.chance.choice(PLACES))
        else:
            phone.refuses(HangupCause.USER_BUSY)

    def _call(self) -> None:
        self._calls += 1
        name = f"Fake/{self._calls}-00000000"
        self.pbx.start(make_channel(self.pbx, name=name, extension=self.chance.choice(PLACES)))

    @staticmethod
    def _key(channel: Channel, digits: str) -> None:
        stream = channel.opened_stream
        for digit in digits:
            if isinstance(stream, FakeStream) and not stream.closed:
                stream.key(digit)

    def check(self) -> None:
        """What holds whenever the loop has come to rest."""
        seen: set[Channel] = set()
        for bridge in self.pbx.datastore(Bridges).values():
            assert bridge.parties, "a bridge of nobody"
            assert len(bridge.parties) >= 2 or bridge.keeps_one, "somebody is left alone"
            for party in bridge.parties:
                assert party.channel not in seen, f"{party.channel} is in two bridges"
                seen.add(party.channel)
                assert party_of(party.channel) is party
                assert not party.channel.is_finished
        for channel in self.pbx.channels.values():
            assert self._is_owned(channel), f"nobody owns {channel!r}"
        for mix in self.pbx.engine.mixes:  # type: ignore[attr-defined]  # a fake
            assert not mix.closed or not mix.seats
            assert all(stream.connected is None and not stream.closed for stream in mix.seats)
        connected = [s for s in self.pbx.engine.streams if s.connected is not None]  # type: ignore[attr-defined]  # a fake
        for stream in connected:
            assert stream.connected.connected is stream
            assert not stream.closed

    @staticmethod
    def _is_owned(channel: Channel) -> bool:
        """A task of its own, a bridge, a dial, or a feature."""
        if channel.is_hung_up or channel._task is not None:
            return True
        if channel in channel.pbx.datastore(Asides) or is_borrowed(channel):
            return True
        return party_of(channel) is not None or dialing_of(channel) is not None


def check_records(pbx: Pbx, records: list[CallRecord]) -> None:
    """Times are in order, no call is told twice at once, and the book has no open page."""
    recorder = recorder_of(pbx)
    assert recorder is not None
    assert list(recorder.book.open_records()) == [], "a record is open"
    assert len({record.sequence for record in records}) == len(records)
    spans: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for record in records:
        assert record.end is not None
        assert record.start <= record.end
        assert record.answer is None or record.answer <= record.end
        assert record.talked(record.end) <= record.duration(record.end)
        assert record.channel != record.dstchannel
        if record.dstchannel:
            pair = (record.channel, record.dstchannel)
            spans.setdefault(pair, []).append((record.start, record.end))
    for pair, times in spans.items():
        times.sort()
        for before, after in itertools.pairwise(times):
            assert before[1] <= after[0], f"{pair} is told twice at {after[0]}"


async def live(seed: int, steps: int, folder: Path) -> None:
    chance = random.Random(seed)
    phones = Phones(**dict.fromkeys(PEOPLE))
    technologies: dict[str, Technology] = {"PHONE": phones, "LOCAL": LocalTechnology()}
    sounds = FakeSounds({"long": 20.0, "beep": 0.2, "pbx-transfer": 0.3})
    async with make_pbx(make_interpreter(CONF), sounds=sounds, technologies=technologies) as pbx:
        lots_of(pbx).use(read_parking(parse_config("[default]\nparkingtime = 8\n")))
        features = pbx.datastore(Features)
        features.settings = FeatureSettings(
            attended_transfer="*2", park="#72", complete="*7", callback_delay=2.0, mix="*5",
            disconnect="*0",
        )  # fmt: skip
        features.actions["park"] = features.park_in = park_by_code
        pbx.datastore(FollowMeProfiles).config = read_followme(parse_config(PROFILE))
        pbx.directories = Directories(astspooldir=folder)
        records: list[CallRecord] = []
        pbx.now = asyncio.get_running_loop().time
        Recorder(pbx, RecordRules(keeps_unanswered=True), records.append).start()
        world = World(pbx, phones, chance, people=chance.randint(2, 6))
        try:
            for _ in range(steps):
                world.act()
                await asyncio.sleep(chance.choice([0.0, 0.05, 0.4, 1.5, 6.0]))
                await asyncio.sleep(0.001)
                world.check()
            for channel in list(pbx.channels.values()):
                channel.hangup(HangupCause.NORMAL_CLEARING)
            await asyncio.sleep(120)
            assert pbx.channels == {}
            assert pbx.datastore(Bridges) == {}
            assert all(not lot.calls for lot in lots_of(pbx).lots.values())
            assert all(mix.closed for mix in pbx.engine.mixes)  # type: ignore[attr-defined]  # a fake
            assert pbx.datastore(HoldingBridges) == {}
            assert all(stream.closed for stream in pbx.engine.streams)  # type: ignore[attr-defined]  # a fake
            check_records(pbx, records)
            assert pbx._tasks is not None
            assert not pbx._tasks._tasks, "a task is left"
        except AssertionError as error:
            raise AssertionError(f"{error}\nseed {seed}: " + "; ".join(world.done)) from error


@pytest.mark.parametrize("seed", range(40))
def test_whatever_people_do(seed: int, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run_virtual(live(seed, 60, tmp_path))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
