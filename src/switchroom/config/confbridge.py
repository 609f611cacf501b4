"""``confbridge.conf``: profiles of conferences and of those in them, and what keys do there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.base.text import leading_int
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.values import is_true, parse_number

DEFAULT_BRIDGE = "default_bridge"
DEFAULT_USER = "default_user"
DEFAULT_MENU = "default_menu"
WIDEST = 48000  #: hertz

#: What is said when, by the name behind ``sound_``.
SOUNDS: Mapping[str, str] = MappingProxyType(
    {
        "join": "confbridge-join", "leave": "confbridge-leave", "has_joined": "conf-hasjoin",
        "has_left": "conf-hasleft", "kicked": "conf-kicked", "muted": "conf-muted",
        "unmuted": "conf-unmuted", "binaural_on": "confbridge-binaural-on",
        "binaural_off": "confbridge-binaural-off", "only_person": "conf-onlyperson",
        "only_one": "conf-onlyone", "there_are": "conf-thereare",
        "other_in_party": "conf-otherinparty", "place_into_conference": "conf-placeintoconf",
        "wait_for_leader": "conf-waitforleader", "leader_has_left": "conf-leaderhasleft",
        "get_pin": "conf-getpin", "invalid_pin": "conf-invalidpin", "locked": "conf-locked",
        "locked_now": "conf-lockednow", "unlocked_now": "conf-unlockednow",
        "error_menu": "conf-errormenu", "begin": "confbridge-conf-begin",
        "participants_muted": "conf-now-muted", "participants_unmuted": "conf-now-unmuted",
    }
)  # fmt: skip


class VideoMode(StrEnum):
    """Whom a conference looks at."""

    NONE = "none"
    FOLLOW_TALKER = "follow_talker"
    LAST_MARKED = "last_marked"
    FIRST_MARKED = "first_marked"
    SFU = "sfu"  #: here as ``follow_talker``


_TYPE = Option(Kind.CHOICE, "", ("bridge", "user", "menu", ""), honoured=True)
_TEMPLATE = Option(Kind.TEXT, honoured=True)


def _yes(default: str = "no", *, honoured: bool = True) -> Option:
    return Option(Kind.FLAG, default, honoured=honoured)


_USER = MappingProxyType(
    {
        "type": _TYPE, "template": _TEMPLATE,
        "admin": _yes(), "send_events": _yes(), "echo_events": _yes(),
        "marked": _yes(), "startmuted": _yes(), "music_on_hold_when_empty": _yes(),
        "quiet": _yes(), "hear_own_join_sound": _yes("yes"), "announce_user_count": _yes(),
        "announce_user_count_all": Option(Kind.TEXT, "no", honoured=True),
        "announce_only_user": _yes("yes"), "wait_marked": _yes(), "end_marked": _yes(),
        "end_marked_any": _yes(), "talk_detection_events": _yes(), "dtmf_passthrough": _yes(),
        "announce_join_leave": _yes(), "announce_join_leave_review": _yes(),
        "pin": Option(Kind.TEXT, honoured=True),
        "music_on_hold_class": Option(Kind.TEXT, honoured=True),
        "announcement": Option(Kind.TEXT, honoured=True),
        "denoise": _yes(), "dsp_drop_silence": _yes(),
        "dsp_silence_threshold": Option(Kind.NUMBER, "2500", honoured=True),
        "dsp_talking_threshold": Option(Kind.NUMBER, "160", honoured=True),
        "jitterbuffer": _yes(), "timeout": Option(Kind.NUMBER, "0", honoured=True),
        "text_messaging": _yes("yes"), "answer_channel": _yes("yes"),
    }
)  # fmt: skip

_BRIDGE = MappingProxyType(
    {
        "type": _TYPE, "template": _TEMPLATE,
        "jitterbuffer": _yes(),
        "internal_sample_rate": Option(Kind.TEXT, "auto", honoured=True),
        "maximum_sample_rate": Option(Kind.TEXT, "none", honoured=True),
        "language": Option(Kind.TEXT, "en", honoured=True),
        "mixing_interval": Option(Kind.CHOICE, "20", ("10", "20", "40", "80")),
        "binaural_active": _yes(honoured=False),
        "record_conference": _yes(), "record_file": Option(Kind.TEXT, honoured=True),
        "record_file_append": _yes("yes"), "record_file_timestamp": _yes("yes"),
        "record_options": Option(Kind.TEXT, honoured=True),
        "record_command": Option(Kind.TEXT, honoured=True),
        "regcontext": Option(Kind.TEXT, honoured=True),
        "video_mode": Option(Kind.CHOICE, "none", (*VideoMode, ""), honoured=True),
        "max_members": Option(Kind.NUMBER, "0", honoured=True),
        "video_update_discard": Option(Kind.NUMBER, "2000", honoured=True),
        "remb_send_interval": Option(Kind.NUMBER, "0"),
        "remb_behavior": Option(Kind.TEXT, "average"),
        "remb_estimated_bitrate": Option(Kind.NUMBER, "0"),
        "enable_events": _yes(),
        "link": Option(Kind.LIST, honoured=True),
        **{f"sound_{name}": Option(Kind.TEXT, prompt, honoured=True)
           for name, prompt in SOUNDS.items()},
    }
)  # fmt: skip

#: What each kind of profile may say; menus have keys.
OPTIONS: Mapping[str, Mapping[str, Option]] = MappingProxyType({"bridge": _BRIDGE, "user": _USER})

#: What a key may do: whether it takes something in parentheses.
ACTIONS: Mapping[str, bool] = MappingProxyType(
    {
        "playback": True, "playback_and_continue": True, "dialplan_exec": True,
        "toggle_mute": False, "toggle_binaural": False, "no_op": False,
        "decrease_listening_volume": False, "increase_listening_volume": False,
        "reset_listening_volume": False, "decrease_talking_volume": False,
        "increase_talking_volume": False, "reset_talking_volume": False,
        "leave_conference": False, "admin_kick_last": False,
        "admin_toggle_conference_lock": False, "admin_toggle_mute_participants": False,
        "participant_count": False, "set_as_single_video_src": False,
        "release_as_single_video_src": False,
    }
)  # fmt: skip
#: Loudness of a recording: as MixMonitor() counts it.
MOST_STEPS = 4
STEP = 2.0
_RECORD_OPTION = re.compile(r"([A-Za-z])(?:\(([^()]*)\))?")
_KEYS = re.compile(r"[0-9A-D*#]+", re.IGNORECASE)
_ACTION = re.compile(r"\s*([a-z_]+)\s*(?:\(([^()]*)\))?\s*(?:,|$)")


@dataclass(frozen=True, slots=True)
class UserProfile:
    """How one caller takes part."""

    name: str = DEFAULT_USER
    admin: bool = False
    marked: bool = False  #: others may wait for him, and leave with him
    wait_marked: bool = False
    end_marked: bool = False  #: leaves with the last marked one
    end_marked_any: bool = False  #: leaves with any marked one
    start_muted: bool = False
    quiet: bool = False  #: nothing is said to him, nor to others because of him
    music_when_empty: bool = False
    music_class: str = ""
    hears_own_join: bool = True
    counts: bool = False  #: he is told how many are there
    counts_all: int | None = None  #: all are told, once there are more than so many
    tells_only: bool = True  #: he is told that he is alone
    tells_talking: bool = False
    passes_digits: bool = False  #: those that are nothing in his menu
    tells_name: bool = False  #: he says his name, which others hear
    reviews_name: bool = False
    pin: str = ""
    announcement: str = ""
    denoises: bool = False
    gets_events: bool = False  #: as texts within his call
    gets_own_events: bool = False  #: those about himself too
    gets_texts: bool = True  #: what the others write
    drops_silence: bool = False
    silence: float = 2.5  #: seconds
    talk_level: int = 160
    buffers: bool = False
    timeout: float = 0.0  #: seconds; 0: none
    answers: bool = True
    is_deaf: bool = False  #: he only talks (MeetMe)
    ends_alone: bool = False  #: it is over for him when he is the last one (MeetMe)
    waits_at_most: int = 0  #: seconds for somebody marked (MeetMe); 0: for ever


@dataclass(frozen=True, slots=True)
class BridgeProfile:
    """What is true of a conference as a whole: its first member's profile counts."""

    name: str = DEFAULT_BRIDGE
    highest_rate: int = WIDEST  #: hertz
    internal_rate: int = 0  #: hertz; 0: that of the widest codec
    language: str = "en"
    records: bool = False
    record_file: str = ""
    record_append: bool = True
    record_timestamp: bool = True
    record_gain: float = 1.0
    record_command: str = ""
    reg_context: str = ""  #: has an extension of the conference's name while it is held
    tells_events: bool = False  #: to those in it who want them
    max_members: int = 0
    video_mode: VideoMode = VideoMode.NONE
    video_pause: float = 2.0  #: seconds between two wishes for a whole picture of one sender
    buffers: bool = False
    links: tuple[str, ...] = ()  #: remote conferences that this one is joined with
    sounds: Mapping[str, str] = field(default_factory=lambda: SOUNDS)


@dataclass(frozen=True, slots=True)
class MenuAction:
    """One thing that a key does."""

    name: str  #: one of :data:`ACTIONS`
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.argument})" if ACTIONS[self.name] else self.name


@dataclass(frozen=True, slots=True)
class Menu:
    """What keys do, each or several in a row."""

    name: str = DEFAULT_MENU
    keys: Mapping[str, tuple[MenuAction, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ConfBridgeConfig:
    """What the file says; the three default profiles are always there."""

    bridges: Mapping[str, BridgeProfile] = field(
        default_factory=lambda: MappingProxyType({DEFAULT_BRIDGE: BridgeProfile()})
    )
    users: Mapping[str, UserProfile] = field(
        default_factory=lambda: MappingProxyType({DEFAULT_USER: UserProfile()})
    )
    menus: Mapping[str, Menu] = field(
        default_factory=lambda: MappingProxyType({DEFAULT_MENU: Menu()})
    )
    sections: Mapping[str, Section] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()

    def changed_bridge(self, name: str, changes: Iterable[tuple[str, str]]) -> BridgeProfile:
        """A profile with some options of its own, as ``CONFBRIDGE()`` writes them.

        Raises:
            ConfigError: An option that there is none of, or a wrong value.
        """
        return _bridge(self._changed(name, changes), self.sections, Warnings())

    def changed_user(self, name: str, changes: Iterable[tuple[str, str]]) -> UserProfile:
        """As :meth:`changed_bridge`."""
        return _user(self._changed(name, changes), self.sections, Warnings())

    def changed_menu(self, name: str, changes: Iterable[tuple[str, str]]) -> Menu:
        """As :meth:`changed_bridge`."""
        return _menu(self._changed(name, changes), self.sections)

    def _changed(self, name: str, changes: Iterable[tuple[str, str]]) -> Section:
        path = Path("CONFBRIDGE()")
        base = self.sections.get(name)
        entries = [*(base.entries if base is not None else ())]
        entries += [Entry(option, value, path, 0) for option, value in changes]
        return Section(name, path, 0, entries)


def read_confbridge(file: ConfigFile) -> ConfBridgeConfig:
    """Read a ``confbridge.conf``.

    Raises:
        ConfigError: An option, a value or an action of a key that there is none of.
    """
    warnings = Warnings()
    found = {s.name: s for s in file.sections if s.name != "general" and not s.is_template}
    sections = MappingProxyType(found)
    bridges = {DEFAULT_BRIDGE: BridgeProfile()}
    users = {DEFAULT_USER: UserProfile()}
    menus = {DEFAULT_MENU: Menu()}
    for section in found.values():
        kind = section.get("type").strip().lower()
        if kind == "bridge":
            bridges[section.name] = _bridge(section, sections, warnings)
        elif kind == "user":
            users[section.name] = _user(section, sections, warnings)
        elif kind == "menu":
            menus[section.name] = _menu(section, sections)
        else:
            message = f"[{section.name}] needs type = bridge, user or menu, not {kind!r}"
            raise ConfigError(message, path=section.path, line=section.line)
    return ConfBridgeConfig(
        MappingProxyType(bridges), MappingProxyType(users), MappingProxyType(menus), sections,
        tuple(warnings.entries),
    )  # fmt: skip


def _expanded(
    section: Section, sections: Mapping[str, Section], seen: frozenset[str] = frozenset()
) -> Section:
    """A section with the entries of its ``template`` in the place where that is named."""
    entries: list[Entry] = []
    for entry in section.entries:
        if entry.name.lower() != "template":
            entries.append(entry)
            continue
        base = sections.get(entry.value.strip())
        if base is None or base.name in seen or base is section:
            message = f"there is no profile {entry.value!r} to be a template"
            raise ConfigError(message, path=entry.path, line=entry.line)
        entries += _expanded(base, sections, seen | {section.name}).entries
    return Section(section.name, section.path, section.line, entries)


def _user(section: Section, sections: Mapping[str, Section], warnings: Warnings) -> UserProfile:
    section = _expanded(section, sections)
    options = read_options(section, _USER, what="a user profile", warnings=warnings)
    return UserProfile(
        name=section.name,
        admin=options.flag("admin"),
        marked=options.flag("marked"),
        wait_marked=options.flag("wait_marked"),
        end_marked=options.flag("end_marked"),
        end_marked_any=options.flag("end_marked_any"),
        start_muted=options.flag("startmuted"),
        quiet=options.flag("quiet"),
        music_when_empty=options.flag("music_on_hold_when_empty"),
        music_class=options.text("music_on_hold_class"),
        hears_own_join=options.flag("hear_own_join_sound"),
        counts=options.flag("announce_user_count"),
        counts_all=_counts_all(options),
        tells_only=options.flag("announce_only_user"),
        tells_talking=options.flag("talk_detection_events"),
        passes_digits=options.flag("dtmf_passthrough"),
        tells_name=options.flag("announce_join_leave")
        or options.flag("announce_join_leave_review"),
        reviews_name=options.flag("announce_join_leave_review"),
        pin=options.text("pin"),
        announcement=options.text("announcement"),
        denoises=options.flag("denoise"),
        gets_events=options.flag("send_events"),
        gets_own_events=options.flag("echo_events"),
        gets_texts=options.flag("text_messaging"),
        drops_silence=options.flag("dsp_drop_silence"),
        silence=options.number("dsp_silence_threshold") / 1000,
        talk_level=options.number("dsp_talking_threshold"),
        buffers=options.flag("jitterbuffer"),
        timeout=options.number("timeout"),
        answers=options.flag("answer_channel"),
    )


def _counts_all(options: Options) -> int | None:
    text = options.text("announce_user_count_all").strip()
    if not text.isdigit() or text in {"0", "1"}:
        return 0 if is_true(text) else None
    return int(text)


def _bridge(section: Section, sections: Mapping[str, Section], warnings: Warnings) -> BridgeProfile:
    section = _expanded(section, sections)
    options = read_options(section, _BRIDGE, what="a bridge profile", warnings=warnings)
    internal = _rate(options, "internal_sample_rate", "auto")
    appends, gain = _record_options(options, warnings)
    return BridgeProfile(
        name=section.name,
        highest_rate=internal or _rate(options, "maximum_sample_rate", "none") or WIDEST,
        internal_rate=internal,
        language=options.text("language"),
        records=options.flag("record_conference"),
        record_file=options.text("record_file"),
        record_append=options.flag("record_file_append") or appends,
        record_timestamp=options.flag("record_file_timestamp"),
        record_gain=gain,
        record_command=options.text("record_command"),
        reg_context=options.text("regcontext").strip(),
        tells_events=options.flag("enable_events"),
        max_members=options.number("max_members"),
        video_mode=_video_mode(options, warnings),
        video_pause=options.number("video_update_discard") / 1000,
        buffers=options.flag("jitterbuffer"),
        links=options.words("link"),
        sounds=MappingProxyType({name: options.text(f"sound_{name}") for name in SOUNDS}),
    )


def _video_mode(options: Options, warnings: Warnings) -> VideoMode:
    mode = VideoMode(options.text("video_mode") or VideoMode.NONE)
    if mode is VideoMode.SFU:
        entry = options.written["video_mode"][-1]
        message = "video_mode = sfu: everybody gets one picture, of who talks, not one of each"
        warnings.add(message, entry.path, entry.line)
    return mode


def _record_options(options: Options, warnings: Warnings) -> tuple[bool, float]:
    """Whether to append to the file, and how much louder it is: letters of MixMonitor()."""
    appends, steps = False, 0
    for letter, value in _RECORD_OPTION.findall(options.text("record_options")):
        if letter == "a":
            appends = True
        elif letter in "vVW":
            steps = max(-MOST_STEPS, min(MOST_STEPS, leading_int(value) or 0))
        else:
            entry = options.written["record_options"][-1]
            message = f"record_options: {letter} has no effect for a conference"
            warnings.add(message, entry.path, entry.line)
    return appends, float(STEP**steps)


def _rate(options: Options, name: str, none: str) -> int:
    text = options.text(name).strip()
    if text.lower() in {none, ""}:
        return 0
    try:
        rate = parse_number(text, minimum=8000, maximum=192000)
    except ValueError as error:
        message = f"{name}: {error}"
        raise ConfigError(message, path=options.section.path, line=options.line_of(name)) from error
    return min(rate, WIDEST)


def _menu(section: Section, sections: Mapping[str, Section]) -> Menu:
    keys: dict[str, tuple[MenuAction, ...]] = {}
    for entry in _expanded(section, sections).entries:
        if entry.name.lower() == "type":
            continue
        if not _KEYS.fullmatch(entry.name):
            message = f"{entry.name!r} is no key: a menu has 0-9, A-D, * and #"
            raise ConfigError(message, path=entry.path, line=entry.line)
        keys[entry.name.upper()] = _actions(entry)
    return Menu(section.name, MappingProxyType(keys))


def _actions(entry: Entry) -> tuple[MenuAction, ...]:
    found: list[MenuAction] = []
    at, text = 0, entry.value.strip()
    while at < len(text):
        match = _ACTION.match(text, at)
        name = match[1] if match is not None else ""
        if match is None or name not in ACTIONS:
            message = f"a key does nothing that is called {text[at:]!r}"
            raise ConfigError(message, path=entry.path, line=entry.line)
        if ACTIONS[name] and not (match[2] or "").strip():
            message = f"{name} needs something in parentheses"
            raise ConfigError(message, path=entry.path, line=entry.line)
        found.append(MenuAction(name, (match[2] or "").strip()))
        at = match.end()
    return tuple(found)
