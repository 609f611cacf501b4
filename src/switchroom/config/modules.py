"""``modules.conf``: which modules of the original an administrator wants, or does not want."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from switchroom.config.language.reader import ConfigFile
from switchroom.config.language.values import parse_yes_no

_WANTED = frozenset({"load", "require", "preload", "preload-require"})


@dataclass(frozen=True, slots=True)
class ModulesConfig:
    """Names without ``.so``, in lower case."""

    loads_all: bool = True
    wanted: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()

    def left_out(self, known: Collection[str]) -> set[str]:
        """Which of these modules are not to be there."""
        missing = () if self.loads_all else (each for each in known if each not in self.wanted)
        return {*missing, *(each for each in known if each in self.unwanted)}


def read_modules(file: ConfigFile) -> ModulesConfig:
    """Read a ``modules.conf``; what is no yes or no for ``autoload`` counts as yes."""
    section = file.section("modules")
    loads_all, wanted, unwanted = True, set[str](), set[str]()
    for entry in section.entries if section is not None else ():
        option, value = entry.name.strip().lower(), entry.value.strip().lower()
        if option == "autoload":
            try:
                loads_all = parse_yes_no(value)
            except ValueError:
                loads_all = True
        elif option in _WANTED:
            wanted.add(value.removesuffix(".so"))
        elif option == "noload":
            unwanted.add(value.removesuffix(".so"))
    return ModulesConfig(loads_all, frozenset(wanted), frozenset(unwanted))
