"""What ``confbridge.conf`` says, and what ``CONFBRIDGE()`` says for one channel."""

from __future__ import annotations

from switchroom.config.confbridge import (
    DEFAULT_BRIDGE,
    DEFAULT_MENU,
    DEFAULT_USER,
    BridgeProfile,
    ConfBridgeConfig,
    Menu,
    UserProfile,
)

KINDS = ("bridge", "user", "menu")


class ConfBridgeSettings:
    """Of a node, by ``pbx.datastore(ConfBridgeSettings)``; replaced on reload."""

    def __init__(self) -> None:
        self.config = ConfBridgeConfig()


class ChannelProfiles:
    """Of one channel, by ``channel.datastore(ChannelProfiles)``: its own options, as written."""

    def __init__(self) -> None:
        self._written: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}

    def write(self, config: ConfBridgeConfig, kind: str, option: str, value: str) -> None:
        """Set one option; ``template`` begins with a profile, ``clear`` forgets all.

        Raises:
            ConfigError: There is no such option, or the value is none for it.
            KeyError: There is no such kind of profile.
        """
        written = self._written[kind]
        if option.lower() == "clear":
            written.clear()
            return
        _check(config, kind, [*written, (option, value)])
        written.append((option, value))

    def bridge(self, config: ConfBridgeConfig, name: str) -> BridgeProfile | None:
        """The profile called ``name``; without a name the channel's own, or the default one."""
        written = self._written["bridge"]
        if name or not written:
            return config.bridges.get(name or DEFAULT_BRIDGE)
        return config.changed_bridge(_base(written, DEFAULT_BRIDGE), written)

    def user(self, config: ConfBridgeConfig, name: str) -> UserProfile | None:
        """As :meth:`bridge`."""
        written = self._written["user"]
        if name or not written:
            return config.users.get(name or DEFAULT_USER)
        return config.changed_user(_base(written, DEFAULT_USER), written)

    def menu(self, config: ConfBridgeConfig, name: str) -> Menu | None:
        """As :meth:`bridge`."""
        written = self._written["menu"]
        if name or not written:
            return config.menus.get(name or DEFAULT_MENU)
        return config.changed_menu(_base(written, DEFAULT_MENU), written)


def _base(written: list[tuple[str, str]], default: str) -> str:
    """The default profile is below what is written, unless a template is."""
    return "" if any(option.lower() == "template" for option, _ in written) else default


def _check(config: ConfBridgeConfig, kind: str, written: list[tuple[str, str]]) -> None:
    if kind == "bridge":
        config.changed_bridge("", written)
    elif kind == "user":
        config.changed_user("", written)
    else:
        config.changed_menu("", written)
