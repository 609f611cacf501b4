"""Ringing at the stations of a line. No application itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from switchroom.apps.shared_lines.party import be_station
from switchroom.conference.shared_lines import LineCall, SharedLines, Station
from switchroom.config.sla import Appearance
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.introduction import introduce
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)


class Bell:
    """One station's telephone: it is called once, however many lines ring at it.

    Args:
        pbx: The core.
        station: Whose.
    """

    def __init__(self, pbx: Pbx, station: Station) -> None:
        self._pbx = pbx
        self._station = station
        self._calls: list[LineCall] = []  # in the order in which they came
        self._task: asyncio.Task[None] | None = None

    def ring(self, call: LineCall) -> None:
        """A line rings here."""
        self._calls.append(call)
        if self._task is None or self._task.done():
            self._task = self._pbx.spawn(self._run(), name=f"bell of {self._station.name}")

    def silence(self, call: LineCall) -> None:
        """It rings here no more."""
        if call in self._calls:
            self._calls.remove(call)
        if not self._calls and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        """Until nothing rings; who declines is let alone until another call comes."""
        while self._calls:
            await self._station.idle.wait()
            called = await self._request()
            if called is None:
                return
            if not self._calls:
                called.hangup()
                return
            introduce(called, *self._who_calls())
            dialing = Dialing(None, application="AppDial2")
            outcome = await dialing.run([called], within=None)
            answered = outcome.answered
            if answered is None:
                return
            if not self._calls:
                answered.hangup()
                return
            call = self._calls.pop(0)
            self._pbx.datastore(SharedLines).take(call, self._station, answered)
            self._pbx.spawn(be_station(answered, call, self._station), name=answered.name)

    async def _request(self) -> Channel | None:
        try:
            return await self._pbx.request(self._station.settings.device, None)
        except RequestError as error:
            logger.warning("station %s: %s", self._station.name, error)
            return None

    def _who_calls(self) -> tuple[CallerId, CallerId]:
        """The caller, where he is shown; or else the line, and the key that takes it."""
        call = self._calls[0]
        shows_caller = self._pbx.datastore(SharedLines).config.shows_caller
        if shows_caller and call.channel is not None:
            return call.channel.caller.copy(), call.channel.connected.copy()
        line = call.line.name
        return CallerId(line, f"{self._station.name}_{line}"), CallerId()


class Bells(dict[str, Bell]):
    """Those of a node, by the names of their stations. A datastore of the core."""

    @asynccontextmanager
    async def ringing(self, pbx: Pbx, call: LineCall) -> AsyncIterator[None]:
        """Meanwhile a line rings at its stations, at each as it is configured there."""
        tasks = [
            pbx.spawn(self._ring(pbx, call, *each), name=f"line {call.line.name}")
            for each in pbx.datastore(SharedLines).stations_of(call.line)
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

    async def _ring(
        self, pbx: Pbx, call: LineCall, station: Station, appearance: Appearance
    ) -> None:
        await asyncio.sleep(appearance.ring_delay)
        bell = self.get(station.name)
        if bell is None:
            bell = self[station.name] = Bell(pbx, station)
        bell.ring(call)
        try:
            if appearance.ring_timeout:
                await asyncio.sleep(appearance.ring_timeout)
            else:
                await asyncio.get_running_loop().create_future()
        finally:
            bell.silence(call)
