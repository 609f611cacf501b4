"""How codecs that others name are reconciled with those that an endpoint is allowed.

``codec_prefs_…`` of pjsip.conf says it in four parts; ``incoming_call_offer_pref`` and
``outgoing_call_offer_pref`` are names of the usual ones, and count where the former is not written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options


class Operation(StrEnum):
    """What becomes of two lists; the values are those that are configured, but for the last."""

    INTERSECT = "intersect"  #: what both have
    UNION = "union"  #: the preferred list, and behind it what only the other has
    ONLY_PREFERRED = "only_preferred"
    ONLY_NONPREFERRED = "only_nonpreferred"
    ORDER = "order"  #: all that is configured, what both have in the preferred list's order first


@dataclass(frozen=True, slots=True)
class CodecPreference:
    """How two lists of codecs become one."""

    prefers_pending: bool = False  #: what the other names counts first, and not what is allowed
    operation: Operation = Operation.INTERSECT
    keeps_first: bool = False  #: the best one only
    may_transcode: bool = True  #: the two parties of a call may have different codecs


#: The names of ``incoming_call_offer_pref`` and ``outgoing_call_offer_pref``.
NAMED: Mapping[str, CodecPreference] = MappingProxyType(
    {
        "local": CodecPreference(),
        "local_first": CodecPreference(keeps_first=True),
        "local_merge": CodecPreference(operation=Operation.ONLY_PREFERRED),
        "remote": CodecPreference(prefers_pending=True),
        "remote_first": CodecPreference(prefers_pending=True, keeps_first=True),
        "remote_merge": CodecPreference(prefers_pending=True, operation=Operation.ORDER),
    }
)


@dataclass(frozen=True, slots=True)
class CodecPreferences:
    """Of one endpoint; the answers' are None where nothing was written of them."""

    incoming_offer: CodecPreference = NAMED["local"]
    outgoing_offer: CodecPreference = NAMED["remote_merge"]
    incoming_answer: CodecPreference | None = None
    outgoing_answer: CodecPreference | None = None


def read_codec_preferences(options: Options) -> CodecPreferences:
    """From the options of an endpoint.

    Raises:
        ConfigError: A value that is none.
    """
    incoming = _read(options, "codec_prefs_incoming_offer")
    outgoing = _read(options, "codec_prefs_outgoing_offer")
    return CodecPreferences(
        incoming or NAMED[options.choice("incoming_call_offer_pref")],
        outgoing or NAMED[options.choice("outgoing_call_offer_pref")],
        _read(options, "codec_prefs_incoming_answer"),
        _read(options, "codec_prefs_outgoing_answer"),
    )


def _read(options: Options, name: str) -> CodecPreference | None:
    if name not in options.written:
        return None
    try:
        # Documented so: an offer that comes in is never merged with what is allowed.
        takes_union = name != "codec_prefs_incoming_offer"
        text = f"{options.table[name].default}, {options.text(name)}"
        return parse_codec_preference(text, takes_union=takes_union)
    except ValueError as error:
        path, line = options.section.path, options.line_of(name)
        raise ConfigError(f"{name}: {error}", path=path, line=line) from error


def parse_codec_preference(text: str, *, takes_union: bool = True) -> CodecPreference:
    """Read ``prefer: pending, operation: intersect, keep: all, transcode: allow``.

    Args:
        text: The parts in any order; the last of a name counts, what is left out is as above.
        takes_union: Whether ``operation: union`` is one.

    Raises:
        ValueError: A part that is none.
    """
    known = {
        "prefer": ("pending", "configured"),
        "operation": tuple(
            each.value
            for each in Operation
            if each is not Operation.ORDER and (takes_union or each is not Operation.UNION)
        ),
        "keep": ("all", "first"),
        "transcode": ("allow", "prevent"),
    }
    found = {name: values[0] for name, values in known.items()}
    for part in filter(None, map(str.strip, text.lower().split(","))):
        name, _, value = (piece.strip() for piece in part.partition(":"))
        if name not in known:
            raise ValueError(f"expected {', '.join(known)}, not {name!r}")
        if value not in known[name]:
            raise ValueError(f"{name}: expected one of {', '.join(known[name])}, not {value!r}")
        found[name] = value
    return CodecPreference(
        found["prefer"] == "pending",
        Operation(found["operation"]),
        found["keep"] == "first",
        found["transcode"] == "allow",
    )
