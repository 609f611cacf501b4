"""What an address of media stands for: a sound, a recording, a number, a tone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from switchroom.base.errors import MediaError, SwitchroomError
from switchroom.media.api import Sound
from switchroom.media.saying import spelling
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.parsing import parse_number
from switchroom.media.saying.registry import language_for
from switchroom.media.tone_list import ToneSounds, make_tones, parse_tone_list
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.signal_tones import Indications

MAX_SOUNDS = 1_000  #: of one address: a number has some, a text many


class UnknownMediaError(MediaError):
    """An address that nothing here can be made of."""


@dataclass(frozen=True, slots=True)
class Played:
    """What is heard: sounds one after the other, or a tone until it is stopped."""

    sounds: Sequence[Sound] = ()
    tone: ToneSounds | None = None


def recordings_folder(pbx: Pbx) -> Path:
    """Where recordings are kept that are made over this interface."""
    return pbx.directories.astspooldir / "recording"


def _sound(_: Pbx, text: str, __: str) -> list[str]:
    return [text]


def _recording(pbx: Pbx, text: str, _: str) -> list[str]:
    folder = recordings_folder(pbx).resolve()
    path = (folder / text).resolve()
    if not path.is_relative_to(folder):
        raise UnknownMediaError(f"no recording {text!r}")
    return [str(path)]


def _number(_: Pbx, text: str, language: str) -> list[str]:
    return list(language_for(language).number(parse_number(text), Gender.NONE))


def _digits(_: Pbx, text: str, __: str) -> list[str]:
    return spelling.digits(text)


def _characters(_: Pbx, text: str, __: str) -> list[str]:
    return spelling.letters(text)


_PROMPTS: Mapping[str, Callable[[Pbx, str, str], list[str]]] = MappingProxyType(
    {
        "sound": _sound,
        "recording": _recording,
        "number": _number,
        "digits": _digits,
        "characters": _characters,
    }
)


def check_media(uri: str) -> None:
    """Refuse what is no address of media at all.

    Raises:
        UnknownMediaError: It is none.
    """
    scheme, colon, rest = uri.partition(":")
    if not colon or not rest or scheme not in {*_PROMPTS, "tone"}:
        raise UnknownMediaError(f"no media {uri!r}")


async def find_media(pbx: Pbx, uri: str, language: str) -> Played:
    """Fetch what is to be heard.

    Raises:
        MediaError: There is no such sound, or the address is none.
    """
    check_media(uri)
    scheme, _, rest = uri.partition(":")
    if scheme == "tone":
        return Played(tone=_tone(pbx, rest))
    try:
        names = _PROMPTS[scheme](pbx, rest, language)
    except MediaError:
        raise
    except (SwitchroomError, ValueError) as error:
        raise UnknownMediaError(str(error)) from error
    if len(names) > MAX_SOUNDS:
        raise UnknownMediaError(f"{uri[:40]!r} is too long")
    return Played([await pbx.sounds.find(name, language=language) for name in names])


def _tone(pbx: Pbx, text: str) -> ToneSounds:
    """``ring``, ``dial;tonezone=fr``, or a list of tones."""
    name, _, option = text.partition(";")
    zone_name = option.partition("=")[2] if option.startswith("tonezone") else ""
    config = pbx.datastore(Indications).config
    zone = config.zone(zone_name) if zone_name else config.default
    if zone is None:
        raise UnknownMediaError(f"no tone zone {zone_name!r}")
    return make_tones(parse_tone_list(zone.tone(name) or name), name)
