"""Who may come from where: ``permit`` and ``deny`` lines, and the lists of ``acl.conf``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import ConfigFile, Entry
from switchroom.config.language.values import Network, parse_list, parse_network

NamedRules = Mapping[str, "AddressRules"]


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Rules in their order: the last one that an address is in decides; none: it may come."""

    rules: tuple[tuple[bool, Network], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules)

    def allows(self, host: str) -> bool:
        """Whether an address may come."""
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return not self.rules
        mapped = getattr(address, "ipv4_mapped", None)
        address = mapped or address
        allowed = True
        for permits, network in self.rules:
            if address.version == network.version and address in network:
                allowed = permits
        return allowed


ANYBODY = AddressRules()  #: may come from anywhere


def read_rules(entries: Iterable[Entry], named: NamedRules | None = None) -> AddressRules:
    """The rules that ``permit``, ``deny`` and ``acl`` lines make together.

    Args:
        entries: Of one section; others are passed over.
        named: What ``acl.conf`` has.

    Raises:
        ConfigError: An address that is none, or a list that does not exist.
    """
    rules: list[tuple[bool, Network]] = []
    for entry in entries:
        name = entry.name.lower()
        if name in {"permit", "deny"}:
            for text in parse_list(entry.value):
                # An address with ! in front is meant the other way round.
                permits = (name == "permit") != text.startswith("!")
                rules.append((permits, _network(text.removeprefix("!"), entry)))
        elif name == "acl":
            for text in parse_list(entry.value):
                found = (named or {}).get(text)
                if found is None:
                    message = f"acl: there is no [{text}] in acl.conf"
                    raise ConfigError(message, path=entry.path, line=entry.line)
                rules += found.rules
    return AddressRules(tuple(rules))


def _network(text: str, entry: Entry) -> Network:
    try:
        return parse_network(text)
    except ValueError as error:
        message = f"{entry.name}: {error}"
        raise ConfigError(message, path=entry.path, line=entry.line) from error


def read_acl(file: ConfigFile) -> dict[str, AddressRules]:
    """Read an ``acl.conf``: the lists by their names.

    Raises:
        ConfigError: An address that is none.
    """
    return {
        section.name: read_rules(section.entries)
        for section in file.sections
        if not section.is_template
    }
