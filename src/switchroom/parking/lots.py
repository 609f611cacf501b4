"""The parking lots of a node."""

from __future__ import annotations

from switchroom.config.parking import DEFAULT_LOT, LotSettings, ParkingConfig
from switchroom.parking.lot import Lot
from switchroom.pbx.bridge import Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.device_state import DeviceKinds, DeviceState
from switchroom.pbx.pbx import Pbx


class ParkingLots:
    """Of one node, by ``pbx.datastore(ParkingLots)``."""

    def __init__(self) -> None:
        self.lots: dict[str, Lot[Party]] = {DEFAULT_LOT: Lot(LotSettings())}

    def use(self, config: ParkingConfig) -> None:
        """Go on with other lots; who is parked stays, even where a lot is gone."""
        before = self.lots
        self.lots = {name: Lot(settings) for name, settings in config.lots.items()}
        for name, lot in before.items():
            if name in self.lots:
                self.lots[name].calls = lot.calls
            elif lot.calls:
                self.lots[name] = lot

    def state_of(self, text: str) -> DeviceState:
        """The state of ``space@context``: in use while a call stands there."""
        space, _, context = text.partition("@")
        for lot in self.lots.values():
            if lot.settings.context == context and space.isdigit() and int(space) in lot.calls:
                return DeviceState.INUSE
        return DeviceState.NOT_INUSE


def lots_of(pbx: Pbx) -> ParkingLots:
    """The node's lots; hints may ask for their spaces from the first time on."""
    lots = pbx.datastore(ParkingLots)
    pbx.datastore(DeviceKinds).setdefault("park", lots.state_of)
    return lots


def find_lot(channel: Channel, name: str) -> Lot[Party] | None:
    """The lot of that name; without one the channel's own, or the default one."""
    wanted = name or channel.variables.get("PARKINGLOT", "")
    wanted = wanted or channel.datastore(ChannelSettings).parking_lot or DEFAULT_LOT
    return lots_of(channel.pbx).lots.get(wanted)
