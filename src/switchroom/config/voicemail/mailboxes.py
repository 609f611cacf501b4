"""``voicemail.conf``: mailboxes, their zones and aliases, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from switchroom.base.errors import ConfigError
from switchroom.base.text import leading_float, leading_int
from switchroom.config.language.options import ConfigWarning, Kind, Options, Warnings, read_options
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.values import is_true
from switchroom.config.voicemail.options import (
    BOX_OPTIONS,
    DATE_LAYOUT,
    GENERAL_OPTIONS,
    MAIL_COMMAND,
    PROMPTS,
    SAME_AS,
)

DEFAULT_CONTEXT = "default"
SPOOL = "spooldir"  #: of ``passwordlocation``
MOST_MESSAGES = 9999  #: in a folder; their numbers have four digits
FIXED = "-"  #: in front of a password that its owner may not change


@dataclass(frozen=True, slots=True)
class BoxOptions:
    """What may be said of one mailbox; ``[general]`` says it for all others."""

    attach: bool = True  #: the sound, to the e-mail
    attach_format: str = ""  #: empty: the first of the formats
    server_email: str = "asterisk"  #: who the e-mail is from
    from_string: str = ""
    email_subject: str = ""
    email_body: str = ""
    language: str = ""
    zone: str = ""  #: of ``[zonemessages]``, or the name of a time zone
    locale: str = ""
    delete: bool = False  #: once the e-mail is on its way
    say_caller: bool = False
    send_voicemail: bool = False  #: its owner may leave messages for others
    review: bool = False
    leave_urgent: bool = True
    warn_of_temporary: bool = True
    wrap: bool = False  #: behind the last message comes the first
    operator: bool = False
    envelope: bool = True
    move_heard: bool = True
    say_duration: bool = True
    duration_minutes: int = 2  #: shorter messages are played without it
    force_name: bool = False
    force_greetings: bool = False
    callback: str = ""  #: the context that senders are called back in
    dialout: str = ""
    exit_context: str = ""
    shortest: int = 0  #: seconds
    longest: int = 0  #: seconds; 0: any
    most: int = 100  #: messages in a folder; 0: only its greeting is heard
    next_after_command: bool = False
    deleted_kept: int = 0
    gain_db: float = 0.0
    password_in_spool: bool = False
    hidden: bool = False  #: from the directory
    other_name: str = ""  #: by which the directory finds it too


#: Where :class:`BoxOptions` keeps an option.
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "attach": "attach", "attachfmt": "attach_format", "serveremail": "server_email",
        "fromstring": "from_string", "emailsubject": "email_subject", "emailbody": "email_body",
        "language": "language", "tz": "zone", "locale": "locale", "delete": "delete",
        "saycid": "say_caller", "sendvoicemail": "send_voicemail", "review": "review",
        "leaveurgent": "leave_urgent", "tempgreetwarn": "warn_of_temporary",
        "messagewrap": "wrap", "operator": "operator", "envelope": "envelope",
        "moveheard": "move_heard", "sayduration": "say_duration",
        "saydurationm": "duration_minutes", "forcename": "force_name",
        "forcegreetings": "force_greetings", "callback": "callback", "dialout": "dialout",
        "exitcontext": "exit_context", "minsecs": "shortest", "maxsecs": "longest",
        "maxmsg": "most", "nextaftercmd": "next_after_command",
        "backupdeleted": "deleted_kept", "volgain": "gain_db",
        "passwordlocation": "password_in_spool", "hidefromdir": "hidden", "alias": "other_name",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox as configured."""

    context: str
    number: str
    password: str
    full_name: str = ""
    email: str = ""
    pager: str = ""
    options: BoxOptions = BoxOptions()
    path: Path = Path()  #: the file that it is written in
    column: str = ""  #: of its password, where it is a row of a database; empty: it is none

    @property
    def name(self) -> str:
        """``100@default``."""
        return f"{self.number}@{self.context}"

    @property
    def may_change_password(self) -> bool:
        """Whether its owner may."""
        return not self.password.startswith(FIXED)


@dataclass(frozen=True, slots=True)
class MessageZone:
    """A line of ``[zonemessages]``: where, and how a moment is said there."""

    name: str
    timezone: str
    layout: str


@dataclass(frozen=True, slots=True)
class ListenKeys:
    """What keys do while a message plays; each a set of digits."""

    forward: str = "#"
    reverse: str = "*"
    pause: str = "0"
    restart: str = "2"
    stop: str = "13456789"


@dataclass(frozen=True, slots=True)
class GeneralVoicemail:
    """What holds for all mailboxes."""

    formats: tuple[str, ...] = ("wav",)
    mail_command: str = MAIL_COMMAND
    database: str = ""  #: that messages are kept in; empty: in files
    table: str = "voicemessages"  #: its table
    smtp: str = ""  #: the server that e-mail goes to; empty: ``mail_command`` sends it
    max_silence: int = 0  #: seconds that end a recording; 0: none do
    email_date: str = DATE_LAYOUT
    pager_date: str = DATE_LAYOUT
    pager_from: str = ""
    pager_subject: str = ""
    pager_body: str = ""
    without_tag: bool = False  #: the subject has no ``[PBX]:``
    charset: str = "ISO-8859-1"
    change_command: str = ""  #: instead of writing a new password
    changed_command: str = ""  #: behind it
    check_command: str = ""
    notify_command: str = ""
    longest_greeting: int = 0
    skip: float = 3.0  #: seconds that a key winds
    most_logins: int = 3
    shortest_password: int = 0
    internal_contexts: tuple[str, ...] = ()
    keys: ListenKeys = ListenKeys()
    uses_directory: bool = False
    polls: bool = False
    poll_every: int = 30
    searches_contexts: bool = False
    forwards_urgent: bool = False  #: what is urgent is so for whom it is forwarded to
    prompts: Mapping[str, str] = field(default_factory=lambda: PROMPTS)


Boxes = Mapping[tuple[str, str], Mailbox]


@dataclass(frozen=True, slots=True)
class VoicemailConfig:
    """What the file says; empty where there is none."""

    general: GeneralVoicemail = GeneralVoicemail()
    defaults: BoxOptions = BoxOptions()
    boxes: Boxes = field(default_factory=lambda: MappingProxyType({}))  #: by context and number
    zones: Mapping[str, MessageZone] = field(default_factory=lambda: MappingProxyType({}))
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    aliases_context: str = ""
    warnings: tuple[ConfigWarning, ...] = ()

    def find(self, name: str) -> Mailbox | None:
        """The mailbox of ``100@default``, ``100`` or an alias; None where there is none."""
        number, at, context = name.strip().partition("@")
        found = self.boxes.get((context or DEFAULT_CONTEXT, number))
        if found is not None:
            return found
        if not at and self.general.searches_contexts:
            found = next((each for each in self.boxes.values() if each.number == number), None)
        if found is None and context in {"", self.aliases_context}:
            real = self.aliases.get(number)
            found = None if real is None else self._of_alias(real)
        return found

    def _of_alias(self, real: str) -> Mailbox | None:
        number, _, context = real.partition("@")
        return self.boxes.get((context or DEFAULT_CONTEXT, number))

    def in_context(self, context: str) -> Iterator[Mailbox]:
        """All mailboxes of a context, in the file's order."""
        return (each for each in self.boxes.values() if each.context == context)


def read_voicemail(file: ConfigFile) -> VoicemailConfig:
    """Read a ``voicemail.conf``.

    Raises:
        ConfigError: A value that is none for its option, or a mailbox without a number.
    """
    warnings = Warnings()
    whole = Section("general", file.path, 1)
    for section in file.sections:
        if section.name == "general" and not section.is_template:
            whole.entries += section.entries
    options = read_options(
        _known(whole, warnings), GENERAL_OPTIONS, what="voicemail.conf", warnings=warnings
    )
    defaults = _box_options(options)
    boxes: dict[tuple[str, str], Mailbox] = {}
    zones: dict[str, MessageZone] = {}
    aliases: dict[str, str] = {}
    for section in file.sections:
        if section.is_template or section.name == "general":
            continue
        for entry in section.entries:
            if section.name == "zonemessages":
                zones[entry.name] = _zone(entry)
            elif section.name == options.text("aliasescontext"):
                aliases[entry.name] = entry.value.strip()
            else:
                box = _mailbox(section.name, entry, defaults, warnings)
                boxes[box.context, box.number] = box
    return VoicemailConfig(
        general=_general(options),
        defaults=defaults,
        boxes=MappingProxyType(boxes),
        zones=MappingProxyType(zones),
        aliases=MappingProxyType(aliases),
        aliases_context=options.text("aliasescontext"),
        warnings=tuple(warnings.entries),
    )


def _known(section: Section, warnings: Warnings) -> Section:
    """The entries that are known, old names replaced; the others are told of."""
    found = Section(section.name, section.path, section.line)
    for entry in section.entries:
        name = SAME_AS.get(entry.name.lower(), entry.name.lower())
        if name in GENERAL_OPTIONS:
            found.entries.append(replace(entry, name=name))
        else:
            warnings.add(f"unknown option {entry.name!r} of voicemail.conf", entry.path, entry.line)
    return found


def _general(options: Options) -> GeneralVoicemail:
    text, number, flag = options.text, options.number, options.flag
    formats = tuple(word.strip() for word in text("format").split("|") if word.strip())
    return GeneralVoicemail(
        formats=formats or ("wav",),
        mail_command=text("mailcmd"),
        database=text("odbcstorage").strip(),
        table=text("odbctable").strip(),
        smtp=text("smtp"),
        max_silence=number("maxsilence"),
        email_date=text("emaildateformat"),
        pager_date=text("pagerdateformat"),
        pager_from=text("pagerfromstring"),
        pager_subject=text("pagersubject"),
        pager_body=text("pagerbody"),
        without_tag=flag("pbxskip"),
        charset=text("charset"),
        change_command=text("externpass"),
        changed_command=text("externpassnotify"),
        check_command=text("externpasscheck"),
        notify_command=text("externnotify"),
        longest_greeting=number("maxgreet"),
        skip=number("skipms") / 1000,
        most_logins=max(1, number("maxlogins")),
        shortest_password=number("minpassword"),
        internal_contexts=options.words("cidinternalcontexts"),
        keys=ListenKeys(
            *(
                text(f"listen-control-{word}-key").replace(",", "")
                for word in ("forward", "reverse", "pause", "restart", "stop")
            )
        ),
        uses_directory=flag("usedirectory"),
        polls=flag("pollmailboxes"),
        poll_every=max(1, number("pollfreq")),
        searches_contexts=flag("searchcontexts"),
        forwards_urgent=flag("forward_urgent_auto"),
        prompts=MappingProxyType({name: text(name) for name in PROMPTS}),
    )


def _box_options(options: Options) -> BoxOptions:
    return BoxOptions(**{name: _box_value(options, option) for option, name in _FIELDS.items()})


def _box_value(options: Options, name: str) -> Any:  # noqa: PLR0911  # one line a kind
    """The value of an option of a mailbox, as :class:`BoxOptions` has it."""
    text = options.text(name)
    match name, options.table[name].kind:
        case "passwordlocation", _:
            return text.strip().lower() == SPOOL
        case "backupdeleted", _:
            return _deleted_kept(text)
        case "volgain", _:
            return leading_float(text) or 0.0
        case "maxmsg", _:
            return min(options.number(name), MOST_MESSAGES)
        case _, Kind.FLAG:
            return options.flag(name)
        case _, Kind.NUMBER:
            return options.number(name)
        case _:
            return text


def _deleted_kept(text: str) -> int:
    """How many deleted messages are kept: a number, or yes for as many as a folder holds."""
    number = leading_int(text)
    if number is None:
        return 100 if is_true(text) else 0
    return min(max(0, number), MOST_MESSAGES)


def _zone(entry: Entry) -> MessageZone:
    name, bar, layout = entry.value.partition("|")
    try:
        ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError) as error:  # not there; not a name; a folder
        message = f"zone {entry.name}: there is no time zone {name.strip()!r}"
        raise ConfigError(message, path=entry.path, line=entry.line) from error
    if not bar:
        message = f"zone {entry.name}: expected timezone|format"
        raise ConfigError(message, path=entry.path, line=entry.line)
    return MessageZone(entry.name, name.strip(), layout.strip())


def _mailbox(context: str, entry: Entry, defaults: BoxOptions, warnings: Warnings) -> Mailbox:
    """``1234 => password,name,email,pager,option=value|option=value``."""
    parts = [part.strip() for part in entry.value.split(",", 4)]
    password, full_name, email, pager, written = (*parts, "", "", "", "", "")[:5]
    number = entry.name.strip()
    if "/" in number or number in {".", ".."} or "/" in context or context in {".", ".."}:
        message = f"mailbox {number}@{context}: its folder cannot be called so"
        raise ConfigError(message, path=entry.path, line=entry.line)
    options = _written_options(entry, written, defaults, warnings) if written else defaults
    return Mailbox(context, number, password, full_name, email, pager, options, entry.path)


def _written_options(
    entry: Entry, text: str, defaults: BoxOptions, warnings: Warnings
) -> BoxOptions:
    """The defaults, but for what is written behind a mailbox."""
    section = Section("mailbox", entry.path, entry.line)
    for part in text.split("|"):
        name, equals, value = (word.strip() for word in part.partition("="))
        known = SAME_AS.get(name.lower(), name.lower())
        if not equals or known not in BOX_OPTIONS:
            if part.strip():
                message = f"unknown option {part.strip()!r} of a mailbox"
                warnings.add(message, entry.path, entry.line)
            continue
        section.entries.append(replace(entry, name=known, value=value, is_object=False))
    return own_options(section, defaults, warnings)


def own_options(section: Section, defaults: BoxOptions, warnings: Warnings) -> BoxOptions:
    """The defaults, but for what a mailbox says itself.

    Raises:
        ConfigError: A value that is none for its option.
    """
    options = read_options(section, BOX_OPTIONS, what="mailbox", warnings=warnings)
    own = _box_options(options)
    written = [field for name, field in _FIELDS.items() if name in options.written]
    return replace(defaults, **{field: getattr(own, field) for field in written})
