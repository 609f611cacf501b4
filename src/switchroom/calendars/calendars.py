"""All calendars of a node, by ``pbx.datastore(Calendars)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from switchroom.calendars.calendar import KIND, Calendar
from switchroom.calendars.source import Source
from switchroom.config.calendars import CalendarsConfig, CalendarSettings
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceKinds, DeviceLists, DeviceState


class Calendars(dict[str, Calendar]):
    """By name."""

    _is_running = False

    def use(
        self, pbx: Pbx, config: CalendarsConfig, source_of: Callable[[CalendarSettings], Source]
    ) -> None:
        """Go by a configuration; calendars that are the same in it keep what they know."""
        for name in [name for name in self if name not in config.calendars]:
            self.pop(name).stop()
        for name, settings in config.calendars.items():
            known = self.get(name)
            if known is not None and known.settings == settings:
                if settings.fetches_at_reload:
                    known.look_again()
                continue
            if known is not None:
                known.stop()
            given = () if known is None else known.given
            self[name] = Calendar(pbx, settings, source_of(settings), given)
            if self._is_running:
                self[name].start()
        if self:
            self._tell_devices(pbx)

    def start(self) -> None:
        """Look at all of them from now on."""
        self._is_running = True
        for each in self.values():
            each.start()

    def stop(self) -> None:
        """Look at none of them any more."""
        self._is_running = False
        for each in self.values():
            each.stop()

    def _tell_devices(self, pbx: Pbx) -> None:
        kinds = pbx.datastore(DeviceKinds)
        if KIND.lower() not in kinds:
            kinds[KIND.lower()] = self._state
            pbx.datastore(DeviceLists).append(self._devices)

    def _state(self, name: str) -> DeviceState:
        found = self.get(name)
        return DeviceState.INVALID if found is None else found.state

    def _devices(self) -> Iterable[str]:
        return [each.device for each in self.values()]
