"""Which entry of a menu the keys that somebody presses mean."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.config.confbridge import Menu, MenuAction


@dataclass(frozen=True, slots=True)
class Meant:
    """What keys meant."""

    actions: tuple[MenuAction, ...] = ()
    keys: str = ""  #: of those actions
    unknown: str = ""  #: keys that are nothing in the menu


class Keys:
    """Collects keys until they mean something: the longest entry counts.

    Args:
        menu: What they may mean.
    """

    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        self._pressed = ""

    @property
    def may_go_on(self) -> bool:
        """Whether it is waited for another key."""
        return bool(self._pressed)

    def press(self, digit: str) -> list[Meant]:
        """One more key."""
        self._pressed += digit.upper()
        return self._read(is_over=False)

    def give_up(self) -> list[Meant]:
        """No further key came in time."""
        return self._read(is_over=True)

    def resume(self, keys: str) -> None:
        """Go on behind keys whose entry was begun already."""
        self._pressed = keys

    def _read(self, *, is_over: bool) -> list[Meant]:
        entries, found = self._menu.keys, []
        while self._pressed:
            pressed = self._pressed
            longer = any(key != pressed and key.startswith(pressed) for key in entries)
            if longer and not is_over:
                break
            best = next((n for n in range(len(pressed), 0, -1) if pressed[:n] in entries), 0)
            if best:
                found.append(Meant(entries[pressed[:best]], pressed[:best]))
            else:
                best = 1
                found.append(Meant(unknown=pressed[0]))
            self._pressed = pressed[best:]
        return found
