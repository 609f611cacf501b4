"""``followme.conf``: where somebody may be reached, one number after the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from switchroom.base.text import leading_float, leading_int
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.values import is_true

DEFAULT_RING_TIME = 25.0


@dataclass(frozen=True, slots=True)
class FollowMeStep:
    """Numbers that ring together."""

    numbers: tuple[str, ...]
    within: float = DEFAULT_RING_TIME  #: seconds
    order: int = 0


@dataclass(frozen=True, slots=True)
class FollowMeProfile:
    """Where one person may be reached, and what is said."""

    name: str = ""
    steps: tuple[FollowMeStep, ...] = ()  #: in the order in which they are tried
    context: str = "default"  #: of the numbers
    music: str = ""
    asks: bool = True  #: whoever answers is asked whether to take the call
    take: str = "1"
    decline: str = "2"
    digit_timeout: float = 5.0  #: seconds in which that is to be said
    call_from: str = "followme/call-from"
    no_recording: str = "followme/no-recording"
    options: str = "followme/options"
    please_hold: str = "followme/pls-hold-while-try"
    status: str = "followme/status"
    sorry: str = "followme/sorry"
    connecting: str = ""


@dataclass(frozen=True, slots=True)
class FollowMeConfig:
    """All profiles by name."""

    profiles: Mapping[str, FollowMeProfile] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()


#: By the option's name, with dashes for underscores and without ``followme-`` in front.
_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "context": "context", "music": "music", "musicclass": "music", "musiconhold": "music",
        "takecall": "take", "declinecall": "decline", "call-from-prompt": "call_from",
        "norecording-prompt": "no_recording", "options-prompt": "options",
        "pls-hold-prompt": "please_hold", "status-prompt": "status", "sorry-prompt": "sorry",
        "connecting-prompt": "connecting",
    }
)  # fmt: skip


def read_followme(file: ConfigFile) -> FollowMeConfig:
    """Read a ``followme.conf``; what is not known in it is passed over with a warning."""
    warnings = Warnings()
    general = FollowMeProfile()
    profiles: dict[str, FollowMeProfile] = {}
    for section in file.sections:
        if section.name.lower() == "general":
            general = _read(section, general, warnings)
    for section in file.sections:
        if section.name.lower() != "general" and not section.is_template:
            profiles[section.name] = replace(_read(section, general, warnings), name=section.name)
    return FollowMeConfig(MappingProxyType(profiles), tuple(warnings.entries))


def _read(section: Section, base: FollowMeProfile, warnings: Warnings) -> FollowMeProfile:
    values: dict[str, Any] = {}
    steps: list[FollowMeStep] = []
    for entry in section.entries:
        name = entry.name.lower().replace("_", "-").removeprefix("followme-")
        value = entry.value.strip()
        if name in _TEXTS:
            values[_TEXTS[name]] = value
        elif name == "enable-callee-prompt":
            values["asks"] = is_true(value)
        elif name == "featuredigittimeout":
            values["digit_timeout"] = _seconds(value, 0.0) / 1000
        elif name == "number":
            step = _read_step(value, order=len(steps) + 1)
            if step is not None:
                steps.append(step)
        else:
            message = f"followme.conf: there is no option {entry.name!r}"
            warnings.add(message, section.path, entry.line)
    if steps:
        values["steps"] = tuple(sorted(steps, key=lambda step: step.order))
    return replace(base, **values)


def _read_step(text: str, *, order: int) -> FollowMeStep | None:
    """``number[&number…][,seconds[,order]]``."""
    numbers, seconds, given = (*(part.strip() for part in text.split(",")), "", "")[:3]
    found = tuple(filter(None, (number.strip() for number in numbers.split("&"))))
    within = _seconds(seconds, DEFAULT_RING_TIME)
    return FollowMeStep(found, within, leading_int(given) or order) if found else None


def _seconds(text: str, default: float) -> float:
    found = leading_float(text)
    return found if found is not None and math.isfinite(found) and found > 0 else default
