"""``features.conf``: codes during a conversation, and how transfers behave."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from switchroom.base.text import leading_float
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.values import is_true


@dataclass(frozen=True, slots=True)
class DynamicFeature:
    """An application by a code, of ``[applicationmap]``."""

    code: str
    application: str
    data: str = ""
    on_peer: bool = False  #: the other party executes it


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """What the file says; the defaults are those of Asterisk 22."""

    blind_transfer: str = "#"
    attended_transfer: str = ""
    disconnect: str = "*"
    park: str = ""
    record: str = ""
    mix: str = ""
    pickup: str = "*8"
    digit_timeout: float = 1.0  #: seconds between the digits of a code
    transfer_digit_timeout: float = 3.0
    transfer_attempts: int = 3
    no_answer_timeout: float = 15.0  #: seconds that an attended transfer rings
    drops_call: bool = False  #: who was left while it rings does not call the transferer back
    callback_delay: float = 10.0
    callback_retries: int = 2
    abort: str = "*1"
    complete: str = "*2"
    three_way: str = "*3"
    swap: str = "*4"
    transfer_sound: str = "beep"
    failure_sound: str = "beeperr"
    announce_sound: str = "pbx-transfer"
    invalid_sound: str = "privacy-incorrect"
    retry_sound: str = "pbx-invalid"
    courtesy_tone: str = ""
    pickup_sound: str = ""
    pickup_failure_sound: str = ""
    recording_failure_sound: str = ""
    applications: Mapping[str, DynamicFeature] = field(default_factory=lambda: MappingProxyType({}))
    #: Of ``[groups]`` by their names: feature names, and the codes that the group gives them.
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()


#: By the option's name.
_TEXTS = {
    "atxferabort": "abort", "atxfercomplete": "complete", "atxferthreeway": "three_way",
    "atxferswap": "swap", "xfersound": "transfer_sound", "xferfailsound": "failure_sound",
    "transferannouncesound": "announce_sound", "transferinvalidsound": "invalid_sound",
    "transferretrysound": "retry_sound", "courtesytone": "courtesy_tone",
    "pickupexten": "pickup", "pickupsound": "pickup_sound",
    "pickupfailsound": "pickup_failure_sound", "recordingfailsound": "recording_failure_sound",
}  # fmt: skip
_SECONDS = {
    "transferdigittimeout": "transfer_digit_timeout", "atxfernoanswertimeout": "no_answer_timeout",
    "atxferloopdelay": "callback_delay",
}  # fmt: skip
_COUNTS = {
    "transferdialattempts": "transfer_attempts",
    "atxfercallbackretries": "callback_retries",
}
_CODES = {
    "blindxfer": "blind_transfer", "atxfer": "attended_transfer", "disconnect": "disconnect",
    "parkcall": "park", "automon": "record", "automixmon": "mix",
}  # fmt: skip


_CALL = re.compile(r"([^(,]+)\((.*)\)")
_QUOTED = re.compile(r'"([^"]*)"')


def read_features(file: ConfigFile) -> FeatureSettings:
    """Read a ``features.conf``; what is not known in it is passed over with a warning."""
    warnings = Warnings()
    values: dict[str, object] = {}
    for section in file.sections:
        match section.name.lower():
            case "general":
                values |= _general(section, warnings)
            case "featuremap":
                for entry in section.entries:
                    if (name := _CODES.get(entry.name.lower())) is not None:
                        values[name] = entry.value.strip()
            case "applicationmap":
                values["applications"] = _applications(section)
            case _:
                pass  # a group
    values["groups"] = _groups(file)
    return FeatureSettings(**values, warnings=tuple(warnings.entries))  # type: ignore[arg-type]  # by the tables


def _general(section: Section, warnings: Warnings) -> dict[str, object]:
    values: dict[str, object] = {}
    for entry in section.entries:
        values |= _option(entry.name.lower(), entry.value.strip())
    return values


def _option(name: str, value: str) -> dict[str, object]:
    """What an option of ``[general]`` sets; nothing where there is no such option."""
    if name in _TEXTS:
        return {_TEXTS[name]: value}
    if name == "featuredigittimeout":
        return {"digit_timeout": _number(value) / 1000}
    if name == "atxferdropcall":
        return {"drops_call": is_true(value)}
    if name in _SECONDS:
        return {_SECONDS[name]: _number(value)}
    if name in _COUNTS:
        return {_COUNTS[name]: int(_number(value))}
    return {}


def _number(text: str) -> float:
    """The number that a text begins with; 0 where there is none, or none that can be waited for."""
    found = leading_float(text)
    return found if found is not None and math.isfinite(found) and found > 0 else 0.0


def with_option(settings: FeatureSettings, name: str, value: str) -> FeatureSettings | None:
    """Settings with another value of an option of ``[general]``; None: there is no such option."""
    found = _option(name.strip().lower(), value.strip())
    return replace(settings, **found) if found else None  # type: ignore[arg-type]  # by the tables


def option_text(settings: FeatureSettings, name: str) -> str | None:
    """The value of an option of ``[general]`` as it would be written; None: there is none."""
    name = name.strip().lower()
    if name == "featuredigittimeout":
        return str(round(settings.digit_timeout * 1000))
    if name == "atxferdropcall":
        return "yes" if settings.drops_call else "no"
    if name in _SECONDS:
        return f"{getattr(settings, _SECONDS[name]):g}"
    field_name = _TEXTS.get(name) or _COUNTS.get(name)
    return None if field_name is None else str(getattr(settings, field_name))


def with_code(settings: FeatureSettings, name: str, code: str) -> FeatureSettings | None:
    """Settings with another code of ``[featuremap]``; None: there is no such feature."""
    found = _CODES.get(name.strip().lower())
    return None if found is None else replace(settings, **{found: code.strip()})  # type: ignore[arg-type]  # by the table


def code_of(settings: FeatureSettings, name: str) -> str | None:
    """The code of a feature of ``[featuremap]``; None: there is no such feature."""
    found = _CODES.get(name.strip().lower())
    return None if found is None else str(getattr(settings, found))


def _applications(section: Section) -> Mapping[str, DynamicFeature]:
    """``name => code,activated on[/by],application[,data[,music class]]``."""
    found: dict[str, DynamicFeature] = {}
    for entry in section.entries:
        code, _, rest = entry.value.partition(",")
        on, _, what = rest.partition(",")
        what = what.strip()
        if not what:
            continue
        match = _CALL.fullmatch(what)
        application, _, data = what.partition(",") if match is None else (match[1], "", match[2])
        quoted = _QUOTED.match(data.strip())
        on_peer = on.partition("/")[0].strip().lower() == "peer"
        found[entry.name] = DynamicFeature(
            code.strip(), application.strip(), quoted[1] if quoted else data.strip(), on_peer
        )
    return MappingProxyType(found)


_OTHER_SECTIONS = frozenset({"general", "featuremap", "applicationmap"})


def _groups(file: ConfigFile) -> Mapping[str, Mapping[str, str]]:
    """Every other section is a group of ``name => code``; no code: the feature's own."""
    return MappingProxyType(
        {
            section.name: MappingProxyType({e.name: e.value.strip() for e in section.entries})
            for section in file.sections
            if section.name.lower() not in _OTHER_SECTIONS
        }
    )
