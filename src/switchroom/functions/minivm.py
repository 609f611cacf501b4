"""MINIVMACCOUNT, MINIVMCOUNTER: what MiniVM knows of an address.

Family: Voicemail
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.base.errors import BadArgumentsError
from switchroom.base.text import leading_int
from switchroom.config.minivm import Account
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.voicemail.minivm import Minivm, box_of
from switchroom.voicemail.service import voicemail_of

FAMILY = "minivm"  #: of the AstDB: counters outlive a restart

_ITEMS: Mapping[str, Callable[[Account], str]] = MappingProxyType(
    {
        "hasaccount": lambda account: str(int(account.is_known)),
        "fullname": lambda account: account.full_name,
        "email": lambda account: account.email or account.address,
        "etemplate": lambda account: account.email_template,
        "ptemplate": lambda account: account.pager_template,
        "accountcode": lambda account: account.code,
        "pincode": lambda account: account.pin,
        "timezone": lambda account: account.zone,
        "language": lambda account: account.language,
    }
)


@function("MINIVMACCOUNT")
def minivm_account(channel: Channel, account: Rest) -> str:
    """What is configured for an account of ``minivm.conf``.

    Items: ``path``, ``hasaccount`` (1 or 0), ``fullname``, ``email``, ``etemplate``, ``ptemplate``,
    ``accountcode``, ``pincode``, ``timezone``, ``language``, or a variable of its ``setvar``.

    Args:
        channel: The channel.
        account: ``user@domain:item``.

    Examples:
        NoOp(${MINIVMACCOUNT(ann@example.com:hasaccount)})  ; => 0
    """
    address, _, item = account.partition(":")
    found = channel.pbx.datastore(Minivm).account(address)
    item = item.strip()
    if item.lower() == "path":
        return str(voicemail_of(channel.pbx).spool.folder(box_of(found)))
    if (ask := _ITEMS.get(item.lower())) is not None:
        return ask(found)
    return found.variables.get(item, "")


def _counter(channel: Channel, text: str) -> tuple[str, str]:
    """The key of ``user@domain:name[:operand]``, or ``domain:name``, and the operand."""
    account, _, rest = text.partition(":")
    name, _, operand = rest.partition(":")
    if not account.strip() or not name.strip():
        raise BadArgumentsError(f"MINIVMCOUNTER: expected account:counter, not {text!r}")
    return f"{account.strip().lower()}/{name.strip()}", operand.strip().lower()


@function("MINIVMCOUNTER")
def minivm_counter(channel: Channel, counter: Rest) -> str:
    """A counter of an account, or of a domain; 0 where nobody has counted yet.

    Args:
        channel: The channel.
        counter: ``user@domain:name`` or ``domain:name``.

    Examples:
        Set(MINIVMCOUNTER(ann@example.com:calls:i)=2)
        NoOp(${MINIVMCOUNTER(ann@example.com:calls)})  ; => 2
    """
    key, _ = _counter(channel, counter)
    return channel.pbx.astdb.get(FAMILY, key) or "0"


@function("MINIVMCOUNTER", write=True)
async def set_minivm_counter(channel: Channel, value: str, counter: Rest) -> None:
    """Count: add (``i``), take away (``d``) or set (``s``, and where nothing is said).

    Args:
        channel: The channel.
        value: A whole number.
        counter: ``user@domain:name:operand`` or ``domain:name:operand``.
    """
    key, operand = _counter(channel, counter)
    number = leading_int(value)
    if number is None or operand not in {"", "i", "d", "s"}:
        raise BadArgumentsError(f"MINIVMCOUNTER: {value!r} is no number, or {operand!r} no operand")
    before = int(channel.pbx.astdb.get(FAMILY, key) or "0")
    after = {"i": before + number, "d": before - number}.get(operand, number)
    await channel.pbx.astdb.put(FAMILY, key, str(after))
