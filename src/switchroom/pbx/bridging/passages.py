"""Video and fax of two channels in a bridge: connected where both have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from switchroom.media.passages import Passage

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel
    from switchroom.pbx.technology import ChannelDriver


class HasPassages(Protocol):
    """A driver whose party may have more than audio."""

    @property
    def passages(self) -> Mapping[str, Passage]:
        """What is open now, by kind: ``video``, ``image``."""
        ...


class HearsOfBridge(Protocol):
    """A driver that wants to know whom its call is alone in a bridge with."""

    def on_joined(self, other: ChannelDriver) -> None:
        """It is; one of the two drivers is told."""

    def on_parted(self) -> None:
        """It is no longer; each is told."""


def _tell(first: Channel, second: Channel) -> None:
    on_joined = getattr(first.driver, "on_joined", None)
    if on_joined is not None:
        on_joined(second.driver)


class BridgePassages:
    """Of one bridge: video and fax are passed on between two, and among more not at all."""

    def __init__(self) -> None:
        self._pair: tuple[Channel, Channel] | None = None

    def arrange(self, channels: Sequence[Channel]) -> None:
        """These are in the bridge now."""
        pair = (channels[0], channels[1]) if len(channels) == 2 else None
        if pair != self._pair:
            self.part()
            self._pair = pair
            if pair is not None:
                connect_passages(*pair)
                _tell(*pair)

    def part(self) -> None:
        """Somebody goes."""
        if self._pair is not None:
            pair, self._pair = self._pair, None
            disconnect_passages(*pair)
            for channel in pair:
                on_parted = getattr(channel.driver, "on_parted", None)
                if on_parted is not None:
                    on_parted()


def connect_passages(first: Channel, second: Channel) -> None:
    """Let both have each other's video and fax, as far as both have any."""
    for one, two in _pairs(first, second):
        first.pbx.engine.connect_passages(one, two)


def disconnect_passages(first: Channel, second: Channel) -> None:
    """Undo :func:`connect_passages`."""
    for one, two in _pairs(first, second):
        first.pbx.engine.disconnect_passages(one, two)


def _pairs(first: Channel, second: Channel) -> Iterator[tuple[Passage, Passage]]:
    one, two = _passages(first), _passages(second)
    if one and two:
        yield from ((one[kind], two[kind]) for kind in one.keys() & two.keys())


def _passages(channel: Channel) -> Mapping[str, Passage] | None:
    # Not asked by isinstance() of a Protocol, which takes 50 µs of every call.
    return getattr(channel.driver, "passages", None)


def passage_of(channel: Channel, kind: str) -> Passage | None:
    """A channel's ``video`` or ``image``; None where it has none now."""
    found = _passages(channel)
    return found.get(kind) if found else None


class _Watched:
    """Of one channel."""

    def __init__(self) -> None:
        self.told: Callable[[], None] | None = None


def watch_passages(channel: Channel, told: Callable[[], None] | None) -> None:
    """Call ``told`` when the channel has other passages than before; None: nobody cares."""
    channel.datastore(_Watched).told = told


def passages_changed(channel: Channel) -> None:
    """A driver tells that its party has other passages than before."""
    told = channel.datastore(_Watched).told
    if told is not None:
        told()
