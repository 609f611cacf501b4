"""A fax from one node to another over SIP and RTP, in real time: the page that comes is compared."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.media.pages import chequered, read_pages, write_pages
from tests.peers.node import Node
from tests.peers.program import wait_until
from tests.support.fax import needs_spandsp

pytestmark = [pytest.mark.peer, needs_spandsp]

WITHIN = 150.0  #: seconds; a page takes twenty where nothing is sent again
PJSIP = """\
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[other]
type=endpoint
context=faxes
disallow=all
allow=alaw
aors=other
{options}
[other]
type=aor
contact=sip:127.0.0.1:{far}
[other]
type=identify
endpoint=other
match=127.0.0.1
"""
DIALPLAN = """\
[faxes]
exten => receive,1,Set(FAXOPT(localstationid)=222)
 same => n,ReceiveFAX({folder}/received.tif,{letters})
 same => n,Wait(2)
exten => send,1,Set(FAXOPT(localstationid)=111)
 same => n,SendFAX({folder}/sent.tif,{letters})
 same => n,Hangup()
exten => h,1,Log(NOTICE,told ${FAXSTATUS} ${FAXERROR} ${FAXPAGES} ${FAXMODE} ${REMOTESTATIONID} ${FAXBITRATE} ${FAXSTATUSSTRING})
"""
PAGES = [chequered(60), chequered(40, shift=4)]


class Faxes:
    """Two nodes that are each other's trunk."""

    def __init__(self, folder: Path, stack: ExitStack, *, options: str, letters: str) -> None:
        self.nodes = {}
        for name, first in (("sender", 20000), ("receiver", 22000)):
            place = folder / name
            place.mkdir()
            self.nodes[name] = Node(
                place,
                {
                    "pjsip.conf": PJSIP.replace("{far}", "5999").replace("{options}", options),
                    "extensions.conf": DIALPLAN.replace("{letters}", letters),
                    "rtp.conf": f"[general]\nrtpstart = {first}\nrtpend = {first + 998}\n",
                    "udptl.conf": f"[general]\nudptlstart = {first + 1000}\nudptlend = {first + 1998}\n",
                    "logger.conf": "[logfiles]\nconsole => notice,warning,error\n",
                },
            )
        for each in self.nodes.values():
            stack.enter_context(each)
        write_pages(folder / "sender" / "sent.tif", PAGES)
        self.received = folder / "receiver" / "received.tif"

    def send(self) -> None:
        """Let one call the other, and wait for what both say of it."""
        sender, receiver = self.nodes.values()
        sender.cli(f"channel originate PJSIP/other/sip:receive@127.0.0.1:{receiver.port} "
                   "extension send@faxes")  # fmt: skip

    def told(self, name: str) -> str:
        return self.nodes[name].wait_for_log(r"told (.*)", within=WITHIN).group(1)


def test_pages_arrive_as_audio(tmp_path: Path) -> None:
    with ExitStack() as stack:
        faxes = Faxes(tmp_path, stack, options="", letters="")
        faxes.send()
        sender = faxes.nodes["sender"]
        wait_until(
            lambda: "1 FAX sessions" in sender.ask("fax show sessions"), sender.log, within=WITHIN
        )
        assert faxes.told("sender").startswith("SUCCESS NO_ERROR 2 audio 222 ")
        assert faxes.told("receiver").startswith("SUCCESS NO_ERROR 2 audio 111 ")
        assert read_pages(faxes.received) == PAGES
        for each in faxes.nodes.values():
            each.wait_until_idle(within=WITHIN)
            assert "Completed FAXes      : 1" in each.ask("fax show stats")


def test_pages_arrive_by_t38_which_the_receiver_asks_for(tmp_path: Path) -> None:
    with ExitStack() as stack:
        options = "t38_udptl=yes\nt38_udptl_ec=redundancy"
        faxes = Faxes(tmp_path, stack, options=options, letters="f")
        faxes.send()
        assert faxes.told("sender").startswith("SUCCESS NO_ERROR 2 T38 222 ")
        assert faxes.told("receiver").startswith("SUCCESS NO_ERROR 2 T38 111 ")
        assert read_pages(faxes.received) == PAGES
        for each in faxes.nodes.values():
            each.wait_until_idle(within=WITHIN)
