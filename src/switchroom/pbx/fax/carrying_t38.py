"""Carry a channel's fax by T.38: a terminal's socket is connected with the party's passage."""

from __future__ import annotations

import socket
from asyncio import Future
from collections.abc import Callable

from switchroom.base.errors import MediaError
from switchroom.media.fax.line import carry
from switchroom.media.fax.t38 import T38Terminal
from switchroom.media.fax.t38_line import T38Line
from switchroom.media.fax.terminal import FaxPlan, FaxResult, Terminal
from switchroom.media.passages import Carries, Passage, PassagePlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.fax.carrying import until_over
from switchroom.pbx.fax.t38 import FaxPorts, T38Party, largest_for, redundancy_for
from switchroom.rtp.udptl import UdptlSender
from switchroom.sdp.sections import Section

HERE = "127.0.0.1"  #: between the engine and the terminal


def _open(channel: Channel, ours: socket.socket) -> Passage:
    ports = channel.pbx.datastore(FaxPorts).range
    plan = PassagePlan(Carries.DATAGRAMS, ours.getsockname(), symmetric=False, ports=ports)
    passage = channel.pbx.engine.open_passage(HERE, plan)
    ours.connect(passage.local_address)
    return passage


async def carry_by_t38(
    channel: Channel,
    plan: FaxPlan,
    agreed: tuple[T38Party, Section],
    *,
    began: Callable[[Terminal], None],
    until: Future[None],
) -> FaxResult | None:
    """Send or receive a fax; as :func:`~switchroom.pbx.fax.carrying.carry_as_audio`.

    Args:
        channel: Whose party has the other machine.
        plan: What is to be done.
        agreed: The party that is there already, and its terms.
        began: Called when the terminal works.
        until: Done when the party has gone back to audio.

    Raises:
        FaxUnavailableError: The library for it is not installed.
        MediaError: There are no ports, or the party is gone again.
    """
    party, section = agreed
    sender = UdptlSender(redundancy=redundancy_for(section), largest=largest_for(section))
    if party.passage is None:
        raise MediaError("the party has left T.38 again")
    ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        ours.bind((HERE, 0))
        passage = _open(channel, ours)
    except BaseException:
        ours.close()
        raise
    channel.pbx.engine.connect_passages(party.passage, passage)
    try:
        line = T38Line(T38Terminal(plan, sender), ours)
        ended = carry(line)
        began(line.terminal)
        return await until_over(ended, line.stop, until=until)
    finally:
        passage.close()
