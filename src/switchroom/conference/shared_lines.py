"""Shared lines (SLA): which station may do what with which line, and what its lamp shows.

A line has one call at a time. Who is in it is a conference: the trunk's channel, and each station
that took the call or joined it. A station that puts the call on hold leaves it, and comes back by
the key of the line; where nobody is left the trunk hears music.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.conference.conference import Conferences
from switchroom.conference.room import Leaving
from switchroom.config.sla import Appearance, SlaConfig, StationSettings, TrunkSettings
from switchroom.pbx.added_extension import AddedExtension
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import HoldChanged
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.music.classes import start_music, stop_music
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceKinds, DeviceState, DeviceStateChanged

OWNER = "app_sla"
DEVICE = "SLA"  #: ``SLA:station1_line1`` is the lamp of line1 at station1


class LineConferences(Conferences):
    """Where the parties of shared lines hear each other. A datastore of the core."""

    device = "slaconference"


class Station:
    """One telephone, as it is configured, and whether it talks."""

    def __init__(self, settings: StationSettings) -> None:
        self.settings = settings
        self.idle = asyncio.Event()  #: it is in no call of a line
        self.idle.set()

    @property
    def name(self) -> str:
        """Of its section."""
        return self.settings.name

    def appearance(self, line: Line) -> Appearance | None:
        """The key of a line, if it has one."""
        appearances = self.settings.appearances
        return next((each for each in appearances if each.trunk == line.name), None)


@dataclass(slots=True, eq=False)
class Line:
    """One line, and the call it has."""

    settings: TrunkSettings
    call: LineCall | None = None

    @property
    def name(self) -> str:
        """Of its section."""
        return self.settings.name

    def lamp(self, station: Station) -> DeviceState:
        """What the line's lamp at a station shows."""
        call = self.call
        if call is None:
            return DeviceState.NOT_INUSE
        if call.is_ringing:
            return DeviceState.RINGING
        if station in call.held_by or not call.stations:
            return DeviceState.ONHOLD
        return DeviceState.INUSE

    def admits(self, station: Station) -> bool:
        """Whether a station may use the line as it is now."""
        call = self.call
        if call is None or call.is_ringing or station in call.held_by:
            return True
        if call.stations:
            return self.settings.allows_barge
        private = (each.settings.is_private for each in call.held_by)
        return not (self.settings.is_private or any(private))


class LineCall:
    """One call of a line, from its ringing, or dialling, to its end.

    Args:
        line: Which.
        channel: Of the trunk; None until a call out is answered.
        number: Which call of this node it is.
    """

    def __init__(self, line: Line, channel: Channel | None, number: int) -> None:
        self.line = line
        self.channel = channel
        self.conference = f"SLA_{line.name}_{number}"
        self.stations: dict[Channel, Station] = {}  #: those who talk
        self.held_by: set[Station] = set()
        self.is_ringing = False
        self.is_over = False
        self.answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class SharedLines:
    """The lines and stations of a node. A datastore of the core."""

    def __init__(self) -> None:
        self.config = SlaConfig()
        self.lines: dict[str, Line] = {}
        self.stations: dict[str, Station] = {}
        self._pbx: Pbx | None = None
        self._count = 0  #: of calls so far
        self._calls: set[LineCall] = set()  #: that go on
        self._told: dict[str, DeviceState] = {}

    def use(self, pbx: Pbx, config: SlaConfig) -> None:
        """Go by this configuration; calls that go on do so."""
        if self._pbx is None and (config.trunks or config.stations):
            self._pbx = pbx
            pbx.datastore(DeviceKinds)[DEVICE.lower()] = self.device_state
            pbx.events.subscribe(HoldChanged, self._hold_changed)
        self.config = config
        lines, stations = self.lines, self.stations
        self.lines, self.stations = {}, {}
        for name, trunk in config.trunks.items():
            line = self.lines[name] = lines.get(name) or Line(trunk)
            line.settings = trunk
        for name, settings in config.stations.items():
            station = self.stations[name] = stations.get(name) or Station(settings)
            station.settings = settings
        pbx.dialplan.add_extensions(OWNER, [*self._extensions()])

    def _extensions(self) -> Iterator[AddedExtension]:
        for line in self.lines.values():
            if context := line.settings.context:
                yield AddedExtension(context, "s", "SLATrunk", line.name)
        for station in self.stations.values():
            if not (context := station.settings.context):
                continue
            yield AddedExtension(context, station.name, "SLAStation", station.name)
            for each in station.settings.appearances:
                key = f"{station.name}_{each.trunk}"
                yield AddedExtension(context, key, "SLAStation", key)
                yield AddedExtension(context, key, f"{DEVICE}:{key}", is_hint=True)

    # what is asked

    def appearances(self) -> Iterator[tuple[str, Station, Line]]:
        """Each key with a lamp, by its name."""
        for station in self.stations.values():
            for each in station.settings.appearances:
                yield f"{station.name}_{each.trunk}", station, self.lines[each.trunk]

    def stations_of(self, line: Line) -> list[tuple[Station, Appearance]]:
        """The stations that have a line."""
        found = ((station, station.appearance(line)) for station in self.stations.values())
        return [(station, each) for station, each in found if each is not None]

    def device_state(self, name: str) -> DeviceState:
        """Of ``SLA:name``."""
        for key, station, line in self.appearances():
            if key == name:
                return line.lamp(station)
        return DeviceState.INVALID

    def key(self, name: str) -> tuple[Station, Line | None] | None:
        """What ``station`` or ``station_line`` means; without a line, the one to be used now.

        Returns:
            None where there is no such station or line; no line where none is to be had.
        """
        if (station := self.stations.get(name)) is not None:
            return station, self._next_line(station)
        for key, of, line in self.appearances():
            if key == name:
                return of, line
        return None

    def _next_line(self, station: Station) -> Line | None:
        """One that rings, else one that is free."""
        lines = [self.lines[each.trunk] for each in station.settings.appearances]
        rings = (line for line in lines if line.call is not None and line.call.is_ringing)
        return next(rings, None) or next((line for line in lines if line.call is None), None)

    # what happens

    def begin(self, line: Line, channel: Channel | None) -> LineCall:
        """A line that is free is in use from now on: it rings, if a trunk brings the call."""
        self._count += 1
        call = line.call = LineCall(line, channel, self._count)
        self._calls.add(call)
        call.is_ringing = channel is not None
        self._tell(line)
        return call

    def take(self, call: LineCall, station: Station, channel: Channel) -> None:
        """A station answers, joins, or takes up again what was on hold."""
        if not call.stations:
            call.held_by.clear()  # whoever had it on hold: somebody has the call now
            if call.channel is not None and not call.is_ringing:
                stop_music(call.channel)
        call.held_by.discard(station)
        call.stations[channel] = station
        call.is_ringing = False
        if not call.answered.done():
            call.answered.set_result(None)
        station.idle.clear()
        self._tell(call.line)

    def leave(self, call: LineCall, channel: Channel) -> None:
        """A station is in the call no more; without one, and not on hold, it is over."""
        station = call.stations.pop(channel, None)
        if station is None:
            return
        if not any(station in each.stations.values() for each in self._calls):
            station.idle.set()
        if call.stations or call.is_over:
            self._tell(call.line)
        elif call.held_by and call.channel is not None:
            channel.pbx.spawn(_hold_music(call), name=call.channel.name)
            self._tell(call.line)
        else:
            self.end(call)

    def end(self, call: LineCall) -> None:
        """The line is free again; who is still in the call leaves it."""
        if call.is_over:
            return
        call.is_over = True
        self._calls.discard(call)
        if call.line.call is call:
            call.line.call = None
        if self._pbx is not None:
            conference = self._pbx.datastore(LineConferences).get(call.conference)
            if conference is not None:
                conference.expel_all(Leaving.HANGUP)
        self._tell(call.line)

    def _hold_changed(self, event: HoldChanged) -> None:
        """A station that puts a call on hold leaves it: its key brings it back."""
        if not event.is_held:
            return
        for call in self._calls:
            for channel, station in call.stations.items():
                if channel.name == event.channel and call.channel is not None:
                    call.held_by.add(station)
                    channel.hangup(HangupCause.NORMAL_CLEARING)
                    return

    def _tell(self, line: Line) -> None:
        """Let lamps show what has changed."""
        if self._pbx is None:
            return
        events = self._pbx.events
        for station, _ in self.stations_of(line):
            device, lamp = f"{DEVICE}:{station.name}_{line.name}", line.lamp(station)
            if self._told.get(device, DeviceState.NOT_INUSE) is not lamp:
                self._told[device] = lamp
                if events.wants(DeviceStateChanged):
                    events.publish(DeviceStateChanged(device, lamp))


async def _hold_music(call: LineCall) -> None:
    if call.channel is not None and not (call.stations or call.is_over):
        await start_music(call.channel, "")
