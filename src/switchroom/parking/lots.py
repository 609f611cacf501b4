"""The parking lots of a node."""

from __future__ import annotations

import logging
from dataclasses import replace

from switchroom.config.parking import DEFAULT_LOT, LotSettings, ParkingConfig, parse_spaces
from switchroom.parking.extensions import OWNER, extensions_of
from switchroom.parking.lot import Lot
from switchroom.pbx.bridging.bridge import Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings, variable_of
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceKinds, DeviceState, DeviceStateChanged

logger = logging.getLogger(__name__)

OLD_PREFIX = "parkinglot_"
MOST_MADE = 1000  #: lots that channels may make


class ParkingLots:
    """Of one node, by ``pbx.datastore(ParkingLots)``."""

    def __init__(self) -> None:
        self.lots: dict[str, Lot[Party]] = {DEFAULT_LOT: Lot(LotSettings())}
        self._makes_lots = False
        self._configured: frozenset[str] = frozenset({DEFAULT_LOT})

    def use(self, config: ParkingConfig) -> None:
        """Go on with other lots; who is parked stays, even where a lot is gone."""
        before = self.lots
        self.lots = {name: Lot(settings) for name, settings in config.lots.items()}
        self._configured = frozenset(self.lots)
        self._makes_lots = config.makes_lots
        for name, lot in before.items():
            if name in self.lots:
                self.lots[name].calls = lot.calls
            elif lot.calls:
                self.lots[name] = lot

    def add_extensions(self, pbx: Pbx) -> None:
        """Let the dialplan have what the lots add to it."""
        pbx.dialplan.add_extensions(
            OWNER, extensions_of(lot.settings for lot in self.lots.values())
        )

    def find(self, name: str) -> Lot[Party] | None:
        """A lot by its name; versions before 12 wrote a prefix before it."""
        return self.lots.get(name) or self.lots.get(OLD_PREFIX + name)

    def make(self, channel: Channel, name: str) -> Lot[Party] | None:
        """Make a lot as a channel wants it (``PARKINGDYNAMIC`` …), where that is allowed."""
        made = len(self.lots) - len(self._configured)
        if not self._makes_lots or made >= MOST_MADE:
            return None
        template = self.find(variable_of(channel, "PARKINGDYNAMIC") or DEFAULT_LOT)
        if template is None:
            return None
        settings = replace(
            template.settings,
            name=name,
            context=variable_of(channel, "PARKINGDYNCONTEXT") or template.settings.context,
            extension=variable_of(channel, "PARKINGDYNEXTEN") or template.settings.extension,
        )
        if text := variable_of(channel, "PARKINGDYNPOS"):
            spaces = parse_spaces(text)
            if spaces is None:
                logger.warning("%s: PARKINGDYNPOS: %r is no range", channel.name, text)
                return None
            settings = replace(settings, first=spaces[0], last=spaces[1])
        lot = self.lots[name] = Lot(settings)
        logger.info("%s makes the parking lot %s", channel.name, name)
        self.add_extensions(channel.pbx)
        return lot

    def forget_made(self, lot: Lot[Party]) -> None:
        """Give a lot up that a channel made and in which nobody stands any more."""
        name = lot.settings.name
        if not lot.calls and name not in self._configured and self.lots.get(name) is lot:
            del self.lots[name]

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


def tell_space(pbx: Pbx, lot: LotSettings, space: int) -> None:
    """A space was taken, or is free again: lamps show it."""
    if pbx.events.wants(DeviceStateChanged):
        device = f"{space}@{lot.context}"
        state = lots_of(pbx).state_of(device)
        pbx.events.publish(DeviceStateChanged(f"park:{device}", state))


def find_lot(channel: Channel, name: str, *, makes: bool = False) -> Lot[Party] | None:
    """The lot of that name; without one the channel's own, or the default one.

    Args:
        channel: The channel.
        name: As it was written.
        makes: It is made where there is none, if channels may make lots.
    """
    lots = lots_of(channel.pbx)
    wanted = name or variable_of(channel, "PARKINGLOT")
    wanted = wanted or channel.datastore(ChannelSettings).parking_lot or DEFAULT_LOT
    found = lots.find(wanted)
    return lots.make(channel, wanted) if found is None and makes else found
