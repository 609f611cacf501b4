"""SRVQUERY and SRVRESULT: where a service is, by the domain name system.

Family: Names and numbers.
"""

from __future__ import annotations

from random import Random

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.registry import function
from switchroom.net.names import Names, NameServiceError, SrvRecord
from switchroom.pbx.channel import Channel

MAX_QUERIES = 100  #: of one channel; the oldest is forgotten


class SrvQueries(dict[str, list[SrvRecord]]):
    """The answers that a channel has, by the names that were asked."""


async def _query(channel: Channel, service: str) -> list[SrvRecord]:
    name = service.strip().lower()
    queries = channel.datastore(SrvQueries)
    if name not in queries:
        try:
            records = await channel.pbx.datastore(Names).srv(name)
        except NameServiceError as error:
            raise DialplanError(f"SRVQUERY: {error}") from error
        if len(queries) >= MAX_QUERIES:
            del queries[next(iter(queries))]
        queries[name] = in_order(records, channel.pbx.chance)
    return queries[name]


def in_order(records: list[SrvRecord], chance: Random) -> list[SrvRecord]:
    """The order in which to try the hosts (RFC 2782: by priority, then by chance and weight)."""
    left = sorted(records)
    ordered: list[SrvRecord] = []
    while left:
        equal = [record for record in left if record.priority == left[0].priority]
        drawn = chance.randint(0, sum(record.weight for record in equal))
        for record in equal:
            drawn -= record.weight
            if drawn <= 0:
                break
        ordered.append(record)
        left.remove(record)
    return ordered


@function("SRVQUERY")
async def srv_query(channel: Channel, service: str) -> str:
    """Ask where a service is, and read what SRVRESULT() calls the answer.

    Args:
        channel: The channel.
        service: ``_sip._udp.example.com``.

    Examples:
        Set(id=${SRVQUERY(_sip._udp.example.com)})
        Set(host=${SRVRESULT(${id},1)})
    """
    await _query(channel, service)
    return service.strip().lower()


@function("SRVRESULT")
async def srv_result(channel: Channel, query: str, number: str, field: str = "host") -> str:
    """One of the places where a service is, in the order in which they are to be tried.

    Args:
        channel: The channel.
        query: What SRVQUERY() read, or the service itself.
        number: Which one, from 1; ``getnum``: how many there are.
        field: ``host``, ``port``, ``priority`` or ``weight``.

    Examples:
        Set(port=${SRVRESULT(_sip._udp.example.com,1,port)})
    """
    records = await _query(channel, query)
    if number.strip().lower() == "getnum":
        return str(len(records))
    place = leading_int(number) or 0
    name = field.strip().lower()
    if not 1 <= place <= len(records):
        raise DialplanError(f"SRVRESULT: {query} has {len(records)} places, not {number}")
    if name not in {"host", "port", "priority", "weight"}:
        raise DialplanError(f"SRVRESULT: {field!r} is neither host, port, priority nor weight")
    return str(getattr(records[place - 1], name))
