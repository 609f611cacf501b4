"""``queues.conf`` and ``queuerules.conf``: who waits where for whom, and what is said meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

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
from switchroom.config.language.values import is_true
from switchroom.config.queues.skills import Levels

STRATEGIES = (
    "ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "rrordered", "linear", "wrandom",
)  # fmt: skip
OLD_STRATEGIES = MappingProxyType({"roundrobin": "rrmemory"})

#: What makes a member count for nothing when it is asked whether a queue is empty.
EMPTY_WORDS = frozenset(
    {"paused", "penalty", "inuse", "ringing", "unavailable", "invalid", "unknown", "wrapup"}
)
_NOBODY = frozenset({"penalty", "invalid", "paused"})
_STRICT = _NOBODY | {"unavailable"}
_LOOSE = frozenset({"penalty", "invalid"})

FLAG, NUMBER, TEXT = Kind.FLAG, Kind.NUMBER, Kind.TEXT
_GENERAL = MappingProxyType(
    {
        "persistentmembers": Option(FLAG, "no", honoured=True),
        "autofill": Option(FLAG, "no", honoured=True),
        "shared_lastcall": Option(FLAG, "no", honoured=True),
        "log_membername_as_agent": Option(FLAG, "no", honoured=True),
        "negative_penalty_invalid": Option(FLAG, "no", honoured=True),
        "monitor-type": Option(TEXT, "MixMonitor", acts="mixmonitor"),
        "updatecdr": Option(FLAG, "no", honoured=True),
        "keepstats": Option(FLAG, "yes", acts="yes"),
        # Devices are always asked themselves.
        "check_state_unknown": Option(FLAG, "no", acts="yes"),
        "force_longest_waiting_caller": Option(TEXT, "no", honoured=True),
        "log_unpause_on_reason_change": Option(FLAG, "no", honoured=True),
        "log-caller-id-name": Option(FLAG, "no", honoured=True),
    }
)
_RULES = MappingProxyType({"realtime_rules": Option(FLAG, "no", honoured=True)})
#: The prompts of a queue, by option.
PROMPTS = MappingProxyType(
    {
        "queue-youarenext": "you_are_next", "queue-thereare": "there_are",
        "queue-callswaiting": "calls_waiting", "queue-quantity1": "quantity1",
        "queue-quantity2": "quantity2", "queue-holdtime": "hold_time", "queue-minutes": "minutes",
        "queue-minute": "minute", "queue-seconds": "seconds", "queue-thankyou": "thank_you",
        "queue-callerannounce": "caller_announce", "queue-reporthold": "report_hold",
    }
)  # fmt: skip
_WITHOUT_DEFAULT = frozenset({"queue-callerannounce"})
QUEUE_OPTIONS = MappingProxyType(
    {
        "musicclass": Option(TEXT, "", honoured=True),
        "music": Option(TEXT, "", honoured=True),
        "musiconhold": Option(TEXT, "", honoured=True),
        "strategy": Option(Kind.CHOICE, "ringall", (*STRATEGIES, *OLD_STRATEGIES), honoured=True),
        "context": Option(TEXT, "", honoured=True),
        "timeout": Option(NUMBER, "15", honoured=True),
        "retry": Option(NUMBER, "5", honoured=True),
        "wrapuptime": Option(NUMBER, "0", honoured=True),
        "maxlen": Option(NUMBER, "0", honoured=True),
        "weight": Option(NUMBER, "0", honoured=True),
        "servicelevel": Option(NUMBER, "0", honoured=True),
        "autofill": Option(TEXT, "", honoured=True),
        "autopause": Option(TEXT, "no", honoured=True),
        "autopausedelay": Option(NUMBER, "0", honoured=True),
        "autopausebusy": Option(FLAG, "no", honoured=True),
        "autopauseunavail": Option(FLAG, "no", honoured=True),
        "ringinuse": Option(FLAG, "yes", honoured=True),
        "joinempty": Option(TEXT, "yes", honoured=True),
        "leavewhenempty": Option(TEXT, "no", honoured=True),
        "setinterfacevar": Option(FLAG, "no", honoured=True),
        "setqueuevar": Option(FLAG, "no", honoured=True),
        "setqueueentryvar": Option(FLAG, "no", honoured=True),
        "membergosub": Option(TEXT, "", honoured=True),
        "membermacro": Option(TEXT, "", honoured=True),
        "monitor-join": Option(FLAG, "yes", acts="yes"),
        "monitor-type": Option(TEXT, "MixMonitor", acts="mixmonitor"),
        "eventwhencalled": Option(TEXT, "yes", acts="yes"),
        "eventmemberstatus": Option(FLAG, "yes", acts="yes"),
        "queue-lessthan": Option(TEXT, "", honoured=True),
        "monitor-format": Option(TEXT, "", honoured=True),
        "announce": Option(TEXT, "", honoured=True),
        "announce-frequency": Option(NUMBER, "0", honoured=True),
        "min-announce-frequency": Option(NUMBER, "15", honoured=True),
        "announce-to-first-user": Option(FLAG, "no", honoured=True),
        "announce-round-seconds": Option(NUMBER, "0", honoured=True),
        "announce-holdtime": Option(TEXT, "yes", honoured=True),
        # Ours: what is told as hold time, the average or what the queue expects for this caller.
        "estimate": Option(Kind.CHOICE, "average", ("average", "model"), honoured=True),
        # Ours too: where QueueCallback() dials numbers.
        "callback-context": Option(TEXT, "", honoured=True),
        "announce-position": Option(TEXT, "yes", honoured=True),
        "announce-position-limit": Option(NUMBER, "10", honoured=True),
        "announce-position-only-up": Option(FLAG, "no", honoured=True),
        "periodic-announce": Option(TEXT, "queue-periodic-announce", honoured=True),
        "periodic-announce-frequency": Option(NUMBER, "0", honoured=True),
        "periodic-announce-startdelay": Option(Kind.INTEGER, "-1", honoured=True),
        "random-periodic-announce": Option(FLAG, "no", honoured=True),
        "relative-periodic-announce": Option(FLAG, "no", honoured=True),
        "reportholdtime": Option(FLAG, "no", honoured=True),
        "memberdelay": Option(NUMBER, "0", honoured=True),
        "timeoutrestart": Option(FLAG, "no", honoured=True),
        "timeoutpriority": Option(Kind.CHOICE, "app", ("app", "conf"), honoured=True),
        "defaultrule": Option(TEXT, "", honoured=True),
        "penaltymemberslimit": Option(NUMBER, "0", honoured=True),
        "log-restricted-caller-id": Option(FLAG, "yes", honoured=True),
        "member": Option(TEXT, "", honoured=True),
        **{
            name: Option(TEXT, "" if name in _WITHOUT_DEFAULT else name, honoured=True)
            for name in PROMPTS
        },
    }
)


@dataclass(frozen=True, slots=True)
class MemberSettings:
    """A line ``member``."""

    interface: str
    penalty: int = 0  #: below 0 it takes no calls (``negative_penalty_invalid``)
    name: str = ""  #: empty: the interface
    state_interface: str = ""  #: empty: the interface
    rings_in_use: bool | None = None  #: None: as the queue says
    wrap_up: float | None = None  #: seconds; None: as the queue says
    is_paused: bool = False
    pause_reason: str = ""
    row: str = ""  #: of a database; empty: a line of queues.conf
    skills: Levels | None = None  #: None: what queueskills.conf says


@dataclass(frozen=True, slots=True)
class PenaltyChange:
    """From when on a caller's limits of penalty are others."""

    after: float  #: seconds of waiting
    highest: str = ""  #: a number, or a step as in ``+3``; empty: as it was
    lowest: str = ""
    raise_to: str = ""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is said."""

    you_are_next: str = "queue-youarenext"
    there_are: str = "queue-thereare"
    calls_waiting: str = "queue-callswaiting"
    quantity1: str = "queue-quantity1"
    quantity2: str = "queue-quantity2"
    hold_time: str = "queue-holdtime"
    minutes: str = "queue-minutes"
    minute: str = "queue-minute"
    seconds: str = "queue-seconds"
    thank_you: str = "queue-thankyou"
    caller_announce: str = ""
    less_than: str = ""  #: before 2, where a hold time is shorter; empty: it is told as it is
    report_hold: str = "queue-reporthold"


@dataclass(frozen=True, slots=True)
class Announcements:
    """When it is said; seconds."""

    every: float = 0.0  #: position and hold time; 0: never
    least: float = 15.0  #: between two of them, though the position changed
    hold_time: str = "yes"  #: ``yes``, ``no`` or ``once``
    estimates: bool = False  #: the hold time is what is expected for this caller
    rounds_seconds: int = 0
    position: str = "yes"  #: ``yes``, ``no``, ``limit`` or ``more``
    position_limit: int = 10
    only_up: bool = False  #: a position that is worse than the one told before is not told
    periodic: tuple[str, ...] = ("queue-periodic-announce",)
    periodic_every: float = 0.0
    periodic_first: float = -1.0  #: below 0: as often as later
    periodic_at_random: bool = False
    periodic_from_end: bool = False  #: of the one before, not from its beginning
    while_ringing: bool = False  #: also while a member is rung


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """One queue; seconds."""

    name: str = ""
    strategy: str = "ringall"
    music: str = ""
    context: str = ""  #: where a digit leads
    timeout: float = 15.0  #: that members ring
    retry: float = 5.0
    wrap_up: float = 0.0
    most: int = 0  #: callers; 0: any
    weight: int = 0
    service_level: float = 0.0
    autofill: bool = True
    autopause: str = "no"  #: ``no``, ``yes`` or ``all``
    autopause_delay: float = 0.0
    autopause_busy: bool = False
    autopause_unavailable: bool = False
    rings_in_use: bool = True
    join_empty: frozenset[str] = frozenset()  #: of :data:`EMPTY_WORDS`
    leave_empty: frozenset[str] | None = None  #: None: nobody leaves for that
    must_have_members: bool = False  #: ``joinempty``: an empty list counts as empty too
    sets_interface: bool = False
    sets_queue: bool = False
    sets_entry: bool = False
    member_routine: str = ""
    member_macro: str = ""
    monitor_format: str = ""
    announce: str = ""  #: to the agent
    announcements: Announcements = Announcements()
    prompts: Prompts = Prompts()
    reports_hold_time: bool = False
    member_delay: float = 0.0
    timeout_by_queue: bool = False  #: ``timeoutpriority = conf``
    timeout_restarts: bool = False  #: who refuses is followed by one that rings as long
    rule: str = ""
    penalty_members_limit: int = 0
    logs_restricted: bool = True
    callback_context: str = ""
    members: tuple[MemberSettings, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuesConfig:
    """All queues."""

    queues: Mapping[str, QueueSettings] = field(default_factory=lambda: MappingProxyType({}))
    keeps_members: bool = False  #: dynamic ones outlive a restart
    shares_last_call: bool = False
    logs_member_names: bool = False  #: where members are added and removed too
    logs_caller_names: bool = False
    records_member_names: bool = False  #: call records name members, not their channels
    logs_change_of_reason: bool = False  #: of a pause, as the end of one and another
    longest_first: str = "no"  #: over all queues: ``no``, ``yes`` or ``prio``
    general: Options | None = None  #: for queues that come from elsewhere
    warnings: tuple[ConfigWarning, ...] = ()


def read_queues(file: ConfigFile) -> QueuesConfig:
    """Read a ``queues.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none for its option.
    """
    warnings = Warnings()
    section = file.section("general") or Section("general", file.path, 0)
    general = general_options(section, warnings)
    queues = {
        section.name: queue_of(
            section, read_options(section, QUEUE_OPTIONS, what="queue", warnings=warnings), general
        )
        for section in file.sections
        if section.name.lower() != "general" and not section.is_template
    }
    return QueuesConfig(
        MappingProxyType(queues),
        keeps_members=general.flag("persistentmembers"),
        shares_last_call=general.flag("shared_lastcall"),
        logs_member_names=general.flag("log_membername_as_agent"),
        logs_caller_names=general.flag("log-caller-id-name"),
        records_member_names=general.flag("updatecdr"),
        logs_change_of_reason=general.flag("log_unpause_on_reason_change"),
        longest_first=_word(general.text("force_longest_waiting_caller"), {"prio"}),
        general=general,
        warnings=tuple(warnings.entries),
    )


def general_options(section: Section, warnings: Warnings) -> Options:
    """What counts for all queues."""
    return read_options(section, _GENERAL, what="queues.conf", warnings=warnings)


def queue_of(section: Section, options: Options, general: Options) -> QueueSettings:
    """One queue, of a section or of a row of a database."""
    strategy = options.choice("strategy")
    autofill = options.text("autofill")
    return QueueSettings(
        name=section.name,
        strategy=OLD_STRATEGIES.get(strategy, strategy),
        music=next((m for m in map(options.text, ("musicclass", "musiconhold", "music")) if m), ""),
        context=options.text("context"),
        timeout=options.number("timeout"),
        retry=options.number("retry"),
        wrap_up=options.number("wrapuptime"),
        most=options.number("maxlen"),
        weight=options.number("weight"),
        service_level=options.number("servicelevel"),
        autofill=is_true(autofill) if autofill else general.flag("autofill"),
        autopause=_autopause(options.text("autopause")),
        autopause_delay=options.number("autopausedelay"),
        autopause_busy=options.flag("autopausebusy"),
        autopause_unavailable=options.flag("autopauseunavail"),
        rings_in_use=options.flag("ringinuse"),
        join_empty=_conditions(options, "joinempty") or frozenset(),
        leave_empty=_conditions(options, "leavewhenempty"),
        must_have_members=_conditions(options, "joinempty") is not None,
        sets_interface=options.flag("setinterfacevar"),
        sets_queue=options.flag("setqueuevar"),
        sets_entry=options.flag("setqueueentryvar"),
        member_routine=options.text("membergosub"),
        member_macro=options.text("membermacro"),
        monitor_format=options.text("monitor-format"),
        announce=options.text("announce"),
        announcements=_announcements(options),
        prompts=Prompts(
            **{own: options.text(name) for name, own in PROMPTS.items()},
            less_than=options.text("queue-lessthan"),
        ),
        reports_hold_time=options.flag("reportholdtime"),
        member_delay=options.number("memberdelay"),
        timeout_by_queue=options.choice("timeoutpriority") == "conf",
        timeout_restarts=options.flag("timeoutrestart"),
        rule=options.text("defaultrule"),
        penalty_members_limit=options.number("penaltymemberslimit"),
        logs_restricted=options.flag("log-restricted-caller-id"),
        callback_context=options.text("callback-context"),
        members=tuple(
            _member(entry, least=-1 if general.flag("negative_penalty_invalid") else 0)
            for entry in options.written.get("member", ())
        ),
    )


def _announcements(options: Options) -> Announcements:
    periodic = tuple(filter(None, map(str.strip, options.text("periodic-announce").split(","))))
    return Announcements(
        every=options.number("announce-frequency"),
        least=options.number("min-announce-frequency"),
        hold_time=_word(options.text("announce-holdtime"), {"once"}),
        estimates=options.choice("estimate") == "model",
        rounds_seconds=options.number("announce-round-seconds"),
        position=_word(options.text("announce-position"), {"limit", "more"}),
        position_limit=options.number("announce-position-limit"),
        only_up=options.flag("announce-position-only-up"),
        periodic=periodic,
        periodic_every=options.number("periodic-announce-frequency"),
        periodic_first=options.number("periodic-announce-startdelay"),
        periodic_at_random=options.flag("random-periodic-announce"),
        periodic_from_end=options.flag("relative-periodic-announce"),
        while_ringing=options.flag("announce-to-first-user"),
    )


def _word(text: str, words: set[str]) -> str:
    lowered = text.strip().lower()
    if lowered in words:
        return lowered
    return "yes" if is_true(lowered) else "no"


def _autopause(text: str) -> str:
    lowered = text.strip().lower()
    return "all" if lowered == "all" else ("yes" if is_true(lowered) else "no")


def _conditions(options: Options, name: str) -> frozenset[str] | None:
    """Which members count for nothing; None where the queue is never empty for this."""
    text = options.text(name).strip().lower()
    is_leaving = name == "leavewhenempty"
    if text == "strict":
        return _STRICT
    if text == "loose":
        return _LOOSE
    if text in {"yes", "true", "y", "t", "1", "on"}:
        return _NOBODY if is_leaving else None
    if text in {"no", "false", "n", "f", "0", "off", ""}:
        return None if is_leaving else _NOBODY
    words = frozenset(filter(None, (word.strip() for word in text.split(","))))
    if unknown := words - EMPTY_WORDS:
        message = f"{name}: {', '.join(sorted(unknown))}: expected {', '.join(sorted(EMPTY_WORDS))}"
        raise ConfigError(message, path=options.section.path, line=options.line_of(name))
    return words


def _member(entry: Entry, *, least: int) -> MemberSettings:
    """``interface[,penalty[,name[,state_interface[,ringinuse[,wrapuptime[,paused]]]]]]``."""
    parts = [*(part.strip() for part in entry.value.split(",")), *[""] * 6]
    interface, penalty, name, state, in_use, wrap_up, paused = parts[:7]
    if not interface:
        raise ConfigError("member: no interface", path=entry.path, line=entry.line)
    return MemberSettings(
        interface=interface,
        penalty=max(least, leading_int(penalty) or 0),
        name=name,
        state_interface=state,
        rings_in_use=is_true(in_use) if in_use else None,
        wrap_up=float(leading_int(wrap_up) or 0) if wrap_up else None,
        is_paused=is_true(paused),
    )


@dataclass(frozen=True, slots=True)
class QueueRules:
    """Rules by name."""

    rules: Mapping[str, tuple[PenaltyChange, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    reads_rows: bool = False  #: more stand in a database (``realtime_rules``)
    warnings: tuple[ConfigWarning, ...] = ()


def read_queue_rules(file: ConfigFile) -> QueueRules:
    """Read a ``queuerules.conf``.

    Raises:
        ConfigError: A change that is none.
    """
    warnings = Warnings()
    rules: dict[str, tuple[PenaltyChange, ...]] = {}
    reads_rows = False
    for section in file.sections:
        if section.name.lower() == "general":
            options = read_options(section, _RULES, what="queuerules.conf", warnings=warnings)
            reads_rows = options.flag("realtime_rules")
            continue
        changes: list[PenaltyChange] = []
        for entry in section.entries:
            if entry.name.lower() != "penaltychange":
                warnings.add(
                    f"queuerules.conf: there is no option {entry.name!r}", entry.path, entry.line
                )
                continue
            changes.append(_change(entry))
        rules[section.name] = tuple(sorted(changes, key=lambda each: each.after))
    return QueueRules(MappingProxyType(rules), reads_rows, tuple(warnings.entries))


def _change(entry: Entry) -> PenaltyChange:
    """``seconds,max_change[,min_change[,raise_change]]``."""
    seconds, highest, lowest, raise_to = [*map(str.strip, entry.value.split(",")), "", "", ""][:4]
    given: dict[str, Any] = {"highest": highest, "lowest": lowest, "raise_to": raise_to}
    if not seconds.isdigit() or any(v and leading_int(v) is None for v in given.values()):
        message = f"penaltychange: expected seconds,max[,min[,raise]], not {entry.value!r}"
        raise ConfigError(message, path=entry.path, line=entry.line)
    return replace(PenaltyChange(float(seconds)), **given)
