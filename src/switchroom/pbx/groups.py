"""Groups of channels that count one another: at most five calls to this customer, and so on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.pbx.channel import Channel


@dataclass(frozen=True, slots=True)
class GroupName:
    """A group within a category; the category may be empty."""

    name: str
    category: str = ""

    def __str__(self) -> str:
        return f"{self.name}@{self.category}" if self.category else self.name


def parse_group(text: str) -> GroupName:
    """Read ``name[@category]``."""
    name, _, category = text.strip().partition("@")
    return GroupName(name, category)


class Groups:
    """Which channels of the node are in which groups: one of each category."""

    def __init__(self) -> None:
        self._of_channel: dict[Channel, dict[str, GroupName]] = {}

    def join(self, channel: Channel, group: GroupName) -> None:
        """Put a channel into a group, out of its former one of that category.

        A group without a name only takes it out.
        """
        groups = self._of_channel.get(channel)
        if groups is None:
            groups = self._of_channel[channel] = {}
            channel.at_end(lambda: self._of_channel.pop(channel, None))
        groups.pop(group.category.lower(), None)
        if group.name:
            groups[group.category.lower()] = group

    def of(self, channel: Channel) -> list[GroupName]:
        """The groups of a channel, in the order in which it joined."""
        return list(self._of_channel.get(channel, {}).values())

    def in_category(self, channel: Channel, category: str) -> str:
        """The name of a channel's group in a category, or an empty text."""
        found = self._of_channel.get(channel, {}).get(category.lower())
        return found.name if found is not None else ""

    def all(self) -> Iterator[tuple[Channel, GroupName]]:
        """Each channel with each of its groups."""
        for channel, groups in self._of_channel.items():
            for group in groups.values():
                yield channel, group

    def count(self, name: str, category: str = "") -> int:
        """How many channels are in a group; without a category, in those of all categories."""
        wanted, within = name.lower(), category.lower()
        return sum(
            group.name.lower() == wanted and (not within or group.category.lower() == within)
            for _, group in self.all()
        )
