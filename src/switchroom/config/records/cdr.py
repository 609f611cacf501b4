"""``cdr.conf``: which call records there are, and the CSV files they go to."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile

_GENERAL = MappingProxyType(
    {
        "enable": Option(Kind.FLAG, "yes", honoured=True),
        "debug": Option(Kind.FLAG, "no"),
        "channeldefaultenabled": Option(Kind.FLAG, "yes", honoured=True),
        "ignorestatechanges": Option(Kind.FLAG, "no", honoured=True),
        "ignoredialchanges": Option(Kind.FLAG, "no", honoured=True),
        "unanswered": Option(Kind.FLAG, "no", honoured=True),
        "congestion": Option(Kind.FLAG, "no", honoured=True),
        "canceldispositionenabled": Option(Kind.FLAG, "no", honoured=True),
        "endbeforehexten": Option(Kind.FLAG, "yes", honoured=True),
        "initiatedseconds": Option(Kind.FLAG, "no", honoured=True),
        "batch": Option(Kind.FLAG, "no", honoured=True),
        "size": Option(Kind.NUMBER, "100", honoured=True),
        "time": Option(Kind.NUMBER, "300", honoured=True),
        # One thread writes, whatever these say; and a stop always writes what there is.
        "scheduleronly": Option(Kind.FLAG, "no"),
        "safeshutdown": Option(Kind.FLAG, "yes"),
    }
)
_CSV = MappingProxyType(
    {
        "usegmtime": Option(Kind.FLAG, "no", honoured=True),
        "accountlogs": Option(Kind.FLAG, "yes", honoured=True),
        "loguniqueid": Option(Kind.FLAG, "no", honoured=True),
        "loguserfield": Option(Kind.FLAG, "no", honoured=True),
        "newcdrcolumns": Option(Kind.FLAG, "no", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class CdrCsvConfig:
    """``[csv]``."""

    in_utc: bool = False
    by_account: bool = True  #: a file for each account, beside the one of all
    unique_id: bool = False
    user_field: bool = False
    new_columns: bool = False  #: the peer's account, the linked id and the sequence


@dataclass(frozen=True, slots=True)
class CdrConfig:
    """All of ``cdr.conf``."""

    is_on: bool = True
    records_by_default: bool = True
    heeds_bridges: bool = True
    heeds_dials: bool = True
    keeps_unanswered: bool = False
    tells_congestion: bool = False
    tells_cancel: bool = False
    ends_before_h: bool = True
    bills_initiated: bool = False  #: a second that has begun is billed
    is_batched: bool = False
    batch_size: int = 100
    batch_time: int = 300  #: seconds
    csv: CdrCsvConfig | None = None  #: None: no CSV files
    warnings: tuple[ConfigWarning, ...] = ()


def read_cdr(file: ConfigFile) -> CdrConfig:
    """Read a ``cdr.conf``; records go to CSV files where it has a section ``[csv]``.

    Raises:
        ConfigError: An unknown option, or a value that is none for it.
    """
    warnings = Warnings()
    csv = _read_csv(file, warnings)
    section = file.section("general")
    if section is None:
        return CdrConfig(csv=csv, warnings=tuple(warnings.entries))
    options = read_options(section, _GENERAL, what="cdr.conf", warnings=warnings)
    return CdrConfig(
        is_on=options.flag("enable"),
        records_by_default=options.flag("channeldefaultenabled"),
        heeds_bridges=not options.flag("ignorestatechanges"),
        heeds_dials=not options.flag("ignoredialchanges"),
        keeps_unanswered=options.flag("unanswered"),
        tells_congestion=options.flag("congestion"),
        tells_cancel=options.flag("canceldispositionenabled"),
        ends_before_h=options.flag("endbeforehexten"),
        bills_initiated=options.flag("initiatedseconds"),
        is_batched=options.flag("batch"),
        batch_size=options.number("size"),
        batch_time=options.number("time"),
        csv=csv,
        warnings=tuple(warnings.entries),
    )


def _read_csv(file: ConfigFile, warnings: Warnings) -> CdrCsvConfig | None:
    section = file.section("csv")
    if section is None:
        return None
    options = read_options(section, _CSV, what="cdr.conf [csv]", warnings=warnings)
    return CdrCsvConfig(
        options.flag("usegmtime"),
        options.flag("accountlogs"),
        options.flag("loguniqueid"),
        options.flag("loguserfield"),
        options.flag("newcdrcolumns"),
    )
