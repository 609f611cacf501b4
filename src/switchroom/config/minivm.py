"""``minivm.conf``: accounts by address, and the templates of what they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.values import is_true
from switchroom.config.voicemail.options import DATE_LAYOUT

_TEXT, _NUMBER, _FLAG = Kind.TEXT, Kind.NUMBER, Kind.FLAG
_TEMPLATE = "template-"  #: what the names of templates' sections begin with


def _texts(*names: str) -> dict[str, Option]:
    return {name: Option(_TEXT, honoured=True) for name in names}


_ACCOUNT = MappingProxyType(
    {
        **_texts("fullname", "email", "pager", "etemplate", "ptemplate", "accountcode"),
        **_texts("pincode", "domain", "language", "timezone", "serveremail", "setvar"),
        "volgain": Option(Kind.DECIMAL, "0", honoured=True),
    }
)
_LETTER = MappingProxyType(
    {
        **_texts("subject", "messagebody", "fromaddress", "fromemail", "locale"),
        "attachmedia": Option(_TEXT, "yes", honoured=True),
        "dateformat": Option(_TEXT, DATE_LAYOUT, honoured=True),
        "charset": Option(_TEXT, "UTF-8", honoured=True),
        "templatefile": Option(_TEXT),
    }
)
_GENERAL = MappingProxyType(
    {
        # What counts for accounts and letters that do not say so.
        **_ACCOUNT,
        **_LETTER,
        "format": Option(_TEXT, "wav", honoured=True),
        "maxsilence": Option(_NUMBER, "0", honoured=True),
        "maxmessage": Option(_NUMBER, "0", honoured=True),
        "minmessage": Option(_NUMBER, "0", honoured=True),
        "maxgreet": Option(_NUMBER, "0", honoured=True),
        "review": Option(_FLAG, "no", honoured=True),
        # E-mail goes the way that voicemail.conf says.
        **{name: Option(_TEXT) for name in ("mailcmd", "logfile", "externnotify")},
        **{name: Option(_TEXT) for name in ("silencethreshold", "silencetreshold", "operator")},
    }
)


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """The words of an e-mail; empty ones are those of voicemail."""

    name: str
    subject: str = ""
    body: str = ""
    sender: str = ""  #: its name
    sender_address: str = ""
    attaches: bool = True
    date: str = DATE_LAYOUT
    locale: str = ""
    charset: str = "UTF-8"


@dataclass(frozen=True, slots=True)
class Account:
    """One address."""

    user: str
    domain: str
    full_name: str = ""
    email: str = ""  #: empty: the address itself
    pager: str = ""
    email_template: str = ""
    pager_template: str = ""
    code: str = ""
    pin: str = ""
    language: str = ""
    zone: str = ""  #: as it is written
    time_zone: str = ""  #: of the system, which that stands for
    server_email: str = ""
    gain_db: float = 0.0
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_known: bool = True  #: it stands in the file

    @property
    def address(self) -> str:
        """``user@domain``."""
        return f"{self.user}@{self.domain}"


@dataclass(frozen=True, slots=True)
class MinivmConfig:
    """What the file says."""

    format: str = "wav"
    max_silence: float = 0.0  #: seconds; 0: none ends a recording
    longest: float = 0.0  #: seconds; 0: any
    shortest: float = 0.0
    longest_greeting: float = 0.0
    reviews: bool = False
    accounts: Mapping[str, Account] = field(default_factory=lambda: MappingProxyType({}))
    templates: Mapping[str, LetterTemplate] = field(default_factory=lambda: MappingProxyType({}))
    letter: LetterTemplate = LetterTemplate("")  #: where there is no template
    account: Account = Account("anybody", "localhost")  #: what those have that are not in it
    warnings: tuple[ConfigWarning, ...] = ()


def read_minivm(file: ConfigFile) -> MinivmConfig:
    """Read a ``minivm.conf``.

    Raises:
        ConfigError: An unknown option, a value that is none for its option, a section that is
            neither an account nor a template.
    """
    warnings = Warnings()
    accounts: dict[str, Account] = {}
    templates: dict[str, LetterTemplate] = {}
    zones: dict[str, str] = {}
    general = Section("general", file.path, 1)
    sections = [each for each in file.sections if not each.is_template]
    general.entries += [e for each in sections if each.name == "general" for e in each.entries]
    for section in sections:
        if section.name == "zonemessages":
            zones |= {each.name: each.value.partition("|")[0].strip() for each in section.entries}
        elif section.name.startswith(_TEMPLATE):
            template = _template(_with(general, section, _LETTER), warnings)
            templates[template.name] = template
        elif section.name != "general":
            account = _account(_with(general, section, _ACCOUNT), warnings)
            accounts[account.address.lower()] = account
    options = read_options(general, _GENERAL, what="minivm.conf", warnings=warnings)
    return MinivmConfig(
        format=options.text("format").partition("|")[0].strip() or "wav",
        max_silence=options.number("maxsilence"),
        longest=options.number("maxmessage"),
        shortest=options.number("minmessage"),
        longest_greeting=options.number("maxgreet"),
        reviews=options.flag("review"),
        accounts=MappingProxyType(
            {
                address: replace(each, time_zone=zones.get(each.zone, each.zone))
                for address, each in accounts.items()
            }
        ),
        templates=MappingProxyType(templates),
        account=_account(
            _with(general, Section("anybody@localhost", file.path, 1), _ACCOUNT), warnings
        ),
        letter=_template(_with(general, Section("", file.path, 1), _LETTER), warnings),
        warnings=tuple(warnings.entries),
    )


def _with(general: Section, section: Section, table: Mapping[str, Option]) -> Section:
    """A section, with what ``[general]`` says of its options in front."""
    before = [entry for entry in general.entries if entry.name.lower() in table]
    return Section(section.name, section.path, section.line, entries=[*before, *section.entries])


def _template(section: Section, warnings: Warnings) -> LetterTemplate:
    options = read_options(section, _LETTER, what="template", warnings=warnings)
    text = options.text
    return LetterTemplate(
        name=section.name.removeprefix(_TEMPLATE),
        subject=text("subject"),
        body=text("messagebody"),
        sender=text("fromaddress"),
        sender_address=text("fromemail"),
        attaches=is_true(text("attachmedia")),
        date=text("dateformat"),
        locale=text("locale"),
        charset=text("charset"),
    )


def _account(section: Section, warnings: Warnings) -> Account:
    options = read_options(section, _ACCOUNT, what="account", warnings=warnings)
    user, _, domain = section.name.partition("@")
    domain = domain or options.text("domain")
    if not user or not domain:
        message = f"[{section.name}]: expected user@domain, template-name, or a domain in it"
        raise ConfigError(message, path=section.path, line=section.line)
    text = options.text
    return Account(
        user, domain, text("fullname"), text("email"), text("pager"), text("etemplate"),
        text("ptemplate"), text("accountcode"), text("pincode"), text("language"),
        text("timezone"), server_email=text("serveremail"), gain_db=options.decimal("volgain"),
        variables=_variables(options),
    )  # fmt: skip


def _variables(options: Options) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in options.lines("setvar"))
    return MappingProxyType({name.strip(): value.strip() for name, _, value in pairs})
